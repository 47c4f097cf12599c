//! Cases: some facts with their values, looked at by the engine and shown to people as lines of a test.

use super::Subject;
use crate::Number;
pub(super) use crate::analysis::case::literal;
use crate::analysis::case::statement;
use crate::decide::{Mode, Truth};
use crate::policy::expr::Value;
use crate::policy::{ActionId, FactId, Policy, RoleId};
use crate::program::node::Condition;
use crate::question::{Actor, Explain, FactState, Provenance, Question, default_state};

/// Some facts with their values; the others are unknown.
pub(super) struct Sample(Vec<(FactId, Option<Value>)>);

impl Sample {
    pub fn of(id: FactId, value: Value) -> Self {
        Self(vec![(id, Some(value))])
    }

    pub fn absent(id: FactId) -> Self {
        Self(vec![(id, None)])
    }

    /// What a condition comes to where nothing else is known.
    pub fn truth(&self, on: Subject<'_>, condition: &Condition) -> Truth {
        let question = question(on, &self.0, ActionId::new(0), RoleId::new(0));
        on.program.truth(&question, condition, Mode::Ask)
    }
}

/// Noon of the day on which the policy is checked.
pub(super) fn noon(on: Subject<'_>) -> jiff::Timestamp {
    let noon = on.today.at(12, 0, 0, 0).to_zoned(on.policy.time_zone.clone());
    noon.map_or(jiff::Timestamp::UNIX_EPOCH, |noon| noon.timestamp())
}

/// A question at noon of the day, with these facts on record and everything else unknown.
pub(super) fn question(on: Subject<'_>, facts: &[(FactId, Option<Value>)], action: ActionId, role: RoleId) -> Question {
    let mut states = vec![FactState::Unknown; on.policy.facts.len()];
    for (id, value) in facts {
        if let Some(state) = states.get_mut(id.index()) {
            *state = value.clone().map_or(FactState::Absent(Provenance::Record), |value| FactState::Known(value, Provenance::Record));
        }
    }
    Question {
        actor: Actor { id: Some("anna".into()), role, team: Some("team".into()) },
        action,
        amount: None,
        facts: states,
        spent: vec![Number::ZERO; on.policy.budgets.len()],
        at: noon(on),
        explain: Explain::Decisive,
    }
}

/// `reason is late, order.total is 80.00 EUR`
pub(super) fn describe(policy: &Policy, case: &[(FactId, Option<Value>)]) -> String {
    let parts: Vec<String> = case.iter().filter_map(|(id, value)| statement(policy, *id, value.as_ref())).collect();
    if parts.is_empty() { "every case".into() } else { parts.join(", ") }
}

/// A test takes the default of every fact that it does not name.
pub(super) fn with_defaults(on: Subject<'_>, named: &[(FactId, Option<Value>)], question: &mut Question) {
    for (at, (state, fact)) in question.facts.iter_mut().zip(&on.policy.facts).enumerate() {
        if named.iter().all(|(id, _)| id.index() != at) {
            *state = default_state(fact);
        }
    }
}

/// A case as a test that can be pasted into the pack; it expects the word that the engine answers, which has no limit of its own.
pub(super) fn as_test(on: Subject<'_>, question: &Question, title: &str) -> String {
    let mut lines = vec![
        format!("test \"{title}\""),
        format!("  on {}", on.today),
        format!("  as {} \"anna\" in team \"team\"", on.role_name(question.actor.role)),
    ];
    for (at, state) in question.facts.iter().enumerate() {
        let value = match state {
            FactState::Unknown | FactState::Known(_, Provenance::Default) => continue,
            FactState::Absent(_) => None,
            FactState::Known(value, _) => Some(value),
        };
        lines.extend(statement(on.policy, FactId::new(at), value).map(|statement| format!("  given {statement}")));
    }
    lines.push(format!("  ask {}", on.action_name(question.action)));
    lines.push(format!("  expect {}", on.program.decide(question, Mode::Ask).outcome.word()));
    lines.join("\n")
}
