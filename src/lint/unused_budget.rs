//! A budget that nothing charges.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for budget in &on.policy.budgets {
        if !on.is_own(budget.span) || on.texts.items.mentions(&budget.name, budget.span) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UnusedBudget, format!("nothing uses the budget `{}`", budget.name))
                .at(budget.span, "no rule charges it, so it limits nothing")
                .help("take it out, or `charge` it in the rules that it is to limit"),
        );
    }
}
