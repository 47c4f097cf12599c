//! The report for a terminal.

use std::fmt::Write as _;

use super::{Coverage, Report, TestReport};
use crate::say::Colour;

impl Report {
    /// Failed tests with what was expected, what came out and why; then how many passed.
    #[must_use]
    pub fn human(&self, colour: Colour) -> String {
        let mut text = String::new();
        for test in &self.tests {
            write_test(&mut text, test, colour);
        }
        if let Some(coverage) = &self.coverage {
            write_coverage(&mut text, coverage);
        }
        let _ = writeln!(text, "{} passed, {} failed", self.passed, self.failed);
        text
    }
}

fn write_test(text: &mut String, test: &TestReport, colour: Colour) {
    if test.passed {
        let _ = writeln!(text, "{} {}", mark("ok  ", anstyle::AnsiColor::Green, colour), test.title);
        return;
    }
    let _ = writeln!(text, "{} {} ({})", mark("FAIL", anstyle::AnsiColor::Red, colour), test.title, test.source);
    for failure in &test.failures {
        let _ = writeln!(text, "       {}: expected {}, got {}", failure.source, failure.expected, failure.got);
    }
    for line in test.explanation.lines() {
        let _ = writeln!(text, "       {line}");
    }
}

fn mark(word: &str, hue: anstyle::AnsiColor, colour: Colour) -> String {
    let style = anstyle::Style::new().bold().fg_color(Some(hue.into()));
    match colour {
        Colour::Ansi => format!("{style}{word}{style:#}"),
        Colour::Plain => word.to_owned(),
    }
}

fn write_coverage(text: &mut String, coverage: &Coverage) {
    let _ = writeln!(text, "{} of {} rules and rows applied in some test", coverage.covered, coverage.of);
    for rule in coverage.rules.iter().filter(|rule| rule.tests == 0) {
        let _ = writeln!(text, "  never: {} ({})", rule.rule, rule.source);
    }
}
