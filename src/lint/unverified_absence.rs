//! A prohibition that the absence of a fact switches off, where nobody vouches for the fact.

use super::Subject;
use super::exact::Exact;
use super::unverified_default::{Silenced, silenced};
use crate::analysis::Silence;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::FactId;
use crate::question::{FactState, Provenance};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "unverified-absence");
    for (at, fact) in on.policy.facts.iter().enumerate().filter(|(_, fact)| fact.optional && !fact.verified) {
        for Silenced { rule, mut case } in silenced(on, &exact, FactId::new(at), Silence::Absent) {
            if let Some(state) = case.question.facts.get_mut(at) {
                *state = FactState::Absent(Provenance::Said);
            }
            let title = format!("{} is off without {}", rule.name, fact.name);
            found.push(
                Diagnostic::new(Code::UnverifiedAbsence, format!("`{}` does not apply where `{}` is said to be absent", rule.name, fact.name))
                    .at(rule.span, "this prohibition hangs on the fact")
                    .at(fact.span, "whoever asks may leave it out: it need not come from a system of record")
                    .help(format!("make `{}` `verified`", fact.name))
                    .case(case.as_test(on.policy, on.program, &title)),
            );
        }
    }
    exact.tell(found);
}
