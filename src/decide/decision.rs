//! What comes out of a decision, still in ids and exact numbers.

use jiff::Timestamp;
use jiff::civil::Date;
use smallvec::SmallVec;

use crate::number::Number;
pub use crate::policy::Outcome;
use crate::policy::expr::{Distance, Point, Steps, Value};
use crate::policy::{ActionId, BudgetId, DutyId, FactId, FactRef, FallbackId, RoleId, RuleId};
use crate::source::Span;
use crate::syntax::ast::Side;

/// How much at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// There is none to speak of: nothing is granted, or the action has no measure.
    None,
    /// So much, in the action's measure.
    Amount(Number),
    /// Without limit.
    Unlimited,
}

/// The answer to a question, before it is put into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The answer.
    pub outcome: Outcome,
    /// The action.
    pub action: ActionId,
    /// How much was asked for.
    pub amount: Option<Number>,
    /// The largest quantity that the asker may surely grant.
    pub limit: Limit,
    /// The largest quantity that the customer is surely owed.
    pub entitled: Limit,
    /// What decided, in source order.
    pub because: SmallVec<[Reason; 2]>,
    /// The duties of the grant, or of a grant of `limit`.
    pub require: Vec<Obligation>,
    /// What the grant, or a grant of `limit`, takes from which budget.
    pub charge: Vec<BudgetCharge>,
    /// Who could make it happen, best first.
    pub ask: Vec<Contact>,
    /// What may be granted instead.
    pub offer: Vec<Alternative>,
    /// What can be done that is no grant.
    pub advice: Vec<AdviceRef>,
    /// What to find out, most useful first.
    pub need: Vec<FactRef>,
    /// Verified facts that were only said or took their default, and were read by a rule that decided.
    pub provisional: Vec<FactId>,
    /// Other actions that the same facts entitle to.
    pub also_owed: Vec<Owed>,
    /// With `need`: the answer if nothing more can be found out.
    pub otherwise: Option<Box<Decision>>,
    /// Every rule that could have applied; empty unless asked for.
    pub explain: Vec<Explanation>,
}

/// A rule or fallback that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// A rule.
    Rule(RuleId),
    /// A fallback.
    Fallback(FallbackId),
}

/// A duty of the grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// The duty.
    pub duty: DutyId,
    /// By when.
    pub by: Option<Deadline>,
}

/// By when something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// By the end of a day.
    Day(Date),
    /// By a moment.
    Moment(Timestamp),
}

/// What is taken from a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetCharge {
    /// The budget.
    pub budget: BudgetId,
    /// How much; `None` where the quantity has no bound to speak of.
    pub amount: Option<Number>,
    /// What is left after it; `None` where the budget does not limit this role.
    pub left: Option<Number>,
    /// The whole allotment; likewise.
    pub of: Option<Number>,
    /// The day on which the window of this grant ends; `None` is never.
    pub resets: Option<Date>,
}

/// Somebody who could make it happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The role.
    pub role: RoleId,
    /// Whether it decides or approves.
    pub kind: ContactKind,
    /// How soon it answers.
    pub within: Option<Steps>,
    /// Whether it is the asker's own role, another person.
    pub another_person: bool,
    /// With `Decide`: the further people that its permission needs.
    pub approved_by: Vec<RoleId>,
}

/// What is brought to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactKind {
    /// The decision itself.
    Decide,
    /// The approval of what the asker proposes.
    Approve,
}

/// Another action, with what the asker really has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The action.
    pub action: ActionId,
    /// `Yes`, `Owed`, `Ask` or `Need`.
    pub outcome: Outcome,
    /// At most this.
    pub limit: Limit,
    /// Whom to ask where it is `Ask`.
    pub ask: Vec<Contact>,
    /// What to find out where it is `Need`.
    pub need: Vec<FactRef>,
}

/// A piece of advice: which rule or fallback gives it, and which of its advices it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AdviceRef {
    /// Who gives it.
    pub reason: Reason,
    /// The place in its list of advice.
    pub index: usize,
}

/// Another action that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The action.
    pub action: ActionId,
    /// How much.
    pub limit: Limit,
    /// By which rule.
    pub rule: RuleId,
}

/// Why a rule did or did not apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The rule.
    pub rule: RuleId,
    /// Whether it applied.
    pub verdict: Verdict,
    /// Its limit, cap or quantity as computed, where it applied and has one.
    pub quantity: Limit,
    /// The first condition that kept it from applying.
    pub failed: Option<FailedCondition>,
}

/// Whether a rule applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It did.
    Applies,
    /// It did not.
    Fails,
    /// A fact is missing.
    Unknown,
    /// A value in it is undefined: a division by zero, an overflow or a gap of a table.
    Undefined,
}

/// The first condition that was not fulfilled, with what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedCondition {
    /// What was written.
    pub span: Span,
    /// The facts it reads and their values; `None` is absent or unknown.
    pub seen: Vec<(FactRef, Option<Value>)>,
    /// For a condition on the distance of two dates: what was measured.
    pub measured: Option<Measured>,
}

/// The distance that a condition measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// From.
    pub from: Value,
    /// To.
    pub to: Value,
    /// How many days apart, negative where `to` is earlier.
    pub days: i64,
    /// What the rule asks for.
    pub asked: Steps,
    /// Whether `from` and `to` are dates; else they are datetimes.
    pub is_date: bool,
    /// The bound that the rule sets.
    pub distance: Distance,
    /// On which side of `from` it asks for `to`.
    pub side: Side,
    /// Whether the rule asks for the opposite.
    pub negated: bool,
    /// What `from` is.
    pub anchor: Point,
    /// What `to` is.
    pub subject: Point,
}
