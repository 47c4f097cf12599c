//! A case that was found, as an author writes it: a test that passes when it is pasted into the pack.

use super::ground::{ACTOR, TEAM};
use crate::calendar;
use crate::decide::{Decision, Limit, Mode, Outcome};
use crate::number::Number;
use crate::policy::expr::{Type, Value};
use crate::policy::{BudgetUnit, FactId, FactRef, Policy};
use crate::program::Program;
use crate::question::{FactState, Provenance, Question};

/// A question with everything that decides it. What it does not mention is at its default, or unknown and of no account.
#[derive(Clone, Debug)]
pub struct Case {
    /// The question.
    pub question: Question,
}

impl Case {
    /// What the engine answers.
    #[must_use]
    pub fn decision(&self, program: &Program) -> Decision {
        program.decide(&self.question, Mode::Ask)
    }

    /// A test that expects just what the engine answers.
    #[must_use]
    pub fn as_test(&self, policy: &Policy, program: &Program, title: &str) -> String {
        let decision = self.decision(program);
        let mut lines = self.lines(policy, title);
        lines.extend(expectations(policy, &decision).into_iter().map(|line| format!("  expect {line}")));
        lines.join("\n")
    }

    /// The test without its expectations.
    fn lines(&self, policy: &Policy, title: &str) -> Vec<String> {
        let question = &self.question;
        let name = |name: Option<&String>| name.cloned().unwrap_or_default();
        let role = name(policy.role(question.actor.role).map(|role| &role.name));
        let (id, team) = (question.actor.id.as_deref().unwrap_or(ACTOR), question.actor.team.as_deref().unwrap_or(TEAM));
        let mut lines = vec![
            format!("test {}", quoted(title)),
            format!("  on {}", on(policy, question.at)),
            format!("  as {role} {} in team {}", quoted(id), quoted(team)),
        ];
        for (at, state) in question.facts.iter().enumerate() {
            let (value, from) = match state {
                FactState::Unknown | FactState::Known(_, Provenance::Default) => continue,
                FactState::Absent(from) => (None, from),
                FactState::Known(value, from) => (Some(value), from),
            };
            let word = if *from == Provenance::Said { "said" } else { "given" };
            lines.extend(statement(policy, FactId::new(at), value).map(|statement| format!("  {word} {statement}")));
        }
        for (budget, spent) in policy.budgets.iter().zip(&question.spent).filter(|(_, spent)| spent.is_positive()) {
            let measure = match &budget.unit {
                BudgetUnit::Quantity(ty) => ty.clone(),
                _ => Type::Number,
            };
            lines.push(format!("  spent {} {}", budget.name, literal(policy, &measure, &Value::Quantity(spent.clone()))));
        }
        let action = policy.action(question.action);
        let mut ask = format!("  ask {}", name(action.map(|action| &action.name)));
        if let (Some(amount), Some(measure)) = (&question.amount, action.and_then(|action| action.measure.as_ref())) {
            ask = format!("{ask} of {}", literal(policy, measure, &Value::Quantity(amount.clone())));
        }
        lines.push(ask);
        lines
    }
}

/// A day, where it is noon of that day.
fn on(policy: &Policy, at: jiff::Timestamp) -> String {
    let told = policy.time_zone.to_datetime(at);
    if told.time() == jiff::civil::time(12, 0, 0, 0) { told.date().to_string() } else { at.to_string() }
}

/// What a test can expect of a decision.
pub(crate) fn expectations(policy: &Policy, decision: &Decision) -> Vec<String> {
    let measure = policy.action(decision.action).and_then(|action| action.measure.clone());
    let shown = |number: &Number| measure.as_ref().map_or_else(|| number.to_string(), |ty| literal(policy, ty, &Value::Quantity(number.clone())));
    let mut lines = vec![match (&decision.outcome, &decision.limit) {
        (Outcome::UpTo, Limit::Amount(limit)) => format!("up to {}", shown(limit)),
        // `up_to` has a limit.
        (outcome, _) => outcome.word().replace('_', " "),
    }];
    match (&decision.outcome, &decision.limit) {
        (Outcome::Yes | Outcome::Owed, Limit::Amount(limit)) => lines.push(format!("limit {}", shown(limit))),
        (Outcome::Yes | Outcome::Owed, Limit::Unlimited) => lines.push("limit unlimited".into()),
        _ => {}
    }
    let mut list = |word: &str, names: Vec<&str>| {
        if !names.is_empty() {
            lines.push(format!("{word} {}", names.join(", ")));
        }
    };
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

/// A quantity of an action as an author writes it.
pub(crate) fn amount(policy: &Policy, measure: Option<&Type>, number: &Number) -> String {
    measure.map_or_else(|| number.to_string(), |ty| literal(policy, ty, &Value::Quantity(number.clone())))
}

/// What a test says of a fact behind `given`.
pub(crate) fn statement(policy: &Policy, id: FactId, value: Option<&Value>) -> Option<String> {
    let fact = policy.facts.get(id.index())?;
    let name = &fact.name;
    Some(match value {
        None => format!("{name} is absent"),
        Some(Value::YesNo(true)) => name.clone(),
        Some(Value::YesNo(false)) => format!("not {name}"),
        Some(Value::Set(choices)) if choices.is_empty() && has_value_none(policy, &fact.ty) => format!("not {name}"),
        Some(value) => format!("{name} is {}", literal(policy, &fact.ty, value)),
    })
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// A value as an author writes it.
pub(crate) fn literal(policy: &Policy, ty: &Type, value: &Value) -> String {
    match value {
        Value::Quantity(number) => quantity(policy, ty, number),
        Value::YesNo(value) => if *value { "yes" } else { "no" }.into(),
        Value::Text(text) => quoted(text),
        Value::Choice(choice) => policy.choice(*choice).into(),
        Value::Set(choices) if choices.is_empty() => "none".into(),
        Value::Set(choices) => choices.iter().map(|choice| policy.choice(*choice)).collect::<Vec<_>>().join(", "),
    }
}

/// Whether `none` is a value of the fact itself, and so no word for a set without values.
fn has_value_none(policy: &Policy, ty: &Type) -> bool {
    matches!(ty, Type::SomeOf(choices) if choices.iter().any(|id| policy.choice(*id) == "none"))
}

/// In the largest unit of which there is a whole number.
fn duration(seconds: &Number) -> String {
    const UNITS: [(&str, i64); 2] = [("day", 86_400), ("hour", 3600)];
    let whole = |size: i64| seconds.divide(&Number::from(size)).filter(|count| count.is_whole() && !count.is_zero());
    let (count, unit) = UNITS.iter().find_map(|(unit, size)| Some((whole(*size)?, *unit))).unzip();
    let (count, unit) = (count.or_else(|| seconds.divide(&Number::from(60))).unwrap_or(Number::ZERO), unit.unwrap_or("minute"));
    format!("{count} {unit}{}", if count == Number::ONE { "" } else { "s" })
}

fn quantity(policy: &Policy, ty: &Type, number: &Number) -> String {
    match ty {
        Type::Money => format!("{} {}", number.to_fixed(policy.currency_decimals), policy.currency.code()),
        Type::Percent => format!("{number}%"),
        Type::Duration => duration(number),
        Type::Date => number.to_i64().and_then(calendar::date).map_or_else(String::new, |date| date.to_string()),
        Type::Datetime => calendar::moment(number).map_or_else(String::new, |moment| moment.to_string()),
        _ => number.to_string(),
    }
}
