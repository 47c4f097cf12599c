//! A decision as the JSON that every interface answers with.
//!
//! Quantities, dates and durations have the form that the reader of questions takes back. Every field is always there but `explain` and `otherwise`; the
//! other fields that may be missing say so.

pub(crate) mod json;
pub(crate) mod parts;
pub mod plain;
mod write;

use serde::{Deserialize, Serialize};

pub use self::parts::{AskEntry, BecauseEntry, ChargeEntry, ExplainEntry, FailedEntry, NeedEntry, OfferEntry, OwedEntry, PolicyEntry, RequireEntry};

pub(crate) use self::json::list;
pub(crate) use self::parts::type_word;
pub(crate) use self::write::{Writer, policy as write_policy};
use crate::decide::Decision;
use crate::policy::Policy;
use crate::question::Question;
use crate::say::Speech;

/// An answer, ready to be written as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Answer {
    /// `yes`, `owed`, `up_to`, `ask`, `no` or `need`.
    pub answer: String,
    /// Whether it may be granted as asked: `yes` or `owed`.
    pub allowed: bool,
    /// The action's name.
    pub action: String,
    /// How much was asked for.
    pub amount: Option<String>,
    /// The largest quantity that the asker may surely grant.
    pub limit: Option<String>,
    /// Only there where it is true; `limit` is null then.
    #[serde(default, skip_serializing_if = "is_false")]
    pub limit_unlimited: bool,
    /// The largest quantity that the customer is surely owed.
    pub entitled: Option<String>,
    /// Only there where it is true; `entitled` is null then.
    #[serde(default, skip_serializing_if = "is_false")]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "server", schema(no_recursion))]
    pub otherwise: Option<Box<Answer>>,
    /// Every rule that could have applied; only there where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explain: Option<Vec<ExplainEntry>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Answer {
    /// Puts a decision into words; `language` is a place in the policy's `languages`.
    ///
    /// The fields are those of the JSON that [`write()`] writes. Whoever wants the JSON writes it and saves this step.
    #[must_use]
    pub fn new(policy: &Policy, question: &Question, decision: &Decision, language: usize) -> Self {
        let mut text = String::new();
        write(&mut text, policy, question, decision, language);
        read(&text)
    }
}

/// Writes an answer as JSON, without a line end; `language` is a place in the policy's `languages`.
///
/// It is the text that `serde_json` makes of an [`Answer`], without the answer.
pub fn write(out: &mut String, policy: &Policy, question: &Question, decision: &Decision, language: usize) {
    Writer { policy, question, decision, speech: Speech::new(policy, language) }.answer(out);
}

/// What was written, as a type that it fits. A test sees to it that it does.
pub(crate) fn read<T: Default + for<'de> Deserialize<'de>>(written: &str) -> T {
    serde_json::from_str(written).unwrap_or_default()
}
