//! A rule that should have been looked at again by now.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let rules = on.policy.rules.iter().map(|rule| (&rule.name, &rule.review_by));
    let fallbacks = on.policy.fallbacks.iter().map(|fallback| (&fallback.name, &fallback.review_by));
    for (name, review_by) in rules.chain(fallbacks) {
        let Some((date, span)) = review_by.as_ref().filter(|(date, _)| *date < on.today) else { continue };
        // The rows of a table share the clause under its head.
        if found.iter().any(|other| other.code == Code::PastReview && other.span() == Some(*span)) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::PastReview, format!("`{name}` was to be reviewed by {date}"))
                .at(*span, "this day has passed")
                .help("look at the rule again, then set the next day"),
        );
    }
}
