//! The pieces of one variable: sets of values of which any one stands for all.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::ground::{Choice, Datum};
use crate::number::{Number, Rounding};
use crate::policy::expr::Type;

/// A place between two quantities: just before a number, or just after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    pub at: Number,
    pub after: bool,
}

impl Split {
    pub fn before(at: Number) -> Self {
        Self { at, after: false }
    }

    pub fn after(at: Number) -> Self {
        Self { at, after: true }
    }
}

impl Ord for Split {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.cmp(&other.at).then(self.after.cmp(&other.after))
    }
}

impl PartialOrd for Split {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// All quantities between two splits; a missing one is infinite.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Interval {
    pub low: Option<Split>,
    pub high: Option<Split>,
}

impl Interval {
    pub fn contains(&self, number: &Number) -> bool {
        let above = self.low.as_ref().is_none_or(|low| if low.after { *number > low.at } else { *number >= low.at });
        let below = self.high.as_ref().is_none_or(|high| if high.after { *number <= high.at } else { *number < high.at });
        above && below
    }

    /// Its only number, where it has one only.
    pub fn only(&self) -> Option<&Number> {
        let (low, high) = (self.low.as_ref()?, self.high.as_ref()?);
        (low.at == high.at && !low.after && high.after).then_some(&low.at)
    }

    /// The smallest multiple of a step in it; `None` where there is none.
    pub fn first(&self, step: &Number) -> Option<Number> {
        let low = self.low.as_ref()?;
        let first = low.at.round(step, Rounding::Up)?;
        if low.after && first == low.at { first.add(step) } else { Some(first) }
    }

    pub fn last(&self, step: &Number) -> Option<Number> {
        let high = self.high.as_ref()?;
        let last = high.at.round(step, Rounding::Down)?;
        if !high.after && last == high.at { last.subtract(step) } else { Some(last) }
    }

    /// A multiple of the step in it, a plain one where there is a choice; `None` where it has none.
    pub fn representative(&self, ty: &Type, step: &Number) -> Option<Number> {
        let beyond = beyond(ty);
        match (self.first(step), self.last(step)) {
            (None, None) => Some(if matches!(ty, Type::Date | Type::Datetime) { Number::ZERO } else { beyond }),
            (Some(first), None) if first.is_positive() && !matches!(ty, Type::Date | Type::Datetime) => {
                plain(&first, None, &first.add(&first)?, step)
            }
            (Some(first), None) => first.add(&beyond),
            (None, Some(last)) if last.is_positive() && !matches!(ty, Type::Date | Type::Datetime) => {
                plain(&last.clone().min(step.clone()), Some(&last), &last.divide(&Number::from(2))?, step)
            }
            (None, Some(last)) if last.is_zero() => Some(last),
            (None, Some(last)) => last.subtract(&beyond),
            (Some(first), Some(last)) => match first.cmp(&last) {
                Ordering::Greater => None,
                Ordering::Equal => Some(first),
                Ordering::Less => plain(&first, Some(&last), &first.add(&last)?.divide(&Number::from(2))?, step),
            },
        }
    }
}

/// How far beyond the last cut a value lies that stands for all beyond it.
fn beyond(ty: &Type) -> Number {
    Number::from(match ty {
        Type::Duration => 3600,
        Type::Datetime => 86_400,
        Type::Date => 30,
        _ => 1,
    })
}

/// The roundest number near `near` that lies between the ends, both in.
fn plain(first: &Number, last: Option<&Number>, near: &Number, step: &Number) -> Option<Number> {
    let within = |number: &Number| number >= first && last.is_none_or(|last| number <= last);
    let fits = |number: &Number| within(number) && number.round(step, Rounding::Down).as_ref() == Some(number);
    let rough = [100_000, 10_000, 1000, 100, 10, 1].into_iter().map(Number::from);
    let fine = [10, 100, 1000, 10_000, 100_000].into_iter().filter_map(|part| Number::ratio(1, part));
    let rounded = rough.chain(fine).filter_map(|coarse| near.round(&coarse, Rounding::Down));
    rounded
        .filter(|number| !number.is_zero() || last.is_some_and(Number::is_zero))
        .find(fits)
        .or_else(|| near.round(step, Rounding::Down).filter(fits))
        .or_else(|| Some(first.clone()))
}

/// What belongs to a piece.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    Absent,
    YesNo(bool),
    Choices(BTreeSet<Choice>),
    /// A set of an enumeration's values, as far as they matter.
    Set(BTreeSet<Choice>),
    Text(String),
    /// Any text that nothing compares with; one for each way in which it begins, ends or contains something.
    OtherText(String),
    Interval(Interval),
}

/// A piece with the value that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub extent: Extent,
    pub value: Datum,
}

/// From all splits of a quantity to its pieces, from the lowest up.
pub(crate) fn intervals(splits: &BTreeSet<Split>, ty: &Type, step: &Number) -> Vec<Piece> {
    let ends = || std::iter::once(None).chain(splits.iter().map(Some));
    let following = splits.iter().map(Some).chain(std::iter::once(None));
    let mut pieces: Vec<Piece> = Vec::new();
    for (low, high) in ends().zip(following) {
        let interval = Interval { low: low.cloned(), high: high.cloned() };
        match interval.representative(ty, step) {
            Some(value) => pieces.push(Piece { extent: Extent::Interval(interval), value: Datum::Number(value) }),
            // A piece without a value belongs to its neighbour, so that the pieces still meet.
            None => {
                if let Some(Piece { extent: Extent::Interval(before), .. }) = pieces.last_mut() {
                    before.high = interval.high;
                }
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(splits: &[Split], step: &Number) -> Vec<String> {
        let pieces = intervals(&splits.iter().cloned().collect(), &Type::Money, step);
        pieces.iter().map(|piece| if let Datum::Number(number) = &piece.value { number.to_fixed(2) } else { String::new() }).collect()
    }

    fn cent() -> Number {
        Number::ratio(1, 100).unwrap()
    }

    #[test]
    fn between_two_cuts_lies_a_value_where_the_step_leaves_one() {
        let n = Number::from;
        assert_eq!(values(&[Split::before(n(50)), Split::after(n(500))], &cent()), ["20.00", "200.00", "1000.00"]);
        let next = n(50).add(&cent()).unwrap();
        assert_eq!(values(&[Split::after(n(50)), Split::before(next.clone())], &cent()), ["20.00", "100.00"]);
        assert_eq!(values(&[Split::before(n(50)), Split::after(n(50)), Split::after(next)], &cent()), ["20.00", "50.00", "50.01", "100.00"]);
        assert_eq!(values(&[], &cent()), ["1.00"]);
        assert_eq!(values(&[Split::before(Number::ZERO)], &cent()), ["-1.01", "1.00"]);
    }

    #[test]
    fn a_cut_off_the_grid_is_owned_by_a_side() {
        let third = Number::ratio(1, 3).unwrap();
        assert_eq!(values(&[Split::before(third.clone()), Split::after(third)], &Number::ONE), ["0.00", "2.00"]);
    }
}
