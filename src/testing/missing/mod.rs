//! The tests that a pack lacks: for what no test touches, cases found by the engine, as `test` items that can be pasted.
//!
//! What must stay true: every test that comes out was pasted, checked and run, passes, and touches something that no other test does.

mod cuts;
mod item;
mod search;

use jiff::civil::Date;
use serde::Serialize;

use super::coverage::{Goal, Goals, Observer, What, percent};
use super::{Coverages, Options, question, run};
use crate::analysis::Analysis;
use crate::decide::Mode;
use crate::diagnostic::{Diagnostic, has_errors};
use crate::pack::Pack;
use crate::policy::{Policy, check};
use crate::program::Program;
use crate::program::node::{Condition, Reads};
use crate::question::Question;
use search::Search;

/// The tests that would raise coverage.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Missing {
    /// What the tests of the pack cover, in percent.
    pub percent: usize,
    /// What they cover together with those below.
    pub percent_then: usize,
    /// As few as were found to do it: none can be left out.
    pub tests: Vec<MissingTest>,
    /// What no case was found for.
    pub unreached: Vec<Unreached>,
}

/// A test to paste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingTest {
    /// What it is called.
    pub title: String,
    /// The whole item.
    pub text: String,
    /// What only it touches among these tests: `small_refund: fresh does not hold`.
    pub touches: Vec<String>,
}

/// Something that no case was found for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unreached {
    /// What it is.
    pub what: String,
    /// `file:line:column`
    pub source: String,
    /// Whether it is sure that there is none; else the search did not look everywhere.
    pub impossible: bool,
}

/// A case and what it reaches.
struct Candidate {
    question: Question,
    reached: Vec<bool>,
}

/// Looks for the tests that a pack lacks. `today` is the day of those cases that need no other.
///
/// # Errors
///
/// Where the pack does not check.
pub fn missing(pack: &Pack, today: Date) -> Result<Missing, Vec<Diagnostic>> {
    let complete = check(pack)?;
    let program = Program::new(&complete);
    let goals = Goals::of(&complete, &program);
    let observer = Observer { policy: &complete, program: &program, goals: &goals };
    let counts = counts(observer);
    let open: Vec<bool> = counts.iter().map(|count| *count == 0).collect();
    let mut search = Search::new(observer, today, open.clone());
    search.run();
    let chosen = fewest(&search.pool, &open);
    let mut missing = Missing { percent: percent(&counts), ..Missing::default() };
    let mut titles: Vec<String> = complete.tests.iter().map(|test| test.title.clone()).collect();
    for candidate in &chosen {
        let touches: Vec<usize> = touched_alone(candidate, &chosen, &open);
        let words: Vec<String> = touches.iter().filter_map(|at| goals.all.get(*at)).map(crate::testing::coverage::words).collect();
        let title = item::title(&words, &titles);
        titles.push(title.clone());
        missing.tests.push(MissingTest { text: item::written(&complete, &program, &candidate.question, &title), title, touches: words });
    }
    keep_confirmed(pack, &mut missing);
    let reached = |at: usize| chosen.iter().any(|candidate| candidate.reached.get(at) == Some(&true));
    let left = goals.all.iter().enumerate().zip(&open).filter(|((at, _), open)| **open && !reached(*at));
    missing.unreached = left.map(|((_, goal), _)| unreached(&complete, &program, goal, today)).collect();
    Ok(missing)
}

/// What no case was found for, and whether it is sure that there is none: where a condition can never come out as wanted, whatever the facts.
fn unreached(policy: &Policy, program: &Program, goal: &Goal<'_>, today: Date) -> Unreached {
    let rule = |id: crate::policy::RuleId| program.rule(id).map(|rule| &rule.condition);
    let (conditions, wanted): (Vec<_>, _) = match &goal.what {
        What::Rule(id) => (rule(*id).into_iter().collect(), true),
        What::Holds(leaves) => (leaves.iter().map(|leaf| leaf.condition).collect(), true),
        What::Fails(leaves) => (leaves.iter().map(|leaf| leaf.condition).collect(), false),
        What::Value(..) | What::Clause(_) => (Vec::new(), true),
    };
    let analysis = Analysis::new(policy, program, today);
    let never = |condition: &&Condition| {
        let mut reads = Reads::default();
        condition.reads(&program.named(), &mut reads);
        // The analysis is of one day, and of questions without an amount.
        if reads.clock || reads.amount || !reads.budgets.is_empty() || reads.actor_id {
            return false;
        }
        let found = if wanted { analysis.find_where(&[*condition], &[]) } else { analysis.find_where(&[], &[*condition]) };
        found.case.is_none() && found.coverage == crate::analysis::Coverage::Exact
    };
    let impossible = !conditions.is_empty() && conditions.iter().all(never);
    Unreached { what: crate::testing::coverage::words(goal), source: goal.source.clone(), impossible }
}

/// In how many tests of the pack each goal is reached.
fn counts(observer: Observer<'_>) -> Vec<usize> {
    let mut counts = vec![0; observer.goals.all.len()];
    for test in &observer.policy.tests {
        let question = question(observer.policy, test);
        let decision = observer.program.decide(&question, Mode::Ask);
        counts.iter_mut().zip(observer.reached(&question, &decision)).for_each(|(count, reached)| *count += usize::from(reached));
    }
    counts
}

/// The case that reaches the most comes first, until nothing more is reached; then those are left out that the others make up for.
fn fewest<'c>(pool: &'c [Candidate], open: &[bool]) -> Vec<&'c Candidate> {
    let mut open = open.to_vec();
    let wanted = open.clone();
    let mut chosen: Vec<&Candidate> = Vec::new();
    loop {
        let gain = |candidate: &Candidate| candidate.reached.iter().zip(&open).filter(|(reached, open)| **reached && **open).count();
        // Of several the first.
        let best = pool.iter().rev().max_by_key(|candidate| gain(candidate)).filter(|candidate| gain(candidate) > 0);
        let Some(best) = best else { break };
        open.iter_mut().zip(&best.reached).for_each(|(open, reached)| *open &= !reached);
        chosen.push(best);
    }
    let mut at = chosen.len();
    while at > 0 {
        at -= 1;
        if chosen.get(at).is_some_and(|candidate| touched_alone(candidate, &chosen, &wanted).is_empty()) {
            chosen.remove(at);
        }
    }
    chosen
}

/// What a case reaches and no other one does.
fn touched_alone(candidate: &Candidate, chosen: &[&Candidate], open: &[bool]) -> Vec<usize> {
    let others = |at: usize| chosen.iter().filter(|other| !std::ptr::eq(**other, candidate)).any(|other| other.reached.get(at) == Some(&true));
    let reached = candidate.reached.iter().zip(open).enumerate();
    reached.filter(|(at, (reached, open))| **reached && **open && !others(*at)).map(|(at, _)| at).collect()
}

/// Pastes the tests into the pack, checks and runs it, and keeps those that pass.
fn keep_confirmed(pack: &Pack, missing: &mut Missing) {
    loop {
        let text = missing.tests.iter().map(|test| format!("{}\n", test.text)).collect::<Vec<_>>().join("\n");
        let Some((passed, percent)) = pasted(pack, &text) else {
            missing.tests.clear();
            missing.percent_then = missing.percent;
            return;
        };
        missing.percent_then = percent;
        let before = missing.tests.len();
        missing.tests.retain(|test| passed.contains(&test.title));
        if missing.tests.len() == before {
            return;
        }
    }
}

/// The titles of the tests that pass in a pack with this text, and what they cover; `None` where it does not check.
fn pasted(pack: &Pack, text: &str) -> Option<(Vec<String>, usize)> {
    let mut pack = pack.clone();
    let id = pack.sources.add("missing.kulanz", text);
    let (file, problems) = crate::syntax::parse(&pack.sources, id);
    if has_errors(&problems) {
        return None;
    }
    pack.parts.first_mut()?.files.push(file);
    let policy = check(&pack).ok()?;
    let report = run(&policy, &Program::new(&policy), Options { coverage: Coverages::Told, ..Options::default() });
    let percent = report.coverage.map_or(0, |coverage| coverage.percent);
    Some((report.tests.into_iter().filter(|test| test.passed).map(|test| test.title).collect(), percent))
}
