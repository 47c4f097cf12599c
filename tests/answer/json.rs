use kulanz::Number;
use kulanz::answer::Answer;
use kulanz::answer::plain;
use kulanz::policy::expr::Type;
use kulanz::question::{Explain, Reader, Spoken};
use proptest::prelude::*;

use crate::shop;

fn answer(role: &str, words: &str, explain: Explain) -> String {
    let question = kulanz::question::Question { explain, ..shop::spoken(role, words) };
    let answer = Answer::new(shop::policy(), &question, &shop::decide(&question), 1);
    let json = serde_json::to_string_pretty(&answer).unwrap();
    json.replace(&shop::policy().version, "b3:…")
}

#[test]
fn a_part_with_everything_around_it() {
    insta::assert_snapshot!(answer(
        "agent",
        "refund 80 EUR | reason=damaged | order.id=o-9 | order.total=120 EUR | order.delivered_on=2026-11-01 | --spent goodwill=200 EUR",
        Explain::Decisive
    ));
}

#[test]
fn an_explained_need() {
    insta::assert_snapshot!(answer("agent", "refund 40 EUR | order.delivered_on=2026-08-01", Explain::Every));
}

#[test]
fn a_no_with_offers() {
    insta::assert_snapshot!(answer("agent", "refund 40 EUR | reason=late | order.seasonal=yes | order.delivered_on=2026-11-01", Explain::Decisive));
}

#[test]
fn owed_and_unlimited() {
    insta::assert_snapshot!(answer("agent", "refund | reason=wrong_item | order.total=120 EUR", Explain::Decisive));
    insta::assert_snapshot!(answer("agent", "points", Explain::Decisive));
}

/// A field that is not described would be lost on the way.
#[test]
fn what_is_written_is_what_is_described() {
    for (role, words) in super::sentences::QUESTIONS {
        for (explain, language) in [(Explain::Every, 0), (Explain::Decisive, 1)] {
            let question = kulanz::question::Question { explain, ..shop::spoken(role, words) };
            let mut written = String::new();
            kulanz::answer::write(&mut written, shop::policy(), &question, &shop::decide(&question), language);
            let answer: Answer = serde_json::from_str(&written).unwrap();
            assert_eq!(serde_json::to_string(&answer).unwrap(), written);
            assert_eq!(answer, Answer::new(shop::policy(), &question, &shop::decide(&question), language));
        }
    }
}

fn amount_of(action: &str, text: &str) -> Option<Number> {
    let json = serde_json::json!({"actor": {"role": "agent"}, "action": action, "amount": text}).to_string();
    Reader::new(shop::policy()).json(&json, shop::now()).ok()?.question.amount
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What an answer writes is what a question reads.
    #[test]
    fn quantities_are_read_back(count in 1_i64..=100_000_000_000) {
        let hundredths = Number::ratio(count, 100).unwrap();
        let minutes = Number::from(count % 1_000_000_000).multiply(&Number::from(60)).unwrap();
        for (action, measure, value) in [("refund", Type::Money, &hundredths), ("discount", Type::Percent, &hundredths), ("points", Type::Number, &hundredths), ("extend_return", Type::Duration, &minutes)] {
            prop_assume!(value.is_positive());
            let written = plain::quantity(shop::policy(), &measure, value);
            prop_assert_eq!(amount_of(action, &written), Some(value.clone()), "{}", written);
        }
    }
}

/// A budget that only records counts in what its charge says, else in the measure of the action.
#[test]
fn what_only_records_has_the_unit_of_its_charge() {
    let recorded = |charge: &str| {
        let text = format!(
            "policy \"Shop\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nfact order.total money\naction discount of percent\n\
             budget log\n  unlimited per actor ever\nrule a\n  agent may discount\n  {charge}\n"
        );
        let policy = shop::load_all(&[("shop.kulanz", &text)]);
        let facts = ["order.total=400 EUR".to_owned()];
        let amount = Some("10%");
        let spoken = Spoken { role: "agent", actor: Some("anna"), action: Some("discount"), amount, facts: &facts, ..Spoken::default() };
        let question = Reader::new(&policy).spoken(&spoken, shop::now()).unwrap().question;
        let decision = kulanz::Program::new(&policy).decide(&question, kulanz::decide::Mode::Ask);
        let answer = serde_json::to_value(Answer::new(&policy, &question, &decision, 0)).unwrap();
        answer["charge"][0]["amount"].as_str().unwrap().to_owned()
    };
    assert_eq!(recorded("charge log by amount of order.total"), "40.00 EUR");
    assert_eq!(recorded("charge log by 3 EUR"), "3.00 EUR");
    assert_eq!(recorded("charge log by 2 hours"), "PT2H");
    assert_eq!(recorded("charge log"), "10%");
}
