//! A permission that charges no budget beside others that do.

use super::Subject;
use super::limits::{Permission, measured, permissions};
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for action in measured(on) {
        let all = permissions(on, action);
        for permission in all.iter().filter(|it| it.rule.charges.is_empty() && it.approved_by.is_empty()) {
            let Some((charging, budget)) = all.iter().find_map(|other| Some((other, bounded(on, other, permission)?))) else { continue };
            let budget = on.policy.budget(budget).map(|budget| budget.name.as_str()).unwrap_or_default();
            found.push(
                Diagnostic::new(Code::NoBudget, format!("`{}` charges no budget, though its neighbour does", permission.rule.name))
                    .at(permission.rule.span, "nothing bounds how often it is used")
                    .at(charging.rule.span, format!("this one charges `{budget}`"))
                    .help(format!("`charge {budget}` here too")),
            );
        }
    }
}

/// The budget that another permission charges, where it belongs to a role above, or to the same role for no more.
fn bounded(on: Subject<'_>, other: &Permission<'_>, permission: &Permission<'_>) -> Option<crate::policy::BudgetId> {
    let budget = other.bounding_budget(on)?;
    let is_above = permission.roles().iter().all(|role| other.is_above(on, *role)) && !permission.roles().is_empty();
    let is_same = permission.subject == other.subject && permission.limit().zip(other.limit()).is_some_and(|(own, other)| own >= other);
    (is_above || is_same).then_some(budget)
}
