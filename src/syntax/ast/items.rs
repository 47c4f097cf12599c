//! The vocabulary: everything that is declared.

use super::{Expr, Name, Quoted, Steps, TableBody, Text};
use crate::number::Number;
use crate::source::{Span, Spanned};

/// `policy "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub title: Text,
    /// The indented lines, in source order.
    pub settings: Vec<Spanned<Setting>>,
}

/// One indented line of `policy`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `currency EUR`
    Currency(Name),
    /// `time zone Europe/Berlin`
    TimeZone(Spanned<String>),
    /// `languages de, en`
    Languages(Vec<Name>),
    /// `holidays 2026-12-25, …`
    Holidays(Vec<Spanned<jiff::civil::Date>>),
    /// `holidays from "holidays.csv"`, and the dates in it once the loader has read them.
    HolidaysFrom(Quoted, Vec<Spanned<jiff::civil::Date>>),
    /// `includes "../company"`
    Includes(Quoted),
}

/// `role …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// `above …`, all lines together.
    pub above: Vec<Name>,
    /// `answers within …`
    pub answers_within: Option<Steps>,
}

/// `fact …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name, with its group if it has one.
    pub name: Name,
    /// Its type.
    pub ty: Spanned<Type>,
    /// Its title.
    pub title: Option<Text>,
    /// In source order.
    pub modifiers: Vec<Spanned<Modifier>>,
}

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after the type's words")]
pub enum Type {
    Money,
    Percent,
    Number,
    Date,
    Datetime,
    Duration,
    YesNo,
    Text,
    OneOf(Vec<Name>),
    SomeOf(Vec<Name>),
}

/// What follows a fact's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// May be absent.
    Optional,
    /// Believed only from a system of record.
    Verified,
    /// Never in clear in a log.
    Private,
    /// `default V`; several values only for a set.
    Default(Vec<Expr>),
    /// The question to put to the customer.
    Asks(Text),
    /// True of this actor only.
    AboutActor,
}

/// `action …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub name: Name,
    /// `of money | percent | duration | number`
    pub measure: Option<Spanned<Type>>,
    /// Its title.
    pub title: Option<Text>,
}

/// `duty …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// `within N UNIT [after D]`
    pub deadline: Option<Deadline>,
}

/// `within N UNIT [after D]` of a duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// How long.
    pub within: Steps,
    /// From when; the grant where it is left out.
    pub after: Option<Expr>,
}

/// `budget …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// At least one.
    pub lines: Vec<BudgetLine>,
}

/// `AMOUNT [per KEY]… WINDOW [for ROLES]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetLine {
    /// What may be used in a window.
    pub amount: Allotment,
    /// `actor`, `actor.team` or a text fact each.
    pub per: Vec<Name>,
    /// When it begins anew.
    pub window: Spanned<Window>,
    /// `for ROLES`; empty where the line serves everybody else.
    pub roles: Vec<Name>,
    /// The whole line.
    pub span: Span,
}

/// AMOUNT of a budget line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allotment {
    /// A quantity over facts.
    Quantity(Expr),
    /// `N times`
    Times(Spanned<Number>),
    /// `unlimited`
    Unlimited(Span),
}

/// When a budget begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// `per day | week | month | quarter | year`
    Calendar(Period),
    /// `per year from 04-01`: month and day.
    YearFrom(i8, i8),
    /// `per rolling 365 days`
    Rolling(Steps),
    /// `ever`
    Ever,
}

/// A calendar period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is its own word")]
pub enum Period {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// `define N as X`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Define {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// What it stands for.
    pub body: Expr,
}

/// `table N gives TYPE`: a value looked up in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// Its name.
    pub name: Name,
    /// Its title.
    pub title: Option<Text>,
    /// The type of its values.
    pub gives: Spanned<Type>,
    /// Its rows.
    pub body: TableBody,
}
