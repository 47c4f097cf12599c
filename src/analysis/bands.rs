//! Bands: where along one quantity some conditions leave a gap, all else being the same.

use std::cell::Cell;
use std::collections::BTreeSet;

use super::ground::{Datum, Ground, Var};
use super::linear::Doubt;
use super::pieces::{Extent, Interval};
use super::search::SPENT;
use super::walk::{Coverage, Depth, Node, Turn, Visitor, Walk};
use super::{Analysis, Case};
use crate::decide::Probe;
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{ActionId, FactId, FactRef, RoleId};
use crate::program::Program;
use crate::program::node::Condition;
use crate::question::Question;

/// More gaps of one family are not told.
const MOST_GAPS: usize = 16;

/// What bands are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Along {
    Fact(FactId),
    Amount,
}

/// Whose bands are looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family<'q, 'a> {
    /// An action and a role of the questions.
    pub asked: (ActionId, RoleId),
    pub along: Along,
    /// What the bands are measured in.
    pub measure: &'q Type,
    /// The conditions.
    pub conditions: &'q [&'a Condition],
    /// By condition: whether it is a band at all.
    pub banded: &'q [bool],
    /// What holds in each case that counts.
    pub hold: &'q [&'a Condition],
}

/// A case that none of the conditions holds for, between two that some do.
#[derive(Clone, Debug)]
pub(crate) struct Gap {
    pub case: Case,
    /// The quantity that falls between.
    pub value: Number,
    /// By place: a condition that holds for less, and one that holds for more.
    pub beside: (usize, usize),
}

impl<'a> Analysis<'a> {
    /// The gaps between the bands of a family: all those of a case, and then those of other cases between other bands.
    pub(crate) fn find_gaps(&self, family: Family<'_, 'a>) -> (Vec<Gap>, Coverage) {
        let var = match family.along {
            Along::Fact(id) => self.ground.var(0, FactRef::Fact(id)),
            Along::Amount => Some(self.ground.amount()),
        };
        let most_points = self.most_points.min(self.left.get());
        let (Some(var), true) = (var, most_points > 0) else { return (Vec::new(), SPENT) };
        let mut walk = Walk { most_points, last: Some(var), ..Walk::new(&self.ground, vec![Some(family.asked)], Depth::Answers) };
        for condition in family.conditions.iter().chain(family.hold) {
            walk.add_condition(0, condition);
        }
        let mut looking = Looking { walk: &walk, ground: &self.ground, family, var, found: Vec::new(), doubt: Cell::new(None) };
        if !looking.may_leave_one() {
            return (Vec::new(), Coverage::Exact);
        }
        let coverage = walk.run(&mut looking);
        let doubt = looking.doubt.get();
        let found = looking.found;
        self.left.set(self.left.get().saturating_sub(walk.points.get()));
        (found, coverage.and(doubt.map_or(Coverage::Exact, |why| Coverage::GaveUp { why })))
    }
}

/// Looks along the quantity wherever everything else is settled.
struct Looking<'w, 'q, 'g, 'a> {
    walk: &'w Walk<'g, 'a>,
    ground: &'g Ground<'a>,
    family: Family<'q, 'a>,
    var: Var,
    found: Vec<Gap>,
    doubt: Cell<Doubt>,
}

/// A piece along the quantity, with the conditions that hold there.
struct Part {
    interval: Interval,
    holding: Vec<usize>,
}

impl Looking<'_, '_, '_, '_> {
    fn program(&self) -> Option<&Program> {
        self.ground.sides.first().map(|side| side.program)
    }

    /// Whether some value lies between bands, whatever else is: one that ends below it and one that begins above it.
    fn may_leave_one(&self) -> bool {
        let Some(program) = self.program() else { return false };
        let held = |value: &Datum| -> Option<Vec<bool>> {
            let mut point = self.walk.start.clone();
            *point.get_mut(self.var.0)? = Some(value.clone());
            let question = self.ground.question(0, &point, self.family.asked)?;
            let probe = Probe::new(program, &question);
            Some(self.family.conditions.iter().map(|condition| probe.truth(condition).can_be_yes()).collect())
        };
        let pieces = self.walk.plain_line(self.var);
        let line: Vec<Vec<bool>> =
            pieces.iter().filter(|piece| matches!(piece.value, Datum::Number(_))).filter_map(|piece| held(&piece.value)).collect();
        let can = |part: &[Vec<bool>], nth: usize| part.iter().any(|held| held.get(nth) == Some(&true));
        (0..line.len()).any(|at| {
            let (Some(below), Some(here), Some(above)) = (line.get(..at), line.get(at), line.get(at + 1..)) else { return false };
            let off = || here.iter().enumerate().filter(|(_, held)| !**held).map(|(nth, _)| nth);
            off().any(|nth| can(below, nth)) && off().any(|nth| can(above, nth))
        })
    }

    fn question(&self, node: &Node<'_>, value: &Number) -> Option<Question> {
        let mut point = node.point.clone();
        *point.get_mut(self.var.0)? = Some(Datum::Number(value.clone()));
        self.ground.whole_question(0, &point, self.family.asked)
    }

    /// The conditions that hold where the quantity is this; `None` where the case does not count.
    fn holding(&self, question: &Question) -> Option<Vec<usize>> {
        let probe = Probe::new(self.program()?, question);
        let holds = |condition: &&Condition| probe.truth(condition).is_surely_yes();
        let counts = self.family.hold.iter().all(holds);
        counts.then(|| self.family.conditions.iter().enumerate().filter(|(_, condition)| holds(condition)).map(|(at, _)| at).collect())
    }

    fn line(&self, node: &Node<'_>) -> Vec<Part> {
        let mut doubt = self.doubt.get();
        let pieces = self.walk.line(node, self.var, &mut doubt);
        self.doubt.set(doubt);
        let part = |(extent, value): (Extent, Datum)| {
            let (Extent::Interval(interval), Datum::Number(value)) = (extent, value) else { return None };
            let holding = self.holding(&self.question(node, &value)?)?;
            Some(Part { interval, holding })
        };
        pieces.into_iter().filter_map(|piece| part((piece.extent, piece.value))).collect()
    }

    /// A value in a piece, as such things are measured; where there is none, one that is measured more finely.
    fn value(&self, interval: &Interval) -> Option<Number> {
        let Family { measure, along, .. } = self.family;
        let steps = [customary(measure, self.ground), finest(measure, along, self.ground)];
        steps.iter().find_map(|step| interval.representative(measure, step))
    }

    fn gaps(&self, node: &Node<'_>, line: &[Part]) -> Vec<Gap> {
        let gap = |(at, part): (usize, &Part)| {
            let below = line.get(..at)?.iter().rev().find(|part| !part.holding.is_empty())?;
            let above = line.get(at..)?.iter().find(|part| !part.holding.is_empty())?;
            // What holds on both sides leaves the gap on purpose.
            if below.holding.iter().any(|nth| above.holding.contains(nth)) {
                return None;
            }
            let value = self.value(&part.interval)?;
            let question = self.question(node, &value)?;
            let beside = (*below.holding.first()?, *above.holding.first()?);
            let is_left = self.holding(&question)?.is_empty();
            is_left.then_some(Gap { case: Case { question }, value, beside })
        };
        let mut gaps: Vec<Gap> = line.iter().enumerate().filter(|(_, part)| part.holding.is_empty()).filter_map(gap).collect();
        // A gap may be in several pieces.
        gaps.dedup_by_key(|gap| gap.beside);
        gaps
    }
}

/// What is counted is whole as a rule, time goes by minutes.
fn customary(measure: &Type, ground: &Ground<'_>) -> Number {
    let decimals = ground.sides.first().map_or(2, |side| side.policy.currency_decimals);
    match measure {
        Type::Money | Type::Percent => crate::program::smallest(measure, decimals),
        Type::Duration | Type::Datetime => Number::from(60),
        _ => Number::ONE,
    }
}

/// The finest step in which such a quantity is told apart: of time seconds, though amounts of it are in whole minutes.
fn finest(measure: &Type, along: Along, ground: &Ground<'_>) -> Number {
    let decimals = ground.sides.first().map_or(2, |side| side.policy.currency_decimals);
    match (measure, along) {
        (Type::Duration, Along::Fact(_)) | (Type::Datetime | Type::Date, _) => Number::ONE,
        _ => crate::program::smallest(measure, decimals),
    }
}

impl Visitor for Looking<'_, '_, '_, '_> {
    fn enter(&mut self, node: &Node<'_>) -> Turn {
        let (Some(Some(question)), Some(program)) = (node.questions.first(), self.program()) else { return Turn::Leave };
        let probe = Probe::new(program, question);
        if self.family.hold.iter().any(|condition| !probe.truth(condition).can_be_yes()) {
            return Turn::Leave;
        }
        let mut bands = 0;
        for (condition, banded) in self.family.conditions.iter().zip(self.family.banded) {
            let truth = probe.truth(condition);
            // It covers the whole line.
            if truth.is_surely_yes() {
                return Turn::Leave;
            }
            bands += usize::from(*banded && truth.can_be_yes());
        }
        if bands < 2 { Turn::Leave } else { Turn::Deeper }
    }

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let line = self.line(node);
        let told: BTreeSet<usize> = self.found.iter().flat_map(|gap| [gap.beside.0, gap.beside.1]).collect();
        let is_new = |gap: &Gap| !told.contains(&gap.beside.0) && !told.contains(&gap.beside.1);
        self.found.extend(self.gaps(node, &line).into_iter().filter(is_new));
        self.found.truncate(MOST_GAPS);
        if self.found.len() == MOST_GAPS { Turn::Stop } else { Turn::Deeper }
    }
}
