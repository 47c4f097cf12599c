//! A fact that has to be found out, and no question to find it out with.

use std::collections::BTreeSet;

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{FactId, FactRef};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let of_rules = on.program.rules.iter().flat_map(|rule| &rule.reads.facts);
    let of_fallbacks = on.program.fallbacks.iter().flat_map(|fallback| &fallback.reads.facts);
    let read: BTreeSet<FactId> =
        of_rules.chain(of_fallbacks).filter_map(|fact| if let FactRef::Fact(id) = fact { Some(*id) } else { None }).collect();
    for id in read {
        let Some(fact) = on.policy.fact(id) else { continue };
        // What is on record is looked up, and what has a default is never missing.
        let is_known = fact.verified || fact.about_actor || fact.default.is_some() || fact.asks.is_some();
        if is_known || !on.is_own(fact.span) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::NoQuestion, format!("`{}` may have to be found out, and nothing says what to ask", fact.name))
                .at(fact.span, "an answer can list it as needed")
                .help("add `asks \"…?\"`; or `verified`, if a system of record has it; or a `default`"),
        );
    }
}
