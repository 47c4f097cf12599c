//! Values in the form that the reader of questions takes back: `50.00 EUR`, `12.5%`, `PT4H`, `2026-11-21`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;

use super::json;
use crate::calendar;
use crate::decide::{Deadline, Limit};
use crate::number::{Number, Rounding};
use crate::policy::expr::{Steps, Type, Value};
use crate::policy::{ActionId, BudgetUnit, Policy};
use crate::syntax::ast::Unit;

/// A quantity of a measure. Money has the currency's decimals, half a smallest unit rounded away from zero.
#[must_use]
pub fn quantity(policy: &Policy, measure: &Type, value: &Number) -> String {
    let mut text = String::new();
    write_quantity(&mut text, policy, measure, value);
    text
}

/// Writes it.
pub(crate) fn write_quantity(out: &mut String, policy: &Policy, measure: &Type, value: &Number) {
    match measure {
        Type::Money => {
            value.write_fixed(policy.currency_decimals, out);
            out.push(' ');
            out.push_str(policy.currency.code());
        }
        Type::Percent => {
            value.write_plain(out);
            out.push('%');
        }
        Type::Duration => write_duration(out, value),
        _ => value.write_plain(out),
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

pub(crate) fn smallest(policy: &Policy, measure: &Type) -> Option<Number> {
    match measure {
        Type::Money => Number::ratio(1, 10_i64.checked_pow(u32::try_from(policy.currency_decimals).ok()?)?),
        Type::Duration => Some(Number::from(60)),
        _ => Number::ratio(1, 100),
    }
}

/// The quantity of a limit; `None` where there is no limit or no amount to it.
pub(super) fn limit(limit: &Limit) -> Option<&Number> {
    match limit {
        Limit::Amount(value) => Some(value),
        Limit::None | Limit::Unlimited => None,
    }
}

/// Seconds as ISO 8601: `P1DT2H`.
fn write_duration(out: &mut String, seconds: &Number) {
    let negated = (*seconds < Number::ZERO).then(|| seconds.negate());
    let seconds = negated.as_ref().unwrap_or(seconds);
    let Some(whole) = seconds.floor() else { return seconds.write_plain(out) };
    out.push_str(if negated.is_some() { "-P" } else { "P" });
    let rest = seconds.subtract(&Number::from(whole - whole % 60)).unwrap_or(Number::ZERO);
    let part = |out: &mut String, count: i64, letter| {
        if count != 0 {
            Number::from(count).write_plain(out);
            out.push(letter);
        }
    };
    part(out, whole / 86_400, 'D');
    if whole % 86_400 == 0 && rest.is_zero() && !seconds.is_zero() {
        return;
    }
    out.push('T');
    part(out, whole % 86_400 / 3600, 'H');
    part(out, whole % 3600 / 60, 'M');
    if !rest.is_zero() || seconds.is_zero() {
        rest.write_plain(out);
        out.push('S');
    }
}

/// `N UNIT` as ISO 8601; working days, for which that has no form, in words: `5 working days`.
pub(crate) fn steps(steps: &Steps) -> String {
    let mut text = String::new();
    write_steps(&mut text, steps);
    text
}

/// Writes it.
pub(super) fn write_steps(out: &mut String, steps: &Steps) {
    let (before, after) = match steps.unit {
        Unit::Minute => ("PT", "M"),
        Unit::Hour => ("PT", "H"),
        Unit::Day => ("P", "D"),
        Unit::Week => ("P", "W"),
        Unit::Month => ("P", "M"),
        Unit::Year => ("P", "Y"),
        Unit::WorkingDay if steps.count == Number::ONE => ("", " working day"),
        Unit::WorkingDay => ("", " working days"),
    };
    out.push_str(before);
    steps.count.write_plain(out);
    out.push_str(after);
}

/// Writes `2026-11-21`.
pub(crate) fn write_date(out: &mut String, date: Date) {
    if date.year() < 0 {
        return out.push_str(&date.to_string());
    }
    write_year(out, date.year());
    out.push('-');
    write_two(out, date.month());
    out.push('-');
    write_two(out, date.day());
}

/// Writes a year from 0 on with its four digits.
pub(crate) fn write_year(out: &mut String, year: i16) {
    let two = |part: i16| i8::try_from(part).unwrap_or_default();
    write_two(out, two(year / 100));
    write_two(out, two(year % 100));
}

/// Writes two digits of a month, a day, an hour.
pub(crate) fn write_two(out: &mut String, number: i8) {
    let digit = |part: i8| char::from(b'0' + part.unsigned_abs() % 10);
    out.push(digit(number / 10));
    out.push(digit(number % 10));
}

/// Writes a day, or a moment with the offset of the policy's time zone.
pub(super) fn write_deadline(out: &mut String, policy: &Policy, deadline: Deadline) {
    match deadline {
        Deadline::Day(date) => write_date(out, date),
        Deadline::Moment(at) => out.push_str(&moment(policy, at)),
    }
}

fn moment(policy: &Policy, at: Timestamp) -> String {
    let offset = policy.time_zone.to_offset(at);
    at.display_with_offset(offset).to_string()
}

/// The value of a fact as JSON.
pub(crate) fn value(policy: &Policy, ty: &Type, value: &Value) -> Json {
    let mut text = String::new();
    write_value(&mut text, policy, ty, value);
    serde_json::from_str(&text).unwrap_or_default()
}

fn write_number_of(out: &mut String, policy: &Policy, ty: &Type, number: &Number) {
    let date = if *ty == Type::Date { calendar::date_of_number(number) } else { None };
    let at = if *ty == Type::Datetime { calendar::moment(number) } else { None };
    match (date, at) {
        (Some(date), _) => write_date(out, date),
        (None, Some(at)) => out.push_str(&moment(policy, at)),
        (None, None) => write_quantity(out, policy, ty, number),
    }
}

/// Writes the value of a fact as JSON.
pub(crate) fn write_value(out: &mut String, policy: &Policy, ty: &Type, value: &Value) {
    match value {
        Value::YesNo(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Text(text) => json::text(out, text),
        Value::Choice(id) => json::text(out, policy.choice(*id)),
        Value::Set(ids) => json::list(out, "", ids, |out, id| json::text(out, policy.choice(*id))),
        Value::Quantity(number) => json::figure(out, Some(number), |out, number| write_number_of(out, policy, ty, number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_iso_8601() {
        let iso = |text: &str| {
            let mut out = String::new();
            write_duration(&mut out, &Number::parse(text).unwrap());
            out
        };
        assert_eq!(iso("14400"), "PT4H");
        assert_eq!(iso("86400"), "P1D");
        assert_eq!(iso("95400"), "P1DT2H30M");
        assert_eq!(iso("90.5"), "PT1M30.5S");
        assert_eq!(iso("-60"), "-PT1M");
        assert_eq!(iso("0"), "PT0S");
    }

    #[test]
    fn dates_are_those_of_jiff() {
        for date in [Date::MIN, Date::constant(0, 1, 1), Date::constant(7, 12, 31), Date::constant(2026, 11, 21), Date::MAX] {
            let mut out = String::new();
            write_date(&mut out, date);
            assert_eq!(out, date.to_string());
        }
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
