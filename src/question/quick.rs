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
    // `1.500` may be meant for thousands, which the other reader tells.
    if decimals == 3 && mantissa % 10 == 0 {
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
mod tests;
