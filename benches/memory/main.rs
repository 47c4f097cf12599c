//! What answers and rules take of memory, counted by the allocator: rows of the same table as those of the bench `speed`. These figures do not wobble.
//!
//! ```sh
//! cargo bench --bench memory              # as a table
//! cargo bench --bench memory -- --rows    # without its head
//! ```
#![allow(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that finds something wrong stops"
)]

#[path = "../kulanz/mod.rs"]
mod kulanz;
#[allow(dead_code, reason = "the bench of speed uses the rest")]
#[path = "../speed/table.rs"]
mod table;

use allocation_counter::{AllocationInfo, measure};
use kulanz::Kulanz;
use kulanz_scenario::{Kind, Scenario, Word};
use table::{Goal, Row};

fn main() {
    let rows = [allocations(), vec![rules(Kind::Spread).goal(Goal::AtMost(1.0)), rules(Kind::Desk)]].concat();
    if std::env::args().any(|argument| argument == "--rows") { print!("{}", table::lines(&rows)) } else { print!("{}", table::table(&rows)) }
}

/// How often memory is asked for in a `yes`, when what can be used again has been used once.
fn allocations() -> Vec<Row> {
    let scenario = Scenario::new(Kind::Spread, 1_600);
    let kulanz = Kulanz::from_text(&scenario.policy());
    let asked = scenario.questions_for(Word::Yes, 500);
    let requests: Vec<_> = asked.iter().map(|asked| kulanz.prepare(&asked.json)).collect();
    let (mut asker, mut out) = (kulanz.asker(), String::new());
    let mut decide = || assert!(requests.iter().all(|request| asker.decide(request) == "yes"));
    let prepared = second(&mut decide);
    let mut asker = kulanz.asker();
    let mut answer = || {
        for asked in &asked {
            asker.answer(&asked.json, &mut out);
            assert!(out.starts_with(r#"{"answer":"yes","#));
        }
    };
    let json = second(&mut answer);
    let row = |what, info: AllocationInfo| {
        let count = info.count_total as f64 / asked.len() as f64;
        Row::new(what, format!("{count:.1} allocations"), String::new(), count)
    };
    vec![row("spread, 1600 rules: `yes`, prepared", prepared).goal(Goal::AtMost(0.0)), row("spread, 1600 rules: `yes`, JSON to JSON", json)]
}

fn second(work: &mut dyn FnMut()) -> AllocationInfo {
    work();
    measure(work)
}

/// The memory of an engine for 16,000 rules beyond that for 1,600, a rule.
fn rules(kind: Kind) -> Row {
    let live = |size| {
        let text = Scenario::new(kind, size).policy();
        // What is set up once in a process does not count.
        drop(Kulanz::on_one_thread(&text));
        let mut kept = None;
        let info = measure(|| kept = Some(Kulanz::on_one_thread(&text)));
        assert!(kept.is_some());
        info
    };
    let (small, large) = (live(1_600), live(16_000));
    let a_rule = |small: i64, large: i64| (large - small) as f64 / (16e3 - 1.6e3);
    let bytes = a_rule(small.bytes_current, large.bytes_current);
    let most = a_rule(i64::try_from(small.bytes_max).unwrap(), i64::try_from(large.bytes_max).unwrap());
    let what = if kind == Kind::Spread { "spread" } else { "one desk" };
    Row::new(
        format!("{what}: memory of the engine, a rule (while loading {most:.0} bytes)"),
        format!("{bytes:.0} bytes"),
        "1024 bytes at most".to_owned(),
        bytes / 1024.0,
    )
}
