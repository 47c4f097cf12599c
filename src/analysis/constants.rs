//! What one variable is compared with where it is no quantity: values of an enumeration, and texts.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::{Choice, Datum};
use super::linear::Doubt;
use super::pieces::{Extent, Piece};
use super::texts::Patterns;

/// So many sets of values are told apart.
const MOST_SETS: usize = 256;

const MANY_SETS: &str = "conditions tell too many values of a set apart";

/// What the values of one variable are compared with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Constants {
    /// Values of an enumeration that stand together.
    pub choices: BTreeSet<BTreeSet<Choice>>,
    /// Whether every value matters on its own.
    pub each: bool,
    pub texts: Patterns,
}

/// Values that stand together everywhere, together.
pub(crate) fn classes(all: &BTreeSet<Choice>, constants: &Constants) -> Vec<Piece> {
    let mut classes: BTreeMap<(Vec<bool>, Option<Choice>), BTreeSet<Choice>> = BTreeMap::new();
    for choice in all {
        let among = constants.choices.iter().map(|choices| choices.contains(choice)).collect();
        classes.entry((among, constants.each.then_some(*choice))).or_default().insert(*choice);
    }
    let mut classes: Vec<BTreeSet<Choice>> = classes.into_values().collect();
    classes.sort();
    let piece = |choices: BTreeSet<Choice>| Some(Piece { value: Datum::Choice(*choices.first()?), extent: Extent::Choices(choices) });
    classes.into_iter().filter_map(piece).collect()
}

/// Sets that conditions tell apart: of the values that stand together everywhere none, one or all are in.
pub(crate) fn sets(all: &BTreeSet<Choice>, constants: &Constants, doubt: &mut Doubt) -> Vec<Piece> {
    let mentioned = |piece: &Piece| constants.choices.iter().any(|choices| matches!(&piece.value, Datum::Choice(choice) if choices.contains(choice)));
    let groups = classes(all, constants).into_iter().filter(mentioned);
    let groups: Vec<BTreeSet<Choice>> =
        groups.filter_map(|piece| if let Extent::Choices(choices) = piece.extent { Some(choices) } else { None }).collect();
    let mut sets: Vec<BTreeSet<Choice>> = vec![BTreeSet::new()];
    for group in groups {
        if sets.len() * 3 > MOST_SETS {
            doubt.get_or_insert(MANY_SETS);
        }
        let some: BTreeSet<Choice> = group.iter().take(1).copied().collect();
        let before = sets.clone();
        let base = if sets.len() * 3 > MOST_SETS { before.get(..1).unwrap_or_default() } else { &before };
        for set in base {
            sets.push(set | &some);
            if group.len() > 1 {
                sets.push(set | &group);
            }
        }
    }
    sets.into_iter().map(|set| Piece { extent: Extent::Set(set.clone()), value: Datum::Set(set) }).collect()
}
