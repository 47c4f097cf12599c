use kulanz::policy::expr::Value;
use kulanz::question::{FactState, Provenance, Reader, Spoken};

use super::told;
use crate::shop;

fn words(facts: &[&str]) -> Vec<String> {
    facts.iter().map(|&word| word.to_owned()).collect()
}

fn states(facts: &[&str]) -> String {
    let facts = words(facts);
    let spoken = Spoken { role: "agent", action: Some("refund"), amount: Some("80"), facts: &facts, ..Spoken::default() };
    let request = Reader::new(shop::policy()).spoken(&spoken, shop::now()).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let given =
        request.question.facts.iter().filter(|state| matches!(state, FactState::Known(_, Provenance::Said) | FactState::Absent(Provenance::Said)));
    given.fold(String::new(), |text, state| text + &format!("{state:?}\n"))
}

#[test]
fn facts_as_the_language_writes_them() {
    let facts = [
        "reason=late",
        "order.id=o-9 = 7",
        "customer.note=\"absent \\\"twice\\\"\"",
        "order.total=80 EUR",
        "order.delivered_on=2026-11-01",
        "order.placed_at=2026-11-01T10:00+01:00",
        "order.seasonal=yes",
        "customer.fraud=no",
        "customer.tags=vip, press",
        "voucher.value=absent",
        "delay=4 hours",
        "share=25%",
        "order.items=3",
    ];
    insta::assert_snapshot!(states(&facts));
    assert_eq!(states(&["customer.tags="]), format!("{:?}\n", FactState::Known(Value::Set(Vec::new()), Provenance::Said)));
    assert_eq!(states(&["customer.tags=none"]), states(&["customer.tags="]));
    assert_eq!(states(&["customer.note=absent"]), "Absent(Said)\n");
    assert_eq!(states(&["customer.note=null"]), "Absent(Said)\n");
    assert_eq!(states(&["voucher.value=null"]), "Absent(Said)\n");
    assert_eq!(states(&["customer.note=\"null\""]), format!("{:?}\n", FactState::Known(Value::Text("null".to_owned()), Provenance::Said)));
    assert_eq!(states(&["order.seasonal=true"]), states(&["order.seasonal=yes"]));
    assert_eq!(states(&["order.seasonal=false"]), states(&["order.seasonal=no"]));
}

#[test]
fn wrong_words() {
    let facts =
        words(&["raeson=late", "reason", "order.seasonal=maybe", "customer.tags=vip,pres", "reason=late", "reason=damaged", "order.total=absent"]);
    let spent = words(&["goodwill:5", "patienc=1"]);
    let spoken = Spoken { role: "agnet", action: Some("refund"), amount: Some("x"), facts: &facts, spent: &spent, ..Spoken::default() };
    insta::assert_snapshot!(told(&Reader::new(shop::policy()).spoken(&spoken, shop::now()).unwrap_err()));
    let spoken = Spoken { facts: &facts[2..], spent: &spent[1..], at: Some("noon"), lang: Some("it"), ..spoken };
    insta::assert_snapshot!(told(&Reader::new(shop::policy()).spoken(&spoken, shop::now()).unwrap_err()));
}

#[test]
fn a_role_that_is_missing() {
    let spoken = Spoken { action: Some("refnd"), ..Spoken::default() };
    let problems = Reader::new(shop::policy()).spoken(&spoken, shop::now()).unwrap_err();
    insta::assert_snapshot!(told(&problems));
    let problems = Reader::new(shop::policy()).spoken_options(&Spoken::default(), shop::now()).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), ["/actor/role"]);
}

#[test]
fn files_and_words_together() {
    let facts = words(&["reason=late"]);
    let spoken = Spoken {
        role: "agent",
        action: Some("refund"),
        facts: &facts,
        facts_json: Some(r#"{"order": {"seasonal": true}}"#),
        record_json: Some(r#"{"order.total": "80 EUR"}"#),
        ..Spoken::default()
    };
    let question = Reader::new(shop::policy()).spoken(&spoken, shop::now()).unwrap().question;
    assert!(question.facts.contains(&FactState::Known(Value::Quantity(80.into()), Provenance::Record)));
    assert!(question.facts.contains(&FactState::Known(Value::YesNo(true), Provenance::Said)));
    let wrong = Spoken { facts_json: Some("[]"), record_json: Some("{"), ..spoken };
    insta::assert_snapshot!(told(&Reader::new(shop::policy()).spoken(&wrong, shop::now()).unwrap_err()));
    let twice = Spoken { facts_json: Some(r#"{"reason": "late"}"#), ..spoken };
    insta::assert_snapshot!(told(&Reader::new(shop::policy()).spoken(&twice, shop::now()).unwrap_err()));
}
