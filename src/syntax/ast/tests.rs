//! Tests and promises.

use super::{Datetime, Expr, Name, Quantity, Quoted, Subject, Text};
use crate::source::{Span, Spanned};

/// `test "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// What stays true.
    pub title: Text,
    /// Its lines, in source order.
    pub lines: Vec<Spanned<TestLine>>,
}

/// One line of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestLine {
    /// `on 2026-10-30` (noon) or `on 2026-10-30T09:00`
    OnDate(jiff::civil::Date),
    /// `on` with a moment.
    OnDatetime(Datetime),
    /// `as ROLE ["id"] [in team "…"]`
    As {
        /// The role.
        role: Name,
        /// Who it is.
        id: Option<Quoted>,
        /// In which team.
        team: Option<Quoted>,
    },
    /// `given …`: on record.
    Given(FactLine),
    /// `said …`: claimed.
    Said(FactLine),
    /// `spent BUDGET QTY`
    Spent(Name, Expr),
    /// `ask ACTION [of QTY]`
    Ask(Name, Option<Expr>),
    /// `expect …`
    Expect(Expectation),
}

/// What a test says of one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactLine {
    /// The fact.
    pub fact: Name,
    /// Its value.
    pub value: FactValue,
}

/// The value a test gives to a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// `given F`
    Yes,
    /// `given not F`
    No,
    /// `given F is absent`
    Absent,
    /// `given F is V`; several values for a set (`given F is A, B` or `given F includes A, B`).
    Is(Vec<Expr>),
}

/// What a test expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// `expect yes`
    Yes,
    /// `expect owed`
    Owed,
    /// `expect no`
    No,
    /// `expect ask` without roles: the answer's word.
    AskWord,
    /// `expect need` without facts: the answer's word.
    NeedWord,
    /// `expect up to QTY`
    UpTo(Expr),
    /// `expect ask ROLES`: all of them, in order.
    Ask(Vec<Name>),
    /// `expect need FACTS`: all of them, in any order.
    Need(Vec<Name>),
    /// `expect offer ACTIONS`: among others.
    Offer(Vec<Name>),
    /// `expect because RULES`: among others.
    Because(Vec<Name>),
    /// `expect require DUTIES`: among others.
    Require(Vec<Name>),
    /// `expect charge BUDGET QTY`: among others.
    Charge(Name, Expr),
    /// `expect provisional FACTS`: among others.
    Provisional(Vec<Name>),
    /// `expect limit QTY`
    Limit(Quantity),
}

/// `promise "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// What holds.
    pub title: Text,
    /// The sentence.
    pub kind: PromiseKind,
    /// The sentence's place.
    pub span: Span,
}

/// The sentences that can be promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromiseKind {
    /// `ROLES cannot ACTIONS [more than QTY] [when COND] [unless entitled]`
    Cannot {
        /// Who.
        subject: Subject,
        /// What.
        actions: Vec<Name>,
        /// Above which quantity.
        more_than: Option<Expr>,
        /// In which cases.
        when: Option<Expr>,
        /// Where `unless entitled` stands.
        unless_entitled: Option<Span>,
    },
    /// `ROLES can always ACTIONS [up to QTY] [when COND]`
    CanAlways {
        /// Who.
        subject: Subject,
        /// What.
        actions: Vec<Name>,
        /// Up to which quantity.
        up_to: Option<Expr>,
        /// In which cases.
        when: Option<Expr>,
    },
    /// `every no has an offer`
    EveryNoHasAnOffer,
}
