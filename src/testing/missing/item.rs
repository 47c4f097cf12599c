//! A case as a `test` item.

use super::named;
use crate::decide::{Decision, Limit, Mode, Outcome, Reason};
use crate::lint::case::{literal, statement};
use crate::policy::expr::{Type, Value};
use crate::policy::{BudgetUnit, FactId, FactRef, Policy};
use crate::program::Program;
use crate::question::{FactState, Provenance, Question};

/// A title that no test has yet, from the first thing that the test touches.
pub(super) fn title(touches: &[String], known: &[String]) -> String {
    let first = touches.first().map_or("a case that no test has", String::as_str).replace('\\', "\\\\").replace('"', "'");
    let mut title = first.clone();
    let mut nth = 1;
    while known.contains(&title) {
        nth += 1;
        title = format!("{first} ({nth})");
    }
    title
}

/// The test, with what the engine answers.
pub(super) fn written(policy: &Policy, program: &Program, question: &Question, title: &str) -> String {
    let (role, action) = named(policy, question.actor.role, question.action);
    let day = policy.time_zone.to_datetime(question.at).date();
    let mut lines = vec![format!("test \"{title}\""), format!("  on {day}"), format!("  as {role} \"anna\" in team \"team\"")];
    for (at, state) in question.facts.iter().enumerate() {
        let value = match state {
            FactState::Unknown | FactState::Known(_, Provenance::Default) => continue,
            FactState::Absent(_) => None,
            FactState::Known(value, _) => Some(value),
        };
        lines.extend(statement(policy, FactId::new(at), value).map(|statement| format!("  given {statement}")));
    }
    for (budget, spent) in policy.budgets.iter().zip(&question.spent).filter(|(_, spent)| !spent.is_zero()) {
        let unit = if let BudgetUnit::Quantity(unit) = &budget.unit { unit } else { &Type::Number };
        lines.push(format!("  spent {} {}", budget.name, literal(policy, unit, &Value::Quantity(spent.clone()))));
    }
    let measure = policy.action(question.action).and_then(|action| action.measure.as_ref());
    let amount =
        question.amount.as_ref().zip(measure).map(|(amount, measure)| format!(" of {}", literal(policy, measure, &Value::Quantity(amount.clone()))));
    lines.push(format!("  ask {action}{}", amount.unwrap_or_default()));
    let decision = program.decide(question, Mode::Ask);
    lines.extend(expectations(policy, &decision, measure).into_iter().map(|expected| format!("  expect {expected}")));
    lines.join("\n")
}

fn expectations(policy: &Policy, decision: &Decision, measure: Option<&Type>) -> Vec<String> {
    let shown = |number: &crate::Number| measure.map_or_else(|| number.to_string(), |ty| literal(policy, ty, &Value::Quantity(number.clone())));
    let mut lines = vec![match (&decision.outcome, &decision.limit) {
        (Outcome::UpTo, Limit::Amount(limit)) => format!("up to {}", shown(limit)),
        (outcome, _) => outcome.word().to_owned(),
    }];
    match (&decision.outcome, &decision.limit) {
        (Outcome::Yes | Outcome::Owed, Limit::Amount(limit)) => lines.push(format!("limit {}", shown(limit))),
        (Outcome::Yes | Outcome::Owed, Limit::Unlimited) => lines.push("limit unlimited".to_owned()),
        _ => {}
    }
    let mut list = |word: &str, names: Vec<&str>| {
        if !names.is_empty() {
            lines.push(format!("{word} {}", names.join(", ")));
        }
    };
    let rules = decision.because.iter().filter_map(|reason| if let Reason::Rule(id) = reason { policy.rule(*id) } else { None });
    list("because", rules.map(|rule| &*rule.name).collect());
    list("ask", decision.ask.iter().filter_map(|it| Some(policy.role(it.role)?.name.as_str())).collect());
    list("require", decision.require.iter().filter_map(|it| Some(policy.duty(it.duty)?.name.as_str())).collect());
    list("offer", decision.offer.iter().filter_map(|it| Some(policy.action(it.action)?.name.as_str())).collect());
    let fact = |reference: &FactRef| match reference {
        FactRef::Fact(id) => policy.fact(*id).map_or("", |fact| &fact.name),
        FactRef::ActorId => "actor.id",
        FactRef::ActorTeam => "actor.team",
    };
    list("need", decision.need.iter().map(fact).collect());
    lines
}
