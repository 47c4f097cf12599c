//! In which cases an answer changed, in the words of the rules that changed and as ranges of what they leave open.

use std::collections::BTreeSet;

use super::compare::Leaf;
use super::ranges::{self, Hull};
use crate::analysis::{Domain, Ground, Item, Var, What};
use crate::decide::Probe;
use crate::policy::{FactRef, Policy};
use crate::program::node::{Condition, Reads};
use crate::source::Span;

/// The words, and whether they hold all that some changed rule asks for. `reached` holds all cases that were looked at; `is_partial` where there are more.
pub(super) fn said(ground: &Ground<'_>, leaves: &[&Leaf], hull: &Hull, (reached, is_partial): (&Hull, bool)) -> (Vec<String>, bool) {
    let mut when: Vec<String> = Vec::new();
    let mut explained: BTreeSet<Var> = BTreeSet::new();
    let mut is_whole = false;
    for item in common(leaves) {
        let Some((side, condition)) = ground.sides.get(item.side).zip(condition(ground, item)) else { continue };
        let mut all = true;
        for part in parts(condition) {
            let holds = leaves.iter().all(|leaf| {
                let question = if item.side == 0 { &leaf.questions.0 } else { &leaf.questions.1 };
                Probe::new(side.program, question).truth(part).is_surely_yes()
            });
            let Some(words) = holds.then(|| words(side.policy, part)).flatten() else {
                all = false;
                continue;
            };
            let mut reads = Reads::default();
            part.reads(&side.program.named(), &mut reads);
            explained.extend(reads.facts.iter().filter_map(|fact: &FactRef| ground.var(item.side, *fact)));
            if !when.contains(&words) {
                when.push(words);
            }
        }
        is_whole |= all;
    }
    let ranges = hull.narrowed(ground).filter(|(var, _)| !(is_whole || explained.contains(var)) || !hull.is_as_wide(reached, ground, *var));
    // Where not everything was looked at, only what the changed rules read of quantities is surely of account.
    let is_measured = |var: Var| ground.variable(var).is_some_and(|variable| matches!(variable.domain, Domain::Quantity(..) | Domain::Text));
    let ranges = ranges.filter(|(var, _)| !is_partial || explained.contains(var) || !is_measured(*var));
    when.extend(ranges.filter_map(|(var, extents)| ranges::words(ground, var, extents, reached)));
    (when, is_whole)
}

/// The changed items that may apply in every case, those of the new policy first.
fn common(leaves: &[&Leaf]) -> Vec<Item> {
    let Some(first) = leaves.first() else { return Vec::new() };
    let mut items: Vec<Item> = first.changed.iter().filter(|item| leaves.iter().all(|leaf| leaf.changed.contains(item))).copied().collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.side));
    items
}

fn condition<'a>(ground: &Ground<'a>, item: Item) -> Option<&'a Condition> {
    let program = ground.sides.get(item.side)?.program;
    match item.what {
        What::Rule(id) => Some(&program.rule(id)?.condition),
        What::Fallback(id) => Some(&program.fallbacks.get(id.index())?.condition),
        What::Asked(_) => None,
    }
}

/// The parts that all must hold.
fn parts(condition: &Condition) -> Vec<&Condition> {
    match condition {
        Condition::And(all, _) => all.iter().flat_map(parts).collect(),
        Condition::Constant(true) => Vec::new(),
        other => vec![other],
    }
}

/// What was written; `None` where that cannot be said without what stands around it.
fn words(policy: &Policy, condition: &Condition) -> Option<String> {
    let span = match condition {
        Condition::Definition(id) => return Some(policy.definition(*id)?.name.clone()),
        Condition::Or(_, span) | Condition::Gate(_, span) => *span,
        Condition::Test(test) => test.span,
        _ => return None,
    };
    let text = policy.sources.snippet(span).split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty() && stands_after_when(policy, span)).then_some(text)
}

/// Whether a span belongs to a `when`, and not to an `unless` or a table's cell.
fn stands_after_when(policy: &Policy, span: Span) -> bool {
    let Some(before) = policy.sources.get(span.source).and_then(|source| source.text().get(..span.start as usize)) else { return false };
    let last = |word: &str| before.rfind(&format!(" {word} "));
    last("when")
        .is_some_and(|when| last("unless") < Some(when) && last("not") <= Some(when) && !before.get(when..).unwrap_or_default().contains(['|', '"']))
}
