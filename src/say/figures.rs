//! Numbers, money, dates and durations as a reader writes them.

use jiff::civil::Date;

use super::Speech;
use super::tongue::{Arg, Tongue};
use crate::calendar;
use crate::decide::Limit;
use crate::number::{MAX_DECIMALS, Number};
use crate::policy::expr::{Steps, Type, Value};
use crate::policy::{ActionId, FactRef};
use crate::question::{FactState, Question};
use crate::syntax::ast::Unit;

/// What stands for a value that is absent or not known.
pub(super) const NOTHING: &str = "—";

impl Speech<'_> {
    /// A quantity of a measure: `1.234,50 €`, `12.5%`, `4 hours`.
    pub(crate) fn quantity(&self, measure: &Type, value: &Number) -> String {
        match measure {
            Type::Money => self.money(value),
            Type::Percent if self.tongue == Tongue::German => format!("{} %", self.number(value)),
            Type::Percent => format!("{}%", self.number(value)),
            Type::Duration => self.duration(value, None),
            _ => self.number(value),
        }
    }

    fn number(&self, value: &Number) -> String {
        self.grouped(&value.to_fixed(value.decimals().unwrap_or(MAX_DECIMALS)))
    }

    fn money(&self, value: &Number) -> String {
        let figure = self.grouped(&value.to_fixed(self.policy.currency_decimals));
        let code = self.policy.currency.code();
        let symbol = if self.tongue == Tongue::German && code == "EUR" { "€" } else { code };
        format!("{figure} {symbol}")
    }

    /// `1234.50` with this language's signs for thousands and decimals.
    fn grouped(&self, plain: &str) -> String {
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (thousands, point) = if self.tongue == Tongue::German { ('.', ",") } else { (',', ".") };
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped.push(thousands);
            }
            grouped.push(digit);
        }
        let point = if fraction.is_empty() { "" } else { point };
        format!("{sign}{grouped}{point}{fraction}")
    }

    /// Seconds in days, hours, minutes and seconds.
    pub(super) fn duration(&self, seconds: &Number, form: Option<&str>) -> String {
        let sign = if *seconds < Number::ZERO { "-" } else { "" };
        let seconds = if sign.is_empty() { seconds.clone() } else { seconds.negate() };
        let Some(whole) = seconds.floor() else { return self.number(&seconds) };
        let rest = seconds.subtract(&Number::from(whole - whole % 60)).unwrap_or(Number::ZERO);
        let parts = [("day", whole / 86_400), ("hour", whole % 86_400 / 3600), ("minute", whole % 3600 / 60)];
        let mut words: Vec<String> =
            parts.iter().filter(|(_, count)| *count > 0).map(|(unit, count)| self.unit(unit, &Number::from(*count), form)).collect();
        if !rest.is_zero() {
            words.push(self.unit("second", &rest, form));
        }
        if words.is_empty() {
            words.push(self.unit("minute", &Number::ZERO, form));
        }
        format!("{sign}{}", words.join(" "))
    }

    /// `4 hours`
    pub(super) fn steps(&self, steps: &Steps) -> String {
        self.unit(unit_name(steps.unit), &steps.count, None)
    }

    /// `4 Stunden`, as it stands behind `innerhalb von`, `vor` and `in`.
    pub(super) fn steps_dative(&self, steps: &Steps) -> String {
        self.unit(unit_name(steps.unit), &steps.count, Some("dative"))
    }

    pub(super) fn unit(&self, unit: &str, count: &Number, form: Option<&str>) -> String {
        let (id, figure) = (format!("unit-{unit}"), self.number(count));
        let args = [("n", Arg::Count(count.to_i64())), ("count", Arg::Text(&figure))];
        match form {
            Some(form) => self.tongue.form(&id, form, &args),
            None => self.tongue.say(&id, &args),
        }
    }

    /// `21.11.2026`
    pub(crate) fn date(&self, date: Date) -> String {
        match self.tongue {
            Tongue::German => date.strftime("%d.%m.%Y").to_string(),
            Tongue::English => date.to_string(),
        }
    }

    /// A moment in the policy's time zone, to the minute.
    pub(crate) fn moment(&self, at: jiff::Timestamp) -> String {
        let civil = self.policy.time_zone.to_datetime(at);
        match self.tongue {
            Tongue::German => format!("{}, {} Uhr", self.date(civil.date()), civil.strftime("%H:%M")),
            Tongue::English => civil.strftime("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// The value of a type.
    pub(super) fn value(&self, ty: &Type, value: &Value) -> String {
        match value {
            Value::YesNo(yes) => self.tongue.tell(if *yes { "yes" } else { "no" }, &[]),
            Value::Text(text) => harmless(text),
            Value::Choice(id) => self.policy.choice(*id).to_owned(),
            Value::Set(ids) if ids.is_empty() => self.tongue.tell("none", &[]),
            Value::Set(ids) => ids.iter().map(|id| self.policy.choice(*id)).collect::<Vec<_>>().join(", "),
            Value::Quantity(number) => self.quantity_value(ty, number),
        }
    }

    fn quantity_value(&self, ty: &Type, number: &Number) -> String {
        let text = match ty {
            Type::Date => calendar::date_of_number(number).map(|date| self.date(date)),
            Type::Datetime => calendar::moment(number).map(|at| self.moment(at)),
            _ => None,
        };
        text.unwrap_or_else(|| self.quantity(ty, number))
    }

    /// What a question says of a fact.
    pub(super) fn fact_value(&self, question: &Question, fact: FactRef) -> String {
        let text = match fact {
            FactRef::ActorId => question.actor.id.as_deref().map(harmless),
            FactRef::ActorTeam => question.actor.team.as_deref().map(harmless),
            FactRef::Fact(id) => match (question.fact(id), self.policy.facts.get(id.index())) {
                (FactState::Known(value, _), Some(fact)) => Some(self.value(&fact.ty, value)),
                _ => None,
            },
        };
        text.unwrap_or_else(|| NOTHING.to_owned())
    }

    /// A limit of an action; `None` where there is none.
    pub(super) fn limit(&self, action: ActionId, limit: &Limit) -> Option<String> {
        match limit {
            Limit::Amount(value) => Some(self.quantity(self.measure(action), value)),
            Limit::Unlimited => Some(self.tongue.tell("unlimited", &[])),
            Limit::None => None,
        }
    }

    pub(super) fn measure(&self, action: ActionId) -> &Type {
        crate::answer::plain::measure(self.policy, action)
    }
}

/// A text from outside without what could steer a terminal.
fn harmless(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::WorkingDay => "working-day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
    }
}
