//! One expectation against what came out.

use super::Failure;
use crate::answer::{parts, plain};
use crate::decide::{Decision, Limit, Outcome, Reason};
use crate::number::Number;
use crate::policy::expr::Type;
use crate::policy::{BudgetId, DutyId, Expectation, FactRef, Policy};
use crate::source::Span;

/// `None` where the expectation is met.
pub(super) fn check(policy: &Policy, expectation: &Expectation, span: Span, decision: &Decision) -> Option<Failure> {
    let words = Words { policy, decision };
    let (met, expected, got) = match expectation {
        Expectation::Answer(outcome) => (*outcome == decision.outcome, words.answer(*outcome, &Limit::None), words.got()),
        Expectation::UpTo(limit) => words.up_to(limit),
        Expectation::Ask(roles) => {
            let got: Vec<_> = decision.ask.iter().map(|contact| contact.role).collect();
            (got == *roles, words.list("ask", roles, words::role), words.list("ask", &got, words::role))
        }
        Expectation::Need(facts) => {
            (same(facts, &decision.need), words.list("need", facts, words::fact), words.list("need", &decision.need, words::fact))
        }
        Expectation::Offer(actions) => {
            words.among("offer", actions, &decision.offer.iter().map(|offer| offer.action).collect::<Vec<_>>(), parts::action_name)
        }
        Expectation::Because(rules) => words.among("because", rules, &words.rules(), parts::rule_name),
        Expectation::Require(duties) => words.among("require", duties, &words.duties(), words::duty),
        Expectation::Charge(budget, amount) => words.charge(*budget, amount),
        Expectation::Provisional(facts) => {
            let refs = |ids: &[crate::policy::FactId]| ids.iter().map(|id| FactRef::Fact(*id)).collect::<Vec<_>>();
            words.among("provisional", &refs(facts), &refs(&decision.provisional), words::fact)
        }
        Expectation::Limit(limit) => words.limit(limit.as_ref()),
    };
    (!met).then(|| Failure { expected, got, source: policy.sources.location(span) })
}

/// Whether both have the same members, in any order.
fn same<T: Ord + Copy>(one: &[T], other: &[T]) -> bool {
    let sorted = |list: &[T]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    sorted(one) == sorted(other)
}

/// Whether it is met, what was expected and what came out.
type Checked = (bool, String, String);

struct Words<'a> {
    policy: &'a Policy,
    decision: &'a Decision,
}

impl Words<'_> {
    fn got(&self) -> String {
        self.answer(self.decision.outcome, &self.decision.limit)
    }

    fn answer(&self, outcome: Outcome, limit: &Limit) -> String {
        match (outcome, limit) {
            (Outcome::UpTo, Limit::Amount(limit)) => format!("up to {}", plain::of_action(self.policy, self.decision.action, limit)),
            (Outcome::UpTo, _) => "up to".to_owned(),
            _ => outcome.word().to_owned(),
        }
    }

    fn up_to(&self, limit: &Number) -> Checked {
        let expected = Limit::Amount(limit.clone());
        let met = self.decision.outcome == Outcome::UpTo && self.decision.limit == expected;
        (met, self.answer(Outcome::UpTo, &expected), self.got())
    }

    fn limit(&self, limit: Option<&Number>) -> Checked {
        let expected = limit.map_or(Limit::Unlimited, |limit| Limit::Amount(limit.clone()));
        (self.decision.limit == expected, self.limit_words(&expected), self.limit_words(&self.decision.limit))
    }

    fn limit_words(&self, limit: &Limit) -> String {
        match limit {
            Limit::None => "no limit: nothing is sure".to_owned(),
            Limit::Unlimited => "limit unlimited".to_owned(),
            Limit::Amount(limit) => format!("limit {}", plain::of_action(self.policy, self.decision.action, limit)),
        }
    }

    fn rules(&self) -> Vec<crate::policy::RuleId> {
        let rule = |reason: &Reason| match reason {
            Reason::Rule(id) => Some(*id),
            Reason::Fallback(_) => None,
        };
        self.decision.because.iter().filter_map(rule).collect()
    }

    fn duties(&self) -> Vec<DutyId> {
        self.decision.require.iter().map(|obligation| obligation.duty).collect()
    }

    /// All of `expected` must be among `got`.
    fn among<T: PartialEq + Copy>(&self, word: &str, expected: &[T], got: &[T], name: fn(&Policy, T) -> &str) -> Checked {
        let met = expected.iter().all(|item| got.contains(item));
        (met, self.list(word, expected, name), self.list(word, got, name))
    }

    fn list<T: Copy>(&self, word: &str, items: &[T], name: fn(&Policy, T) -> &str) -> String {
        let names: Vec<&str> = items.iter().map(|item| name(self.policy, *item)).collect();
        if names.is_empty() { format!("{word} nothing") } else { format!("{word} {}", names.join(", ")) }
    }

    fn charge(&self, budget: BudgetId, amount: &Number) -> Checked {
        let charged = self.decision.charge.iter().find(|charge| charge.budget == budget);
        let got = charged.and_then(|charge| charge.amount.as_ref());
        let name = self.policy.budgets.get(budget.index()).map_or("", |budget| budget.name.as_str());
        let shown = |amount: Option<&Number>| match amount {
            Some(amount) => format!("charge {name} {}", plain::quantity(self.policy, self.measure(budget), amount)),
            None if charged.is_some() => format!("charge {name} without limit"),
            None => format!("no charge of {name}"),
        };
        (got == Some(amount), shown(Some(amount)), shown(got))
    }

    fn measure(&self, budget: BudgetId) -> &Type {
        self.policy.budgets.get(budget.index()).map_or(&Type::Number, |budget| plain::budget_measure(self.policy, &budget.unit, self.decision.action))
    }
}

mod words {
    use super::{DutyId, FactRef, Policy, parts};
    use crate::policy::RoleId;

    pub(super) fn role(policy: &Policy, id: RoleId) -> &str {
        parts::role_name(policy, id)
    }

    pub(super) fn fact(policy: &Policy, fact: FactRef) -> &str {
        parts::ref_name(policy, fact)
    }

    pub(super) fn duty(policy: &Policy, id: DutyId) -> &str {
        policy.duties.get(id.index()).map_or("", |duty| &duty.name)
    }
}
