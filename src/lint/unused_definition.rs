//! A definition or a `gives` table that nothing uses.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let definitions = on.policy.definitions.iter().map(|definition| ("definition", &definition.name, definition.span));
    let lookups = on.policy.lookups.iter().map(|lookup| ("table", &lookup.name, lookup.span));
    for (kind, name, span) in definitions.chain(lookups) {
        if !on.is_own(span) || on.texts.items.mentions(name, span) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UnusedDefinition, format!("nothing uses the {kind} `{name}`"))
                .at(span, "no rule reads it")
                .help("take it out, or write the rule that it is there for"),
        );
    }
}
