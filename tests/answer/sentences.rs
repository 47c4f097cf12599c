//! Every form of an answer, as a sentence and for a terminal, in German and in English.

use std::fmt::Write as _;

use kulanz::policy::Policy;
use kulanz::question::{Explain, Question, Reader, Spoken};
use kulanz::say::{Colour, Speech};

use crate::shop;

pub const QUESTIONS: &[(&str, &str)] = &[
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
    ("agent", "repair | reason=damaged"),
    ("agent", "credits | customer.tags=vip"),
    ("senior", "voucher"),
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
    ("manager", "loan 10 EUR"),
    ("manager", "loan"),
    // no
    ("senior", "refund 40 EUR | reason=late | order.seasonal=yes | order.delivered_on=2026-08-01 | order.items=1"),
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

/// Each language's lines about the rules, for `role` and a question in words, of a policy of its own.
fn rules(texts: &[(&str, &str)], words: &[&str]) -> String {
    let policy = shop::load_all(texts);
    let program = kulanz::Program::new(&policy);
    let mut text = String::new();
    for words in words {
        let facts: Vec<String> = words.split('|').skip(1).map(|fact| fact.trim().to_owned()).collect();
        let spoken = Spoken { role: "agent", action: words.split(' ').next(), facts: &facts, explain: Explain::Every, ..Spoken::default() };
        let question = Reader::new(&policy).spoken(&spoken, shop::now()).unwrap_or_else(|problems| panic!("{problems:#?}")).question;
        let decision = program.decide(&question, kulanz::decide::Mode::Ask);
        writeln!(text, "{words}").unwrap();
        for language in [0, 1] {
            let human = Speech::new(&policy, language).human(&question, &decision, Colour::Plain);
            let from = human.find("  rules").or_else(|| human.find("  Regeln")).unwrap_or(0);
            writeln!(text, "{}", &human[from..]).unwrap();
        }
    }
    text
}

const HOTEL: &str = r#"
policy "Hotel"
  currency EUR
  time zone Europe/Berlin
  languages de, en
role agent
fact room.kind one of single, suite
fact room.price money
fact stay.nights number
fact arrival date
fact booked_at datetime
fact guest.note text optional
action upgrade
action late_checkout
action cancel
action dessert
action call
rule early
  agent may cancel
  when at least 3 days before arrival
rule fresh_booking
  agent may cancel
  when within 4 hours after booked_at
rule last_minute
  agent may cancel
  when not at least 3 days before arrival
rule not_too_new
  agent may cancel
  when not within 2 days after booked_at
rule noted
  agent may dessert
  when guest.note is present and guest.note contains "vip"
rule cheap_nights
  agent may dessert
  when room.price / stay.nights < 50 EUR
rule stays
  agent may call
  when booked_at is more than 2 days before arrival
table upgrades
  may upgrade
  | role  | room.kind | room.price |
  |-------|-----------|------------|
  | agent | suite     | > 100 EUR  |
table late from "late.csv"
  may late_checkout
"#;

#[test]
fn distances_cells_and_undefined_values_are_explained() {
    let csv = "role;room.kind;room.price\nagent;suite;any\nagent;any;> 100 EUR\n";
    let words = [
        "upgrade | room.kind=single | room.price=80 EUR",
        "upgrade | room.kind=suite | room.price=80 EUR",
        "late_checkout | room.kind=single | room.price=80 EUR",
        "cancel | arrival=2026-11-22 | booked_at=2026-11-20T08:00+01:00",
        "cancel | arrival=2026-11-21 | booked_at=2026-11-21T11:30+01:00",
        "cancel | arrival=2026-12-24 | booked_at=2026-11-21T09:00",
        "dessert | guest.note=absent | room.price=80 EUR | stay.nights=0",
        "dessert | guest.note=plain | room.price=80 EUR | stay.nights=1",
        "call | arrival=2026-11-22 | booked_at=2026-11-21T09:00",
        "call | arrival=2026-11-20 | booked_at=2026-11-21T09:00",
    ];
    insta::assert_snapshot!(rules(&[("hotel.kulanz", HOTEL), ("late.csv", csv)], &words));
}

#[test]
fn what_somebody_wrote_steers_no_terminal() {
    let question = shop::spoken("agent", "refund 40 EUR | reason=late | order.delivered_on=2026-11-01 | order.id=\u{1b}[31mred");
    let human = Speech::new(shop::policy(), 1).human(&question, &shop::decide(&question), Colour::Plain);
    assert!(human.contains("for  [31mred") && !human.contains('\u{1b}'), "{human}");
}
