//! A permission by which somebody may decide about their own account: in some case they are affected themselves, nothing that forbids it applies, and the answer is a yes.

use std::collections::HashSet;

use super::Subject;
use super::case::question;
use super::exact::Exact;
use crate::analysis::{Case, Wanted, When};
use crate::decide::{Decision, Mode, Outcome, Truth};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, FactId, FactRef, RoleId, RuleId};
use crate::program::node::Condition;
use crate::program::{Kind, Rule};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !is_expected(on) {
        return;
    }
    let exact = Exact::new(on, "own-account");
    let look = Look { on, exact: &exact, conflicts: conflicts(on) };
    for at in 0..on.policy.actions.len() {
        let action = ActionId::new(at);
        if on.policy.action(action).is_none_or(|action| action.measure.is_none()) {
            continue;
        }
        let mut seen = HashSet::new();
        let Some((role, id, case)) = on.policy.role_ids().find_map(|role| look.hole(action, role, &mut seen)) else { continue };
        let Some(rule) = on.policy.rule(id) else { continue };
        let (name, title) = (on.action_name(action), format!("{} on one's own account", rule.name));
        found.push(
            Diagnostic::new(Code::OwnAccount, format!("`{}` may `{name}` on their own account", on.role_name(role)))
                .at(rule.span, "no prohibition about the person who asks binds here")
                .help(format!("add `{name}` to the rule by which nobody decides about their own account, or write one"))
                .case(case.as_test(on.policy, on.program, &title)),
        );
    }
    exact.tell(found);
}

/// Whether the pack knows whose account it is: a fact about the actor, or a rule that compares the actor's id.
fn is_expected(on: Subject<'_>) -> bool {
    on.policy.facts.iter().any(|fact| fact.about_actor) || on.program.rules.iter().any(|rule| rule.reads.actor_id)
}

fn is_about_actor(on: Subject<'_>, fact: FactRef) -> bool {
    matches!(fact, FactRef::Fact(id) if on.policy.fact(id).is_some_and(|fact| fact.about_actor))
}

/// A prohibition of the whole action that reads who asks.
fn is_guard(on: Subject<'_>, rule: &Rule) -> bool {
    matches!(rule.kind, Kind::Prohibition { whole: true, .. })
        && (rule.reads.actor_id || rule.reads.facts.iter().any(|fact| is_about_actor(on, *fact)))
}

/// The facts that say that somebody is affected: where they are yes a guard applies, or may.
fn conflicts(on: Subject<'_>) -> Vec<FactId> {
    let ids = on.policy.facts.iter().enumerate().filter(|(_, fact)| fact.about_actor && fact.ty == Type::YesNo).map(|(at, _)| FactId::new(at));
    let truth = |rule: &Rule, id: FactId, value: bool| -> Truth {
        let question = question(on, &[(id, Some(Value::YesNo(value)))], ActionId::new(0), RoleId::new(0));
        on.program.truth(&question, &rule.condition, Mode::Ask)
    };
    let forbids = |id: &FactId| {
        let mut guards = on.program.rules.iter().filter(|rule| is_guard(on, rule) && rule.reads.facts.contains(&FactRef::Fact(*id)));
        guards.any(|rule| truth(rule, *id, true).is_surely_yes() || (truth(rule, *id, false).is_surely_no() && truth(rule, *id, true).can_be_yes()))
    };
    ids.filter(forbids).collect()
}

struct Look<'l, 'a> {
    on: Subject<'a>,
    exact: &'l Exact<'a>,
    conflicts: Vec<FactId>,
}

impl Look<'_, '_> {
    /// A permission of a role that gives something to somebody who is affected, in a case. Permissions that were seen beside the same guards are passed over.
    fn hole(&self, action: ActionId, role: RoleId, seen: &mut HashSet<(RuleId, Vec<RuleId>)>) -> Option<(RoleId, RuleId, Case)> {
        let candidates = self.on.program.candidates(action, role)?;
        let is_guard = |id: &RuleId| self.on.program.rule(*id).is_some_and(|rule| is_guard(self.on, rule));
        let guards: Vec<RuleId> = candidates.prohibitions.rules().filter(is_guard).collect();
        let permissions = candidates.permissions.rules().filter(|id| seen.insert((*id, guards.clone())));
        permissions.into_iter().find_map(|id| Some((role, id, self.unguarded((action, role), id, &guards)?)))
    }

    fn unguarded(&self, asked: (ActionId, RoleId), id: RuleId, guards: &[RuleId]) -> Option<Case> {
        let (rule, place) = (self.on.program.rule(id)?, self.on.policy.rule(id)?.span);
        let guards: Vec<&Rule> = guards.iter().filter_map(|id| self.on.program.rule(*id)).collect();
        let fail: Vec<&Condition> = guards.iter().map(|guard| &guard.condition).collect();
        let analysis = self.exact.analysis();
        let affected: Vec<Vec<FactId>> = if guards.is_empty() {
            vec![self.conflicts.clone()]
        } else {
            let read = |id: &FactId| guards.iter().any(|guard| guard.reads.facts.contains(&FactRef::Fact(*id)));
            self.conflicts.iter().copied().filter(read).map(|id| vec![id]).collect()
        };
        let granted = |decision: &Decision| matches!(decision.outcome, Outcome::Yes | Outcome::UpTo);
        affected.into_iter().find_map(|facts| {
            let known = analysis.affirmed(&facts);
            let wanted = Wanted { asked, when: When::Today, hold: &[&rule.condition], fail: &fail, known: Some(&known) };
            self.exact.find_decided(wanted, place, granted)
        })
    }
}
