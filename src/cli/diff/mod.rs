//! `kulanz diff`

mod revision;

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use super::arguments::{Diff, Format};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{check, locate};
use crate::difference::{Difference, difference};
use crate::engine::{Engine, json_line};

/// Which answers are different. Trouble of any kind exits 2, so that it is not taken for a difference.
pub fn run(arguments: &Diff, terminal: &Terminal) -> Result<Outcome, Failure> {
    compare(arguments, terminal).map_err(|failure| match failure {
        Failure::Told(_) => Failure::Told(Outcome::WrongQuestion),
        Failure::Broken(error) if error.downcast_ref::<std::io::Error>().is_none() => Failure::usage(format!("{error:#}")),
        other => other,
    })
}

fn compare(arguments: &Diff, terminal: &Terminal) -> Result<Outcome, Failure> {
    let old = read(&arguments.old, &arguments.new, terminal)?;
    let new = read(&arguments.new, &arguments.old, terminal)?;
    let today = match &arguments.on {
        Some(day) => day.parse::<Date>().map_err(|_| Failure::usage_with_help(format!("`{day}` is not a date"), "write it like `2026-11-21`"))?,
        None => new.policy().time_zone.to_datetime(Timestamp::now()).date(),
    };
    let found = difference((old.policy(), old.program()), (new.policy(), new.program()), today);
    let text = match terminal.format {
        Format::Json => json(&found)?,
        Format::Md => found.markdown(),
        _ => found.human(),
    };
    terminal.out().write_all(text.as_bytes())?;
    Ok(if found.is_empty() { Outcome::Done } else { Outcome::Problems })
}

fn json(found: &Difference) -> serde_json::Result<String> {
    let mut value = serde_json::to_value(found)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("same".into(), found.is_empty().into());
    }
    json_line(&value)
}

/// A folder or a file, or else a revision: of the pack that `-p` names, or else of the one that it is compared with.
fn read(named: &Path, other: &Path, terminal: &Terminal) -> Result<Engine, Failure> {
    let text = named.to_string_lossy();
    if named.exists() && !text.starts_with("git:") {
        return engine(named, terminal);
    }
    let (revision, path) = match text.strip_prefix("git:") {
        Some(rest) => rest.split_once(':').map_or((rest, None), |(revision, path)| (revision, Some(PathBuf::from(path)))),
        None => (text.as_ref(), None),
    };
    let (checkout, pack) = revision::checkout(revision, path, || {
        let is_place = terminal.policies.is_none() && other.exists() && !other.to_string_lossy().starts_with("git:");
        if is_place { Ok(other.to_path_buf()) } else { locate::pack(terminal) }
    })?;
    let engine = engine(&pack, terminal);
    drop(checkout);
    engine
}

fn engine(path: &Path, terminal: &Terminal) -> Result<Engine, Failure> {
    Engine::read(path).map_err(|broken| {
        terminal.problem(&format!("`{}` does not check", path.display()), None);
        match check::tell(&broken.diagnostics, &broken.sources, terminal) {
            Ok(()) => Failure::Told(Outcome::WrongQuestion),
            Err(error) => error.into(),
        }
    })
}
