//! A permission by which somebody may decide about their own account.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, FactRef, RoleId, RuleId};
use crate::program::Kind;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !is_expected(on) {
        return;
    }
    for at in 0..on.policy.actions.len() {
        let action = ActionId::new(at);
        if on.policy.action(action).is_none_or(|action| action.measure.is_none()) {
            continue;
        }
        let Some((role, rule)) = on.policy.role_ids().find_map(|role| Some((role, unguarded(on, action, role)?))) else { continue };
        let Some(rule) = on.policy.rules.get(rule) else { continue };
        let name = on.action_name(action);
        found.push(
            Diagnostic::new(Code::OwnAccount, format!("`{}` may `{name}` on their own account", on.role_name(role)))
                .at(rule.span, "no prohibition about the person who asks binds here")
                .help(format!("add `{name}` to the rule by which nobody decides about their own account, or write one")),
        );
    }
}

/// Whether the pack knows whose account it is: a fact about the actor, or a rule that compares the actor's id.
fn is_expected(on: Subject<'_>) -> bool {
    on.policy.facts.iter().any(|fact| fact.about_actor) || on.program.rules.iter().any(|rule| rule.reads.actor_id)
}

/// The first permission of a role for an action that no prohibition about the actor guards.
fn unguarded(on: Subject<'_>, action: ActionId, role: RoleId) -> Option<usize> {
    let candidates = on.program.candidates(action, role)?;
    let guards = |id| {
        on.program.rule(id).is_some_and(|rule| {
            let about_actor = |fact: &FactRef| matches!(fact, FactRef::Fact(id) if on.policy.fact(*id).is_some_and(|fact| fact.about_actor));
            matches!(rule.kind, Kind::Prohibition { whole: true, .. }) && (rule.reads.actor_id || rule.reads.facts.iter().any(about_actor))
        })
    };
    if candidates.prohibitions.rules().any(guards) {
        return None;
    }
    candidates.permissions.rules().map(RuleId::index).next()
}
