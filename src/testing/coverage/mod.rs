//! What the tests touched: rules and rows, clauses, and each condition both ways.

mod goal;
mod lookups;
mod observe;

use serde::Serialize;

pub(super) use goal::{Clause, Goal, Goals, Leaf, Owner, What};
pub(super) use observe::Observer;

use crate::answer::parts;
use crate::policy::{Policy, RuleId};

/// What the tests of a pack touched.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// How many rules applied or decided.
    pub covered: usize,
    /// How many there are.
    pub of: usize,
    /// Of everything below, each condition counting twice: how much was touched, in percent, rounded down to a whole one.
    pub percent: usize,
    /// Each rule, a row of a table being one, in source order.
    pub rules: Vec<RuleCoverage>,
    /// Each row of the tables of values.
    pub values: Vec<PartCoverage>,
    /// Each clause that does something.
    pub clauses: Vec<PartCoverage>,
    /// Each condition without parts.
    pub conditions: Vec<ConditionCoverage>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleCoverage {
    /// Its name.
    pub rule: String,
    /// `file:line:column`
    pub source: String,
    /// In how many tests it applied or decided.
    pub tests: usize,
}

/// A clause, or a row of a table of values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartCoverage {
    /// The rule, fallback or table that it belongs to.
    pub item: String,
    /// What it says: `charge goodwill`.
    pub part: String,
    /// `file:line:column`
    pub source: String,
    /// In how many tests it was seen in the answer; of a row of values, in how many it held.
    pub tests: usize,
}

/// A condition without parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConditionCoverage {
    /// The rule, table, fallback or definition that it belongs to.
    pub item: String,
    /// As it is written.
    pub condition: String,
    /// `file:line:column`
    pub source: String,
    /// In how many tests it was seen to hold.
    pub yes: usize,
    /// In how many tests it was seen not to hold.
    pub no: usize,
}

impl Coverage {
    /// `counts` says for each goal in how many tests it was reached.
    pub(super) fn new(policy: &Policy, goals: &Goals<'_>, counts: &[usize]) -> Self {
        let rules: Vec<RuleCoverage> = policy
            .rules
            .iter()
            .enumerate()
            .map(|(at, rule)| RuleCoverage {
                rule: rule.name.to_string(),
                source: parts::rule_source(policy, rule),
                tests: goals.of_rule(RuleId::new(at)).and_then(|goal| counts.get(goal)).copied().unwrap_or(0),
            })
            .collect();
        let (mut values, mut clauses, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
        for (goal, count) in goals.all.iter().zip(counts) {
            let part = || PartCoverage { item: goal.item.clone(), part: goal.label.clone(), source: goal.source.clone(), tests: *count };
            match &goal.what {
                What::Rule(_) => {}
                What::Value(..) => values.push(part()),
                What::Clause(_) => clauses.push(part()),
                What::Holds(_) => {
                    let (item, condition, source) = (goal.item.clone(), goal.label.clone(), goal.source.clone());
                    conditions.push(ConditionCoverage { item, condition, source, yes: *count, no: 0 });
                }
                What::Fails(_) => {
                    // The two goals of a condition stand one behind the other.
                    if let Some(last) = conditions.last_mut() {
                        last.no = *count;
                    }
                }
            }
        }
        let covered = rules.iter().filter(|rule| rule.tests > 0).count();
        Self { covered, of: rules.len(), percent: percent(counts), rules, values, clauses, conditions }
    }
}

/// A pack with nothing to touch is touched whole.
pub(super) fn percent(counts: &[usize]) -> usize {
    let reached = counts.iter().filter(|count| **count > 0).count();
    (reached * 100).checked_div(counts.len()).unwrap_or(100)
}

/// What a goal is, in words: `small_refund: fresh does not hold`.
pub(super) fn words(goal: &Goal<'_>) -> String {
    let (item, label) = (&goal.item, &goal.label);
    match &goal.what {
        What::Rule(_) => format!("{item} applies"),
        What::Clause(_) => format!("{item}: {label}"),
        What::Value(..) | What::Holds(_) => format!("{item}: {label} holds"),
        What::Fails(_) => format!("{item}: {label} does not hold"),
    }
}
