//! What the lints ask the analysis: whether conditions can hold together, and in which cases. A lint that met a bound says so, once in a pack.

use std::cell::Cell;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Subject;
use crate::analysis::{Analysis, Case, Coverage, Found, Seen, Wanted, When};
use crate::calendar;
use crate::decide::{Coverage as Combinations, Decision, Held, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::Comparison;
use crate::policy::{ActionId, RoleId, Rule, RuleKind, Subject as Binds};
use crate::program::Definition;
use crate::program::node::{Condition, Quantity, Reads, TestKind};
use crate::source::Span;

/// So many points one lint looks at in a pack.
const MOST_POINTS: usize = 20_000;
/// And in one search.
const MOST_IN_ONE: usize = 4_000;
/// So many days to come are looked at.
const MOST_DAYS: usize = 12;

/// What was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeftOut {
    Cases,
    /// All days but today.
    Days,
}

/// The searches of one lint.
pub(super) struct Exact<'a> {
    on: Subject<'a>,
    lint: &'static str,
    analysis: Analysis<'a>,
    /// Where something was left out for the first time, what, and why.
    left_out: Cell<Option<(Span, LeftOut, &'static str)>>,
    times: Cell<usize>,
}

impl<'a> Exact<'a> {
    pub fn new(on: Subject<'a>, lint: &'static str) -> Self {
        let analysis = Analysis::new(on.policy, on.program, on.today).with_most_points(MOST_IN_ONE).with_points_in_all(MOST_POINTS);
        Self { on, lint, analysis, left_out: Cell::new(None), times: Cell::new(0) }
    }

    pub fn analysis(&self) -> &Analysis<'a> {
        &self.analysis
    }

    /// The analysis of another day, with a bound of its own.
    pub fn on_day(&self, day: Date) -> Analysis<'a> {
        Analysis::new(self.on.policy, self.on.program, day).with_most_points(MOST_IN_ONE)
    }

    /// Asks the analysis of a day.
    pub fn analysis_of<T>(&self, day: Date, ask: impl FnOnce(&Analysis<'a>) -> T) -> T {
        if day == self.on.today { ask(&self.analysis) } else { ask(&self.on_day(day)) }
    }

    /// Remembers what was not told exactly.
    pub fn note(&self, place: Span, coverage: Coverage) {
        self.leave_out(place, LeftOut::Cases, coverage);
    }

    /// Remembers that days could not be cut, and only today was looked at.
    pub fn note_days(&self, place: Span, coverage: Coverage) {
        self.leave_out(place, LeftOut::Days, coverage);
    }

    fn leave_out(&self, place: Span, what: LeftOut, coverage: Coverage) {
        let Coverage::GaveUp { why } = coverage else { return };
        self.times.set(self.times.get() + 1);
        if self.left_out.get().is_none() {
            self.left_out.set(Some((place, what, why)));
        }
    }

    /// A case in which these conditions hold and the engine decides as wanted, today: a plain one, else any that the rules of the action tell apart.
    pub fn find_decided(&self, wanted: Wanted<'_, 'a>, place: Span, fits: impl Fn(&Decision) -> bool) -> Option<Case> {
        let plain = self.analysis.find(wanted);
        match plain.case {
            Some(case) if fits(&case.decision(self.on.program)) => return Some(case),
            // No case at all.
            None if plain.coverage == Coverage::Exact => return None,
            _ => {}
        }
        let found = self.analysis.find_decided(wanted, fits);
        if found.case.is_none() {
            self.note(place, found.coverage);
        }
        found.case
    }

    /// Today, and the days to come on which what conditions make of today changes: rules come into force, or have ended.
    pub fn days<'c>(&self, conditions: impl Iterator<Item = &'c Condition>) -> Vec<Date> {
        let mut days = BTreeSet::new();
        conditions.for_each(|condition| fixed_days(self.on, condition, &mut days));
        let later = days.into_iter().filter_map(calendar::date).filter(|day| *day > self.on.today).take(MOST_DAYS);
        std::iter::once(self.on.today).chain(later).collect()
    }

    /// A case of somebody whom a rule binds, in which some conditions hold and others do not: today, else later.
    pub fn find(&self, rule: &Rule, hold: &[&'a Condition], fail: &[&'a Condition]) -> Option<Case> {
        self.search(asked(rule), When::FromToday, hold, fail).case
    }

    /// A case of an action and a role in which conditions hold: today, else later.
    pub fn find_asked(&self, asked: (ActionId, RoleId), hold: &[&'a Condition]) -> Option<Case> {
        self.search(asked, When::FromToday, hold, &[]).case
    }

    /// A case in which conditions hold and others do not, best one in which nothing is missing to decide.
    pub fn find_telling(&self, asked: (ActionId, RoleId), hold: &[&'a Condition], fail: &[&'a Condition]) -> Found {
        let wanted = Wanted { asked, when: When::Today, hold, fail, known: None };
        let decided = self.analysis.find_decided(wanted, |decision| decision.outcome != Outcome::Need);
        if decided.case.is_some() { decided } else { self.search(asked, When::FromToday, hold, fail) }
    }

    /// Whether surely on no day from today on some conditions hold together and others do not.
    pub fn never_asked(&self, asked: (ActionId, RoleId), hold: &[&'a Condition], fail: &[&'a Condition]) -> bool {
        let found = self.search(asked, When::FromToday, hold, fail);
        found.case.is_none() && found.coverage == Coverage::Exact
    }

    /// Whether there surely is no such case on any day.
    pub fn never(&self, rule: &Rule, hold: &[&'a Condition], fail: &[&'a Condition]) -> bool {
        let found = self.search(asked(rule), When::Ever, hold, fail);
        if found.case.is_none() {
            self.note(rule.span, found.coverage);
        }
        found.case.is_none() && found.coverage == Coverage::Exact
    }

    /// A case in which a rule applies and changes nothing, as a test.
    pub fn changing_nothing(&self, rule: &Rule, condition: &'a Condition) -> Option<String> {
        let case = self.find(rule, &[condition], &[])?;
        Some(case.as_test(self.on.policy, self.on.program, &format!("{} changes nothing", rule.name)))
    }

    fn search(&self, asked: (ActionId, RoleId), when: When, hold: &[&'a Condition], fail: &[&'a Condition]) -> Found {
        let wanted = Wanted { asked, when: When::Today, hold, fail, known: None };
        let today = self.analysis.find(wanted);
        if today.case.is_some() || !self.reads_clock(hold.iter().chain(fail)) {
            return today;
        }
        let found = self.analysis.find(Wanted { when, ..wanted });
        if found.case.is_some() || found.coverage == Coverage::Exact {
            return found;
        }
        // Days that cannot be cut are tried: one in each of the next twelve months.
        let later = |months: i64| self.on.today.checked_add(jiff::Span::new().months(months)).ok();
        let on_day = |day| Some(self.on_day(day).find(wanted)).filter(|found| found.case.is_some());
        (1..=12).filter_map(later).find_map(on_day).unwrap_or(found)
    }

    /// Whether a condition reads the clock.
    pub fn reads_clock<'c>(&self, conditions: impl Iterator<Item = &'c &'c Condition>) -> bool {
        let mut reads = Reads::default();
        conditions.for_each(|condition| condition.reads(&self.on.program.named(), &mut reads));
        reads.clock
    }

    /// In which cases each of some conditions that belong together holds, as far as that can be told, on these days.
    pub fn held(&self, when: When, conditions: &[&'a Condition]) -> (Vec<Held>, Coverage) {
        // Where facts are tested against constants their combinations are the cases.
        if let Some(samples) = self.on.program.samples_of(self.on.policy, conditions) {
            return (Combinations::new(self.on.program, &samples).held(conditions), Coverage::Exact);
        }
        let mut held = vec![Held::default(); conditions.len()];
        let mut nth = 0;
        let coverage = self.each((ActionId::new(0), RoleId::new(0)), when, conditions, |seen| {
            held.iter_mut().zip(&seen.held).for_each(|(held, holds)| held.add(nth, *holds));
            nth += 1;
            true
        });
        (held, coverage)
    }

    /// Shows a case of each piece, with which of the conditions hold there.
    pub fn each(&self, asked: (ActionId, RoleId), when: When, conditions: &[&'a Condition], show: impl FnMut(&Seen<'_>) -> bool) -> Coverage {
        self.analysis.each_case(Wanted { asked, when, hold: conditions, fail: &[], known: None }, show)
    }

    /// Says that not everything was looked at, where that is so.
    pub fn tell(&self, found: &mut Vec<Diagnostic>) {
        let Some((place, what, why)) = self.left_out.get() else { return };
        let places = match self.times.get() {
            1 => "here".to_owned(),
            2 => "here and in another place".to_owned(),
            times => format!("here and in {} other places", times - 1),
        };
        found.push(
            Diagnostic::new(Code::TooManyCases, format!("`{}` could not look at every case", self.lint))
                .at(place, format!("{} {places}: {why}", if what == LeftOut::Days { "it looks at today alone" } else { "it says nothing" }))
                .help("write the conditions more plainly, or allow `too-many-cases` here"),
        );
    }
}

/// An action of a rule, and a role that it names.
pub(super) fn asked(rule: &Rule) -> (ActionId, RoleId) {
    let role = match &rule.kind {
        RuleKind::Permission { subject: Binds::Roles(roles), .. } | RuleKind::Prohibition { subject: Binds::Roles(roles), .. } => roles.first(),
        _ => None,
    };
    (rule.actions.first().copied().unwrap_or_else(|| ActionId::new(0)), role.copied().unwrap_or_else(|| RoleId::new(0)))
}

/// The first days of what a condition tells apart by comparing today with a day.
fn fixed_days(on: Subject<'_>, condition: &Condition, days: &mut BTreeSet<i64>) {
    let mut add = |quantity: &Quantity, how: Comparison| {
        let Quantity::Constant(day) = quantity else { return };
        let first = match how {
            Comparison::Less | Comparison::AtLeast => 0..=0,
            Comparison::Greater | Comparison::AtMost => 1..=1,
            Comparison::Equal | Comparison::NotEqual => 0..=1,
        };
        days.extend(first.filter_map(|behind| day.to_i64()?.checked_add(behind)));
    };
    match condition {
        Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| fixed_days(on, part, days)),
        Condition::Not(part, _) => fixed_days(on, part, days),
        Condition::Definition(id) => {
            if let Some(Definition::Condition(body)) = on.program.definitions.get(id.index()) {
                fixed_days(on, body, days);
            }
        }
        Condition::Test(test) => match &test.kind {
            TestKind::Compare(Quantity::Today, how, day) => add(day, *how),
            TestKind::Compare(day, how, Quantity::Today) => add(day, how.mirrored()),
            TestKind::Between(Quantity::Today, from, until) => {
                add(from, Comparison::AtLeast);
                add(until, Comparison::AtMost);
            }
            _ => {}
        },
        Condition::Constant(_) | Condition::Gate(..) => {}
    }
}
