//! Tests and promises.

use super::Subject;
use crate::number::Number;
use crate::policy::expr::{Expr, Value};
use crate::policy::ids::{ActionId, BudgetId, DutyId, FactId, RoleId, RuleId};
use crate::source::Span;

/// A test.
#[derive(Clone, Debug)]
pub struct Test {
    /// What stays true.
    pub title: String,
    /// The moment; `None` where the test gives none.
    pub at: Option<jiff::Timestamp>,
    /// Who asks.
    pub role: RoleId,
    /// Who it is.
    pub actor: Option<String>,
    /// In which team.
    pub team: Option<String>,
    /// What is said of facts.
    pub facts: Vec<TestFact>,
    /// What the buckets of this question have used.
    pub spent: Vec<(BudgetId, Number)>,
    /// Which action.
    pub action: ActionId,
    /// How much.
    pub amount: Option<Number>,
    /// What must come out.
    pub expectations: Vec<(Expectation, Span)>,
    /// Where its title stands.
    pub span: Span,
}

/// What a test says of one fact.
#[derive(Clone, Debug)]
pub struct TestFact {
    /// The fact.
    pub fact: FactId,
    /// `None` is absent.
    pub value: Option<Value>,
    /// `given` is on record, `said` is not.
    pub on_record: bool,
}

/// What a test expects.
#[derive(Clone, Debug)]
pub enum Expectation {
    /// The answer's word.
    Answer(crate::policy::Outcome),
    /// `up_to` with this limit.
    UpTo(Number),
    /// All of them, in order.
    Ask(Vec<RoleId>),
    /// All of them, in any order.
    Need(Vec<FactRef>),
    /// Among others.
    Offer(Vec<ActionId>),
    /// Among others.
    Because(Vec<RuleId>),
    /// Among others.
    Require(Vec<DutyId>),
    /// Among others.
    Charge(BudgetId, Number),
    /// Among others.
    Provisional(Vec<FactId>),
    /// The limit; `None` is unlimited.
    Limit(Option<Number>),
}

/// Something that can be supplied: a fact, or who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactRef {
    /// A fact.
    Fact(FactId),
    /// `actor.id`
    ActorId,
    /// `actor.team`
    ActorTeam,
}

/// A promise: parsed and checked, not yet proven.
#[derive(Clone, Debug)]
pub struct Promise {
    /// What holds.
    pub title: String,
    /// The sentence.
    pub kind: PromiseKind,
    /// Where it stands.
    pub span: Span,
}

/// The sentences that can be promised.
#[derive(Clone, Debug)]
pub enum PromiseKind {
    /// Nobody of them ever grants more than this.
    Cannot {
        /// Who.
        subject: Subject,
        /// What.
        actions: Vec<ActionId>,
        /// Above which quantity; `None` is not at all.
        more_than: Option<Expr>,
        /// In which cases.
        when: Option<Expr>,
        /// Whether what is owed is excepted.
        unless_entitled: bool,
    },
    /// Each of them can always grant this much.
    CanAlways {
        /// Who.
        subject: Subject,
        /// What.
        actions: Vec<ActionId>,
        /// Up to which quantity; `None` is without limit.
        up_to: Option<Expr>,
        /// In which cases.
        when: Option<Expr>,
    },
    /// No bare `no`.
    EveryNoHasAnOffer,
}
