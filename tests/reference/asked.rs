//! A question in plain names.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kulanz::Number;

/// A question to the plain evaluator.
#[derive(Clone, Debug)]
pub struct Asked {
    pub role: String,
    pub id: Option<String>,
    pub team: Option<String>,
    pub action: String,
    pub amount: Option<Number>,
    pub facts: BTreeMap<String, Given>,
    pub spent: BTreeMap<String, Number>,
    pub at: Timestamp,
}

/// What is supplied for a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// `None`: absent.
    pub value: Option<Plain>,
    pub source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Record,
    Said,
}

/// A supplied value. Quantities in whole units: EUR, percent points, seconds, days and seconds since 1970-01-01.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    Quantity(Number),
    YesNo(bool),
    Text(String),
    Choice(String),
    Set(BTreeSet<String>),
}

/// Whether facts are believed on somebody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belief {
    /// An `ask`: as if known.
    Said,
    /// A grant: verified facts only from a system of record.
    Recorded,
}
