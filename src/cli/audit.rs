//! `kulanz audit`

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::arguments::{AuditCommand, AuditExport, AuditForget, AuditKey, AuditVerify, Format, History};
use super::books;
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use crate::ledger::audit::{AuditError, Forgotten, Sound, verify_export};
use crate::ledger::{Ledger, LedgerError, PseudonymKey};

/// Does what is to be done with a history.
pub fn run(command: &AuditCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    match command {
        AuditCommand::Verify(arguments) => verify(arguments, terminal),
        AuditCommand::Export(arguments) => export(arguments, terminal),
        AuditCommand::Key(arguments) => key(arguments, terminal),
        AuditCommand::Forget(arguments) => forget(arguments, terminal),
    }
}

/// Opens a ledger that is there, does something with it, and closes it.
fn with<T>(
    history: &History,
    terminal: &Terminal,
    work: impl AsyncFnOnce(&Ledger) -> Result<T, AuditError>,
) -> Result<Result<T, AuditError>, Failure> {
    books::must_be_there(&history.ledger)?;
    books::on_a_ledger(&history.ledger, history.pseudonym_key.as_deref(), async |ledger| {
        let done = work(&ledger).await;
        books::close(ledger, terminal).await;
        Ok(done)
    })
}

fn verify(arguments: &AuditVerify, terminal: &Terminal) -> Result<Outcome, Failure> {
    let found = match &arguments.file {
        None => with(&arguments.history, terminal, Ledger::verify)?,
        Some(path) if path.as_os_str() == "-" => verify_export(io::stdin().lock()),
        Some(path) => verify_export(BufReader::new(opened(path)?)),
    };
    match found {
        Ok(sound) => tell(&sound, terminal),
        Err(error) => told(error, terminal),
    }
}

fn opened(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))
}

/// Says that a history is sound.
fn tell(sound: &Sound, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut out = terminal.out();
    if terminal.format == Format::Json {
        writeln!(out, "{}", json!({"sound": true, "history": sound}))?;
        return Ok(Outcome::Done);
    }
    let (events, streams, seals) = (count(sound.events, "event"), count(sound.streams, "stream"), count(sound.seals, "seal"));
    writeln!(out, "sound: {events} in {streams}, {seals}")?;
    if let Some(records) = sound.records {
        let (grants, cases, buckets) = (count(records.grants, "grant"), count(records.cases, "case"), count(records.buckets, "bucket"));
        writeln!(out, "       {grants}, {cases} and {buckets} agree with them")?;
    }
    if let Some(seal) = &sound.seal {
        writeln!(out, "       last seal {seal}")?;
    }
    Ok(Outcome::Done)
}

/// Says where a history is broken.
fn told(error: AuditError, terminal: &Terminal) -> Result<Outcome, Failure> {
    match error {
        AuditError::Broken(broken) => {
            if terminal.format == Format::Json {
                writeln!(terminal.out(), "{}", json!({"sound": false, "broken": broken}))?;
            }
            terminal.problem(&format!("the history is broken: {broken}"), None);
            Ok(Outcome::Problems)
        }
        AuditError::Ledger(LedgerError::Pseudonyms(why)) => Err(Failure::usage(LedgerError::Pseudonyms(why))),
        AuditError::Ledger(error) => Err(error.into()),
        AuditError::File(error) => Err(error.into()),
    }
}

fn export(arguments: &AuditExport, terminal: &Terminal) -> Result<Outcome, Failure> {
    let exported = match &arguments.file {
        // The bytes go out as they are.
        None => with(&arguments.history, terminal, async |ledger| ledger.export(&mut BufWriter::new(io::stdout().lock())).await)?,
        Some(path) => {
            let file = File::options().write(true).create_new(true).open(path);
            let file = file.map_err(|error| not_written(path, &error))?;
            with(&arguments.history, terminal, async |ledger| {
                let mut out = BufWriter::new(&file);
                let sound = ledger.export(&mut out).await?;
                file.sync_all()?;
                Ok(sound)
            })?
        }
    };
    match exported {
        Ok(_) if arguments.file.is_none() => Ok(Outcome::Done),
        Ok(sound) => tell(&sound, terminal),
        Err(error) => told(error, terminal),
    }
}

/// An export never takes the place of another.
fn not_written(path: &Path, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::usage_with_help(format!("`{}` is there already", path.display()), "name a new file"),
        _ => Failure::usage(format!("cannot write `{}`: {error}", path.display())),
    }
}

fn key(arguments: &AuditKey, terminal: &Terminal) -> Result<Outcome, Failure> {
    PseudonymKey::random().write(&arguments.file).map_err(Failure::usage)?;
    let file = arguments.file.display().to_string();
    if terminal.format == Format::Json {
        writeln!(terminal.out(), "{}", json!({"key": file}))?;
    } else {
        writeln!(terminal.out(), "made {file}; keep it elsewhere than the ledger, and a copy of it")?;
    }
    Ok(Outcome::Done)
}

fn forget(arguments: &AuditForget, terminal: &Terminal) -> Result<Outcome, Failure> {
    let forgotten = with(&arguments.history, terminal, async |ledger| {
        let forgotten = ledger.forget(&arguments.id).await?;
        ledger.seal().await?;
        Ok(forgotten)
    })?;
    match forgotten {
        Err(error) => told(error, terminal),
        Ok(None) => Err(anyhow::anyhow!("the ledger does not know `{}`", arguments.id).into()),
        Ok(Some(forgotten)) if terminal.format == Format::Json => {
            writeln!(terminal.out(), "{}", json!({"forgotten": forgotten}))?;
            Ok(Outcome::Done)
        }
        Ok(Some(Forgotten { alias, grants, cases, buckets })) => {
            let (grants, cases, buckets) = (count(grants, "grant"), count(cases, "case"), count(buckets, "bucket"));
            writeln!(terminal.out(), "forgotten: {grants}, {cases} and {buckets} name {alias}")?;
            Ok(Outcome::Done)
        }
    }
}

/// `1 event`, `2 events`.
fn count(number: impl std::fmt::Display, of: &str) -> String {
    let number = number.to_string();
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {of}{ending}")
}
