//! A fact that nothing uses.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for fact in &on.policy.facts {
        if !on.is_own(fact.span) || on.texts.items.mentions(&fact.name, fact.span) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UnusedFact, format!("nothing uses the fact `{}`", fact.name))
                .at(fact.span, "no rule, definition, table, budget, duty or text reads it")
                .help("take it out, or write the rule that it is there for"),
        );
    }
}
