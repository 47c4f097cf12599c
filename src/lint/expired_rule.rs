//! A rule that is not in force any more.

use jiff::civil::Date;

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::Day;
use crate::policy::expr::ExprKind;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let rules = on.policy.rules.iter().map(|rule| (&rule.name, &rule.until));
    let fallbacks = on.policy.fallbacks.iter().map(|fallback| (&fallback.name, &fallback.until));
    for (name, until) in rules.chain(fallbacks) {
        let Some(day) = until.iter().find(|day| has_passed(day, on.today)) else { continue };
        // The rows of a table share the clause under its head.
        if found.iter().any(|other| other.code == Code::ExpiredRule && other.span() == Some(day.span)) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::ExpiredRule, format!("`{name}` has not been in force since the end of {}", day.date))
                .at(day.span, "this was its last day")
                .help("take it out, or set another day"),
        );
    }
}

/// A day by a date of the case says nothing of the day asked: old cases may still come.
fn has_passed(day: &Day, today: Date) -> bool {
    matches!(day.by.kind, ExprKind::Today) && day.date < today
}
