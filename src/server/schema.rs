//! The form of questions, for the API description. What is read is [`crate::question`]'s business, which names every mistake at once.
#![expect(dead_code, reason = "only the schemas of these types are used")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::problem::Problem;
use crate::answer::Answer;

/// A quantity as text, as a number or as money with its currency.
pub struct Quantity(String);

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String).examples(["80 EUR", "25%", "30 days", "PT3H"]);
        let number = ObjectBuilder::new().schema_type(Type::Number).description(Some("in the policy's currency, in percent points, or as it is"));
        OneOfBuilder::new().item(text).item(number).item(Money::schema()).into()
    }
}

impl ToSchema for Quantity {
    fn name() -> Cow<'static, str> {
        "Quantity".into()
    }
}

/// Money with its currency.
#[derive(ToSchema)]
pub struct Money {
    /// The digits.
    #[schema(example = "80.00")]
    value: String,
    /// An ISO 4217 code; the policy's.
    #[schema(example = "EUR")]
    currency: String,
}

/// Who asks.
#[derive(ToSchema)]
pub struct Actor {
    /// Who it is.
    #[schema(example = "anna")]
    id: Option<String>,
    /// One of the policy's roles.
    #[schema(example = "agent")]
    role: String,
    /// In which team.
    team: Option<String>,
}

/// Who asks in which case.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"role": "agent"}, "facts": {"reason": "late"}}))]
pub struct Situation {
    /// Who asks.
    actor: Actor,
    /// What somebody says, nested (`{"order": {"total": …}}`) or flat (`{"order.total": …}`); `null` is known to be absent.
    facts: Option<BTreeMap<String, Value>>,
    /// What a system of record says, in the same form.
    record: Option<BTreeMap<String, Value>>,
    /// What this actor's budgets have used; an error where the service has a ledger, which says it.
    spent: Option<BTreeMap<String, Quantity>>,
    /// The moment of the question; the clock where it is left out.
    #[schema(example = "2026-11-21T10:00:00+01:00")]
    at: Option<String>,
    /// The language of the answer; the policy's first where it is left out.
    #[schema(example = "de")]
    lang: Option<String>,
    /// Whether every rule that could have applied is shown.
    explain: Option<bool>,
}

/// Can this be granted?
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "anna", "role": "agent"}, "action": "refund", "amount": "40 EUR", "facts": {"reason": "late"}}))]
pub struct Question {
    /// One of the policy's actions.
    #[schema(example = "refund")]
    action: String,
    /// How much; left out it asks "how much could I?".
    amount: Option<Quantity>,
    /// Who asks in which case.
    #[schema(inline)]
    #[serde(flatten)]
    situation: Situation,
}

/// Many questions.
#[derive(ToSchema)]
#[schema(example = json!({"questions": [{"actor": {"role": "agent"}, "action": "refund", "amount": "40 EUR", "facts": {"reason": "late"}}]}))]
pub struct Batch {
    /// As many as the body holds.
    questions: Vec<Question>,
}

/// The answers to many questions.
#[derive(ToSchema)]
pub struct Answers {
    /// One for each question, in order.
    answers: Vec<Answered>,
}

/// An answer, or what was wrong with its question.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum Answered {
    /// An answer.
    Answer(Box<Answer>),
    /// A problem.
    Problem(Problem),
}

/// A question that is to be granted. `spent` and `at` are not known here: the ledger knows what is spent, and what is booked is booked now.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "anna", "role": "agent"}, "action": "refund", "amount": "40 EUR", "facts": {"reason": "late"}, "note": "arrived late"}))]
pub struct Grantable {
    /// The question.
    #[schema(inline)]
    #[serde(flatten)]
    question: Bookable,
    /// The duties that are done or promised.
    #[schema(example = json!(["photo"]))]
    confirm: Option<Vec<String>>,
    /// Why.
    note: Option<String>,
    /// What it belongs to, such as the number of a ticket.
    case: Option<String>,
}

/// A question that is to become a case.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "anna", "role": "agent"}, "action": "refund", "amount": "80 EUR", "facts": {"reason": "late"}, "note": "asked twice already"}))]
pub struct Openable {
    /// The question.
    #[schema(inline)]
    #[serde(flatten)]
    question: Bookable,
    /// The duties that are done or promised.
    confirm: Option<Vec<String>>,
    /// What the customer must not be asked again.
    note: Option<String>,
    /// The role or the person it is to go to; the first of the answer's `ask` where it is left out.
    #[schema(example = "lead")]
    to: Option<String>,
}

/// A question whose moment is now and of which the ledger knows what is spent.
#[derive(ToSchema)]
pub struct Bookable {
    /// Who asks.
    actor: Somebody,
    /// One of the policy's actions.
    #[schema(example = "refund")]
    action: String,
    /// How much; needed where the action has a measure.
    amount: Option<Quantity>,
    /// What somebody says.
    facts: Option<BTreeMap<String, Value>>,
    /// What a system of record says.
    record: Option<BTreeMap<String, Value>>,
    /// The language of the answer; the policy's first where it is left out.
    lang: Option<String>,
    /// Whether every rule that could have applied is shown.
    explain: Option<bool>,
}

/// Who asks.
#[derive(ToSchema)]
pub struct Somebody {
    /// Who it is.
    #[schema(example = "anna")]
    id: String,
    /// One of the policy's roles.
    #[schema(example = "agent")]
    role: String,
    /// In which team.
    team: Option<String>,
}

/// Who does something.
#[derive(ToSchema)]
pub struct Doer {
    /// Who it is.
    #[schema(example = "lena")]
    id: String,
    /// The role, where the list of people does not say it.
    role: Option<String>,
    /// Likewise the team.
    team: Option<String>,
}

/// A grant is taken back.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "lena"}, "reason": "booked twice"}))]
pub struct Reverse {
    /// By whom.
    actor: Doer,
    /// Why.
    reason: String,
}

/// The owner approves.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "lena"}, "note": "a good customer"}))]
pub struct Approve {
    /// The owner.
    actor: Doer,
    /// Further duties that are done or promised.
    confirm: Option<Vec<String>>,
    /// A note.
    note: Option<String>,
}

/// The owner declines.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "lena"}, "reason": "it was worn", "offered": "a voucher of 20 EUR"}))]
pub struct Decline {
    /// The owner.
    actor: Doer,
    /// Why.
    reason: String,
    /// What was offered instead.
    offered: String,
}

/// The owner hands it over.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "lena"}, "to": "luis"}))]
pub struct HandOver {
    /// The owner.
    actor: Doer,
    /// The next owner.
    #[schema(example = "luis")]
    to: String,
    /// A note.
    note: Option<String>,
}

/// Somebody adds something.
#[derive(ToSchema)]
#[schema(example = json!({"actor": {"id": "anna"}, "note": "the customer called again"}))]
pub struct Add {
    /// Who.
    actor: Doer,
    /// What somebody says, nested or flat.
    facts: Option<BTreeMap<String, Value>>,
    /// What a system of record says, in the same form.
    record: Option<BTreeMap<String, Value>>,
    /// A note.
    note: Option<String>,
}
