//! Into which pieces the constants of gates cut the values of a fact, and in which of them a gate can hold.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::MOST_PIECES;
use crate::number::Number;
use crate::policy::ChoiceId;
use crate::policy::expr::{Comparison, Value};
use crate::program::constants::Constants;
use crate::program::gate::{Choices, Gate, Inclusion};

/// Into which pieces the values of a fact are cut.
#[derive(Clone, Debug)]
pub(super) enum Cuts {
    /// No, yes.
    Flag,
    /// The values of sets that most gates name: a piece for every choice of them.
    Members(Box<[ChoiceId]>),
    /// The values that gates name, from the first of them on; all others are the last piece.
    Choices(Places),
    Texts(FxHashMap<Box<str>, u32>),
    Numbers(Numbers),
}

/// Numbers of so many decimals, without their points. They cut all numbers into those below the first, the first, those between it and the next, and so on.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    cuts: Box<[i64]>,
    decimals: u8,
    /// So many neighbours share a piece.
    a_piece: usize,
}

impl Numbers {
    /// `None` where a word does not hold one of them with the decimals of all.
    fn new(numbers: &[(i64, u8)]) -> Option<Self> {
        let decimals = numbers.iter().map(|(_, decimals)| *decimals).max()?;
        let mut cuts: Vec<i64> = numbers.iter().map(|(mantissa, own)| with_decimals(*mantissa, *own, decimals)).collect::<Option<_>>()?;
        cuts.sort_unstable();
        cuts.dedup();
        let a_piece = (2 * cuts.len() + 1).div_ceil(MOST_PIECES);
        Some(Self { cuts: cuts.into(), decimals, a_piece })
    }

    fn pieces(&self) -> usize {
        (2 * self.cuts.len() + 1).div_ceil(self.a_piece)
    }

    /// The piece in which a number lies; `None` where it is too large to be told.
    fn piece(&self, number: &Number) -> Option<usize> {
        let (whole, is_exact) = number.shifted(self.decimals)?;
        let below = self.cuts.partition_point(|cut| *cut < whole || (*cut == whole && !is_exact));
        let is_cut = is_exact && self.cuts.get(below) == Some(&whole);
        Some((2 * below + usize::from(is_cut)) / self.a_piece)
    }

    /// Leaves the pieces where a number may compare so with one of the cuts.
    fn shut(&self, how: Comparison, mantissa: i64, decimals: u8, pieces: &mut [bool]) {
        let Some(cut) = with_decimals(mantissa, decimals, self.decimals) else { return };
        let at = 2 * self.cuts.partition_point(|known| *known < cut) + 1;
        retain(pieces, |piece| {
            let (low, high) = (piece * self.a_piece, (piece + 1) * self.a_piece - 1);
            match how {
                Comparison::Less => low < at,
                Comparison::AtMost => low <= at,
                Comparison::Greater => high > at,
                Comparison::AtLeast => high >= at,
                Comparison::Equal => low <= at && at <= high,
                Comparison::NotEqual => low != at || high != at,
            }
        });
    }
}

/// A number of some decimals, without its point, as one of more decimals.
fn with_decimals(mantissa: i64, own: u8, decimals: u8) -> Option<i64> {
    mantissa.checked_mul(10_i64.checked_pow(decimals.checked_sub(own)?.into())?)
}

/// A number for each of some values of `one of` facts.
#[derive(Clone, Debug)]
pub(super) struct Places {
    first: usize,
    /// By how far a value lies behind the first.
    numbers: Box<[Option<u32>]>,
    count: usize,
}

impl Places {
    fn new(mut ids: Vec<ChoiceId>) -> Option<Self> {
        ids.sort_unstable();
        ids.dedup();
        let (first, last) = (ids.first()?.index(), ids.last()?.index());
        let mut places = vec![None; last - first + 1];
        for (id, place) in ids.iter().zip(0..) {
            if let Some(slot) = places.get_mut(id.index() - first) {
                *slot = Some(place);
            }
        }
        Some(Self { first, numbers: places.into(), count: ids.len() })
    }

    fn get(&self, id: ChoiceId) -> Option<u32> {
        *self.numbers.get(id.index().checked_sub(self.first)?)?
    }
}

impl Cuts {
    /// `None` where nothing is cut.
    pub fn new(gates: impl Iterator<Item = Gate>, constants: &Constants) -> Option<Self> {
        let mut flag = false;
        let (mut choices, mut members, mut named, mut numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for gate in gates {
            match gate {
                Gate::Flag(..) => flag = true,
                Gate::Presence(..) => {}
                Gate::Includes(_, _, first, bits) => members.extend(Choices { first, bits }.ids()),
                Gate::Choice(_, first, bits, _) => choices.extend(Choices { first, bits }.ids()),
                Gate::Choices(_, id, _) => choices.extend(constants.choices(id)),
                Gate::Text(_, id, _) => named.extend(constants.text(id).map(Box::<str>::from)),
                Gate::Texts(_, id, _) => named.extend(constants.texts(id).map(Box::<str>::from)),
                Gate::Number(_, _, decimals, mantissa) => numbers.push((mantissa, decimals)),
            }
        }
        if flag {
            return Some(Self::Flag);
        }
        if let Some(places) = Places::new(choices) {
            return Some(Self::Choices(places));
        }
        if !members.is_empty() {
            return Some(Self::Members(most_named(&members)));
        }
        if !named.is_empty() {
            return Some(Self::Texts(numbered(named)));
        }
        Numbers::new(&numbers).map(Self::Numbers)
    }

    pub fn pieces(&self) -> usize {
        match self {
            Self::Flag => 2,
            Self::Members(members) => 1 << members.len(),
            Self::Choices(places) => places.count.min(MOST_PIECES) + 1,
            Self::Texts(places) => places.len().min(MOST_PIECES) + 1,
            Self::Numbers(numbers) => numbers.pieces(),
        }
    }

    /// The piece in which a value lies.
    pub fn piece(&self, value: &Value) -> Option<usize> {
        match (self, value) {
            (Self::Flag, Value::YesNo(yes)) => Some(usize::from(*yes)),
            (Self::Members(members), Value::Set(set)) => {
                Some(members.iter().rev().fold(0, |piece, member| 2 * piece + usize::from(set.binary_search(member).is_ok())))
            }
            (Self::Choices(places), Value::Choice(id)) => Some(shared(places.get(*id), self.pieces())),
            (Self::Texts(places), Value::Text(text)) => Some(shared(places.get(text.as_str()).copied(), self.pieces())),
            (Self::Numbers(numbers), Value::Quantity(number)) => numbers.piece(number),
            _ => None,
        }
    }

    /// Leaves the pieces where a gate on this fact holds for some value. The last of them is an absent fact.
    pub fn shut(&self, gate: Gate, constants: &Constants, can_hold: &mut [bool]) {
        let Some((absent, pieces)) = can_hold.split_last_mut() else { return };
        let count = pieces.len();
        match (self, gate) {
            (_, Gate::Presence(_, present)) => {
                *absent &= !present;
                retain(pieces, |_| present);
            }
            (Self::Flag, Gate::Flag(_, wanted)) => retain(pieces, |piece| piece == usize::from(wanted)),
            (Self::Members(members), Gate::Includes(_, how, first, bits)) => shut_sets(members, how, Choices { first, bits }, pieces),
            (Self::Choices(places), Gate::Choice(_, first, bits, wanted)) => {
                leave(pieces, Choices { first, bits }.ids().map(|id| shared(places.get(id), count)), wanted, places.count);
            }
            (Self::Choices(places), Gate::Choices(_, id, wanted)) => {
                leave(pieces, constants.choices(id).iter().map(|id| shared(places.get(*id), count)), wanted, places.count);
            }
            (Self::Texts(places), Gate::Text(_, id, wanted)) => {
                let place = constants.text(id).and_then(|text| places.get(text)).copied();
                leave(pieces, std::iter::once(shared(place, count)), wanted, places.len());
            }
            (Self::Texts(places), Gate::Texts(_, id, wanted)) => {
                leave(pieces, constants.texts(id).map(|text| shared(places.get(text).copied(), count)), wanted, places.len());
            }
            (Self::Numbers(numbers), Gate::Number(_, how, decimals, mantissa)) => numbers.shut(how, mantissa, decimals, pieces),
            _ => {}
        }
    }
}

/// Leaves the pieces where a set may go together so with some values. Whether it has those that are not among the members of the column is not known.
fn shut_sets(members: &[ChoiceId], how: Inclusion, choices: Choices, pieces: &mut [bool]) {
    let known = members.iter().rev().fold(0_usize, |known, member| 2 * known + usize::from(choices.contains(*member)));
    let others = choices.count() > known.count_ones() as usize;
    retain(pieces, |piece| match how {
        Inclusion::All => piece & known == known,
        Inclusion::Any => others || piece & known != 0,
        Inclusion::NotAll => others || piece & known != known,
        Inclusion::None => piece & known == 0,
    });
}

/// Those that are there most often, as many as there are pieces for.
fn most_named(ids: &[ChoiceId]) -> Box<[ChoiceId]> {
    let mut counts: FxHashMap<ChoiceId, usize> = FxHashMap::default();
    for id in ids {
        *counts.entry(*id).or_default() += 1;
    }
    let mut counts: Vec<(ChoiceId, usize)> = counts.into_iter().collect();
    counts.sort_unstable_by_key(|(id, count)| (Reverse(*count), *id));
    counts.into_iter().map(|(id, _)| id).take(MOST_PIECES.ilog2() as usize).collect()
}

fn retain(pieces: &mut [bool], keep: impl Fn(usize) -> bool) {
    pieces.iter_mut().enumerate().for_each(|(piece, can_hold)| *can_hold &= keep(piece));
}

/// Leaves the pieces of some values, or those of all others. A piece that several values share has others.
fn leave(pieces: &mut [bool], named: impl Iterator<Item = usize>, wanted: bool, values: usize) {
    if !wanted && values > MOST_PIECES {
        return;
    }
    let mut is_named = [false; MOST_PIECES + 1];
    for piece in named {
        if let Some(is_named) = is_named.get_mut(piece) {
            *is_named = true;
        }
    }
    pieces.iter_mut().zip(is_named).for_each(|(can_hold, is_named)| *can_hold &= is_named == wanted);
}

/// A number for each, in their order.
fn numbered<T: Ord + std::hash::Hash>(mut all: Vec<T>) -> FxHashMap<T, u32> {
    all.sort_unstable();
    all.dedup();
    all.into_iter().zip(0..).collect()
}

/// The piece of a value that was given a number: where there are more than pieces they share them; those without one are the last.
fn shared(place: Option<u32>, pieces: usize) -> usize {
    let named = pieces - 1;
    place.map_or(named, |place| place as usize % named.max(1))
}
