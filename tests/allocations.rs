//! What a decision asks of the allocator. A binary of its own, for it has an allocator of its own, which counts.
#![cfg(test)]

#[path = "../benches/kulanz/mod.rs"]
mod kulanz;

use kulanz::Kulanz;
use kulanz_scenario::{Kind, Scenario, Word};

/// Allocations of some `yes`, one after the other, when each has been decided once before.
fn allocations(kind: Kind, size: usize, questions: usize) -> u64 {
    let scenario = Scenario::new(kind, size);
    let kulanz = Kulanz::from_text(&scenario.policy());
    let requests: Vec<_> = scenario.questions_for(Word::Yes, questions).iter().map(|asked| kulanz.prepare(&asked.json)).collect();
    let mut asker = kulanz.asker();
    let mut decide = || assert!(requests.iter().all(|request| asker.decide(request) == "yes"));
    decide();
    allocation_counter::measure(decide).count_total
}

#[test]
fn a_plain_yes_allocates_nothing() {
    for (kind, size) in [(Kind::Spread, 16), (Kind::Spread, 160), (Kind::Desk, 160)] {
        assert_eq!(allocations(kind, size, 100), 0, "{kind:?} {size}");
    }
}

/// Allocations of some answers in JSON to questions in JSON, when each has been answered once before; those of the decisions are not counted.
fn allocations_around(word: Word) -> u64 {
    let scenario = Scenario::new(Kind::Spread, 160);
    let kulanz = Kulanz::from_text(&scenario.policy());
    let asked: Vec<String> = scenario.questions_for(word, 100).into_iter().map(|asked| asked.json).collect();
    let requests: Vec<_> = asked.iter().map(|json| kulanz.prepare(json)).collect();
    let (mut asker, mut out) = (kulanz.asker(), String::new());
    let mut answer = || asked.iter().for_each(|json| asker.answer(json, &mut out));
    answer();
    let whole = allocation_counter::measure(answer).count_total;
    let mut asker = kulanz.asker();
    let mut decide = || assert!(requests.iter().all(|request| asker.decide(request) == word.as_str()));
    decide();
    whole - allocation_counter::measure(decide).count_total
}

#[test]
fn reading_and_writing_allocate_nothing() {
    for word in Word::ALL {
        assert_eq!(allocations_around(word), 0, "{word:?}");
    }
}

#[test]
fn a_yes_of_many_rules_allocates_nothing() {
    assert_eq!(allocations(Kind::Spread, 1_600, 500), 0);
}

/// A policy whose facts have a text and a set as their defaults.
const DEFAULTS: &str = "policy \"P\"\n  currency EUR\n  time zone UTC\n  languages en\nrole agent\naction refund\nfact note text default \"none\"\nfact tags some of a, b default a, b\n";

#[test]
fn defaults_are_put_back_without_an_allocation() {
    let (pack, diagnostics) = ::kulanz::pack::Pack::from_texts(&[("p.kulanz", DEFAULTS)]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let engine = ::kulanz::engine::Engine::new(::kulanz::policy::check(&pack).unwrap());
    let (reader, mut slate) = (engine.reader(), ::kulanz::question::Slate::default());
    let questions = [r#"{"note": "some", "tags": []}"#, "{}", r#"{"tags": ["b"]}"#, "{}"]
        .map(|facts| format!(r#"{{"actor": {{"role": "agent"}}, "action": "refund", "facts": {facts}}}"#));
    let mut read = || {
        for question in &questions {
            assert!(reader.fill(question, jiff::Timestamp::UNIX_EPOCH, &mut slate).is_ok(), "{question}");
        }
    };
    read();
    assert_eq!(allocation_counter::measure(read).count_total, 0);
}

#[test]
fn allocations_are_seen() {
    assert_eq!(allocation_counter::measure(|| drop(vec![1_u8; 100])).count_total, 1);
}

/// The memory of an engine for so many rules, in bytes.
fn memory(size: usize) -> i64 {
    let text = Scenario::new(Kind::Spread, size).policy();
    drop(Kulanz::on_one_thread(&text));
    let mut kept = None;
    let info = allocation_counter::measure(|| kept = Some(Kulanz::on_one_thread(&text)));
    assert!(kept.is_some());
    info.bytes_current
}

#[test]
fn a_rule_takes_less_than_a_kibibyte() {
    let a_rule = (memory(1_600) - memory(160)) / (1_600 - 160);
    assert!(a_rule < 1_024, "{a_rule} bytes");
}
