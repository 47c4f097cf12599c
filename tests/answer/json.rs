use kulanz::Number;
use kulanz::answer::Answer;
use kulanz::answer::plain;
use kulanz::policy::expr::Type;
use kulanz::question::{Explain, Reader};
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
