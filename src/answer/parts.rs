//! The entries of an answer's lists, and what they are called.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::decide::{Reason, Verdict};
use crate::policy::expr::Type;
use crate::policy::{ActionId, FactId, FactRef, Policy, RoleId, Rule, RuleId, RuleKind, Text};
use crate::source::Span;

/// A rule or fallback that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BecauseEntry {
    /// Its name.
    pub rule: String,
    /// Its title.
    pub title: Option<String>,
    /// Its `because`, filled in.
    pub text: Option<String>,
    /// `file:line:column`
    pub source: String,
    /// Law or handbook; only there where the rule cites some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cites: Vec<String>,
    /// Who answers for the rule; only there where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// A duty of the grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RequireEntry {
    /// Its name.
    pub duty: String,
    /// Its title.
    pub title: Option<String>,
    /// By when: a date, or a datetime with offset.
    pub by: Option<String>,
}

/// What is taken from a budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ChargeEntry {
    /// Its name.
    pub budget: String,
    /// How much; null where the quantity is unlimited.
    pub amount: Option<String>,
    /// What is left after it; null where the budget does not limit.
    pub left: Option<String>,
    /// The allotment; likewise.
    pub of: Option<String>,
    /// The day on which the window begins anew; null is never.
    pub resets: Option<String>,
}

/// Somebody who could make it happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AskEntry {
    /// The role.
    pub role: String,
    /// Its title.
    pub title: Option<String>,
    /// `decide` or `approve`.
    pub kind: String,
    /// How soon it answers, in ISO 8601 (working days in words).
    pub within: Option<String>,
    /// Who it is, where people are known.
    pub person: Option<String>,
    /// The further roles that must agree; only there where some must.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<String>,
    /// Only there where it is true: the asker's own role, another person.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub another_person: bool,
}

/// Another action that may be granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OfferEntry {
    /// The action.
    pub action: String,
    /// At most this; null where it has no measure or no limit.
    pub limit: Option<String>,
    /// Only there where it is true.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub limit_unlimited: bool,
    /// `yes`, `owed`, `ask` or `need`.
    pub answer: String,
    /// Whom to ask; only there where somebody is to be asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<AskEntry>,
    /// What to find out; only there where something is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub need: Vec<NeedEntry>,
}

/// Another action that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OwedEntry {
    /// The action.
    pub action: String,
    /// How much; null where it has no measure or no limit.
    pub limit: Option<String>,
    /// Only there where it is true.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub limit_unlimited: bool,
    /// By which rule.
    pub rule: String,
}

/// A fact to find out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NeedEntry {
    /// Its name.
    pub fact: String,
    /// The question to put to the customer.
    pub question: Option<String>,
    /// Its type in the words of the language: `money`, `yes/no`, `one of`.
    #[serde(rename = "type")]
    pub ty: String,
    /// The values of a `one of` or `some of`; only there for these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

/// Which policy answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PolicyEntry {
    /// Its name.
    pub name: String,
    /// The hash of its sources.
    pub version: String,
}

/// Why a rule did or did not apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ExplainEntry {
    /// Its name.
    pub rule: String,
    /// `permission`, `prohibition` or `entitlement`.
    pub kind: String,
    /// Its title.
    pub title: Option<String>,
    /// `file:line:column`
    pub source: String,
    /// `yes`, `no`, `unknown` or `undefined`.
    pub applies: String,
    /// Its limit, cap or quantity as computed.
    pub quantity: Option<String>,
    /// Only there where it is true.
    #[serde(default, skip_serializing_if = "super::is_false")]
    pub quantity_unlimited: bool,
    /// The first condition that kept it from applying.
    pub failed: Option<FailedEntry>,
}

/// The first condition that was not fulfilled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FailedEntry {
    /// As it is written.
    pub condition: String,
    /// `file:line:column`
    pub source: String,
    /// The facts it reads and their values; null is absent or unknown.
    pub seen: Map<String, Json>,
    /// A sentence about it.
    pub text: String,
}

/// What is told of a rule or fallback that decided.
pub(crate) struct Told<'p> {
    pub name: &'p str,
    pub title: Option<&'p Text>,
    pub because: Option<&'p Text>,
    pub cites: &'p [Text],
    pub owner: Option<&'p Text>,
    source: Place<'p>,
}

enum Place<'p> {
    Rule(&'p Rule),
    Fallback(Span),
}

impl<'p> Told<'p> {
    pub fn of(policy: &'p Policy, reason: Reason) -> Option<Self> {
        Some(match reason {
            Reason::Rule(id) => {
                let rule = policy.rules.get(id.index())?;
                let (title, because, owner) = (rule.title.as_ref(), rule.because.as_ref(), rule.owner.as_ref());
                Self { name: &rule.name, title, because, cites: &rule.cites, owner, source: Place::Rule(rule) }
            }
            Reason::Fallback(id) => {
                let fallback = policy.fallbacks.get(id.index())?;
                let (because, owner) = (fallback.because.as_ref(), fallback.owner.as_ref());
                Self { name: &fallback.name, title: None, because, cites: &fallback.cites, owner, source: Place::Fallback(fallback.span) }
            }
        })
    }

    /// Whether it is told in the same words in every answer to a question.
    pub(super) fn is_plain(&self) -> bool {
        self.because.into_iter().chain(self.cites).chain(self.owner).all(Text::is_plain)
    }

    /// Its kind, where it is a rule.
    pub(super) fn kind(&self) -> &'static str {
        match self.source {
            Place::Rule(rule) => rule_kind(rule),
            Place::Fallback(_) => "fallback",
        }
    }

    /// Writes `file:line:column`.
    pub fn write_source(&self, out: &mut String, policy: &Policy) {
        match self.source {
            Place::Rule(rule) => write_rule_source(out, policy, rule),
            Place::Fallback(span) => write_location(out, policy, span),
        }
    }
}

fn fact_name(policy: &Policy, id: FactId) -> &str {
    policy.facts.get(id.index()).map_or("", |fact| &fact.name)
}

/// A fact's name, or `actor.id`, `actor.team`.
pub(crate) fn ref_name(policy: &Policy, fact: FactRef) -> &str {
    match fact {
        FactRef::Fact(id) => fact_name(policy, id),
        FactRef::ActorId => "actor.id",
        FactRef::ActorTeam => "actor.team",
    }
}

pub(crate) fn action_name(policy: &Policy, id: ActionId) -> &str {
    policy.actions.get(id.index()).map_or("", |action| &action.name)
}

pub(crate) fn role_name(policy: &Policy, id: RoleId) -> &str {
    policy.roles.get(id.index()).map_or("", |role| &role.name)
}

pub(crate) fn rule_name(policy: &Policy, id: RuleId) -> &str {
    policy.rules.get(id.index()).map_or("", |rule| &rule.name)
}

/// Where a rule begins: its `rule` in the first column, or its row.
fn rule_start(policy: &Policy, rule: &Rule) -> Span {
    let keyword = policy.sources.get(rule.span.source).and_then(|source| {
        let before = source.text().get(..rule.span.start as usize)?;
        let item = before.trim_end().strip_suffix("rule").filter(|rest| rest.is_empty() || rest.ends_with('\n'));
        item.map(|rest| Span::new(rule.span.source, rest.len(), rule.span.end as usize))
    });
    keyword.unwrap_or(rule.span)
}

/// `file:line:column` of the place where a rule begins.
pub(crate) fn rule_source(policy: &Policy, rule: &Rule) -> String {
    policy.sources.location(rule_start(policy, rule))
}

/// Writes it.
pub(crate) fn write_rule_source(out: &mut String, policy: &Policy, rule: &Rule) {
    write_location(out, policy, rule_start(policy, rule));
}

/// Writes `file:line:column` of a span's first character.
pub(super) fn write_location(out: &mut String, policy: &Policy, span: Span) {
    let Some(source) = policy.sources.get(span.source) else { return };
    let (line, column) = source.position(span.start as usize);
    out.push_str(source.name());
    let mut buffer = itoa::Buffer::new();
    for number in [line, column] {
        out.push(':');
        out.push_str(buffer.format(number));
    }
}

fn rule_kind(rule: &Rule) -> &'static str {
    match rule.kind {
        RuleKind::Permission { .. } => "permission",
        RuleKind::Prohibition { .. } => "prohibition",
        RuleKind::Entitlement => "entitlement",
    }
}

pub(super) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Applies => "yes",
        Verdict::Fails => "no",
        Verdict::Unknown => "unknown",
        Verdict::Undefined => "undefined",
    }
}

/// A type in the words of the language.
#[must_use]
pub(crate) fn type_word(ty: &Type) -> &'static str {
    match ty {
        Type::Money => "money",
        Type::Percent => "percent",
        Type::Number => "number",
        Type::Duration => "duration",
        Type::Date => "date",
        Type::Datetime => "datetime",
        Type::YesNo => "yes/no",
        Type::Text => "text",
        Type::OneOf(_) => "one of",
        Type::SomeOf(_) => "some of",
    }
}
