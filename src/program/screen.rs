//! Screens: which of many conditions can hold, found without a look at each.
//!
//! A [`Screen`] keeps the [`Gate`]s of its entries. A long one also keeps, for the facts that tell its entries apart best, the pieces into which the constants of the
//! gates cut the values of the fact, and for each piece a bit for each entry: whether it can hold there. The entries that can hold for a question are those whose bit is
//! set for every one of these facts. What is passed over surely does not hold; what is left is looked at as if there were no screen.

mod cuts;

use std::cmp::Reverse;
use std::sync::Arc;

use cuts::Cuts;
use rustc_hash::FxHashMap;

use super::constants::Constants;
use super::gate::Gate;
use crate::policy::expr::Value;
use crate::policy::{FactId, RuleId};

/// From this many entries on there is an index.
const FEW: usize = 16;
/// At most so many facts are indexed…
const MOST_COLUMNS: usize = 6;
/// …of those that most gates read…
const MOST_TRIED: usize = 2 * MOST_COLUMNS;
/// …each in at most so many pieces: an entry takes a bit a piece.
const MOST_PIECES: usize = 256;
/// A fact of use leaves at most this share of the entries, in percent.
const MOST_LEFT: usize = 80;

/// Conditions that are looked through together. A clone shares them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Screen {
    entries: Arc<[Entry]>,
    index: Option<Arc<Index>>,
}

/// One of the conditions of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Whose condition it is: the place of a rule, or of a row of a table.
    pub item: u32,
    first: u32,
    count: u16,
    /// Whether its gates are all of its condition.
    pub whole: bool,
}

impl Entry {
    /// An entry whose gates follow those that are there already. Too many to be counted are left out.
    pub fn new(item: usize, all: &mut Vec<Gate>, gates: &[Gate], whole: bool) -> Self {
        let count = u16::try_from(gates.len());
        let first = u32::try_from(all.len());
        let (first, count, whole) = match (first, count) {
            (Ok(first), Ok(count)) => (first, count, whole),
            _ => (0, 0, false),
        };
        all.extend(gates.iter().take(usize::from(count)));
        Self { item: u32::try_from(item).unwrap_or(u32::MAX), first, count, whole }
    }

    /// Its item, where that is a rule.
    pub fn rule(&self) -> RuleId {
        RuleId::new(self.item as usize)
    }

    /// Whether it has any. One that has more than can be counted has none.
    pub fn has_gates(self) -> bool {
        self.count > 0
    }

    /// Its gates, among those of its kind.
    pub fn gates(self, all: &[Gate]) -> &[Gate] {
        let first = self.first as usize;
        all.get(first..first + usize::from(self.count)).unwrap_or_default()
    }
}

/// What is known of a fact, as far as a screen cares.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Seen<'a> {
    Known(&'a Value),
    Absent,
    Unknown,
}

impl Screen {
    pub fn new(entries: Vec<Entry>, gates: &[Gate], constants: &Constants) -> Self {
        let index = if entries.len() < FEW { None } else { Index::new(&entries, gates, constants).map(Arc::new) };
        Self { entries: entries.into(), index }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All of them, in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All of them, in order, where its items are rules.
    pub fn rules(&self) -> impl Iterator<Item = RuleId> {
        self.entries.iter().map(Entry::rule)
    }

    /// The entry of a rule; rules are in order.
    pub fn find(&self, rule: RuleId) -> Option<&Entry> {
        self.entries.get(self.entries.binary_search_by_key(&rule.index(), |entry| entry.item as usize).ok()?)
    }

    /// Those that can hold, in order.
    pub fn possible<'a>(&'a self, seen: impl Fn(FactId) -> Seen<'a>) -> Possible<'a> {
        match &self.index {
            None => Possible::All(self.entries.iter()),
            Some(index) => {
                let mut rows = [None; MOST_COLUMNS];
                for (row, column) in rows.iter_mut().zip(&index.columns) {
                    *row = column.row(seen(column.fact), index.shape);
                }
                Possible::Indexed(Indexed { entries: &self.entries, rows, shape: index.shape, summary: Bits::new(), words: Bits::new() })
            }
        }
    }
}

/// The entries of a screen that can hold.
pub(crate) enum Possible<'a> {
    All(std::slice::Iter<'a, Entry>),
    Indexed(Indexed<'a>),
}

pub(crate) struct Indexed<'a> {
    entries: &'a [Entry],
    /// One of each column; `None` leaves all.
    rows: [Option<&'a [u64]>; MOST_COLUMNS],
    shape: Shape,
    /// Words that have an entry in every row, as far as the summaries can tell.
    summary: Bits,
    /// Entries in one of these.
    words: Bits,
}

/// The bits that are set in one word.
#[derive(Clone, Copy, Debug)]
struct Bits {
    left: u64,
    /// The place of its first bit.
    base: usize,
    /// The word that comes next.
    next: usize,
}

impl Bits {
    fn new() -> Self {
        Self { left: 0, base: 0, next: 0 }
    }

    fn start(&mut self, word: u64, place: usize) {
        (self.left, self.base) = (word, place * 64);
    }

    fn take(&mut self) -> Option<usize> {
        if self.left == 0 {
            return None;
        }
        let bit = self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(self.base + bit)
    }
}

impl Indexed<'_> {
    /// The word at a place in all rows together.
    fn word(&self, place: usize) -> u64 {
        let mut word = u64::MAX;
        for row in self.rows.iter().flatten() {
            word &= row.get(place).copied().unwrap_or(0);
            if word == 0 {
                break;
            }
        }
        word
    }
}

impl<'a> Iterator for Possible<'a> {
    type Item = &'a Entry;

    fn next(&mut self) -> Option<&'a Entry> {
        match self {
            Self::All(entries) => entries.next(),
            Self::Indexed(indexed) => indexed.next(),
        }
    }
}

impl<'a> Iterator for Indexed<'a> {
    type Item = &'a Entry;

    fn next(&mut self) -> Option<&'a Entry> {
        loop {
            if let Some(entry) = self.words.take() {
                // Behind the last entry there are bits where no row says anything.
                return self.entries.get(entry);
            }
            match self.summary.take() {
                Some(word) if word < self.shape.words => self.words.start(self.word(self.shape.summary + word), word),
                _ if self.summary.next >= self.shape.summary => return None,
                _ => {
                    let next = self.summary.next;
                    self.summary.start(self.word(next), next);
                    self.summary.next += 1;
                }
            }
        }
    }
}

/// For the facts that tell entries apart: which entries can hold in which piece of its values.
#[derive(Clone, Debug)]
struct Index {
    shape: Shape,
    /// What leaves the least first.
    columns: Vec<Column>,
}

/// How a row is laid out.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// How many words have a bit for each word that follows.
    summary: usize,
    /// How many words have a bit for each entry.
    words: usize,
}

impl Shape {
    fn of(entries: usize) -> Self {
        let words = entries.div_ceil(64);
        Self { summary: words.div_ceil(64), words }
    }

    fn row(self) -> usize {
        self.summary + self.words
    }

    fn set(self, row: &mut [u64], entry: usize) {
        let word = entry / 64;
        if let Some(bits) = row.get_mut(word / 64) {
            *bits |= 1 << (word % 64);
        }
        if let Some(bits) = row.get_mut(self.summary + word) {
            *bits |= 1 << (entry % 64);
        }
    }
}

#[derive(Clone, Debug)]
struct Column {
    fact: FactId,
    cuts: Cuts,
    /// The row of each piece, one piece after the other; then that of an absent fact. A row has a bit for each entry, and before these a bit for each word of them that
    /// has any.
    rows: Box<[u64]>,
}

impl Index {
    fn new(entries: &[Entry], gates: &[Gate], constants: &Constants) -> Option<Self> {
        let shape = Shape::of(entries.len());
        let mut gates_of: FxHashMap<FactId, usize> = FxHashMap::default();
        for gate in entries.iter().flat_map(|entry| entry.gates(gates)) {
            *gates_of.entry(gate.fact()).or_default() += 1;
        }
        let mut facts: Vec<(FactId, usize)> = gates_of.into_iter().collect();
        facts.sort_unstable_by_key(|(fact, count)| (Reverse(*count), *fact));
        let mut columns: Vec<(usize, Column)> = facts
            .into_iter()
            .map(|(fact, _)| fact)
            .take(MOST_TRIED)
            .filter_map(|fact| {
                let column = Column::new(fact, entries, gates, shape, constants)?;
                let left = column.share_left(entries.len(), shape);
                (left <= MOST_LEFT).then_some((left, column))
            })
            .collect();
        columns.sort_by_key(|(left, column)| (*left, column.fact));
        columns.truncate(MOST_COLUMNS);
        let columns: Vec<Column> = columns.into_iter().map(|(_, column)| column).collect();
        (!columns.is_empty()).then_some(Self { shape, columns })
    }
}

impl Column {
    fn new(fact: FactId, entries: &[Entry], gates: &[Gate], shape: Shape, constants: &Constants) -> Option<Self> {
        let about = |entry: &Entry| entry.gates(gates).iter().copied().filter(move |gate| gate.fact() == fact);
        let cuts = Cuts::new(entries.iter().flat_map(|entry| entry.gates(gates)).copied().filter(|gate| gate.fact() == fact), constants)?;
        let mut rows = vec![0_u64; (cuts.pieces() + 1) * shape.row()];
        let mut can_hold = vec![true; cuts.pieces() + 1];
        for (place, entry) in entries.iter().enumerate() {
            can_hold.fill(true);
            about(entry).for_each(|gate| cuts.shut(gate, constants, &mut can_hold));
            for (row, _) in rows.chunks_exact_mut(shape.row()).zip(&can_hold).filter(|(_, can_hold)| **can_hold) {
                shape.set(row, place);
            }
        }
        Some(Self { fact, cuts, rows: rows.into() })
    }

    /// How many entries a piece leaves on average, in percent.
    fn share_left(&self, entries: usize, shape: Shape) -> usize {
        let pieces = self.cuts.pieces();
        let rows = self.rows.chunks_exact(shape.row()).take(pieces);
        let set: usize = rows.flat_map(|row| row.iter().skip(shape.summary)).map(|word| word.count_ones() as usize).sum();
        set * 100 / (entries * pieces).max(1)
    }

    /// The entries that can hold; `None` is all of them.
    fn row(&self, seen: Seen<'_>, shape: Shape) -> Option<&[u64]> {
        let piece = match seen {
            Seen::Unknown => return None,
            Seen::Absent => self.cuts.pieces(),
            Seen::Known(value) => self.cuts.piece(value)?,
        };
        self.rows.get(piece * shape.row()..(piece + 1) * shape.row())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::Number;
    use crate::policy::ChoiceId;
    use crate::policy::expr::Comparison;
    use crate::program::gate::{Choices, Inclusion, compares};

    fn fact() -> FactId {
        FactId::new(0)
    }

    fn screen(gates: &[Gate], constants: &Constants) -> Screen {
        let mut all = Vec::new();
        let entries = gates.iter().enumerate().map(|(at, gate)| Entry::new(at, &mut all, &[*gate], true)).collect();
        Screen::new(entries, &all, constants)
    }

    fn possible(screen: &Screen, seen: Seen<'_>) -> Vec<usize> {
        screen.possible(|_| seen).map(|entry| entry.item as usize).collect()
    }

    /// Nothing is passed over that holds, and something is passed over at all.
    fn check(gates: &[Gate], values: &[Value], constants: &Constants, holds: impl Fn(Gate, &Value) -> bool) {
        let screen = screen(gates, constants);
        let (mut passed_over, mut fail) = (0, 0);
        for value in values {
            let left = possible(&screen, Seen::Known(value));
            passed_over += gates.len() - left.len();
            for (at, gate) in gates.iter().enumerate() {
                if holds(*gate, value) {
                    assert!(left.binary_search(&at).is_ok(), "{gate:?} at {value:?}");
                } else {
                    fail += 1;
                }
            }
        }
        assert_eq!(screen.index.is_some(), gates.len() >= FEW);
        assert!(screen.index.is_none() || (passed_over > 0 && passed_over <= fail));
        assert_eq!(possible(&screen, Seen::Unknown).len(), gates.len());
        assert_eq!(possible(&screen, Seen::Absent).len(), gates.len());
    }

    const COMPARISONS: [Comparison; 6] =
        [Comparison::Less, Comparison::AtMost, Comparison::Greater, Comparison::AtLeast, Comparison::Equal, Comparison::NotEqual];

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn numbers_are_found_also_where_they_share_a_piece(count in 14..70_usize, more in 0..400_usize, step in 1..5_i64, start in -600..10_i64, decimals in 0..4_u8) {
            // A number, one with cents, a whole number: each with its own decimals.
            let cut = |at: usize| Number::decimal(start + step * i64::try_from(at).unwrap(), usize::from(decimals) * (at % 3) / 2).unwrap();
            let gate = |at: usize| {
                let (mantissa, decimals) = cut(at).to_decimal().unwrap();
                Gate::Number(fact(), COMPARISONS[at % 6], decimals, mantissa)
            };
            let gates: Vec<Gate> = (0..count + more).map(gate).collect();
            let thirds = (3 * start - 4..3 * start + 6000).step_by(13).filter_map(|third| Number::ratio(third, 3));
            let near = (0..count + more).step_by(5).flat_map(|at| ["-0.001", "0", "0.01"].map(|by| cut(at).add(&Number::parse(by).unwrap()).unwrap()));
            let values: Vec<Value> = thirds.chain(near).chain([Number::largest(), Number::largest().negate()]).map(Value::Quantity).collect();
            let order = |gate: Gate, number: &Number| match gate {
                Gate::Number(_, how, decimals, mantissa) => {
                    // As the numbers themselves compare.
                    let order = number.cmp(&Number::decimal(mantissa, decimals.into()).unwrap());
                    let holds = match how {
                        Comparison::Less => order.is_lt(),
                        Comparison::AtMost => order.is_le(),
                        Comparison::Greater => order.is_gt(),
                        Comparison::AtLeast => order.is_ge(),
                        Comparison::Equal => order.is_eq(),
                        Comparison::NotEqual => order.is_ne(),
                    };
                    assert_eq!(holds, compares(number, how, decimals, mantissa));
                    holds
                }
                _ => false,
            };
            check(&gates, &values, &Constants::default(), |gate, value| if let Value::Quantity(number) = value { order(gate, number) } else { false });
        }

        #[test]
        fn choices_are_found_also_where_they_share_a_piece(count in 14..500_usize, first in 0..100_usize, bits in any::<u64>()) {
            let mut constants = Constants::default();
            let gate = |at: usize| {
                let wanted = !at.is_multiple_of(7);
                let place = u16::try_from(first + at).unwrap();
                match at % 4 {
                    0 => Gate::Choices(fact(), constants.add_choices([0, 90, 200].map(|by| ChoiceId::new(first + at + by)).to_vec()), wanted),
                    1 => Gate::Choice(fact(), place, bits | 1, wanted),
                    _ => Gate::Choice(fact(), place, 1, wanted),
                }
            };
            let gates: Vec<Gate> = (0..count).map(gate).collect();
            let values: Vec<Value> = (0..900).step_by(7).map(|id| Value::Choice(ChoiceId::new(id))).collect();
            check(&gates, &values, &constants, |gate, value| match (gate, value) {
                (Gate::Choice(_, first, bits, wanted), Value::Choice(id)) => Choices { first, bits }.contains(*id) == wanted,
                (Gate::Choices(_, list, wanted), Value::Choice(id)) => constants.choices(list).contains(id) == wanted,
                _ => false,
            });
        }

        #[test]
        fn texts_are_found_also_where_they_share_a_piece(count in 14..600_usize) {
            let mut constants = Constants::default();
            let gate = |at: usize| {
                let wanted = !at.is_multiple_of(7);
                let text = at.to_string();
                if at.is_multiple_of(3) {
                    let others = [at + 1, 2 * at].map(|at| at.to_string());
                    Gate::Texts(fact(), constants.add_texts(others.iter().map(String::as_str).chain([text.as_str()]).collect()), wanted)
                } else {
                    Gate::Text(fact(), constants.add_text(&text), wanted)
                }
            };
            let gates: Vec<Gate> = (0..count).map(gate).collect();
            let values: Vec<Value> = (0..1300).step_by(3).map(|at| Value::Text(at.to_string())).collect();
            check(&gates, &values, &constants, |gate, value| match (gate, value) {
                (Gate::Text(_, id, wanted), Value::Text(text)) => (constants.text(id) == Some(text)) == wanted,
                (Gate::Texts(_, id, wanted), Value::Text(text)) => constants.texts(id).any(|other| other == text) == wanted,
                _ => false,
            });
        }

        #[test]
        fn members_of_sets_are_found(count in 14..200_usize, values in 1..20_usize, seed in any::<u64>()) {
            let gate = |at: usize| {
                let first = u16::try_from(5 + at % values).unwrap();
                let how = [Inclusion::All, Inclusion::Any, Inclusion::NotAll, Inclusion::None][at / 3 % 4];
                Gate::Includes(fact(), how, first, if at.is_multiple_of(5) { 0b1011 } else { 1 })
            };
            let gates: Vec<Gate> = (0..count).map(gate).collect();
            let set = |bits: u64| (0..64).filter(|at| bits >> at & 1 == 1).map(ChoiceId::new).collect();
            let values: Vec<Value> = (0..64).map(|by| Value::Set(set(seed.rotate_left(by) & seed.rotate_right(3 * by)))).collect();
            check(&gates, &values, &Constants::default(), |gate, value| match (gate, value) {
                (Gate::Includes(_, how, first, bits), Value::Set(set)) => {
                    let mut named = Choices { first, bits }.ids();
                    let holds = match how {
                        Inclusion::All => named.all(|id| set.contains(&id)),
                        Inclusion::NotAll => !named.all(|id| set.contains(&id)),
                        Inclusion::Any => named.any(|id| set.contains(&id)),
                        Inclusion::None => !named.any(|id| set.contains(&id)),
                    };
                    assert_eq!(holds, how.holds(Choices { first, bits }, set));
                    holds
                }
                _ => false,
            });
        }
    }

    #[test]
    fn every_entry_is_found_at_the_ends_of_words() {
        for count in [1, FEW - 1, FEW, 63, 64, 65, 64 * 64 - 1, 64 * 64, 64 * 64 + 1] {
            let gates: Vec<Gate> = (0..count).map(|at| Gate::Number(fact(), Comparison::AtLeast, 0, i64::try_from(at).unwrap())).collect();
            let screen = screen(&gates, &Constants::default());
            let last = Value::Quantity(Number::from(i64::try_from(count).unwrap()));
            for seen in [Seen::Known(&last), Seen::Unknown] {
                assert_eq!(possible(&screen, seen), (0..count).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn what_is_too_large_for_a_word_with_its_decimals_is_not_told_apart() {
        let mut gates: Vec<Gate> = (0..40).map(|at| Gate::Number(fact(), Comparison::Equal, 0, at)).collect();
        gates.push(Gate::Number(fact(), Comparison::Less, 4, 12_345));
        let before = screen(&gates, &Constants::default());
        let seen = |text: &str| possible(&before, Seen::Known(&Value::Quantity(Number::parse(text).unwrap()))).len();
        assert_eq!((seen("1"), seen("1.23"), seen("2"), seen("2.5"), seen("999999999999999")), (2, 1, 1, 0, 41));
        gates.push(Gate::Number(fact(), Comparison::Less, 0, i64::MAX / 100));
        assert!(screen(&gates, &Constants::default()).index.is_none());
    }
}
