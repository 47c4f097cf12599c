//! What is left at a point where no fact is undecided: what budgets have been used, and the quantity asked for. Both are cut in numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::ground::{Datum, Domain, Point, Var};
use super::linear::Doubt;
use super::pieces::{Extent, Interval, Split, intervals};
use super::walk::{Depth, Item, Node, Walk, What, number};
use crate::decide::{Limit, Mode};
use crate::number::{Number, Rounding};
use crate::policy::{Key, RoleId};
use crate::program::{Allotment, Measure, Program, Rule};
use crate::question::Question;

/// So many combinations of used budgets are looked at, at one point.
const MOST_SPENT: usize = 400;
const MANY_BUDGETS: &str = "more budgets bear on one answer than are combined";

/// A piece of what a budget has used, and what stands for it.
type Spent = (Extent, Number);

impl Walk<'_, '_> {
    fn rules<'n>(&'n self, node: &'n Node<'_>) -> impl Iterator<Item = (usize, &'n Program, &'n Rule, &'n Question)> {
        node.live.iter().filter_map(|Item { side, what }| {
            let What::Rule(id) = what else { return None };
            let program = self.ground.sides.get(*side)?.program;
            Some((*side, program, program.rule(*id)?, node.questions.get(*side)?.as_ref()?))
        })
    }

    /// The points that this one falls into by what the budgets have used, each with what the used budgets were narrowed to.
    pub fn spendings(&self, node: &Node<'_>, doubt: &mut Doubt) -> Vec<(Point, BTreeMap<Var, Extent>)> {
        let mut found = vec![(node.point.clone(), node.extents.clone())];
        let pieces = self.all_spent_pieces(node);
        let all: usize = pieces.iter().map(|(_, pieces)| pieces.len().max(1)).try_fold(1_usize, usize::checked_mul).unwrap_or(usize::MAX);
        if all > MOST_SPENT {
            doubt.get_or_insert(MANY_BUDGETS);
            return one_at_a_time(found, &pieces);
        }
        for (var, pieces) in &pieces {
            found = found.iter().flat_map(|(point, extents)| pieces.iter().map(|piece| with(point, extents, *var, piece))).collect();
        }
        found
    }

    /// The first and the last of these: as little used of every budget as may be, and as much.
    pub fn least_and_most_spent(&self, node: &Node<'_>) -> [Point; 2] {
        let pieces = self.all_spent_pieces(node);
        let end = |of: fn(&[Spent]) -> Option<&Spent>| {
            let ends = pieces.iter().filter_map(|(var, pieces)| Some((*var, of(pieces)?)));
            ends.fold((node.point.clone(), node.extents.clone()), |(point, extents), (var, piece)| with(&point, &extents, var, piece)).0
        };
        [end(<[_]>::first), end(<[_]>::last)]
    }

    fn all_spent_pieces(&self, node: &Node<'_>) -> Vec<(Var, Vec<Spent>)> {
        self.spent_cuts(node).into_iter().map(|(var, splits)| (var, self.spent_pieces(node, var, &splits))).collect()
    }

    fn spent_pieces(&self, node: &Node<'_>, var: Var, splits: &BTreeSet<Split>) -> Vec<Spent> {
        let Some(Domain::Quantity(ty, step)) = self.ground.variable(var).map(|it| &it.domain) else { return Vec::new() };
        let mut splits = splits.clone();
        let within = node.extents.get(&var);
        if let Some(Extent::Interval(Interval { low, high })) = within {
            splits.extend(low.iter().chain(high).cloned());
        }
        let pieces = intervals(&splits, ty, step).into_iter();
        let numbers = pieces.filter_map(|piece| if let Datum::Number(number) = piece.value { Some((piece.extent, number)) } else { None });
        let is_within = |number: &Number| match within {
            Some(Extent::Interval(interval)) => interval.contains(number),
            _ => true,
        };
        let numbers = numbers.filter(|(_, number)| *number >= Number::ZERO && is_within(number));
        // Nothing has been used yet: the plainest case of the lowest piece.
        let zero = |number: Number, extent: &Extent| match extent {
            Extent::Interval(interval) if interval.contains(&Number::ZERO) => Number::ZERO,
            _ => number,
        };
        numbers.map(|(extent, number)| (extent.clone(), zero(number, &extent))).collect()
    }

    fn spent_cuts(&self, node: &Node<'_>) -> BTreeMap<Var, BTreeSet<Split>> {
        let mut cuts: BTreeMap<Var, BTreeSet<Split>> = BTreeMap::new();
        let limits = if self.depth == Depth::Limits { self.limits(node) } else { BTreeSet::new() };
        for (side, program, rule, question) in self.rules(node) {
            let step = program.action_of(question.action).and_then(|action| action.step.clone());
            for charge in &rule.charges {
                let (Some(budget), Some(var)) = (program.budget(charge.budget), self.ground.spent(side, charge.budget)) else { continue };
                let costs: Vec<Number> = match &charge.by {
                    Measure::Once => vec![Number::ONE],
                    Measure::Fixed(quantity) => number(program, question, quantity).into_iter().collect(),
                    Measure::PerUnit(quantity) => {
                        let factor = number(program, question, quantity).filter(Number::is_positive);
                        let quantities = step.iter().chain(&limits);
                        quantities.filter_map(|most| factor.as_ref()?.multiply(most)).collect()
                    }
                };
                let splits = cuts.entry(var).or_insert_with(|| BTreeSet::from([Split::before(Number::ZERO)]));
                for allotment in allotments(program, question, budget) {
                    for cost in &costs {
                        splits.extend(allotment.subtract(cost).filter(|at| *at >= Number::ZERO).map(Split::after));
                    }
                }
            }
        }
        cuts
    }

    /// The limits, caps and quantities of the rules that are left.
    fn limits(&self, node: &Node<'_>) -> BTreeSet<Number> {
        self.rules(node).filter_map(|(_, program, rule, question)| number(program, question, rule.quantity.as_deref()?)).collect()
    }

    /// The quantities that stand for all that may be asked for at a point: around each limit, threshold and room. Empty for an action without a measure.
    pub fn amounts(&self, node: &Node<'_>, questions: &[Option<Question>]) -> Vec<Number> {
        let mut cuts = self.limits(node);
        let mut step = None;
        for (side, question) in self.ground.sides.iter().zip(questions).filter_map(|(side, question)| Some((side, question.as_ref()?))) {
            let program = side.program;
            let Some(smallest) = program.action_of(question.action).and_then(|action| action.step.clone()) else { continue };
            step.get_or_insert(smallest);
            for candidates in program.candidates_of(question.action) {
                cuts.extend(candidates.thresholds.iter().filter_map(|threshold| number(program, question, threshold)));
            }
            for role in side.policy.role_ids() {
                cuts.extend(reach(program, question, role));
            }
        }
        let Some(step) = step else { return Vec::new() };
        let mut amounts = BTreeSet::from([step.clone()]);
        for cut in cuts {
            let Some(at) = cut.round(&step, Rounding::Down) else { continue };
            amounts.extend([at.subtract(&step), at.add(&step), Some(at)].into_iter().flatten());
        }
        amounts.into_iter().filter(Number::is_positive).collect()
    }
}

/// Each budget on its own, and all used up.
fn one_at_a_time(found: Vec<(Point, BTreeMap<Var, Extent>)>, pieces: &[(Var, Vec<Spent>)]) -> Vec<(Point, BTreeMap<Var, Extent>)> {
    let Some((point, extents)) = found.into_iter().next() else { return Vec::new() };
    let mut all: Vec<_> = pieces.iter().flat_map(|(var, pieces)| pieces.iter().map(|piece| with(&point, &extents, *var, piece))).collect();
    let mut last = (point, extents);
    for (var, pieces) in pieces {
        if let Some(piece) = pieces.last() {
            last = with(&last.0, &last.1, *var, piece);
        }
    }
    all.push(last);
    all
}

/// How far a role could go here.
fn reach(program: &Program, question: &Question, role: RoleId) -> impl Iterator<Item = Number> + use<> {
    let mut question = question.clone();
    question.actor.role = role;
    question.amount = None;
    let decision = program.decide(&question, Mode::Ask);
    [decision.limit, decision.entitled].into_iter().filter_map(|limit| if let Limit::Amount(number) = limit { Some(number) } else { None })
}

/// The allotments that may bear on an answer: that of the asker, and of others where they share a bucket.
fn allotments(program: &Program, question: &Question, budget: &crate::program::Budget) -> BTreeSet<Number> {
    let is_own = budget.keys.contains(&Key::Actor);
    let bearing = budget.allotments.iter().enumerate().filter(|(role, _)| !is_own || *role == question.actor.role.index());
    let quantity = |allotment: &Option<Allotment>| match allotment {
        Some(Allotment::Limited(quantity)) => number(program, question, quantity),
        _ => None,
    };
    bearing.filter_map(|(_, allotment)| quantity(allotment)).collect()
}

fn with(point: &Point, extents: &BTreeMap<Var, Extent>, var: Var, (extent, number): &Spent) -> (Point, BTreeMap<Var, Extent>) {
    let (mut point, mut extents) = (point.clone(), extents.clone());
    if let Some(slot) = point.get_mut(var.0) {
        *slot = Some(Datum::Number(number.clone()));
    }
    extents.insert(var, extent.clone());
    (point, extents)
}
