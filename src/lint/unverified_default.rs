//! A prohibition that a fact's default switches off, where nobody vouches for the fact.

use super::Subject;
use super::case::Sample;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{FactId, FactRef, RuleKind};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (at, fact) in on.policy.facts.iter().enumerate().filter(|(_, fact)| !fact.verified) {
        let Some(default) = &fact.default else { continue };
        let id = FactId::new(at);
        let only_default = Sample::of(id, default.clone());
        for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
            let reads = compiled.reads.facts.contains(&FactRef::Fact(id));
            if !reads || !matches!(rule.kind, RuleKind::Prohibition { .. }) {
                continue;
            }
            if only_default.truth(on, &compiled.condition).is_surely_no() {
                found.push(
                    Diagnostic::new(
                        Code::UnverifiedDefault,
                        format!("`{}` does not apply where nobody says anything about `{}`", rule.name, fact.name),
                    )
                    .at(rule.span, "this prohibition hangs on the fact")
                    .at(fact.span, "its default keeps the prohibition off, and it need not come from a system of record")
                    .help(format!("make `{}` `verified`, or leave out its default so that it has to be found out", fact.name)),
                );
            }
        }
    }
}
