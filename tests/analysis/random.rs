//! Every answer that random questions with all facts known get is one that the analysis found, where it says that it looked everywhere.

use std::collections::{BTreeMap, BTreeSet};

use kulanz::analysis::{Analysis, Coverage, Depth};
use kulanz::decide::{Decision, Limit, Mode, Outcome};
use kulanz::policy::{ActionId, Policy, RoleId};

use crate::reference::agreement::{Both, accept};
use crate::reference::asked::{Asked, Source};
use crate::reference::compare;
use crate::reference::dice::Dice;
use crate::reference::packs::{Taste, crowd, draft};
use crate::reference::questions::question;

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 21);

/// The word, and whether there is anything beside it.
fn answer(_: &Policy, decision: &Decision) -> String {
    let bare = decision.ask.is_empty() && decision.offer.is_empty() && decision.advice.is_empty();
    format!("{:?} {}", decision.outcome, decision.outcome == Outcome::No && bare)
}

/// All that people see of an answer, but its figures.
fn whole(policy: &Policy, decision: &Decision) -> String {
    let duties: Vec<_> = decision.require.iter().map(|it| it.duty).collect();
    let budgets: Vec<_> = decision.charge.iter().map(|it| it.budget).collect();
    let unlimited = decision.limit == Limit::Unlimited;
    let asks: Vec<_> = decision.ask.iter().map(|it| (policy.role(it.role).unwrap().name.as_str(), it.kind, it.another_person)).collect();
    let offers: Vec<_> = decision.offer.iter().map(|it| (policy.action(it.action).unwrap().name.as_str(), it.outcome)).collect();
    let shown = format!("{:?} {asks:?} {offers:?} {:?} amount: {}", decision.outcome, decision.advice, decision.amount.is_some());
    format!("{shown} {duties:?} {budgets:?} {unlimited} {:?}", decision.because)
}

struct Tally {
    exact: usize,
    gave_up: BTreeMap<&'static str, usize>,
    answers: BTreeSet<String>,
}

/// Asks so many questions of one pack at noon of the day, with everything on record.
fn agree(both: &Both, dice: &mut Dice, questions: usize, depth: Depth, tell: fn(&Policy, &Decision) -> String, text: &str, tally: &mut Tally) {
    let analysis = Analysis::new(&both.policy, &both.program, TODAY).with_depth(depth).with_most_points(150);
    let mut found: BTreeMap<(ActionId, RoleId), (Coverage, BTreeSet<String>)> = BTreeMap::new();
    for _ in 0..questions {
        let mut asked: Asked = question(dice, &both.book, 100);
        asked.at = TODAY.at(12, 0, 0, 0).to_zoned(both.policy.time_zone.clone()).unwrap().timestamp();
        asked.id.get_or_insert_with(|| "anna".into());
        asked.team.get_or_insert_with(|| "red".into());
        asked.facts.values_mut().for_each(|given| given.source = Source::Record);
        let question = compare::question(&both.policy, &both.book, &asked);
        let got = tell(&both.policy, &both.program.decide(&question, Mode::Ask));
        let (coverage, answers) = found.entry((question.action, question.actor.role)).or_insert_with(|| {
            let mut answers = BTreeSet::new();
            let coverage = analysis.each(question.action, question.actor.role, |_, decision| {
                answers.insert(tell(&both.policy, decision));
                true
            });
            match coverage {
                Coverage::Exact => tally.exact += 1,
                Coverage::GaveUp { why } => *tally.gave_up.entry(why).or_default() += 1,
            }
            (coverage, answers)
        });
        tally.answers.insert(got.clone());
        assert!(*coverage != Coverage::Exact || answers.contains(&got), "{text}\n{asked:#?}\n{got}\nfound: {answers:#?}");
    }
}

fn tally() -> Tally {
    Tally { exact: 0, gave_up: BTreeMap::new(), answers: BTreeSet::new() }
}

fn report(tally: &Tally) {
    let gave_up: usize = tally.gave_up.values().sum();
    println!("{} exact, {gave_up} not: {:?}, {} answers", tally.exact, tally.gave_up, tally.answers.len());
    assert!(tally.exact > gave_up, "{:?}", tally.gave_up);
}

fn plain(seeds: std::ops::Range<u64>, depth: Depth, tell: fn(&Policy, &Decision) -> String) {
    let mut tally = tally();
    for seed in seeds {
        let mut dice = Dice::new(seed);
        let text = draft(&mut dice, Taste { rules: 3, charges: 30, ..Taste::RICH }).text();
        agree(&accept(&text), &mut dice, 60, depth, tell, &format!("seed {seed}\n{text}"), &mut tally);
    }
    report(&tally);
}

#[test]
fn answers_of_random_questions_are_found() {
    plain(0..40, Depth::Answers, answer);
}

#[test]
fn duties_and_reasons_of_random_questions_are_found() {
    plain(1_000..1_025, Depth::Limits, whole);
}

/// `find_no` leaves out what it takes to be excused for good; `each` leaves out nothing.
#[test]
fn a_bare_no_is_found_where_there_is_one() {
    let (mut walls, mut none) = (0, 0);
    for seed in 2_000..2_150 {
        let mut dice = Dice::new(seed);
        let text = draft(&mut dice, Taste { rules: 3, charges: 30, ..Taste::RICH }).text();
        let both = accept(&text);
        let analysis = Analysis::new(&both.policy, &both.program, TODAY).with_most_points(300);
        // An offer that hangs on what is not known is none for good.
        let excuses = |decision: &Decision| !decision.advice.is_empty() || decision.offer.iter().any(|offer| offer.outcome != Outcome::Need);
        for (action, role) in both.policy.action_ids().flat_map(|action| both.policy.role_ids().map(move |role| (action, role))) {
            let mut wall = None;
            let coverage = analysis.each(action, role, |case, decision| {
                if decision.outcome == Outcome::No && decision.ask.is_empty() && !excuses(decision) {
                    wall = Some(case.as_test(&both.policy, &both.program, "a wall"));
                }
                wall.is_none()
            });
            let found = analysis.find_no(action, role, excuses);
            if let Some(wall) = &wall {
                assert!(found.case.is_some() || found.coverage != Coverage::Exact, "seed {seed}\n{text}\n{wall}");
                walls += 1;
            } else {
                assert!(coverage != Coverage::Exact || found.case.is_none(), "seed {seed}\n{text}");
                none += 1;
            }
        }
    }
    assert!(walls > 1_000 && none > 50, "{walls} {none}");
}

#[test]
fn answers_from_a_crowd_of_rules_are_found() {
    let mut tally = tally();
    for seed in 0..10 {
        let mut dice = Dice::new(seed);
        let text = crowd(&mut dice, Taste { rules: 1, charges: 0, ..Taste::RICH }, 6).text();
        agree(&accept(&text), &mut dice, 20, Depth::Answers, answer, &format!("seed {seed}\n{text}"), &mut tally);
    }
    println!("{} exact, {:?}", tally.exact, tally.gave_up);
}
