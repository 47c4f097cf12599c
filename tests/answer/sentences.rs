//! Every form of an answer, as a sentence and for a terminal, in German and in English.

use std::fmt::Write as _;

use kulanz::policy::Policy;
use kulanz::question::{Explain, Question};
use kulanz::say::{Colour, Speech};

use crate::shop;

const QUESTIONS: &[(&str, &str)] = &[
    // yes
    ("agent", "refund 40 EUR | reason=damaged | order.id=o-9 | order.delivered_on=2026-11-01 | --spent goodwill=200 EUR"),
    ("agent", "refund | reason=late | order.id=o-9 | order.delivered_on=2026-11-01 | voucher.value=1234.5 EUR"),
    ("agent", "refund | order.total=80 EUR | reason=late | order.delivered_on=2026-11-01"),
    ("lead", "refund 400 EUR | reason=late"),
    ("agent", "points"),
    ("agent", "points 7.5"),
    ("agent", "exchange"),
    ("agent", "discount 12.5%"),
    ("agent", "extend_return"),
    ("lead", "accept_return"),
    // owed
    ("agent", "refund 100 EUR | reason=wrong_item | order.total=1120 EUR"),
    ("agent", "refund | reason=wrong_item | order.total=1120 EUR"),
    // up to
    ("agent", "refund 80 EUR | reason=late | order.id=o-9 | order.delivered_on=2026-11-01"),
    ("agent", "refund 800 EUR | reason=late | order.id=o-9 | order.delivered_on=2026-11-01"),
    ("manager", "refund 800 EUR | reason=late | order.id=o-9 | order.delivered_on=2026-11-01"),
    ("agent", "discount 20%"),
    ("agent", "extend_return 2 days"),
    // ask
    ("agent", "refund 80 EUR | reason=changed_mind"),
    ("agent", "refund 800 EUR | reason=changed_mind"),
    ("agent", "voucher 10 EUR"),
    ("agent", "accept_return"),
    ("agent", "extend_return 1 day | customer.known=yes"),
    // no
    ("agent", "refund 40 EUR | reason=late | order.seasonal=yes | order.delivered_on=2026-08-01"),
    ("agent", "accept_return | order.seasonal=yes | order.delivered_on=2026-08-01"),
    ("agent", "discount 5% | customer.fraud=yes"),
    ("agent", "voucher 50 EUR"),
    ("agent", "gift"),
    // need
    ("agent", "refund 40 EUR"),
    ("agent", "accept_return | order.seasonal=yes"),
];

fn page(policy: &Policy, write: impl Fn(&Speech<'_>, &Question) -> String) -> String {
    let mut text = String::new();
    for (role, words) in QUESTIONS {
        let question = shop::spoken(role, words);
        writeln!(text, "{role}: {words}").unwrap();
        for language in [0, 1] {
            writeln!(text, "{}", write(&Speech::new(policy, language), &question)).unwrap();
        }
        writeln!(text).unwrap();
    }
    text
}

#[test]
fn sentences() {
    insta::assert_snapshot!(page(shop::policy(), |speech, question| speech.say(question, &shop::decide(question))));
}

#[test]
fn for_a_terminal() {
    insta::assert_snapshot!(page(shop::policy(), |speech, question| speech.human(question, &shop::decide(question), Colour::Plain)));
}

#[test]
fn every_kind_of_answer_is_there() {
    let words: Vec<&str> = QUESTIONS.iter().map(|(role, words)| shop::decide(&shop::spoken(role, words)).outcome.word()).collect();
    for word in ["yes", "owed", "up_to", "ask", "no", "need"] {
        assert!(words.contains(&word), "{word}");
    }
}

#[test]
fn explanations() {
    let cases = [
        "refund 40 EUR | reason=late | order.delivered_on=2026-08-01",
        "refund 40 EUR | reason=late | order.delivered_on=2026-12-01",
        "refund 40 EUR | reason=changed_mind | order.seasonal=yes | order.delivered_on=2026-11-20",
        "refund 40 EUR",
    ];
    let mut text = String::new();
    for words in cases {
        let question = Question { explain: Explain::Every, ..shop::spoken("agent", words) };
        for language in [0, 1] {
            writeln!(text, "{}", Speech::new(shop::policy(), language).human(&question, &shop::decide(&question), Colour::Plain)).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_third_language_has_english_sentences() {
    let question = shop::spoken("agent", "exchange");
    let say = Speech::new(shop::policy(), 2).say(&question, &shop::decide(&question));
    assert_eq!(say, "You may grant this on your own: Umtausch.");
}

#[test]
fn colours_only_where_asked_for() {
    let question = shop::spoken("agent", "exchange");
    let human = |colour| Speech::new(shop::policy(), 1).human(&question, &shop::decide(&question), colour);
    assert!(human(Colour::Ansi).starts_with("\u{1b}[1m\u{1b}[32mYES\u{1b}[0m — "));
    assert!(!human(Colour::Plain).contains('\u{1b}'));
}
