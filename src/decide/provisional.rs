//! Verified facts that were used although no system of record said them.

use super::authority::{View, stops_entitlements};
use super::bound::Bound;
use super::case::Mode;
use super::decision::{Decision, Limit, Outcome, Reason};
use super::open::Open;
use crate::number::Number;
use crate::policy::{FactId, FactRef};

impl View<'_> {
    /// Those that a rule which decided read, and those that alone keep a prohibition from applying. In the order of the facts.
    pub fn provisional(&self, decision: &Decision) -> Vec<FactId> {
        let mut found = Open::default();
        for reason in &decision.because {
            let reads = match reason {
                Reason::Rule(id) => self.rule(*id).map(|rule| &rule.reads),
                Reason::Fallback(id) => self.case.program.fallbacks.get(id.index()).map(|fallback| &fallback.reads),
            };
            reads.iter().flat_map(|reads| &reads.facts).for_each(|fact| found.add(*fact));
        }
        if let Some(granted) = granted(decision) {
            self.kept_off(&granted, decision.outcome, &mut found);
        }
        let mut facts: Vec<FactId> = found.0.into_iter().filter_map(as_fact).filter(|id| self.case.is_provisional(*id)).collect();
        facts.sort();
        facts
    }

    /// The facts that keep off prohibitions which would apply if only what is on record were known.
    fn kept_off(&self, granted: &Number, outcome: Outcome, found: &mut Open) {
        let on_record = View { case: super::case::Case { mode: Mode::Grant, ..self.case }, ..*self };
        let now: Vec<_> = self.caps(granted).into_iter().map(|(id, _)| id).collect();
        for (id, cap) in on_record.caps(granted) {
            let Some(rule) = self.rule(id) else { continue };
            let binds = outcome != Outcome::Owed || stops_entitlements(rule);
            if binds && !now.contains(&id) && cap < Bound::Finite(granted.clone()) {
                on_record.case.open_in(&rule.condition, Some(granted), found);
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
fn granted(decision: &Decision) -> Option<Number> {
    match (decision.outcome, &decision.amount, &decision.limit) {
        (Outcome::Yes | Outcome::Owed, Some(amount), _) => Some(amount.clone()),
        (Outcome::Yes | Outcome::Owed | Outcome::UpTo, _, Limit::Amount(limit)) => Some(limit.clone()),
        (Outcome::Yes | Outcome::Owed, None, _) => Some(Number::ONE),
        _ => None,
    }
}
