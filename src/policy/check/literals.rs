//! Literals into values: money in the policy's currency, durations in seconds, dates in days.

use jiff::tz::TimeZone;

use crate::calendar;
use crate::clock::{Unreal, local};
use crate::diagnostic::{Code, Diagnostic, near, nearest};
use crate::number::Number;
use crate::policy::ChoiceId;
use crate::policy::expr::{Expr, ExprKind, Steps, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, Datetime, Literal, Name, Unit};

use super::repeated::Unresolved;
use super::report::{Checked, Reported};
use super::{Checker, wording};

const SECONDS_PER_MINUTE: i64 = 60;
const UNITS: &[&str] = &["minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years"];

impl Checker<'_> {
    pub(super) fn literal(&mut self, literal: &Literal, span: Span) -> Checked<Expr> {
        let constant = |value, ty| Ok(wording::node(ExprKind::Constant(value), ty, span));
        match literal {
            Literal::Number(number) => constant(Value::Quantity(number.clone()), Type::Number),
            Literal::Percent(number) => constant(Value::Quantity(number.clone()), Type::Percent),
            Literal::Money(number, currency) => constant(Value::Quantity(self.money(number, currency, span)?), Type::Money),
            Literal::Steps(steps) => self.duration(steps),
            Literal::Date(date) => constant(Value::Quantity(calendar::days(*date).into()), Type::Date),
            Literal::Datetime(moment) => constant(Value::Quantity(calendar::seconds(self.moment(moment, span)?)), Type::Datetime),
            Literal::YesNo(value) => constant(Value::YesNo(*value), Type::YesNo),
            Literal::Text(text) => constant(Value::Text(text.clone()), Type::Text),
        }
    }

    fn money(&mut self, number: &Number, currency: &Name, span: Span) -> Checked<Number> {
        let Some(expected) = self.settings.currency else {
            return Ok(number.clone());
        };
        if currency.text != expected.code() {
            return Err(self.not_the_currency(number, currency, span));
        }
        let decimals = self.settings.decimals();
        // `1.500 EUR` looks like a number of thousands.
        let written = self.written(span);
        let digits = written.split_once('.').map_or(0, |(_, behind)| behind.chars().take_while(char::is_ascii_digit).count());
        if number.decimals().is_some_and(|written| written > decimals) || digits > decimals {
            let message = format!("{} has {decimals} decimals, {written} has more", expected.code());
            let fixed = format!("`{} {}`", number.to_fixed(decimals), expected.code());
            let thousands = number.multiply(&Number::from(1000)).filter(|_| digits == 3 && decimals != 3);
            let help = match thousands {
                Some(thousands) => format!("write {fixed}, or `{thousands} {}` if these are thousands", expected.code()),
                None => format!("write {fixed}"),
            };
            return Err(self.problem(Code::TooManyDecimals, span, message, help));
        }
        Ok(number.clone())
    }

    fn not_the_currency(&mut self, number: &Number, currency: &Name, span: Span) -> Reported {
        let code = self.settings.code();
        if iso_currency::Currency::from_code(&currency.text).is_some() {
            let message = format!("the policy counts in {code}, not in {}", currency.text);
            return self.problem(Code::WrongCurrency, span, message, format!("write the amount in {code}"));
        }
        if currency.text.eq_ignore_ascii_case(code) {
            let message = format!("`{}` is no currency", currency.text);
            return self.problem(Code::WrongCurrency, span, message, format!("write `{number} {code}`"));
        }
        let help = match nearest(&currency.text, UNITS.iter().copied().chain([code])) {
            Some(near) => format!("did you mean `{number} {near}`?"),
            None => format!("units are {code}, `%`, minutes, hours, days, working days, weeks, months and years"),
        };
        self.problem(Code::UnknownUnit, currency.span, format!("there is no unit `{}`", currency.text), help)
    }

    /// As a quantity a day is 24 hours and a week 7 days.
    pub(super) fn duration(&mut self, steps: &ast::Steps) -> Checked<Expr> {
        let seconds = match steps.unit {
            Unit::Minute => SECONDS_PER_MINUTE,
            Unit::Hour => 60 * SECONDS_PER_MINUTE,
            Unit::Day => 24 * 60 * SECONDS_PER_MINUTE,
            Unit::Week => 7 * 24 * 60 * SECONDS_PER_MINUTE,
            Unit::WorkingDay | Unit::Month | Unit::Year => return Err(self.step_as_quantity(steps)),
        };
        let value = steps.count.multiply(&Number::from(seconds)).unwrap_or(Number::ZERO);
        Ok(wording::node(ExprKind::Constant(Value::Quantity(value)), Type::Duration, steps.span))
    }

    fn step_as_quantity(&mut self, steps: &ast::Steps) -> Reported {
        let unit = wording::unit_words(steps.unit);
        let message = format!("{unit} have no fixed length and are no quantity");
        let help = if steps.unit == Unit::WorkingDay {
            "compare with `number of working days from A to B`, or write `within N working days after DATE`".to_owned()
        } else {
            format!("write days or weeks, compare with `number of {unit} from A to B`, or write `within N {unit} after DATE`")
        };
        self.problem(Code::StepAsQuantity, steps.span, message, help)
    }

    /// A step on the calendar or the clock; on the calendar only whole ones.
    pub(super) fn steps(&mut self, steps: &ast::Steps) -> Checked<Steps> {
        if wording::is_calendar(steps.unit) && !steps.count.is_whole() {
            let message = format!("a step on the calendar is a whole number of {}", wording::unit_words(steps.unit));
            let help = match steps.unit {
                Unit::Day | Unit::Week => "write whole days, or hours where the time of day counts",
                _ => "write whole ones, or a smaller unit",
            };
            return Err(self.problem(Code::FractionalStep, steps.span, message, help));
        }
        Ok(Steps { count: steps.count.clone(), unit: steps.unit })
    }

    /// A moment without an offset is one of the policy's time zone.
    pub(super) fn moment(&mut self, moment: &Datetime, span: Span) -> Checked<jiff::Timestamp> {
        match moment {
            Datetime::Instant(instant) => Ok(*instant),
            Datetime::Local(written) => {
                let zone = self.settings.time_zone.clone().unwrap_or(TimeZone::UTC);
                local(*written, &zone).map_err(|unreal| self.no_such_moment(unreal, &zone, span))
            }
        }
    }

    fn no_such_moment(&mut self, unreal: Unreal, zone: &TimeZone, span: Span) -> Reported {
        let zone = zone.iana_name().unwrap_or("the policy's time zone");
        let (message, help) = match unreal {
            Unreal::Skipped => {
                (format!("this moment does not exist in {zone}: the clocks go forward over it"), "write another time, or one with its offset")
            }
            Unreal::BeyondCalendar => ("this moment is beyond the calendar".to_owned(), "write a moment of the years 1 to 9999"),
        };
        self.problem(Code::BadDate, span, message, help)
    }

    /// A value of a `one of` or `some of`; `what` names the place.
    pub(super) fn choice(&mut self, name: &str, span: Span, choices: &[ChoiceId], what: impl Fn(&Self) -> String) -> Checked<ChoiceId> {
        if let Some(id) = self.choices.get(name).filter(|id| choices.contains(id)) {
            self.choices.mark(id);
            return Ok(id);
        }
        let near = near(name, choices.iter().map(|id| (self.choices.name(*id), true)));
        let problem = Diagnostic::new(Code::UnknownValue, format!("`{name}` is no value of {}", what(self))).at(span, "");
        let problem = problem.meant(span, near, || Self::absence(name).unwrap_or_else(|| format!("its values are {}", self.choice_words(choices))));
        let (near, is_certain) = (near.map(|near| near.name.to_owned()), near.is_some_and(|near| near.is_certain));
        self.unresolved.push(Unresolved { text: name.to_owned(), code: Code::UnknownValue, needed: "value".to_owned(), span, near, is_certain });
        Err(self.report(problem))
    }
}
