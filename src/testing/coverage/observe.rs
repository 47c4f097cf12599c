//! Which goals a question reaches.

use super::goal::{Clause, Goal, Goals, Leaf, Owner, What};
use crate::decide::{AdviceRef, ContactKind, Decision, Mode, Outcome, Reason, Verdict};
use crate::policy::{FallbackId, Instead, Policy, RuleId, RuleKind};
use crate::program::Program;
use crate::program::node::Condition;
use crate::question::Question;

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Observer<'p> {
    pub policy: &'p Policy,
    pub program: &'p Program,
    pub goals: &'p Goals<'p>,
}

/// A question with its answer.
struct Seen<'a> {
    question: &'a Question,
    decision: &'a Decision,
    /// The rules that applied or decided.
    touched: Vec<RuleId>,
    /// The rules that were looked at.
    considered: Vec<RuleId>,
    /// The fallbacks that serve.
    fallbacks: Vec<FallbackId>,
}

impl Observer<'_> {
    /// For each goal, whether this question with everything explained reaches it.
    pub fn reached(&self, question: &Question, decision: &Decision) -> Vec<bool> {
        let seen = self.seen(question, decision);
        self.goals.all.iter().map(|goal| self.is_reached(goal, &seen)).collect()
    }

    fn seen<'a>(&self, question: &'a Question, decision: &'a Decision) -> Seen<'a> {
        let considered: Vec<RuleId> = decision.explain.iter().map(|explanation| explanation.rule).collect();
        let applied = decision.explain.iter().filter(|explanation| explanation.verdict == Verdict::Applies).map(|explanation| explanation.rule);
        // A bare `no` names rules that would have granted it; they have failed.
        let fails = |id: RuleId| decision.explain.iter().any(|explanation| explanation.rule == id && explanation.verdict == Verdict::Fails);
        let decided =
            decision.because.iter().filter_map(|reason| if let Reason::Rule(id) = reason { Some(*id) } else { None }).filter(|id| !fails(*id));
        let mut touched: Vec<RuleId> = applied.chain(decided).collect();
        touched.sort();
        touched.dedup();
        let is_granted = matches!(decision.outcome, Outcome::Yes | Outcome::Owed);
        let action = self.program.action_of(question.action).filter(|_| !is_granted);
        let fallbacks = action.map(|action| action.fallbacks.clone()).unwrap_or_default();
        Seen { question, decision, touched, considered, fallbacks }
    }

    fn is_reached(&self, goal: &Goal<'_>, seen: &Seen<'_>) -> bool {
        match &goal.what {
            What::Rule(id) => seen.touched.contains(id),
            What::Value(id, row) => {
                let row = self.program.lookup(*id).and_then(|lookup| lookup.rows.get(*row));
                row.is_some_and(|(when, _)| self.is_sure(when, seen, true)) && seen.considered.iter().any(|rule| self.goals.looks_up(*rule, *id))
            }
            What::Clause(places) => places.iter().any(|(owner, clause)| self.is_seen(*owner, *clause, seen)),
            What::Holds(leaves) => leaves.iter().any(|leaf| self.is_looked_at(leaf, seen) && self.is_sure(leaf.condition, seen, true)),
            What::Fails(leaves) => leaves.iter().any(|leaf| self.is_looked_at(leaf, seen) && self.is_sure(leaf.condition, seen, false)),
        }
    }

    fn is_sure(&self, condition: &Condition, seen: &Seen<'_>, wanted: bool) -> bool {
        let truth = self.program.truth(seen.question, condition, Mode::Ask);
        if wanted { truth.is_surely_yes() } else { truth.is_surely_no() }
    }

    fn is_looked_at(&self, leaf: &Leaf<'_>, seen: &Seen<'_>) -> bool {
        match leaf.owner {
            Owner::Rule(id) if leaf.is_of_clause => seen.touched.contains(&id),
            Owner::Rule(id) => seen.considered.contains(&id),
            Owner::Fallback(id) => seen.fallbacks.contains(&id),
            Owner::Definition(id) => {
                seen.considered.iter().any(|rule| self.goals.reads(Owner::Rule(*rule), id))
                    || seen.fallbacks.iter().any(|fallback| self.goals.reads(Owner::Fallback(*fallback), id))
            }
        }
    }

    /// Whether a clause did something in the answer, because its rule or fallback did.
    fn is_seen(&self, owner: Owner, clause: Clause, seen: &Seen<'_>) -> bool {
        match owner {
            Owner::Rule(id) => {
                let decided = seen.decision.because.contains(&Reason::Rule(id));
                let Some(rule) = self.policy.rule(id).filter(|_| seen.touched.contains(&id)) else { return false };
                let decision = seen.decision;
                match clause {
                    Clause::Approved => matches!(&rule.kind, RuleKind::Permission { approved_by, .. } if decision.ask.iter().any(|contact| {
                        (contact.kind == ContactKind::Approve && approved_by.contains(&contact.role)) || contact.approved_by[..] == approved_by[..]
                    })),
                    Clause::Charge(nth) => {
                        decided && rule.charges.get(nth).is_some_and(|charge| decision.charge.iter().any(|found| found.budget == charge.budget))
                    }
                    Clause::Require(nth) => {
                        let Some(require) = rule.requires.get(nth).filter(|_| decided) else { return false };
                        let is_due =
                            self.program.rule(id).and_then(|rule| rule.requires.get(nth)).is_some_and(|it| self.is_sure(&it.when, seen, true));
                        is_due && decision.require.iter().any(|found| found.duty == require.duty)
                    }
                    _ => decided && self.is_shown(Reason::Rule(id), &rule.instead, clause, seen),
                }
            }
            Owner::Fallback(id) => {
                let fallback = self.policy.fallbacks.get(id.index()).filter(|_| seen.fallbacks.contains(&id));
                let serves = self.program.fallbacks.get(id.index()).is_some_and(|it| self.is_sure(&it.condition, seen, true));
                fallback.is_some_and(|fallback| serves && self.is_shown(Reason::Fallback(id), &fallback.instead, clause, seen))
            }
            Owner::Definition(_) => false,
        }
    }

    fn is_shown(&self, reason: Reason, instead: &Instead, clause: Clause, seen: &Seen<'_>) -> bool {
        let compiled = match reason {
            Reason::Rule(id) => self.program.rule(id).and_then(|rule| rule.instead.as_deref()),
            Reason::Fallback(id) => self.program.fallbacks.get(id.index()).map(|fallback| &fallback.instead),
        };
        let Some(compiled) = compiled else { return false };
        let holds = |when: Option<&Condition>| when.is_some_and(|when| self.is_sure(when, seen, true));
        match clause {
            Clause::Offer(nth) => {
                let offer = instead.offers.get(nth);
                offer.is_some_and(|offer| seen.decision.offer.iter().any(|found| found.action == offer.action))
                    && holds(compiled.offers.get(nth).map(|offer| &offer.when))
            }
            Clause::Advise(index) => seen.decision.advice.contains(&AdviceRef { reason, index }),
            Clause::Ask(nth) => {
                let route = instead.routes.get(nth);
                route.is_some_and(|route| seen.decision.ask.iter().any(|contact| contact.role == route.role))
                    && holds(compiled.routes.get(nth).map(|route| &route.when))
            }
            _ => false,
        }
    }
}
