//! What is counted.

use std::hint::black_box;

use kulanz_scenario::{Asked, Kind, Scenario, Word};

use crate::counted_by_callgrind;
use crate::kulanz::Kulanz;

/// One figure.
pub struct Case {
    /// As it stands in `figures.toml`.
    pub name: &'static str,
    /// How many pieces of work are counted together.
    pub pieces: u64,
    run: fn(u64),
}

/// Questions that are counted together.
const QUESTIONS: u64 = 100;

/// Every figure, in the order of `figures.toml`.
pub const CASES: [Case; 10] = [
    Case { name: "yes_prepared", pieces: QUESTIONS, run: |count| prepared(Kind::Spread, 160, count) },
    Case { name: "yes_prepared_one_desk", pieces: QUESTIONS, run: |count| prepared(Kind::Desk, 1_600, count) },
    Case { name: "yes", pieces: QUESTIONS, run: |count| json(Word::Yes, count, plain) },
    Case { name: "up_to", pieces: QUESTIONS, run: |count| json(Word::UpTo, count, plain) },
    Case { name: "ask", pieces: QUESTIONS, run: |count| json(Word::Ask, count, plain) },
    Case { name: "no", pieces: QUESTIONS, run: |count| json(Word::No, count, plain) },
    Case { name: "need", pieces: QUESTIONS, run: |count| json(Word::Need, count, plain) },
    Case { name: "yes_explained", pieces: QUESTIONS, run: |count| json(Word::Yes, count, Asked::json_with_explain) },
    Case { name: "load_a_rule", pieces: RULES, run: |_| load(Kind::Spread) },
    Case { name: "load_a_rule_one_desk", pieces: RULES, run: |_| load(Kind::Desk) },
];

/// Rules that are loaded at once.
const RULES: u64 = 800;

/// Does the work of one case.
pub fn run(name: &str) {
    let case = CASES.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("there is no case `{name}`"));
    (case.run)(case.pieces);
}

fn prepared(kind: Kind, size: usize, count: u64) {
    let scenario = Scenario::new(kind, size);
    let kulanz = Kulanz::from_text(&scenario.policy());
    let requests: Vec<_> = some(&scenario, Word::Yes, count).iter().map(|asked| kulanz.prepare(&asked.json)).collect();
    let mut asker = kulanz.asker();
    twice(|| assert!(requests.iter().all(|request| asker.decide(black_box(request)) == "yes")));
}

fn json(word: Word, count: u64, text: fn(&Asked) -> String) {
    let scenario = Scenario::new(Kind::Spread, 160);
    let kulanz = Kulanz::from_text(&scenario.policy());
    let texts: Vec<_> = some(&scenario, word, count).iter().map(text).collect();
    let beginning = format!(r#"{{"answer":"{}","#, word.as_str());
    let (mut asker, mut out) = (kulanz.asker(), String::new());
    twice(|| {
        for text in &texts {
            asker.answer(black_box(text), &mut out);
            assert!(out.starts_with(&beginning));
        }
    });
}

fn load(kind: Kind) {
    // What is set up once in a process does not count.
    Kulanz::from_text(&Scenario::new(kind, 16).policy());
    let text = Scenario::new(kind, usize::try_from(RULES).unwrap()).policy();
    let mut loaded = None;
    // Only one thread is counted.
    counted_by_callgrind(&mut || loaded = Some(Kulanz::on_one_thread(black_box(&text))));
    assert!(loaded.is_some());
}

fn plain(asked: &Asked) -> String {
    asked.json.clone()
}

fn some(scenario: &Scenario, word: Word, count: u64) -> Vec<Asked> {
    scenario.questions_for(word, usize::try_from(count).unwrap())
}

/// The second time counts.
fn twice(mut work: impl FnMut()) {
    work();
    counted_by_callgrind(&mut work);
}
