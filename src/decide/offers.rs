//! What may be granted instead, what can be done besides, and what else is owed.

use super::authority::View;
use super::bound::{Bound, Reading};
use super::case::Case;
use super::contacts::{Preferred, Search};
use super::decision::{AdviceRef, Alternative, Outcome, Owed, Reason};
use super::need::{Approval, Goal, Need};
use super::{as_limit, blockers};
use crate::number::{Number, Rounding};
use crate::policy::{ActionId, FallbackId, RoleId, RuleId};
use crate::program::{Instead, Route};

/// The prohibitions that stood in the way, then the fallbacks that serve.
pub(crate) struct Sources<'a> {
    case: Case<'a>,
    amount: &'a Number,
    list: Vec<(Reason, &'a Instead)>,
}

impl<'a> Sources<'a> {
    pub fn new(view: &View<'a>, blockers: &[RuleId], amount: &'a Number) -> Self {
        let program = view.case.program;
        let rules = blockers.iter().filter_map(|id| Some((Reason::Rule(*id), program.rule(*id)?.instead.as_deref()?)));
        let serves =
            |id: &&FallbackId| program.fallbacks.get(id.index()).is_some_and(|fallback| view.condition(&fallback.condition, amount).is_surely_yes());
        let fallbacks = view.action.fallbacks.iter().filter(serves);
        let fallbacks = fallbacks.filter_map(|id| Some((Reason::Fallback(*id), &program.fallbacks.get(id.index())?.instead)));
        Self { case: view.case, amount, list: rules.chain(fallbacks).collect() }
    }

    fn holds(&self, when: &'a crate::program::node::Condition) -> bool {
        self.case.condition(when, Some(self.amount)).is_surely_yes()
    }

    /// The roles that `ask` clauses name.
    pub fn preferred(&self) -> Vec<Preferred> {
        let routes = self.list.iter().flat_map(|(_, instead)| &instead.routes).filter(|route| self.holds(&route.when));
        routes.map(|Route { role, within, .. }| Preferred { role: *role, within: within.clone() }).collect()
    }

    pub fn advice(&self) -> Vec<AdviceRef> {
        let each = self.list.iter().flat_map(|(reason, instead)| instead.advice.iter().enumerate().map(move |(index, when)| (*reason, index, when)));
        each.filter(|(_, _, when)| self.holds(when)).map(|(reason, index, _)| AdviceRef { reason, index }).collect()
    }

    /// The fallbacks that serve.
    pub fn fallbacks(&self) -> impl Iterator<Item = FallbackId> {
        self.list.iter().filter_map(|(reason, _)| match reason {
            Reason::Fallback(id) => Some(*id),
            Reason::Rule(_) => None,
        })
    }

    /// Each offered action once, with the most that is offered of it.
    fn offered(&self) -> Vec<(ActionId, Bound)> {
        let mut offered: Vec<(ActionId, Bound)> = Vec::new();
        for offer in self.list.iter().flat_map(|(_, instead)| &instead.offers).filter(|offer| self.holds(&offer.when)) {
            let most = match &offer.up_to {
                Some(quantity) => Bound::of(&self.case.quantity(quantity, Some(self.amount)), Reading::Against),
                None => Bound::Unlimited,
            };
            match offered.iter_mut().find(|(action, _)| *action == offer.action) {
                Some((_, known)) => *known = known.clone().max(most),
                None => offered.push((offer.action, most)),
            }
        }
        offered
    }

    /// What can really be had of them, by the same rules.
    pub fn offers(&self, role: RoleId) -> Vec<Alternative> {
        self.offered().into_iter().filter_map(|(action, most)| self.offer(action, role, most)).collect()
    }

    fn offer(&self, action: ActionId, role: RoleId, most: Bound) -> Option<Alternative> {
        let sure = View::new(self.case, action, role, Reading::Against)?;
        let most = most.round(sure.step(), Rounding::Down);
        if most.is_zero() {
            return None;
        }
        let limit = sure.largest(|| sure.standing(&sure.smallest()), &most, |standing| standing.authority.clone());
        let alternative = |outcome| Alternative { action, outcome, limit: as_limit(&limit, sure.step()), ask: Vec::new(), need: Vec::new() };
        if !limit.is_zero() {
            let owed = sure.standing(&sure.representative(&limit)).entitled >= limit;
            return Some(alternative(if owed { Outcome::Owed } else { Outcome::Yes }));
        }
        // Nothing of it is the role's to grant: who grants all that is offered, or else the smallest part of it?
        let smallest = sure.smallest();
        let wanted = most.finite().cloned().unwrap_or_else(|| smallest.clone());
        let ask = |amount| {
            let own = sure.standing(amount);
            let routes = Sources::new(&sure, &blockers(&own, amount), amount).preferred();
            Search::new(sure, amount).contacts(&own, &routes).list
        };
        let mut contacts = ask(&wanted);
        if contacts.is_empty() && wanted != smallest {
            contacts = ask(&smallest);
        }
        if !contacts.is_empty() {
            return Some(Alternative { ask: contacts, ..alternative(Outcome::Ask) });
        }
        let mut need = Need::default();
        let perhaps = View { reading: Reading::Favour, ..sure };
        let best = perhaps.largest(|| perhaps.standing(&perhaps.smallest()), &most, |standing| standing.authority.clone());
        if best.is_zero() {
            return None;
        }
        let goal = Goal { at: &perhaps.representative(&best), least: &smallest, sure: &Bound::ZERO, wanted: &best, approval: Approval::Left };
        sure.collect_need(goal, &mut need);
        let need = need.ranked(self.case);
        (!need.is_empty()).then(|| Alternative { need, ..alternative(Outcome::Need) })
    }
}

/// The other actions that the same facts entitle to.
pub(crate) fn also_owed(case: Case<'_>, asked: ActionId, role: RoleId) -> Vec<Owed> {
    let others = case.program.owing.iter().copied().filter(|action| *action != asked);
    let owed = |action| {
        let view = View::new(case, action, role, Reading::Against)?;
        let most = view.largest(|| view.standing(&view.smallest()), &Bound::Unlimited, |standing| standing.entitled.clone());
        if most.is_zero() {
            return None;
        }
        let rule = view.lightest(&view.standing(&view.representative(&most)).entitlements, &most, &[])?;
        Some(Owed { action, limit: as_limit(&most, view.step()), rule })
    };
    others.filter_map(owed).collect()
}
