//! Which rules and rows of rule tables the tests touched.

use serde::Serialize;

use crate::answer::parts;
use crate::decide::{Decision, Reason, Verdict};
use crate::policy::Policy;

/// Which rules applied or decided in some test.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// How many did.
    pub covered: usize,
    /// How many there are.
    pub of: usize,
    /// Each rule, a row of a table being one, in source order.
    pub rules: Vec<RuleCoverage>,
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

impl Coverage {
    pub(super) fn new(policy: &Policy, touched: &[usize]) -> Self {
        let rules = policy.rules.iter().zip(touched);
        let rules: Vec<RuleCoverage> = rules
            .map(|(rule, tests)| RuleCoverage { rule: rule.name.to_string(), source: parts::rule_source(policy, rule), tests: *tests })
            .collect();
        Self { covered: rules.iter().filter(|rule| rule.tests > 0).count(), of: rules.len(), rules }
    }
}

/// Counts the rules that applied or decided, each once a test.
pub(super) fn touch(decision: &Decision, touched: &mut [usize]) {
    let decided = decision.because.iter().filter_map(|reason| match reason {
        Reason::Rule(id) => Some(*id),
        Reason::Fallback(_) => None,
    });
    let applied = decision.explain.iter().filter(|explanation| explanation.verdict == Verdict::Applies).map(|explanation| explanation.rule);
    let mut rules: Vec<_> = decided.chain(applied).collect();
    rules.sort();
    rules.dedup();
    for rule in rules {
        if let Some(count) = touched.get_mut(rule.index()) {
            *count += 1;
        }
    }
}
