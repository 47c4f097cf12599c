//! A small shop to put questions to.
#![expect(clippy::format_push_string, reason = "an answer is put into words piece by piece")]

use kulanz::decide::{ContactKind, Decision, Mode};
use kulanz::pack::Pack;
use kulanz::policy::Complete;
use kulanz::question::Reader;
use kulanz::{Number, Program};
use serde_json::{Map, Value, json};

use crate::reference::answer::{Answer, By, Limit};
use crate::reference::asked::Belief;
use crate::reference::book::Book;
use crate::reference::{compare, decide};

/// What every pack here begins with.
const GROUND: &str = r#"policy "Shop"
  currency EUR
  time zone Europe/Berlin
  languages en
  holidays 2026-12-25

role agent "Agent"
role senior "Senior"
  above agent
role lead "Lead"
  above senior
  answers within 4 hours
role warehouse "Warehouse"
  answers within 1 day
role finance "Finance"
role manager "Manager"
  above lead, warehouse

fact reason one of damaged, late, wrong_item, changed_mind
fact total money
fact bought date
fact made datetime
fact delay duration
fact rate percent
fact pieces number
fact seasonal yes/no
fact fraud yes/no default no
fact known yes/no default no about actor
fact customer.id text
fact order.id text
fact tags some of vip, press, staff
fact coupon.value money optional
fact coupon.expired date optional
fact coupon.code text optional
fact record.total money verified
fact record.flag yes/no default no verified

action refund of money "Refund"
action voucher of money "Voucher"
action discount of percent "Discount"
action extend of duration "Longer return window"
action points of number "Points"
action exchange "Exchange"
action take_back "Take back"

duty photo "Photo"
duty note "Note"
duty call "Call"
  within 24 hours
duty letter "Letter"
  within 3 working days after bought

"#;

/// A pack that was accepted.
pub struct Shop {
    book: Book,
    policy: Complete,
    program: Program,
}

/// A shop with these rules.
pub fn shop(rules: &str) -> Shop {
    let (pack, diagnostics) = Pack::from_texts(&[("shop.kulanz", &format!("{GROUND}{rules}"))]);
    let shown: Vec<_> = diagnostics.iter().map(|it| (&it.message, it.span().map(|span| pack.sources.location(span)))).collect();
    assert!(diagnostics.is_empty(), "{shown:?}");
    let policy = kulanz::policy::check(&pack).unwrap_or_else(|diagnostics| {
        let shown: Vec<_> = diagnostics.iter().map(|it| (&it.message, it.span().map(|span| pack.sources.location(span)))).collect();
        panic!("{shown:?}")
    });
    Shop { book: Book::new(&pack), program: Program::new(&policy), policy }
}

/// A question on its way.
pub struct Ask<'s> {
    shop: &'s Shop,
    fields: Map<String, Value>,
    record: Map<String, Value>,
    facts: Map<String, Value>,
    spent: Map<String, Value>,
}

impl Shop {
    /// `what` is an action, with or without a quantity: `refund 40 EUR`. It is Saturday, 21 November 2026, ten in the morning.
    pub fn ask(&self, role: &str, what: &str) -> Ask<'_> {
        let (action, amount) = what.split_once(' ').map_or((what, None), |(action, amount)| (action, Some(amount)));
        let mut fields = Map::new();
        fields.insert("actor".into(), json!({"id": "anna", "role": role, "team": "berlin"}));
        fields.insert("action".into(), action.into());
        fields.insert("at".into(), "2026-11-21T10:00:00+01:00".into());
        if let Some(amount) = amount {
            fields.insert("amount".into(), amount.into());
        }
        Ask { shop: self, fields, record: Map::new(), facts: Map::new(), spent: Map::new() }
    }
}

impl Ask<'_> {
    /// On record.
    pub fn given(mut self, fact: &str, value: impl Into<Value>) -> Self {
        self.record.insert(fact.into(), value.into());
        self
    }

    /// Everything in an object is on record.
    pub fn all(mut self, facts: &Value) -> Self {
        self.record.extend(facts.as_object().unwrap().clone());
        self
    }

    /// Only said.
    pub fn said(mut self, fact: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(fact.into(), value.into());
        self
    }

    pub fn spent(mut self, budget: &str, used: impl Into<Value>) -> Self {
        self.spent.insert(budget.into(), used.into());
        self
    }

    pub fn at(mut self, at: &str) -> Self {
        self.fields.insert("at".into(), at.into());
        self
    }

    /// Nobody says who asks.
    pub fn anonymous(mut self) -> Self {
        let role = self.fields["actor"]["role"].clone();
        self.fields.insert("actor".into(), json!({ "role": role }));
        self
    }

    /// The answer of an `ask`.
    pub fn answer(self) -> Got {
        self.decide(Belief::Said)
    }

    /// The answer that a grant computes.
    pub fn grant(self) -> Got {
        self.decide(Belief::Recorded)
    }

    fn decide(mut self, belief: Belief) -> Got {
        self.fields.insert("record".into(), self.record.into());
        self.fields.insert("facts".into(), self.facts.into());
        self.fields.insert("spent".into(), self.spent.into());
        let text = Value::from(self.fields).to_string();
        let Shop { book, policy, program } = self.shop;
        let question = Reader::new(policy).json(&text, jiff::Timestamp::UNIX_EPOCH).unwrap_or_else(|problems| panic!("{problems:?}")).question;
        let mode = if belief == Belief::Said { Mode::Ask } else { Mode::Grant };
        let decision: Decision = program.decide(&question, mode);
        let compiled = compare::answer(policy, &decision);
        let plain = decide::decide(book, &compare::asked(policy, &question), belief);
        compare::assert_agree(&compiled, &plain, &text);
        Got(compiled)
    }
}

/// An answer, each part in short words.
pub struct Got(pub Answer);

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn number(number: Option<&Number>) -> String {
    number.map_or_else(|| "-".into(), ToString::to_string)
}

fn limit(limit: &Limit) -> String {
    match limit {
        Limit::None => "none".into(),
        Limit::Amount(amount) => amount.to_string(),
        Limit::Unlimited => "unlimited".into(),
    }
}

fn contacts(contacts: &[crate::reference::answer::Contact]) -> String {
    list(contacts.iter().map(|contact| {
        let mut text = contact.role.clone();
        if contact.kind == ContactKind::Approve {
            text += " approves";
        }
        if contact.another_person {
            text += " (another)";
        }
        if !contact.approved_by.is_empty() {
            text += &format!(" with {}", contact.approved_by.join(" and "));
        }
        text
    }))
}

impl Got {
    pub fn word(&self) -> &'static str {
        self.0.outcome.word()
    }

    /// `50`, `unlimited`, `none`
    pub fn limit(&self) -> String {
        limit(&self.0.limit)
    }

    pub fn entitled(&self) -> String {
        limit(&self.0.entitled)
    }

    pub fn because(&self) -> String {
        list(self.0.because.iter().cloned())
    }

    /// `photo, call by 2026-11-22T09:00:00Z`
    pub fn require(&self) -> String {
        list(self.0.require.iter().map(|(duty, by)| match by {
            None => duty.clone(),
            Some(By::Day(day)) => format!("{duty} by {day}"),
            Some(By::Moment(at)) => format!("{duty} by {at}"),
        }))
    }

    /// `goodwill 50 left 250 of 300 until 2026-12-01`
    pub fn charge(&self) -> String {
        list(self.0.charge.iter().map(|it| {
            let resets = it.resets.map_or_else(|| "ever".into(), |day| format!("until {day}"));
            format!("{} {} left {} of {} {resets}", it.budget, number(it.amount.as_ref()), number(it.left.as_ref()), number(it.of.as_ref()))
        }))
    }

    /// `lead, finance approves, agent (another), manager with finance`
    pub fn ask(&self) -> String {
        contacts(&self.0.ask)
    }

    /// The times in which those to ask answer, in seconds or dashes.
    pub fn within(&self) -> String {
        list(self.0.ask.iter().map(|it| it.within.as_ref().map_or_else(|| "-".into(), |(count, unit)| format!("{count} {unit:?}"))))
    }

    /// `voucher yes 20`, `exchange ask none lead`
    pub fn offer(&self) -> String {
        list(self.0.offer.iter().map(|it| {
            let mut text = format!("{} {} {}", it.action, it.outcome.word(), limit(&it.limit));
            if !it.ask.is_empty() {
                text += &format!(" ask {}", contacts(&it.ask));
            }
            if !it.need.is_empty() {
                text += &format!(" need {}", it.need.join(" "));
            }
            text
        }))
    }

    /// `rule 0`: who gives it, and which of its advices.
    pub fn advice(&self) -> String {
        list(self.0.advice.iter().map(|(rule, at)| format!("{rule} {at}")))
    }

    /// In the order of the answer.
    pub fn need(&self) -> String {
        list(self.0.need.iter().cloned())
    }

    pub fn provisional(&self) -> String {
        list(self.0.provisional.iter().cloned())
    }

    /// `voucher 20 by rule`
    pub fn also_owed(&self) -> String {
        list(self.0.also_owed.iter().map(|(action, owed, rule)| format!("{action} {} by {rule}", limit(owed))))
    }

    pub fn otherwise(&self) -> Self {
        Self((**self.0.otherwise.as_ref().unwrap()).clone())
    }
}
