//! Numbers, money, dates and durations as a reader writes them.

use jiff::civil::Date;

use super::Speech;
use super::tongue::Tongue;
use crate::answer::plain;
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
    pub(crate) fn quantity(&self, out: &mut String, measure: &Type, value: &Number) {
        match measure {
            Type::Money => self.money(out, value),
            Type::Percent => {
                self.number(out, value);
                out.push_str(if self.tongue == Tongue::German { " %" } else { "%" });
            }
            Type::Duration => self.duration(out, value, None),
            _ => self.number(out, value),
        }
    }

    fn number(&self, out: &mut String, value: &Number) {
        self.grouped(out, value, value.decimals().unwrap_or(MAX_DECIMALS));
    }

    fn money(&self, out: &mut String, value: &Number) {
        self.grouped(out, value, self.policy.currency_decimals);
        let code = self.policy.currency.code();
        out.push(' ');
        out.push_str(if self.tongue == Tongue::German && code == "EUR" { "€" } else { code });
    }

    /// `1234.50` with this language's signs for thousands and decimals.
    fn grouped(&self, out: &mut String, value: &Number, decimals: usize) {
        let start = out.len();
        value.write_fixed(decimals, out);
        let (thousands, point) = if self.tongue == Tongue::German { ('.', ",") } else { (',', ".") };
        let end = match decimals {
            0 => out.len(),
            _ => out.len() - decimals - 1,
        };
        if decimals > 0 {
            out.replace_range(end..=end, point);
        }
        let first = start + usize::from(out.get(start..).is_some_and(|written| written.starts_with('-')));
        let mut at = end;
        while at > first + 3 {
            at -= 3;
            out.insert(at, thousands);
        }
    }

    /// Seconds in days, hours, minutes and seconds.
    pub(super) fn duration(&self, out: &mut String, seconds: &Number, form: Option<&str>) {
        let negative = *seconds < Number::ZERO;
        let negated = if negative { Some(seconds.negate()) } else { None };
        let seconds = negated.as_ref().unwrap_or(seconds);
        let Some(whole) = seconds.floor() else { return self.number(out, seconds) };
        if negative {
            out.push('-');
        }
        let rest = seconds.subtract(&Number::from(whole - whole % 60)).unwrap_or(Number::ZERO);
        let start = out.len();
        let mut unit = |unit: &str, count: &Number| {
            if out.len() > start {
                out.push(' ');
            }
            self.unit(out, unit, count, form);
        };
        for (name, count) in [("unit-day", whole / 86_400), ("unit-hour", whole % 86_400 / 3600), ("unit-minute", whole % 3600 / 60)] {
            if count > 0 {
                unit(name, &Number::from(count));
            }
        }
        if !rest.is_zero() {
            unit("unit-second", &rest);
        }
        if out.len() == start {
            self.unit(out, "unit-minute", &Number::ZERO, form);
        }
    }

    /// `4 hours`
    pub(crate) fn steps(&self, out: &mut String, steps: &Steps) {
        self.unit(out, unit_id(steps.unit), &steps.count, None);
    }

    /// `4 Stunden`, as it stands behind `innerhalb von`, `vor` and `in`.
    pub(crate) fn steps_dative(&self, out: &mut String, steps: &Steps) {
        self.unit(out, unit_id(steps.unit), &steps.count, Some("dative"));
    }

    /// So many of a unit, whose message is `id`.
    pub(super) fn unit(&self, out: &mut String, id: &str, count: &Number, form: Option<&str>) {
        self.tongue.count(out, id, form, count.to_i64(), &|out, _| self.number(out, count));
    }

    /// `21.11.2026`
    pub(crate) fn date(&self, out: &mut String, date: Date) {
        match self.tongue {
            Tongue::German if date.year() >= 0 => {
                plain::write_two(out, date.day());
                out.push('.');
                plain::write_two(out, date.month());
                out.push('.');
                plain::write_year(out, date.year());
            }
            Tongue::German => out.push_str(&date.strftime("%d.%m.%Y").to_string()),
            Tongue::English => plain::write_date(out, date),
        }
    }

    /// A day of every year: `01.04.`, `04-01`.
    pub(crate) fn day_of_year(&self, month: i8, day: i8) -> String {
        super::written(|out| {
            let (first, second, sign) = if self.tongue == Tongue::German { (day, month, '.') } else { (month, day, '-') };
            plain::write_two(out, first);
            out.push(sign);
            plain::write_two(out, second);
            if self.tongue == Tongue::German {
                out.push(sign);
            }
        })
    }

    /// A moment in the policy's time zone, to the minute.
    pub(crate) fn moment(&self, out: &mut String, at: jiff::Timestamp) {
        let civil = self.policy.time_zone.to_datetime(at);
        self.date(out, civil.date());
        out.push_str(if self.tongue == Tongue::German { ", " } else { " " });
        plain::write_two(out, civil.hour());
        out.push(':');
        plain::write_two(out, civil.minute());
        if self.tongue == Tongue::German {
            out.push_str(" Uhr");
        }
    }

    /// The value of a type.
    pub(super) fn value(&self, out: &mut String, ty: &Type, value: &Value) {
        match value {
            Value::YesNo(yes) => self.tongue.word(out, if *yes { "yes" } else { "no" }),
            Value::Text(text) => harmless(out, text),
            Value::Choice(id) => out.push_str(self.policy.choice(*id)),
            Value::Set(ids) if ids.is_empty() => self.tongue.word(out, "none"),
            Value::Set(ids) => super::listed(out, ids, |out, id| out.push_str(self.policy.choice(*id))),
            Value::Quantity(number) => self.quantity_value(out, ty, number),
        }
    }

    fn quantity_value(&self, out: &mut String, ty: &Type, number: &Number) {
        let date = if *ty == Type::Date { calendar::date_of_number(number) } else { None };
        let moment = if *ty == Type::Datetime { calendar::moment(number) } else { None };
        match (date, moment) {
            (Some(date), _) => self.date(out, date),
            (None, Some(at)) => self.moment(out, at),
            (None, None) => self.quantity(out, ty, number),
        }
    }

    /// What a question says of a fact.
    pub(super) fn fact_value(&self, out: &mut String, question: &Question, fact: FactRef) {
        let text = |out: &mut String, text: Option<&String>| match text {
            Some(text) => harmless(out, text),
            None => out.push_str(NOTHING),
        };
        match fact {
            FactRef::ActorId => text(out, question.actor.id.as_ref()),
            FactRef::ActorTeam => text(out, question.actor.team.as_ref()),
            FactRef::Fact(id) => match (question.fact(id), self.policy.facts.get(id.index())) {
                (FactState::Known(value, _), Some(fact)) => self.value(out, &fact.ty, value),
                _ => out.push_str(NOTHING),
            },
        }
    }

    /// Writes a limit of an action; `false` where there is none.
    pub(super) fn limit(&self, out: &mut String, action: ActionId, limit: &Limit) -> bool {
        match limit {
            Limit::Amount(value) => self.quantity(out, self.measure(action), value),
            Limit::Unlimited => self.tongue.word(out, "unlimited"),
            Limit::None => return false,
        }
        true
    }

    pub(super) fn measure(&self, action: ActionId) -> &Type {
        plain::measure(self.policy, action)
    }
}

/// A text from outside without what could steer a terminal.
pub(super) fn harmless(out: &mut String, text: &str) {
    let mut parts = text.split(char::is_control);
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push(' ');
        out.push_str(part);
    }
}

fn unit_id(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "unit-minute",
        Unit::Hour => "unit-hour",
        Unit::Day => "unit-day",
        Unit::WorkingDay => "unit-working-day",
        Unit::Week => "unit-week",
        Unit::Month => "unit-month",
        Unit::Year => "unit-year",
    }
}
