//! An `ask` clause for a role that can never say yes.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, Instead, Policy, RoleId, RuleKind};
use crate::program::Program;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let rules = on.policy.rules.iter().map(|rule| (&rule.actions, &rule.instead));
    let fallbacks = on.policy.fallbacks.iter().map(|fallback| (&fallback.actions, &fallback.instead));
    for (actions, instead) in rules.chain(fallbacks) {
        check_routes(on, actions, instead, found);
    }
}

fn check_routes(on: Subject<'_>, actions: &[ActionId], instead: &Instead, found: &mut Vec<Diagnostic>) {
    for route in &instead.routes {
        if actions.iter().any(|action| can_say_yes(on.policy, on.program, *action, route.role)) {
            continue;
        }
        let name = |name: Option<&String>| name.cloned().unwrap_or_default();
        let role = name(on.policy.roles.get(route.role.index()).map(|role| &role.name));
        let actions: Vec<String> =
            actions.iter().filter_map(|action| on.policy.actions.get(action.index())).map(|action| format!("`{}`", action.name)).collect();
        found.push(
            Diagnostic::new(Code::IdleRoute, format!("`{role}` can never decide or approve {}", actions.join(" or ")))
                .at(route.span, "so this clause never sends anybody there")
                .help(format!("let `{role}` do it in a rule of its own, or ask a role that can")),
        );
    }
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
