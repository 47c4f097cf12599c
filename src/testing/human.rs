//! The report for a terminal.

use std::fmt::Write as _;

use super::{Coverage, PartCoverage, Report, TestReport};
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
    write_parts(text, &coverage.values, "rows of values held in some test");
    write_parts(text, &coverage.clauses, "clauses were seen in some answer");
    let both = coverage.conditions.iter().filter(|condition| condition.yes > 0 && condition.no > 0).count();
    if !coverage.conditions.is_empty() {
        let _ = writeln!(text, "{both} of {} conditions were seen both ways", coverage.conditions.len());
    }
    for condition in &coverage.conditions {
        let side = match (condition.yes, condition.no) {
            (0, 0) => "never looked at",
            (0, _) => "never yes",
            (_, 0) => "never no",
            _ => continue,
        };
        let _ = writeln!(text, "  {side}: {} in {} ({})", condition.condition, condition.item, condition.source);
    }
    let _ = writeln!(text, "{} % covered", coverage.percent);
}

fn write_parts(text: &mut String, parts: &[PartCoverage], what: &str) {
    if parts.is_empty() {
        return;
    }
    let _ = writeln!(text, "{} of {} {what}", parts.iter().filter(|part| part.tests > 0).count(), parts.len());
    for part in parts.iter().filter(|part| part.tests == 0) {
        let _ = writeln!(text, "  never: {} in {} ({})", part.part, part.item, part.source);
    }
}
