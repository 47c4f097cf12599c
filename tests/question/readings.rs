use std::fmt::Write as _;

use kulanz::question::{Caller, Explain, FactState, Provenance, Reader};

use super::agent;
use crate::shop;

/// The state of the one fact that `facts` names, as it was read.
fn read(facts: &str) -> String {
    let json = agent(&format!(r#""action": "refund", "facts": {facts}"#));
    let request = Reader::new(shop::policy()).json(&json, shop::now()).unwrap_or_else(|problems| panic!("{facts}: {problems:#?}"));
    let said = |state: &&FactState| matches!(state, FactState::Known(_, Provenance::Said) | FactState::Absent(Provenance::Said));
    format!("{:?}", request.question.facts.iter().find(said).unwrap())
}

#[test]
fn every_form_of_a_fact() {
    let forms = [
        r#"{"order.total": "80 EUR"}"#,
        r#"{"order.total": "80.00"}"#,
        r#"{"order.total": 80.00}"#,
        r#"{"order.total": 8e1}"#,
        r#"{"order.total": "1_000.50 EUR"}"#,
        r#"{"order": {"total": {"value": "80.00", "currency": "EUR"}}}"#,
        r#"{"order": {"total": {"currency": "EUR", "value": 80}}}"#,
        r#"{"share": "12.5%"}"#,
        r#"{"share": "12.5 %"}"#,
        r#"{"share": 12.5}"#,
        r#"{"delay": "90 minutes"}"#,
        r#"{"delay": "PT1H30M"}"#,
        r#"{"order.items": 2.5}"#,
        r#"{"order.items": "0.123456789"}"#,
        r#"{"order.delivered_on": "2026-11-01"}"#,
        r#"{"order.placed_at": "2026-11-01T10:00:00+01:00"}"#,
        r#"{"order.placed_at": "2026-11-01T10:00"}"#,
        r#"{"order": {"seasonal": true}}"#,
        r#"{"order.id": "o-9"}"#,
        r#"{"reason": "late"}"#,
        r#"{"customer": {"tags": ["press", "vip", "press"]}}"#,
        r#"{"customer.tags": []}"#,
        r#"{"voucher.value": null}"#,
    ];
    let text = forms.iter().fold(String::new(), |mut text, form| {
        writeln!(text, "{form}\n  {}", read(form)).unwrap();
        text
    });
    insta::assert_snapshot!(text);
}

#[test]
fn the_question_of_the_interfaces_page() {
    let json = r#"{
      "actor": {"id": "anna", "role": "agent", "team": "berlin-1"}, "action": "refund", "amount": "80 EUR",
      "facts": {"reason": "late", "order": {"seasonal": false}, "customer": {"tags": ["vip"]}},
      "record": {"order": {"id": "o-9", "total": "120 EUR", "delivered_on": "2026-11-01"}},
      "spent": {"goodwill": "200 EUR", "patience": 1},
      "at": "2026-11-21T10:00:00+01:00", "lang": "de", "explain": true}"#;
    let request = Reader::new(shop::policy()).json(json, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let question = request.question;
    assert_eq!(question.at, shop::now());
    assert_eq!(question.explain, Explain::Every);
    assert_eq!(question.actor.team.as_deref(), Some("berlin-1"));
    assert_eq!(question.amount, Some(80.into()));
    assert_eq!(question.spent, vec![200.into(), 1.into(), 0.into()]);
    let count = |provenance| question.facts.iter().filter(|state| matches!(state, FactState::Known(_, from) if *from == provenance)).count();
    assert_eq!((count(Provenance::Record), count(Provenance::Said), count(Provenance::Default)), (3, 3, 2));
    assert_eq!(request.language, 0);
}

#[test]
fn a_record_of_anybody_counts_as_said() {
    let json = agent(r#""action": "refund", "record": {"order.total": "80 EUR"}"#);
    let request = Reader::new(shop::policy()).caller(Caller::Anybody).json(&json, shop::now()).unwrap();
    assert!(request.question.facts.contains(&FactState::Known(kulanz::policy::expr::Value::Quantity(80.into()), Provenance::Said)));
}

#[test]
fn what_is_in_both_and_agrees_is_on_record() {
    let json = agent(r#""action": "refund", "facts": {"order.total": 80}, "record": {"order": {"total": "80.00 EUR"}}"#);
    let request = Reader::new(shop::policy()).json(&json, shop::now()).unwrap();
    assert!(request.question.facts.contains(&FactState::Known(kulanz::policy::expr::Value::Quantity(80.into()), Provenance::Record)));
}

#[test]
fn language_moment_and_null() {
    let read = |members: &str| Reader::new(shop::policy()).json(&agent(members), shop::now()).unwrap();
    assert_eq!(read(r#""action": "refund", "lang": "en-GB""#).language, 1);
    assert_eq!(read(r#""action": "refund", "lang": "fr_FR.UTF-8""#).language, 2);
    assert_eq!(read(r#""action": "refund", "at": "2026-11-21""#).question.at.to_string(), "2026-11-21T11:00:00Z");
    let empty = read(r#""action": "refund", "at": null, "lang": null, "amount": null, "explain": null, "facts": null"#);
    assert_eq!((empty.question.at, empty.question.amount), (shop::now(), None));
}

#[test]
fn a_case_without_an_action() {
    let request = Reader::new(shop::policy()).options_json(r#"{"actor": {"role": "lead"}, "facts": {"reason": "late"}}"#, shop::now()).unwrap();
    assert_eq!(request.case.facts.len(), shop::policy().facts.len());
    let problems = Reader::new(shop::policy()).options_json(r#"{"actor": {"role": "lead"}, "action": "refund"}"#, shop::now()).unwrap_err();
    assert_eq!(problems[0].path, "/action");
}

#[test]
fn the_ends_of_the_calendar_are_answered() {
    for at in ["0001-01-01", "0001-01-01T00:00Z", "9999-12-30", "9999-12-30T21:59:59Z"] {
        for action in ["refund", "accept_return"] {
            let json =
                agent(&format!(r#""action": "{action}", "at": "{at}", "facts": {{"order.delivered_on": "{}", "order.seasonal": true}}"#, &at[..10]));
            let question = Reader::new(shop::policy()).json(&json, shop::now()).unwrap_or_else(|problems| panic!("{at}: {problems:#?}")).question;
            let decision = shop::decide(&question);
            assert!(!kulanz::say::Speech::new(shop::policy(), 0).human(&question, &decision, kulanz::say::Colour::Plain).is_empty());
        }
    }
}
