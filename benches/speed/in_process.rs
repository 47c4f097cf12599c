//! One decision at a time, in this process: from a prepared question, and from JSON to JSON.

use kulanz::question::Request;
use kulanz_scenario::by_hand::ByHand;
use kulanz_scenario::{Asked, Kind, SIZES, Scenario, Word};

use crate::Effort;
use crate::kulanz::Kulanz;
use crate::rounds::{Contender, interleave};
use crate::table::{Goal, Row, time};

/// Few rules for each of many pairs of role and action.
pub fn spread(effort: Effort) -> Vec<Row> {
    let mut rows = sizes(Kind::Spread, effort);
    rows.extend(words(Kind::Spread, effort));
    rows
}

/// All rules for one role and action.
pub fn desk(effort: Effort) -> Vec<Row> {
    let mut rows = sizes(Kind::Desk, effort);
    rows.extend(words(Kind::Desk, effort));
    rows
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Spread => "spread",
        Kind::Desk => "one desk",
    }
}

/// A scenario, ready to be asked.
struct Ready {
    scenario: Scenario,
    kulanz: Kulanz,
    /// The questions that are granted.
    yes: Vec<Asked>,
    requests: Vec<Request>,
}

impl Ready {
    fn new(kind: Kind, size: usize) -> Self {
        let scenario = Scenario::new(kind, size);
        let kulanz = Kulanz::from_text(&scenario.policy());
        let yes: Vec<Asked> = scenario.questions().into_iter().filter(Asked::granted).collect();
        let requests = yes.iter().map(|asked| kulanz.prepare(&asked.json)).collect();
        Self { scenario, kulanz, yes, requests }
    }
}

/// What runs in turns for each size; also the order of the contenders.
const FLOOR: usize = 0;
const PREPARED: usize = 1;
const JSON_FLOOR: usize = 2;
const JSON: usize = 3;
const CONTENDERS: usize = 4;

fn sizes(kind: Kind, effort: Effort) -> Vec<Row> {
    let ready: Vec<Ready> = SIZES.iter().map(|&size| Ready::new(kind, size)).collect();
    let by_hand: Vec<ByHand<'_>> = ready.iter().map(|ready| ByHand::new(&ready.scenario)).collect();
    let contenders = ready.iter().zip(&by_hand).flat_map(|(ready, by_hand)| {
        let [one, two, three, four]: [Contender<'_>; CONTENDERS] =
            [floor(ready, by_hand), prepared(ready), json_floor(ready, by_hand), json(&ready.kulanz, Word::Yes, texts(&ready.yes))];
        [one, two, three, four]
    });
    let measured = interleave(contenders.collect(), effort.turns * 4);
    let place = |size: usize, contender: usize| size * CONTENDERS + contender;
    let row = |what: String, contender: usize, floor: usize, against: &str| {
        Row::new(what, time(measured.median(contender)), format!("{} {against}", time(measured.median(floor))), measured.ratio(contender, floor))
    };
    let mut rows = Vec::new();
    for (contender, floor, what, goal) in [(PREPARED, FLOOR, "prepared", 2.0), (JSON, JSON_FLOOR, "JSON to JSON", 3.0)] {
        for (at, size) in SIZES.iter().enumerate() {
            let what = format!("{}, {size} rules: `yes`, {what}", name(kind));
            let row = row(what, place(at, contender), place(at, floor), "by hand");
            rows.push(if kind == Kind::Spread { row.goal(Goal::AtMost(goal)) } else { row });
        }
    }
    let growth = if kind == Kind::Spread { 2.0 } else { 4.0 };
    let last = SIZES.len() - 1;
    for (contender, what) in [(PREPARED, "`yes`, prepared"), (JSON, "`yes`, JSON to JSON")] {
        let what = format!("{}, 16,000 rules: {what}", name(kind));
        rows.push(row(what, place(last, contender), place(0, contender), "at 16 rules").goal(Goal::AtMost(growth)));
    }
    for (contender, what) in [(FLOOR, "prepared"), (JSON_FLOOR, "JSON to JSON")] {
        let what = format!("{}, 16,000 rules: {what}, by hand (for comparison)", name(kind));
        rows.push(row(what, place(last, contender), place(0, contender), "at 16 rules"));
    }
    rows
}

fn floor<'a>(ready: &'a Ready, by_hand: &'a ByHand<'a>) -> Contender<'a> {
    Contender::new(ready.yes.len(), |range| {
        let length = range.len();
        let granted = ready.yes[range].iter().filter(|asked| by_hand.decide(&asked.question)).count();
        assert_eq!(granted, length);
    })
}

fn prepared(ready: &Ready) -> Contender<'_> {
    let mut asker = ready.kulanz.asker();
    Contender::new(ready.requests.len(), move |range| {
        let length = range.len();
        let granted = ready.requests[range].iter().filter(|request| asker.decide(request) == "yes").count();
        assert_eq!(granted, length);
    })
}

fn json_floor<'a>(ready: &'a Ready, by_hand: &'a ByHand<'a>) -> Contender<'a> {
    let mut out = Vec::new();
    Contender::new(ready.yes.len(), move |range| {
        for asked in &ready.yes[range] {
            out.clear();
            assert!(by_hand.json(&asked.json, &mut out).unwrap());
        }
    })
}

fn json(kulanz: &Kulanz, word: Word, texts: Vec<String>) -> Contender<'_> {
    let (mut asker, mut out) = (kulanz.asker(), String::new());
    let beginning = format!(r#"{{"answer":"{}","#, word.as_str());
    Contender::new(texts.len(), move |range| {
        for text in &texts[range] {
            asker.answer(text, &mut out);
            assert!(out.starts_with(&beginning), "{text} {out}");
        }
    })
}

fn texts(asked: &[Asked]) -> Vec<String> {
    asked.iter().map(|asked| asked.json.clone()).collect()
}

/// The other answers, and explanations, against a `yes` from JSON.
fn words(kind: Kind, effort: Effort) -> Vec<Row> {
    let size = 1_600;
    let scenario = Scenario::new(kind, size);
    let kulanz = Kulanz::from_text(&scenario.policy());
    let asked = Word::ALL.map(|word| (word, scenario.questions_for(word, 2_000)));
    let mut contenders: Vec<_> = asked.iter().map(|(word, asked)| json(&kulanz, *word, texts(asked))).collect();
    contenders.extend(asked.iter().map(|(word, asked)| json(&kulanz, *word, asked.iter().map(Asked::json_with_explain).collect())));
    let measured = interleave(contenders, effort.turns * 2);
    let row = |what: &str, contender: usize, floor: usize, against: &str, goal: Option<f64>| {
        let what = format!("{}, {size} rules: {what}", name(kind));
        let against = format!("{} {against}", time(measured.median(floor)));
        let row = Row::new(what, time(measured.median(contender)), against, measured.ratio(contender, floor));
        if let Some(goal) = goal { row.goal(Goal::AtMost(goal)) } else { row }
    };
    let others = (1..asked.len()).map(|at| row(&format!("`{}`, JSON to JSON", asked[at].0.as_str()), at, 0, "`yes`", Some(2.0)));
    let explained = (0..asked.len()).map(|at| {
        let what = format!("`{}` with `explain`, JSON to JSON", asked[at].0.as_str());
        // An explanation names every rule of the role and action; a desk has them all.
        row(&what, asked.len() + at, at, "without", (kind == Kind::Spread).then_some(3.0))
    });
    others.chain(explained).collect()
}
