//! From text to an engine that answers, and how much of it stays in memory.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use jiff::Timestamp;
use kulanz_scenario::by_hand::ByHand;
use kulanz_scenario::{Kind, Rule, Scenario, Word};

use crate::Effort;
use crate::child::{self, Running};
use crate::kulanz::Kulanz;
use crate::rounds::{Measured, median};
use crate::table::{Goal, Row, time};

/// What 16,000 rules may take, in nanoseconds.
const BOUND: f64 = 0.4e9;

/// Each load is one piece; the sizes take turns.
pub fn load(effort: Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let (small, large) = (Scenario::new(Kind::Spread, 1_600), Scenario::new(Kind::Spread, 16_000));
    let desk = Scenario::new(Kind::Desk, 16_000);
    let write = |name: &str, scenario: &Scenario| {
        let pack = folder.path().join(name);
        fs::create_dir(&pack).unwrap();
        fs::write(pack.join("policy.kulanz"), scenario.policy()).unwrap();
        pack
    };
    let (small_pack, large_pack, desk_pack) = (write("small", &small), write("large", &large), write("desk", &desk));
    let rules = serde_json::to_string(&large.rules).unwrap();
    let mut times = vec![Vec::new(); 5];
    for _ in 0..effort.repeats {
        times[0].push(timed(|| Kulanz::read(&small_pack)));
        times[1].push(timed(|| Kulanz::read(&large_pack)));
        times[2].push(timed(|| Kulanz::read(&desk_pack)));
        times[3].push(timed(|| by_hand(&large, &rules)));
        times[4].push(timed(|| {
            let checked = kulanz::engine::check(&large_pack, Timestamp::now());
            assert!(checked.engine.is_some());
            checked
        }));
    }
    let measured = Measured::of(times);
    let per_rule = |load: usize, size: f64| measured.median(load) / size;
    let bound = |what: &str, load: usize| {
        Row::new(what, time(measured.median(load)), format!("{} at most", time(BOUND)), measured.median(load) / BOUND).goal(Goal::AtMost(1.0))
    };
    let row = |what, load, floor, against, ratio| Row::new(what, time(load), format!("{} {against}", time(floor)), ratio);
    let mut rows = vec![
        bound("load of 16,000 rules: parse, check, compile", 1),
        bound("load of 16,000 rules, one desk", 2),
        row("load of 16,000 rules, a rule", per_rule(1, 16e3), per_rule(0, 1.6e3), "of 1,600 rules", measured.ratio(1, 0) / 10.0)
            .goal(Goal::AtMost(1.2)),
        row("load of 16,000 rules", measured.median(1), measured.median(3), "by hand from JSON", measured.ratio(1, 3)),
        row("`check` of 16,000 rules with every warning", measured.median(4), measured.median(1), "load", measured.ratio(4, 1)),
    ];
    rows.push(memory(&small, &small_pack, &large_pack, effort));
    rows
}

/// How much more the running program holds with 16,000 rules than with 1,600, when it has answered once.
fn memory(scenario: &Scenario, small: &Path, large: &Path, effort: Effort) -> Row {
    let question = format!("{}\n", scenario.questions_for(Word::Yes, 1)[0].json);
    let resident = |pack: &Path| {
        let mut running = Running::start(child::kulanz().args(["ask", "--batch", "-", "-p"]).arg(pack).stdin(Stdio::piped()));
        running.input().write_all(question.as_bytes()).unwrap();
        assert!(running.line().starts_with("{\"answer\":"));
        running.resident()
    };
    let rules = 16e3 - 1.6e3;
    let bytes = median((0..effort.repeats.min(5)).map(|_| (resident(large) - resident(small)) / rules).collect());
    Row::new("memory of the running program, a rule", format!("{bytes:.0} bytes"), "1024 bytes at most".to_owned(), bytes / 1024.0)
        .goal(Goal::AtMost(1.0))
}

fn timed<T>(load: impl FnOnce() -> T) -> f64 {
    let begun = Instant::now();
    let loaded = load();
    let took = begun.elapsed().as_nanos() as f64;
    drop(loaded);
    took
}

/// The same rules written as JSON, read and laid out in a hash map.
fn by_hand(scenario: &Scenario, rules: &str) -> usize {
    let rules: Vec<Rule> = serde_json::from_str(rules).unwrap();
    assert_eq!(rules.len(), scenario.rules.len());
    ByHand::of_rules(scenario.kind, &rules).pairs()
}
