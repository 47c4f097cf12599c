//! A case as a `test` item.

use crate::analysis::Case;
use crate::decide::{Mode, Reason};
use crate::policy::Policy;
use crate::program::Program;
use crate::question::Question;

/// A title that no test has yet, from the first thing that the test touches.
pub(super) fn title(touches: &[String], known: &[String]) -> String {
    let first = touches.first().map_or("a case that no test has", String::as_str).replace('"', "'");
    let mut title = first.clone();
    let mut nth = 1;
    while known.contains(&title) {
        nth += 1;
        title = format!("{first} ({nth})");
    }
    title
}

/// The test, with what the engine answers and the rules that decided.
pub(super) fn written(policy: &Policy, program: &Program, question: &Question, title: &str) -> String {
    let case = Case { question: question.clone() };
    let decision = program.decide(question, Mode::Ask);
    let rules = decision.because.iter().filter_map(|reason| if let Reason::Rule(id) = reason { policy.rule(*id) } else { None });
    let rules: Vec<&str> = rules.map(|rule| &*rule.name).collect();
    let because = if rules.is_empty() { String::new() } else { format!("\n  expect because {}", rules.join(", ")) };
    case.as_test(policy, program, title) + &because
}
