//! What is answered where a fact has a value that only one of the policies has: of each value the furthest that a rule which changed goes.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Changed;
use super::fingerprint::Prints;
use super::only::{Only, reach};
use super::quantities::binding;
use crate::analysis::{Analysis, Case, Wanted, What, When};
use crate::answer::parts::type_word;
use crate::decide::{Decision, Reason};
use crate::policy::expr::Type;
use crate::policy::{ActionId, ChoiceId, FactId, FactRef, Policy, RoleId, RuleId};
use crate::program::Program;
use crate::program::node::Reads;

/// So many points are looked at for the values of one policy.
const MOST_POINTS: usize = 2_000;

pub(super) fn entries(old: (&Policy, &Program), new: (&Policy, &Program), prints: &Prints, today: Date) -> Vec<Changed> {
    let added = Having { policy: new.0, program: new.1, other: old.0, prints, side: 1 }.entries(today);
    added.into_iter().chain(Having { policy: old.0, program: old.1, other: new.0, prints, side: 0 }.entries(today)).collect()
}

/// The policy that has values which the other one has not.
struct Having<'a> {
    policy: &'a Policy,
    program: &'a Program,
    other: &'a Policy,
    prints: &'a Prints,
    side: usize,
}

impl<'a> Having<'a> {
    fn entries(&self, today: Date) -> Vec<Changed> {
        let values = self.values();
        let analysis = Analysis::new(self.policy, self.program, today).with_most_points(MOST_POINTS).with_points_in_all(MOST_POINTS);
        let mut entries = Vec::new();
        for asked in self.shared() {
            for (fact, value) in &values {
                entries.extend(self.furthest(&analysis, asked, (*fact, *value)).and_then(|(case, decision)| {
                    let name = &self.policy.fact(*fact)?.name;
                    let is = if matches!(self.policy.fact(*fact)?.ty, Type::SomeOf(_)) { "includes" } else { "is" };
                    let when = vec![format!("{name} {is} {}", self.policy.choice(*value))];
                    Only { missing: "there is no such value", is_new: self.side == 1, when, most: "" }.changed(
                        (self.policy, self.program),
                        &case,
                        &decision,
                    )
                }));
            }
        }
        entries
    }

    /// The values that the other policy has not, of facts that it has.
    fn values(&self) -> Vec<(FactId, ChoiceId)> {
        let names = |ty: &Type, policy: &Policy| -> BTreeSet<String> { choices(ty).iter().map(|id| policy.choice(*id).to_owned()).collect() };
        let facts = self.policy.facts.iter().enumerate().filter_map(|(at, fact)| {
            let known = self.other.facts.iter().find(|known| known.name == fact.name && type_word(&known.ty) == type_word(&fact.ty))?;
            let known = names(&known.ty, self.other);
            let new = choices(&fact.ty).iter().filter(move |id| !known.contains(self.policy.choice(**id)));
            Some(new.map(move |id| (FactId::new(at), *id)))
        });
        facts.flatten().collect()
    }

    /// What both may be asked, as this policy has it.
    fn shared(&self) -> Vec<(ActionId, RoleId)> {
        let is_shared = |action: &ActionId| {
            let own = self.policy.action(*action);
            own.is_some_and(|own| self.other.action_named(&own.name).and_then(|id| self.other.action(id)).is_some_and(|it| it.measure == own.measure))
        };
        let roles = |action| self.policy.role_ids().map(move |role| (action, role));
        let pairs = self.policy.action_ids().filter(is_shared).flat_map(roles);
        pairs.filter(|(_, role)| self.policy.role(*role).is_some_and(|role| self.other.role_named(&role.name).is_some())).collect()
    }

    /// The furthest that a changed rule which reads a fact goes where that has a value.
    fn furthest(&self, analysis: &Analysis<'a>, asked: (ActionId, RoleId), (fact, value): (FactId, ChoiceId)) -> Option<(Case, Decision)> {
        let known = analysis.having(fact, value);
        let found = self.rules(asked, fact).into_iter().filter_map(|id| {
            let condition = &self.program.rule(id)?.condition;
            let wanted = Wanted { asked, when: When::Today, hold: &[condition], fail: &[], known: Some(&known) };
            let decides = |decision: &Decision| decision.amount.is_none() && decision.because.contains(&Reason::Rule(id));
            let case = analysis.find_decided_by(wanted, id, decides)?;
            let decision = case.decision(self.program);
            Some((case, decision))
        });
        found.max_by_key(|(_, decision)| (decision.outcome.is_allowed(), reach(decision)))
    }

    fn rules(&self, asked: (ActionId, RoleId), fact: FactId) -> Vec<RuleId> {
        let binding = binding(self.program, asked);
        let reads = |id: &RuleId| {
            let mut reads = Reads::default();
            if let Some(rule) = self.program.rule(*id) {
                rule.condition.reads(&self.program.named(), &mut reads);
            }
            reads.facts.contains(&FactRef::Fact(fact))
        };
        let changed = self.prints.changed(self.side).filter_map(|what| if let What::Rule(id) = what { Some(id) } else { None });
        changed.filter(|id| binding.contains(id) && reads(id)).collect()
    }
}

fn choices(ty: &Type) -> &[ChoiceId] {
    match ty {
        Type::OneOf(ids) | Type::SomeOf(ids) => ids,
        _ => &[],
    }
}
