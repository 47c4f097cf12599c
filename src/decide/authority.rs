//! What a role may grant on its own: entitlement, ceiling and authority of one reading, and the largest quantity that they let through.

use std::borrow::Borrow;

use super::approval;
use super::bound::{Bound, Reading};
use super::budget::Taking;
use super::case::Case;
use super::gates::OpenGates;
use super::open::Open;
use super::truth::Truth;
use crate::number::{Number, Rounding};
use crate::policy::{ActionId, RoleId, RuleId};
use crate::program::node::{Condition, Quantity};
use crate::program::screen::Entry;
use crate::program::{Action, Candidates, Kind, Rule};
use smallvec::SmallVec;

/// One role's view of one action, in one reading.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub case: Case<'a>,
    pub action_id: ActionId,
    pub action: &'a Action,
    pub candidates: &'a Candidates,
    pub role: RoleId,
    pub reading: Reading,
    /// The roles of the people who have approved, one each; mostly none.
    pub approvals: &'a [RoleId],
}

/// What a rule lets through.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub rule: RuleId,
    pub value: Bound,
}

/// A few of them are kept without an allocation.
pub(crate) type Shares = SmallVec<[Share; 4]>;

/// Where a role stands for one quantity.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The applicable prohibitions, with their caps.
    pub caps: Shares,
    /// The largest quantity that is owed.
    pub entitled: Bound,
    /// The applicable entitlements.
    pub entitlements: Shares,
    /// The entitlement whose part comes first where more is granted than is owed.
    pub first: Option<RuleId>,
    /// The applicable permissions that need no further person.
    pub permissions: Shares,
    /// Those that do.
    pub shared: Shares,
    /// The largest quantity that the role may grant on its own.
    pub authority: Bound,
    /// The candidates whose conditions may come to one result or another.
    open: Undecideds,
}

/// A candidate whose condition is open.
#[derive(Clone, Copy, Debug)]
struct Undecided {
    entry: Entry,
    truth: Truth,
    gates: OpenGates,
}

/// A few of them are kept without an allocation, too.
type Undecideds = SmallVec<[Undecided; 4]>;

/// The lists in which the rules of an action stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Prohibitions,
    Entitlements,
    Permissions,
}

/// Where it comes from which candidates apply.
trait Applicable<'a> {
    /// Shows those of a list that do, in source order; those whose condition is open are put into `open`.
    fn each(&self, list: List, open: &mut Undecideds, show: impl FnMut(RuleId, &'a Rule));
}

/// Every candidate is looked at.
struct Looked<'v, 'a> {
    view: &'v View<'a>,
    amount: &'v Number,
}

impl<'a> Applicable<'a> for Looked<'_, 'a> {
    #[inline]
    fn each(&self, list: List, open: &mut Undecideds, mut show: impl FnMut(RuleId, &'a Rule)) {
        let view = self.view;
        let screen = match list {
            List::Prohibitions => &view.candidates.prohibitions,
            List::Entitlements => &view.action.entitlements,
            List::Permissions => &view.candidates.permissions,
        };
        if screen.is_empty() {
            return;
        }
        for entry in view.case.possible(screen) {
            let (truth, gates) = view.case.gates(entry, &view.action.gates);
            if truth.is_surely_no() {
                continue;
            }
            let Some(rule) = view.rule(entry.rule()) else { continue };
            let truth = view.case.beside_gates(entry, truth, &rule.condition, Some(self.amount));
            if truth.is_open() {
                open.push(Undecided { entry: *entry, truth, gates });
            }
            if view.applies(rule, truth) {
                show(entry.rule(), rule);
            }
        }
    }
}

/// Every candidate was looked at in the reading against the asker, and the view is the one in the asker's favour. What is not open comes to the same in both.
struct Known<'v, 'a> {
    view: &'v View<'a>,
    sure: &'v Standing,
}

impl<'a> Applicable<'a> for Known<'_, 'a> {
    #[inline]
    fn each(&self, list: List, open: &mut Undecideds, mut show: impl FnMut(RuleId, &'a Rule)) {
        let (view, sure) = (self.view, self.sure);
        let here = sure.open.iter().filter_map(|undecided| Some((undecided, view.rule(undecided.entry.rule())?)));
        let here = here.filter(|(_, rule)| list_of(rule) == list).inspect(|(undecided, _)| open.push(**undecided));
        let applying = here.filter(|(undecided, rule)| view.applies(rule, undecided.truth)).map(|(undecided, rule)| (undecided.entry.rule(), rule));
        let decided = match list {
            List::Prohibitions => [sure.caps.as_slice(), &[]],
            List::Entitlements => [sure.entitlements.as_slice(), &[]],
            List::Permissions => [sure.permissions.as_slice(), sure.shared.as_slice()],
        };
        if decided.iter().all(|shares| shares.is_empty()) {
            return applying.for_each(|(id, rule)| show(id, rule));
        }
        let decided = decided.into_iter().flatten().map(|share| share.rule).filter(|id| sure.undecided(*id).is_none());
        let decided = decided.filter_map(|id| Some((id, view.rule(id)?)));
        let mut rules: SmallVec<[(RuleId, &Rule); 8]> = decided.chain(applying).collect();
        rules.sort_unstable_by_key(|(id, _)| *id);
        rules.into_iter().for_each(|(id, rule)| show(id, rule));
    }
}

fn list_of(rule: &Rule) -> List {
    match rule.kind {
        Kind::Prohibition { .. } => List::Prohibitions,
        Kind::Entitlement => List::Entitlements,
        Kind::Permission { .. } => List::Permissions,
    }
}

impl Standing {
    fn undecided(&self, id: RuleId) -> Option<&Undecided> {
        self.open.iter().find(|undecided| undecided.entry.rule() == id)
    }
}

impl<'a> View<'a> {
    /// `None` for a role or an action that the program does not have.
    pub fn new(case: Case<'a>, action_id: ActionId, role: RoleId, reading: Reading) -> Option<Self> {
        let action = case.program.action_of(action_id)?;
        let candidates = case.program.candidates(action_id, role)?;
        Some(Self { case, action_id, action, candidates, role, reading, approvals: &[] })
    }

    pub fn step(&self) -> Option<&'a Number> {
        self.action.step.as_ref()
    }

    /// The smallest quantity that can be granted; an action without a measure is granted once.
    pub fn smallest(&self) -> Number {
        self.action.step.clone().unwrap_or(Number::ONE)
    }

    pub fn rule(&self, id: RuleId) -> Option<&'a Rule> {
        self.case.program.rule(id)
    }

    /// What the condition of a candidate comes to.
    pub fn truth(&self, entry: &Entry, rule: &'a Rule, amount: &Number) -> Truth {
        self.case.entry(entry, &self.action.gates, &rule.condition, Some(amount))
    }

    /// Adds what is open in the condition of a rule that is a candidate.
    pub fn open_in_rule(&self, id: RuleId, rule: &'a Rule, amount: &Number, open: &mut Open) {
        match self.entry(id) {
            Some(entry) => self.case.open_in_entry(entry, &self.action.gates, &rule.condition, Some(amount), open),
            None => self.case.open_in(&rule.condition, Some(amount), open),
        }
    }

    /// The same where it is known where the role surely stands for the quantity.
    pub fn open_in_candidate(&self, id: RuleId, rule: &'a Rule, sure: &Standing, amount: &Number, open: &mut Open) {
        if let Some(Undecided { entry, gates, .. }) = sure.undecided(id) {
            self.case.open_in_gates(entry, &self.action.gates, *gates, &rule.condition, Some(amount), open);
        }
    }

    /// A rule among the candidates.
    fn entry(&self, id: RuleId) -> Option<&'a Entry> {
        [&self.candidates.permissions, &self.candidates.prohibitions, &self.action.entitlements].into_iter().find_map(|screen| screen.find(id))
    }

    /// What a condition of anything else comes to.
    pub fn condition(&self, condition: &'a Condition, amount: &Number) -> Truth {
        self.case.condition(condition, Some(amount))
    }

    /// Whether a rule applies: what binds the asker does where it is not surely off, what serves the asker where it surely holds; in favour the other way round.
    pub fn applies(&self, rule: &Rule, truth: Truth) -> bool {
        match (&rule.kind, self.reading) {
            (Kind::Prohibition { .. }, Reading::Against) => !truth.is_surely_no(),
            (Kind::Prohibition { .. }, Reading::Favour) => !truth.can_be_no(),
            (_, Reading::Against) => truth.is_surely_yes(),
            (_, Reading::Favour) => truth.can_be_yes(),
        }
    }

    /// The limit, cap or quantity of a rule, rounded as its kind asks for.
    pub fn quantity(&self, rule: &'a Rule) -> Bound {
        match (&rule.fixed, &rule.quantity) {
            (Some(fixed), _) => fixed.clone(),
            (None, Some(quantity)) => Bound::of(&self.case.quantity(quantity, None), self.reading).round(self.step(), rule.kind.rounding()),
            // What has no quantity is fixed.
            (None, None) => Bound::ZERO,
        }
    }

    fn looked<'v>(&'v self, amount: &'v Number) -> Looked<'v, 'a> {
        Looked { view: self, amount }
    }

    /// The applicable prohibitions that bind the role, with their caps, in source order.
    pub fn caps(&self, amount: &Number) -> Shares {
        let mut caps = Shares::new();
        self.looked(amount).each(List::Prohibitions, &mut Undecideds::new(), |id, rule| caps.push(Share { rule: id, value: self.quantity(rule) }));
        caps
    }

    /// Where the role stands for a quantity.
    pub fn standing(&self, amount: &Number) -> Standing {
        self.weigh(amount, &self.looked(amount))
    }

    /// The same in the asker's favour, where it is known where the role surely stands for the quantity, or for any of a role that stands the same for every one. No
    /// condition is looked at anew.
    pub fn perhaps(&self, sure: &Standing, amount: &Number) -> Standing {
        let view = Self { reading: Reading::Favour, ..*self };
        view.weigh(amount, &Known { view: &view, sure })
    }

    fn weigh(&self, amount: &Number, applicable: &impl Applicable<'a>) -> Standing {
        let mut standing = Standing {
            caps: Shares::new(),
            entitled: Bound::ZERO,
            entitlements: Shares::new(),
            first: None,
            permissions: Shares::new(),
            shared: Shares::new(),
            authority: Bound::ZERO,
            open: Undecideds::new(),
        };
        let (mut ceiling, mut hard) = (Bound::Unlimited, Bound::Unlimited);
        applicable.each(List::Prohibitions, &mut standing.open, |id, rule| {
            let value = self.quantity(rule);
            ceiling.lower(&value);
            if stops_entitlements(rule) {
                hard.lower(&value);
            }
            standing.caps.push(Share { rule: id, value });
        });
        applicable.each(List::Entitlements, &mut standing.open, |id, rule| {
            let mut value = self.quantity(rule);
            value.lower(&hard);
            value.lower(&self.room(rule, &[]));
            standing.entitled.raise(&value);
            standing.entitlements.push(Share { rule: id, value });
        });
        let mut parts = Vec::new();
        if !standing.entitlements.is_empty() {
            parts = self.parts(&standing.entitlements, amount);
            standing.first = self.first(&standing.entitlements, &standing.entitled);
        }
        applicable.each(List::Permissions, &mut standing.open, |id, rule| {
            let mut value = self.quantity(rule);
            value.lower(&ceiling);
            if !rule.charges.is_empty() {
                let beyond = parts.iter().map(|(owed, taken)| owed.add(&self.room(rule, taken))).max();
                value.lower(&beyond.unwrap_or_else(|| self.room(rule, &[])));
            }
            if needs_approval(rule) && !self.is_approved(rule) {
                standing.shared.push(Share { rule: id, value });
            } else {
                standing.authority.raise(&value);
                standing.permissions.push(Share { rule: id, value });
            }
        });
        standing.authority.raise(&standing.entitled);
        standing
    }

    /// Whether for each role that must approve somebody else of that role, or above, has.
    fn is_approved(&self, rule: &Rule) -> bool {
        let Kind::Permission { approved_by } = &rule.kind else { return true };
        !self.approvals.is_empty() && approval::is_signed(self.case.program, approved_by, self.approvals)
    }

    /// The room that the budgets of a rule leave beside what is taken.
    fn room(&self, rule: &'a Rule, taken: &[Taking]) -> Bound {
        if rule.charges.is_empty() { Bound::Unlimited } else { self.case.room(&rule.charges, self.role, self.reading, self.step(), taken) }
    }

    /// Whether both readings come to this standing: nothing that was looked at is open.
    pub fn is_settled(&self, standing: &Standing) -> bool {
        let settled = |share: &Share| self.rule(share.rule).is_some_and(|rule| self.is_rule_settled(rule));
        standing.open.is_empty()
            && [&standing.caps, &standing.entitlements, &standing.permissions, &standing.shared].into_iter().flatten().all(settled)
    }

    /// Whether both readings let through the same by a rule that applies.
    fn is_rule_settled(&self, rule: &'a Rule) -> bool {
        let is_settled = |quantity: &'a Quantity| self.case.quantity(quantity, None).is_settled();
        let quantity = rule.fixed.is_some() || rule.quantity.as_deref().is_none_or(is_settled);
        quantity && rule.charges.iter().all(|charge| self.case.is_charge_settled(charge, self.role))
    }

    /// What is owed before a permission adds to it, with what that takes from budgets. In the asker's favour an entitlement that is not sure may also turn out not
    /// to apply, and to leave its budgets alone.
    fn parts(&self, entitlements: &[Share], amount: &Number) -> Vec<(Bound, Vec<Taking>)> {
        let part = |entitlements: &[Share]| {
            let entitled = entitlements.iter().map(|share| share.value.clone()).max().unwrap_or(Bound::ZERO);
            let first = self.first(entitlements, &entitled).and_then(|id| self.rule(id));
            let taken = first.map(|rule| self.case.takings(rule, &entitled, self.reading)).unwrap_or_default();
            (entitled, taken)
        };
        let is_sure = |share: &&Share| {
            let candidate = self.entry(share.rule).zip(self.rule(share.rule));
            candidate.is_some_and(|(entry, rule)| self.truth(entry, rule, amount).is_surely_yes())
        };
        let sure: Shares = entitlements.iter().filter(is_sure).cloned().collect();
        let mut parts = vec![part(entitlements)];
        if self.reading == Reading::Favour && sure.len() < entitlements.len() {
            parts.push(part(&sure));
        }
        parts
    }

    /// Of the entitlements that give the most, the one that asks for the least.
    fn first(&self, entitlements: &[Share], entitled: &Bound) -> Option<RuleId> {
        if entitled.is_zero() {
            return None;
        }
        let best = entitlements.iter().filter(|share| share.value == *entitled);
        lightest(best, |share| self.burden(share.rule, entitled, &[]))
    }

    /// How much a rule asks for when a quantity is granted by it beside others: its duties, then the budgets that limit it.
    pub fn burden(&self, id: RuleId, quantity: &Bound, beside: &[RuleId]) -> (usize, usize) {
        let Some(rule) = self.rule(id) else { return (usize::MAX, usize::MAX) };
        let mut duties = Vec::new();
        for rule in beside.iter().filter_map(|id| self.rule(*id)).chain([rule]) {
            self.duties(rule, quantity, &mut duties);
        }
        let limiting = rule.charges.iter().filter(|charge| self.case.is_limited(charge.budget, self.role)).count();
        (duties.len(), limiting)
    }

    /// The duties that a rule requires when a quantity is granted, added once each.
    pub fn duties(&self, rule: &'a Rule, quantity: &Bound, into: &mut Vec<crate::policy::DutyId>) {
        let amount = quantity.finite().cloned().unwrap_or_else(Number::largest);
        for requirement in &rule.requires {
            let required = !self.case.condition(&requirement.when, Some(&amount)).is_surely_no();
            if required && !into.contains(&requirement.duty) {
                into.push(requirement.duty);
            }
        }
    }

    /// Whether the role stands the same for every quantity.
    pub fn is_even(&self) -> bool {
        self.candidates.thresholds.is_empty()
    }

    /// The largest quantity up to `most` that is covered by what the role has when just that quantity is asked for; zero where there is none. `standing` is where the
    /// role stands for whatever quantity; it is looked at only where that is the same for every one.
    pub fn largest<S: Borrow<Standing>>(&self, standing: impl Fn() -> S, most: &Bound, has: impl Fn(&Standing) -> Bound) -> Bound {
        match self.step() {
            None if has(standing().borrow()).covers(&Number::ONE) => Bound::Unlimited,
            None => Bound::ZERO,
            Some(_) if self.is_even() => has(standing().borrow()).min(most.clone()),
            Some(step) => self.largest_piece(step, most, has),
        }
    }

    fn largest_piece(&self, step: &Number, most: &Bound, has: impl Fn(&Standing) -> Bound) -> Bound {
        let starts = self.pieces(step);
        let mut end = most.clone();
        for start in starts.iter().rev().filter(|start| most.covers(start)) {
            let reachable = has(&self.standing(start)).min(end.clone());
            if reachable.covers(start) {
                return reachable;
            }
            end = start.subtract(step).map_or(Bound::ZERO, Bound::Finite);
        }
        Bound::ZERO
    }

    /// A quantity at which the role has this much: the quantity itself, or where it is without limit the first of the last piece.
    pub fn representative(&self, quantity: &Bound) -> Number {
        match (quantity, self.step()) {
            (Bound::Finite(quantity), _) => quantity.clone(),
            (Bound::Unlimited, Some(step)) => self.pieces(step).pop().unwrap_or_else(|| step.clone()),
            (Bound::Unlimited, None) => Number::ONE,
        }
    }

    /// The first quantities of the pieces within which no condition changes: conditions compare `amount` only with thresholds that do not read it.
    fn pieces(&self, step: &Number) -> Vec<Number> {
        let mut starts = vec![step.clone()];
        for threshold in &self.candidates.thresholds {
            let range = self.case.quantity(threshold, None);
            for end in [range.low(), range.high()].into_iter().flatten() {
                let Some(below) = end.round(step, Rounding::Down) else { continue };
                let above = below.add(step);
                starts.extend([Some(below), above].into_iter().flatten());
            }
        }
        starts.retain(Number::is_positive);
        starts.sort();
        starts.dedup();
        starts
    }
}

/// Of some shares the one whose rule asks for the least, then the first.
pub(crate) fn lightest<'s>(mut shares: impl Iterator<Item = &'s Share>, burden: impl Fn(&Share) -> (usize, usize)) -> Option<RuleId> {
    let first = shares.next()?;
    let Some(second) = shares.next() else { return Some(first.rule) };
    [first, second].into_iter().chain(shares).min_by_key(|share| burden(share)).map(|share| share.rule)
}

pub(crate) fn stops_entitlements(rule: &Rule) -> bool {
    matches!(rule.kind, Kind::Prohibition { even_if_entitled: true, .. })
}

pub(crate) fn forbids_all(rule: &Rule) -> bool {
    matches!(rule.kind, Kind::Prohibition { whole: true, .. })
}

pub(crate) fn needs_approval(rule: &Rule) -> bool {
    matches!(&rule.kind, Kind::Permission { approved_by } if !approved_by.is_empty())
}
