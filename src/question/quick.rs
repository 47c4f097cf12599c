//! Reads a right question straight from its text into its places.
//!
//! This knows only what is right. At the slightest doubt it gives up with `None`, and the question is read once more by way of [`Json`], which finds
//! everything that is wrong and has the words for it. Values that are not of the plainest form are read by the same functions as there.

use jiff::Timestamp;

use super::json::Json;
use super::names::Names;
use super::quantity::{self, Purpose};
use super::reader::{Caller, Reader, Spending};
use super::scan::{Scan, Token, plain};
use super::slate::{ON_RECORD, SAID, Slate};
use super::{Explain, FactState, Provenance, moment};
use crate::calendar;
use crate::number::Number;
use crate::policy::expr::{Type, Value};
use crate::policy::{BudgetUnit, FactId, RoleId};

/// The fields of a question, each a bit.
mod field {
    pub const ACTOR: u16 = 1;
    pub const ACTION: u16 = 1 << 1;
    pub const AMOUNT: u16 = 1 << 2;
    pub const FACTS: u16 = 1 << 3;
    pub const RECORD: u16 = 1 << 4;
    pub const SPENT: u16 = 1 << 5;
    pub const AT: u16 = 1 << 6;
    pub const LANG: u16 = 1 << 7;
    pub const EXPLAIN: u16 = 1 << 8;
}

/// Notes that something is there; `None` where it was there already.
fn once(seen: &mut u16, bit: u16) -> Option<()> {
    let is_first = *seen & bit == 0;
    *seen |= bit;
    is_first.then_some(())
}

/// A question that is being read.
pub(super) struct Quick<'a, 'p> {
    reader: &'a Reader<'p>,
    names: &'p Names,
    slate: &'a mut Slate,
}

impl<'a, 'p> Quick<'a, 'p> {
    pub fn new(reader: &'a Reader<'p>, names: &'p Names, slate: &'a mut Slate) -> Self {
        Self { reader, names, slate }
    }

    /// Reads a question onto the slate.
    pub fn question(mut self, text: &str, now: Timestamp) -> Option<()> {
        if text.len() > Json::MOST_BYTES {
            return None;
        }
        self.slate.wipe(self.reader.policy, self.names, now);
        let (mut seen, mut amount) = (0, None);
        let mut scan = Scan::new(text);
        if scan.value()? != Token::Object {
            return None;
        }
        scan.members(|scan, name| {
            let bit = match name {
                "actor" => field::ACTOR,
                "action" => field::ACTION,
                "amount" => field::AMOUNT,
                "facts" => field::FACTS,
                "record" => field::RECORD,
                "spent" => field::SPENT,
                "at" => field::AT,
                "lang" => field::LANG,
                "explain" => field::EXPLAIN,
                _ => return None,
            };
            once(&mut seen, bit)?;
            let token = scan.value()?;
            // What it is measured in is known when the action is.
            if bit == field::AMOUNT {
                amount = Some(Written::new(scan, token)?);
                return Some(());
            }
            let unescaped;
            let token = match token {
                Token::Escaped(written) => {
                    unescaped = plain(written)?;
                    Token::Text(&unescaped)
                }
                token => token,
            };
            match (bit, token) {
                (field::ACTOR, Token::Object) => self.actor(scan),
                (field::ACTION, Token::Text(name)) => {
                    self.slate.request.question.action = self.names.action(name)?;
                    Some(())
                }
                (field::FACTS, Token::Object) => self.facts(scan, SAID),
                (field::RECORD, Token::Object) => self.facts(scan, ON_RECORD),
                (field::SPENT, Token::Object) => self.spent(scan),
                (field::ACTOR | field::ACTION, _) => None,
                (_, Token::Null) => Some(()),
                (field::AT, Token::Text(text)) => {
                    self.slate.request.question.at = moment::clock(text.trim(), &self.reader.policy.time_zone).ok()?;
                    Some(())
                }
                (field::LANG, Token::Text(text)) => {
                    self.slate.request.language = self.language(text)?;
                    Some(())
                }
                (field::EXPLAIN, Token::Bool(every)) => {
                    self.slate.request.question.explain = if every { Explain::Every } else { Explain::Decisive };
                    Some(())
                }
                _ => None,
            }
        })?;
        if !scan.is_at_end() || seen & (field::ACTOR | field::ACTION) != field::ACTOR | field::ACTION {
            return None;
        }
        if seen & field::LANG == 0 {
            self.slate.request.language = self.reader.unspoken()?;
        }
        match amount {
            Some(written) => self.amount(&written),
            None => Some(()),
        }
    }

    fn language(&self, written: &str) -> Option<usize> {
        let known = self.reader.policy.languages.iter().position(|language| language == written);
        known.or_else(|| super::reader::language(self.reader.policy, written).ok())
    }

    fn amount(&mut self, written: &Written<'_>) -> Option<()> {
        if matches!(written, Written::Value(Token::Null)) {
            return Some(());
        }
        let measure = self.reader.policy.actions.get(self.slate.request.question.action.index())?.measure.as_ref()?;
        self.slate.request.question.amount = Some(self.quantity(measure, written, Purpose::Amount)?);
        Some(())
    }

    fn actor(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        const ROLE: u16 = 1;
        const ID: u16 = 2;
        const TEAM: u16 = 4;
        let (mut seen, mut role): (u16, Option<RoleId>) = (0, None);
        scan.members(|scan, name| {
            let bit = match name {
                "role" => ROLE,
                "id" => ID,
                "team" => TEAM,
                _ => return None,
            };
            once(&mut seen, bit)?;
            let unescaped;
            let token = match scan.value()? {
                Token::Escaped(written) => {
                    unescaped = plain(written)?;
                    Token::Text(&unescaped)
                }
                token => token,
            };
            match (bit, token) {
                (ROLE, Token::Text(name)) => role = Some(self.names.role(name)?),
                (ID, Token::Text(text)) => self.slate.request.question.actor.id = Some(self.slate.text(text)),
                (TEAM, Token::Text(text)) => self.slate.request.question.actor.team = Some(self.slate.text(text)),
                (ID | TEAM, Token::Null) => {}
                _ => return None,
            }
            Some(())
        })?;
        self.slate.request.question.actor.role = role?;
        Some(())
    }

    /// `facts` or `record`.
    fn facts(&mut self, scan: &mut Scan<'_>, origin: u8) -> Option<()> {
        scan.members(|scan, name| {
            let member = self.names.member(name)?;
            match (scan.value()?, member.group) {
                (Token::Object, Some(group)) => {
                    self.slate.open(group, origin)?;
                    scan.members(|scan, name| {
                        let id = self.names.of_group(group, name)?;
                        let token = scan.value()?;
                        self.fact(scan, id, token, origin)
                    })
                }
                (token, _) => self.fact(scan, member.fact?, token, origin),
            }
        })
    }

    fn fact(&mut self, scan: &mut Scan<'_>, id: FactId, token: Token<'_>, origin: u8) -> Option<()> {
        let from = match (origin, self.reader.caller) {
            (SAID, _) | (_, Caller::Anybody) => Provenance::Said,
            (_, Caller::SystemOfRecord) => Provenance::Record,
            // That is refused.
            (_, Caller::WithoutRecord) => return None,
        };
        let before = self.slate.give(id, origin)?;
        let state = match token {
            Token::Null if self.reader.policy.facts.get(id.index())?.optional => FactState::Absent(from),
            token => FactState::Known(self.value(scan, id, token)?, from),
        };
        if before == 0 {
            self.slate.set(id, state);
            return Some(());
        }
        // What is said must agree with what is on record, and the record tells where it comes from.
        let agrees = match (self.slate.request.question.fact(id), &state) {
            (FactState::Known(one, _), FactState::Known(other, _)) => one == other,
            (FactState::Absent(_), FactState::Absent(_)) => true,
            _ => false,
        };
        if agrees && origin == ON_RECORD {
            self.slate.set(id, state);
        }
        agrees.then_some(())
    }

    fn value(&mut self, scan: &mut Scan<'_>, id: FactId, token: Token<'_>) -> Option<Value> {
        let policy = self.reader.policy;
        let ty = &policy.facts.get(id.index())?.ty;
        Some(match (ty, token) {
            (_, Token::Escaped(written)) => return self.value(scan, id, Token::Text(&plain(written)?)),
            (Type::YesNo, Token::Bool(value)) => Value::YesNo(value),
            (Type::Text, Token::Text(text)) => Value::Text(self.slate.text(text)),
            (Type::OneOf(_), Token::Text(name)) => Value::Choice(self.names.choice(id, name)?),
            (Type::SomeOf(_), Token::Array) => {
                let mut set = self.slate.new_set();
                scan.texts(|name| {
                    set.push(self.names.choice(id, name)?);
                    Some(())
                })?;
                set.sort_unstable();
                set.dedup();
                Value::Set(set)
            }
            (Type::Date, Token::Text(text)) => Value::Quantity(calendar::days(moment::date(text.trim()).ok()?).into()),
            (Type::Datetime, Token::Text(text)) => Value::Quantity(calendar::seconds(moment::datetime(text.trim(), &policy.time_zone).ok()?)),
            (Type::Money | Type::Percent | Type::Number | Type::Duration, token) => {
                let written = Written::new(scan, token)?;
                Value::Quantity(self.quantity(ty, &written, Purpose::Fact)?)
            }
            _ => return None,
        })
    }

    fn spent(&mut self, scan: &mut Scan<'_>) -> Option<()> {
        if self.reader.spending == Spending::Ledger {
            return None;
        }
        scan.members(|scan, name| {
            let id = self.names.budget(name)?;
            let token = scan.value()?;
            // It is the same as leaving it out, but it may not be there twice.
            let used = match token {
                Token::Null => Number::ZERO,
                token => self.used(id, &Written::new(scan, token)?)?,
            };
            self.slate.spend(id, used)
        })
    }

    fn used(&self, id: crate::policy::BudgetId, written: &Written<'_>) -> Option<Number> {
        let budget = self.reader.policy.budgets.get(id.index())?;
        match &budget.unit {
            BudgetUnit::Quantity(measure) => self.quantity(measure, written, Purpose::Spent),
            BudgetUnit::Times => match written.decimal() {
                Some((count, 0, "")) if count >= 0 => Some(count.into()),
                _ => self.reader.used(budget, &written.json()).ok(),
            },
            BudgetUnit::Any => self.reader.used(budget, &written.json()).ok(),
        }
    }

    fn quantity(&self, measure: &Type, written: &Written<'_>, purpose: Purpose) -> Option<Number> {
        let policy = self.reader.policy;
        quantity::plain_decimal(policy, measure, written, purpose).or_else(|| quantity::read(policy, measure, &written.json(), purpose).ok())
    }
}

/// A quantity as it is written.
pub(super) enum Written<'t> {
    /// A number or a text.
    Value(Token<'t>),
    /// What is not so plain: `{"value": …, "currency": "EUR"}`.
    Other(Json),
}

impl<'t> Written<'t> {
    /// Reads on where the value is an object.
    fn new(scan: &mut Scan<'_>, token: Token<'t>) -> Option<Self> {
        match token {
            Token::Object => {}
            Token::Array => return None,
            Token::Escaped(written) => return Some(Self::Other(Json::Text(plain(written)?))),
            token => return Some(Self::Value(token)),
        }
        let mut members = Vec::new();
        scan.members(|scan, name| {
            let value = match scan.value()? {
                Token::Text(text) => Json::Text(text.to_owned()),
                Token::Number(digits) => Json::Number(digits.to_owned()),
                _ => return None,
            };
            members.push((name.to_owned(), value));
            Some(())
        })?;
        Some(Self::Other(Json::Object(members)))
    }

    /// The number that it begins with, as a mantissa and its decimals, and what follows it.
    pub fn decimal(&self) -> Option<(i64, usize, &str)> {
        match self {
            Self::Value(Token::Number(digits)) => decimal(digits),
            Self::Value(Token::Text(text)) => decimal(text),
            _ => None,
        }
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Self::Value(Token::Number(_)))
    }

    /// The same as the other reader has it.
    fn json(&self) -> Json {
        match self {
            Self::Value(Token::Number(digits)) => Json::Number((*digits).to_owned()),
            Self::Value(Token::Text(text)) => Json::Text((*text).to_owned()),
            Self::Value(Token::Bool(value)) => Json::Bool(*value),
            Self::Value(Token::Null | Token::Escaped(_) | Token::Array | Token::Object) => Json::Null,
            Self::Other(json) => json.clone(),
        }
    }
}

/// The number at the start of a text, without zeros at the end of its decimals; `None` where it is not one of at most 15 digits before the point and 3 behind.
fn decimal(text: &str) -> Option<(i64, usize, &str)> {
    const MOST_BEFORE: usize = 15;
    const MOST_BEHIND: usize = 3;
    let negative = text.starts_with('-');
    let (mut mantissa, before, mut rest) = digits(text.get(usize::from(negative)..)?, 0);
    let mut decimals = 0;
    if let Some(behind) = rest.strip_prefix('.') {
        (mantissa, decimals, rest) = digits(behind, mantissa);
        if decimals == 0 {
            return None;
        }
    }
    if !(1..=MOST_BEFORE).contains(&before) || decimals > MOST_BEHIND {
        return None;
    }
    while decimals > 0 && mantissa % 10 == 0 {
        (mantissa, decimals) = (mantissa / 10, decimals - 1);
    }
    Some((if negative { -mantissa } else { mantissa }, decimals, rest))
}

/// The digits at the start of a text behind those of `mantissa`, how many they are, and what follows them. Of more digits than a word holds the number is
/// nonsense.
fn digits(text: &str, mut mantissa: i64) -> (i64, usize, &str) {
    let mut count = 0;
    for byte in text.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        mantissa = mantissa.wrapping_mul(10).wrapping_add(digit.into());
        count += 1;
    }
    (mantissa, count, text.get(count..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engine::Engine;
    use crate::policy::{Fact, Policy};

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

    /// JSON values of a type: right in many forms, and a few that are wrong.
    fn values(policy: &Policy, ty: &Type, choices: &mut Choices) -> String {
        const WRONG: [&str; 14] =
            ["1e2", "\"\"", "{}", "[]", "true", "\"1,5\"", "01", "-5", "0.1234567891", "{\"value\": 1}", "\"ü\"", "[1]", "\"\\u0031\"", "null"];
        let one = |choices: &mut Choices, ids: &[crate::policy::ChoiceId]| {
            format!("\"{}\"", ids.get(choices.below(ids.len())).map_or("", |id| policy.choice(*id)))
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
                let right = [
                    "80",
                    "80.00",
                    "\"80 EUR\"",
                    "\"80.50EUR\"",
                    "\"1_000.50  EUR\"",
                    object,
                    "{\"currency\":\"EUR\",\"value\":8}",
                    "999999999999999",
                ];
                choices.mostly(&right, &["\"80 USD\"", "80.505", "1000000000000001.00"]).to_owned()
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
                    let mut inside = vec![format!("\"{name}\": {}", value(fact, choices))];
                    if let Some(other) = chosen(choices)
                        && let Some((_, name)) = other.name.split_once('.').filter(|(of, _)| *of == group)
                    {
                        inside.push(format!("\"{name}\":{}", value(other, choices)));
                    }
                    members.push(format!("\"{group}\": {{{}}}", inside.join(",")));
                }
                _ => members.push(format!("\"{}\":{}", fact.name, value(fact, choices))),
            }
        }
        format!("{{{}}}", members.join(", "))
    }

    fn question(policy: &Policy, choices: &mut Choices) -> String {
        let role = policy.roles.get(choices.below(policy.roles.len())).map_or("", |role| &role.name);
        let action = policy.actions.get(choices.below(policy.actions.len()));
        let team = choices.of(&[
            "",
            ", \"team\": \"t\"",
            ", \"id\": null",
            ", \"id\": \"anna\", \"team\": null",
            ", \"id\": \"J\\u00fc\"",
            ", \"role\": \"x\"",
        ]);
        let mut members =
            vec![format!("\"actor\": {{\"role\": \"{role}\"{team}}}"), format!("\"action\":\"{}\"", action.map_or("", |action| &action.name))];
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
            members.push(format!("\"spent\": {{\"{}\": {value}}}", budget.name));
        }
        let at = ["\"at\": \"2026-11-21T10:00:00+01:00\"", "\"at\": \"2026-11-21\"", "\"at\": null"];
        let lang = ["\"lang\": \"en\"", "\"lang\":\"de_AT.UTF-8\"", "\"lang\": null"];
        for (right, wrong) in [
            (at, "\"at\": \"noon\""),
            (lang, "\"lang\": \"xx\""),
            (["\"explain\": true", "\"explain\":false", "\"explain\": null"], "\"explain\": 1"),
        ] {
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

    fn shop() -> &'static Engine {
        static SHOP: std::sync::OnceLock<Engine> = std::sync::OnceLock::new();
        SHOP.get_or_init(|| Engine::read("policies/fashion-shop".as_ref()).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 5_000, ..ProptestConfig::default() })]

        /// Whatever this takes, the other reader takes, and makes the same of it; on a slate that other questions stood on.
        #[test]
        fn what_it_reads_is_what_the_other_reads(choices in prop::collection::vec(prop::collection::vec(any::<u16>(), 90), 3), caller in 0_usize..3, ledger in any::<bool>()) {
            let caller = [Caller::SystemOfRecord, Caller::Anybody, Caller::WithoutRecord][caller];
            let spending = if ledger { Spending::Ledger } else { Spending::Question };
            let reader = shop().reader().caller(caller).spending(spending);
            let now = Timestamp::UNIX_EPOCH;
            let mut slate = Slate::default();
            for choices in choices {
                let mut choices = Choices(choices.into_iter());
                let text = question(shop().policy(), &mut choices);
                let text = mangled(text, &mut choices);
                let other = reader.json(&text, now);
                let read = Quick::new(&reader, shop().names(), &mut slate).question(&text, now).is_some();
                if read {
                    prop_assert!(other.is_ok(), "{}\n{:?}", text, other);
                    prop_assert_eq!(format!("{:?}", slate.request), format!("{:?}", other.unwrap()), "{}", text);
                } else if let Ok(other) = other {
                    let has_exponent = text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_digit() && matches!(pair[1], b'e' | b'E'));
                    prop_assert!(has_exponent || text.contains('\\'), "{text}");
                    prop_assert_eq!(format!("{:?}", reader.fill(&text, now, &mut slate).unwrap()), format!("{other:?}"));
                }
            }
        }
    }

    #[test]
    fn the_plain_forms_need_no_other_reader() {
        let reader = shop().reader();
        let mut slate = Slate::default();
        for text in [
            r#"{"actor": {"role": "agent", "id": "anna"}, "action": "refund", "amount": "80.00 EUR", "facts": {"reason": "late", "order": {"total": 120.50}}}"#,
            r#"{"actor":{"role":"agent"},"action":"refund","amount":80,"record":{"order.delivered_on":"2026-11-01"},"at":"2026-11-21T10:00:00+01:00","lang":"de","explain":true}"#,
            r#"{"actor":{"role":"agent"},"action":"refund","amount":{"value":"80.00","currency":"EUR"},"spent":{"goodwill":"200 EUR","patience":1},"facts":null}"#,
        ] {
            assert!(Quick::new(&reader, shop().names(), &mut slate).question(text, Timestamp::UNIX_EPOCH).is_some(), "{text}");
        }
    }
}
