//! What a line of the decision log says.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::sample::Sample;
use crate::answer::Answer;

/// The version of what the lines say. Fields may be added under the same version; where one means something else, the version is another.
pub const SCHEMA: u32 = 1;

/// A line of the decision log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionLine {
    /// [`SCHEMA`] when it was written.
    pub schema: u32,
    /// What it is about.
    pub kind: LineKind,
    /// Its own id; no other line has it.
    pub id: String,
    /// When it was written.
    pub time: Timestamp,
    /// The id of the request, as in the header `X-Request-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The place among the questions of the request, from 0, where there may be several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u64>,
    /// Who called: the name of a key or of a token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Shown>,
    /// The version of the policy that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// How long it took, in microseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub micros: Option<u64>,
    /// Of answers like this one only this share is written. Where it is left out, all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// The grant of an approved case: the caller was told yes by it, whatever the policy answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// What was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<QuestionLine>,
    /// What was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerLine>,
    /// What came of a grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantLine>,
    /// So many lines were lost before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A question was answered.
    Ask,
    /// Something was to be granted or taken back.
    Grant,
    /// Lines were lost.
    Lost,
}

/// A text, or the keyed hash that stands for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Shown {
    /// The text.
    Clear(String),
    /// The hash.
    Private {
        /// HMAC-SHA256, 64 hexadecimal digits.
        private: String,
    },
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuestionLine {
    /// Who asked.
    pub actor: ActorLine,
    /// The action.
    pub action: String,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// For which moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What was said: by name the value, or `{"private": "…"}`; null is absent.
    #[serde(default)]
    pub facts: Map<String, Json>,
    /// What was on record; likewise.
    #[serde(default)]
    pub record: Map<String, Json>,
    /// By budget what was used; those of which nothing was are left out.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub spent: Map<String, Json>,
}

/// Somebody who asks or does something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorLine {
    /// Who it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Shown>,
    /// In which role.
    pub role: String,
    /// In which team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// What was answered. Its sentences are not in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerLine {
    /// `yes`, `owed`, `up_to`, `ask`, `no` or `need`.
    pub answer: String,
    /// The rules and fallbacks that decided.
    pub rules: Vec<String>,
    /// The largest quantity that the asker may grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Only there where it is true.
    #[serde(default, skip_serializing_if = "is_false")]
    pub limit_unlimited: bool,
    /// The largest quantity that the customer is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitled: Option<String>,
    /// Only there where it is true.
    #[serde(default, skip_serializing_if = "is_false")]
    pub entitled_unlimited: bool,
    /// Whether quantities are left out because they may be computed from private facts; only there where it is true.
    #[serde(default, skip_serializing_if = "is_false")]
    pub figures_private: bool,
    /// The duties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
    /// What is taken from budgets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charge: Vec<ChargeLine>,
    /// Who could make it happen, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<AskLine>,
    /// What may be granted instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offer: Vec<OfferLine>,
    /// Other actions that are owed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_owed: Vec<OwedLine>,
    /// The facts to find out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub need: Vec<String>,
    /// The facts that must be on record before it can be granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provisional: Vec<String>,
    /// With `need`: the word of the answer if nothing more can be found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What is taken from a budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeLine {
    /// Its name.
    pub budget: String,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

/// Somebody who could make it happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskLine {
    /// The role.
    pub role: String,
    /// `decide` or `approve`.
    pub kind: String,
}

/// Another action that may be granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferLine {
    /// The action.
    pub action: String,
    /// `yes`, `owed`, `ask` or `need`.
    pub answer: String,
    /// At most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

/// Another action that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedLine {
    /// The action.
    pub action: String,
    /// By which rule.
    pub rule: String,
}

/// What came of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantLine {
    /// What.
    pub state: GrantState,
    /// Its id, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The case that it was in the hands of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Why it was refused: the code of the problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Who took it back, or approved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorLine>,
}

/// What came of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// It was booked.
    Booked,
    /// It was not granted.
    Refused,
    /// It was asked for before, and the first reply was given again.
    Replayed,
    /// It was taken back.
    Reversed,
}

impl AnswerLine {
    /// What the log says of an answer; without its quantities, where those may tell what is private.
    #[must_use]
    pub fn of(answer: &Answer, figures_private: bool) -> Self {
        let figure = |figure: &Option<String>| figure.clone().filter(|_| !figures_private);
        Self {
            answer: answer.answer.clone(),
            rules: answer.because.iter().map(|entry| entry.rule.clone()).collect(),
            limit: figure(&answer.limit),
            limit_unlimited: answer.limit_unlimited && !figures_private,
            entitled: figure(&answer.entitled),
            entitled_unlimited: answer.entitled_unlimited && !figures_private,
            figures_private,
            require: answer.require.iter().map(|entry| entry.duty.clone()).collect(),
            charge: answer.charge.iter().map(|entry| ChargeLine { budget: entry.budget.clone(), amount: figure(&entry.amount) }).collect(),
            ask: answer.ask.iter().map(|entry| AskLine { role: entry.role.clone(), kind: entry.kind.clone() }).collect(),
            offer: answer
                .offer
                .iter()
                .map(|entry| OfferLine { action: entry.action.clone(), answer: entry.answer.clone(), limit: figure(&entry.limit) })
                .collect(),
            also_owed: answer.also_owed.iter().map(|entry| OwedLine { action: entry.action.clone(), rule: entry.rule.clone() }).collect(),
            need: answer.need.iter().map(|entry| entry.fact.clone()).collect(),
            provisional: answer.provisional.clone(),
            otherwise: answer.otherwise.as_ref().map(|otherwise| otherwise.answer.clone()),
        }
    }
}
