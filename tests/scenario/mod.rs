//! The scenarios by which Kulanz is measured: it gives the answers that a look at every rule in turn gives.

use jiff::Timestamp;
use kulanz::engine::Engine;
use kulanz::pack::Pack;
use kulanz::policy;
use kulanz_scenario::{Asked, Kind, Outcome, Scenario, Word};

fn engine(scenario: &Scenario) -> Engine {
    let (pack, _) = Pack::from_texts(&[("policy.kulanz", &scenario.policy())]);
    Engine::new(policy::check(&pack).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}")))
}

#[track_caller]
fn agrees(engine: &Engine, asked: &Asked) {
    for json in [asked.json.clone(), asked.json_with_explain()] {
        let request = engine.reader().json(&json, Timestamp::UNIX_EPOCH).unwrap_or_else(|problems| panic!("{problems:?} in {json}"));
        let answer = engine.ask(&request);
        assert_eq!(answer.answer, asked.outcome.word().as_str(), "{json}");
        let limit = match asked.outcome {
            Outcome::UpTo(limit) => Some(limit),
            Outcome::Ask | Outcome::No => None,
            Outcome::Yes | Outcome::Need => continue,
        };
        assert_eq!(answer.limit, limit.map(|cents| format!("{}.{:02} EUR", cents / 100, cents % 100)), "{json}");
    }
}

fn every_answer_agrees(kind: Kind, size: usize, every: usize) {
    let scenario = Scenario::new(kind, size);
    let engine = engine(&scenario);
    for asked in scenario.questions().iter().step_by(every) {
        agrees(&engine, asked);
    }
    for word in Word::ALL {
        for asked in scenario.questions_for(word, 8) {
            agrees(&engine, &asked);
        }
    }
}

#[test]
fn rules_spread_over_roles_and_actions_are_answered_as_by_hand() {
    every_answer_agrees(Kind::Spread, 16, 20);
    every_answer_agrees(Kind::Spread, 160, 40);
    every_answer_agrees(Kind::Spread, 1_600, 40);
}

#[test]
fn rules_of_one_desk_are_answered_as_by_hand() {
    every_answer_agrees(Kind::Desk, 16, 20);
    every_answer_agrees(Kind::Desk, 160, 40);
    every_answer_agrees(Kind::Desk, 1_600, 400);
}
