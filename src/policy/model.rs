//! A policy that has been checked: what the rest of Kulanz works with.
//!
//! Only [`check`](super::check) makes one. Everything is in source order: the pack's files in path order, then those of the packs it includes.

mod rules;
mod tests;

pub use rules::*;
pub use tests::*;

use std::sync::OnceLock;

use jiff::civil::Date;

use crate::number::Number;
use crate::policy::expr::{Expr, Steps, Type, Value};
use crate::policy::ids::{ChoiceId, DefinitionId, FactId, LookupId, RoleId, RuleId};
use crate::source::{SourceId, Sources, Span};
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
    /// Of these, the policy files of the pack itself; the others are tables, and what it includes.
    pub own: Vec<SourceId>,
    /// Names to ids.
    pub(super) index: super::Index,
}

/// A checked policy with the terms of its rules: what a program is made of. Once there is a program, nobody needs them, so they are no part of the policy.
#[derive(Clone, Debug)]
pub struct Complete {
    pub(super) policy: Policy,
    /// By [`RuleId`].
    pub(super) terms: Vec<Terms>,
}

impl Complete {
    /// The policy without the terms of its rules.
    #[must_use]
    pub fn into_policy(self) -> Policy {
        self.policy
    }

    /// The terms of a rule.
    #[must_use]
    pub fn terms(&self, id: RuleId) -> Option<&Terms> {
        self.terms.get(id.index())
    }

    /// Every rule with its terms, in source order.
    pub fn rules_with_terms(&self) -> impl Iterator<Item = (&Rule, &Terms)> {
        self.policy.rules.iter().zip(&self.terms)
    }
}

impl std::ops::Deref for Complete {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.policy
    }
}

/// A text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// `(language, template)`; a language of `None` serves all. At least one.
    pub variants: Box<[(Option<Box<str>>, Template)]>,
}

/// A text with its placeholders found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(pub Box<[Piece]>);

/// A piece of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Plain(Box<str>),
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
    /// The values of a `one of` or `some of` as a list in JSON, once an answer has asked for them: there may be hundreds.
    pub(crate) listed: OnceLock<Box<str>>,
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
    /// By line: where it stands, and the roles that it is for; none where it is for everybody else.
    pub served: Vec<(Span, Vec<RoleId>)>,
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
    /// Every line is `unlimited`, and no charge says `by`: it records in the measure of each action, and never limits.
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

impl Text {
    /// Whether it says the same in every case.
    pub(crate) fn is_plain(&self) -> bool {
        self.variants.iter().all(|(_, template)| template.0.iter().all(|piece| matches!(piece, Piece::Plain(_))))
    }
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
