//! A budget with a bucket for something that anybody may make up.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::Key;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for budget in &on.policy.budgets {
        for key in &budget.keys {
            let Key::Fact(id) = key else { continue };
            let Some(fact) = on.policy.facts.get(id.index()).filter(|fact| !fact.verified) else { continue };
            found.push(
                Diagnostic::new(Code::UnverifiedKey, format!("budget `{}` is kept per `{}`, which nobody vouches for", budget.name, fact.name))
                    .at(budget.span, "another value is another bucket")
                    .at(fact.span, "this fact need not come from a system of record")
                    .help(format!("make `{}` `verified`", fact.name)),
            );
        }
    }
}
