//! `kulanz test`

use std::io::Write;

use super::arguments::{Format, Test};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{language, pack};
use crate::engine::json_line;
use crate::say::{Colour, Speech};
use crate::testing::{self, Coverages, Options};

/// Runs the tests of a pack.
pub fn run(arguments: &Test, terminal: &Terminal) -> Result<Outcome, Failure> {
    if arguments.coverage && terminal.format == Format::Junit {
        return Err(Failure::usage_with_help("a JUnit report has no coverage", "take `--format json` or leave out `--coverage`"));
    }
    let engine = pack::engine(terminal)?;
    let policy = engine.policy();
    let coverage = if arguments.coverage { Coverages::Told } else { Coverages::Untold };
    let language = language::place(policy, terminal)?;
    let report = testing::run(policy, engine.program(), Options { filter: arguments.filter.as_deref(), coverage, language });
    if report.tests.is_empty() {
        none(arguments.filter.as_deref(), terminal)?;
    }
    let text = match terminal.format {
        Format::Json => json_line(&report)?,
        Format::Junit => report.junit(&Speech::new(policy, language).plain(&policy.name)),
        _ => report.human(Colour::Ansi),
    };
    terminal.out().write_all(text.as_bytes())?;
    Ok(if report.failed == 0 { Outcome::Done } else { Outcome::Problems })
}

/// No test ran. Where a filter fits nothing, that nothing failed would be a false comfort.
fn none(filter: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let Some(filter) = filter else {
        terminal.note("the pack has no tests");
        return Ok(());
    };
    Err(Failure::Broken(anyhow::anyhow!("no test has `{filter}` in its title")))
}
