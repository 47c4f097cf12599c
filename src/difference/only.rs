//! What roles and actions that only one of the policies has may do, one entry for each.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::{Changed, answer};
use crate::analysis::{Analysis, Case};
use crate::decide::{Decision, Limit};
use crate::number::Number;
use crate::policy::{ActionId, Policy, RoleId};
use crate::program::Program;

/// So many answers are looked at for the most that a role may do.
const MOST_ANSWERS: usize = 400;

pub(super) fn entries(old: (&Policy, &Program), new: (&Policy, &Program), today: Date) -> Vec<Changed> {
    let of = |has: (&Policy, &Program), other: &Policy, is_new: bool| {
        let mut entries = Vec::new();
        for (at, role) in has.0.roles.iter().enumerate() {
            for (place, action) in has.0.actions.iter().enumerate() {
                let missing = match (other.role_named(&role.name), other.action_named(&action.name)) {
                    (None, _) => "there is no such role",
                    (_, None) => "there is no such action",
                    _ => continue,
                };
                entries.extend(entry(has, (ActionId::new(place), RoleId::new(at)), today, (is_new, missing)));
            }
        }
        entries
    };
    let mut entries = of(new, old.0, true);
    entries.extend(of(old, new.0, false));
    entries
}

/// The most that a role may do of an action, with a case.
fn entry((policy, program): (&Policy, &Program), asked: (ActionId, RoleId), today: Date, (is_new, missing): (bool, &'static str)) -> Option<Changed> {
    let mut best: Option<(Case, Decision)> = None;
    let mut left = MOST_ANSWERS;
    Analysis::new(policy, program, today).with_most_points(MOST_ANSWERS).each(asked.0, asked.1, |case, decision| {
        left = left.saturating_sub(1);
        let is_better = best.as_ref().is_none_or(|(_, known)| reach(decision) > reach(known));
        if case.question.amount.is_none() && decision.outcome.is_allowed() && is_better {
            best = Some((case.clone(), decision.clone()));
        }
        left > 0
    });
    let (case, decision) = best?;
    Only { missing, is_new, when: Vec::new(), most: " at most" }.changed((policy, program), &case, &decision)
}

/// What only one of the policies has.
pub(super) struct Only {
    /// What the other one says of it.
    pub missing: &'static str,
    /// Whether the new policy has it.
    pub is_new: bool,
    /// In which cases.
    pub when: Vec<String>,
    /// What is said behind the answer.
    pub most: &'static str,
}

impl Only {
    pub fn changed(self, (policy, program): (&Policy, &Program), case: &Case, decision: &Decision) -> Option<Changed> {
        let (action, role) = (policy.action(case.question.action)?.name.clone(), policy.role(case.question.actor.role)?.name.clone());
        let text = format!("{}{}", answer::told(policy, program, decision).text(), self.most);
        let example = case.as_test(policy, program, &format!("{role}: {action}"));
        let missing = self.missing.to_owned();
        let before = missing.clone();
        let (old, new) = if self.is_new { (missing, text) } else { (text, missing) };
        let (old_example, example) = if self.is_new { (String::new(), example) } else { (example, String::new()) };
        Some(Changed {
            roles: vec![role.clone()],
            role,
            action,
            when: self.when,
            always: false,
            amount: None,
            old,
            new,
            example,
            old_example,
            before,
            is_aside: false,
            oddness: 0,
        })
    }
}

/// The further, the better; of those as far the one with the least used of budgets.
pub(super) fn reach(decision: &Decision) -> (bool, Option<Number>, Reverse<usize>) {
    let amount = if let Limit::Amount(most) = &decision.limit { Some(most.clone()) } else { None };
    (decision.limit == Limit::Unlimited, amount, Reverse(decision.require.len()))
}
