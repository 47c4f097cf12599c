//! `kulanz check`

use std::io::Write;
use std::path::Path;

use jiff::Timestamp;

use super::arguments::{Check, Format};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{locate, scanned};
use crate::diagnostic::{Code, Diagnostic, Severity, render};
use crate::engine::{self, Checked};
#[cfg(feature = "ledger")]
use crate::ledger::staff;
use crate::mend::{Change, Mended, mend};
use crate::source::Sources;

/// Reports every problem of a pack. For people they are problems and go to standard error; as JSON and SARIF they are the result.
pub fn run(arguments: &Check, terminal: &Terminal) -> Result<Outcome, Failure> {
    let path = locate::pack(terminal)?;
    #[cfg_attr(not(feature = "ledger"), expect(unused_mut, reason = "only people add to it"))]
    let (mut report, changes) = if arguments.fix { fixed(&path) } else { (engine::check(&path, Timestamp::now()), Vec::new()) };
    #[cfg(feature = "ledger")]
    if let Some(people) = &arguments.people {
        check_people(people, &path, &mut report, terminal)?;
    }
    let errors = Count::of(Severity::Error, Code::TooManyProblems, &report.diagnostics);
    let warnings = Count::of(Severity::Warning, Code::TooManyWarnings, &report.diagnostics);
    match terminal.format {
        Format::Json if arguments.fix => writeln!(terminal.out(), "{}", with_changes(render::json(&report.diagnostics, &report.sources), &changes))?,
        Format::Json => writeln!(terminal.out(), "{}", render::json(&report.diagnostics, &report.sources))?,
        Format::Sarif => writeln!(terminal.out(), "{}", scanned::from_here(render::sarif(&report.diagnostics, &report.sources), &path))?,
        _ => {
            if arguments.fix {
                list(&changes, terminal)?;
            }
            tell(&report.diagnostics, &report.sources, terminal)?;
            note_promises(report.engine.map_or(0, |engine| engine.policy().promises.len()), terminal);
            match summary(errors, warnings) {
                None => writeln!(terminal.out(), "no problems")?,
                Some(summary) => writeln!(terminal.err(), "{summary}")?,
            }
        }
    }
    let clean = errors.is_none() && (warnings.is_none() || !arguments.deny_warnings);
    Ok(if clean { Outcome::Done } else { Outcome::Problems })
}

/// Mends the pack; what is left, and what was changed.
fn fixed(path: &Path) -> (Checked, Vec<Change>) {
    let Mended { changes, unwritten, mut checked } = mend(path, Timestamp::now());
    checked.diagnostics.extend(unwritten);
    (checked, changes)
}

fn list(changes: &[Change], terminal: &Terminal) -> std::io::Result<()> {
    let mut out = terminal.out();
    for Change { code, file, line, title } in changes {
        writeln!(out, "mended {file}:{line}: {title} ({})", code.text())?;
    }
    if changes.is_empty() { writeln!(out, "nothing to mend without asking") } else { Ok(()) }
}

/// `"changes": [{"code", "file", "line", "title"}]` beside what is left.
fn with_changes(mut report: serde_json::Value, changes: &[Change]) -> serde_json::Value {
    let change = |change: &Change| serde_json::json!({ "code": change.code.text(), "file": change.file, "line": change.line, "title": change.title });
    if let Some(fields) = report.as_object_mut() {
        fields.insert("changes".to_owned(), changes.iter().map(change).collect());
    }
    report
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

/// How many problems of one severity are shown, and whether there are more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    shown: usize,
    more: bool,
}

impl Count {
    /// `more` is the code of what stands for those that are not shown.
    fn of(severity: Severity, more: Code, diagnostics: &[Diagnostic]) -> Self {
        let shown = diagnostics.iter().filter(|problem| problem.severity() == severity && problem.code != more).count();
        Self { shown, more: diagnostics.iter().any(|problem| problem.code == more) }
    }

    fn is_none(self) -> bool {
        self.shown == 0 && !self.more
    }

    fn words(self, word: &str) -> Option<String> {
        let more = if self.more { "more than " } else { "" };
        (!self.is_none()).then(|| format!("{more}{} {word}{}", self.shown, if self.shown == 1 { "" } else { "s" }))
    }
}

/// `None` where there is nothing to say.
fn summary(errors: Count, warnings: Count) -> Option<String> {
    let words: Vec<_> = errors.words("error").into_iter().chain(warnings.words("warning")).collect();
    (!words.is_empty()).then(|| words.join(", "))
}
