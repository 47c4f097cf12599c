//! A decision as the JSON that every interface answers with.
//!
//! Quantities, dates and durations have the form that the reader of questions takes back. Every field is always there but `explain` and `otherwise`; the
//! other fields that may be missing say so.

pub(crate) mod parts;
pub mod plain;

use serde::Serialize;

pub use self::parts::{AskEntry, BecauseEntry, ChargeEntry, ExplainEntry, FailedEntry, NeedEntry, OfferEntry, OwedEntry, PolicyEntry, RequireEntry};

pub(crate) use self::parts::type_word;
use crate::decide::{Decision, Limit};
use crate::policy::{FactId, Policy};
use crate::question::{Explain, Question};
use crate::say::Speech;

/// An answer, ready to be written as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Answer {
    /// `yes`, `owed`, `up_to`, `ask`, `no` or `need`.
    pub answer: &'static str,
    /// Whether it may be granted as asked: `yes` or `owed`.
    pub allowed: bool,
    /// The action's name.
    pub action: String,
    /// How much was asked for.
    pub amount: Option<String>,
    /// The largest quantity that the asker may surely grant.
    pub limit: Option<String>,
    /// Only there where it is true; `limit` is null then.
    #[serde(skip_serializing_if = "is_false")]
    pub limit_unlimited: bool,
    /// The largest quantity that the customer is surely owed.
    pub entitled: Option<String>,
    /// Only there where it is true; `entitled` is null then.
    #[serde(skip_serializing_if = "is_false")]
    pub entitled_unlimited: bool,
    /// What decided.
    pub because: Vec<BecauseEntry>,
    /// The duties of the grant.
    pub require: Vec<RequireEntry>,
    /// What the grant takes from which budget.
    pub charge: Vec<ChargeEntry>,
    /// Who could make it happen, best first.
    pub ask: Vec<AskEntry>,
    /// What may be granted instead.
    pub offer: Vec<OfferEntry>,
    /// What can be done that is no grant.
    pub advice: Vec<String>,
    /// Other actions that are owed.
    pub also_owed: Vec<OwedEntry>,
    /// What to find out, most useful first.
    pub need: Vec<NeedEntry>,
    /// The facts that must be on record before this can be granted.
    pub provisional: Vec<String>,
    /// One or two sentences.
    pub say: String,
    /// Which policy answered.
    pub policy: PolicyEntry,
    /// With `need`: the answer if nothing more can be found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(no_recursion))]
    pub otherwise: Option<Box<Answer>>,
    /// Every rule that could have applied; only there where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explain: Option<Vec<ExplainEntry>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Answer {
    /// Puts a decision into words; `language` is a place in the policy's `languages`.
    #[must_use]
    pub fn new(policy: &Policy, question: &Question, decision: &Decision, language: usize) -> Self {
        let mut answer = Self::without_explanation(policy, question, decision, language);
        if question.explain == Explain::Every {
            let parts = parts::Parts { policy, question, decision, speech: Speech::new(policy, language) };
            answer.explain = Some(parts.explain());
        }
        answer
    }

    fn without_explanation(policy: &Policy, question: &Question, decision: &Decision, language: usize) -> Self {
        let parts = parts::Parts { policy, question, decision, speech: Speech::new(policy, language) };
        Self {
            answer: decision.outcome.word(),
            allowed: decision.outcome.is_allowed(),
            action: parts::action_name(policy, decision.action),
            amount: decision.amount.as_ref().map(|amount| plain::of_action(policy, decision.action, amount)),
            limit: plain::limit(policy, decision.action, &decision.limit),
            limit_unlimited: decision.limit == Limit::Unlimited,
            entitled: plain::limit(policy, decision.action, &decision.entitled),
            entitled_unlimited: decision.entitled == Limit::Unlimited,
            because: parts.because(),
            require: parts.require(),
            charge: parts.charge(),
            ask: parts.ask(&decision.ask),
            offer: parts.offer(),
            advice: parts.advice(),
            also_owed: parts.also_owed(),
            need: parts.need(&decision.need),
            provisional: decision.provisional.iter().map(|id| fact_name(policy, *id)).collect(),
            say: parts.speech.say(question, decision),
            policy: PolicyEntry { name: parts.speech.plain(&policy.name), version: policy.version.clone() },
            otherwise: decision.otherwise.as_ref().map(|otherwise| Box::new(Self::without_explanation(policy, question, otherwise, language))),
            explain: None,
        }
    }
}

fn fact_name(policy: &Policy, id: FactId) -> String {
    policy.facts.get(id.index()).map_or_else(String::new, |fact| fact.name.clone())
}
