//! What the lints ask the analysis: whether conditions can hold together, and in which cases. A lint that met a bound says so, once in a pack.

use std::cell::{Cell, RefCell};

use super::Subject;
use crate::analysis::{Analysis, Case, Coverage, Seen, Wanted, When};
use crate::decide::{Coverage as Combinations, Held};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, RoleId, Rule, RuleKind, Subject as Binds};
use crate::program::node::Condition;
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

    /// A case of somebody whom a rule binds, in which some conditions hold and others do not.
    pub fn find(&self, rule: &Rule, when: When, hold: &[&'a Condition], fail: &[&'a Condition]) -> Option<Case> {
        let found = self.analysis.find(Wanted { asked: asked(rule), when, hold, fail, known: None });
        if found.case.is_none() {
            self.note(rule.span, found.coverage);
        }
        found.case
    }

    /// Whether there surely is no such case on any day.
    pub fn never(&self, rule: &Rule, hold: &[&'a Condition], fail: &[&'a Condition]) -> bool {
        let found = self.analysis.find(Wanted { asked: asked(rule), when: When::Ever, hold, fail, known: None });
        if found.case.is_none() {
            self.note(rule.span, found.coverage);
        }
        found.case.is_none() && found.coverage == Coverage::Exact
    }

    /// In which cases each of some conditions that belong together holds; `None` where that cannot be told.
    pub fn held(&self, rule: &Rule, conditions: &[&'a Condition]) -> Option<Vec<Held>> {
        // Where facts are tested against constants their combinations are the cases.
        if let Some(samples) = self.on.program.samples_of(self.on.policy, conditions) {
            return Some(Combinations::new(self.on.program, &samples).held(conditions));
        }
        let held = RefCell::new(vec![Held::default(); conditions.len()]);
        let nth = Cell::new(0);
        let coverage = self.each(asked(rule), When::Ever, conditions, |seen| {
            held.borrow_mut().iter_mut().zip(&seen.held).for_each(|(held, holds)| held.add(nth.get(), *holds));
            nth.set(nth.get() + 1);
            true
        });
        self.note(rule.span, coverage);
        (coverage == Coverage::Exact).then(|| held.into_inner())
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
            times => format!("here, as in {} more places", times - 1),
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
