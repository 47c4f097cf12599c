//! A policy that has been checked: what the rest of Kulanz works with.
//!
//! Only [`check`](super::check) makes one. Everything is in source order: the pack's files in path order, then those of the packs it includes.

use jiff::civil::Date;

use crate::number::Number;
use crate::policy::expr::{Expr, Steps, Type, Value};
use crate::policy::ids::{ActionId, BudgetId, ChoiceId, DefinitionId, DutyId, FactId, LookupId, RoleId, RuleId};
use crate::source::{Sources, Span};
use crate::syntax::ast;

/// A checked policy.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
    /// What `policy "…"` says.
    pub name: Text,
    /// A hash of the sources: `b3:` and 64 hexadecimal digits.
    pub version: String,
    /// The currency.
    pub currency: iso_currency::Currency,
    /// How many decimals the currency has.
    pub currency_decimals: usize,
    /// The time zone, whose name is its IANA name.
    pub time_zone: jiff::tz::TimeZone,
    /// At least one; the first is the default. Lower-case language codes.
    pub languages: Vec<String>,
    /// Sorted, each once.
    pub holidays: Vec<Date>,
    /// The roles.
    pub roles: Vec<Role>,
    /// The facts.
    pub facts: Vec<Fact>,
    /// The names of all values of all `one of` and `some of`, by [`ChoiceId`].
    pub choices: Vec<String>,
    /// The actions.
    pub actions: Vec<Action>,
    /// The duties.
    pub duties: Vec<Duty>,
    /// The budgets.
    pub budgets: Vec<Budget>,
    /// The definitions. None reads itself, also not through others.
    pub definitions: Vec<Definition>,
    /// The `gives` tables.
    pub lookups: Vec<Lookup>,
    /// The rules, rows of tables among them.
    pub rules: Vec<Rule>,
    /// The fallbacks.
    pub fallbacks: Vec<Fallback>,
    /// The tests.
    pub tests: Vec<Test>,
    /// The promises.
    pub promises: Vec<Promise>,
    /// The texts that all spans point into.
    pub sources: Sources,
    /// Names to ids.
    pub(super) index: super::Index,
}

/// A text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// `(language, template)`; a language of `None` serves all. At least one.
    pub variants: Vec<(Option<String>, Template)>,
}

/// A text with its placeholders found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(pub Vec<Piece>);

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Plain(String),
    /// `{amount}`: the quantity asked for.
    Amount,
    /// `{limit}`: the answer's limit.
    Limit,
    /// `{left}`: what is left of the budget that binds.
    Left,
    /// `{order.total}`: a fact.
    Fact(FactId),
    /// `{actor.id}`
    ActorId,
    /// `{actor.team}`
    ActorTeam,
    /// `{today}`
    Today,
    /// `{now}`
    Now,
}

/// A role.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<Text>,
    /// The roles directly below it.
    pub above: Vec<RoleId>,
    /// How long it takes to decide what is brought to it.
    pub answers_within: Option<Steps>,
    /// Where its name stands.
    pub span: Span,
}

/// A fact.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its whole name: `order.total`.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Its title.
    pub title: Option<Text>,
    /// May be absent.
    pub optional: bool,
    /// Believed only from a system of record.
    pub verified: bool,
    /// Never in clear in a log.
    pub private: bool,
    /// True of this actor only.
    pub about_actor: bool,
    /// Its value where none is supplied.
    pub default: Option<Value>,
    /// The question to put to the customer.
    pub asks: Option<Text>,
    /// Where its name stands.
    pub span: Span,
}

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<Text>,
    /// `Money`, `Percent`, `Number` or `Duration`; `None` is granted or not.
    pub measure: Option<Type>,
    /// Where its name stands.
    pub span: Span,
}

/// A duty.
#[derive(Clone, Debug)]
pub struct Duty {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<Text>,
    /// `(within, after)`: by when; from the grant where `after` is `None`. `after` is a date for units of a day and more, else a datetime.
    pub deadline: Option<(Steps, Option<Expr>)>,
    /// Where its name stands.
    pub span: Span,
}

/// A budget.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<Text>,
    /// What it counts.
    pub unit: BudgetUnit,
    /// What has a bucket of its own.
    pub keys: Vec<Key>,
    /// When it begins anew.
    pub window: Window,
    /// The line of each role, by [`RoleId`]: `None` where it has none.
    pub line_of: Vec<Option<usize>>,
    /// Its lines in source order.
    pub lines: Vec<Allotment>,
    /// Where its name stands.
    pub span: Span,
}

/// What a budget counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BudgetUnit {
    /// `N times`: grants.
    Times,
    /// A quantity: `Money`, `Percent`, `Number` or `Duration`.
    Quantity(Type),
    /// Every line is `unlimited`: it records what it is charged in the measure of the action, and never limits.
    Any,
}

/// What a budget has a bucket for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `actor`
    Actor,
    /// `actor.team`
    Team,
    /// A text fact.
    Fact(FactId),
}

/// When a budget begins anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// A calendar period in the policy's time zone; a week is an ISO week.
    Calendar(ast::Period),
    /// A year from this month and day.
    YearFrom(i8, i8),
    /// Grants later than now minus this.
    Rolling(Steps),
    /// Never.
    Ever,
}

/// How much one line of a budget gives.
#[derive(Clone, Debug)]
pub enum Allotment {
    /// A quantity in the budget's unit; reads no `amount` and no `spent`.
    Quantity(Expr),
    /// So many grants.
    Times(Number),
    /// Recorded, never limiting.
    Unlimited,
}

/// A definition.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<Text>,
    /// What it stands for.
    pub body: Expr,
    /// Where its name stands.
    pub span: Span,
}

/// A `gives` table.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<Text>,
    /// The type of its values.
    pub ty: Type,
    /// Its rows.
    pub rows: Vec<LookupRow>,
    /// Where its name stands.
    pub span: Span,
}

/// A row of a `gives` table.
#[derive(Clone, Debug)]
pub struct LookupRow {
    /// When it holds: the tests of its cells, together.
    pub when: Expr,
    /// Its value.
    pub value: Expr,
    /// The row.
    pub span: Span,
}

/// A rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `small_refund`, or `accept_returns[1]` for a row.
    pub name: String,
    /// Its title, or its table's.
    pub title: Option<Text>,
    /// Its kind and what belongs only to it.
    pub kind: RuleKind,
    /// What it is about; at least one. Where it has a quantity, all have one measure.
    pub actions: Vec<ActionId>,
    /// When it applies, besides its dates: the `when`, then `not` the `unless`, then the tests of the row. `None` is always.
    pub condition: Option<Expr>,
    /// In force from this day.
    pub from: Vec<Day>,
    /// In force until this day, that day included.
    pub until: Vec<Day>,
    /// What it charges; for permissions and entitlements.
    pub charges: Vec<Charge>,
    /// What it requires; for permissions and entitlements.
    pub requires: Vec<Requirement>,
    /// What it offers, advises and where it routes; for prohibitions.
    pub instead: Instead,
    /// What is said to the reader.
    pub because: Option<Text>,
    /// Law or handbook.
    pub cites: Vec<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// After this day `check` warns.
    pub review_by: Option<(Date, Span)>,
    /// Where its name stands, or its row.
    pub span: Span,
}

/// The three kinds of rule.
#[derive(Clone, Debug)]
pub enum RuleKind {
    /// Flows up the hierarchy.
    Permission {
        /// Whom it is given to; the roles above them have it too.
        subject: Subject,
        /// In the actions' measure; `None` is without limit.
        limit: Option<Expr>,
        /// Further people, each of that role or above.
        approved_by: Vec<RoleId>,
    },
    /// Flows down the hierarchy.
    Prohibition {
        /// Whom it binds; the roles below them too.
        subject: Subject,
        /// What of it is forbidden.
        cap: Cap,
        /// Whether it also stops what the customer is owed.
        even_if_entitled: bool,
    },
    /// Whoever is asked.
    Entitlement {
        /// In the actions' measure; `None` is without limit.
        quantity: Option<Expr>,
    },
}

/// What a prohibition leaves.
#[derive(Clone, Debug)]
pub enum Cap {
    /// Nothing: it forbids the action whole.
    Nothing,
    /// So much, in the actions' measure.
    UpTo(Expr),
    /// Everything: a row of a table whose `more than` is `unlimited`.
    Everything,
}

impl Cap {
    /// The quantity that is left, where it is one.
    #[must_use]
    pub fn quantity(&self) -> Option<&Expr> {
        match self {
            Self::UpTo(quantity) => Some(quantity),
            Self::Nothing | Self::Everything => None,
        }
    }
}

/// Whom a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every role.
    Everyone,
    /// These.
    Roles(Vec<RoleId>),
}

/// A day that bounds a rule's time in force.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// The date that is compared with it: `Today`, or a fact (as a date).
    pub by: Expr,
    /// The clause.
    pub span: Span,
}

/// What a grant takes from a budget.
#[derive(Clone, Debug)]
pub struct Charge {
    /// The budget.
    pub budget: BudgetId,
    /// How much.
    pub by: ChargeBy,
    /// Where it stands.
    pub span: Span,
}

/// How much of a budget a grant takes.
#[derive(Clone, Debug)]
pub enum ChargeBy {
    /// The granted quantity itself.
    Amount,
    /// 1, for a budget that counts.
    Once,
    /// This times the granted quantity; the factor is what one unit of the action's measure costs (one currency unit, one percent point, 1, one second),
    /// in the budget's unit, as a plain number, and reads no `amount`.
    PerUnit(Expr),
    /// A quantity in the budget's unit that does not read `amount`.
    Fixed(Expr),
}

/// A duty that a grant asks for.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// The duty.
    pub duty: DutyId,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// What can be done where something is not granted.
#[derive(Clone, Debug, Default)]
pub struct Instead {
    /// `offer`
    pub offers: Vec<Offer>,
    /// `advise`
    pub advice: Vec<Advice>,
    /// `ask`
    pub routes: Vec<Route>,
}

/// Another action that may be granted.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The action.
    pub action: ActionId,
    /// At most this, in its measure.
    pub up_to: Option<Expr>,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// What can be done that is no grant.
#[derive(Clone, Debug)]
pub struct Advice {
    /// What to say.
    pub text: Text,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A preferred role to ask.
#[derive(Clone, Debug)]
pub struct Route {
    /// The role.
    pub role: RoleId,
    /// How soon it answers here.
    pub within: Option<Steps>,
    /// When; `None` is always.
    pub when: Option<Expr>,
    /// Where it stands.
    pub span: Span,
}

/// A fallback.
#[derive(Clone, Debug)]
pub struct Fallback {
    /// `fallback refund, accept_return`
    pub name: String,
    /// Whose answers it serves.
    pub actions: Vec<ActionId>,
    /// When it serves; `None` is always.
    pub condition: Option<Expr>,
    /// In force from this day.
    pub from: Vec<Day>,
    /// In force until this day, that day included.
    pub until: Vec<Day>,
    /// What it offers, advises and where it routes.
    pub instead: Instead,
    /// What is said to the reader.
    pub because: Option<Text>,
    /// Law or handbook.
    pub cites: Vec<Text>,
    /// Who answers for it.
    pub owner: Option<Text>,
    /// After this day `check` warns.
    pub review_by: Option<(Date, Span)>,
    /// The item's first line.
    pub span: Span,
}

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
    Answer(crate::decide::Outcome),
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

impl Policy {
    /// The name of a value of a `one of` or `some of`.
    #[must_use]
    pub fn choice(&self, id: ChoiceId) -> &str {
        self.choices.get(id.index()).map_or("", String::as_str)
    }

    /// The definition behind an id.
    #[must_use]
    pub fn definition(&self, id: DefinitionId) -> Option<&Definition> {
        self.definitions.get(id.index())
    }

    /// The `gives` table behind an id.
    #[must_use]
    pub fn lookup(&self, id: LookupId) -> Option<&Lookup> {
        self.lookups.get(id.index())
    }
}
