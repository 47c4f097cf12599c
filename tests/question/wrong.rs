//! Every kind of wrong question, with the words that its author reads.

use std::fmt::Write as _;

use kulanz::question::{Caller, Reader, Spending};
use proptest::prelude::*;

use super::{agent, problems, told};
use crate::shop;

/// Each question with its problems.
fn page(questions: &[String]) -> String {
    questions.iter().fold(String::new(), |mut text, json| {
        writeln!(text, "{json}\n{}", problems(json)).unwrap();
        text
    })
}

fn refunds(members: &[&str]) -> Vec<String> {
    members.iter().map(|members| agent(&format!(r#""action": "refund", {members}"#))).collect()
}

#[test]
fn the_whole() {
    let whole = [
        "",
        "nonsense",
        "[]",
        "1",
        "null",
        "{}",
        r#"{"actor": {"role": "agent"}, "action": "refund"} x"#,
        r#"{"actor": "anna", "action": "refund"}"#,
    ];
    insta::assert_snapshot!(page(&whole.map(str::to_owned)));
}

#[test]
fn names() {
    let mut questions = vec![
        r#"{"actor": {"role": "agnet", "nmae": "anna"}, "action": "refnd", "amuont": 5}"#.to_owned(),
        r#"{"actor": {"id": "anna"}, "action": 5}"#.to_owned(),
        r#"{"actor": {"role": 5, "id": 7}, "action": "zebra"}"#.to_owned(),
        r#"{"actor": {"role": "agent"}, "action": "refund", "action": "voucher"}"#.to_owned(),
    ];
    questions.extend(refunds(&[
        r#""facts": {"raeson": "late", "ordr": {"total": 5}, "order": {"totl": 5, "total": {"value": 5}}, "order/x~y": 1}"#,
        r#""facts": {"order": 5, "actor.id": "anna", "actor": {"id": "anna"}}"#,
        r#""facts": {"reason": "brokn", "customer": {"tags": ["vip", "pres", 3]}}"#,
        r#""spent": {"goodwil": "5 EUR"}"#,
        r#""lang": "it""#,
    ]));
    insta::assert_snapshot!(page(&questions));
}

#[test]
fn amounts() {
    let amounts = [
        r#""0 EUR""#,
        r#""-5 EUR""#,
        "0.001",
        r#""80 USD""#,
        r#""80 eur""#,
        r#""80,50""#,
        r#""1.000,00 EUR""#,
        r#""eighty""#,
        r#""-5 USD""#,
        r#""-0.001 EUR""#,
        r#""1e2""#,
        r#""1.5E3 EUR""#,
        r#""1e99""#,
        "true",
        "[]",
        r#"{"value": 80}"#,
        r#"{"value": "80", "currency": "USD"}"#,
        r#"{"value": 80, "value": 80}"#,
        r#"{"value": 80, "currency": 5}"#,
        "1e15",
        "-1e15",
        "1e16",
        "1e999999999999",
        "1e-999999999999",
        "0e-999",
        "-0.00E99999999999999999999",
        r#""1e-999 EUR""#,
        r#""0e5""#,
        r#""25%""#,
        r#""2 weeks""#,
        "0.00000000001",
    ];
    let mut questions = refunds(&amounts.map(|amount| format!("\"amount\": {amount}")).iter().map(String::as_str).collect::<Vec<_>>());
    let other = |action: &str, amount: &str| agent(&format!(r#""action": "{action}", "amount": {amount}"#));
    questions.extend([other("discount", "12.345"), other("discount", r#""12 EUR""#), other("points", "1.001"), other("exchange", "1")]);
    let durations =
        [r#""90 seconds""#, r#""PT30S""#, r#""2 months""#, r#""P1M""#, r#""5 dyas""#, r#""5""#, "5", r#""PT""#, r#""0 days""#, r#""5 working days""#];
    questions.extend(durations.map(|amount| other("extend_return", amount)));
    insta::assert_snapshot!(page(&questions));
}

#[test]
fn an_amount_of_an_action_that_is_not_known() {
    let asked = |amount: &str| format!(r#"{{"actor": {{"role": "agent"}}, "action": "vouchr", "amount": {amount}}}"#);
    let amounts = ["true", "[]", r#""eighty""#, r#""-5 EUR""#, "0", r#""80 USD""#, r#""80 EUR""#, "5", r#""25%""#, r#""3 days""#];
    insta::assert_snapshot!(page(&amounts.map(asked)));
}

#[test]
fn a_question_about_every_action_names_none() {
    let reader = Reader::new(shop::policy());
    let json = r#"{"actor": {"role": "agent"}, "action": "refund", "amount": "5 EUR", "acton": 1}"#;
    insta::assert_snapshot!(told(&reader.options_json(json, shop::now()).unwrap_err()));
}

#[test]
fn zero_is_zero_however_it_is_written() {
    for zero in ["0", "0e-999", "-0.000E+999"] {
        assert_eq!(problems(&agent(&format!(r#""action": "refund", "facts": {{"order.total": {zero}}}"#))), "  none\n", "{zero}");
    }
}

#[test]
fn what_is_given_twice_is_shown_with_both() {
    let questions = refunds(&[
        r#""facts": {"reason": "late", "reason": "damaged"}"#,
        r#""facts": {"order.total": 5, "order": {"total": 6, "total": 7}}"#,
        r#""facts": {"order": {"total": 6}, "order": {"items": 7}}"#,
        r#""amount": 5, "amount": "6 EUR""#,
    ]);
    insta::assert_snapshot!(page(&questions));
}

#[test]
fn a_record_that_is_not_believed() {
    let reader = Reader::new(shop::policy()).caller(Caller::WithoutRecord);
    let read = |record: &str| {
        let json = agent(&format!(r#""action": "refund", "amount": 0, "record": {record}, "facts": {{"raeson": "late"}}"#));
        told(&reader.json(&json, shop::now()).unwrap_err())
    };
    insta::assert_snapshot!(read(r#"{"order": {"total": 5}}"#));
    for nothing in ["{}", "null", r#"{"order": {}}"#] {
        assert!(!read(nothing).contains("/record"), "{nothing}");
    }
}

#[test]
fn facts() {
    let facts = [
        r#"{"order.total": "80.001 EUR"}"#,
        r#"{"order.items": 0.1234567891}"#,
        r#"{"order.items": "two"}"#,
        r#"{"order.seasonal": "yes"}"#,
        r#"{"order.id": 9}"#,
        r#"{"reason": 5}"#,
        r#"{"reason": null}"#,
        r#"{"customer.tags": "vip"}"#,
        r#"{"order.delivered_on": "01.11.2026", "order.placed_at": "2026-11-01"}"#,
        r#"{"order.delivered_on": "2026-02-30", "order.placed_at": "2026-11-01T25:00Z"}"#,
        r#"{"order.delivered_on": "0000-01-01", "order.placed_at": 5}"#,
        r#"{"order.delivered_on": "2026-11-01T10:00Z"}"#,
        r#"{"order.placed_at": "2026-03-29T02:30"}"#,
        r#"{"order.placed_at": "2026-11-01T10:00:00+25:00"}"#,
        r#"{"delay": 5}"#,
        r#"{"delay": "1e9 days"}"#,
        r#"{"order.items": "1e-2", "share": "1e1%"}"#,
        r#"{"delay": "1000000000000000 weeks"}"#,
        r#"{"reason": "late", "reason": "late"}"#,
        r#"{"order": {"total": 5}, "order.total": 5}"#,
        "[]",
    ];
    let mut questions = refunds(&facts.map(|facts| format!("\"facts\": {facts}")).iter().map(String::as_str).collect::<Vec<_>>());
    questions.extend(refunds(&[
        r#""facts": {"order.total": 5}, "record": {"order": {"total": 6}}"#,
        r#""record": {"order.total": "x"}, "facts": {"order.total": 5}"#,
    ]));
    insta::assert_snapshot!(page(&questions));
}

#[test]
fn circumstances() {
    let members = [
        r#""at": "yesterday""#,
        r#""at": "0000-01-01""#,
        r#""at": "9999-12-31T23:59:59Z""#,
        r#""at": 5"#,
        r#""at": "2026-03-29T02:30""#,
        r#""at": "2026-11-21T10:00:00+25:00""#,
        r#""explain": "yes""#,
        r#""lang": 5"#,
        r#""spent": {"goodwill": "-1 EUR", "patience": 1.5}"#,
        r#""spent": {"goodwill": 1.005, "patience": -1, "log": "x"}"#,
        r#""spent": []"#,
    ];
    insta::assert_snapshot!(page(&refunds(&members)));
}

#[test]
fn all_problems_of_one_question_together() {
    let json = r#"{"actor": {"role": "agnet"}, "action": "refund", "amount": "0 EUR", "facts": {"reason": "brokn"}, "record": {"order.total": true},
        "spent": {"patience": "x"}, "at": "?", "lang": "xx", "explain": 1, "more": 1}"#;
    insta::assert_snapshot!(problems(json));
}

#[test]
fn a_ledger_knows_what_is_spent() {
    let json = agent(r#""action": "refund", "spent": {"goodwill": "5 EUR"}"#);
    let problems = Reader::new(shop::policy()).spending(Spending::Ledger).json(&json, shop::now()).unwrap_err();
    insta::assert_snapshot!(told(&problems));
}

#[test]
fn huge_and_deep_questions_are_bounded() {
    let deep = agent(&format!(r#""action": "refund", "facts": {}{}"#, "[".repeat(500), "]".repeat(500)));
    assert!(problems(&deep).contains("nested more than 127 deep"));
    let long = agent(&format!(r#""action": "refund", "facts": {{"reason": "{}"}}"#, "x".repeat(2 << 20)));
    assert!(problems(&long).contains("longer than 1 MiB"));
    let many: Vec<String> = (0..50_000).map(|at| format!("\"unknown_{at}\": 1")).collect();
    let many = Reader::new(shop::policy()).json(&agent(&format!(r#""action": "refund", "facts": {{{}}}"#, many.join(","))), shop::now());
    assert_eq!(many.unwrap_err().len(), 100);
    let digits = agent(&format!(r#""action": "refund", "amount": {}"#, "9".repeat(500_000)));
    assert!(problems(&digits).contains("is too large"));
}

/// Any JSON at all, with the words of a question strewn in.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let word = prop::sample::select(vec![
        "actor",
        "role",
        "agent",
        "action",
        "refund",
        "amount",
        "facts",
        "record",
        "order",
        "order.total",
        "total",
        "reason",
        "late",
        "customer.tags",
        "vip",
        "spent",
        "goodwill",
        "patience",
        "at",
        "lang",
        "explain",
        "value",
        "currency",
        "EUR",
        "80 EUR",
        "25%",
        "PT3H",
        "P",
        "2026-11-21",
        "T",
        "",
        "-",
        "é",
        "$serde_json::private::Number",
        "delay",
        "share",
        "order.placed_at",
        "2026-11-21T10:00",
        "9999-12-31T24:00Z",
    ]);
    let text = prop_oneof![word.clone().prop_map(str::to_owned), "\\PC{0,12}"];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        text.clone().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((text.clone(), inner), 0..6).prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A question is read or its problems are told; nothing else ever happens.
    #[test]
    fn any_json_is_answered_or_refused(json in any_json(), action in any_json(), facts in any_json()) {
        let reader = Reader::new(shop::policy());
        let whole = json.to_string();
        let part = format!(r#"{{"actor": {{"role": "agent"}}, "action": "refund", "amount": {action}, "facts": {facts}, "at": {json}, "spent": {action}}}"#);
        for text in [whole, part] {
            match reader.json(&text, shop::now()) {
                Ok(request) => prop_assert_eq!(request.question.facts.len(), shop::policy().facts.len()),
                Err(problems) => prop_assert!(!problems.is_empty() && problems.iter().all(|problem| problem.path.is_empty() || problem.path.starts_with('/'))),
            }
        }
    }
}
