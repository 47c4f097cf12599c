//! Which bucket of a budget a question is about, and which of its charges count.
//!
//! A bucket has a name that people can read: `goodwill EUR actor="anna"`. It says the budget, its unit and its keys, so that a budget that is counted in something else, or kept for
//! something else, begins with fresh buckets; the window is not part of it, so that a budget by the month can become one by the quarter and still knows what was spent.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::store::Stretch;
use crate::answer::plain;
use crate::calendar::Calendar;
use crate::decide::Mode;
use crate::engine::Engine;
use crate::number::Number;
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, Budget, BudgetId, BudgetUnit, FactId, Key, Policy};
use crate::question::{Actor, FactState, Provenance, Question};

/// A longer name is shortened to a hash.
const LONGEST: usize = 300;

/// What a question says that tells buckets apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder<'a> {
    pub actor: &'a Actor,
    pub facts: &'a [FactState],
    pub mode: Mode,
}

/// A key of a budget, and its value; `None` where the case has none.
pub(crate) type Named<'a> = (&'a str, Option<&'a str>);

/// The value of a key.
enum Held<'a> {
    Known(&'a str),
    Absent,
    Unknown,
}

/// A bucket, and the stretch of time whose charges count in it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub budget: BudgetId,
    pub id: String,
    pub window: Stretch,
    /// The smallest unit in which it counts.
    pub unit: Number,
    /// Whether all keys are known, so that what is used of it can limit anything.
    pub is_known: bool,
}

impl<'a> Holder<'a> {
    /// The one of a question.
    pub fn new(question: &'a Question, mode: Mode) -> Self {
        Self { actor: &question.actor, facts: &question.facts, mode }
    }

    fn held(&self, policy: &Policy, key: Key) -> Held<'a> {
        let text = |text: &'a Option<String>| text.as_deref().map_or(Held::Unknown, Held::Known);
        match key {
            Key::Actor => text(&self.actor.id),
            Key::Team => text(&self.actor.team),
            Key::Fact(id) => self.fact(policy, id),
        }
    }

    fn fact(&self, policy: &Policy, id: FactId) -> Held<'a> {
        let verified = policy.facts.get(id.index()).is_some_and(|fact| fact.verified);
        let counts = |from: Provenance| self.mode == Mode::Ask || !verified || from == Provenance::Record;
        match self.facts.get(id.index()) {
            Some(FactState::Known(Value::Text(text), from)) if counts(*from) => Held::Known(text),
            Some(FactState::Absent(from)) if counts(*from) => Held::Absent,
            _ => Held::Unknown,
        }
    }
}

impl Bucket {
    /// The bucket of a budget that a grant of this action would be charged to. `None` for a budget that the policy does not have.
    pub fn of(engine: &Engine, holder: Holder<'_>, budget: BudgetId, action: ActionId, at: Timestamp) -> Option<Self> {
        let policy = engine.policy();
        let declared = policy.budgets.get(budget.index())?;
        let measure = plain::budget_measure(policy, &declared.unit, action);
        let calendar = Calendar { zone: &policy.time_zone, holidays: &policy.holidays };
        let held: Vec<_> = declared.keys.iter().map(|key| (*key, holder.held(policy, *key))).collect();
        let is_known = held.iter().all(|(_, held)| !matches!(held, Held::Unknown));
        let (from, to) = calendar.window(&declared.window, at);
        let window = Stretch { from, to };
        Some(Self { budget, id: name(policy, declared, measure, &held), window, unit: plain::smallest(policy, measure)?, is_known })
    }

    /// What its budget is kept by, with the values.
    pub fn keys<'a>(engine: &'a Engine, holder: Holder<'a>, budget: BudgetId) -> Vec<Named<'a>> {
        let policy = engine.policy();
        let keys = policy.budgets.get(budget.index()).map_or(&[][..], |budget| &budget.keys);
        let named = |key: &Key| match holder.held(policy, *key) {
            Held::Known(text) => (key_name(policy, *key), Some(text)),
            Held::Absent | Held::Unknown => (key_name(policy, *key), None),
        };
        keys.iter().map(named).collect()
    }

    /// So many smallest units as a quantity.
    pub fn quantity(&self, units: i64) -> Number {
        Number::from(units).multiply(&self.unit).unwrap_or(Number::ZERO)
    }

    /// A quantity in smallest units, upwards; `None` where it is beyond all bounds.
    pub fn units(&self, quantity: &Number) -> Option<i64> {
        quantity.divide(&self.unit)?.round(&Number::ONE, crate::number::Rounding::Up)?.to_i64()
    }
}

fn name(policy: &Policy, budget: &Budget, measure: &Type, held: &[(Key, Held<'_>)]) -> String {
    let mut id = format!("{} {}", budget.name, unit_word(policy, &budget.unit, measure));
    for (key, held) in held {
        let name = key_name(policy, *key);
        let _ = match held {
            // A debug text has quotes and no line breaks, and two texts never have the same.
            Held::Known(text) => write!(id, " {name}={text:?}"),
            Held::Absent => write!(id, " {name} absent"),
            Held::Unknown => write!(id, " {name} unknown"),
        };
    }
    if id.len() <= LONGEST { id } else { format!("{} {}", budget.name, blake3::hash(id.as_bytes()).to_hex()) }
}

fn key_name(policy: &Policy, key: Key) -> &str {
    match key {
        Key::Actor => "actor",
        Key::Team => "actor.team",
        Key::Fact(id) => policy.facts.get(id.index()).map_or("", |fact| &fact.name),
    }
}

/// The name of a bucket that is kept for an actor, as it is for the same one by another id. `None` for a bucket that is not kept for that actor.
///
/// A text in a name is quoted, and a quote in it is escaped; so this is found nowhere but in its own place.
pub(crate) fn renamed(bucket: &str, from: &str, to: &str) -> Option<String> {
    let key = format!(" actor={from:?}");
    let at = bucket
        .match_indices(&key)
        .map(|(at, _)| at)
        .find(|at| bucket.get(at + key.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))?;
    Some(format!("{} actor={to:?}{}", bucket.get(..at)?, bucket.get(at + key.len()..)?))
}

fn unit_word<'p>(policy: &'p Policy, unit: &BudgetUnit, measure: &Type) -> &'p str {
    match (unit, measure) {
        (BudgetUnit::Times, _) => "times",
        (_, Type::Money) => policy.currency.code(),
        (_, Type::Percent) => "percent",
        (_, Type::Duration) => "minutes",
        _ => "number",
    }
}
