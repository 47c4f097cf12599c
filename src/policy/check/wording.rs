//! How types and values are called in messages, and small questions about checked expressions.

use crate::diagnostic::{Diagnostic, Edit};
use crate::number::Number;
use crate::policy::ChoiceId;
use crate::policy::expr::{Expr, ExprKind, Type, Value};
use crate::source::Span;
use crate::syntax::ast::{self, Unit};

use super::Checker;

/// Money, percent, number, duration: what can be added and multiplied.
pub(super) fn is_quantity(ty: &Type) -> bool {
    matches!(ty, Type::Money | Type::Percent | Type::Number | Type::Duration)
}

/// Quantities, dates and datetimes: what has an order.
pub(super) fn is_ordered(ty: &Type) -> bool {
    is_quantity(ty) || matches!(ty, Type::Date | Type::Datetime)
}

/// With its article: "a number".
pub(super) fn type_words(ty: &Type) -> &'static str {
    match ty {
        Type::Money => "money",
        Type::Percent => "a percentage",
        Type::Number => "a number",
        Type::Duration => "a duration",
        Type::Date => "a date",
        Type::Datetime => "a datetime",
        Type::YesNo => "yes or no",
        Type::Text => "text",
        Type::OneOf(_) => "one of a list",
        Type::SomeOf(_) => "a set",
    }
}

/// Whether a unit is a step on the calendar rather than on the clock.
pub(super) fn is_calendar(unit: Unit) -> bool {
    !matches!(unit, Unit::Minute | Unit::Hour)
}

pub(super) fn unit_words(unit: Unit) -> &'static str {
    match unit {
        Unit::Minute => "minutes",
        Unit::Hour => "hours",
        Unit::Day => "days",
        Unit::WorkingDay => "working days",
        Unit::Week => "weeks",
        Unit::Month => "months",
        Unit::Year => "years",
    }
}

pub(super) fn node(kind: ExprKind, ty: Type, span: Span) -> Expr {
    Expr { kind, ty, span }
}

pub(super) fn condition(kind: ExprKind, span: Span) -> Expr {
    node(kind, Type::YesNo, span)
}

pub(super) fn not(expr: Expr) -> Expr {
    let span = expr.span;
    condition(ExprKind::Not(Box::new(expr)), span)
}

/// All of them; `None` where there are none. Conditions joined by `and` on both levels become one list, so guards flow from left to right.
pub(super) fn and(conditions: Vec<Expr>) -> Option<Expr> {
    let mut parts = Vec::new();
    for expr in conditions {
        match expr.kind {
            ExprKind::And(inner) => parts.extend(inner),
            _ => parts.push(expr),
        }
    }
    if parts.len() < 2 {
        return parts.pop();
    }
    let span = parts.first()?.span;
    Some(condition(ExprKind::And(parts), span))
}

/// The value of an expression that reads nothing.
pub(super) fn constant(expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Constant(value) => Some(value.clone()),
        ExprKind::Negate(inner) => match constant(inner)? {
            Value::Quantity(number) => Some(Value::Quantity(number.negate())),
            _ => None,
        },
        _ => None,
    }
}

/// The number in a literal that has no unit.
pub(super) fn bare_number(expr: &ast::Expr) -> Option<String> {
    match &expr.kind {
        ast::ExprKind::Literal(ast::Literal::Number(number)) => Some(number.to_string()),
        ast::ExprKind::Negate(inner) => Some(format!("-{}", bare_number(inner)?)),
        _ => None,
    }
}

impl Checker<'_> {
    /// What was written, for messages; long or broken texts are not repeated.
    pub(super) fn written(&self, span: Span) -> String {
        let text = self.pack.sources.snippet(span).trim();
        if text.is_empty() || text.contains('\n') || text.chars().count() > 60 { "this".to_owned() } else { format!("`{text}`") }
    }

    /// How the date of a datetime is written.
    pub(super) fn day_of(&self, datetime: Span) -> String {
        let written = self.written(datetime);
        let written = written.trim_matches('`');
        if written.contains(' ') { format!("start of day of ({written})") } else { format!("start of day of {written}") }
    }

    /// How a number that stands somewhere is written in a unit: `50 EUR`.
    pub(super) fn with_unit(&self, number: &str, at: Span, ty: &Type) -> Option<String> {
        match ty {
            Type::Money => Some(format!("`{number} {}`", self.settings.code())),
            Type::Percent => Some(match share(number) {
                Some(hundredths) => format!("`{hundredths}%` where that share of the whole is meant, or `{number}%`"),
                None => format!("`{number}%`"),
            }),
            Type::Duration => Some(format!("`{number} {}`, or another unit of time", self.unit_beside(at).unwrap_or("days"))),
            _ => None,
        }
    }

    /// The nearest unit of time in the same line.
    fn unit_beside(&self, at: Span) -> Option<&str> {
        let text = self.pack.sources.get(at.source)?.text();
        let (before, behind) = (text.get(..at.range().start)?.rsplit('\n').next()?, text.get(at.range().end..)?.split('\n').next()?);
        let is_unit = |word: &&str| ["minute", "hour", "day", "week"].contains(&word.trim_end_matches('s'));
        let back = before.split_whitespace().rev().enumerate().find(|(_, word)| is_unit(word));
        let on = behind.split_whitespace().enumerate().find(|(_, word)| is_unit(word));
        back.into_iter().chain(on).min_by_key(|(far, _)| *far).map(|(_, unit)| unit)
    }

    /// Adds to a problem the change that surely makes a value one of this type: the unit of a bare number, or a value of a list without its quotation marks.
    pub(super) fn with_sure_fix(&self, problem: Diagnostic, expr: &ast::Expr, ty: &Type) -> Diagnostic {
        let behind = |text: String| Edit { span: Span { start: expr.span.end, ..expr.span }, text };
        let edit = match (&expr.kind, ty) {
            (ast::ExprKind::Literal(ast::Literal::Number(_)), Type::Money) => behind(format!(" {}", self.settings.code())),
            (ast::ExprKind::Literal(ast::Literal::Number(number)), Type::Percent) if share(&number.to_string()).is_none() => behind("%".to_owned()),
            (ast::ExprKind::Literal(ast::Literal::Text(text)), Type::OneOf(choices))
                if self.choices.get(text).is_some_and(|id| choices.contains(&id)) =>
            {
                Edit { span: expr.span, text: text.clone() }
            }
            _ => return problem,
        };
        let written =
            if edit.span == expr.span { edit.text.clone() } else { format!("{}{}", self.pack.sources.snippet(expr.span).trim(), edit.text) };
        problem.fix(format!("write `{written}`"), vec![edit])
    }

    /// A value of a type, for helps.
    pub(super) fn example(&self, ty: &Type) -> String {
        match ty {
            Type::Money => format!("an amount such as `50 {}`", self.settings.code()),
            Type::Percent => "a percentage such as `25%`".to_owned(),
            Type::Number => "a number such as `3`".to_owned(),
            Type::Duration => "a duration such as `30 days`".to_owned(),
            Type::Date => "a date such as `2026-11-21`".to_owned(),
            Type::Datetime => "a datetime such as `2026-11-21T10:00+01:00`".to_owned(),
            Type::YesNo => "`yes` or `no`".to_owned(),
            Type::Text => "a text such as `\"SALE\"`".to_owned(),
            Type::OneOf(choices) | Type::SomeOf(choices) => self.one_of_words(choices),
        }
    }

    fn one_of_words(&self, choices: &[ChoiceId]) -> String {
        format!("one of {}", self.choice_words(choices))
    }
}

/// The percentage that a spreadsheet writes as its share: 10 for `0.1`.
fn share(number: &str) -> Option<Number> {
    let number = Number::parse(number).ok()?;
    let is_share = number.is_positive() && number < Number::ONE;
    if is_share { number.multiply(&Number::from(100)) } else { None }
}
