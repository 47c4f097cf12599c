//! The quantities that are asked for beside "how much could I?".

use std::collections::BTreeSet;

use crate::analysis::{Datum, Ground, Piece, Split, What, intervals, rules_of};
use crate::decide::Bound;
use crate::number::Number;
use crate::policy::{ActionId, RoleId, RuleId};
use crate::program::node::{Condition, Quantity, Reads, TestKind};
use crate::program::{Definition, Program};

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

/// One quantity for each piece into which limits and conditions cut those that may be asked for. None for an action without a measure.
pub(super) fn quantities(ground: &Ground<'_>, asked: &[Option<(ActionId, RoleId)>]) -> (Vec<Number>, bool) {
    let mut cuts: BTreeSet<Split> = BTreeSet::new();
    let mut measured = None;
    for (side, asked) in ground.sides.iter().zip(asked) {
        let Some((action, role)) = *asked else { continue };
        let Some((step, measure)) = side.program.action_of(action).and_then(|it| it.step.clone()).zip(side.policy.action(action).and_then(|it| it.measure.clone()))
        else {
            continue;
        };
        cuts.insert(Split::before(step.clone()));
        measured = Some((step, measure));
        for rule in binding(side.program, (action, role)).into_iter().filter_map(|id| side.program.rule(id)) {
            if let Some(Bound::Finite(most)) = &rule.fixed {
                cuts.insert(Split::after(most.clone()));
            }
        }
        for number in compared(side.program, action) {
            cuts.extend([Split::before(number.clone()), Split::after(number)]);
        }
    }
    let Some((step, measure)) = measured else { return (Vec::new(), true) };
    let is_whole = cuts.len() <= MOST_CUTS;
    let every = cuts.len().div_ceil(MOST_CUTS).max(1);
    let last = cuts.last().cloned();
    let some: BTreeSet<Split> = cuts.into_iter().step_by(every).chain(last).collect();
    let number = |piece: Piece| if let Datum::Number(number) = piece.value { Some(number) } else { None };
    (intervals(&some, &measure, &step).into_iter().filter_map(number).filter(Number::is_positive).collect(), is_whole)
}

/// The numbers that the rules and fallbacks of an action compare the quantity with.
fn compared(program: &Program, action: ActionId) -> BTreeSet<Number> {
    let mut found = BTreeSet::new();
    let mut look = |condition: &Condition| in_condition(program, condition, &mut found);
    for rule in rules_of(program, action).into_iter().filter_map(|id| program.rule(id)) {
        look(&rule.condition);
        rule.requires.iter().for_each(|it| look(&it.when));
        for instead in rule.instead.iter() {
            instead.offers.iter().map(|it| &it.when).chain(&instead.advice).chain(instead.routes.iter().map(|it| &it.when)).for_each(&mut look);
        }
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
