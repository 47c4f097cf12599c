//! Runs the tests of a pack.
//!
//! Each test becomes a question, is decided as an `ask`, and every expectation is checked. A failed one says what was expected, what came out, and why.

mod coverage;
mod expect;
mod human;
mod junit;
mod missing;

pub use coverage::{ConditionCoverage, Coverage, PartCoverage, RuleCoverage};
use coverage::{Goals, Observer};
pub use missing::{Missing, MissingTest, Unreached, missing};

use jiff::Timestamp;
use serde::Serialize;

use crate::answer::Answer;
use crate::decide::{Decision, Mode};
use crate::number::Number;
use crate::policy::{Policy, Test};
use crate::program::Program;
use crate::question::{Actor, Explain, FactState, Provenance, Question, default_state};
use crate::say::Speech;

/// What came of a pack's tests.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How many passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// Each test that ran, in source order.
    pub tests: Vec<TestReport>,
    /// Which rules they touched; only there where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Coverage>,
}

/// What came of one test.
#[derive(Clone, Debug, Serialize)]
pub struct TestReport {
    /// What should be true.
    pub title: String,
    /// `file:line:column`
    pub source: String,
    /// Whether every expectation was met.
    pub passed: bool,
    /// Those that were not.
    pub failures: Vec<Failure>,
    /// The whole answer with its explanation; only there where the test failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Box<Answer>>,
    /// The same for a terminal.
    #[serde(skip)]
    explanation: String,
}

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// In the words of the test: `up to 20.00 EUR`.
    pub expected: String,
    /// Likewise.
    pub got: String,
    /// `file:line:column`
    pub source: String,
}

/// Which tests run, and what is to be told of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Only tests with this in their title, whatever its case.
    pub filter: Option<&'a str>,
    /// Whether to say which rules were touched.
    pub coverage: Coverages,
    /// The place in the policy's `languages` in which failures are explained.
    pub language: usize,
}

/// Whether coverage is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coverages {
    /// It is not.
    #[default]
    Untold,
    /// It is.
    Told,
}

impl Report {
    /// The same without what the tests touched.
    #[must_use]
    pub fn without_coverage(&self) -> Self {
        Self { coverage: None, ..self.clone() }
    }
}

/// Runs the tests of a policy with its program.
#[must_use]
pub fn run(policy: &Policy, program: &Program, options: Options<'_>) -> Report {
    let goals = (options.coverage == Coverages::Told).then(|| Goals::of(policy, program));
    let mut counts = vec![0; goals.as_ref().map_or(0, |goals| goals.all.len())];
    let mut tests = Vec::new();
    for test in policy.tests.iter().filter(|test| is_chosen(test, options.filter)) {
        let question = question(policy, test);
        let decision = program.decide(&question, Mode::Ask);
        if let Some(goals) = &goals {
            let reached = Observer { policy, program, goals }.reached(&question, &decision);
            counts.iter_mut().zip(reached).for_each(|(count, reached)| *count += usize::from(reached));
        }
        tests.push(report(policy, test, &question, &decision, options.language));
    }
    let passed = tests.iter().filter(|test| test.passed).count();
    let coverage = goals.map(|goals| Coverage::new(policy, &goals, &counts));
    Report { passed, failed: tests.len() - passed, tests, coverage }
}

/// Runs one test of a policy with its program.
#[must_use]
pub fn run_one(policy: &Policy, program: &Program, test: &Test, language: usize) -> TestReport {
    let question = question(policy, test);
    let decision = program.decide(&question, Mode::Ask);
    report(policy, test, &question, &decision, language)
}

/// What comes out of a test and why, whether it passes or not: for a reader without colours.
#[must_use]
pub fn explain(policy: &Policy, program: &Program, test: &Test, language: usize) -> String {
    let question = question(policy, test);
    let decision = program.decide(&question, Mode::Ask);
    Speech::new(policy, language).human(&question, &decision, crate::say::Colour::Plain)
}

fn is_chosen(test: &Test, filter: Option<&str>) -> bool {
    filter.is_none_or(|text| test.title.to_lowercase().contains(&text.to_lowercase()))
}

fn report(policy: &Policy, test: &Test, question: &Question, decision: &Decision, language: usize) -> TestReport {
    let failures: Vec<Failure> =
        test.expectations.iter().filter_map(|(expectation, span)| expect::check(policy, expectation, *span, decision)).collect();
    let passed = failures.is_empty();
    let answer = (!passed).then(|| Box::new(Answer::new(policy, question, decision, language)));
    let explanation = if passed { String::new() } else { Speech::new(policy, language).human(question, decision, crate::say::Colour::Plain) };
    TestReport { title: test.title.clone(), source: policy.sources.location(test.span), passed, failures, answer, explanation }
}

/// The question that a test asks, with everything explained.
fn question(policy: &Policy, test: &Test) -> Question {
    Question {
        actor: Actor { id: test.actor.clone(), role: test.role, team: test.team.clone() },
        action: test.action,
        amount: test.amount.clone(),
        facts: facts(policy, test),
        spent: spent(policy, test),
        // A test without a moment reads no clock, so that any moment does.
        at: test.at.unwrap_or(Timestamp::UNIX_EPOCH),
        explain: Explain::Every,
    }
}

/// What a test says of each fact; what is on record counts more than what is said.
fn facts(policy: &Policy, test: &Test) -> Vec<FactState> {
    let mut facts: Vec<FactState> = policy.facts.iter().map(default_state).collect();
    let (record, said): (Vec<_>, Vec<_>) = test.facts.iter().partition(|fact| fact.on_record);
    for fact in said.into_iter().chain(record) {
        let from = if fact.on_record { Provenance::Record } else { Provenance::Said };
        let state = fact.value.clone().map_or(FactState::Absent(from), |value| FactState::Known(value, from));
        if let Some(slot) = facts.get_mut(fact.fact.index()) {
            *slot = state;
        }
    }
    facts
}

fn spent(policy: &Policy, test: &Test) -> Vec<Number> {
    let mut spent = vec![Number::ZERO; policy.budgets.len()];
    for (budget, used) in &test.spent {
        if let Some(slot) = spent.get_mut(budget.index()) {
            *slot = used.clone();
        }
    }
    spent
}
