//! Conditions and values.

use super::{Name, Period};
use crate::number::{Number, Rounding};
use crate::source::{Span, Spanned};

/// `present` or `absent`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Presence {
    Present,
    Absent,
}

/// A condition or a value; which of them is settled when types are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// Where it stands, parentheses included.
    pub span: Span,
    /// What it says.
    pub kind: ExprKind,
}

/// The forms of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A literal.
    Literal(Literal),
    /// A fact, a definition, a table, a value of a `one of`, or `amount`, `today`, `now`, `actor.id`, `actor.team`.
    Name(String),
    /// `spent BUDGET`
    Spent(Name),
    /// `min(a, b, …)`, `max(…)`
    Call(Function, Vec<Expr>),
    /// `P of E`
    Of(Box<Expr>, Box<Expr>),
    /// `-E`
    Negate(Box<Expr>),
    /// `a * b / c`: the first operand, then each further one with its operator.
    Product(Box<Expr>, Vec<(Factor, Expr)>),
    /// `a + b - c`: likewise.
    Sum(Box<Expr>, Vec<(Term, Expr)>),
    /// `E rounded [up|down] to STEP`
    Rounded(Box<Expr>, Rounding, Box<Expr>),
    /// `number of UNIT from A to B`
    NumberOf(Unit, Box<Expr>, Box<Expr>),
    /// `start of PERIOD of D`
    StartOf(Period, Box<Expr>),
    /// `end of PERIOD of D`
    EndOf(Period, Box<Expr>),
    /// `days in month of D`
    DaysInMonth(Box<Expr>),
    /// `a < b`, `a = b`, `a is b`, `a is not b`
    Compare(Box<Expr>, Spanned<CompareOp>, Box<Expr>),
    /// `E is [not] one of A, B`
    OneOf(Box<Expr>, Negation, Vec<Expr>),
    /// `E is [not] between A and B`
    Between(Box<Expr>, Negation, Box<Expr>, Box<Expr>),
    /// `E is present`, `E is absent`
    Presence(Box<Expr>, Presence),
    /// `E includes [any of | all of] A, B`
    Includes(Box<Expr>, Quantifier, Vec<Expr>),
    /// `E starts with "…"`
    Match(Box<Expr>, Matching, Box<Expr>),
    /// `[D is [not]] within N UNIT after|before E`
    Within(Offset),
    /// `[D is [not]] more than N UNIT after|before E`
    MoreThan(Offset),
    /// `[D is [not]] at least N UNIT after|before E`
    AtLeast(Offset),
    /// `not C`
    Not(Box<Expr>),
    /// `a and b and c`: two or more.
    And(Vec<Expr>),
    /// `a or b or c`: two or more.
    Or(Vec<Expr>),
}

/// The parts of `D is within N UNIT after E`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offset {
    /// D; `None` is `today`, or `now` for hours and minutes.
    pub subject: Option<Box<Expr>>,
    /// Whether `is not` stands before it.
    pub negation: Negation,
    /// N UNIT.
    pub steps: Steps,
    /// Which side of E.
    pub side: Side,
    /// E.
    pub anchor: Box<Expr>,
}

/// After or before the anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Side {
    After,
    Before,
}

/// Whether a `not` stands behind the `is`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Negation {
    /// `is`
    Plain,
    /// `is not`
    Negated,
}

/// How many of the values a set must include.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `includes A`
    One,
    /// `includes any of A, B`
    Any,
    /// `includes all of A, B`
    All,
}

/// How a text is matched; always exact in case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is named after its words")]
pub enum Matching {
    StartsWith,
    EndsWith,
    Contains,
}

/// The built-in functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Function {
    Min,
    Max,
}

/// `*` or `/`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own sign")]
pub enum Factor {
    Times,
    Over,
}

/// `+` or `-`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own sign")]
pub enum Term {
    Plus,
    Minus,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `=`
    Equal,
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `3`, `2.5`
    Number(Number),
    /// `25%`, in percent points
    Percent(Number),
    /// `50 EUR`, in whole units of the currency
    Money(Number, Name),
    /// `30 days`, `2 months`, `5 working days`
    Steps(Steps),
    /// `2026-11-21`
    Date(jiff::civil::Date),
    /// `2026-11-21T10:00+01:00`, or without an offset in the policy's time zone
    Datetime(Datetime),
    /// `yes`, `no`
    YesNo(bool),
    /// `"SALE-"`
    Text(String),
}

/// A moment as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datetime {
    /// With an offset or `Z`.
    Instant(jiff::Timestamp),
    /// Without one: the policy's time zone.
    Local(jiff::civil::DateTime),
}

/// `N UNIT`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    /// N, never negative.
    pub count: Number,
    /// UNIT.
    pub unit: Unit,
    /// Both together.
    pub span: Span,
}

/// What time is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Unit {
    Minute,
    Hour,
    Day,
    WorkingDay,
    Week,
    Month,
    Year,
}
