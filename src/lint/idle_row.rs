//! A row of a table that can never make a difference: it never holds, or another row always gives at least as much for at most as much.

use super::Subject;
use super::exact::Exact;
use super::row_gap::{Row, group_rows, quantity_of};
use crate::analysis::{Coverage, When};
use crate::decide::Held;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{Charge, ChargeBy, Requirement, Rule, RuleKind, Subject as Binds};
use crate::program;
use crate::program::node::Condition;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "idle-row");
    for rows in group_rows(on) {
        let conditions: Vec<&Condition> = rows.iter().map(|(_, compiled)| &compiled.condition).collect();
        let Some((first, _)) = rows.first() else { continue };
        let (held, coverage) = exact.held(When::Today, &conditions);
        let today = idle(on, &exact, &rows, &held);
        // What makes a difference today is not idle, whatever else there is.
        if today.is_empty() {
            continue;
        }
        if !exact.reads_clock(conditions.iter()) {
            exact.note(first.span, coverage);
            found.extend(today.into_iter().filter(|_| coverage == Coverage::Exact));
            continue;
        }
        let (held, coverage) = exact.held(When::Ever, &conditions);
        exact.note(first.span, coverage);
        found.extend(idle(on, &exact, &rows, &held).into_iter().filter(|_| coverage == Coverage::Exact));
    }
    exact.tell(found);
}

/// The rows that make no difference in any of the cases.
fn idle<'a>(on: Subject<'a>, exact: &Exact<'a>, rows: &[Row<'a>], held: &[Held]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let rows: Vec<_> = rows.iter().zip(held).collect();
    let mut idle: Vec<&str> = Vec::new();
    for ((rule, compiled), held) in &rows {
        if held.nowhere() {
            found.push(
                Diagnostic::new(Code::IdleRow, format!("`{}` can never apply", rule.name))
                    .at(rule.span, "no case fulfils all cells of this row")
                    .help("mend the cells that exclude each other, or take the row out"),
            );
            idle.push(&rule.name);
            continue;
        }
        // Of two equal rows only one is idle.
        let others = rows.iter().filter(|((other, _), _)| other.name != rule.name && !idle.contains(&other.name.as_ref()));
        let covering = others.into_iter().find(|((other, other_compiled), other_held)| {
            held.is_within(other_held) && gives_at_least(on, (other, other_compiled), (rule, compiled))
        });
        if let Some(((other, _), _)) = covering {
            found.push(Diagnostic {
                case: exact.changing_nothing(rule, &compiled.condition),
                ..Diagnostic::new(Code::IdleRow, format!("`{}` never makes a difference", rule.name))
                    .at(rule.span, "whenever this row applies…")
                    .at(other.span, "…this one does too, and gives at least as much for no more")
                    .help("take the row out, or change what it gives")
            });
            idle.push(&rule.name);
        }
    }
    found
}

/// Whether one row gives everything that another gives, to everybody to whom that gives it, and asks for no more.
pub(super) fn gives_at_least(
    on: Subject<'_>,
    (more, more_compiled): (&Rule, &program::Rule),
    (less, less_compiled): (&Rule, &program::Rule),
) -> bool {
    if !asks_no_more(more, less) || !more.instead.offers.is_empty() || !more.instead.routes.is_empty() || more.because != less.because {
        return false;
    }
    let (more_quantity, less_quantity) = (quantity_of(more_compiled), quantity_of(less_compiled));
    let (Some(more_quantity), Some(less_quantity)) = (more_quantity, less_quantity) else { return false };
    match (&more.kind, &less.kind) {
        (RuleKind::Permission { subject: a, approved_by, .. }, RuleKind::Permission { subject: b, .. }) => {
            approved_by.is_empty() && more_quantity >= less_quantity && covers(on, a, b, |upper, lower| on.program.steps_up(lower, upper).is_some())
        }
        (RuleKind::Prohibition { subject: a, .. }, RuleKind::Prohibition { subject: b, .. }) => {
            more_quantity <= less_quantity
                && less.instead.offers.is_empty()
                && covers(on, a, b, |lower, upper| on.program.steps_up(lower, upper).is_some())
        }
        (RuleKind::Entitlement, RuleKind::Entitlement) => more_quantity >= less_quantity,
        _ => false,
    }
}

/// Whether every role of `b` is bound by a role of `a`: `reaches(b, a)`.
fn covers(on: Subject<'_>, a: &Binds, b: &Binds, reaches: impl Fn(crate::policy::RoleId, crate::policy::RoleId) -> bool) -> bool {
    let all: Vec<_> = (0..on.policy.roles.len()).map(crate::policy::RoleId::new).collect();
    let of = |subject: &Binds| match subject {
        Binds::Everyone => all.clone(),
        Binds::Roles(roles) => roles.to_vec(),
    };
    let givers = of(a);
    of(b).iter().all(|bound| givers.iter().any(|giver| reaches(*bound, *giver)))
}

/// Whether all that one rule asks for in return is asked for by the other too.
fn asks_no_more(more: &Rule, less: &Rule) -> bool {
    let same_charge = |charge: &Charge| {
        let is_plain = |by: &ChargeBy| matches!(by, ChargeBy::Amount | ChargeBy::Once);
        less.charges.iter().any(|other| other.budget == charge.budget && is_plain(&charge.by) && is_plain(&other.by))
    };
    let same_duty = |due: &Requirement| less.requires.iter().any(|other| other.duty == due.duty && other.when.is_none());
    more.charges.iter().all(same_charge) && more.requires.iter().all(same_duty)
}
