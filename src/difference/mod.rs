//! The semantic difference of two policies: not their lines, but which answers changed, each with a case that shows it.
//!
//! First it is found out which rules mean something else. Both policies are then asked the same questions, over the pieces into which constants cut the facts, but only
//! where such a rule bears on the answer. Cases that changed alike become one entry.

mod answer;
mod compare;
mod entry;
mod example;
mod fingerprint;
mod only;
mod quantities;
mod ranges;
mod render;
mod sets;
mod values;
mod vocabulary;
mod words;

use jiff::civil::Date;
use serde::Serialize;

use crate::analysis::{Coverage, Ground, Side};
use crate::policy::{ActionId, Policy, RoleId};
use crate::program::Program;
use fingerprint::Prints;

/// What is different.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Difference {
    /// The day on which both were asked, at noon.
    pub on: String,
    /// What only one of them has, or has otherwise.
    pub vocabulary: Vec<Word>,
    /// By role, then by action; behind all others where only what is offered and advised changes.
    pub answers: Vec<Changed>,
    /// Where not everything could be looked at.
    pub gave_up: Vec<Unsure>,
}

/// A name that only one of the policies has, or that is something else there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    /// `setting`, `role`, `action`, `fact`, `value`, `duty`, `budget`.
    pub kind: &'static str,
    /// Its name; of a value, with its fact.
    pub name: String,
    /// `added`, `removed` or `changed`.
    pub change: &'static str,
    /// What the old policy says of it, as far as that changed; empty where it was added or removed.
    pub was: String,
    /// What the new policy says of it.
    pub is: String,
}

/// Answers that changed alike.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// Whose: the first of `roles`.
    pub role: String,
    /// All roles of which it is so.
    pub roles: Vec<String>,
    /// To what.
    pub action: String,
    /// In which cases, in the words of the rules and as ranges of facts; every case where it is empty.
    pub when: Vec<String>,
    /// Whether it is so in each of these cases; in some of them another rule may decide.
    pub always: bool,
    /// For which quantity; `null` where none is asked for.
    pub amount: Option<String>,
    /// What the old policy answers.
    pub old: String,
    /// What the new policy answers.
    pub new: String,
    /// A test that passes in the new policy and fails in the old one; empty where no test can tell them apart so.
    pub example: String,
    /// The other way round.
    pub old_example: String,
    /// The whole old answer of the example.
    #[serde(skip)]
    pub(crate) before: String,
    /// Whether only what is offered and advised changes, or what is owed of it anyway.
    #[serde(skip)]
    pub(crate) is_aside: bool,
    /// How far the example is from an ordinary case.
    #[serde(skip)]
    pub(crate) oddness: usize,
}

/// A role and an action of which not everything could be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unsure {
    /// The role.
    pub role: String,
    /// The action.
    pub action: String,
    /// Why.
    pub why: &'static str,
}

impl Difference {
    /// Whether both answer alike, as far as could be told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.vocabulary.is_empty() && self.answers.is_empty()
    }
}

/// So many points are looked at in all: some seconds.
const MOST_POINTS: usize = 6_000;

/// Compares two policies with their programs on a day.
#[must_use]
pub fn difference(old: (&Policy, &Program), new: (&Policy, &Program), today: Date) -> Difference {
    let sides = vec![Side { policy: old.0, program: old.1 }, Side { policy: new.0, program: new.1 }];
    let ground = Ground::new(sides, today);
    let prints = Prints::new(old, new);
    let mut found = Difference { on: today.to_string(), vocabulary: vocabulary::compare(old.0, new.0), ..Difference::default() };
    let mut changed = Vec::new();
    let pairs = pairs(old, new, &prints);
    let (mut left, mut open) = (MOST_POINTS, pairs.len());
    for (role, action, asked) in pairs {
        // What one role and action leave is for the others.
        let mut share = left / open.max(1);
        let given = share;
        let (seen, coverage) = compare::compare(&ground, &prints, &asked, &mut share);
        (left, open) = (left.saturating_sub(given - share), open - 1);
        changed.extend(entry::entries(&ground, (role, action), &seen));
        if let Coverage::GaveUp { why } = coverage {
            found.gave_up.push(Unsure { role: role.to_owned(), action: action.to_owned(), why });
        }
    }
    changed.extend(values::entries(old, new, &prints, today));
    changed.extend(only::entries(old, new, today));
    found.answers = entry::joined(changed);
    found.answers.sort_by_key(|changed| changed.is_aside);
    found
}

/// A role and an action that both have, by name and by id.
type Pair<'a> = (&'a str, &'a str, compare::Asked);

/// Those on whose answers something that changed may bear.
fn pairs<'a>(old: (&'a Policy, &'a Program), new: (&'a Policy, &'a Program), prints: &Prints) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for (at, role) in new.0.roles.iter().enumerate() {
        let Some(old_role) = old.0.role_named(&role.name) else { continue };
        for (place, action) in new.0.actions.iter().enumerate() {
            let Some(old_action) = old.0.action_named(&action.name) else { continue };
            let (was, is) = ((old_action, old_role), (ActionId::new(place), RoleId::new(at)));
            let is_measured_alike = old.0.action(old_action).is_none_or(|old| old.measure == action.measure);
            if is_measured_alike && (quantities::bears(old.1, prints, 0, was) || quantities::bears(new.1, prints, 1, is)) {
                pairs.push((role.name.as_str(), action.name.as_str(), vec![Some(was), Some(is)]));
            }
        }
    }
    pairs
}
