//! Cases: some facts with their values, looked at by the engine and shown to people as lines of a test.

use super::Subject;
use crate::Number;
use crate::analysis::Case;
pub(super) use crate::analysis::case::literal;
use crate::analysis::case::statement;
use crate::policy::expr::Value;
use crate::policy::{ActionId, FactId, Policy, RoleId};
use crate::question::{Actor, Explain, FactState, Provenance, Question, default_state};

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
fn with_defaults(on: Subject<'_>, named: &[(FactId, Option<Value>)], question: &mut Question) {
    for (at, (state, fact)) in question.facts.iter_mut().zip(&on.policy.facts).enumerate() {
        if named.iter().all(|(id, _)| id.index() != at) {
            *state = default_state(fact);
        }
    }
}

/// Some facts with their values, as a case; the others are at their defaults, or unknown.
pub(super) fn sampled(on: Subject<'_>, facts: &[(FactId, Option<Value>)], (action, role): (ActionId, RoleId)) -> Case {
    let mut question = question(on, facts, action, role);
    with_defaults(on, facts, &mut question);
    Case { question }
}

/// What a case has on record, as [`describe`] says it.
pub(super) fn describe_case(policy: &Policy, case: &Case) -> String {
    describe_part(policy, case, |_| true)
}

/// The same of some facts.
pub(super) fn describe_part(policy: &Policy, case: &Case, counts: impl Fn(FactId) -> bool) -> String {
    let fact = |(at, state): (usize, &FactState)| {
        let value = match state {
            FactState::Unknown | FactState::Known(_, Provenance::Default) => return None,
            FactState::Absent(_) => None,
            FactState::Known(value, _) => Some(value.clone()),
        };
        Some((FactId::new(at), value))
    };
    describe(policy, &case.question.facts.iter().enumerate().filter_map(fact).filter(|(id, _)| counts(*id)).collect::<Vec<_>>())
}
