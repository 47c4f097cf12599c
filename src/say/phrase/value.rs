//! Quantities, dates and other values in words.

use super::is_point;
use crate::number::{Number, Rounding};
use crate::policy::FactRef;
use crate::policy::expr::{Expr, ExprKind, Steps, Type, Value};
use crate::say::{Speech, reasons, written};
use crate::syntax::ast::{Factor, Function, Period, Term, Unit};

impl Speech<'_> {
    /// A value in words.
    pub(crate) fn of_value(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Constant(value) => self.literal(&expr.ty, value),
            ExprKind::Fact(id) => self.called(FactRef::Fact(*id)),
            ExprKind::Definition(id) => self.definition_called(*id),
            ExprKind::Lookup(id) => self.with("value-of", &self.lookup_called(*id)),
            ExprKind::Amount => self.words(if expr.ty == Type::Money { "amount-asked" } else { "quantity-asked" }),
            ExprKind::Today => self.words("today"),
            ExprKind::Now => self.words("now"),
            ExprKind::ActorId => self.called(FactRef::ActorId),
            ExprKind::ActorTeam => self.called(FactRef::ActorTeam),
            ExprKind::Spent(id) => self.with("spent-of-budget", &self.budget_quoted(*id)),
            ExprKind::DateOf(inner) => self.of_value(inner),
            _ => self.computed(expr),
        }
    }

    fn computed(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Call(function, parts) => self.chosen(*function, parts),
            ExprKind::Of(share, whole) => self.two("share-of", "share", share, whole),
            ExprKind::Negate(inner) => self.with("negative", &self.operand(inner)),
            ExprKind::Product(first, rest) => self.chain(first, rest.iter().map(|(factor, part)| (factor_word(*factor), part))),
            ExprKind::Sum(first, rest) => self.chain(first, rest.iter().map(|(term, part)| (term_word(*term), part))),
            ExprKind::Difference(to, from) => self.time_between(from, to),
            ExprKind::Shift(inner, term, steps) => format!("{} {} {}", self.operand(inner), self.words(term_word(*term)), self.steps_in_words(steps)),
            ExprKind::Move(inner, term, by) => format!("{} {} {}", self.operand(inner), self.words(term_word(*term)), self.operand(by)),
            ExprKind::Rounded(inner, mode, step) => self.rounded(inner, *mode, step),
            ExprKind::NumberOf(unit, from, to) => self.message("number-of", &|out, name| match name {
                "units" => self.tongue.word(out, units_word(*unit)),
                "from" => out.push_str(&self.of_value(from)),
                _ => out.push_str(&self.of_value(to)),
            }),
            ExprKind::StartOf(period, date) => self.end_of_period("start-of", *period, date),
            ExprKind::EndOf(period, date) => self.end_of_period("end-of", *period, date),
            ExprKind::DaysInMonth(date) => self.with("days-in-month", &self.of_value(date)),
            _ => self.as_written(expr),
        }
    }

    /// The words of the policy itself.
    pub(super) fn as_written(&self, expr: &Expr) -> String {
        written(|out| reasons::condition(out, self.policy, expr.span))
    }

    /// A value that stands in the policy; names of several words stand apart.
    pub(crate) fn literal(&self, ty: &Type, value: &Value) -> String {
        match value {
            Value::Choice(id) => spaced(self.policy.choice(*id)),
            Value::Set(ids) if !ids.is_empty() => {
                let names: Vec<String> = ids.iter().map(|id| spaced(self.policy.choice(*id))).collect();
                self.either(&names, "and")
            }
            Value::Text(text) => self.quoted(text),
            _ => written(|out| self.value(out, ty, value)),
        }
    }

    pub(crate) fn steps_in_words(&self, steps: &Steps) -> String {
        written(|out| self.steps(out, steps))
    }

    /// What stands beside an operator.
    fn operand(&self, expr: &Expr) -> String {
        let text = self.of_value(expr);
        let has_parts = matches!(
            expr.kind,
            ExprKind::Product(..) | ExprKind::Sum(..) | ExprKind::Of(..) | ExprKind::Call(..) | ExprKind::Rounded(..) | ExprKind::Difference(..)
        );
        if has_parts { format!("({text})") } else { text }
    }

    fn chain<'e>(&self, first: &Expr, rest: impl Iterator<Item = (&'static str, &'e Expr)>) -> String {
        let mut text = self.operand(first);
        for (word, part) in rest {
            text = format!("{text} {} {}", self.words(word), self.operand(part));
        }
        text
    }

    fn chosen(&self, function: Function, parts: &[Expr]) -> String {
        let is_call = |part: &Expr| matches!(part.kind, ExprKind::Call(..));
        let parts: Vec<String> = parts.iter().map(|part| if is_call(part) { self.operand(part) } else { self.of_value(part) }).collect();
        self.with(if function == Function::Min { "smallest-of" } else { "largest-of" }, &self.either(&parts, "and"))
    }

    /// A message of two values, the first of which is called `first`.
    pub(super) fn two(&self, id: &str, first: &str, one: &Expr, other: &Expr) -> String {
        let (one, other) = (self.of_value(one), self.of_value(other));
        self.message(id, &|out, name| out.push_str(if name == first { &one } else { &other }))
    }

    fn time_between(&self, from: &Expr, to: &Expr) -> String {
        match (is_clock(from), is_clock(to)) {
            (false, true) => self.with("time-since", &self.of_value(from)),
            (true, false) => self.with("time-until", &self.of_value(to)),
            _ => self.two("time-between", "from", from, to),
        }
    }

    fn rounded(&self, inner: &Expr, mode: Rounding, step: &Number) -> String {
        let id = match mode {
            Rounding::HalfUp => "rounded-half",
            Rounding::Up => "rounded-up",
            Rounding::Down => "rounded-down",
        };
        self.message(id, &|out, name| match name {
            "value" => out.push_str(&self.of_value(inner)),
            _ => self.quantity(out, &inner.ty, step),
        })
    }

    fn end_of_period(&self, id: &str, period: Period, date: &Expr) -> String {
        let word = match period {
            Period::Day => "of-day",
            Period::Week => "of-week",
            Period::Month => "of-month",
            Period::Quarter => "of-quarter",
            Period::Year => "of-year",
        };
        self.message(id, &|out, name| match name {
            "period" => self.tongue.word(out, word),
            _ => out.push_str(&self.of_value(date)),
        })
    }
}

/// Whether it is today or now.
pub(super) fn is_clock(expr: &Expr) -> bool {
    is_point(&expr.ty)
        && match &expr.kind {
            ExprKind::DateOf(inner) => is_clock(inner),
            kind => matches!(kind, ExprKind::Today | ExprKind::Now),
        }
}

/// A name as words.
pub(super) fn spaced(name: &str) -> String {
    name.replace('_', " ")
}

fn factor_word(factor: Factor) -> &'static str {
    match factor {
        Factor::Times => "times-word",
        Factor::Over => "over-word",
    }
}

fn term_word(term: Term) -> &'static str {
    match term {
        Term::Plus => "plus-word",
        Term::Minus => "minus-word",
    }
}

fn units_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "units-minute",
        Unit::Hour => "units-hour",
        Unit::Day => "units-day",
        Unit::WorkingDay => "units-working-day",
        Unit::Week => "units-week",
        Unit::Month => "units-month",
        Unit::Year => "units-year",
    }
}
