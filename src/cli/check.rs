//! `kulanz check`

use std::io::Write;
#[cfg(feature = "ledger")]
use std::path::Path;

use jiff::Timestamp;

use super::arguments::{Check, Format};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{locate, scanned};
use crate::diagnostic::{Diagnostic, Severity, render};
use crate::engine;
#[cfg(feature = "ledger")]
use crate::engine::Checked;
#[cfg(feature = "ledger")]
use crate::ledger::staff;
use crate::source::Sources;

/// Reports every problem of a pack. For people they are problems and go to standard error; as JSON and SARIF they are the result.
pub fn run(arguments: &Check, terminal: &Terminal) -> Result<Outcome, Failure> {
    let path = locate::pack(terminal)?;
    #[cfg_attr(not(feature = "ledger"), expect(unused_mut, reason = "only people add to it"))]
    let mut report = engine::check(&path, Timestamp::now());
    #[cfg(feature = "ledger")]
    if let Some(people) = &arguments.people {
        check_people(people, &path, &mut report, terminal)?;
    }
    let count = |severity| report.diagnostics.iter().filter(|problem| problem.severity() == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match terminal.format {
        Format::Json => writeln!(terminal.out(), "{}", render::json(&report.diagnostics, &report.sources))?,
        Format::Sarif => writeln!(terminal.out(), "{}", scanned::from_here(render::sarif(&report.diagnostics, &report.sources), &path))?,
        _ => {
            tell(&report.diagnostics, &report.sources, terminal)?;
            note_promises(report.engine.map_or(0, |engine| engine.policy().promises.len()), terminal);
            match (errors, warnings) {
                (0, 0) => writeln!(terminal.out(), "no problems")?,
                _ => writeln!(terminal.err(), "{}", summary(errors, warnings))?,
            }
        }
    }
    let clean = errors == 0 && !(arguments.deny_warnings && warnings > 0);
    Ok(if clean { Outcome::Done } else { Outcome::Problems })
}

/// Adds what is wrong with the list of people.
#[cfg(feature = "ledger")]
fn check_people(people: &Path, pack: &Path, report: &mut Checked, terminal: &Terminal) -> Result<(), Failure> {
    let text = std::fs::read_to_string(people).map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", people.display())))?;
    let name = if terminal.format == Format::Sarif { scanned::outside(pack, people) } else { people.to_string_lossy().into_owned() };
    let found = staff::check(&name, &text, report.engine.as_ref(), Timestamp::now(), &mut report.sources);
    report.diagnostics.extend(found);
    Ok(())
}

/// Shows problems on standard error, if there are any.
pub fn tell(diagnostics: &[Diagnostic], sources: &Sources, terminal: &Terminal) -> std::io::Result<()> {
    if diagnostics.is_empty() {
        return Ok(());
    }
    let text = match terminal.format {
        Format::Human => render::human(diagnostics, sources, true),
        _ => format!("{}\n", render::json(diagnostics, sources)),
    };
    terminal.err().write_all(text.as_bytes())
}

fn note_promises(count: usize, terminal: &Terminal) {
    match count {
        0 => {}
        1 => terminal.note("1 promise is read and checked for form, but not proven"),
        several => terminal.note(&format!("{several} promises are read and checked for form, but not proven")),
    }
}

fn summary(errors: usize, warnings: usize) -> String {
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, warnings) => counted(warnings, "warning"),
        (errors, 0) => counted(errors, "error"),
        (errors, warnings) => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
    }
}
