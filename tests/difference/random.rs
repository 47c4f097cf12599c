//! Random packs with one place changed: what a random question tells apart, the difference does too.

use kulanz::answer::Answer;
use kulanz::difference::difference;
use kulanz::engine::Engine;

use super::{TODAY, engine, passes};

const NO_BANDS: &str = "role,up to,order.total\nagent,5 EUR,< 10 EUR\n";

/// A row of numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// The places that differ from pack to pack, each with what may stand there.
const PLACES: [&[&str]; 12] = [
    &["up to 20 EUR", "up to 50 EUR", "up to 80 EUR", "up to order.total"],
    &["reason is late", "reason is one of damaged, late", "not vip and reason is damaged", "order.total >= 30 EUR"],
    &["within 14 days after order.delivered_on", "within 30 days after order.delivered_on", "vip"],
    &["  charge goodwill\n", "", "  charge goodwill by 50% of amount\n"],
    &["  require note\n", "", "  require note when amount > 25 EUR\n", "  require photo when reason is damaged\n"],
    &["up to 100 EUR", "up to 500 EUR", "", "up to 60 EUR"],
    &["fraud", "fraud and not vip", "order.total > 400 EUR"],
    &["nobody may refund", "agent may not refund more than 30 EUR", "nobody may refund even if entitled"],
    &["entitled to refund of order.total", "entitled to refund of 10% of order.total", "entitled to refund of 25 EUR"],
    &["reason is damaged and within 14 days after order.delivered_on", "vip and reason is late", "order.total < 20 EUR"],
    &["offer voucher", "offer voucher up to 20 EUR", "advise \"Say sorry.\"", "ask lead", "offer voucher when vip"],
    &["200 EUR per actor per month", "300 EUR per actor per month", "40 EUR per actor per month"],
];

fn pack(chosen: &[&str]) -> String {
    let [limit, reason, when, charge, duty, most, guard, forbids, owed, owed_when, instead, budget] = chosen else { panic!("{chosen:?}") };
    format!(
        "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\nrole agent\nrole lead\n  above agent\n\
         fact reason one of damaged, late, changed_mind\nfact order.total money\nfact order.delivered_on date\nfact vip yes/no\nfact fraud yes/no\n\
         action refund of money\naction voucher of money\nduty note\nduty photo\n\nbudget goodwill\n  {budget}\n\n\
         rule small\n  agent may refund {limit}\n  when {reason} and {when}\n{charge}{duty}\nrule large\n  lead may refund {most}\n\n\
         rule guard\n  {forbids}\n  when {guard}\n  {instead}\n\nrule owed\n  {owed}\n  when {owed_when}\n\n\
         rule gift\n  agent may voucher up to 30 EUR\n\nfallback refund\n  offer voucher up to 10 EUR\n"
    )
}

/// Everything of an answer that a person would call another answer.
fn told(engine: &Engine, question: &str) -> String {
    let request = engine.reader().json(question, TODAY.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp());
    let answer: Answer = engine.ask(&request.unwrap_or_else(|problems| panic!("{problems:?} in {question}")));
    let mut value = serde_json::to_value(&answer).unwrap();
    let fields = value.as_object_mut().unwrap();
    for word in ["policy", "say", "because", "advice", "provisional"] {
        fields.remove(word);
    }
    value.to_string()
}

fn question(dice: &mut Dice) -> String {
    let amount = dice.of(&["", "", ", \"amount\": \"27 EUR\"", ", \"amount\": \"55 EUR\"", ", \"amount\": \"5 EUR\""]);
    let (role, reason) = (dice.of(&["agent", "lead"]), dice.of(&["damaged", "late", "changed_mind"]));
    let total = dice.of(&["0", "12", "25", "45", "70", "450"]);
    let day = dice.of(&["2026-11-20", "2026-11-01", "2026-09-01", "2026-11-25"]);
    let (vip, fraud) = (dice.of(&["true", "false"]), dice.of(&["true", "false", "false"]));
    let spent = dice.of(&["0", "0", "35", "190", "260"]);
    format!(
        "{{\"action\": \"refund\"{amount}, \"actor\": {{\"id\": \"anna\", \"role\": \"{role}\"}}, \"record\": {{\"reason\": \"{reason}\", \
         \"order.total\": \"{total} EUR\", \"order.delivered_on\": \"{day}\", \"vip\": {vip}, \"fraud\": {fraud}}}, \"spent\": {{\"goodwill\": \"{spent} EUR\"}}}}"
    )
}

#[test]
fn what_a_question_tells_apart_the_difference_does_too() {
    let mut dice = Dice(20_261_121);
    let mut differing = 0;
    for _ in 0..40 {
        let mut chosen: Vec<&str> = PLACES.iter().map(|all| dice.of(all)).collect();
        let old = pack(&chosen);
        let place = dice.below(PLACES.len());
        chosen[place] = dice.of(PLACES[place]);
        let new = pack(&chosen);
        let (was, is) = (engine(&old, NO_BANDS), engine(&new, NO_BANDS));
        let found = difference((was.policy(), was.program()), (is.policy(), is.program()), TODAY);
        for entry in &found.answers {
            let test = &entry.example;
            assert!(test.is_empty() || passes(&new, NO_BANDS, test) && !passes(&old, NO_BANDS, test), "{old}\n{new}\n{entry:#?}");
            let test = &entry.old_example;
            assert!(test.is_empty() || passes(&old, NO_BANDS, test) && !passes(&new, NO_BANDS, test), "{old}\n{new}\n{entry:#?}");
        }
        let apart = (0..60).map(|_| question(&mut dice)).find(|question| told(&was, question) != told(&is, question));
        differing += usize::from(apart.is_some());
        if let Some(question) = apart {
            assert!(!found.is_empty(), "{question}\n{}\n{}\n{old}\n{new}", told(&was, &question), told(&is, &question));
        }
    }
    assert!(differing > 15, "{differing}");
}
