//! Checked expressions: every name resolved, every unit known.

use std::sync::Arc;

use crate::number::{Number, Rounding};
use crate::policy::{BudgetId, ChoiceId, DefinitionId, FactId, LookupId};
use crate::source::Span;
use crate::syntax::ast::{Factor, Function, Matching, Period, Quantifier, Side, Term, Unit};

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is named after the type's words")]
pub enum Type {
    Money,
    Percent,
    Number,
    Duration,
    Date,
    Datetime,
    YesNo,
    Text,
    /// `one of`: its values in source order. All expressions of the fact share them.
    OneOf(Arc<[ChoiceId]>),
    /// `some of`: its values in source order.
    SomeOf(Arc<[ChoiceId]>),
}

/// A value that is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Money in whole units of the currency, percent in points, numbers as they are, durations in seconds, dates in days and datetimes in seconds since
    /// 1970-01-01 (UTC).
    Quantity(Number),
    /// yes or no
    YesNo(bool),
    /// A text.
    Text(String),
    /// A value of a `one of`.
    Choice(ChoiceId),
    /// The values that are in a set, sorted, each once.
    Set(Vec<ChoiceId>),
}

/// A checked expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it says.
    pub kind: ExprKind,
    /// The type of its value; conditions are `YesNo`.
    pub ty: Type,
    /// What was written.
    pub span: Span,
}

/// `N UNIT`, a step on the calendar or the clock. N is whole where the unit is a day or more.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Steps {
    /// N.
    pub count: Number,
    /// UNIT.
    pub unit: Unit,
}

/// How two quantities are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is named after its sign")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    /// The one that holds where this one does not.
    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Less => Self::AtLeast,
            Self::AtLeast => Self::Less,
            Self::Greater => Self::AtMost,
            Self::AtMost => Self::Greater,
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
        }
    }

    /// The same with its sides exchanged.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtLeast => Self::AtMost,
            Self::Greater => Self::Less,
            Self::AtMost => Self::AtLeast,
            same => same,
        }
    }
}

/// The bound in `within`, `more than` and `at least`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distance {
    /// `within N UNIT after E` is E ≤ D ≤ E+N, `before` is E−N ≤ D ≤ E.
    Within,
    /// `more than N UNIT after E` is D > E+N, `before` is D < E−N.
    MoreThan,
    /// `at least N UNIT after E` is D ≥ E+N, `before` is D ≤ E−N.
    AtLeast,
}

/// The forms of a checked expression. Operands have the types that the form asks for; nothing is left to check when it is evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A literal, or a value of a `one of`.
    Constant(Value),
    /// A fact's value.
    Fact(FactId),
    /// A definition's value.
    Definition(DefinitionId),
    /// A looked-up value.
    Lookup(LookupId),
    /// The quantity asked for, in the action's measure.
    Amount,
    /// The date of the question in the policy's time zone.
    Today,
    /// The moment of the question.
    Now,
    /// `actor.id`
    ActorId,
    /// `actor.team`
    ActorTeam,
    /// What this question's bucket has used before it.
    Spent(BudgetId),
    /// The smallest or the largest of one or more.
    Call(Function, Vec<Expr>),
    /// `P of E`: a percent of a quantity, whose type it has.
    Of(Box<Expr>, Box<Expr>),
    /// `-E`
    Negate(Box<Expr>),
    /// `a * b / c`. Units fit: at every point of the chain at most one side is no plain number, or equal units are divided.
    Product(Box<Expr>, Vec<(Factor, Expr)>),
    /// `a + b - c` of one unit. For dates and datetimes see `Difference` and `Shift`.
    Sum(Box<Expr>, Vec<(Term, Expr)>),
    /// The duration between two dates or two datetimes (the first less the second). The checker makes both of one type.
    Difference(Box<Expr>, Box<Expr>),
    /// A date or datetime moved along the calendar by `N UNIT`; `Minus` moves back. A date takes only units of a day and more.
    Shift(Box<Expr>, Term, Steps),
    /// A datetime moved by a duration in seconds.
    Move(Box<Expr>, Term, Box<Expr>),
    /// The date that a datetime has in the policy's time zone; put in by the checker.
    DateOf(Box<Expr>),
    /// Rounded to a multiple of a step (above zero), in the unit of the value.
    Rounded(Box<Expr>, Rounding, Number),
    /// `number of UNIT from A to B`: two dates, or two datetimes for hours and minutes.
    NumberOf(Unit, Box<Expr>, Box<Expr>),
    /// The first date of a period.
    StartOf(Period, Box<Expr>),
    /// The last date of a period.
    EndOf(Period, Box<Expr>),
    /// How many days the month of a date has.
    DaysInMonth(Box<Expr>),
    /// Two quantities, dates or datetimes of one type.
    Compare(Box<Expr>, Comparison, Box<Expr>),
    /// A text, `one of` or `yes/no` value equals one of these (which are of its type). `is not` is this within `Not`.
    OneOf(Box<Expr>, Vec<Expr>),
    /// A quantity lies between two others, both ends in.
    Between(Box<Expr>, Box<Expr>, Box<Expr>),
    /// An optional fact is present. `is absent` is this within `Not`.
    Present(FactId),
    /// A set includes values.
    Includes(Box<Expr>, Quantifier, Vec<ChoiceId>),
    /// A text begins with, ends with or contains another.
    Match(Box<Expr>, Matching, Box<Expr>),
    /// `D is within N UNIT after E` and its like. D and E are dates for units of a day and more, else datetimes; a missing D was filled in.
    Offset {
        /// D.
        subject: Box<Expr>,
        /// Which bound.
        distance: Distance,
        /// N UNIT.
        steps: Steps,
        /// Which side of E.
        side: Side,
        /// E.
        anchor: Box<Expr>,
    },
    /// `not C`, `is not …`, `unless C`
    Not(Box<Expr>),
    /// All of them.
    And(Vec<Expr>),
    /// Any of them.
    Or(Vec<Expr>),
}

/// A point in time, as far as people are told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// A fact.
    Fact(FactId),
    /// Today or now, whether it was written or not.
    Clock(Span),
    /// Something that is computed, as it is written.
    Computed(Span),
}

impl Expr {
    /// What people are told of a point in time.
    #[must_use]
    pub fn point(&self) -> Point {
        match &self.kind {
            ExprKind::Fact(id) => Point::Fact(*id),
            ExprKind::DateOf(inner) => match inner.point() {
                Point::Clock(span) => Point::Computed(span),
                other => other,
            },
            ExprKind::Today | ExprKind::Now => Point::Clock(self.span),
            _ => Point::Computed(self.span),
        }
    }

    /// The expressions directly inside this one, from left to right. What a definition or a table stands for is not inside.
    #[must_use]
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Call(_, parts) | ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().collect(),
            ExprKind::Product(first, rest) => std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).collect(),
            ExprKind::Sum(first, rest) => std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).collect(),
            ExprKind::OneOf(value, options) => std::iter::once(&**value).chain(options).collect(),
            ExprKind::Between(value, low, high) => vec![value, low, high],
            ExprKind::Of(left, right)
            | ExprKind::Difference(left, right)
            | ExprKind::Move(left, _, right)
            | ExprKind::NumberOf(_, left, right)
            | ExprKind::Compare(left, _, right)
            | ExprKind::Match(left, _, right) => vec![left, right],
            ExprKind::Offset { subject, anchor, .. } => vec![subject, anchor],
            ExprKind::Negate(inner)
            | ExprKind::Shift(inner, ..)
            | ExprKind::DateOf(inner)
            | ExprKind::Rounded(inner, ..)
            | ExprKind::StartOf(_, inner)
            | ExprKind::EndOf(_, inner)
            | ExprKind::DaysInMonth(inner)
            | ExprKind::Includes(inner, ..)
            | ExprKind::Not(inner) => vec![inner],
            ExprKind::Constant(_)
            | ExprKind::Fact(_)
            | ExprKind::Definition(_)
            | ExprKind::Lookup(_)
            | ExprKind::Amount
            | ExprKind::Today
            | ExprKind::Now
            | ExprKind::ActorId
            | ExprKind::ActorTeam
            | ExprKind::Spent(_)
            | ExprKind::Present(_) => Vec::new(),
        }
    }
}
