//! An `ask` clause for a role that can never say yes: none of its permissions for the action, and none that it signs, applies in a case that reaches the clause.

use super::Subject;
use super::exact::{Exact, asked};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, Policy, RoleId, Route, RuleKind};
use crate::program::node::Condition;
use crate::program::{self, Program};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "idle-route");
    for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
        let reached = Reached { actions: &rule.actions, role: asked(rule).1, condition: &compiled.condition };
        check_routes(on, &exact, reached, (&rule.instead.routes, compiled.instead.as_deref()), found);
    }
    for (fallback, compiled) in on.policy.fallbacks.iter().zip(&on.program.fallbacks) {
        let reached = Reached { actions: &fallback.actions, role: RoleId::new(0), condition: &compiled.condition };
        check_routes(on, &exact, reached, (&fallback.instead.routes, Some(&compiled.instead)), found);
    }
    exact.tell(found);
}

/// Who reaches a clause, and when.
#[derive(Clone, Copy)]
struct Reached<'a> {
    actions: &'a [ActionId],
    role: RoleId,
    condition: &'a Condition,
}

fn check_routes<'a>(
    on: Subject<'a>,
    exact: &Exact<'a>,
    reached: Reached<'a>,
    (written, compiled): (&[Route], Option<&'a program::Instead>),
    found: &mut Vec<Diagnostic>,
) {
    for (route, compiled) in written.iter().zip(compiled.into_iter().flat_map(|instead| &instead.routes)) {
        let hold = [reached.condition, &compiled.when];
        if reached.actions.iter().any(|action| says_yes(on, exact, *action, route.role, &hold)) {
            continue;
        }
        let role = on.role_name(route.role);
        let actions: Vec<String> = reached.actions.iter().map(|action| format!("`{}`", on.action_name(*action))).collect();
        let title = format!("{role} is no help");
        let first = reached.actions.first().copied().unwrap_or_else(|| ActionId::new(0));
        let asker = Some(reached.role).filter(|asker| *asker != route.role).or_else(|| on.policy.role_ids().find(|other| *other != route.role));
        let case = exact.find_asked((first, asker.unwrap_or(reached.role)), &hold);
        found.push(Diagnostic {
            case: case.map(|case| case.as_test(on.policy, on.program, &title)),
            ..Diagnostic::new(Code::IdleRoute, format!("`{role}` can never decide or approve {}", actions.join(" or ")))
                .at(route.span, "so this clause never sends anybody there")
                .help(format!("let `{role}` do it in a rule of its own, or ask a role that can"))
        });
    }
}

/// Whether a role may decide or sign something in a case that reaches a clause; where that could not be told, it may.
fn says_yes<'a>(on: Subject<'a>, exact: &Exact<'a>, action: ActionId, role: RoleId, hold: &[&'a Condition; 2]) -> bool {
    if !can_say_yes(on.policy, on.program, action, role) {
        return false;
    }
    if on.program.action_of(action).is_some_and(|action| !action.entitlements.is_empty()) {
        return true;
    }
    let own = on.program.candidates(action, role).into_iter().flat_map(|candidates| candidates.permissions.rules());
    let own = own.filter_map(|id| on.program.rule(id));
    let rules = on.policy.rules.iter().zip(&on.program.rules).filter(|(rule, _)| rule.actions.contains(&action));
    let signed = rules.filter(|(rule, _)| matches!(&rule.kind, RuleKind::Permission { approved_by, .. } if approved_by.contains(&role)));
    let mut all = own.chain(signed.map(|(_, compiled)| compiled));
    let [condition, when] = hold;
    all.any(|rule| {
        let together = [*condition, *when, &rule.condition];
        let is_plain = |condition: &&Condition| matches!(condition, Condition::Constant(true));
        together.iter().all(is_plain) || !exact.never_asked((action, role), &together)
    })
}

/// Whether a role can decide about an action, or approve it.
pub(crate) fn can_say_yes(policy: &Policy, program: &Program, action: ActionId, role: RoleId) -> bool {
    let decides = program.candidates(action, role).is_some_and(|candidates| !candidates.permissions.is_empty());
    let is_owed = program.action_of(action).is_some_and(|action| !action.entitlements.is_empty());
    let approves = policy
        .rules
        .iter()
        .any(|rule| rule.actions.contains(&action) && matches!(&rule.kind, RuleKind::Permission { approved_by, .. } if approved_by.contains(&role)));
    decides || is_owed || approves
}
