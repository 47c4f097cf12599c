//! Two budget lines that are equally near to a role.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{Allotment, Budget, BudgetId, RoleId};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (at, budget) in on.policy.budgets.iter().enumerate() {
        for role in on.policy.role_ids().filter(|role| charges(on, BudgetId::new(at), *role)) {
            let Some((first, second)) = equally_near(on, budget, role) else { continue };
            let (Some((first_span, _)), Some((second_span, _))) = (budget.served.get(first), budget.served.get(second)) else { continue };
            found.push(
                Diagnostic::new(Code::EqualLines, format!("two lines of `{}` are equally near to `{}`", budget.name, on.role_name(role)))
                    .at(*second_span, "this one does not count for it")
                    .at(*first_span, "this one does, because it stands first")
                    .help(format!("write a line `for {}`", on.role_name(role))),
            );
        }
    }
}

fn charges(on: Subject<'_>, budget: BudgetId, role: RoleId) -> bool {
    (0..on.policy.actions.len()).filter_map(|at| on.program.candidates(crate::policy::ActionId::new(at), role)).any(|candidates| {
        let mut rules = candidates.permissions.rules().filter_map(|id| on.program.rule(id));
        rules.any(|rule| rule.charges.iter().any(|charge| charge.budget == budget))
    })
}

/// The nearest lines below a role that has none of its own, where there are several that differ.
fn equally_near(on: Subject<'_>, budget: &Budget, role: RoleId) -> Option<(usize, usize)> {
    let own = |role: RoleId| budget.served.iter().position(|(_, roles)| roles.contains(&role));
    if own(role).is_some() {
        return None;
    }
    let near: Vec<(usize, usize)> = on.policy.roles_below(role).into_iter().filter_map(|(below, steps)| Some((steps, own(below)?))).collect();
    let steps = near.iter().map(|(steps, _)| *steps).min()?;
    let mut nearest: Vec<usize> = near.into_iter().filter(|(at, _)| *at == steps).map(|(_, line)| line).collect();
    nearest.sort_unstable();
    let first = *nearest.first()?;
    let amount = |line: usize| budget.lines.get(line);
    let second = nearest.into_iter().find(|line| amount(*line).zip(amount(first)).is_some_and(|(a, b)| !is_same(a, b)))?;
    Some((first, second))
}

fn is_same(a: &Allotment, b: &Allotment) -> bool {
    match (a, b) {
        (Allotment::Quantity(a), Allotment::Quantity(b)) => a.kind == b.kind,
        (Allotment::Times(a), Allotment::Times(b)) => a == b,
        (Allotment::Unlimited, Allotment::Unlimited) => true,
        _ => false,
    }
}
