//! `kulanz hooks`

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::arguments::{Format, History, HooksCommand, HooksList, HooksRetry};
use super::books;
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use crate::ledger::store::{HookRow, NoticeKey, NoticeRow};
use crate::ledger::{Ledger, LedgerError};

/// Does what is to be done with webhooks.
pub fn run(command: &HooksCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    match command {
        HooksCommand::List(arguments) => list(arguments, terminal),
        HooksCommand::Retry(arguments) => retry(arguments, terminal),
        #[cfg(feature = "server")]
        HooksCommand::Secret => secret(terminal),
    }
}

/// Opens a ledger that is there, does something with it, and closes it.
fn with<T>(history: &History, terminal: &Terminal, work: impl AsyncFnOnce(&Ledger) -> Result<T, LedgerError>) -> Result<T, Failure> {
    books::must_be_there(&history.ledger)?;
    books::on_a_ledger(&history.ledger, history.pseudonym_key.as_deref(), async |ledger| {
        let done = work(&ledger).await;
        books::close(ledger, terminal).await;
        Ok(done?)
    })
}

/// Every message that waits or failed.
async fn messages(ledger: &Ledger) -> Result<Vec<NoticeRow>, LedgerError> {
    let (mut behind, mut all) = (NoticeKey::default(), Vec::new());
    loop {
        let rows = ledger.messages(&behind).await?;
        let Some(last) = rows.last() else { return Ok(all) };
        behind = last.key();
        all.extend(rows.into_iter().filter(|row| row.state != NoticeRow::DONE));
    }
}

fn list(arguments: &HooksList, terminal: &Terminal) -> Result<Outcome, Failure> {
    let (hooks, all) = with(&arguments.history, terminal, async |ledger| Ok((ledger.webhooks().await?, messages(ledger).await?)))?;
    let is_wanted = |name: &str| arguments.webhook.as_ref().is_none_or(|wanted| wanted == name);
    let hooks: Vec<_> = hooks.into_iter().filter(|hook| is_wanted(&hook.name)).collect();
    let shown: Vec<_> = all.into_iter().filter(|row| is_wanted(&row.hook) && (!arguments.failed || row.state == NoticeRow::FAILED)).collect();
    let mut out = terminal.out();
    if terminal.format == Format::Json {
        let hooks: Vec<_> = hooks.iter().map(hook).collect();
        let messages: Vec<_> = shown.iter().map(message).collect();
        writeln!(out, "{}", json!({"webhooks": hooks, "messages": messages}))?;
        return Ok(Outcome::Done);
    }
    for hook in &hooks {
        let off = if hook.off == 0 { String::new() } else { format!("  off since {}: it said that it is gone", moment(hook.off)) };
        writeln!(out, "{}{off}", hook.name)?;
    }
    if hooks.is_empty() && shown.is_empty() {
        writeln!(out, "nobody is told of anything; `[[webhook]]` in the configuration of `kulanz serve` names somebody")?;
    }
    for row in &shown {
        let why = if row.last.is_empty() { String::new() } else { format!(": {}", row.last) };
        let tries = if row.tries == 1 { "1 try".to_owned() } else { format!("{} tries", row.tries) };
        writeln!(out, "  {} {} of {} for {}, {} after {tries}{why}", row.id, row.kind, moment(row.at), row.hook, row.state)?;
    }
    Ok(Outcome::Done)
}

fn hook(row: &HookRow) -> Json {
    let setup: Json = serde_json::from_str(&row.setup).unwrap_or_default();
    let off = (row.off != 0).then(|| moment(row.off));
    json!({"name": row.name, "events": setup.get("events"), "private": setup.get("private"), "off_since": off})
}

fn message(row: &NoticeRow) -> Json {
    let due = (row.state == NoticeRow::WAITING).then(|| moment(row.due));
    let why = Some(&row.last).filter(|why| !why.is_empty());
    json!({
        "id": row.id, "webhook": row.hook, "type": row.kind, "about": row.about, "at": moment(row.at),
        "state": row.state, "tries": row.tries, "due": due, "last_error": why,
    })
}

fn moment(at: i64) -> String {
    Timestamp::from_microsecond(at).map(|at| at.to_string()).unwrap_or_default()
}

fn retry(arguments: &HooksRetry, terminal: &Terminal) -> Result<Outcome, Failure> {
    let names: Vec<String> = arguments.webhook.iter().cloned().collect();
    let is_chosen = |row: &NoticeRow| {
        (arguments.ids.is_empty() || arguments.ids.contains(&row.id)) && arguments.webhook.as_ref().is_none_or(|wanted| *wanted == row.hook)
    };
    let (turned, count) = with(&arguments.history, terminal, async |ledger| {
        // Who asks for single messages asks for no more than these.
        let turned = if arguments.ids.is_empty() { ledger.turn_on(&names).await? } else { Vec::new() };
        Ok((turned, ledger.retry_messages(is_chosen).await?))
    })?;
    if terminal.format == Format::Json {
        writeln!(terminal.out(), "{}", json!({"retried": count, "turned_on": turned}))?;
    } else {
        let mut out = terminal.out();
        let ending = if count == 1 { "" } else { "s" };
        writeln!(out, "{count} message{ending} will be tried again by a running `kulanz serve`")?;
        for name in turned {
            writeln!(out, "{name} is told again")?;
        }
    }
    Ok(Outcome::Done)
}

#[cfg(feature = "server")]
fn secret(terminal: &Terminal) -> Result<Outcome, Failure> {
    let secret = crate::hooks::Secret::fresh();
    match terminal.format {
        Format::Json => writeln!(terminal.out(), "{}", json!({"secret": secret}))?,
        _ => writeln!(terminal.out(), "{secret}")?,
    }
    Ok(Outcome::Done)
}
