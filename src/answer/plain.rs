//! Values in the form that the reader of questions takes back: `50.00 EUR`, `12.5%`, `PT4H`, `2026-11-21`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;

use crate::calendar;
use crate::decide::{Deadline, Limit};
use crate::number::{Number, Rounding};
use crate::policy::expr::{Steps, Type, Value};
use crate::policy::{ActionId, BudgetUnit, Policy};
use crate::syntax::ast::Unit;

/// A quantity of a measure. Money has the currency's decimals, half a smallest unit rounded away from zero.
#[must_use]
pub fn quantity(policy: &Policy, measure: &Type, value: &Number) -> String {
    match measure {
        Type::Money => format!("{} {}", value.to_fixed(policy.currency_decimals), policy.currency.code()),
        Type::Percent => format!("{value}%"),
        Type::Duration => duration(value),
        _ => value.to_string(),
    }
}

/// A quantity of an action; a plain number where it has no measure.
pub(crate) fn of_action(policy: &Policy, action: ActionId, value: &Number) -> String {
    quantity(policy, measure(policy, action), value)
}

/// The measure of an action; a number where it has none.
pub(crate) fn measure(policy: &Policy, action: ActionId) -> &Type {
    policy.actions.get(action.index()).and_then(|action| action.measure.as_ref()).unwrap_or(&Type::Number)
}

/// What a budget counts in, when this action charges it.
pub(crate) fn budget_measure<'p>(policy: &'p Policy, unit: &'p BudgetUnit, action: ActionId) -> &'p Type {
    match unit {
        BudgetUnit::Times => &Type::Number,
        BudgetUnit::Quantity(measure) => measure,
        BudgetUnit::Any => measure(policy, action),
    }
}

/// What is left of a budget: money down to the currency's smallest unit, so that no more is shown than there is.
pub(crate) fn rounded_down(policy: &Policy, measure: &Type, value: &Number) -> Number {
    let step = smallest(policy, measure);
    step.and_then(|step| value.round(&step, Rounding::Down)).unwrap_or_else(|| value.clone())
}

fn smallest(policy: &Policy, measure: &Type) -> Option<Number> {
    match measure {
        Type::Money => Number::ratio(1, 10_i64.checked_pow(u32::try_from(policy.currency_decimals).ok()?)?),
        Type::Duration => Some(Number::from(60)),
        _ => Number::ratio(1, 100),
    }
}

/// `None` where there is no limit or no amount to it.
pub(super) fn limit(policy: &Policy, action: ActionId, limit: &Limit) -> Option<String> {
    match limit {
        Limit::Amount(value) => Some(of_action(policy, action, value)),
        Limit::None | Limit::Unlimited => None,
    }
}

/// Seconds as ISO 8601: `P1DT2H`.
fn duration(seconds: &Number) -> String {
    let sign = if *seconds < Number::ZERO { "-" } else { "" };
    let seconds = if sign.is_empty() { seconds.clone() } else { seconds.negate() };
    let (Some(whole), zero) = (seconds.floor(), seconds.is_zero()) else { return seconds.to_string() };
    let rest = seconds.subtract(&Number::from(whole - whole % 60)).unwrap_or(Number::ZERO);
    let part = |count: i64, letter: &str| if count == 0 { String::new() } else { format!("{count}{letter}") };
    let days = part(whole / 86_400, "D");
    let last = if rest.is_zero() && !zero { String::new() } else { format!("{rest}S") };
    let clock = format!("{}{}{last}", part(whole % 86_400 / 3600, "H"), part(whole % 3600 / 60, "M"));
    let t = if clock.is_empty() { "" } else { "T" };
    format!("{sign}P{days}{t}{clock}")
}

/// `N UNIT` as ISO 8601; working days, for which that has no form, in words: `5 working days`.
pub(crate) fn steps(steps: &Steps) -> String {
    let count = &steps.count;
    match steps.unit {
        Unit::Minute => format!("PT{count}M"),
        Unit::Hour => format!("PT{count}H"),
        Unit::Day => format!("P{count}D"),
        Unit::Week => format!("P{count}W"),
        Unit::Month => format!("P{count}M"),
        Unit::Year => format!("P{count}Y"),
        Unit::WorkingDay if *count == Number::ONE => "1 working day".to_owned(),
        Unit::WorkingDay => format!("{count} working days"),
    }
}

/// A day, or a moment with the offset of the policy's time zone.
pub(super) fn deadline(policy: &Policy, deadline: Deadline) -> String {
    match deadline {
        Deadline::Day(date) => date.to_string(),
        Deadline::Moment(at) => moment(policy, at),
    }
}

fn moment(policy: &Policy, at: Timestamp) -> String {
    let offset = policy.time_zone.to_offset(at);
    at.display_with_offset(offset).to_string()
}

/// The value of a fact as JSON.
pub(crate) fn value(policy: &Policy, ty: &Type, value: &Value) -> Json {
    match value {
        Value::YesNo(value) => Json::Bool(*value),
        Value::Text(text) => Json::String(text.clone()),
        Value::Choice(id) => Json::String(policy.choice(*id).to_owned()),
        Value::Set(ids) => ids.iter().map(|id| policy.choice(*id)).collect(),
        Value::Quantity(number) => Json::String(number_of(policy, ty, number)),
    }
}

fn number_of(policy: &Policy, ty: &Type, number: &Number) -> String {
    let text = match ty {
        Type::Date => calendar::date_of_number(number).map(|date: Date| date.to_string()),
        Type::Datetime => calendar::moment(number).map(|at| moment(policy, at)),
        _ => None,
    };
    text.unwrap_or_else(|| quantity(policy, ty, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601() {
        let iso = |text: &str| duration(&Number::parse(text).unwrap());
        assert_eq!(iso("14400"), "PT4H");
        assert_eq!(iso("86400"), "P1D");
        assert_eq!(iso("95400"), "P1DT2H30M");
        assert_eq!(iso("90.5"), "PT1M30.5S");
        assert_eq!(iso("-60"), "-PT1M");
        assert_eq!(iso("0"), "PT0S");
    }

    #[test]
    fn steps_keep_their_unit() {
        let iso = |count, unit| steps(&Steps { count: Number::from(count), unit });
        assert_eq!(iso(4, Unit::Hour), "PT4H");
        assert_eq!(iso(1, Unit::Day), "P1D");
        assert_eq!(iso(2, Unit::Month), "P2M");
        assert_eq!(iso(5, Unit::WorkingDay), "5 working days");
    }
}
