//! A prohibition that the absence of a fact switches off, where nobody vouches for the fact.

use super::Subject;
use super::case::Sample;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{FactId, FactRef, RuleKind};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (at, fact) in on.policy.facts.iter().enumerate().filter(|(_, fact)| fact.optional && !fact.verified) {
        let id = FactId::new(at);
        let absent = Sample::absent(id);
        for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
            let reads = compiled.reads.facts.contains(&FactRef::Fact(id));
            if !reads || !matches!(rule.kind, RuleKind::Prohibition { .. }) || !absent.truth(on, &compiled.condition).is_surely_no() {
                continue;
            }
            found.push(
                Diagnostic::new(Code::UnverifiedAbsence, format!("`{}` does not apply where `{}` is said to be absent", rule.name, fact.name))
                    .at(rule.span, "this prohibition hangs on the fact")
                    .at(fact.span, "whoever asks may leave it out: it need not come from a system of record")
                    .help(format!("make `{}` `verified`", fact.name)),
            );
        }
    }
}
