//! What gates come to: the parts of conditions that compare one fact with constants.

use super::case::{Case, Fact};
use super::open::Open;
use super::truth::Truth;
use crate::number::Number;
use crate::policy::FactRef;
use crate::policy::expr::Value;
use crate::program::gate::{self, Choices, Gate};
use crate::program::node::Condition;
use crate::program::screen::{Entry, Possible, Screen, Seen};

/// Which gates of an entry are open: a bit for each of the first.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OpenGates {
    bits: u64,
    /// Whether further ones are, too.
    more: bool,
}

impl OpenGates {
    fn add(&mut self, place: usize) {
        if place < 64 {
            self.bits |= 1 << place;
        } else {
            self.more = true;
        }
    }

    /// Their places in the entry; `None` where they are not all known.
    fn places(self) -> Option<impl Iterator<Item = usize>> {
        let mut left = self.bits;
        let next = move || {
            let place = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (place < 64).then_some(place as usize)
        };
        (!self.more).then(|| std::iter::from_fn(next))
    }
}

impl<'a> Case<'a> {
    /// Of the entries of a screen those that do not surely fail.
    pub fn possible(self, screen: &'a Screen) -> Possible<'a> {
        screen.possible(|id| match self.fact(id) {
            Fact::Known(value) => Seen::Known(value),
            Fact::Absent => Seen::Absent,
            Fact::Unknown => Seen::Unknown,
        })
    }

    /// What the condition of an entry comes to. Where its gates settle that, the condition is not looked at.
    pub fn entry(self, entry: &Entry, gates: &[Gate], condition: &'a Condition, amount: Option<&Number>) -> Truth {
        self.beside_gates(entry, self.gates(entry, gates).0, condition, amount)
    }

    /// What the gates of an entry come to, and which of them are open.
    pub fn gates(self, entry: &Entry, gates: &[Gate]) -> (Truth, OpenGates) {
        let (mut all, mut open) = (Truth::YES, OpenGates::default());
        for (place, gate) in entry.gates(gates).iter().enumerate() {
            match self.gate(*gate) {
                Truth::YES => {}
                Truth::NO => return (Truth::NO, OpenGates::default()),
                other => {
                    all = all.and(other);
                    if other.is_open() {
                        open.add(place);
                    }
                }
            }
        }
        (all, open)
    }

    /// What the condition of an entry comes to whose gates come to this. Parts that are gates are not looked at again.
    pub fn beside_gates(self, entry: &Entry, gates: Truth, condition: &'a Condition, amount: Option<&Number>) -> Truth {
        if entry.whole || gates.is_surely_no() {
            return gates;
        }
        match condition {
            Condition::And(parts, _) if entry.has_gates() => {
                self.all(gates, parts.iter().filter(|part| !matches!(part, Condition::Gate(..))), amount)
            }
            _ => self.condition(condition, amount),
        }
    }

    /// As [`Self::open_in`], of the condition of an entry.
    pub fn open_in_entry(self, entry: &Entry, gates: &[Gate], condition: &'a Condition, amount: Option<&Number>, open: &mut Open) {
        match self.gates(entry, gates) {
            (truth, _) if entry.whole && !truth.is_open() => {}
            (_, undecided) => self.open_in_gates(entry, gates, undecided, condition, amount, open),
        }
    }

    /// The same of an entry that is open, and whose gates have been looked at.
    pub fn open_in_gates(
        self,
        entry: &Entry,
        gates: &[Gate],
        undecided: OpenGates,
        condition: &'a Condition,
        amount: Option<&Number>,
        open: &mut Open,
    ) {
        match undecided.places() {
            Some(places) if entry.whole => {
                let gates = entry.gates(gates);
                places.filter_map(|place| gates.get(place)).for_each(|gate| open.add(FactRef::Fact(gate.fact())));
            }
            _ => self.open_in(condition, amount, open),
        }
    }

    #[inline]
    pub(super) fn gate(self, gate: Gate) -> Truth {
        let value = match self.fact(gate.fact()) {
            Fact::Known(value) => value,
            Fact::Unknown => return Truth::UNKNOWN,
            Fact::Absent => {
                return match gate {
                    Gate::Presence(_, present) => Truth::known(!present),
                    _ => Truth::UNDEFINED,
                };
            }
        };
        match (gate, value) {
            (Gate::Presence(_, present), _) => Truth::known(present),
            (Gate::Flag(_, wanted), Value::YesNo(value)) => Truth::known(*value == wanted),
            (Gate::Choice(_, first, bits, wanted), Value::Choice(id)) => Truth::known(Choices { first, bits }.contains(*id) == wanted),
            (Gate::Choices(_, id, wanted), Value::Choice(choice)) => {
                Truth::known(self.program.constants.choices(id).binary_search(choice).is_ok() == wanted)
            }
            (Gate::Includes(_, how, first, bits), Value::Set(set)) => Truth::known(how.holds(Choices { first, bits }, set)),
            (Gate::Text(_, id, wanted), Value::Text(text)) => Truth::known((self.program.constants.text(id) == Some(text)) == wanted),
            (Gate::Texts(_, id, wanted), Value::Text(text)) => Truth::known(self.program.constants.texts_contain(id, text) == wanted),
            (Gate::Number(_, how, decimals, mantissa), Value::Quantity(number)) => Truth::known(gate::compares(number, how, decimals, mantissa)),
            _ => Truth::UNDEFINED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_gates_are_known_up_to_the_64th() {
        let open = |places: &[usize]| {
            let mut open = OpenGates::default();
            for place in places {
                open.add(*place);
            }
            open.places().map(Iterator::collect::<Vec<_>>)
        };
        assert_eq!(open(&[]), Some(vec![]));
        assert_eq!(open(&[0, 5, 63]), Some(vec![0, 5, 63]));
        assert_eq!(open(&[5, 64]), None);
    }
}
