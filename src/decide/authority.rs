//! What a role may grant on its own: entitlement, ceiling and authority of one reading, and the largest quantity that they let through.

use super::bound::{Bound, Reading};
use super::budget::Taking;
use super::case::Case;
use super::truth::Truth;
use crate::number::{Number, Rounding};
use crate::policy::{ActionId, RoleId, RuleId};
use crate::program::node::{Condition, Quantity};
use crate::program::screen::{Entry, Screen};
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
}

/// What a rule lets through.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub rule: RuleId,
    pub value: Bound,
}

/// A few of them are kept without an allocation.
pub(crate) type Shares = SmallVec<[Share; 2]>;

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
    /// Whether every condition that was looked at came to one result.
    closed: bool,
}

/// Rules that apply, of those that were looked at.
struct Applicable {
    shares: Shares,
    /// Whether none of them hung on anything open.
    closed: bool,
}

impl<'a> View<'a> {
    /// `None` for a role or an action that the program does not have.
    pub fn new(case: Case<'a>, action_id: ActionId, role: RoleId, reading: Reading) -> Option<Self> {
        let action = case.program.action_of(action_id)?;
        let candidates = case.program.candidates(action_id, role)?;
        Some(Self { case, action_id, action, candidates, role, reading })
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
            (None, None) => Bound::Unlimited,
        }
    }

    /// Of some candidates those that apply, in source order, with what they let through.
    fn applicable(&self, candidates: &'a Screen, amount: &Number, value: impl Fn(&'a Rule) -> Bound) -> Applicable {
        let (mut shares, mut closed) = (Shares::new(), true);
        for entry in self.case.possible(candidates) {
            let Some(rule) = self.rule(entry.rule()) else { continue };
            let truth = self.truth(entry, rule, amount);
            closed &= !truth.is_open();
            if self.applies(rule, truth) {
                shares.push(Share { rule: entry.rule(), value: value(rule) });
            }
        }
        Applicable { shares, closed }
    }

    /// The applicable prohibitions that bind the role, with their caps, in source order.
    pub fn caps(&self, amount: &Number) -> Shares {
        self.applicable(&self.candidates.prohibitions, amount, |rule| self.quantity(rule)).shares
    }

    /// Where the role stands for a quantity.
    pub fn standing(&self, amount: &Number) -> Standing {
        let Applicable { shares: caps, closed } = self.applicable(&self.candidates.prohibitions, amount, |rule| self.quantity(rule));
        let least = |caps: &mut dyn Iterator<Item = &Share>| caps.map(|cap| &cap.value).min().cloned().unwrap_or(Bound::Unlimited);
        let ceiling = least(&mut caps.iter());
        let hard = least(&mut caps.iter().filter(|cap| self.rule(cap.rule).is_some_and(stops_entitlements)));
        let mut standing = Standing {
            caps,
            entitled: Bound::ZERO,
            entitlements: Shares::new(),
            first: None,
            permissions: Shares::new(),
            shared: Shares::new(),
            authority: Bound::ZERO,
            closed,
        };
        if !self.action.entitlements.is_empty() {
            let share = |rule: &'a Rule| {
                let room = self.case.room(&rule.charges, self.role, self.reading, self.step(), &[]);
                self.quantity(rule).min(room).min(hard.clone())
            };
            let Applicable { shares, closed } = self.applicable(&self.action.entitlements, amount, share);
            standing.entitled = shares.iter().map(|share| &share.value).max().cloned().unwrap_or(Bound::ZERO);
            standing.first = self.first(&shares, &standing.entitled);
            standing.entitlements = shares;
            standing.closed &= closed;
        }
        self.add_permissions(&mut standing, &ceiling, amount);
        standing.authority =
            standing.permissions.iter().map(|share| &share.value).max().cloned().unwrap_or(Bound::ZERO).max(standing.entitled.clone());
        standing
    }

    /// What permissions add to what is owed, below a ceiling.
    fn add_permissions(&self, standing: &mut Standing, ceiling: &Bound, amount: &Number) {
        let parts = if standing.entitlements.is_empty() { Vec::new() } else { self.parts(&standing.entitlements, amount) };
        let value = |rule: &'a Rule| {
            let room = |taken: &[Taking]| self.case.room(&rule.charges, self.role, self.reading, self.step(), taken);
            let beyond = parts.iter().map(|(owed, taken)| owed.add(&room(taken))).max();
            self.quantity(rule).min(ceiling.clone()).min(beyond.unwrap_or_else(|| room(&[])))
        };
        let Applicable { shares, closed } = self.applicable(&self.candidates.permissions, amount, value);
        standing.closed &= closed;
        for share in shares {
            let list = if self.rule(share.rule).is_some_and(needs_approval) { &mut standing.shared } else { &mut standing.permissions };
            list.push(share);
        }
    }

    /// Whether both readings come to this standing: nothing that was looked at is open.
    pub fn is_settled(&self, standing: &Standing) -> bool {
        let settled = |share: &Share| self.rule(share.rule).is_some_and(|rule| self.is_rule_settled(rule));
        standing.closed && [&standing.caps, &standing.entitlements, &standing.permissions, &standing.shared].into_iter().flatten().all(settled)
    }

    /// Whether both readings let through the same by a rule that applies.
    fn is_rule_settled(&self, rule: &'a Rule) -> bool {
        let is_settled = |quantity: &'a Quantity| self.case.quantity(quantity, None).is_settled();
        let quantity = rule.fixed.is_some() || rule.quantity.as_ref().is_none_or(is_settled);
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
        let is_sure = |share: &&Share| self.rule(share.rule).is_some_and(|rule| self.condition(&rule.condition, amount).is_surely_yes());
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

    /// The largest quantity up to `most` that is covered by what the role has when just that quantity is asked for; zero where there is none.
    pub fn largest(&self, most: &Bound, has: impl Fn(&Standing) -> Bound) -> Bound {
        if self.step().is_none() || self.is_even() {
            return self.largest_of(&self.standing(&self.smallest()), most, has);
        }
        self.largest_piece(most, has)
    }

    /// The same where a standing is known already, for whatever quantity.
    pub fn largest_from(&self, standing: &Standing, most: &Bound, has: impl Fn(&Standing) -> Bound) -> Bound {
        if self.step().is_none() || self.is_even() { self.largest_of(standing, most, has) } else { self.largest_piece(most, has) }
    }

    fn largest_of(&self, standing: &Standing, most: &Bound, has: impl Fn(&Standing) -> Bound) -> Bound {
        let has = has(standing);
        match self.step() {
            Some(_) => has.min(most.clone()),
            None if has.covers(&Number::ONE) => Bound::Unlimited,
            None => Bound::ZERO,
        }
    }

    fn largest_piece(&self, most: &Bound, has: impl Fn(&Standing) -> Bound) -> Bound {
        let step = self.smallest();
        let starts = self.pieces(&step);
        let mut end = most.clone();
        for start in starts.iter().rev().filter(|start| most.covers(start)) {
            let reachable = has(&self.standing(start)).min(end.clone());
            if reachable.covers(start) {
                return reachable;
            }
            end = start.subtract(&step).map_or(Bound::ZERO, Bound::Finite);
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
