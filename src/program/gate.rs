//! Gates: the parts of a condition that compare one fact with constants.
//!
//! Most rules are an `and` of such parts. They are kept beside the condition, side by side with those of the other rules of an action, so that a rule which does not
//! apply is passed over without a look at its condition.

use super::constants::{ChoicesId, Constants, TextId, TextsId};
use super::node::{Atom, Condition, Quantity, TestKind};
use super::{Definition, Program};
use crate::number::Number;
use crate::policy::expr::{Comparison, Value};
use crate::policy::{ChoiceId, FactId};
use crate::syntax::ast::Quantifier;

/// One fact compared with constants. A gate holds just where its part of the condition does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// A yes/no fact is this.
    Flag(FactId, bool),
    /// A fact is present, or is not.
    Presence(FactId, bool),
    /// The value of a `one of` is among 64 neighbours, the first and a bit for each, or is not. Not a struct of its own, so that a gate is two words.
    Choice(FactId, u16, u64, bool),
    /// Likewise of values that lie further apart.
    Choices(FactId, ChoicesId, bool),
    /// Which of 64 neighbours, as above, a set has.
    Includes(FactId, Inclusion, u16, u64),
    /// A text is this, or is not.
    Text(FactId, TextId, bool),
    /// A text is one of these, or is not.
    Texts(FactId, TextsId, bool),
    /// A quantity compared with a decimal number: how many of its decimals there are, and the number without its point.
    Number(FactId, Comparison, u8, i64),
}

/// How a set and some values go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inclusion {
    All,
    Any,
    NotAll,
    None,
}

impl Inclusion {
    fn new(quantifier: Quantifier, holds: bool) -> Self {
        match (quantifier, holds) {
            (Quantifier::All, true) => Self::All,
            (Quantifier::All, false) => Self::NotAll,
            (Quantifier::One | Quantifier::Any, true) => Self::Any,
            (Quantifier::One | Quantifier::Any, false) => Self::None,
        }
    }

    /// Whether it is so with a set, whose values are there once each.
    pub fn holds(self, choices: Choices, set: &[ChoiceId]) -> bool {
        let mut shared = set.iter().filter(|id| choices.contains(**id));
        match self {
            Self::Any => shared.next().is_some(),
            Self::None => shared.next().is_none(),
            Self::All => shared.count() == choices.count(),
            Self::NotAll => shared.count() < choices.count(),
        }
    }
}

/// Up to 64 neighbours among the values of `one of` facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Choices {
    pub first: u16,
    /// A bit for each, from the first on.
    pub bits: u64,
}

impl Choices {
    /// `None` where they lie too far apart.
    fn new(ids: &[ChoiceId]) -> Option<Self> {
        let first = ids.iter().map(|id| id.index()).min()?;
        let mut bits = 0_u64;
        for id in ids {
            let place = id.index() - first;
            bits |= 1_u64.checked_shl(u32::try_from(place).ok()?)?;
        }
        Some(Self { first: u16::try_from(first).ok()?, bits })
    }

    pub fn contains(self, id: ChoiceId) -> bool {
        let Some(place) = id.index().checked_sub(usize::from(self.first)) else { return false };
        place < 64 && self.bits >> place & 1 == 1
    }

    pub fn count(self) -> usize {
        self.bits.count_ones() as usize
    }

    pub fn ids(self) -> impl Iterator<Item = ChoiceId> {
        (0..64).map(move |place| ChoiceId::new(usize::from(self.first) + place)).filter(move |id| self.contains(*id))
    }
}

impl Gate {
    pub fn fact(self) -> FactId {
        match self {
            Self::Flag(fact, _)
            | Self::Presence(fact, _)
            | Self::Choice(fact, ..)
            | Self::Choices(fact, ..)
            | Self::Includes(fact, ..)
            | Self::Text(fact, ..)
            | Self::Texts(fact, ..)
            | Self::Number(fact, ..) => fact,
        }
    }
}

impl Program {
    /// Adds the gates of a condition; whether they are all of it.
    pub(super) fn gates(&self, condition: &Condition, into: &mut Vec<Gate>) -> bool {
        match condition {
            Condition::Constant(value) => *value,
            Condition::And(parts, _) => {
                let mut whole = true;
                for part in parts {
                    whole &= self.gates(part, into);
                }
                whole
            }
            Condition::Definition(id) => match self.definitions.get(id.index()) {
                Some(Definition::Condition(body)) => self.gates(body, into),
                _ => false,
            },
            Condition::Gate(gate, _) => {
                into.push(*gate);
                true
            }
            Condition::Test(test) => bounds(&test.kind, into).is_some(),
            Condition::Or(..) | Condition::Not(..) => false,
        }
    }
}

/// The gates of a test that is two of them.
fn bounds(test: &TestKind, into: &mut Vec<Gate>) -> Option<()> {
    let TestKind::Between(Quantity::Fact(fact), Quantity::Constant(low), Quantity::Constant(high)) = test else { return None };
    let (low, high) = (number(*fact, Comparison::AtLeast, low)?, number(*fact, Comparison::AtMost, high)?);
    into.extend([low, high]);
    Some(())
}

/// The gate that a test is, or its opposite; `None` where it is none.
pub(super) fn gate(test: &TestKind, holds: bool, constants: &mut Constants) -> Option<Gate> {
    let either = |how: Comparison| if holds { how } else { how.opposite() };
    Some(match test {
        TestKind::Flag(fact) => Gate::Flag(*fact, holds),
        TestKind::Present(fact) => Gate::Presence(*fact, holds),
        TestKind::OneOf(Atom::Fact(fact), among) => {
            among_texts(*fact, among, holds, constants).or_else(|| among_choices(*fact, among, holds, constants))?
        }
        TestKind::Includes(Atom::Fact(fact), quantifier, choices) => {
            let Choices { first, bits } = Choices::new(choices)?;
            Gate::Includes(*fact, Inclusion::new(*quantifier, holds), first, bits)
        }
        TestKind::Compare(Quantity::Fact(fact), how, Quantity::Constant(constant)) => number(*fact, either(*how), constant)?,
        TestKind::Compare(Quantity::Constant(constant), how, Quantity::Fact(fact)) => number(*fact, either(how.mirrored()), constant)?,
        _ => return None,
    })
}

fn number(fact: FactId, how: Comparison, constant: &Number) -> Option<Gate> {
    let (mantissa, decimals) = constant.to_decimal()?;
    Some(Gate::Number(fact, how, decimals, mantissa))
}

fn among_texts(fact: FactId, among: &[Atom], holds: bool, constants: &mut Constants) -> Option<Gate> {
    let texts = among.iter().map(|atom| if let Atom::Constant(Value::Text(text)) = atom { Some(text.as_str()) } else { None });
    let texts: Vec<&str> = texts.collect::<Option<_>>()?;
    Some(match texts.as_slice() {
        [text] => Gate::Text(fact, constants.add_text(text), holds),
        _ => Gate::Texts(fact, constants.add_texts(texts), holds),
    })
}

fn among_choices(fact: FactId, among: &[Atom], holds: bool, constants: &mut Constants) -> Option<Gate> {
    let choice = |atom: &Atom| if let Atom::Constant(Value::Choice(id)) = atom { Some(*id) } else { None };
    let ids: Vec<ChoiceId> = among.iter().map(choice).collect::<Option<_>>()?;
    Some(match Choices::new(&ids) {
        Some(Choices { first, bits }) => Gate::Choice(fact, first, bits, holds),
        None => Gate::Choices(fact, constants.add_choices(ids), holds),
    })
}

/// Whether a number compares so with `mantissa` / 10^`decimals`.
#[inline]
pub(crate) fn compares(number: &Number, how: Comparison, decimals: u8, mantissa: i64) -> bool {
    let order = number.cmp_decimal(mantissa, decimals);
    match how {
        Comparison::Less => order.is_lt(),
        Comparison::AtLeast => order.is_ge(),
        Comparison::Greater => order.is_gt(),
        Comparison::AtMost => order.is_le(),
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_is_two_words() {
        assert_eq!(size_of::<Gate>(), 16);
    }

    #[test]
    fn choices_lie_within_64_places() {
        let ids = |places: &[usize]| places.iter().map(|at| ChoiceId::new(*at)).collect::<Vec<_>>();
        let choices = Choices::new(&ids(&[70, 7, 33])).unwrap();
        assert_eq!(choices.ids().collect::<Vec<_>>(), ids(&[7, 33, 70]));
        assert!(!choices.contains(ChoiceId::new(6)) && !choices.contains(ChoiceId::new(71)) && !choices.contains(ChoiceId::new(7 + 64)));
        assert_eq!(Choices::new(&ids(&[7, 71])), None);
        assert_eq!(Choices::new(&ids(&[70_000])), None);
    }
}
