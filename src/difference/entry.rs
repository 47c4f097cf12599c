//! From cases to entries: those that changed alike are one, and roles of which the same is to be said are named together.

use std::collections::BTreeSet;

use super::Changed;
use super::answer;
use super::compare::{Leaf, Seen};
use super::example::{Example, example, with_used_budgets};
use super::ranges::{Hull, Place};
use super::words::said;
use crate::analysis::{Ground, Item, Side};
use crate::number::Number;

/// So many cases of an entry are tried, the most ordinary first, for one that a test can show.
const MOST_TRIED: usize = 40;

/// Cases that changed alike.
struct Group<'l> {
    key: Vec<(usize, String, String)>,
    asks: bool,
    is_computed: bool,
    /// The changed items that bear on them.
    by: BTreeSet<Item>,
    leaves: Vec<&'l Leaf>,
}

/// What is to be said of one role and action.
pub(super) fn entries(ground: &Ground<'_>, (role, action): (&str, &str), seen: &Seen) -> Vec<Changed> {
    let reached = Hull::of(seen.leaves.iter().map(|leaf| &leaf.place).chain(&seen.same));
    let entry = |mut group: Group<'_>| {
        group.leaves.sort_by_key(|leaf| (leaf.is_computed(), leaf.oddness));
        entry(ground, (role, action), &group.leaves, (seen, &reached))
    };
    let mut entries: Vec<Changed> = together(groups(seen)).into_iter().filter_map(entry).collect();
    entries.sort_by_key(|entry| entry.oddness);
    entries
}

fn groups(seen: &Seen) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for leaf in &seen.leaves {
        let (asks, key) = (leaf.questions.1.amount.is_some(), answer::change(&leaf.old, &leaf.new));
        let by: BTreeSet<Item> = leaf.changed.iter().copied().collect();
        match groups.iter_mut().find(|known| known.asks == asks && known.key == key) {
            Some(known) => {
                known.leaves.push(leaf);
                known.by.extend(by);
            }
            None => groups.push(Group { key, asks, is_computed: leaf.is_computed(), by, leaves: vec![leaf] }),
        }
    }
    groups
}

/// Figures that are computed differ from case to case: they are told with those of the same rules that are not, or else once.
fn together(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let (computed, mut kept): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.is_computed);
    for group in computed {
        match kept.iter_mut().find(|known| known.asks == group.asks && known.by == group.by) {
            Some(known) => known.leaves.extend(group.leaves),
            None => kept.push(group),
        }
    }
    kept
}

fn entry(ground: &Ground<'_>, (role, action): (&str, &str), leaves: &[&Leaf], (seen, reached): (&Seen, &Hull)) -> Option<Changed> {
    let [old, new] = ground.sides.as_slice() else { return None };
    let title = format!("{role}: {action}");
    let (leaf, example) = shown((old, new), leaves, &title)?;
    let (was, is) = answer::both(&leaf.old, &leaf.new);
    let measure = new.policy.action(leaf.questions.1.action)?.measure.clone();
    let amount = |number: &Number| crate::analysis::amount(new.policy, measure.as_ref(), number);
    let hull = Hull::of(leaves.iter().map(|leaf| &leaf.place));
    let (when, is_whole) = said(ground, leaves, &hull, (reached, seen.is_partial));
    let meets = |places: &[Place]| places.iter().any(|place| hull.meets(place));
    Some(Changed {
        role: role.to_owned(),
        roles: vec![role.to_owned()],
        action: action.to_owned(),
        when,
        always: leaf.questions.1.amount.is_none() && !seen.is_partial && !meets(&seen.same) && (is_whole || !meets(&seen.untouched)),
        amount: leaf.questions.1.amount.as_ref().map(amount),
        old: was,
        new: is,
        example: example.new,
        old_example: example.old,
        before: example.before,
        is_aside: answer::is_aside(&leaf.old, &leaf.new),
        oddness: leaf.oddness,
    })
}

/// The most ordinary case that a test can show, or else the most ordinary.
fn shown<'l>(sides: (&Side<'_>, &Side<'_>), leaves: &[&'l Leaf], title: &str) -> Option<(&'l Leaf, Example)> {
    let first: &Leaf = leaves.first()?;
    let tried = leaves.iter().take(MOST_TRIED).map(|leaf| (*leaf, example(sides, (&leaf.questions.0, &leaf.questions.1), title)));
    let mut best: Option<(&Leaf, Example)> = None;
    for (leaf, example) in tried {
        let is_better = best.as_ref().is_none_or(|(_, known)| example.shows() > known.shows());
        let is_best = example.shows() == 3;
        if is_better {
            best = Some((leaf, example));
        }
        if is_best {
            break;
        }
    }
    match best {
        Some((_, example)) if example.shows() == 0 => {
            let used = with_used_budgets(sides, (&first.questions.0, &first.questions.1), title);
            Some((first, used.unwrap_or(example)))
        }
        best => best,
    }
}

/// Roles of which the same is to be said together, where the first of them stands.
pub(super) fn joined(changed: Vec<Changed>) -> Vec<Changed> {
    let mut joined: Vec<Changed> = Vec::new();
    for entry in changed {
        let is_alike = |known: &&mut Changed| {
            let key = |it: &Changed| (it.action.clone(), it.when.clone(), it.always, it.amount.clone(), it.old.clone(), it.new.clone());
            key(known) == key(&entry)
        };
        match joined.iter_mut().find(is_alike) {
            Some(known) => known.roles.extend(entry.roles),
            None => joined.push(entry),
        }
    }
    joined
}
