//! An answer in plain names, so that two evaluators can be compared.

use jiff::Timestamp;
use jiff::civil::Date;
use kulanz::Number;
use kulanz::decide::{ContactKind, Outcome};

/// How much at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    None,
    Amount(Number),
    Unlimited,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    pub limit: Limit,
    pub entitled: Limit,
    pub because: Vec<String>,
    pub require: Vec<(String, Option<By>)>,
    pub charge: Vec<Charge>,
    pub ask: Vec<Contact>,
    pub offer: Vec<Offer>,
    /// Who gives it, and which of its advices it is.
    pub advice: Vec<(String, usize)>,
    pub need: Vec<String>,
    pub provisional: Vec<String>,
    /// Action, how much, by which rule.
    pub also_owed: Vec<(String, Limit, String)>,
    pub otherwise: Option<Box<Answer>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Day(Date),
    Moment(Timestamp),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    pub budget: String,
    pub amount: Option<Number>,
    pub left: Option<Number>,
    pub of: Option<Number>,
    pub resets: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub role: String,
    pub kind: ContactKind,
    /// Number and unit.
    pub within: Option<(Number, kulanz::syntax::ast::Unit)>,
    pub another_person: bool,
    pub approved_by: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    pub action: String,
    pub outcome: Outcome,
    pub limit: Limit,
    pub ask: Vec<Contact>,
    pub need: Vec<String>,
}
