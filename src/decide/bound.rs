//! The two readings, and the largest quantity that a rule lets through in each.

use super::range::Range;
use crate::number::{Number, Rounding};

/// How what is unknown is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reading {
    /// Against the asker: what is granted here is surely granted.
    Against,
    /// In the asker's favour: what is not granted here is surely not granted.
    Favour,
}

/// A largest quantity; without limit is the largest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bound {
    Finite(Number),
    Unlimited,
}

impl Bound {
    pub const ZERO: Self = Self::Finite(Number::ZERO);

    pub fn covers(&self, quantity: &Number) -> bool {
        match self {
            Self::Finite(most) => most >= quantity,
            Self::Unlimited => true,
        }
    }

    pub fn is_zero(&self) -> bool {
        matches!(self, Self::Finite(most) if !most.is_positive())
    }

    pub fn finite(&self) -> Option<&Number> {
        match self {
            Self::Finite(most) => Some(most),
            Self::Unlimited => None,
        }
    }

    /// Becomes the other where that is less.
    pub fn lower(&mut self, other: &Self) {
        if let Self::Finite(_) = other
            && other < self
        {
            self.clone_from(other);
        }
    }

    /// Becomes the other where that is more.
    pub fn raise(&mut self, other: &Self) {
        if other > self {
            self.clone_from(other);
        }
    }

    /// The sum; beyond what can be counted it is without limit.
    pub fn add(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Finite(a), Self::Finite(b)) => a.add(b).map_or(Self::Unlimited, Self::Finite),
            _ => Self::Unlimited,
        }
    }

    /// What a range of quantities comes to in a reading: its lower end against the asker, its upper end in favour, never below 0. What may be undefined is 0
    /// against the asker, what surely is undefined is 0 in both.
    pub fn of(range: &Range, reading: Reading) -> Self {
        let end = match reading {
            _ if range.is_surely_undefined() => return Self::ZERO,
            Reading::Against if range.may_be_undefined() => return Self::ZERO,
            Reading::Against => range.low().cloned().unwrap_or(Number::ZERO),
            Reading::Favour => match range.high() {
                Some(high) => high.clone(),
                None => return Self::Unlimited,
            },
        };
        Self::Finite(end.max(Number::ZERO))
    }

    pub fn round(self, step: Option<&Number>, rounding: Rounding) -> Self {
        match (self, step) {
            (Self::Finite(most), Some(step)) => Self::Finite(most.round(step, rounding).unwrap_or(Number::ZERO)),
            (bound, _) => bound,
        }
    }
}
