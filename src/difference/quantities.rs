//! The quantities that are asked for beside "how much could I?".

use std::collections::BTreeSet;

use crate::analysis::{Datum, Extent, Ground, Item, Piece, Split, What, intervals, rules_of};
use crate::decide::Bound;
use crate::number::Number;
use crate::policy::{ActionId, RoleId, RuleId};
use crate::program::node::{Condition, Quantity, Reads, TestKind};
use crate::program::{Definition, Program, Rule};

use super::fingerprint::Prints;

/// More limits than these are not told apart.
const MOST_CUTS: usize = 16;

/// The rules on a side that bind a role for an action, or bear on whether it may.
pub(super) fn binding(program: &Program, (action, role): (ActionId, RoleId)) -> BTreeSet<RuleId> {
    let own = program.candidates(action, role).into_iter().flat_map(|it| it.permissions.rules().chain(it.prohibitions.rules()));
    let own: BTreeSet<RuleId> = own.chain(program.action_of(action).into_iter().flat_map(|it| it.entitlements.rules())).collect();
    let barring = own.iter().flat_map(|id| program.barring(action, *id)).collect::<Vec<_>>();
    own.into_iter().chain(barring).collect()
}

/// Whether something that changed on a side bears on what a role may do.
pub(super) fn bears(program: &Program, prints: &Prints, side: usize, asked: (ActionId, RoleId)) -> bool {
    let rules = binding(program, asked);
    let fallbacks = program.action_of(asked.0).map(|it| it.fallbacks.as_slice()).unwrap_or_default();
    prints.changed(side).any(|what| match what {
        What::Rule(id) => rules.contains(&id),
        What::Fallback(id) => fallbacks.contains(&id),
        What::Asked(_) => false,
    })
}

/// A quantity that stands for others.
pub(super) struct Asking {
    pub amount: Number,
    /// Whether something that changed tells these from others.
    pub is_near: bool,
}

/// One quantity for each piece into which limits and conditions cut those that may be asked for, and whether these are all. None for an action without a measure.
pub(super) fn quantities(ground: &Ground<'_>, prints: &Prints, asked: &[Option<(ActionId, RoleId)>]) -> (Vec<Asking>, bool) {
    let (mut cuts, mut near): (BTreeSet<Split>, BTreeSet<Split>) = (BTreeSet::new(), BTreeSet::new());
    let mut measured = None;
    for (at, (side, asked)) in ground.sides.iter().zip(asked).enumerate() {
        let Some((action, role)) = *asked else { continue };
        let Some((step, measure)) =
            side.program.action_of(action).and_then(|it| it.step.clone()).zip(side.policy.action(action).and_then(|it| it.measure.clone()))
        else {
            continue;
        };
        cuts.insert(Split::before(step.clone()));
        measured = Some((step, measure));
        let rules: BTreeSet<RuleId> = binding(side.program, (action, role)).into_iter().chain(rules_of(side.program, action)).collect();
        let own = binding(side.program, (action, role));
        for (id, rule) in rules.into_iter().filter_map(|id| Some((id, side.program.rule(id)?))) {
            let mut of_rule: BTreeSet<Split> = BTreeSet::new();
            if let Some(Bound::Finite(most)) = rule.fixed.as_ref().filter(|_| own.contains(&id)) {
                of_rule.insert(Split::after(most.clone()));
            }
            of_rule.extend(compared(side.program, rule).into_iter().flat_map(|number| [Split::before(number.clone()), Split::after(number)]));
            if prints.is_changed(&Item { side: at, what: What::Rule(id) }) {
                near.extend(of_rule.iter().cloned());
            }
            cuts.extend(of_rule);
        }
    }
    let Some((step, measure)) = measured else { return (Vec::new(), true) };
    let far: Vec<Split> = cuts.difference(&near).cloned().collect();
    let every = far.len().div_ceil(MOST_CUTS).max(1);
    let some: BTreeSet<Split> = far.iter().step_by(every).chain(far.last()).chain(&near).cloned().collect();
    let asking = |piece: Piece| {
        let (Extent::Interval(interval), Datum::Number(amount)) = (piece.extent, piece.value) else { return None };
        let is_near = interval.low.iter().chain(&interval.high).any(|end| near.contains(end));
        amount.is_positive().then_some(Asking { amount, is_near })
    };
    let mut all: Vec<Asking> = intervals(&some, &measure, &step).into_iter().filter_map(asking).collect();
    all.sort_by_key(|asking| !asking.is_near);
    (all, every == 1)
}

/// The numbers that a rule compares the quantity with.
fn compared(program: &Program, rule: &Rule) -> BTreeSet<Number> {
    let mut found = BTreeSet::new();
    let mut look = |condition: &Condition| in_condition(program, condition, &mut found);
    look(&rule.condition);
    rule.requires.iter().for_each(|it| look(&it.when));
    if let Some(instead) = rule.instead.as_deref() {
        instead.offers.iter().map(|it| &it.when).chain(&instead.advice).chain(instead.routes.iter().map(|it| &it.when)).for_each(&mut look);
    }
    found
}

fn in_condition(program: &Program, condition: &Condition, found: &mut BTreeSet<Number>) {
    match condition {
        Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| in_condition(program, part, found)),
        Condition::Not(part, _) => in_condition(program, part, found),
        Condition::Definition(id) => {
            if let Some(Definition::Condition(body)) = program.definitions.get(id.index()) {
                in_condition(program, body, found);
            }
        }
        Condition::Test(test) => {
            let mut reads = Reads::default();
            condition.reads(&program.named(), &mut reads);
            if !reads.amount {
                return;
            }
            let mut constant = |quantity: &Quantity| {
                if let Quantity::Constant(number) = quantity {
                    found.insert(number.clone());
                }
            };
            match &test.kind {
                TestKind::Compare(left, _, right) => [left, right].into_iter().for_each(constant),
                TestKind::Between(value, low, high) => [value, low, high].into_iter().for_each(&mut constant),
                _ => {}
            }
        }
        Condition::Constant(_) | Condition::Gate(..) => {}
    }
}
