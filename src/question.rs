//! A question: who wants to grant what, how much, in which case, when.
//!
//! A [`Reader`] makes one from JSON or from the words of the command line, or says everything that is wrong with it.

mod facts;
mod fields;
mod json;
pub(crate) mod moment;
mod names;
#[cfg(feature = "ledger")]
mod order;
mod problem;
mod quantity;
mod quick;
mod reader;
mod scan;
mod slate;
mod spoken;
#[cfg(feature = "ledger")]
mod told;
mod value;

pub(crate) use facts::default_state;
pub use json::Json;
#[cfg(feature = "cli")]
pub(crate) use moment::since;
pub(crate) use names::Names;
#[cfg(feature = "mcp")]
pub(crate) use order::LONGEST_TEXT;
#[cfg(feature = "ledger")]
pub use order::{Additions, Doer, Field, Particulars};
pub use problem::{Fault, Problem, Unread};
pub use reader::{Caller, OptionsRequest, Reader, Request, Spending};
pub use slate::Slate;
pub use spoken::Spoken;
#[cfg(feature = "ledger")]
pub(crate) use told::told;

use unicode_normalization::UnicodeNormalization;

use crate::number::Number;
use crate::policy::expr::Value;
use crate::policy::{ActionId, BudgetId, FactId, RoleId};

/// A question with every name resolved and every value typed. Made by [`crate::question`]'s readers or by a test of a pack.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who asks.
    pub actor: Actor,
    /// What.
    pub action: ActionId,
    /// How much, above zero, in the action's measure; `None` asks "how much could I?".
    pub amount: Option<Number>,
    /// By [`FactId`], one for each fact of the policy.
    pub facts: Vec<FactState>,
    /// By [`BudgetId`], one for each budget: what this question's bucket has used in its current window.
    pub spent: Vec<Number>,
    /// The moment.
    pub at: jiff::Timestamp,
    /// Whether every candidate rule is to be explained.
    pub explain: Explain,
}

/// A question before its action is known.
#[derive(Clone, Debug)]
pub struct Case {
    /// Who asks.
    pub actor: Actor,
    /// By [`FactId`], one for each fact of the policy.
    pub facts: Vec<FactState>,
    /// By [`BudgetId`], one for each budget.
    pub spent: Vec<Number>,
    /// The moment.
    pub at: jiff::Timestamp,
    /// Whether every candidate rule is to be explained.
    pub explain: Explain,
}

impl Case {
    /// The question for one action.
    #[must_use]
    pub fn question(self, action: ActionId, amount: Option<Number>) -> Question {
        let Self { actor, facts, spent, at, explain } = self;
        Question { actor, action, amount, facts, spent, at, explain }
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Actor {
    /// `None` where it was not said.
    pub id: Option<String>,
    /// The role.
    pub role: RoleId,
    /// `None` where it was not said.
    pub team: Option<String>,
}

/// Whether an answer explains the rules that did not decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Explain {
    /// Only what decided.
    #[default]
    Decisive,
    /// Every rule that could have applied.
    Every,
}

/// What is known of one fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactState {
    /// Not supplied, and without a default.
    Unknown,
    /// Known to be absent.
    Absent(Provenance),
    /// Known.
    Known(Value, Provenance),
}

/// Where a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provenance {
    /// A system of record says so.
    Record,
    /// Somebody says so.
    Said,
    /// Nobody says anything; the fact's default.
    Default,
}

impl Question {
    /// The state of a fact.
    #[must_use]
    pub fn fact(&self, id: FactId) -> &FactState {
        self.facts.get(id.index()).unwrap_or(&FactState::Unknown)
    }

    /// What the bucket of a budget has used.
    #[must_use]
    pub fn spent(&self, id: BudgetId) -> &Number {
        self.spent.get(id.index()).unwrap_or(&Number::ZERO)
    }
}

/// A name as the policy's names are compared: in NFC.
pub(crate) fn name(written: &str) -> String {
    written.nfc().collect()
}
