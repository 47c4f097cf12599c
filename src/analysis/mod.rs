//! Exact analysis: which answers a policy can give, over the finite pieces into which its constants cut each fact.
//!
//! In go a policy, its program and a day; out come cases, each a whole question with its decision. Nothing is sampled: a piece is a set of values that every condition
//! treats alike, so that one value stands for all. Where a condition reads something that cannot be cut exactly, or there are more pieces than a bound, a
//! [`Coverage::GaveUp`] says why. What is unknown in a real question is no piece of its own: every fact that matters is known here, or absent.
//!
//! ```text
//! let analysis = Analysis::new(policy, program, today);
//! // A case in which somebody meets a bare no:
//! let found = analysis.find_no(action, role, |decision| !decision.advice.is_empty());
//! found.case.map(|case| case.as_test(policy, program, "nobody meets a wall"));
//! // A case in which the first condition holds and the second does not:
//! analysis.find_where(&[first], &[second]);
//! // Every piece, once:
//! analysis.each(action, role, |case, decision| { … ; true });
//! ```

mod bands;
pub(crate) mod case;
mod constants;
mod ground;
mod leaf;
mod linear;
mod pieces;
mod search;
mod swing;
mod texts;
mod turning;
mod walk;

use std::cell::Cell;

use jiff::civil::Date;

pub(crate) use bands::{Along, Family, Gap};
pub use case::Case;
pub(crate) use case::{amount, expectations, literal};
pub(crate) use ground::{Choice, Datum, Domain, Ground, Point, Side, Source, Var};
pub(crate) use linear::Doubt;
pub(crate) use pieces::{Extent, Interval, Piece, Split, intervals};
pub(crate) use search::{Seen, Wanted, When};
pub(crate) use swing::Silence;
pub use walk::{Coverage, Depth};

use crate::decide::{Decision, Mode, Outcome, Probe, Reason};
use crate::number::Number;
use crate::policy::{ActionId, BudgetId, Policy, RoleId};
use crate::program::node::{Condition, Quantity, Reads};
use crate::program::{Allotment, Kind, Measure, Program, Rule};
use crate::question::Question;
pub(crate) use walk::{Item, Node, Turn, Visitor, Walk, What, rules_of};

/// What a search found, and whether it looked everywhere: without a case and [`Coverage::Exact`] there is none.
#[derive(Clone, Debug)]
pub struct Found {
    /// A case as wanted.
    pub case: Option<Case>,
    /// Whether everything was looked at, as far as it was needed.
    pub coverage: Coverage,
}

/// The analysis of one policy on one day.
#[derive(Debug)]
pub struct Analysis<'a> {
    ground: Ground<'a>,
    depth: Depth,
    most_points: usize,
    /// So many more points may be looked at in all searches over conditions.
    left: Cell<usize>,
}

impl<'a> Analysis<'a> {
    /// Answers are told apart; how limits compare with each other is not.
    #[must_use]
    pub fn new(policy: &'a Policy, program: &'a Program, today: Date) -> Self {
        Self {
            ground: Ground::new(vec![Side { policy, program }], today),
            depth: Depth::Answers,
            most_points: walk::MOST_POINTS,
            left: Cell::new(usize::MAX),
        }
    }

    /// The same at another depth.
    #[must_use]
    pub fn with_depth(self, depth: Depth) -> Self {
        Self { depth, ..self }
    }

    /// The same with another bound on the points that one search looks at.
    #[must_use]
    pub fn with_most_points(self, most_points: usize) -> Self {
        Self { most_points, ..self }
    }

    /// The same with a bound on the points that all searches over conditions look at together.
    pub(crate) fn with_points_in_all(self, points: usize) -> Self {
        Self { left: Cell::new(points), ..self }
    }

    /// Shows a case of each piece with its decision: every combination of facts, used budgets and quantities asked for (none, and one of each piece) that the rules of the
    /// action, of what is offered instead, and the fallbacks tell apart. `show` says whether to go on.
    pub fn each(&self, action: ActionId, role: RoleId, show: impl FnMut(&Case, &Decision) -> bool) -> Coverage {
        let asked = (action, role);
        let mut walk = Walk { most_points: self.most_points, ..Walk::new(&self.ground, vec![Some(asked)], self.depth) };
        walk.add_action(0);
        let mut showing = Showing { walk: &walk, asked, show, doubt: None };
        let coverage = walk.run(&mut showing);
        let doubt = showing.doubt;
        coverage.and(doubt.map_or(Coverage::Exact, |why| Coverage::GaveUp { why }))
    }

    /// A case whose answer is `no` and that nothing excuses. What excuses a case must be there for good: where it is there while facts are unknown and every budget is used
    /// up, it is there in every case that is left. Offers that are granted, advice and people to ask are such.
    pub fn find_no(&self, action: ActionId, role: RoleId, excuses: impl Fn(&Decision) -> bool) -> Found {
        self.find_no_within(self.most_points, (action, role), excuses).0
    }

    /// The same with so many points; with how many of them were looked at. Where there are more, half of them are shared out among all branches.
    pub(crate) fn find_no_within(&self, most_points: usize, asked: (ActionId, RoleId), excuses: impl Fn(&Decision) -> bool) -> (Found, usize) {
        let mut walk = Walk { most_points: most_points / 2, ..Walk::new(&self.ground, vec![Some(asked)], self.depth) };
        walk.add_action(0);
        let is_fed = self.ground.sides.iter().any(|side| are_fed_by_budgets(side.program));
        let mut found = denied(&walk, asked, is_fed, &excuses);
        if found.case.is_none() && found.coverage != Coverage::Exact {
            (walk.fair, walk.most_points) = (true, most_points.saturating_sub(walk.points.get()));
            found = denied(&walk, asked, is_fed, &excuses);
        }
        (found, walk.points.get())
    }

    /// A case in which the first conditions hold and the others do not. It asks for nothing in particular: its action and role are the first.
    pub(crate) fn find_where(&self, hold: &[&'a Condition], fail: &[&'a Condition]) -> Found {
        let asked = (ActionId::new(0), RoleId::new(0));
        self.find(Wanted { asked, when: When::Today, hold, fail, known: None })
    }
}

/// Shows every case of every point.
struct Showing<'w, 'g, 'a, F> {
    walk: &'w Walk<'g, 'a>,
    asked: (ActionId, RoleId),
    show: F,
    doubt: Doubt,
}

impl<F: FnMut(&Case, &Decision) -> bool> Visitor for Showing<'_, '_, '_, F> {
    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let Some(program) = self.walk.ground.sides.first().map(|side| side.program) else { return Turn::Stop };
        for (point, _) in self.walk.spendings(node, &mut self.doubt) {
            let Some(question) = self.walk.ground.whole_question(0, &point, self.asked) else { continue };
            let amounts = self.walk.amounts(node, &[Some(question.clone())]);
            for amount in std::iter::once(None).chain(amounts.into_iter().map(Some)) {
                let case = Case { question: Question { amount, ..question.clone() } };
                let decision = program.decide(&case.question, Mode::Ask);
                if !(self.show)(&case, &decision) {
                    return Turn::Stop;
                }
            }
        }
        Turn::Deeper
    }
}

/// Whether a quantity that is granted, charged or offered reads what is used of a budget.
fn are_fed_by_budgets(program: &Program) -> bool {
    let granted = program.rules.iter().filter_map(|rule| rule.quantity.as_deref());
    let charged = program.rules.iter().flat_map(|rule| &rule.charges).filter_map(|charge| match &charge.by {
        Measure::Once => None,
        Measure::PerUnit(quantity) | Measure::Fixed(quantity) => Some(quantity),
    });
    let insteads = program.rules.iter().filter_map(|rule| rule.instead.as_deref()).chain(program.fallbacks.iter().map(|fallback| &fallback.instead));
    let offered = insteads.flat_map(|instead| &instead.offers).filter_map(|offer| offer.up_to.as_ref());
    granted.chain(charged).chain(offered).any(|quantity| {
        let mut reads = Reads::default();
        quantity.reads(&program.named(), &mut reads);
        !reads.budgets.is_empty()
    })
}

/// A decision with those of its excuses that are there for good: what a prohibition offers and advises is not, while it may still be off, or lets something through.
fn lasting(program: &Program, question: &Question, mut decision: Decision) -> Decision {
    let probe = Probe::new(program, question);
    let rule = |reason: &Reason| if let Reason::Rule(id) = reason { program.rule(*id) } else { None };
    let is_sure = |rule: &Rule| matches!(rule.kind, Kind::Prohibition { whole: true, .. }) && probe.truth(&rule.condition).is_surely_yes();
    decision.advice.retain(|advice| rule(&advice.reason).is_none_or(is_sure));
    let offers = |rule: &Rule| rule.instead.as_ref().is_some_and(|instead| !instead.offers.is_empty());
    if decision.because.iter().filter_map(rule).any(|rule| offers(rule) && !is_sure(rule)) {
        decision.offer.clear();
    }
    decision
}

fn denied(walk: &Walk<'_, '_>, asked: (ActionId, RoleId), is_fed: bool, excuses: &impl Fn(&Decision) -> bool) -> Found {
    let mut denied = Denied { walk, asked, excuses, is_fed, found: None, doubt: None };
    let coverage = walk.run(&mut denied);
    let doubt = denied.doubt;
    Found { case: denied.found, coverage: coverage.and(doubt.map_or(Coverage::Exact, |why| Coverage::GaveUp { why })) }
}

/// Looks for a `no` without an excuse.
struct Denied<'w, 'g, 'a, F> {
    walk: &'w Walk<'g, 'a>,
    asked: (ActionId, RoleId),
    excuses: F,
    /// Whether quantities read what is used of budgets, so that more may be granted where more is used.
    is_fed: bool,
    found: Option<Case>,
    doubt: Doubt,
}

impl<F: Fn(&Decision) -> bool> Denied<'_, '_, '_, F> {
    fn program(&self) -> Option<&Program> {
        self.walk.ground.sides.first().map(|side| side.program)
    }

    /// Whether the more is used of budgets the less is granted: what is asked for turns no conditions about, and what is used of budgets no quantities.
    fn is_plain(&self) -> bool {
        self.walk.is_even(self.asked.0) && !self.is_fed
    }

    /// The points that a leaf falls into by what is used of budgets. Where the least is granted with everything used up, nothing but that is looked at, and the same with nothing
    /// used, which is easier to read.
    fn spendings(&mut self, node: &Node<'_>) -> Vec<Point> {
        if self.is_plain() {
            return self.walk.least_and_most_spent(node).into();
        }
        self.walk.spendings(node, &mut self.doubt).into_iter().map(|(point, _)| point).collect()
    }

    /// The question with every budget used up, as far as it may be where conditions read it.
    fn used_up(&self, node: &Node<'_>, question: &Question) -> Question {
        let narrowed = |id: BudgetId| self.walk.ground.spent(0, id).and_then(|var| node.most(self.walk.ground, var));
        let most = |at: usize| narrowed(BudgetId::new(at)).unwrap_or_else(|| self.beyond(BudgetId::new(at)));
        Question { spent: (0..question.spent.len()).map(most).collect(), ..question.clone() }
    }

    /// More than any line of a budget: literals are at most 10¹⁵, and small numbers are added fast.
    fn beyond(&self, id: BudgetId) -> Number {
        let budget = self.program().and_then(|program| program.budget(id));
        let is_literal = |line: &Option<Allotment>| !matches!(line, Some(Allotment::Limited(quantity)) if !matches!(quantity, Quantity::Constant(_)));
        let is_plain = budget.is_some_and(|budget| budget.allotments.iter().all(is_literal));
        if is_plain { Number::from(10_000_000_000_000_000) } else { Number::largest() }
    }

    /// Whether nothing that lies beyond a point is a `no` without an excuse: not even the hardest of what may be asked for, with every budget used up.
    fn is_excused(&self, node: &Node<'_>, question: &Question) -> bool {
        let Some(program) = self.program() else { return true };
        let least = self.used_up(node, question);
        if program.decide(&least, Mode::Ask).outcome.is_allowed() {
            return true;
        }
        if program.action_of(question.action).is_none_or(|action| action.step.is_none()) {
            let decision = program.decide(&least, Mode::Ask);
            return self.excuse(&lasting(program, &least, decision));
        }
        let hardest = Question { amount: Some(Number::largest()), ..least };
        let most = program.decide(&hardest, Mode::Ask);
        most.outcome.is_allowed() || most.outcome == Outcome::UpTo || self.excuse(&lasting(program, &hardest, most))
    }

    fn excuse(&self, decision: &Decision) -> bool {
        !decision.ask.is_empty() || (self.excuses)(decision)
    }
}

impl<F: Fn(&Decision) -> bool> Visitor for Denied<'_, '_, '_, F> {
    fn enter(&mut self, node: &Node<'_>) -> Turn {
        let Some(Some(question)) = node.questions.first() else { return Turn::Leave };
        if self.is_plain() && self.is_excused(node, question) { Turn::Leave } else { Turn::Deeper }
    }

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let Some(program) = self.walk.ground.sides.first().map(|side| side.program) else { return Turn::Stop };
        for point in self.spendings(node) {
            let Some(question) = self.walk.ground.whole_question(0, &point, self.asked) else { continue };
            // A part can be granted of whatever is asked for.
            if program.decide(&question, Mode::Ask).outcome.is_allowed() && self.walk.is_even(question.action) {
                continue;
            }
            let amounts = self.walk.amounts(node, &[Some(question.clone())]);
            self.walk.answers.set(self.walk.answers.get() + amounts.len());
            for amount in std::iter::once(None).chain(amounts.into_iter().map(Some)) {
                let case = Case { question: Question { amount, ..question.clone() } };
                let decision = program.decide(&case.question, Mode::Ask);
                if decision.outcome == Outcome::No && !self.excuse(&decision) {
                    self.found = Some(case);
                    return Turn::Stop;
                }
            }
        }
        Turn::Deeper
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;
    use crate::pack::Pack;
    use crate::policy;

    const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n  holidays 2026-11-20\nrole agent\naction refund of money\n\
        fact kind one of torn, late, wrong\nfact total money\nfact paid money optional\nfact bought date\nfact sent date\nfact tags some of vip, press\nfact code text\n";

    fn engine(rules: &[&str]) -> Engine {
        let rules: String =
            rules.iter().enumerate().fold(String::new(), |text, (at, rule)| format!("{text}\nrule r{at}\n  agent may refund\n  when {rule}\n"));
        let (pack, problems) = Pack::from_texts(&[("p.kulanz", &format!("{HEAD}{rules}"))]);
        assert!(problems.is_empty(), "{problems:?}");
        Engine::new(policy::check(&pack).unwrap_or_else(|problems| panic!("{problems:?}")))
    }

    /// The facts of a case where the first rules' conditions hold and the last one's does not, and whether that was exact.
    fn found(hold: &[&str], fail: &str) -> (Option<String>, Coverage) {
        let all: Vec<&str> = hold.iter().copied().chain([fail]).collect();
        let engine = engine(&all);
        let conditions: Vec<&Condition> = engine.program().rules.iter().map(|rule| &rule.condition).collect();
        let analysis = Analysis::new(engine.policy(), engine.program(), jiff::civil::date(2026, 11, 22));
        let (fail, hold) = conditions.split_last().unwrap();
        let found = analysis.find_where(hold, &[*fail]);
        let facts = |case: Case| {
            let test = case.as_test(engine.policy(), engine.program(), "t");
            test.lines().filter_map(|line| line.strip_prefix("  given ")).collect::<Vec<_>>().join(", ")
        };
        (found.case.map(facts), found.coverage)
    }

    fn exact(hold: &[&str], fail: &str) -> Option<String> {
        let (found, coverage) = found(hold, fail);
        assert_eq!(if found.is_none() { coverage } else { Coverage::Exact }, Coverage::Exact, "{hold:?} {fail}");
        found
    }

    #[test]
    fn between_two_cuts_one_step_apart_lies_nothing() {
        assert_eq!(exact(&["total > 50 EUR"], "total >= 50.01 EUR"), None);
        assert_eq!(exact(&["total > 50 EUR"], "total >= 50.02 EUR").unwrap(), "total is 50.01 EUR");
        assert_eq!(exact(&["kind is not torn", "kind is not late"], "kind is wrong"), None);
        assert_eq!(exact(&["tags includes any of vip, press"], "tags includes vip").unwrap(), "tags is press");
        assert_eq!(exact(&["code starts with \"A\""], "code contains \"A\""), None);
    }

    #[test]
    fn two_facts_are_compared_whatever_each_is() {
        let holds = ["paid is present and paid > 20% of total", "total > 100 EUR"];
        assert_eq!(exact(&holds, "paid is present and paid > 20 EUR"), None);
        assert!(exact(&holds, "paid is present and paid > 20.50 EUR").is_some());
        assert_eq!(exact(&["paid is present and paid > total", "paid is present and paid < 10 EUR"], "total < 10 EUR"), None);
        assert_eq!(exact(&["paid is present and paid + total < 10 EUR", "total > 4 EUR"], "paid is present and paid < 6 EUR"), None);
    }

    #[test]
    fn days_are_counted_along_the_calendar() {
        // 2026-11-20 is a holiday, and today is a Sunday.
        assert_eq!(exact(&["within 1 working day after bought"], "bought >= 2026-11-19"), None);
        assert_eq!(exact(&["more than 1 working day after bought"], "bought <= 2026-11-17").unwrap(), "bought is 2026-11-18");
        assert_eq!(exact(&["today - bought <= 30 days"], "within 1 month after bought or bought > today"), None);
        assert_eq!(exact(&["today - bought <= 32 days"], "within 1 month after bought or bought > today").unwrap(), "bought is 2026-10-21");
        assert_eq!(exact(&["sent is within 2 months after bought", "bought > 2026-01-01"], "sent > 2026-01-01"), None);
        assert!(exact(&["sent is within 2 months after bought", "bought > 2026-01-01"], "sent > 2026-01-05").is_some());
    }

    #[test]
    fn what_cannot_be_cut_is_said() {
        let (_, coverage) = found(&["(total / 1 EUR) * total > 7 EUR"], "total > 7 EUR or total < 0 EUR");
        assert!(matches!(coverage, Coverage::GaveUp { .. }), "{coverage:?}");
    }
}
