//! Verified facts that were used although no system of record said them.

use super::authority::{Share, View, stops_entitlements};
use super::bound::{Bound, Reading};
use super::case::{Case, Mode};
use super::decision::{Decision, Limit, Outcome, Reason};
use super::open::Open;
use crate::number::Number;
use crate::policy::{FactId, FactRef};
use crate::program::key_ref;

impl View<'_> {
    /// Those that a rule which decided read, and those that alone keep a prohibition from applying. In the order of the facts.
    pub fn provisional(&self, decision: &Decision) -> Vec<FactId> {
        if !self.case.program.verified.iter().any(|id| self.case.is_provisional(*id)) {
            return Vec::new();
        }
        let mut found = Open::default();
        for reason in &decision.because {
            let reads = match reason {
                Reason::Rule(id) => self.rule(*id).map(|rule| rule.reads.as_ref()),
                Reason::Fallback(id) => self.case.program.fallbacks.get(id.index()).map(|fallback| &fallback.reads),
            };
            reads.iter().flat_map(|reads| &reads.facts).for_each(|fact| found.add(*fact));
            let spent = reads.iter().flat_map(|reads| &reads.budgets).filter_map(|id| self.case.program.budget(*id));
            spent.flat_map(|budget| &budget.keys).for_each(|key| found.add(key_ref(*key)));
        }
        self.due(decision, &mut found);
        if let Some(granted) = granted(decision) {
            self.kept_off(&granted, &mut found);
        }
        let mut facts: Vec<FactId> = found.0.into_iter().filter_map(as_fact).filter(|id| self.case.is_provisional(*id)).collect();
        facts.sort();
        facts
    }

    /// The facts from which the deadlines of its duties count.
    fn due(&self, decision: &Decision, found: &mut Open) {
        let on_record = Case { mode: Mode::Grant, ..self.case };
        for obligation in &decision.require {
            let deadline = self.case.program.duties.get(obligation.duty.index()).and_then(|duty| duty.deadline.as_ref());
            deadline.iter().filter_map(|(_, after)| after.as_ref()).for_each(|after| on_record.open_in_quantity(after, None, found));
        }
    }

    /// The facts on which prohibitions turn that would stand in the way if only what is on record were known.
    fn kept_off(&self, granted: &Bound, found: &mut Open) {
        let on_record = View { case: Case { mode: Mode::Grant, ..self.case }, ..*self };
        let perhaps = View { reading: Reading::Favour, ..on_record };
        let amount = self.representative(granted);
        let is_owed = self.standing(&amount).entitled >= *granted;
        for Share { rule: id, value: cap } in on_record.caps(&amount) {
            let Some(rule) = self.rule(id) else { continue };
            let binds = !is_owed || stops_entitlements(rule);
            if binds && cap < *granted {
                on_record.open_in_rule(id, rule, &amount, found);
                if cap < perhaps.quantity(rule) {
                    rule.quantity.iter().for_each(|cap| on_record.case.open_in_quantity(cap, None, found));
                }
            }
        }
    }
}

fn as_fact(fact: FactRef) -> Option<FactId> {
    match fact {
        FactRef::Fact(id) => Some(id),
        FactRef::ActorId | FactRef::ActorTeam => None,
    }
}

/// The quantity that the decision lets through.
fn granted(decision: &Decision) -> Option<Bound> {
    match (decision.outcome, &decision.amount, &decision.limit) {
        (Outcome::Yes | Outcome::Owed, Some(amount), _) => Some(Bound::Finite(amount.clone())),
        (Outcome::Yes | Outcome::Owed | Outcome::UpTo, _, Limit::Amount(limit)) => Some(Bound::Finite(limit.clone())),
        (Outcome::Yes | Outcome::Owed, None, Limit::Unlimited) => Some(Bound::Unlimited),
        (Outcome::Yes | Outcome::Owed, None, Limit::None) => Some(Bound::Finite(Number::ONE)),
        _ => None,
    }
}
