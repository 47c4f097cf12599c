//! `kulanz mcp`

use std::path::Path;

use super::arguments::{Format, Mcp};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{books, locate, pack};
use crate::question::{Json, Unread};
use crate::server::{self, mcp};

/// Answers a language model until its client goes away.
pub fn run(arguments: &Mcp, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut config = arguments.setup.config()?;
    // Whoever starts this is a system of record, for what they say and not for what the model says.
    config.trust_record = true;
    let settings = actor(arguments, config.mcp.take().unwrap_or_default());
    let Some(identity) = settings.identity() else {
        return Err(Failure::usage_with_help("as whom the model acts is missing", "name an actor with `--actor ID`, and its role with `--as ROLE`"));
    };
    if let Some(mistake) = settings.mistake(false) {
        return Err(Failure::usage(mistake));
    }
    let record = arguments.record.as_deref().map(record).transpose()?;
    let path = match (&terminal.policies, &config.policies) {
        (None, Some(configured)) => configured.clone(),
        _ => locate::pack(terminal)?,
    };
    if config.people.is_none() && config.ledger.is_some() {
        config.people = books::list(&path);
    }
    let people = config.people.as_deref().map(|file| books::people(Some(file), terminal)).transpose()?.unwrap_or_default();
    let engine = pack::read(&path, terminal)?;
    if let Some(unknown) = settings.unknown(engine.policy(), &people) {
        return Err(Failure::usage(unknown));
    }
    if config.decisions.is_stdout() {
        return Err(Failure::usage("standard output belongs to the protocol: let `[decisions]` write to a folder or a file"));
    }
    if terminal.format == Format::Json {
        config.log.format = server::Form::Json;
    }
    server::log(config.log);
    mcp::run(&config, &path, engine, mcp::Session { identity, record, language: terminal.lang.clone() })?;
    Ok(Outcome::Done)
}

/// What is typed goes before what is configured; a role and a team are those of the actor beside whom they stand.
fn actor(arguments: &Mcp, configured: mcp::Mcp) -> mcp::Mcp {
    let configured = if arguments.actor.is_some() && arguments.actor != configured.actor { mcp::Mcp::default() } else { configured };
    mcp::Mcp {
        actor: arguments.actor.clone().or(configured.actor),
        role: arguments.role.clone().or(configured.role),
        team: arguments.team.clone().or(configured.team),
        origins: Vec::new(),
    }
}

/// What is on record in a file.
fn record(path: &Path) -> Result<Json, Failure> {
    let unreadable = |error| Failure::usage(format!("cannot read `{}`: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let told = |unread: Unread| unread.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    match Json::parse(&text) {
        Ok(json @ Json::Object(_)) => Ok(json),
        Ok(_) => Err(Failure::usage(format!("`{}` must hold a JSON object", path.display()))),
        Err(unread) => Err(Failure::usage(format!("`{}` is not understood: {}", path.display(), told(unread)))),
    }
}
