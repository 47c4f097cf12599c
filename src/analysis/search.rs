//! Searches over conditions: a case in which some hold and others do not, and which of several hold in each case.

use jiff::Timestamp;

use super::ground::{Clock, Datum, Ground, Point, Source, Var};
use super::walk::{Coverage, Depth, Item, Node, Turn, Visitor, Walk, What};
use super::{Analysis, Case, Found};
use crate::decide::{Decision, Mode, Probe};
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{ActionId, ChoiceId, FactId, FactRef, RoleId, RuleId};
use crate::program::Program;
use crate::program::node::{Condition, Reads};
use crate::question::Question;

/// On which days questions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// On the day of the analysis, at noon.
    Today,
    /// On that day or later.
    FromToday,
    /// On any day.
    Ever,
}

/// What is looked for: a case of this action and role in which the first conditions hold and the others do not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'q, 'a> {
    pub asked: (ActionId, RoleId),
    pub when: When,
    pub hold: &'q [&'a Condition],
    pub fail: &'q [&'a Condition],
    /// What is known from the start.
    pub known: Option<&'q Point>,
}

/// One case with what holds in it.
pub(crate) struct Seen<'s> {
    pub case: Case,
    pub point: &'s Point,
    /// By condition.
    pub held: Vec<bool>,
}

impl<'a> Analysis<'a> {
    /// A case as wanted, today where there is one.
    pub(crate) fn find(&self, wanted: Wanted<'_, 'a>) -> Found {
        let all: Vec<&'a Condition> = wanted.hold.iter().chain(wanted.fail).copied().collect();
        let ground = self.ground_for(wanted.when, &all);
        let ground = ground.as_ref().unwrap_or(&self.ground);
        let Some(walk) = self.walk_over(ground, wanted, &all) else { return Found { case: None, coverage: SPENT } };
        let mut seeker = Seeker { ground, hold: wanted.hold, fail: wanted.fail, asked: wanted.asked, found: None };
        let coverage = walk.run(&mut seeker);
        self.left.set(self.left.get().saturating_sub(walk.points.get()));
        Found { case: seeker.found, coverage }
    }

    /// Shows a case of each piece that the conditions of `wanted` tell apart, with which of them hold; `show` says whether to go on. What should hold or fail is not asked.
    pub(crate) fn each_case(&self, wanted: Wanted<'_, 'a>, show: impl FnMut(&Seen<'_>) -> bool) -> Coverage {
        let ground = self.ground_for(wanted.when, wanted.hold);
        let ground = ground.as_ref().unwrap_or(&self.ground);
        let Some(walk) = self.walk_over(ground, wanted, wanted.hold) else { return SPENT };
        let mut teller = Teller { ground, conditions: wanted.hold, asked: wanted.asked, show };
        let coverage = walk.run(&mut teller);
        self.left.set(self.left.get().saturating_sub(walk.points.get()));
        coverage
    }

    /// A case in which the conditions come out as wanted and the engine decides as wanted, among all that the rules of the action tell apart
    /// while no budget has been used but as conditions say.
    pub(crate) fn find_decided(&self, wanted: Wanted<'_, 'a>, fits: impl Fn(&Decision) -> bool) -> Found {
        self.decided(wanted, |walk| walk.add_action(0), fits)
    }

    /// The same among what one rule tells apart; where there is no such case there may be one among the others.
    pub(crate) fn find_decided_by(&self, wanted: Wanted<'_, 'a>, rule: RuleId, fits: impl Fn(&Decision) -> bool) -> Option<Case> {
        self.decided(wanted, |walk| walk.items.push(Item { side: 0, what: What::Rule(rule) }), fits).case
    }

    fn decided(&self, wanted: Wanted<'_, 'a>, add: impl FnOnce(&mut Walk<'_, 'a>), fits: impl Fn(&Decision) -> bool) -> Found {
        let all: Vec<&'a Condition> = wanted.hold.iter().chain(wanted.fail).copied().collect();
        let Some(mut walk) = self.walk_over(&self.ground, wanted, &all) else { return Found { case: None, coverage: SPENT } };
        add(&mut walk);
        let seeker = Seeker { ground: &self.ground, hold: wanted.hold, fail: wanted.fail, asked: wanted.asked, found: None };
        let mut judge = Judge { walk: &walk, seeker, fits };
        let coverage = walk.run(&mut judge);
        let found = judge.seeker.found;
        self.left.set(self.left.get().saturating_sub(walk.points.get()));
        Found { case: found, coverage }
    }

    /// Where some facts that are yes or no are yes, and nothing else is known.
    pub(crate) fn affirmed(&self, facts: &[FactId]) -> Point {
        let mut point = self.ground.start();
        for var in facts.iter().filter_map(|id| self.ground.var(0, FactRef::Fact(*id))) {
            if let Some(slot) = point.get_mut(var.0) {
                *slot = Some(Datum::YesNo(true));
            }
        }
        point
    }

    /// Where a fact is a value or includes it, and nothing else is known.
    pub(crate) fn having(&self, fact: FactId, value: ChoiceId) -> Point {
        let mut point = self.ground.start();
        let is_set = self.ground.sides.first().and_then(|side| side.policy.fact(fact)).is_some_and(|fact| matches!(fact.ty, Type::SomeOf(_)));
        let slot = self.ground.var(0, FactRef::Fact(fact)).and_then(|var| point.get_mut(var.0));
        if let Some((slot, choice)) = slot.zip(self.ground.choice(0, value)) {
            *slot = Some(if is_set { Datum::Set([choice].into()) } else { Datum::Choice(choice) });
        }
        point
    }

    /// The facts that measure something and have a value at a point.
    pub(crate) fn measured_at(&self, point: &Point) -> Vec<Var> {
        let is_fact = |at: usize| self.ground.variable(Var(at)).is_some_and(|variable| matches!(variable.source, Source::Fact(_)));
        let numbers = point.iter().enumerate().filter(|(_, datum)| matches!(datum, Some(Datum::Number(_))));
        numbers.map(|(at, _)| at).filter(|at| is_fact(*at)).map(Var).collect()
    }

    /// A ground of its own where the day is a variable.
    fn ground_for(&self, when: When, conditions: &[&Condition]) -> Option<Ground<'a>> {
        let program = self.ground.sides.first()?.program;
        let mut reads = Reads::default();
        for condition in conditions {
            condition.reads(&program.named(), &mut reads);
        }
        let clock = if reads.now { Clock::Moments } else { Clock::Days };
        (reads.clock && when != When::Today).then(|| self.ground.with_clock(clock))
    }

    /// `None` where nothing may be looked at any more.
    fn walk_over<'g>(&self, ground: &'g Ground<'a>, wanted: Wanted<'_, 'a>, conditions: &[&'a Condition]) -> Option<Walk<'g, 'a>> {
        let most_points = self.most_points.min(self.left.get());
        let mut walk = Walk { most_points, wide: true, ..Walk::new(ground, vec![Some(wanted.asked)], Depth::Answers) };
        walk.since = (wanted.when == When::FromToday).then(|| ground.this_day());
        if let Some(known) = wanted.known {
            walk.start.clone_from(known);
        }
        for condition in conditions {
            walk.add_condition(0, condition);
        }
        (most_points > 0).then_some(walk)
    }
}

pub(super) const SPENT: Coverage = Coverage::GaveUp { why: "there are more cases in all than are looked at" };

/// Looks for a case in which conditions come out as wanted.
struct Seeker<'s, 'g, 'a> {
    ground: &'g Ground<'a>,
    hold: &'s [&'a Condition],
    fail: &'s [&'a Condition],
    asked: (ActionId, RoleId),
    found: Option<Case>,
}

fn program<'a>(ground: &Ground<'a>) -> Option<&'a Program> {
    ground.sides.first().map(|side| side.program)
}

/// The question with what is settled by now.
fn whole(ground: &Ground<'_>, node: &Node<'_>, asked: (ActionId, RoleId)) -> Option<Question> {
    ground.whole_question(0, node.point, asked)
}

impl Seeker<'_, '_, '_> {
    fn fits(&self, program: &Program, question: &Question) -> bool {
        let probe = Probe::new(program, question);
        let holds = |condition: &&Condition| probe.truth(condition).is_surely_yes();
        self.hold.iter().all(holds) && !self.fail.iter().any(holds)
    }
}

impl Visitor for Seeker<'_, '_, '_> {
    fn enter(&mut self, node: &Node<'_>) -> Turn {
        let (Some(Some(question)), Some(program)) = (node.questions.first(), program(self.ground)) else { return Turn::Leave };
        let probe = Probe::new(program, question);
        let hopeless = self.hold.iter().any(|condition| !probe.truth(condition).can_be_yes())
            || self.fail.iter().any(|condition| probe.truth(condition).is_surely_yes());
        if hopeless { Turn::Leave } else { Turn::Deeper }
    }

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let Some(program) = program(self.ground) else { return Turn::Stop };
        let Some(question) = whole(self.ground, node, self.asked) else { return Turn::Deeper };
        if !self.fits(program, &question) {
            return Turn::Deeper;
        }
        self.found = Some(Case { question });
        Turn::Stop
    }
}

/// Looks for a case that is decided as wanted, with every quantity that may be asked for.
struct Judge<'w, 's, 'g, 'a, F> {
    walk: &'w Walk<'g, 'a>,
    seeker: Seeker<'s, 'g, 'a>,
    fits: F,
}

impl<F: Fn(&Decision) -> bool> Visitor for Judge<'_, '_, '_, '_, F> {
    fn enter(&mut self, node: &Node<'_>) -> Turn {
        self.seeker.enter(node)
    }

    fn leads(&self, item: &Item) -> bool {
        matches!(item.what, What::Asked(_))
    }

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let Some(program) = program(self.seeker.ground) else { return Turn::Stop };
        let Some(question) = self.seeker.ground.whole_question(0, node.point, self.seeker.asked) else { return Turn::Deeper };
        // What conditions read of the quantity asked for is told by asking for each.
        let amounts = if self.walk.is_even(question.action) { Vec::new() } else { self.walk.amounts(node, &[Some(question.clone())]) };
        for amount in std::iter::once(None).chain(amounts.into_iter().map(Some)) {
            let question = Question { amount, ..question.clone() };
            if self.seeker.fits(program, &question) && (self.fits)(&program.decide(&question, Mode::Ask)) {
                self.seeker.found = Some(Case { question });
                return Turn::Stop;
            }
        }
        Turn::Deeper
    }
}

/// Tells of each case which conditions hold.
struct Teller<'s, 'g, 'a, F> {
    ground: &'g Ground<'a>,
    conditions: &'s [&'a Condition],
    asked: (ActionId, RoleId),
    show: F,
}

impl<F: FnMut(&Seen<'_>) -> bool> Visitor for Teller<'_, '_, '_, F> {
    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let Some(program) = program(self.ground) else { return Turn::Stop };
        let Some(question) = whole(self.ground, node, self.asked) else { return Turn::Deeper };
        let probe = Probe::new(program, &question);
        let held = self.conditions.iter().map(|condition| probe.truth(condition).is_surely_yes()).collect();
        if (self.show)(&Seen { case: Case { question }, point: node.point, held }) { Turn::Deeper } else { Turn::Stop }
    }
}

impl Ground<'_> {
    /// The day of all questions, as the variable of the clock counts.
    pub fn this_day(&self) -> Number {
        let noon: Timestamp = self.moment(0, &Vec::new());
        match self.clock().1 {
            Clock::Moments => crate::calendar::seconds(noon),
            _ => Number::from(crate::calendar::days(self.today)),
        }
    }
}
