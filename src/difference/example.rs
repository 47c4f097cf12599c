//! A case as a test that shows a difference: it passes in one pack and fails in the other.

use std::collections::BTreeSet;

use super::answer::told;
use crate::analysis::{Case, Side, expectations, literal};
use crate::decide::{Decision, Mode};
use crate::policy::expr::{Type, Value};
use crate::policy::{BudgetUnit, Policy};
use crate::question::Question;

/// The tests for both packs; empty where a test cannot tell the packs apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Example {
    pub old: String,
    pub new: String,
    /// The whole old answer.
    pub before: String,
}

impl Example {
    pub fn shows(&self) -> usize {
        usize::from(!self.new.is_empty()) * 2 + usize::from(!self.old.is_empty())
    }
}

/// The tests of a case, as far as they show the difference.
pub(super) fn example(sides: (&Side<'_>, &Side<'_>), questions: (&Question, &Question), title: &str) -> Example {
    let decided = |side: &Side<'_>, question: &Question| side.program.decide(question, Mode::Ask);
    let (old, new) = (decided(sides.0, questions.0), decided(sides.1, questions.1));
    let (was, is) = (Expected::of(sides.0.policy, &old), Expected::of(sides.1.policy, &new));
    let test = |side: &Side<'_>, question: &Question, expected: &Expected| {
        let mut test = Case { question: question.clone() }.as_test(side.policy, side.program, title);
        for line in &expected.charges {
            test.extend(["\n  expect ", line]);
        }
        test
    };
    Example {
        before: told(sides.0.policy, sides.0.program, &old).text(),
        new: if is.holds_of(&was) { String::new() } else { test(sides.1, questions.1, &is) },
        old: if was.holds_of(&is) { String::new() } else { test(sides.0, questions.0, &was) },
    }
}

/// The same with so much used of budgets that the smaller of two allotments is used up.
pub(super) fn with_used_budgets(sides: (&Side<'_>, &Side<'_>), questions: (&Question, &Question), title: &str) -> Option<Example> {
    let decided = |side: &Side<'_>, question: &Question| side.program.decide(question, Mode::Ask);
    let (old, new) = (decided(sides.0, questions.0), decided(sides.1, questions.1));
    let (mut was, mut is) = (questions.0.clone(), questions.1.clone());
    let mut found = false;
    for charge in &old.charge {
        let name = &sides.0.policy.budget(charge.budget)?.name;
        let other = new.charge.iter().find(|other| sides.1.policy.budget(other.budget).is_some_and(|budget| budget.name == *name));
        let Some((of, other_of, other)) = other.and_then(|other| Some((charge.of.as_ref()?, other.of.as_ref()?, other.budget))) else { continue };
        if of == other_of {
            continue;
        }
        found = true;
        was.spent.get_mut(charge.budget.index())?.clone_from(of.min(other_of));
        is.spent.get_mut(other.index())?.clone_from(of.min(other_of));
    }
    found.then(|| example(sides, (&was, &is), title))
}

/// What a test can expect of an answer: what must be just so, and what must be among others.
struct Expected {
    exact: Vec<String>,
    among: BTreeSet<String>,
    charges: Vec<String>,
}

impl Expected {
    fn of(policy: &Policy, decision: &Decision) -> Self {
        let (mut exact, mut among) = (Vec::new(), BTreeSet::new());
        for line in expectations(policy, decision) {
            match line.split_once(' ') {
                Some((word @ ("require" | "offer"), names)) => among.extend(names.split(", ").map(|name| format!("{word} {name}"))),
                _ => exact.push(line),
            }
        }
        let charges = charges(policy, decision);
        among.extend(charges.iter().cloned());
        Self { exact, among, charges }
    }

    /// Whether another answer is as this one is expected to be.
    fn holds_of(&self, other: &Self) -> bool {
        self.exact.iter().all(|line| other.exact.contains(line)) && self.among.is_subset(&other.among)
    }
}

fn charges(policy: &Policy, decision: &Decision) -> Vec<String> {
    let line = |it: &crate::decide::BudgetCharge| {
        let budget = policy.budget(it.budget)?;
        let unit = match &budget.unit {
            BudgetUnit::Quantity(ty) => ty.clone(),
            BudgetUnit::Times => Type::Number,
            BudgetUnit::Any => return None,
        };
        Some(format!("charge {} {}", budget.name, literal(policy, &unit, &Value::Quantity(it.amount.clone()?))))
    };
    decision.charge.iter().filter_map(line).collect()
}
