//! Quantities as ranges: an unknown one may be anything, and arithmetic carries the ends along.

use std::cmp::Ordering;

use super::truth::Truth;
use crate::number::{Number, Rounding};
use crate::policy::expr::Comparison;

/// All that a quantity may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Range {
    /// The ends, both in; `None` where it is surely undefined.
    values: Option<Ends>,
    /// Whether it may be undefined.
    undefined: bool,
}

/// A missing end is infinite.
#[derive(Clone, Debug, PartialEq)]
struct Ends {
    low: Option<Number>,
    high: Option<Number>,
}

/// One computed end of a range.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Infinite,
    Finite(Number),
    /// It has no value: an overflow, or a date that there is not.
    Undefined,
}

impl End {
    fn computed(value: Option<Number>) -> Self {
        value.map_or(Self::Undefined, Self::Finite)
    }

    fn mapped(end: Option<&Number>, f: impl Fn(&Number) -> Option<Number>) -> Self {
        end.map_or(Self::Infinite, |value| Self::computed(f(value)))
    }

    fn finite(self) -> Option<Number> {
        match self {
            Self::Finite(value) => Some(value),
            Self::Infinite | Self::Undefined => None,
        }
    }
}

impl Ends {
    fn as_known(&self) -> Option<&Number> {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if low == high => Some(low),
            _ => None,
        }
    }
}

impl Range {
    pub fn known(value: Number) -> Self {
        Self { values: Some(Ends { low: Some(value.clone()), high: Some(value) }), undefined: false }
    }

    /// The value, or undefined where there is none.
    pub fn computed(value: Option<Number>) -> Self {
        value.map_or_else(Self::undefined, Self::known)
    }

    /// Both ends in; `None` is infinite.
    pub fn between(low: Option<Number>, high: Option<Number>) -> Self {
        Self { values: Some(Ends { low, high }), undefined: false }
    }

    pub fn anything() -> Self {
        Self::between(None, None)
    }

    pub fn undefined() -> Self {
        Self { values: None, undefined: true }
    }

    pub fn is_known(&self) -> bool {
        self.as_known().is_some()
    }

    /// The only value it can have.
    pub fn as_known(&self) -> Option<&Number> {
        if self.undefined { None } else { self.values.as_ref().and_then(Ends::as_known) }
    }

    /// Whether no further fact can change it: it has one value, or surely none.
    pub fn is_settled(&self) -> bool {
        self.is_known() || self.is_surely_undefined()
    }

    pub fn may_be_undefined(&self) -> bool {
        self.undefined
    }

    pub fn is_surely_undefined(&self) -> bool {
        self.values.is_none()
    }

    /// The lower end; `None` where it is infinite or there is none.
    pub fn low(&self) -> Option<&Number> {
        self.values.as_ref()?.low.as_ref()
    }

    /// The upper end; `None` where it is infinite or there is none.
    pub fn high(&self) -> Option<&Number> {
        self.values.as_ref()?.high.as_ref()
    }

    /// Either of both.
    pub fn hull(self, other: Self) -> Self {
        let undefined = self.undefined || other.undefined;
        let values = match (self.values, other.values) {
            (Some(a), Some(b)) => Some(Ends { low: a.low.zip(b.low).map(|(a, b)| a.min(b)), high: a.high.zip(b.high).map(|(a, b)| a.max(b)) }),
            (one, other) => one.or(other),
        };
        Self { values, undefined }
    }

    pub fn or_undefined(mut self) -> Self {
        self.undefined = true;
        self
    }

    /// A function that never falls as its argument grows; `None` is undefined.
    pub fn rising(&self, f: impl Fn(&Number) -> Option<Number>) -> Self {
        self.map_ends(|ends| (End::mapped(ends.low.as_ref(), &f), End::mapped(ends.high.as_ref(), &f)))
    }

    /// A function that never rises as its argument grows; `None` is undefined.
    pub fn falling(&self, f: impl Fn(&Number) -> Option<Number>) -> Self {
        self.map_ends(|ends| (End::mapped(ends.high.as_ref(), &f), End::mapped(ends.low.as_ref(), &f)))
    }

    fn map_ends(&self, f: impl FnOnce(&Ends) -> (End, End)) -> Self {
        self.values.as_ref().map_or_else(Self::undefined, |ends| Self::from_ends(f(ends), self.undefined))
    }

    /// An end that could not be computed is undefined there, and infinite for what lies before it.
    fn from_ends((low, high): (End, End), undefined: bool) -> Self {
        if low == End::Undefined && high == End::Undefined {
            return Self::undefined();
        }
        let undefined = undefined || low == End::Undefined || high == End::Undefined;
        Self { values: Some(Ends { low: low.finite(), high: high.finite() }), undefined }
    }

    pub fn negate(&self) -> Self {
        self.falling(|value| Some(value.negate()))
    }

    fn combine(&self, other: &Self, f: impl FnOnce(&Ends, &Ends) -> (End, End)) -> Self {
        match (&self.values, &other.values) {
            (Some(a), Some(b)) => Self::from_ends(f(a, b), self.undefined || other.undefined),
            _ => Self::undefined(),
        }
    }

    pub fn add(&self, other: &Self) -> Self {
        let sum = |a: &Option<Number>, b: &Option<Number>| a.as_ref().zip(b.as_ref()).map_or(End::Infinite, |(a, b)| End::computed(a.add(b)));
        self.combine(other, |a, b| (sum(&a.low, &b.low), sum(&a.high, &b.high)))
    }

    pub fn multiply(&self, other: &Self) -> Self {
        if let (Some(a), Some(b)) = (self.as_known(), other.as_known()) {
            return Self::computed(a.multiply(b));
        }
        self.combine(other, |a, b| corners(a, b, Number::multiply))
    }

    /// A divisor that may be zero makes the result one that may be undefined.
    pub fn divide(&self, other: &Self) -> Self {
        if let (Some(a), Some(b)) = (self.as_known(), other.as_known()) {
            return Self::computed(a.divide(b));
        }
        let Some(divisor) = &other.values else { return Self::undefined() };
        if divisor.as_known().is_some_and(Number::is_zero) {
            return Self::undefined();
        }
        let above_zero = divisor.low.as_ref().is_some_and(|low| *low > Number::ZERO);
        let below_zero = divisor.high.as_ref().is_some_and(|high| *high < Number::ZERO);
        if !above_zero && !below_zero {
            // Where the dividend is 0, so is every quotient that exists.
            let quotient = if self.as_known().is_some_and(Number::is_zero) { Self::known(Number::ZERO) } else { Self::anything() };
            return if self.is_surely_undefined() { Self::undefined() } else { quotient.or_undefined() };
        }
        let inverse = other.falling(|value| Number::ONE.divide(value));
        // An infinite end of the divisor brings the quotient towards zero.
        let inverse = match inverse.values {
            Some(Ends { low, high }) if above_zero => Self { values: Some(Ends { low: low.or(Some(Number::ZERO)), high }), ..inverse },
            Some(Ends { low, high }) => Self { values: Some(Ends { low, high: high.or(Some(Number::ZERO)) }), ..inverse },
            None => return Self::undefined(),
        };
        self.multiply(&inverse)
    }

    pub fn min(&self, other: &Self) -> Self {
        self.combine(other, |a, b| {
            let low = a.low.as_ref().zip(b.low.as_ref()).map_or(End::Infinite, |(a, b)| End::Finite(a.min(b).clone()));
            let high = a.high.iter().chain(&b.high).min().map_or(End::Infinite, |end| End::Finite(end.clone()));
            (low, high)
        })
    }

    pub fn max(&self, other: &Self) -> Self {
        self.negate().min(&other.negate()).negate()
    }

    pub fn round(&self, step: &Number, rounding: Rounding) -> Self {
        self.rising(|value| value.round(step, rounding))
    }

    /// Whether the comparison holds; unknown only where the ranges overlap.
    pub fn compare(&self, how: Comparison, other: &Self) -> Truth {
        let (Some(a), Some(b)) = (&self.values, &other.values) else { return Truth::UNDEFINED };
        let truth = match how {
            Comparison::Less => less(a, b),
            Comparison::AtLeast => !less(a, b),
            Comparison::Greater => less(b, a),
            Comparison::AtMost => !less(b, a),
            Comparison::Equal => equal(a, b),
            Comparison::NotEqual => !equal(a, b),
        };
        if self.undefined || other.undefined { truth.or_else(Truth::UNDEFINED) } else { truth }
    }
}

/// How `a` compares with `b` where both are finite.
fn finite(a: Option<&Number>, b: Option<&Number>) -> Option<Ordering> {
    Some(a?.cmp(b?))
}

fn less(a: &Ends, b: &Ends) -> Truth {
    let surely = finite(a.high.as_ref(), b.low.as_ref()) == Some(Ordering::Less);
    let never = finite(a.low.as_ref(), b.high.as_ref()).is_some_and(Ordering::is_ge);
    match (surely, never) {
        (true, _) => Truth::YES,
        (_, true) => Truth::NO,
        _ => Truth::UNKNOWN,
    }
}

fn equal(a: &Ends, b: &Ends) -> Truth {
    if let (Some(a), Some(b)) = (a.as_known(), b.as_known()) {
        return Truth::known(a == b);
    }
    let apart = less(a, b) == Truth::YES || less(b, a) == Truth::YES;
    if apart { Truth::NO } else { Truth::UNKNOWN }
}

/// The product of two ranges from the products of their ends. An infinite end makes the result infinite on the sides that the signs of the other range reach.
fn corners(a: &Ends, b: &Ends, f: impl Fn(&Number, &Number) -> Option<Number>) -> (End, End) {
    let both = |ends: &Ends| [ends.low.clone(), ends.high.clone()].into_iter().flatten().collect::<Vec<_>>();
    let is_infinite = |ends: &Ends| ends.low.is_none() || ends.high.is_none();
    let right = both(b);
    let mut products: Vec<Option<Number>> = both(a).iter().flat_map(|x| right.iter().map(|y| f(x, y)).collect::<Vec<_>>()).collect();
    // Infinity times zero: the range holds 0 whatever lies beyond.
    if (is_infinite(a) || is_infinite(b)) && (holds_zero(a) || holds_zero(b)) {
        products.push(Some(Number::ZERO));
    }
    let overflows = products.iter().any(Option::is_none);
    let finite = || products.iter().flatten();
    let end = |infinite: bool, found: Option<&Number>| match found {
        _ if infinite => End::Infinite,
        _ if overflows => End::Undefined,
        found => found.cloned().map_or(End::Infinite, End::Finite),
    };
    (end(reaches(a, b, Way::Down), finite().min()), end(reaches(a, b, Way::Up), finite().max()))
}

/// Towards which infinity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

fn holds_zero(ends: &Ends) -> bool {
    ends.low.as_ref().is_none_or(|low| *low <= Number::ZERO) && ends.high.as_ref().is_none_or(|high| *high >= Number::ZERO)
}

/// Whether the product of two ranges is infinite upwards or downwards.
fn reaches(a: &Ends, b: &Ends, way: Way) -> bool {
    let can_be_positive = |ends: &Ends| ends.high.as_ref().is_none_or(Number::is_positive);
    let can_be_negative = |ends: &Ends| ends.low.as_ref().is_none_or(|low| *low < Number::ZERO);
    let half = |infinite: &Ends, other: &Ends| {
        let (positive, negative) = (can_be_positive(other), can_be_negative(other));
        let (with_high, with_low) = if way == Way::Up { (positive, negative) } else { (negative, positive) };
        (infinite.high.is_none() && with_high) || (infinite.low.is_none() && with_low)
    };
    half(a, b) || half(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(value: i64) -> Number {
        Number::from(value)
    }

    fn range(low: i64, high: i64) -> Range {
        Range::between(Some(n(low)), Some(n(high)))
    }

    #[test]
    fn an_unknown_share_is_bounded_by_the_known_part() {
        let share = Range::known(Number::ratio(1, 5).unwrap()).multiply(&Range::anything());
        assert_eq!(share, Range::anything());
        assert_eq!(range(50, 50).min(&share), Range::between(None, Some(n(50))));
        assert_eq!(range(50, 50).max(&share), Range::between(Some(n(50)), None));
    }

    #[test]
    fn arithmetic_carries_the_ends() {
        assert_eq!(range(1, 2).add(&range(-5, 10)), range(-4, 12));
        assert_eq!(range(-1, 2).multiply(&range(-3, 4)), range(-6, 8));
        assert_eq!(range(0, 0).multiply(&Range::anything()), range(0, 0));
        assert_eq!(Range::between(Some(n(2)), None).multiply(&range(-1, 3)), Range::anything());
        assert_eq!(Range::between(Some(n(2)), None).multiply(&range(1, 3)), Range::between(Some(n(2)), None));
        assert_eq!(range(10, 20).divide(&range(2, 5)), range(2, 10));
        assert_eq!(range(10, 20).divide(&Range::between(Some(n(5)), None)), range(0, 4));
        assert!(range(1, 1).divide(&range(-1, 1)).may_be_undefined());
        assert_eq!(range(1, 1).divide(&range(0, 0)), Range::undefined());
    }

    #[test]
    fn comparisons_are_unknown_only_where_ranges_overlap() {
        assert_eq!(range(1, 2).compare(Comparison::Less, &range(3, 4)), Truth::YES);
        assert_eq!(range(1, 3).compare(Comparison::Less, &range(3, 4)), Truth::UNKNOWN);
        assert_eq!(range(1, 3).compare(Comparison::AtMost, &range(3, 4)), Truth::YES);
        assert_eq!(range(1, 3).compare(Comparison::Equal, &range(4, 5)), Truth::NO);
        assert_eq!(range(1, 3).compare(Comparison::Equal, &range(3, 3)), Truth::UNKNOWN);
        assert_eq!(Range::undefined().compare(Comparison::Equal, &range(3, 3)), Truth::UNDEFINED);
    }
}
