//! `kulanz test`

use std::io::Write;

use jiff::Timestamp;

use super::arguments::{Format, Test};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
#[cfg(feature = "server")]
use super::watch;
use super::{check, language, locate, pack};
use crate::diagnostic::shown;
use crate::engine::{Engine, json_line};
use crate::pack::Pack;
use crate::say::{Colour, Speech};
use crate::testing::{self, Coverages, Missing, Options, Report};

/// Runs the tests of a pack, once or whenever it changes.
pub fn run(arguments: &Test, terminal: &Terminal) -> Result<Outcome, Failure> {
    if arguments.missing && terminal.format == Format::Junit {
        return Err(Failure::usage_with_help("a JUnit report has no missing tests", "take `--format json` or leave out `--missing`"));
    }
    if arguments.missing && arguments.filter.is_some() {
        return Err(Failure::usage_with_help("`--missing` looks at all tests", "leave out `--filter`"));
    }
    #[cfg(feature = "server")]
    if arguments.watch && arguments.missing {
        return Err(Failure::usage_with_help("`--watch` goes on for ever, and `--missing` takes its time", "leave out one of them"));
    }
    #[cfg(feature = "server")]
    if arguments.watch {
        return watch::run(&locate::pack(terminal)?, || once(arguments, terminal), terminal);
    }
    once(arguments, terminal)
}

fn once(arguments: &Test, terminal: &Terminal) -> Result<Outcome, Failure> {
    let engine = pack::engine(terminal)?;
    let language = language::place(engine.policy(), terminal)?;
    let is_told = arguments.coverage || arguments.min_coverage.is_some();
    let coverage = if is_told { Coverages::Told } else { Coverages::Untold };
    let report = testing::run(engine.policy(), engine.program(), Options { filter: arguments.filter.as_deref(), coverage, language });
    if report.tests.is_empty() {
        none(arguments.filter.as_deref(), terminal)?;
    }
    if arguments.missing {
        return missing(&engine, &report, arguments, terminal);
    }
    print(&engine, &report, arguments, language, terminal)?;
    let enough = covers_enough(&report, arguments, terminal);
    Ok(if report.failed == 0 && enough { Outcome::Done } else { Outcome::Problems })
}

fn print(engine: &Engine, report: &Report, arguments: &Test, language: usize, terminal: &Terminal) -> Result<(), Failure> {
    let text = match terminal.format {
        Format::Json => json_line(report)?,
        Format::Junit if arguments.coverage => report.junit(&Speech::new(engine.policy(), language).plain(&engine.policy().name)),
        Format::Junit => report.without_coverage().junit(&Speech::new(engine.policy(), language).plain(&engine.policy().name)),
        _ if arguments.coverage => report.human(Colour::Ansi),
        // The limit is told, not everything that lies below it.
        _ => report.without_coverage().human(Colour::Ansi),
    };
    terminal.out().write_all(text.as_bytes())?;
    Ok(())
}

/// Whether the tests cover as much as was asked for; says so where they do not.
fn covers_enough(report: &Report, arguments: &Test, terminal: &Terminal) -> bool {
    let (Some(least), Some(coverage)) = (arguments.min_coverage, &report.coverage) else { return true };
    let enough = coverage.percent >= usize::from(least);
    if !enough {
        let help = "`--coverage` shows what no test touches, `--missing` the tests for it";
        terminal.problem(&format!("the tests cover {} %, less than {least} %", coverage.percent), Some(help));
    }
    enough
}

/// Prints the tests that would raise coverage.
fn missing(engine: &Engine, report: &Report, arguments: &Test, terminal: &Terminal) -> Result<Outcome, Failure> {
    let (pack, _) = Pack::read(&locate::pack(terminal)?);
    let today = engine.policy().time_zone.to_datetime(Timestamp::now()).date();
    let missing = match testing::missing(&pack, today) {
        Ok(missing) => missing,
        // The pack has changed since it was read.
        Err(problems) => {
            check::tell(&shown(problems, &pack.sources), &pack.sources, terminal)?;
            return Err(Failure::Told(Outcome::Problems));
        }
    };
    let text = if terminal.format == Format::Json { json_line(&missing)? } else { pasteable(&missing) };
    terminal.out().write_all(text.as_bytes())?;
    terminal.note(&summary(&missing));
    if report.failed > 0 {
        terminal.problem(&format!("{} of the pack's own tests failed", report.failed), Some("run `kulanz test` to see them"));
    }
    let enough = covers_enough(report, arguments, terminal);
    Ok(if report.failed == 0 && enough { Outcome::Done } else { Outcome::Problems })
}

/// The tests, and as comments what no case was found for: all of it can stand in a policy file.
fn pasteable(missing: &Missing) -> String {
    let mut text = missing.tests.iter().map(|test| format!("{}\n", test.text)).collect::<Vec<_>>().join("\n");
    for (at, unreached) in missing.unreached.iter().enumerate() {
        if at == 0 && !text.is_empty() {
            text.push('\n');
        }
        let why = if unreached.impossible { "# cannot be: " } else { "# no case found: " };
        text.extend([why, &unreached.what, " (", &unreached.source, ")\n"]);
    }
    text
}

fn summary(missing: &Missing) -> String {
    match missing.tests.len() {
        0 => format!("the tests cover {} %; no test was found that would raise it", missing.percent),
        1 => format!("with this test they cover {} % instead of {} %", missing.percent_then, missing.percent),
        count => format!("with these {count} tests they cover {} % instead of {} %", missing.percent_then, missing.percent),
    }
}

/// No test ran. Where a filter fits nothing, that nothing failed would be a false comfort.
fn none(filter: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    let Some(filter) = filter else {
        terminal.note("the pack has no tests");
        return Ok(());
    };
    Err(Failure::Broken(anyhow::anyhow!("no test has `{filter}` in its title")))
}
