//! The value of a fact from outside.

use super::facts::near;
use super::json::Json;
use super::moment;
use super::problem::{Mistake, Mistakes, Problems, member, quoted};
use super::quantity::{self, Purpose, wrong_type};
use crate::calendar;
use crate::policy::ChoiceId;
use crate::policy::Policy;
use crate::policy::expr::{Type, Value};

/// Reads a value of a type; what is wrong with it goes to `problems`.
pub(super) fn read(policy: &Policy, ty: &Type, json: &Json, path: &str, problems: &mut Problems) -> Option<Value> {
    if let Type::SomeOf(choices) = ty {
        return set(policy, choices, json, path, problems);
    }
    problems.note(path, single(policy, ty, json))
}

fn single(policy: &Policy, ty: &Type, json: &Json) -> Result<Value, Mistakes> {
    Ok(match ty {
        Type::YesNo => yes_no(json)?,
        Type::Text => Value::Text(text(json)?.to_owned()),
        Type::OneOf(choices) => Value::Choice(choice(policy, choices, json)?),
        Type::Date => date(json)?,
        Type::Datetime => datetime(policy, json)?,
        _ => Value::Quantity(quantity::read(policy, ty, json, Purpose::Fact)?),
    })
}

fn yes_no(json: &Json) -> Result<Value, Mistake> {
    match json {
        Json::Bool(value) => Ok(Value::YesNo(*value)),
        other => Err(wrong_type("true or false", other).help("write `true` or `false` without quotes; `yes` or `no` on the command line")),
    }
}

fn text(json: &Json) -> Result<&str, Mistake> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(wrong_type("a text", other).help("put it in quotes")),
    }
}

fn date(json: &Json) -> Result<Value, Mistake> {
    let Json::Text(text) = json else { return Err(wrong_type("a date", json).help("write it like `\"2026-11-21\"`")) };
    moment::date(text.trim()).map(|date| Value::Quantity(calendar::days(date).into()))
}

fn datetime(policy: &Policy, json: &Json) -> Result<Value, Mistake> {
    let Json::Text(text) = json else { return Err(wrong_type("a date with a time", json).help("write it like `\"2026-11-21T10:00+01:00\"`")) };
    moment::datetime(text.trim(), &policy.time_zone).map(|moment| Value::Quantity(calendar::seconds(moment)))
}

fn choice(policy: &Policy, choices: &[ChoiceId], json: &Json) -> Result<ChoiceId, Mistake> {
    let list = || choices.iter().map(|id| policy.choice(*id)).collect::<Vec<_>>().join(", ");
    let Json::Text(written) = json else { return Err(wrong_type("one value", json).help(format!("it is one of {}", list()))) };
    let name = super::name(written);
    choices.iter().copied().find(|id| policy.choice(*id) == name).ok_or_else(|| {
        let mistake = Mistake::new(format!("{} is not one of its values", quoted(written))).help(format!("it is one of {}", list()));
        mistake.did_you_mean(near(&name, choices.iter().map(|id| policy.choice(*id))))
    })
}

fn set(policy: &Policy, choices: &[ChoiceId], json: &Json, path: &str, problems: &mut Problems) -> Option<Value> {
    let Json::Array(items) = json else {
        problems.add(path, wrong_type("an array", json).help("write `[]` where none applies"));
        return None;
    };
    let (mut ids, mut wrong) = (Vec::new(), false);
    for (at, item) in items.iter().enumerate() {
        match problems.note(&member(path, at), choice(policy, choices, item)) {
            Some(id) => ids.push(id),
            None => wrong = true,
        }
        if problems.is_full() {
            break;
        }
    }
    if wrong {
        return None;
    }
    ids.sort_unstable();
    ids.dedup();
    Some(Value::Set(ids))
}
