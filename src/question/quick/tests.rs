//! Both readers of a question make the same of every text.

use proptest::prelude::*;

use super::*;
use crate::engine::Engine;
use crate::pack::Pack;
use crate::policy::{self, Fact, Policy};

/// Numbers to choose by.
struct Choices(std::vec::IntoIter<u16>);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % end.max(1)
    }

    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts.get(self.below(texts.len())).copied().unwrap_or("null")
    }
}

impl Choices {
    /// Mostly one that is right.
    fn mostly<'t>(&mut self, right: &[&'t str], wrong: &[&'t str]) -> &'t str {
        if self.below(25) == 0 { self.of(wrong) } else { self.of(right) }
    }
}

/// A name as it stands in JSON: as the policy has it, or taken apart, with its marks behind their letters.
fn named(name: &str, choices: &mut Choices) -> String {
    use unicode_normalization::UnicodeNormalization;
    if !name.is_ascii() && choices.below(2) == 0 { name.nfd().collect() } else { name.to_owned() }
}

/// JSON values of a type: right in many forms, and a few that are wrong.
fn values(policy: &Policy, ty: &Type, choices: &mut Choices) -> String {
    const WRONG: [&str; 14] =
        ["1e2", "\"\"", "{}", "[]", "true", "\"1,5\"", "01", "-5", "0.1234567891", "{\"value\": 1}", "\"ü\"", "[1]", "\"\\u0031\"", "null"];
    let one = |choices: &mut Choices, ids: &[crate::policy::ChoiceId]| {
        let name = ids.get(choices.below(ids.len())).map_or("", |id| policy.choice(*id));
        format!("\"{}\"", named(name, choices))
    };
    if choices.below(50) == 0 {
        return choices.of(&WRONG).to_owned();
    }
    match ty {
        Type::YesNo => choices.of(&["true", "false"]).to_owned(),
        Type::Text => choices.of(&["\"o-9\"", "\"\"", "\"J\\u00fcrgen\"", "\"Jürgen\"", "\" a\\n\\\"b\\\\\""]).to_owned(),
        Type::OneOf(ids) => one(choices, ids),
        Type::SomeOf(ids) => format!("[{}]", (0..choices.below(4)).map(|_| one(choices, ids)).collect::<Vec<_>>().join(", ")),
        Type::Date => choices.mostly(&["\"2026-11-21\"", "\" 2024-02-29 \"", "\"1969-12-31\""], &["\"2026-02-30\"", "\"26-1-1\""]).to_owned(),
        Type::Datetime => {
            let right = ["\"2026-11-21T10:00:00+01:00\"", "\"2026-07-01 10:00\"", "\"2026-11-21T10:00:00.5Z\""];
            choices.mostly(&right, &["\"2026-03-29T02:30\""]).to_owned()
        }
        Type::Money => {
            let object = "{\"value\": \"80.00\", \"currency\": \"EUR\"}";
            // What is right depends on the decimals of the currency.
            let right = [
                "80",
                "80.00",
                "80.000",
                "80.505",
                "\"80 EUR\"",
                "\"80.50EUR\"",
                "\"80.505 EUR\"",
                "\"-0.5 EUR\"",
                "\"1_000.50  EUR\"",
                object,
                "{\"currency\":\"EUR\",\"value\":8}",
                "{\"currency\":\"EUR\",\"value\":\"8.125\"}",
                "999999999999999",
            ];
            choices.mostly(&right, &["\"80 USD\"", "80.5055", "1000000000000001.00"]).replace("EUR", policy.currency.code())
        }
        Type::Percent => choices.mostly(&["5", "\"12.5%\"", "\"12.5 %\"", "0.25", "\"100\""], &["\"5 EUR\"", "0.125"]).to_owned(),
        Type::Number => {
            let right = ["0", "-0", "3", "\"3\"", "2.5", "\"-2.50\"", "0.125", "1.123456789", "123456789012345"];
            choices.mostly(&right, &["\"3 days\"", "1234567890123456"]).to_owned()
        }
        Type::Duration => {
            let right = ["\"30 days\"", "\"1 hour\"", "\"PT3H\"", "\"-90 minutes\"", "\"1.5 hours\"", "\"P1DT2H30M\""];
            choices.mostly(&right, &["3", "\"2 months\"", "\"999999999999999 weeks\""]).to_owned()
        }
    }
}

/// The members of `facts` or `record`, nested or flat.
fn facts(policy: &Policy, choices: &mut Choices) -> String {
    let mut members: Vec<String> = Vec::new();
    let chosen = |choices: &mut Choices| policy.facts.get(choices.below(policy.facts.len()));
    for _ in 0..choices.below(7) {
        let Some(fact) = chosen(choices) else { continue };
        let value = |fact: &Fact, choices: &mut Choices| match choices.below(20) {
            0 => "null".to_owned(),
            _ => values(policy, &fact.ty, choices),
        };
        match fact.name.split_once('.') {
            Some((group, name)) if choices.below(3) > 0 => {
                let mut inside = vec![format!("\"{}\": {}", named(name, choices), value(fact, choices))];
                if let Some(other) = chosen(choices)
                    && let Some((_, name)) = other.name.split_once('.').filter(|(of, _)| *of == group)
                {
                    inside.push(format!("\"{}\":{}", named(name, choices), value(other, choices)));
                }
                members.push(format!("\"{}\": {{{}}}", named(group, choices), inside.join(",")));
            }
            _ => members.push(format!("\"{}\":{}", named(&fact.name, choices), value(fact, choices))),
        }
    }
    format!("{{{}}}", members.join(", "))
}

fn question(policy: &Policy, choices: &mut Choices) -> String {
    let role = policy.roles.get(choices.below(policy.roles.len())).map_or("", |role| &role.name);
    let role = named(role, choices);
    let action = policy.actions.get(choices.below(policy.actions.len()));
    let team =
        choices.of(&["", ", \"team\": \"t\"", ", \"id\": null", ", \"id\": \"anna\", \"team\": null", ", \"id\": \"J\\u00fc\"", ", \"role\": \"x\""]);
    let mut members = vec![
        format!("\"actor\": {{\"role\": \"{role}\"{team}}}"),
        format!("\"action\":\"{}\"", named(action.map_or("", |action| &action.name), choices)),
    ];
    if choices.below(3) > 0 {
        let measure = action.and_then(|action| action.measure.as_ref());
        members.push(format!("\"amount\": {}", measure.map_or_else(|| "null".to_owned(), |measure| values(policy, measure, choices))));
    }
    for origin in ["facts", "record"] {
        if choices.below(4) > 0 {
            members.push(format!("\"{origin}\": {}", facts(policy, choices)));
        }
    }
    if choices.below(4) == 0
        && let Some(budget) = policy.budgets.get(choices.below(policy.budgets.len()))
    {
        let value = match &budget.unit {
            BudgetUnit::Quantity(measure) => values(policy, measure, choices),
            _ => choices.of(&["1", "0", "\"2\"", "1.5", "null", "-1", "\"2 EUR\"", "\"5%\"", "\"1 day\""]).to_owned(),
        };
        members.push(format!("\"spent\": {{\"{}\": {value}}}", named(&budget.name, choices)));
    }
    let at = ["\"at\": \"2026-11-21T10:00:00+01:00\"", "\"at\": \"2026-11-21\"", "\"at\": null"];
    let lang = ["\"lang\": \"en\"", "\"lang\":\"de_AT.UTF-8\"", "\"lang\": null"];
    for (right, wrong) in
        [(at, "\"at\": \"noon\""), (lang, "\"lang\": \"xx\""), (["\"explain\": true", "\"explain\":false", "\"explain\": null"], "\"explain\": 1")]
    {
        if choices.below(3) == 0 {
            members.push(choices.mostly(&right, &[wrong]).to_owned());
        }
    }
    for at in (1..members.len()).rev() {
        members.swap(at, choices.below(at + 1));
    }
    format!("{{{}}}", members.join(choices.of(&[",", " , ", ",\n"])))
}

/// The text with a small mistake or two.
fn mangled(mut text: String, choices: &mut Choices) -> String {
    const BITS: [&str; 16] = ["{", "}", "[", "]", "\"", ",", ":", "\\", "0", " ", "null", "-", "\u{308}", "\n", "e", "\u{1}"];
    for _ in 0..[0, 0, 1, 2][choices.below(4)] {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places.get(choices.below(places.len())).copied().unwrap_or(0);
        match choices.below(3) {
            0 => text.insert_str(at, choices.of(&BITS)),
            1 if !text.is_empty() => {
                text.remove(at);
            }
            _ => {
                let end = (at + choices.below(40)).min(text.len());
                let again = text.get(at..end).unwrap_or_default().to_owned();
                text.insert_str(at, &again);
            }
        }
    }
    text
}

/// A policy with facts of every type, with defaults and optional ones, budgets of every unit and names with marks.
fn every_type(currency: &str) -> Engine {
    let text = format!(
        r#"policy "Every type"
  currency {currency}
  time zone Europe/Berlin
  languages en, de

role agent
role verkäufer

fact paid money
fact paid_before money optional
fact fee money default 5 {currency}
fact share percent
fact share_before percent optional verified
fact pieces number default 2
fact pieces_before number optional
fact delay duration
fact delay_before duration optional
fact usual_delay duration default 90 minutes
fact bought date
fact expires date optional
fact since date default 2026-11-01
fact made datetime
fact returned datetime optional
fact flag yes/no
fact proof yes/no optional
fact sale yes/no default no verified
fact mine yes/no about actor
fact note text default "x"
fact größe text optional
fact customer.id text verified
fact customer.grüße text
fact kind one of torn, späte, wrong
fact kind_before one of torn, späte optional
fact usual_kind one of späte, torn default späte
fact tags some of vip, präsent, staff default vip
fact tags_before some of vip, präsent optional
fact größen.länge number
fact größen.tags some of vip, süß

action refund of money
action rückgabe
action share_off of percent
action wait of duration
action points of number

budget goodwill
  300 {currency} ever
budget töpfe
  2 times per customer.id ever
budget shares
  50% ever
budget hours_left
  10 days per month
budget credits
  20 ever
budget log
  unlimited per month
"#
    );
    let (pack, diagnostics) = Pack::from_texts(&[("every.kulanz", &text)]);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    Engine::new(policy::check(&pack).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}")))
}

/// The policies that questions are put to: a currency without decimals and one with three among them.
fn engines() -> &'static [Engine] {
    static ENGINES: std::sync::OnceLock<Vec<Engine>> = std::sync::OnceLock::new();
    ENGINES.get_or_init(|| vec![Engine::read("policies/fashion-shop".as_ref()).unwrap(), every_type("EUR"), every_type("JPY"), every_type("KWD")])
}

/// Asserts that both readers find the same question in a text, or the same problems; on a slate that other questions stood on. Whether the quick one found it.
fn agree(engine: &Engine, reader: &Reader<'_>, text: &str, slate: &mut Slate) -> bool {
    let now = Timestamp::UNIX_EPOCH;
    let other = reader.json(text, now);
    let read = Quick::new(reader, engine.names(), slate).question(text, now).is_some();
    if read {
        assert!(other.is_ok(), "{text}\n{other:?}");
        assert_eq!(format!("{:?}", slate.request), format!("{:?}", other.as_ref().unwrap()), "{text}");
    }
    let filled = reader.fill(text, now, slate).map(|request| format!("{request:?}")).map_err(|unread| unread.problems);
    assert_eq!(filled, other.map(|request| format!("{request:?}")), "{text}");
    read
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 5_000, ..ProptestConfig::default() })]

    /// Whatever this takes, the other reader takes, and makes the same of it; what it leaves to the other is wrong or rare.
    #[test]
    fn what_it_reads_is_what_the_other_reads(choices in prop::collection::vec(prop::collection::vec(any::<u16>(), 90), 3), engine in 0_usize..4, caller in 0_usize..3, ledger in any::<bool>()) {
        let caller = [Caller::SystemOfRecord, Caller::Anybody, Caller::WithoutRecord][caller];
        let spending = if ledger { Spending::Ledger } else { Spending::Question };
        let engine = &engines()[engine];
        let reader = engine.reader().caller(caller).spending(spending);
        let mut slate = Slate::default();
        for choices in choices {
            let mut choices = Choices(choices.into_iter());
            let text = question(engine.policy(), &mut choices);
            let text = mangled(text, &mut choices);
            if !agree(engine, &reader, &text, &mut slate) && reader.json(&text, Timestamp::UNIX_EPOCH).is_ok() {
                let has_exponent = text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], b'e' | b'E'));
                prop_assert!(has_exponent || text.contains('\\'), "{text}");
            }
        }
    }
}

/// One question with all facts of every type, where names are taken apart.
#[test]
fn every_type_is_read_straight_from_the_text() {
    use unicode_normalization::UnicodeNormalization;
    for (engine, amount) in engines()[1..].iter().zip(["80.50", "80", "80.505"]) {
        let code = engine.policy().currency.code();
        let text = format!(
            r#"{{"actor": {{"role": "verkäufer", "id": "ä"}}, "action": "refund", "amount": "{amount} {code}", "lang": "de",
            "facts": {{"paid": {amount}, "paid_before": {{"value": "{amount}", "currency": "{code}"}}, "share": "12.5%", "share_before": null, "pieces": 0.125,
            "delay": "PT3H", "delay_before": "1.5 hours", "bought": "2026-11-21", "expires": null, "made": "2026-11-21T10:00:00Z", "flag": true, "proof": null,
            "größe": "äöü", "kind": "späte", "kind_before": null, "tags": ["präsent", "vip", "vip"], "tags_before": [], "größen": {{"länge": -2, "tags": ["süß"]}}}},
            "record": {{"customer": {{"id": "c1", "grüße": "ü"}}, "sale": true}}, "spent": {{"goodwill": {amount}, "töpfe": 1, "shares": 5, "hours_left": "1 day", "credits": 2.5}}}}"#
        );
        let taken_apart: String = text.nfd().collect();
        assert!(text.nfc().eq(text.chars()) && taken_apart != text);
        for text in [text, taken_apart] {
            assert!(agree(engine, &engine.reader(), &text, &mut Slate::default()), "{text}");
        }
    }
}

#[test]
fn the_plain_forms_need_no_other_reader() {
    let shop = &engines()[0];
    let reader = shop.reader();
    let mut slate = Slate::default();
    for text in [
        r#"{"actor": {"role": "agent", "id": "anna"}, "action": "refund", "amount": "80.00 EUR", "facts": {"reason": "late", "order": {"total": 120.50}}}"#,
        r#"{"actor":{"role":"agent"},"action":"refund","amount":80,"record":{"order.delivered_on":"2026-11-01"},"at":"2026-11-21T10:00:00+01:00","lang":"de","explain":true}"#,
        r#"{"actor":{"role":"agent"},"action":"refund","amount":{"value":"80.00","currency":"EUR"},"spent":{"goodwill":"200 EUR","patience":1},"facts":null}"#,
    ] {
        assert!(Quick::new(&reader, shop.names(), &mut slate).question(text, Timestamp::UNIX_EPOCH).is_some(), "{text}");
    }
}
