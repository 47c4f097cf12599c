//! What the lints ask the analysis: whether conditions can hold together, and in which cases. A lint that met a bound says so, once in a pack.

use std::cell::Cell;

use super::Subject;
use crate::analysis::{Analysis, Case, Coverage, Found, Seen, Wanted, When};
use crate::decide::{Coverage as Combinations, Held};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, RoleId, Rule, RuleKind, Subject as Binds};
use crate::program::node::{Condition, Reads};
use crate::source::Span;

/// So many points one lint looks at in a pack.
const MOST_POINTS: usize = 20_000;
/// And in one search.
const MOST_IN_ONE: usize = 4_000;

/// The searches of one lint.
pub(super) struct Exact<'a> {
    on: Subject<'a>,
    lint: &'static str,
    analysis: Analysis<'a>,
    /// Where something was left out for the first time, and why.
    left_out: Cell<Option<(Span, &'static str)>>,
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
    pub fn on_day(&self, day: jiff::civil::Date) -> Analysis<'a> {
        Analysis::new(self.on.policy, self.on.program, day).with_most_points(MOST_IN_ONE)
    }

    /// Remembers what was not told exactly.
    pub fn note(&self, place: Span, coverage: Coverage) {
        let Coverage::GaveUp { why } = coverage else { return };
        self.times.set(self.times.get() + 1);
        if self.left_out.get().is_none() {
            self.left_out.set(Some((place, why)));
        }
    }

    /// A case of somebody whom a rule binds, in which some conditions hold and others do not: today, else later.
    pub fn find(&self, rule: &Rule, hold: &[&'a Condition], fail: &[&'a Condition]) -> Option<Case> {
        self.search(rule, When::FromToday, hold, fail).case
    }

    /// Whether there surely is no such case on any day.
    pub fn never(&self, rule: &Rule, hold: &[&'a Condition], fail: &[&'a Condition]) -> bool {
        let found = self.search(rule, When::Ever, hold, fail);
        if found.case.is_none() {
            self.note(rule.span, found.coverage);
        }
        found.case.is_none() && found.coverage == Coverage::Exact
    }

    fn search(&self, rule: &Rule, when: When, hold: &[&'a Condition], fail: &[&'a Condition]) -> Found {
        let wanted = Wanted { asked: asked(rule), when: When::Today, hold, fail, known: None };
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
        let Some((place, why)) = self.left_out.get() else { return };
        let places = match self.times.get() {
            1 => "here".to_owned(),
            2 => "here and in another place".to_owned(),
            times => format!("here and in {} other places", times - 1),
        };
        found.push(
            Diagnostic::new(Code::TooManyCases, format!("`{}` could not look at every case", self.lint))
                .at(place, format!("it says nothing {places}: {why}"))
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
