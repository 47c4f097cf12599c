//! A question as the JSON that says the same, to be kept and read again.

use serde_json::{Map, Value as Json};

use super::{FactState, Provenance, Question};
use crate::answer::plain;
use crate::policy::{Fact, Policy};

/// Writes a question. What only took its default is left out, as are `spent` and the moment; `shown` may put something else in the place of a value.
pub(crate) fn told(policy: &Policy, question: &Question, mut shown: impl FnMut(&Fact, Json) -> Json) -> Map<String, Json> {
    let (mut facts, mut record) = (Map::new(), Map::new());
    for (fact, state) in policy.facts.iter().zip(&question.facts) {
        let (value, from) = match state {
            FactState::Unknown => continue,
            FactState::Absent(from) => (Json::Null, from),
            FactState::Known(value, from) => (plain::value(policy, &fact.ty, value), from),
        };
        match from {
            Provenance::Default => {}
            Provenance::Said => drop(facts.insert(fact.name.clone(), shown(fact, value))),
            Provenance::Record => drop(record.insert(fact.name.clone(), shown(fact, value))),
        }
    }
    let mut told = Map::new();
    told.insert("actor".into(), actor(policy, question));
    told.insert("action".into(), policy.actions.get(question.action.index()).map_or(Json::Null, |action| action.name.clone().into()));
    if let Some(amount) = &question.amount {
        told.insert("amount".into(), plain::of_action(policy, question.action, amount).into());
    }
    told.insert("facts".into(), facts.into());
    told.insert("record".into(), record.into());
    told
}

fn actor(policy: &Policy, question: &Question) -> Json {
    let mut actor = Map::new();
    let role = policy.roles.get(question.actor.role.index()).map(|role| role.name.clone());
    for (name, value) in [("id", question.actor.id.clone()), ("role", role), ("team", question.actor.team.clone())] {
        if let Some(value) = value {
            actor.insert(name.into(), value.into());
        }
    }
    actor.into()
}
