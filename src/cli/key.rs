//! `kulanz key`

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::arguments::{Format, KeyCommand, KeyList, KeyNew, KeyRevoke};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use crate::access::key::{Key, KeyError, Keys, Wanted, expiry};
use crate::access::settings::Rate;

/// Does what is to be done with keys.
pub fn run(command: &KeyCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    match command {
        KeyCommand::New(arguments) => new(arguments, terminal),
        KeyCommand::List(arguments) => list(arguments, terminal),
        KeyCommand::Revoke(arguments) => revoke(arguments, terminal),
    }
}

fn new(arguments: &KeyNew, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = now();
    for (what, text) in [("name", Some(&arguments.name)), ("actor", arguments.as_actor.as_ref())] {
        if text.is_some_and(|text| crate::access::is_no_name(text)) {
            return Err(Failure::usage(format!("the {what} must be 1 to 255 bytes, without blanks at its ends and without control characters")));
        }
    }
    let expires = arguments.expires.as_deref().map(|written| expiry(written, now)).transpose().map_err(Failure::usage)?;
    let wanted = Wanted {
        name: arguments.name.clone(),
        scopes: arguments.scope.iter().copied().collect(),
        actor: arguments.as_actor.clone(),
        expires,
        rate: arguments.per_minute.map(|per_minute| Rate { per_minute, burst: arguments.burst }),
    };
    let (key, shown) = Keys::change(&arguments.file.keys, |keys| keys.add(wanted, now)).map_err(failed)?;
    let mut out = terminal.out();
    if terminal.format == Format::Json {
        let mut told = object(&key, now);
        if let Value::Object(members) = &mut told {
            members.insert("key".to_owned(), Value::String(shown));
        }
        writeln!(out, "{told}")?;
    } else {
        writeln!(out, "{shown}")?;
        drop(out);
        terminal.note("this is shown once; send it as `Authorization: Bearer`");
    }
    Ok(Outcome::Done)
}

fn list(arguments: &KeyList, terminal: &Terminal) -> Result<Outcome, Failure> {
    let keys = Keys::read(&arguments.file.keys).map_err(failed)?;
    let (now, mut out) = (now(), terminal.out());
    for key in &keys.list {
        if terminal.format == Format::Json {
            writeln!(out, "{}", object(key, now))?;
            continue;
        }
        let scopes = key.scopes().iter().map(crate::access::Scope::name).collect::<Vec<_>>().join(" ");
        let actor = key.actor.as_ref().map(|actor| format!(", as {actor}")).unwrap_or_default();
        writeln!(out, "{}  {}  {}{actor}  {}", key.id, key.name, scopes, state(key, now))?;
    }
    Ok(Outcome::Done)
}

fn revoke(arguments: &KeyRevoke, terminal: &Terminal) -> Result<Outcome, Failure> {
    let now = now();
    let key = Keys::change(&arguments.file.keys, |keys| keys.revoke(&arguments.id, now)).map_err(failed)?;
    let mut out = terminal.out();
    if terminal.format == Format::Json {
        writeln!(out, "{}", object(&key, now))?;
    } else {
        writeln!(out, "{}  {}  {}", key.id, key.name, state(&key, now))?;
    }
    Ok(Outcome::Done)
}

/// To the second, as people write it.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

fn state(key: &Key, now: Timestamp) -> String {
    match (key.revoked, key.expires) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(end)) if end <= now => format!("expired {end}"),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => "until it is revoked".to_owned(),
    }
}

fn object(key: &Key, now: Timestamp) -> Value {
    let scopes: Vec<_> = key.scopes().iter().map(crate::access::Scope::name).collect();
    let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": key.id,
        "name": key.name,
        "scopes": scopes,
        "actor": key.actor,
        "created": key.created.to_string(),
        "expires": moment(key.expires),
        "revoked": moment(key.revoked),
        "valid": key.is_valid(now),
    })
}

fn failed(error: KeyError) -> Failure {
    match error {
        KeyError::NotRandom(_) => Failure::Broken(error.into()),
        _ => Failure::usage(error),
    }
}
