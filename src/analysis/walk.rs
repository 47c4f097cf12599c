//! The walk over all cases: one variable after the other, and only those that something undecided still reads.
//!
//! At each point the rules that surely do not apply are gone, and so is everything that only they read. Where nothing is undecided, one case stands for all that are left.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use super::ground::{Clock, Datum, Domain, Ground, Point, Source, Var};
use super::linear::{Doubt, Linear};
use super::pieces::{Extent, Piece};
use super::turning::Turning;
use crate::decide::Probe;
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{ActionId, FallbackId, RoleId, RuleId};
use crate::program::node::{Condition, Quantity};
use crate::program::{Allotment, Instead, Measure, Program, Rule};
use crate::question::Question;

/// So many points are looked at.
pub(crate) const MOST_POINTS: usize = 20_000;
/// Where points are shared out, a branch gets enough to reach an end.
const PLUNGE: usize = 32;
/// So many answers cost what a point does.
const ANSWERS_OF_A_POINT: usize = 4;
const MANY_POINTS: &str = "there are more cases than are looked at";

/// Whether everything was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Every piece of every fact.
    Exact,
    /// Something may have been missed.
    GaveUp {
        /// Why.
        why: &'static str,
    },
}

impl Coverage {
    fn of(doubt: Doubt) -> Self {
        doubt.map_or(Self::Exact, |why| Self::GaveUp { why })
    }

    pub(crate) fn and(self, other: Self) -> Self {
        if self == Self::Exact { other } else { self }
    }
}

/// How closely the answers are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Which answers there are.
    Answers,
    /// Also how limits compare with each other, and which duties there are.
    Limits,
}

/// Something whose outcome matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum What {
    Rule(RuleId),
    Fallback(FallbackId),
    /// One of the conditions that somebody asks about.
    Asked(usize),
}

/// It, on a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Item {
    pub side: usize,
    pub what: What,
}

/// What to do at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Go on.
    Deeper,
    /// Nothing of interest lies here.
    Leave,
    /// That was enough.
    Stop,
}

/// A point on the way: some variables are assigned.
pub(crate) struct Node<'n> {
    pub point: &'n Point,
    /// What each assigned variable was narrowed to.
    pub extents: &'n BTreeMap<Var, Extent>,
    /// By side.
    pub questions: &'n [Option<Question>],
    /// What does not surely fail.
    pub live: &'n [Item],
}

impl Node<'_> {
    /// The most that a quantity may be that was narrowed.
    pub fn most(&self, ground: &Ground<'_>, var: Var) -> Option<Number> {
        match (self.extents.get(&var)?, &ground.variable(var)?.domain) {
            (Extent::Interval(interval), Domain::Quantity(_, step)) => interval.last(step),
            _ => None,
        }
    }
}

/// Who looks at the points.
pub(crate) trait Visitor {
    /// A point where something is undecided.
    fn enter(&mut self, _: &Node<'_>) -> Turn {
        Turn::Deeper
    }

    /// Whether what this reads is decided before anything else.
    fn leads(&self, _: &Item) -> bool {
        false
    }

    /// Whether what this reads is told apart at all at the point that was entered last.
    fn matters(&self, _: &Item) -> bool {
        true
    }

    /// Puts the pieces of a variable into the order in which they are looked at.
    fn sort(&self, _: Var, _: &mut [Piece]) {}

    /// A point where nothing is.
    fn leaf(&mut self, node: &Node<'_>) -> Turn;
}

/// What a walk is about.
pub(crate) struct Walk<'g, 'a> {
    pub ground: &'g Ground<'a>,
    /// By side: the action and the role.
    pub asked: Vec<Option<(ActionId, RoleId)>>,
    pub items: Vec<Item>,
    /// For [`What::Asked`].
    pub conditions: Vec<&'a Condition>,
    pub depth: Depth,
    pub most_points: usize,
    /// What is known from the start.
    pub start: Point,
    /// Questions are asked on no day before this, as the clock counts.
    pub since: Option<Number>,
    /// Whether several values are tried of what cannot be cut exactly.
    pub wide: bool,
    /// Whether the points are shared out among the branches, so that where there are too many something of each is looked at.
    pub fair: bool,
    /// What is left open until nothing else is, and then, too.
    pub last: Option<Var>,
    /// So many points were looked at.
    pub points: Cell<usize>,
    /// So many answers a visitor looked at, at the point where it is.
    pub answers: Cell<usize>,
}

/// A point, and what its variables were narrowed to.
type Narrowed<'n> = (&'n Point, &'n BTreeMap<Var, Extent>);

struct Progress {
    points: usize,
    doubt: Doubt,
    stopped: bool,
}

impl<'g, 'a> Walk<'g, 'a> {
    pub fn new(ground: &'g Ground<'a>, asked: Vec<Option<(ActionId, RoleId)>>, depth: Depth) -> Self {
        let start = ground.start();
        Self {
            ground,
            asked,
            items: Vec::new(),
            conditions: Vec::new(),
            depth,
            most_points: MOST_POINTS,
            start,
            since: None,
            wide: false,
            fair: false,
            last: None,
            points: Cell::new(0),
            answers: Cell::new(0),
        }
    }

    /// Adds the rules of a side that could change the answer: those of the action and of what is offered instead, for every role, and the fallbacks.
    pub fn add_action(&mut self, side: usize) {
        let (Some(own), Some(Some((action, _)))) = (self.ground.sides.get(side).copied(), self.asked.get(side).copied()) else { return };
        let mut actions = vec![action];
        let mut items = BTreeSet::new();
        let mut at = 0;
        while let Some(action) = actions.get(at).copied() {
            let of_action = rules_of(own.program, action);
            let insteads = of_action.iter().filter_map(|id| own.program.rule(*id)?.instead.as_deref());
            let fallbacks = own.program.action_of(action).map(|action| action.fallbacks.as_slice()).unwrap_or_default();
            let all = insteads.chain(fallbacks.iter().filter_map(|id| Some(&own.program.fallbacks.get(id.index())?.instead)));
            // Offers of offers are not followed.
            if at == 0 {
                let offered: Vec<ActionId> = all.flat_map(|instead| instead.offers.iter().map(|offer| offer.action)).collect();
                for action in offered {
                    if !actions.contains(&action) {
                        actions.push(action);
                    }
                }
            }
            items.extend(of_action.into_iter().map(|id| Item { side, what: What::Rule(id) }));
            items.extend(fallbacks.iter().map(|id| Item { side, what: What::Fallback(*id) }));
            at += 1;
        }
        self.items.extend(items);
    }

    /// Adds a condition whose outcome matters; its place among those asked about.
    pub fn add_condition(&mut self, side: usize, condition: &'a Condition) -> usize {
        self.conditions.push(condition);
        let place = self.conditions.len() - 1;
        self.items.push(Item { side, what: What::Asked(place) });
        place
    }

    fn program(&self, side: usize) -> Option<&'a Program> {
        self.ground.sides.get(side).map(|side| side.program)
    }

    pub fn questions(&self, point: &Point) -> Vec<Option<Question>> {
        let asked = |side: usize| self.asked.get(side).copied().flatten();
        (0..self.ground.sides.len()).map(|side| self.ground.question(side, point, asked(side)?)).collect()
    }

    /// Whether conditions read no quantity asked for.
    pub fn is_even(&self, action: ActionId) -> bool {
        let all = self.ground.sides.iter().flat_map(|side| side.program.candidates_of(action));
        all.into_iter().all(|candidates| candidates.thresholds.is_empty())
    }

    pub fn condition_of(&self, item: Item) -> Option<&'a Condition> {
        let program = self.program(item.side)?;
        Some(match item.what {
            What::Rule(id) => &program.rule(id)?.condition,
            What::Fallback(id) => &program.fallbacks.get(id.index())?.condition,
            What::Asked(place) => self.conditions.get(place)?,
        })
    }

    /// What conditions read of the use of budgets.
    pub fn read_spent(&self) -> BTreeSet<Var> {
        let conditions = self.items.iter().filter_map(|item| Some((item.side, self.condition_of(*item)?)));
        settled_first(self.ground, conditions).into_iter().filter(|var| self.ground.is_spent(*var)).collect()
    }

    /// Shows all points to a visitor.
    pub fn run(&self, visitor: &mut impl Visitor) -> Coverage {
        let mut progress = Progress { points: 0, doubt: None, stopped: false };
        let conditions = self.items.iter().filter_map(|item| Some((item.side, self.condition_of(*item)?)));
        let mut read = settled_first(self.ground, conditions);
        // For the answer of a whole action, each quantity is asked for in turn.
        let asks = self.items.iter().any(|item| !matches!(item.what, What::Asked(_)));
        read.retain(|var| !asks || *var != self.ground.amount());
        read.retain(|var| self.last != Some(*var));
        read.retain(|var| self.start.get(var.0).is_some_and(Option::is_none));
        let mut left = self.most_points;
        self.settle((&self.start, &BTreeMap::new()), &read, visitor, &mut progress, &mut left);
        self.points.set(self.points.get() + progress.points);
        Coverage::of(progress.doubt)
    }

    /// What conditions read of budgets, of the clock and of the quantity asked for is settled first: the program does not know it to be unknown.
    fn settle(&self, (point, extents): Narrowed<'_>, open: &[Var], visitor: &mut impl Visitor, progress: &mut Progress, left: &mut usize) {
        let Some((var, open)) = open.split_first() else { return self.descend((point, extents), &self.items, visitor, progress, left) };
        let questions = self.questions(point);
        let pieces = {
            let mut turning = Turning::new(self.ground, point, &questions);
            turning.blind = true;
            turning.wide = self.wide;
            self.look(&mut turning, &self.items, &questions);
            self.settled(&turning, *var, &mut progress.doubt)
        };
        self.branch(pieces, progress, left, |piece, progress, left| {
            let (point, extents) = narrowed(point, extents, *var, piece);
            self.settle((&point, &extents), open, visitor, progress, left);
        });
    }

    /// Shows each piece, with so many points as it may take.
    fn branch(&self, pieces: Vec<Piece>, progress: &mut Progress, left: &mut usize, mut show: impl FnMut(Piece, &mut Progress, &mut usize)) {
        let count = pieces.len();
        for (at, piece) in pieces.into_iter().enumerate() {
            if progress.stopped {
                return;
            }
            if !self.fair {
                show(piece, progress, left);
                continue;
            }
            if *left == 0 {
                progress.doubt = Some(MANY_POINTS);
                return;
            }
            let share = left.div_ceil(count - at).max(PLUNGE);
            let mut own = share;
            show(piece, progress, &mut own);
            *left = left.saturating_sub(share - own);
        }
    }

    /// The pieces that matter of what is settled first: today before other days.
    fn settled(&self, turning: &Turning<'_, 'a>, var: Var, doubt: &mut Doubt) -> Vec<Piece> {
        if var == self.ground.clock().0 {
            let mut pieces = turning.pieces_among(var, None, self.since.as_ref(), doubt);
            let today = self.ground.this_day();
            for piece in &mut pieces {
                if matches!(&piece.extent, Extent::Interval(interval) if interval.contains(&today)) {
                    piece.value = Datum::Number(today.clone());
                }
            }
            pieces.retain(|piece| matches!(&piece.value, Datum::Number(number) if self.since.as_ref().is_none_or(|since| number >= since)));
            pieces.sort_by_key(|piece| piece.value != Datum::Number(today.clone()));
            return pieces;
        }
        let is_amount = var == self.ground.amount();
        let mut pieces = turning.pieces_among(var, self.measure().as_ref().filter(|_| is_amount), Some(&Number::ZERO), doubt);
        let fits = |number: &Number| *number >= Number::ZERO && !(is_amount && number.is_zero());
        pieces.retain(|piece| matches!(&piece.value, Datum::Number(number) if fits(number)));
        for piece in pieces.iter_mut().filter(|_| self.fair && !is_amount) {
            if matches!(&piece.extent, Extent::Interval(interval) if interval.contains(&Number::ZERO)) {
                piece.value = Datum::Number(Number::ZERO);
            }
        }
        pieces
    }

    /// What the action is measured in, and in which steps.
    fn measure(&self) -> Option<(Type, Number)> {
        let (side, (action, _)) = self.ground.sides.first().zip(self.asked.first().copied().flatten())?;
        let measure = side.policy.action(action)?.measure.clone()?;
        Some((measure, side.program.action_of(action)?.step.clone()?))
    }

    fn descend(&self, (point, extents): Narrowed<'_>, live: &[Item], visitor: &mut impl Visitor, progress: &mut Progress, left: &mut usize) {
        progress.points += 1;
        if *left == 0 {
            progress.doubt = Some(MANY_POINTS);
            progress.stopped = !self.fair;
            return;
        }
        *left -= 1;
        let questions = self.questions(point);
        // No side has such a case.
        if questions.iter().all(Option::is_none) {
            return;
        }
        let live: Vec<Item> = live.iter().copied().filter(|item| self.may_hold(*item, &questions)).collect();
        let node = Node { point, extents, questions: &questions, live: &live };
        match visitor.enter(&node) {
            Turn::Deeper => {}
            Turn::Leave => return,
            Turn::Stop => return progress.stopped = true,
        }
        let mut turning = Turning::new(self.ground, point, &questions);
        turning.wide = self.wide;
        let mattering: Vec<Item> = live.iter().copied().filter(|item| visitor.matters(item)).collect();
        self.look(&mut turning, &mattering, &questions);
        let leading: Vec<Item> = mattering.iter().copied().filter(|item| visitor.leads(item)).collect();
        let mut first = Turning::new(self.ground, point, &questions);
        first.wide = self.wide;
        self.look(&mut first, &leading, &questions);
        let Some(var) = first.next(self.last).or_else(|| turning.next(self.last)) else {
            progress.stopped |= visitor.leaf(&node) == Turn::Stop;
            let cost = self.answers.take() / ANSWERS_OF_A_POINT;
            progress.points += cost;
            *left = left.saturating_sub(cost);
            return;
        };
        let mut pieces = turning.pieces(var, &mut progress.doubt);
        drop(turning);
        // People do not owe less than nothing, though nothing forbids to say so.
        pieces.sort_by_key(|piece| matches!(&piece.value, Datum::Number(number) if *number < Number::ZERO));
        visitor.sort(var, &mut pieces);
        self.branch(pieces, progress, left, |piece, progress, left| {
            let (point, extents) = narrowed(point, extents, var, piece);
            self.descend((&point, &extents), &live, visitor, progress, left);
        });
    }

    /// The pieces of what is left open, where nothing else is.
    pub fn line(&self, node: &Node<'_>, var: Var, doubt: &mut Doubt) -> Vec<Piece> {
        let mut turning = Turning::new(self.ground, node.point, node.questions);
        self.look(&mut turning, node.live, node.questions);
        self.pieces_of(&turning, var, doubt)
    }

    /// The pieces into which constants alone cut a variable.
    pub fn plain_line(&self, var: Var) -> Vec<Piece> {
        let questions = self.questions(&self.start);
        let mut turning = Turning::new(self.ground, &self.start, &questions);
        turning.blind = true;
        self.look(&mut turning, &self.items, &questions);
        turning.keep_plain(var);
        self.pieces_of(&turning, var, &mut None)
    }

    fn pieces_of(&self, turning: &Turning<'_, 'a>, var: Var, doubt: &mut Doubt) -> Vec<Piece> {
        let measure = self.measure().filter(|_| var == self.ground.amount());
        turning.pieces_among(var, measure.as_ref(), measure.as_ref().map(|_| &Number::ZERO), doubt)
    }

    fn may_hold(&self, item: Item, questions: &[Option<Question>]) -> bool {
        let (Some(program), Some(Some(question))) = (self.program(item.side), questions.get(item.side)) else { return false };
        let holds = |condition| !Probe::new(program, question).truth(condition).is_surely_no();
        // What is asked about stays, so that it can be seen to fail.
        matches!(item.what, What::Asked(_)) || self.condition_of(item).is_some_and(holds)
    }

    fn look(&self, turning: &mut Turning<'_, 'a>, live: &[Item], questions: &[Option<Question>]) {
        for item in live {
            if let Some(condition) = self.condition_of(*item) {
                turning.detail(false);
                turning.condition(item.side, condition);
            }
            turning.detail(true);
            let (Some(program), Some(Some(question))) = (self.program(item.side), questions.get(item.side)) else { continue };
            match item.what {
                What::Rule(id) => {
                    let Some(rule) = program.rule(id) else { continue };
                    self.look_at_rule(turning, item.side, (program, rule), question);
                }
                What::Fallback(id) => {
                    if let Some(fallback) = program.fallbacks.get(id.index()) {
                        look_instead(turning, item.side, &fallback.instead);
                    }
                }
                What::Asked(_) => {}
            }
        }
    }

    fn look_at_rule(&self, turning: &mut Turning<'_, 'a>, side: usize, (program, rule): (&'a Program, &'a Rule), question: &Question) {
        let step = program.action_of(question.action).and_then(|action| action.step.clone());
        let compared = self.depth == Depth::Limits || reads_amount(program, question);
        let mut limits = Vec::new();
        if let Some(quantity) = rule.quantity.as_deref() {
            limits = turning.forms(side, quantity).unwrap_or_default();
            if compared {
                turning.limit(&limits, None);
            }
            turning.limit(&limits, step.as_ref());
        }
        for requirement in rule.requires.iter().filter(|_| self.depth == Depth::Limits) {
            turning.condition(side, &requirement.when);
        }
        if let Some(instead) = rule.instead.as_deref() {
            look_instead(turning, side, instead);
        }
        self.look_at_charges(turning, side, (program, rule), &limits);
    }

    /// A budget leaves room for so much as asked for, or for the rule's own limit, or for nothing.
    fn look_at_charges(&self, turning: &mut Turning<'_, 'a>, side: usize, (program, rule): (&'a Program, &'a Rule), limits: &[Linear]) {
        let amount = Linear::variable(self.ground.amount());
        let compared = self.depth == Depth::Limits;
        for charge in &rule.charges {
            let Some(budget) = program.budget(charge.budget) else { continue };
            let spent = self.ground.spent(side, charge.budget).filter(|_| compared).map(|var| turning.settled(var));
            let costs = match &charge.by {
                Measure::Once => vec![Linear::constant(Number::ONE)],
                Measure::Fixed(quantity) => turning.forms(side, quantity).unwrap_or_default(),
                Measure::PerUnit(quantity) => {
                    let factors = turning.forms(side, quantity).unwrap_or_default();
                    let cost = |factor: &Linear| {
                        if factor.is_constant() {
                            return vec![amount.times(&factor.constant)];
                        }
                        limits.iter().filter(|limit| limit.is_constant()).map(|limit| factor.times(&limit.constant)).collect()
                    };
                    // What the cost comes to matters only where limits are told apart.
                    if compared { factors.iter().flat_map(cost).flatten().collect() } else { Vec::new() }
                }
            };
            // Roles of one line have the same.
            let lines = self.ground.sides.get(side).and_then(|side| side.policy.budget(charge.budget)).map_or(&[][..], |it| it.line_of.as_slice());
            let mut known = BTreeSet::new();
            for (allotment, line) in budget.allotments.iter().zip(lines) {
                let Some(Allotment::Limited(quantity)) = allotment.as_ref().filter(|_| known.insert(*line)) else { continue };
                for key in &budget.keys {
                    turning.note_all(side, [crate::program::key_ref(*key)]);
                }
                let allotments = turning.forms(side, quantity).unwrap_or_default();
                for allotment in &allotments {
                    turning.further(Some(allotment.clone()));
                    if compared {
                        let left = spent.as_ref().and_then(|spent| allotment.minus(spent));
                        for cost in &costs {
                            turning.further(left.as_ref().and_then(|left| cost.minus(left)));
                        }
                    }
                }
            }
        }
    }
}

fn look_instead<'a>(turning: &mut Turning<'_, 'a>, side: usize, instead: &'a Instead) {
    for offer in &instead.offers {
        turning.condition(side, &offer.when);
        if let Some(quantity) = &offer.up_to {
            let forms = turning.forms(side, quantity).unwrap_or_default();
            turning.limit(&forms, Some(&Number::ZERO));
        }
    }
    instead.advice.iter().for_each(|when| turning.condition(side, when));
    instead.routes.iter().for_each(|route| turning.condition(side, &route.when));
}

fn reads_amount(program: &Program, question: &Question) -> bool {
    program.candidates_of(question.action).iter().any(|candidates| !candidates.thresholds.is_empty())
}

/// All rules of an action, whomever they bind.
pub(crate) fn rules_of(program: &Program, action: ActionId) -> BTreeSet<RuleId> {
    let of_roles = program.candidates_of(action).iter().flat_map(|it| it.permissions.rules().chain(it.prohibitions.rules()));
    of_roles.chain(program.action_of(action).into_iter().flat_map(|action| action.entitlements.rules())).collect()
}

fn narrowed(point: &Point, extents: &BTreeMap<Var, Extent>, var: Var, piece: Piece) -> (Point, BTreeMap<Var, Extent>) {
    let (mut point, mut extents) = (point.clone(), extents.clone());
    if let Some(slot) = point.get_mut(var.0) {
        *slot = Some(piece.value);
    }
    extents.insert(var, piece.extent);
    (point, extents)
}

/// The clock, the quantity asked for and the budgets whose use conditions read.
fn settled_first<'a>(ground: &Ground<'a>, conditions: impl Iterator<Item = (usize, &'a Condition)>) -> Vec<Var> {
    let mut found = BTreeSet::new();
    let (mut clock, mut amount) = (false, false);
    for (side, condition) in conditions {
        let Some(program) = ground.sides.get(side).map(|side| side.program) else { continue };
        let mut reads = crate::program::node::Reads::default();
        condition.reads(&program.named(), &mut reads);
        clock |= reads.clock;
        amount |= reads.amount;
        found.extend(reads.budgets.iter().filter_map(|id| ground.spent(side, *id)));
    }
    found.retain(|var| ground.variable(*var).is_some_and(|variable| matches!(variable.source, Source::Spent(_))));
    let clock = (clock && ground.clock().1 != Clock::Stopped).then_some(ground.clock().0);
    clock.into_iter().chain(amount.then_some(ground.amount())).chain(found).collect()
}

/// The value of a quantity in a case where nothing that it reads is open.
pub(crate) fn number(program: &Program, question: &Question, quantity: &Quantity) -> Option<Number> {
    Probe::new(program, question).number(quantity)
}
