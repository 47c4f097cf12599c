//! `kulanz log stats`

use serde_json::{Value, json};

use super::super::grants::late;
use super::{Desk, USUAL, ask, voucher};
use crate::process::{Ended, command, end, kulanz_reading};

/// A desk that answered some questions, and what stands in its log.
fn answered() -> Desk {
    let desk = Desk::new(USUAL);
    let service = desk.serve();
    for (question, answer) in [
        (late("10 EUR"), "yes"),
        (late("60 EUR"), "up_to"),
        (json!({"actor": {"id": "anna", "role": "agent"}, "action": "refund", "amount": "10 EUR"}), "need"),
        (json!({"actor": {"id": "anna", "role": "senior"}, "action": "voucher", "amount": "900 EUR"}), "no"),
        (json!({"actor": {"id": "anna", "role": "agent"}, "action": "voucher", "amount": "900 EUR"}), "no"),
        (voucher("15 EUR"), "yes"),
    ] {
        assert_eq!(ask(&service, &question, "r").json()["answer"], answer, "{question}");
    }
    assert_eq!(service.send("/v1/grants", &late("10 EUR"), "one").status, 201);
    desk.lines(7);
    desk
}

fn stats(desk: &Desk, more: &[&str]) -> Ended {
    end(command().args(["log", "stats"]).arg(desk.path("log")).args(more))
}

fn in_json(desk: &Desk, more: &[&str]) -> Value {
    stats(desk, &[&["--format", "json"], more].concat()).exits(0).json()
}

#[test]
fn a_log_is_added_up() {
    let desk = answered();
    let told = in_json(&desk, &["--by", "role"]);
    assert_eq!(told["answers"], json!({"need": 1, "no": 2, "up_to": 1, "yes": 2}));
    assert_eq!((&told["lines"], &told["grants"], &told["lost"]), (&json!(7), &json!({"booked": 1}), &json!(0)));
    assert_eq!(told["by"]["senior"], json!({"no": 1}));
    assert!(told["need"].as_array().unwrap().iter().any(|need| (&need["fact"], &need["count"]) == (&json!("reason"), &json!(1))), "{told}");
    let wall = &told["walls"][0];
    assert_eq!((&wall["rule"], &wall["count"], &wall["without_offer"]), (&json!("gesture"), &json!(2), &json!(2)), "{told}");
    assert!(desk.text().contains(&format!("\"id\":{}", wall["example"])));
    assert!(told["micros"]["p50"].as_u64() <= told["micros"]["p99"].as_u64() && told["micros"]["p99"].is_u64());
    assert_eq!(in_json(&desk, &["--by", "action"])["by"]["voucher"], json!({"no": 2, "yes": 1}));
    assert_eq!(in_json(&desk, &["--by", "rule"])["by"]["gesture"], json!({"no": 2, "yes": 1}));
    let human = stats(&desk, &[]).exits(0);
    assert!(human.out.starts_with("6 answers in 7 lines, 20"), "{}", human.out);
    for part in [
        "  yes            2   33.3 %\n",
        "grants: 1 booked\n",
        "where customers met a no:\n",
        "missing facts:\n",
        "       1 reason; such as ",
        " µs in 99 of 100\n",
    ] {
        assert!(human.out.contains(part), "{part}: {}", human.out);
    }
}

#[test]
fn titles_and_places_come_from_the_policy() {
    let desk = answered();
    let pack = desk.path("desk.kulanz");
    let told = in_json(&desk, &["-p", pack.to_str().unwrap()]);
    let source = told["walls"][0]["source"].as_str().unwrap().to_owned();
    assert!(source.starts_with("desk.kulanz:"), "{told}");
    assert!(stats(&desk, &["-p", pack.to_str().unwrap()]).exits(0).out.contains(&format!("2 gesture ({source}), without an offer; such as ")));
    assert_eq!(in_json(&desk, &[])["walls"][0]["source"], Value::Null);
}

/// Guard: nothing is passed over in silence.
#[test]
fn damaged_lines_and_those_of_a_later_version_are_told() {
    let desk = answered();
    let text = desk.text();
    let first = text.lines().next().unwrap();
    let spoilt = format!("{}\n{}\n{}\n", &first[..50], first.replacen("\"schema\":1", "\"schema\":2", 1), first);
    let piped = kulanz_reading(spoilt.as_bytes(), &["log", "stats"]).exits(0);
    assert!(piped.out.starts_with("1 answer in 1 line, "), "{}", piped.out);
    piped.says("1 line is damaged and does not count (-, line 1: ").says("1 line is of a later version and does not count (-, line 2: version 2)");
    let told = kulanz_reading(spoilt.as_bytes(), &["log", "stats", "-", "--format", "json"]).exits(0).json();
    assert_eq!((&told["damaged"]["count"], &told["newer"]["count"], &told["lines"]), (&json!(1), &json!(1), &json!(1)));
    kulanz_reading(b"", &["log", "stats"]).exits(0).prints("no line of a decision log");
}

#[test]
fn a_stretch_of_time_is_chosen() {
    let desk = answered();
    assert_eq!(in_json(&desk, &["--since", "2026-01-01"])["lines"], 7);
    assert_eq!(in_json(&desk, &["--until", "2026-01-01"])["lines"], 0);
    let last = in_json(&desk, &[])["last"].as_str().unwrap().to_owned();
    assert_eq!((in_json(&desk, &["--since", &last])["lines"].clone(), in_json(&desk, &["--until", &last])["lines"].clone()), (json!(1), json!(6)));
    stats(&desk, &["--since", "soon"]).exits(2).says("`--since`");
    stats(&desk, &["--by", "colour"]).exits(2);
    end(command().args(["log", "stats", "no/such.jsonl"])).exits(2).says("no/such.jsonl");
}
