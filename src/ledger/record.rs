//! Grants and cases as they are told: the JSON of the service and of the command line, and what the store keeps.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;

/// Somebody who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Who {
    /// Who it is.
    pub id: String,
    /// The role in which it was done.
    pub role: String,
    /// The team, where one is known.
    pub team: Option<String>,
}

/// Somebody who approved, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Signature {
    /// Who it is.
    pub id: String,
    /// The role in which it was done.
    pub role: String,
    /// When: RFC 3339.
    pub at: String,
}

/// That a grant was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Reversal {
    /// When: RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// What was granted. It stays in the record when it is reversed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Grant {
    /// Its id, a UUID.
    pub id: String,
    /// When: RFC 3339, in the policy's time zone.
    pub at: String,
    /// Who granted it.
    pub actor: Who,
    /// The action.
    pub action: String,
    /// How much; null for an action without a measure.
    pub amount: Option<String>,
    /// The duties that were confirmed.
    pub confirmed: Vec<String>,
    /// Why.
    pub note: Option<String>,
    /// The case that it belongs to.
    pub case: Option<String>,
    /// Who approved it besides.
    pub approved_by: Vec<Signature>,
    /// Whether and why it was taken back.
    pub reversed: Option<Reversal>,
    /// The answer by which it was granted, with its charges.
    #[cfg_attr(feature = "server", schema(value_type = crate::answer::Answer))]
    pub answer: Box<RawValue>,
}

/// What a case waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// The owner decides as themselves.
    Decide,
    /// The owner approves what somebody else proposes.
    Approve,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Somebody is to decide.
    Open,
    /// It was granted.
    Approved,
    /// It was not.
    Declined,
}

impl CaseState {
    /// The word for it in JSON and in the store.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Declined => "declined",
        }
    }
}

/// That a case was declined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(as = Declined))]
pub struct Decline {
    /// When: RFC 3339.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
    /// What was offered instead.
    pub offered: String,
}

/// What somebody may not grant alone, on one person's desk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Case {
    /// Its id, a UUID.
    pub id: String,
    /// What it waits for.
    pub kind: CaseKind,
    /// Where it stands.
    pub state: CaseState,
    /// When it was opened: RFC 3339, in the policy's time zone.
    pub opened: String,
    /// By when its owner is to act; likewise.
    pub due: String,
    /// Who owns it now, or who decided it.
    pub owner: Who,
    /// Whose deputy the owner is, where the owner has the role only in that person's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands_in_for: Option<String>,
    /// Who brought it.
    pub proposer: Who,
    /// Who opened it in the proposer's name, where the token that did so is somebody else's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    /// The action.
    pub action: String,
    /// How much; null where nothing was said of that.
    pub amount: Option<String>,
    /// The question: what `POST /v1/ask` takes.
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub question: Json,
    /// What the customer must not be asked again.
    pub note: Option<String>,
    /// The duties that are confirmed.
    pub confirmed: Vec<String>,
    /// The roles that are still to approve, the owner's first; none where the owner decides.
    pub waiting_for: Vec<String>,
    /// Who approved so far.
    pub approved_by: Vec<Signature>,
    /// How often it went from one owner to another.
    pub handed_over: u32,
    /// Why it was declined.
    pub declined: Option<Decline>,
    /// The grant that it became.
    pub grant: Option<String>,
    /// The answer when it was opened.
    #[cfg_attr(feature = "server", schema(value_type = crate::answer::Answer))]
    pub answer: Box<RawValue>,
}
