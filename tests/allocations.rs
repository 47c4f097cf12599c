//! What a decision asks of the allocator. A binary of its own, for it has an allocator of its own, which counts.
#![cfg(test)]

#[path = "../benches/kulanz/mod.rs"]
mod kulanz;

use kulanz::Kulanz;
use kulanz_scenario::{Kind, Scenario, Word};

/// Allocations of some `yes`, one after the other, when each has been decided once before.
fn allocations(kind: Kind, size: usize) -> u64 {
    let scenario = Scenario::new(kind, size);
    let kulanz = Kulanz::from_text(&scenario.policy());
    let requests: Vec<_> = scenario.questions_for(Word::Yes, 100).iter().map(|asked| kulanz.prepare(&asked.json)).collect();
    let mut asker = kulanz.asker();
    let mut decide = || assert!(requests.iter().all(|request| asker.decide(request) == "yes"));
    decide();
    allocation_counter::measure(decide).count_total
}

#[test]
#[ignore = "decisions allocate still"]
fn a_plain_yes_allocates_nothing() {
    for (kind, size) in [(Kind::Spread, 16), (Kind::Spread, 160), (Kind::Desk, 160)] {
        assert_eq!(allocations(kind, size), 0, "{kind:?} {size}");
    }
}

#[test]
fn allocations_are_seen() {
    assert_eq!(allocation_counter::measure(|| drop(vec![1_u8; 100])).count_total, 1);
}

/// The memory of an engine for so many rules, in bytes.
fn memory(size: usize) -> i64 {
    let text = Scenario::new(Kind::Spread, size).policy();
    drop(Kulanz::from_text(&text));
    let mut kept = None;
    let info = allocation_counter::measure(|| kept = Some(Kulanz::from_text(&text)));
    assert!(kept.is_some());
    info.bytes_current
}

#[test]
#[ignore = "a rule takes more still"]
fn a_rule_takes_less_than_a_kibibyte() {
    let a_rule = (memory(1_600) - memory(160)) / (1_600 - 160);
    assert!(a_rule < 1_024, "{a_rule} bytes");
}
