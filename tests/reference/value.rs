//! Values that may be unknown or undefined: sets of results for conditions, ranges for quantities.

use std::collections::BTreeSet;

use kulanz::{Number, Rounding};

/// The possible results of a condition, out of yes, no and undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth(u8);

impl Truth {
    pub const YES: Self = Self(1);
    pub const NO: Self = Self(2);
    pub const UNDEFINED: Self = Self(4);
    pub const UNKNOWN: Self = Self(3);
    const NONE: Self = Self(0);

    pub fn known(yes: bool) -> Self {
        if yes { Self::YES } else { Self::NO }
    }

    pub fn possible(yes: bool, no: bool, undefined: bool) -> Self {
        Self(u8::from(yes) | u8::from(no) << 1 | u8::from(undefined) << 2)
    }

    pub fn may_be(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn each(self) -> impl Iterator<Item = Self> {
        [Self::YES, Self::NO, Self::UNDEFINED].into_iter().filter(move |one| self.may_be(*one))
    }

    fn combine(self, other: Self, table: impl Fn(Self, Self) -> Self) -> Self {
        let mut result = Self::NONE;
        for a in self.each() {
            for b in other.each() {
                result = result.union(table(a, b));
            }
        }
        result
    }

    pub fn and(self, other: Self) -> Self {
        self.combine(other, |a, b| match (a, b) {
            (Self::NO, _) | (_, Self::NO) => Self::NO,
            (Self::YES, Self::YES) => Self::YES,
            _ => Self::UNDEFINED,
        })
    }

    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    pub fn not(self) -> Self {
        Self::possible(self.may_be(Self::NO), self.may_be(Self::YES), self.may_be(Self::UNDEFINED))
    }
}

/// An end of a range, or a quantity that may be without limit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// Below everything.
    Below,
    At(Number),
    /// Above everything; as a limit: unlimited.
    Above,
}

impl End {
    pub const ZERO: Self = Self::At(Number::ZERO);

    pub fn number(&self) -> Option<&Number> {
        match self {
            Self::At(number) => Some(number),
            _ => None,
        }
    }

    fn negate(&self) -> Self {
        match self {
            Self::Below => Self::Above,
            Self::At(number) => Self::At(number.negate()),
            Self::Above => Self::Below,
        }
    }

    fn sign(&self) -> i32 {
        match self {
            Self::Below => -1,
            Self::Above => 1,
            Self::At(number) if number.is_zero() => 0,
            Self::At(number) => {
                if number.is_positive() {
                    1
                } else {
                    -1
                }
            }
        }
    }

    /// The sum of two ends of the same side; the flag tells of an overflow.
    fn plus(&self, other: &Self) -> Result<Self, Overflow> {
        match (self, other) {
            (Self::At(a), Self::At(b)) => a.add(b).map(Self::At).ok_or(Overflow),
            (Self::At(_), infinite) | (infinite, _) => Ok(infinite.clone()),
        }
    }

    fn times(&self, other: &Self) -> Result<Self, Overflow> {
        match (self, other) {
            (Self::At(a), Self::At(b)) => a.multiply(b).map(Self::At).ok_or(Overflow),
            _ => Ok(match self.sign() * other.sign() {
                0 => Self::ZERO,
                1 => Self::Above,
                _ => Self::Below,
            }),
        }
    }

    /// A limit, cap or quantity on the grid, never below zero.
    pub fn on_grid(&self, unit: &Number, rounding: Rounding) -> Self {
        match self {
            Self::At(number) => number.round(unit, rounding).map_or(Self::ZERO, Self::At).max(Self::ZERO),
            Self::Below => Self::ZERO,
            Self::Above => Self::Above,
        }
    }
}

/// A result beyond 10³⁰.
#[derive(Clone, Copy, Debug)]
struct Overflow;

/// What a quantity may be: all that lies between two ends, and perhaps (or only) undefined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// `None`: surely undefined.
    pub ends: Option<(End, End)>,
    /// Whether it may be undefined.
    pub undefined: bool,
}

impl Range {
    pub fn point(number: Number) -> Self {
        Self { ends: Some((End::At(number.clone()), End::At(number))), undefined: false }
    }

    pub fn between(low: End, high: End) -> Self {
        Self { ends: Some((low, high)), undefined: false }
    }

    pub fn anything() -> Self {
        Self::between(End::Below, End::Above)
    }

    pub fn nothing() -> Self {
        Self { ends: None, undefined: true }
    }

    pub fn exact(&self) -> Option<&Number> {
        match &self.ends {
            Some((End::At(low), End::At(high))) if low == high && !self.undefined => Some(low),
            _ => None,
        }
    }

    pub fn is_exact_or_undefined(&self) -> bool {
        self.ends.is_none() || self.exact().is_some()
    }

    /// As a limit, cap or entitlement against the asker: the low end, zero where it may be undefined.
    pub fn least(&self) -> End {
        match &self.ends {
            Some((low, _)) if !self.undefined => low.clone().max(End::ZERO),
            _ => End::ZERO,
        }
    }

    /// Likewise in the asker's favour.
    pub fn most(&self) -> End {
        self.ends.as_ref().map_or(End::ZERO, |(_, high)| high.clone().max(End::ZERO))
    }

    pub fn hull(&self, other: &Self) -> Self {
        let ends = match (&self.ends, &other.ends) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c).clone(), b.max(d).clone())),
            (Some(ends), None) | (None, Some(ends)) => Some(ends.clone()),
            (None, None) => None,
        };
        Self { ends, undefined: self.undefined || other.undefined }
    }

    pub fn maybe_undefined(mut self) -> Self {
        self.undefined = true;
        self
    }

    /// A monotone function of one quantity; where it has no result at an end, it is undefined there.
    pub fn map(&self, function: impl Fn(&Number) -> Option<Number>) -> Self {
        let Some((low, high)) = &self.ends else { return Self::nothing() };
        let mut undefined = self.undefined;
        let mut end = |end: &End, otherwise: End| match end {
            End::At(number) => function(number).map_or_else(
                || {
                    undefined = true;
                    otherwise
                },
                End::At,
            ),
            infinite => infinite.clone(),
        };
        let (a, b) = (end(low, End::Below), end(high, End::Above));
        if undefined && low == high && !self.undefined {
            return Self::nothing();
        }
        Self { ends: Some((a, b)), undefined }
    }

    pub fn negate(&self) -> Self {
        Self { ends: self.ends.as_ref().map(|(low, high)| (high.negate(), low.negate())), undefined: self.undefined }
    }

    fn joined(&self, other: &Self, ends: Result<(End, End), Overflow>) -> Self {
        let undefined = self.undefined || other.undefined;
        match ends {
            Ok(ends) => Self { ends: Some(ends), undefined },
            Err(Overflow) if self.exact().is_some() && other.exact().is_some() => Self::nothing(),
            Err(Overflow) => Self::anything().maybe_undefined(),
        }
    }

    pub fn add(&self, other: &Self) -> Self {
        let (Some((a, b)), Some((c, d))) = (&self.ends, &other.ends) else { return Self::nothing() };
        self.joined(other, a.plus(c).and_then(|low| Ok((low, b.plus(d)?))))
    }

    pub fn subtract(&self, other: &Self) -> Self {
        self.add(&other.negate())
    }

    pub fn multiply(&self, other: &Self) -> Self {
        let (Some((a, b)), Some((c, d))) = (&self.ends, &other.ends) else { return Self::nothing() };
        let products: Result<Vec<_>, _> = [(a, c), (a, d), (b, c), (b, d)].into_iter().map(|(x, y)| x.times(y)).collect();
        let ends = products.map(|all| (all.iter().min().unwrap().clone(), all.iter().max().unwrap().clone()));
        self.joined(other, ends)
    }

    pub fn divide(&self, other: &Self) -> Self {
        let (Some(_), Some((low, high))) = (&self.ends, &other.ends) else { return Self::nothing() };
        if (low, high) == (&End::ZERO, &End::ZERO) {
            return Self::nothing();
        }
        if *low <= End::ZERO && *high >= End::ZERO {
            // Nothing divided by anything is nothing, if it is defined.
            let nothing = self.exact().is_some_and(Number::is_zero);
            let quotient = if nothing { Self::point(Number::ZERO) } else { Self::anything() };
            return quotient.maybe_undefined();
        }
        if let (Some(a), Some(b)) = (self.exact(), other.exact()) {
            return a.divide(b).map_or_else(Self::nothing, Self::point);
        }
        let reciprocal = |end: &End| end.number().and_then(|n| Number::ONE.divide(n)).map_or(End::ZERO, End::At);
        let inverse = Self { ends: Some((reciprocal(high), reciprocal(low))), undefined: other.undefined };
        self.multiply(&inverse)
    }

    /// The smallest or largest of two.
    pub fn pick(&self, other: &Self, pick: impl Fn(End, End) -> End) -> Self {
        let (Some((a, b)), Some((c, d))) = (self.ends.clone(), other.ends.clone()) else { return Self::nothing() };
        Self { ends: Some((pick(a, c), pick(b, d))), undefined: self.undefined || other.undefined }
    }

    fn compare(&self, other: &Self, results: impl Fn((&End, &End), (&End, &End)) -> (bool, bool)) -> Truth {
        let (Some((a, b)), Some((c, d))) = (&self.ends, &other.ends) else { return Truth::UNDEFINED };
        let (yes, no) = results((a, b), (c, d));
        Truth::possible(yes, no, self.undefined || other.undefined)
    }

    pub fn less(&self, other: &Self) -> Truth {
        self.compare(other, |(a, b), (c, d)| (a < d, b >= c))
    }

    pub fn at_most(&self, other: &Self) -> Truth {
        other.less(self).not()
    }

    pub fn equal(&self, other: &Self) -> Truth {
        self.compare(other, |(a, b), (c, d)| (a <= d && c <= b, !(a == b && c == d && a == c)))
    }
}

/// The unit of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Money,
    Percent,
    Number,
    /// In seconds.
    Duration,
    /// In days since 1970-01-01.
    Date,
    /// In seconds since 1970-01-01 (UTC).
    Datetime,
}

/// A value while evaluating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Quantity(Unit, Range),
    Condition(Truth),
    /// `None`: unknown.
    Text(Option<String>),
    /// The id of somebody who is not the asker.
    SomebodyElse,
    /// The values that it may have, and whether it may be undefined.
    Choice(BTreeSet<String>, bool),
    /// `None`: unknown.
    Set(Option<BTreeSet<String>>),
    /// An optional fact that is known to be absent; nothing may be read from it.
    Absent,
}

impl Value {
    pub fn range(&self) -> Range {
        match self {
            Self::Quantity(_, range) => range.clone(),
            _ => Range::nothing(),
        }
    }

    pub fn truth(&self) -> Truth {
        match self {
            Self::Condition(truth) => *truth,
            _ => Truth::UNDEFINED,
        }
    }
}
