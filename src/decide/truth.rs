//! Three-valued logic that keeps "nobody told us" apart from "there is no such value".
//!
//! A [`Truth`] is the set of results that a condition can still have. What is known has one result, what hangs on an unknown fact has yes and no, what reads an
//! undefined value has only *undefined*. The connectives work on every combination with Kleene's tables.

use std::ops::Not;

/// The results that a condition can still have; never none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Truth(u8);

impl Truth {
    pub const YES: Self = Self(0b001);
    pub const NO: Self = Self(0b010);
    pub const UNDEFINED: Self = Self(0b100);
    pub const UNKNOWN: Self = Self(0b011);

    pub fn known(value: bool) -> Self {
        if value { Self::YES } else { Self::NO }
    }

    /// The results of either.
    pub fn or_else(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Yes and nothing else.
    pub fn is_surely_yes(self) -> bool {
        self == Self::YES
    }

    /// No and nothing else.
    pub fn is_surely_no(self) -> bool {
        self == Self::NO
    }

    pub fn can_be_yes(self) -> bool {
        self.0 & Self::YES.0 != 0
    }

    pub fn can_be_no(self) -> bool {
        self.0 & Self::NO.0 != 0
    }

    pub fn can_be_undefined(self) -> bool {
        self.0 & Self::UNDEFINED.0 != 0
    }

    /// Whether one more fact could settle it.
    pub fn is_open(self) -> bool {
        self.0.count_ones() > 1
    }

    /// No if either is, yes if both are, else undefined.
    pub fn and(self, other: Self) -> Self {
        let no = (self.0 | other.0) & Self::NO.0;
        let yes = self.0 & other.0 & Self::YES.0;
        let undefined_here = self.can_be_undefined() && (other.can_be_yes() || other.can_be_undefined());
        let undefined_there = other.can_be_undefined() && (self.can_be_yes() || self.can_be_undefined());
        Self(no | yes | if undefined_here || undefined_there { Self::UNDEFINED.0 } else { 0 })
    }

    /// Yes if either is, no if both are, else undefined.
    pub fn or(self, other: Self) -> Self {
        !((!self).and(!other))
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        let swapped = ((self.0 & Self::YES.0) << 1) | ((self.0 & Self::NO.0) >> 1);
        Self(swapped | (self.0 & Self::UNDEFINED.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SINGLE: [Truth; 3] = [Truth::YES, Truth::NO, Truth::UNDEFINED];

    fn kleene_and(a: Truth, b: Truth) -> Truth {
        match (a, b) {
            (Truth::NO, _) | (_, Truth::NO) => Truth::NO,
            (Truth::YES, Truth::YES) => Truth::YES,
            _ => Truth::UNDEFINED,
        }
    }

    fn members(set: Truth) -> impl Iterator<Item = Truth> {
        SINGLE.into_iter().filter(move |one| set.0 & one.0 != 0)
    }

    #[test]
    fn and_is_kleene_on_every_combination_of_sets() {
        for a in (1..8).map(Truth) {
            for b in (1..8).map(Truth) {
                let each = members(a).flat_map(|x| members(b).map(move |y| kleene_and(x, y)));
                assert_eq!(a.and(b), each.reduce(Truth::or_else).unwrap(), "{a:?} and {b:?}");
                assert_eq!(!(a.and(b)), (!a).or(!b));
            }
        }
    }
}
