//! How far quantities reach: the least and the most that one can be where some conditions hold.
//!
//! Facts that measure something are taken to be zero or more unless a condition says otherwise. What cannot be told may be anything.

use std::collections::HashMap;

use crate::number::{Number, Rounding};
use crate::policy::expr::{Comparison, Type};
use crate::policy::{FactId, Policy};
use crate::program::gate::Gate;
use crate::program::node::{Condition, Quantity, Test, TestKind};
use crate::program::{Definition, LookupValue, Program};
use crate::syntax::ast::Function;

/// From the least to the most, both ends in; `None` has no end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    low: Option<Number>,
    high: Option<Number>,
    /// Whether it is never zero.
    nonzero: bool,
}

impl Extent {
    fn from_zero() -> Self {
        Self { low: Some(Number::ZERO), ..Self::default() }
    }

    fn only(number: &Number) -> Self {
        Self { low: Some(number.clone()), high: Some(number.clone()), nonzero: !number.is_zero() }
    }

    pub fn can_be_zero(&self) -> bool {
        !self.nonzero && self.low.as_ref().is_none_or(|low| *low <= Number::ZERO) && self.high.as_ref().is_none_or(|high| *high >= Number::ZERO)
    }

    pub fn can_be_negative(&self) -> bool {
        self.low.as_ref().is_none_or(|low| *low < Number::ZERO)
    }

    pub fn is_negative(&self) -> bool {
        self.high.as_ref().is_some_and(|high| *high < Number::ZERO || (self.nonzero && high.is_zero()))
    }

    fn is_from_zero(&self) -> bool {
        !self.can_be_negative()
    }

    fn is_to_zero(&self) -> bool {
        self.high.as_ref().is_some_and(|high| *high <= Number::ZERO)
    }

    fn within(mut self, other: &Self) -> Self {
        if let Some(low) = &other.low {
            self.low = Some(self.low.map_or_else(|| low.clone(), |own| own.max(low.clone())));
        }
        if let Some(high) = &other.high {
            self.high = Some(self.high.map_or_else(|| high.clone(), |own| own.min(high.clone())));
        }
        self.nonzero |= other.nonzero;
        self
    }

    fn or(self, other: Self) -> Self {
        let low = self.low.zip(other.low).map(|(a, b)| a.min(b));
        let high = self.high.zip(other.high).map(|(a, b)| a.max(b));
        Self { low, high, nonzero: self.nonzero && other.nonzero }
    }

    fn negated(self) -> Self {
        Self { low: self.high.map(|high| high.negate()), high: self.low.map(|low| low.negate()), nonzero: self.nonzero }
    }

    fn plus(self, other: Self) -> Self {
        let nonzero = self.is_from_zero() && other.is_from_zero() && (self.nonzero || other.nonzero);
        let sum = |a: Option<Number>, b: Option<Number>| a.zip(b).and_then(|(a, b)| a.add(&b));
        Self { low: sum(self.low, other.low), high: sum(self.high, other.high), nonzero }
    }

    fn times(&self, other: &Self) -> Self {
        let nonzero = self.nonzero && other.nonzero;
        let product = |a: &Option<Number>, b: &Option<Number>| a.as_ref().zip(b.as_ref()).and_then(|(a, b)| a.multiply(b));
        let zero = || Some(Number::ZERO);
        let (low, high) = match (self.is_from_zero(), other.is_from_zero(), self.is_to_zero(), other.is_to_zero()) {
            (true, true, ..) => (product(&self.low, &other.low), product(&self.high, &other.high)),
            (true, _, _, true) | (_, true, true, _) => (None, zero()),
            (_, _, true, true) => (zero(), None),
            _ => (None, None),
        };
        Self { low, high, nonzero }
    }

    fn over(self, divisor: &Self) -> Self {
        if let (Some(low), Some(high)) = (&divisor.low, &divisor.high)
            && low == high
            && let Some(factor) = Number::ONE.divide(low)
        {
            return self.times(&Self::only(&factor));
        }
        let zero = || Some(Number::ZERO);
        let (low, high) = if divisor.is_from_zero() {
            (if self.is_from_zero() { zero() } else { None }, if self.is_to_zero() { zero() } else { None })
        } else {
            (None, None)
        };
        Self { low, high, nonzero: self.nonzero }
    }

    fn rounded(self, rounding: Rounding, step: &Number) -> Self {
        let round = |number: Option<Number>| number.and_then(|number| number.round(step, rounding));
        let nonzero = self.nonzero && rounding == Rounding::Up && self.is_from_zero();
        let (low, high) = (round(self.low), round(self.high));
        let nonzero = nonzero || low.as_ref().is_some_and(Number::is_positive);
        Self { low, high, nonzero }
    }
}

/// What some conditions say of quantities.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// By the quantity as it prints.
    extents: HashMap<String, Extent>,
    /// Of two quantities the first is at least the second; `true` is more.
    ordered: Vec<(String, String, bool)>,
}

fn key(quantity: &Quantity) -> String {
    format!("{quantity:?}")
}

/// What is asked about quantities of a policy.
#[derive(Clone, Copy)]
pub(super) struct Extents<'a> {
    pub policy: &'a Policy,
    pub program: &'a Program,
}

impl Extents<'_> {
    /// What is known beside `known` where a condition comes out as `holds`.
    pub fn learn(self, condition: &Condition, holds: bool, known: &mut Known) {
        match condition {
            Condition::And(parts, _) if holds => parts.iter().for_each(|part| self.learn(part, true, known)),
            Condition::Or(parts, _) if !holds => parts.iter().for_each(|part| self.learn(part, false, known)),
            Condition::Not(part, _) => self.learn(part, !holds, known),
            Condition::Definition(id) => {
                if let Some(Definition::Condition(body)) = self.program.definitions.get(id.index()) {
                    self.learn(body, holds, known);
                }
            }
            Condition::Gate(Gate::Number(fact, how, decimals, mantissa), _) => {
                if let Some(constant) = Number::decimal(*mantissa, (*decimals).into()) {
                    compare(&Quantity::Fact(*fact), if holds { *how } else { how.opposite() }, &Quantity::Constant(constant), known);
                }
            }
            Condition::Test(test) => learn_test(test, holds, known),
            Condition::And(..) | Condition::Or(..) | Condition::Constant(_) | Condition::Gate(..) => {}
        }
    }

    /// How far a quantity reaches.
    pub fn of(self, quantity: &Quantity, known: &Known) -> Extent {
        let own = self.own(quantity, known);
        match known.extents.get(&key(quantity)) {
            Some(learnt) => own.within(learnt),
            None => own,
        }
    }

    fn own(self, quantity: &Quantity, known: &Known) -> Extent {
        match quantity {
            Quantity::Constant(number) => Extent::only(number),
            Quantity::Fact(id) => self.fact(*id),
            Quantity::Definition(id) => match self.program.definitions.get(id.index()) {
                Some(Definition::Quantity(body)) => self.of(body, known),
                _ => Extent::default(),
            },
            Quantity::Lookup(id) => self.program.lookup(*id).map_or_else(Extent::default, |lookup| self.lookup(&lookup.rows, known)),
            Quantity::Amount => Extent { nonzero: true, ..Extent::from_zero() },
            Quantity::Spent(_) | Quantity::NumberOf(..) => Extent::from_zero(),
            Quantity::DaysInMonth(_) => Extent { low: Some(Number::from(28)), high: Some(Number::from(31)), nonzero: true },
            Quantity::Choose(function, parts) => choose(*function, parts.iter().map(|part| self.of(part, known))),
            Quantity::Negate(inner) => self.of(inner, known).negated(),
            Quantity::Add(pair) => {
                let sum = self.of(&pair.0, known).plus(self.of(&pair.1, known));
                difference(pair, known).map_or(sum.clone(), |difference| sum.within(&difference))
            }
            Quantity::Multiply(pair) => self.of(&pair.0, known).times(&self.of(&pair.1, known)),
            Quantity::Divide(pair) => self.of(&pair.0, known).over(&self.of(&pair.1, known)),
            Quantity::Rounded(inner, rounding, step) => self.of(inner, known).rounded(*rounding, step),
            Quantity::Today | Quantity::Now | Quantity::Shift(..) | Quantity::DateOf(_) | Quantity::StartOf(..) | Quantity::EndOf(..) => {
                Extent::default()
            }
        }
    }

    fn fact(self, id: FactId) -> Extent {
        match self.policy.fact(id).map(|fact| &fact.ty) {
            Some(Type::Money | Type::Percent | Type::Number | Type::Duration) => Extent::from_zero(),
            _ => Extent::default(),
        }
    }

    /// Each row's value where the row holds.
    fn lookup(self, rows: &[(Condition, LookupValue)], known: &Known) -> Extent {
        let value = |(when, value): &(Condition, LookupValue)| {
            let LookupValue::Quantity(value) = value else { return Extent::default() };
            let mut known = known.clone();
            self.learn(when, true, &mut known);
            self.of(value, &known)
        };
        rows.iter().map(value).reduce(Extent::or).unwrap_or_default()
    }
}

fn learn_test(test: &Test, holds: bool, known: &mut Known) {
    match &test.kind {
        TestKind::Compare(left, how, right) => compare(left, if holds { *how } else { how.opposite() }, right, known),
        TestKind::Between(value, low, high) if holds => {
            compare(value, Comparison::AtLeast, low, known);
            compare(value, Comparison::AtMost, high, known);
        }
        _ => {}
    }
}

fn compare(left: &Quantity, how: Comparison, right: &Quantity, known: &mut Known) {
    if let Quantity::Constant(number) = right {
        narrow(left, how, number, known);
    } else if let Quantity::Constant(number) = left {
        narrow(right, how.mirrored(), number, known);
    }
    let (left, right) = (key(left), key(right));
    match how {
        Comparison::Greater | Comparison::AtLeast => known.ordered.push((left, right, how == Comparison::Greater)),
        Comparison::Less | Comparison::AtMost => known.ordered.push((right, left, how == Comparison::Less)),
        Comparison::Equal | Comparison::NotEqual => {}
    }
}

fn narrow(quantity: &Quantity, how: Comparison, number: &Number, known: &mut Known) {
    let (low, high) = match how {
        Comparison::Greater | Comparison::AtLeast => (Some(number.clone()), None),
        Comparison::Less | Comparison::AtMost => (None, Some(number.clone())),
        Comparison::Equal => (Some(number.clone()), Some(number.clone())),
        Comparison::NotEqual => (None, None),
    };
    let is_strict = matches!(how, Comparison::Greater | Comparison::Less | Comparison::NotEqual);
    let learnt = Extent { low, high, nonzero: if is_strict { number.is_zero() } else { how == Comparison::Equal && !number.is_zero() } };
    let entry = known.extents.entry(key(quantity)).or_default();
    *entry = std::mem::take(entry).within(&learnt);
}

/// What is known of `a - b` because a is known to be at least b.
fn difference(pair: &(Quantity, Quantity), known: &Known) -> Option<Extent> {
    let Quantity::Negate(less) = &pair.1 else { return None };
    let (from, less) = (key(&pair.0), key(less));
    let strict = known.ordered.iter().filter(|(high, low, _)| *high == from && *low == less).map(|(.., strict)| *strict).max()?;
    Some(Extent { nonzero: strict, ..Extent::from_zero() })
}

fn choose(function: Function, parts: impl Iterator<Item = Extent>) -> Extent {
    parts
        .reduce(|a, b| {
            let nonzero = a.nonzero && b.nonzero;
            let either = |a: Option<Number>, b: Option<Number>, choose: fn(Number, Number) -> Number| match (a, b) {
                (Some(a), Some(b)) => Some(choose(a, b)),
                (a, b) => a.or(b),
            };
            let both = |a: Option<Number>, b: Option<Number>, choose: fn(Number, Number) -> Number| a.zip(b).map(|(a, b)| choose(a, b));
            match function {
                Function::Min => Extent { low: both(a.low, b.low, Number::min), high: either(a.high, b.high, Number::min), nonzero },
                Function::Max => {
                    let low = either(a.low, b.low, Number::max);
                    let nonzero = nonzero || low.as_ref().is_some_and(Number::is_positive);
                    Extent { low, high: both(a.high, b.high, Number::max), nonzero }
                }
            }
        })
        .unwrap_or_default()
}
