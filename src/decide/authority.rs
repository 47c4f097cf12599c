//! What a role may grant on its own: entitlement, ceiling and authority of one reading, and the largest quantity that they let through.

use super::bound::{Bound, Reading};
use super::budget::Taking;
use super::case::Case;
use super::truth::Truth;
use crate::number::{Number, Rounding};
use crate::policy::{ActionId, RoleId, RuleId};
use crate::program::node::Condition;
use crate::program::{Action, Candidates, Kind, Rule};

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

/// Where a role stands for one quantity.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    /// The largest quantity that is owed.
    pub entitled: Bound,
    /// The applicable entitlements.
    pub entitlements: Vec<Share>,
    /// The entitlement whose part comes first where more is granted than is owed.
    pub first: Option<RuleId>,
    /// The applicable permissions that need no further person.
    pub permissions: Vec<Share>,
    /// Those that do.
    pub shared: Vec<Share>,
    /// The largest quantity that the role may grant on its own.
    pub authority: Bound,
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

    pub fn truth(&self, condition: &'a Condition, amount: &Number) -> Truth {
        self.case.condition(condition, Some(amount))
    }

    /// Whether a rule applies: what binds the asker does where it is not surely off, what serves the asker where it surely holds; in favour the other way round.
    pub fn applies(&self, rule: &'a Rule, amount: &Number) -> bool {
        let truth = self.truth(&rule.condition, amount);
        match (&rule.kind, self.reading) {
            (Kind::Prohibition { .. }, Reading::Against) => !truth.is_surely_no(),
            (Kind::Prohibition { .. }, Reading::Favour) => !truth.can_be_no(),
            (_, Reading::Against) => truth.is_surely_yes(),
            (_, Reading::Favour) => truth.can_be_yes(),
        }
    }

    /// The limit, cap or quantity of a rule, rounded as its kind asks for.
    pub fn quantity(&self, rule: &'a Rule) -> Bound {
        let Some(quantity) = &rule.quantity else {
            return if forbids_all(rule) { Bound::ZERO } else { Bound::Unlimited };
        };
        let rounding = if matches!(rule.kind, Kind::Entitlement) { Rounding::HalfUp } else { Rounding::Down };
        Bound::of(&self.case.quantity(quantity, None), self.reading).round(self.step(), rounding)
    }

    /// The applicable prohibitions that bind the role, with their caps, in source order.
    pub fn caps(&self, amount: &Number) -> Vec<(RuleId, Bound)> {
        let applicable = self.candidates.prohibitions.iter().filter_map(|id| Some((*id, self.rule(*id)?)));
        applicable.filter(|(_, rule)| self.applies(rule, amount)).map(|(id, rule)| (id, self.quantity(rule))).collect()
    }

    /// Where the role stands for a quantity.
    pub fn standing(&self, amount: &Number) -> Standing {
        let caps = self.caps(amount);
        let least = |caps: &mut dyn Iterator<Item = &(RuleId, Bound)>| caps.map(|(_, cap)| cap.clone()).min().unwrap_or(Bound::Unlimited);
        let ceiling = least(&mut caps.iter());
        let hard = least(&mut caps.iter().filter(|(id, _)| self.rule(*id).is_some_and(stops_entitlements)));
        let entitlements = self.entitlements(amount, &hard);
        let entitled = entitlements.iter().map(|share| share.value.clone()).max().unwrap_or(Bound::ZERO);
        let first = self.first(&entitlements, &entitled);
        let parts = self.parts(&entitlements, amount);
        let (mut permissions, mut shared) = (Vec::new(), Vec::new());
        for id in &self.candidates.permissions {
            let Some(rule) = self.rule(*id).filter(|rule| self.applies(rule, amount)) else { continue };
            let beyond = parts.iter().map(|(owed, taken)| owed.add(&self.case.room(&rule.charges, self.role, self.reading, self.step(), taken)));
            let value = self.quantity(rule).min(ceiling.clone()).min(beyond.max().unwrap_or(Bound::ZERO));
            let list = if needs_approval(rule) { &mut shared } else { &mut permissions };
            list.push(Share { rule: *id, value });
        }
        let authority = permissions.iter().map(|share| share.value.clone()).max().unwrap_or(Bound::ZERO).max(entitled.clone());
        Standing { entitled, entitlements, first, permissions, shared, authority }
    }

    fn entitlements(&self, amount: &Number, hard: &Bound) -> Vec<Share> {
        let applicable = self.action.entitlements.iter().filter_map(|id| Some((*id, self.rule(*id)?)));
        let share = |(id, rule): (RuleId, &'a Rule)| {
            let room = self.case.room(&rule.charges, self.role, self.reading, self.step(), &[]);
            Share { rule: id, value: self.quantity(rule).min(room).min(hard.clone()) }
        };
        applicable.filter(|(_, rule)| self.applies(rule, amount)).map(share).collect()
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
        let is_sure = |share: &&Share| self.rule(share.rule).is_some_and(|rule| self.truth(&rule.condition, amount).is_surely_yes());
        let sure: Vec<Share> = entitlements.iter().filter(is_sure).cloned().collect();
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
        best.min_by_key(|share| self.burden(share.rule, entitled, &[])).map(|share| share.rule)
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

    /// The largest quantity up to `most` that is covered by what the role has when just that quantity is asked for; zero where there is none.
    pub fn largest(&self, most: &Bound, has: impl Fn(&Standing) -> Bound) -> Bound {
        let Some(step) = self.step() else {
            let standing = has(&self.standing(&Number::ONE));
            return if standing.covers(&Number::ONE) { Bound::Unlimited } else { Bound::ZERO };
        };
        if self.candidates.thresholds.is_empty() {
            return has(&self.standing(step)).min(most.clone());
        }
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

pub(crate) fn stops_entitlements(rule: &Rule) -> bool {
    matches!(rule.kind, Kind::Prohibition { even_if_entitled: true, .. })
}

pub(crate) fn forbids_all(rule: &Rule) -> bool {
    matches!(rule.kind, Kind::Prohibition { whole: true, .. })
}

pub(crate) fn needs_approval(rule: &Rule) -> bool {
    matches!(&rule.kind, Kind::Permission { approved_by } if !approved_by.is_empty())
}
