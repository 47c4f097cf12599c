//! The entries of an answer's lists.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::plain;
use crate::decide::{Contact, ContactKind, Decision, Explanation, FailedCondition, Limit, Outcome, Reason, Verdict};
use crate::policy::expr::Type;
use crate::policy::{ActionId, FactRef, Policy, RoleId, Rule, RuleId, RuleKind, Text};
use crate::question::Question;
use crate::say::Speech;
use crate::source::Span;

/// A rule or fallback that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cites: Vec<String>,
    /// Who answers for the rule; only there where it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// A duty of the grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct AskEntry {
    /// The role.
    pub role: String,
    /// Its title.
    pub title: Option<String>,
    /// `decide` or `approve`.
    pub kind: &'static str,
    /// How soon it answers, in ISO 8601 (working days in words).
    pub within: Option<String>,
    /// Who it is, where people are known.
    pub person: Option<String>,
    /// The further roles that must agree; only there where some must.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approved_by: Vec<String>,
    /// Only there where it is true: the asker's own role, another person.
    #[serde(skip_serializing_if = "super::is_false")]
    pub another_person: bool,
}

/// Another action that may be granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OfferEntry {
    /// The action.
    pub action: String,
    /// At most this; null where it has no measure or no limit.
    pub limit: Option<String>,
    /// Only there where it is true.
    #[serde(skip_serializing_if = "super::is_false")]
    pub limit_unlimited: bool,
    /// `yes`, `owed`, `ask` or `need`.
    pub answer: &'static str,
    /// Whom to ask; only there where somebody is to be asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<AskEntry>,
    /// What to find out; only there where something is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub need: Vec<NeedEntry>,
}

/// Another action that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OwedEntry {
    /// The action.
    pub action: String,
    /// How much; null where it has no measure or no limit.
    pub limit: Option<String>,
    /// Only there where it is true.
    #[serde(skip_serializing_if = "super::is_false")]
    pub limit_unlimited: bool,
    /// By which rule.
    pub rule: String,
}

/// A fact to find out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NeedEntry {
    /// Its name.
    pub fact: String,
    /// The question to put to the customer.
    pub question: Option<String>,
    /// Its type in the words of the language: `money`, `yes/no`, `one of`.
    #[serde(rename = "type")]
    pub ty: &'static str,
    /// The values of a `one of` or `some of`; only there for these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
}

/// Which policy answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PolicyEntry {
    /// Its name.
    pub name: String,
    /// The hash of its sources.
    pub version: String,
}

/// Why a rule did or did not apply.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ExplainEntry {
    /// Its name.
    pub rule: String,
    /// `permission`, `prohibition` or `entitlement`.
    pub kind: &'static str,
    /// Its title.
    pub title: Option<String>,
    /// `file:line:column`
    pub source: String,
    /// `yes`, `no`, `unknown` or `undefined`.
    pub applies: &'static str,
    /// Its limit, cap or quantity as computed.
    pub quantity: Option<String>,
    /// Only there where it is true.
    #[serde(skip_serializing_if = "super::is_false")]
    pub quantity_unlimited: bool,
    /// The first condition that kept it from applying.
    pub failed: Option<FailedEntry>,
}

/// The first condition that was not fulfilled.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

/// What the entries are made from.
pub(crate) struct Parts<'a> {
    pub policy: &'a Policy,
    pub question: &'a Question,
    pub decision: &'a Decision,
    pub speech: Speech<'a>,
}

impl Parts<'_> {
    fn title(&self, title: Option<&Text>) -> Option<String> {
        title.map(|title| self.speech.plain(title))
    }

    fn filled(&self, text: &Text) -> String {
        self.speech.text(text, self.question, self.decision)
    }

    pub fn because(&self) -> Vec<BecauseEntry> {
        self.decision.because.iter().filter_map(|reason| self.reason(*reason)).collect()
    }

    pub fn reason(&self, reason: Reason) -> Option<BecauseEntry> {
        let text = self.speech.because(reason).map(|text| self.filled(text));
        let (rule, title, cites, owner, source) = match reason {
            Reason::Rule(id) => {
                let rule = self.policy.rules.get(id.index())?;
                (&rule.name, rule.title.as_ref(), &rule.cites, rule.owner.as_ref(), rule_source(self.policy, rule))
            }
            Reason::Fallback(id) => {
                let fallback = self.policy.fallbacks.get(id.index())?;
                (&fallback.name, None, &fallback.cites, fallback.owner.as_ref(), self.policy.sources.location(fallback.span))
            }
        };
        let cites = cites.iter().map(|text| self.filled(text)).collect();
        Some(BecauseEntry { rule: rule.clone(), title: self.title(title), text, source, cites, owner: owner.map(|text| self.filled(text)) })
    }

    pub fn require(&self) -> Vec<RequireEntry> {
        let entry = |obligation: &crate::decide::Obligation| {
            let duty = self.policy.duties.get(obligation.duty.index())?;
            let by = obligation.by.map(|by| plain::deadline(self.policy, by));
            Some(RequireEntry { duty: duty.name.clone(), title: self.title(duty.title.as_ref()), by })
        };
        self.decision.require.iter().filter_map(entry).collect()
    }

    pub fn charge(&self) -> Vec<ChargeEntry> {
        let entry = |charge: &crate::decide::BudgetCharge| {
            let budget = self.policy.budgets.get(charge.budget.index())?;
            let measure = plain::budget_measure(self.policy, &budget.unit, self.decision.action);
            let exact = |value| plain::quantity(self.policy, measure, value);
            let down = |value| plain::quantity(self.policy, measure, &plain::rounded_down(self.policy, measure, value));
            Some(ChargeEntry {
                budget: budget.name.clone(),
                amount: charge.amount.as_ref().map(exact),
                left: charge.left.as_ref().map(down),
                of: charge.of.as_ref().map(down),
                resets: charge.resets.map(|date| date.to_string()),
            })
        };
        self.decision.charge.iter().filter_map(entry).collect()
    }

    pub fn ask(&self, contacts: &[Contact]) -> Vec<AskEntry> {
        contacts.iter().filter_map(|contact| self.contact(contact)).collect()
    }

    fn contact(&self, contact: &Contact) -> Option<AskEntry> {
        let role = self.policy.roles.get(contact.role.index())?;
        let kind = match contact.kind {
            ContactKind::Decide => "decide",
            ContactKind::Approve => "approve",
        };
        Some(AskEntry {
            role: role.name.clone(),
            title: self.title(role.title.as_ref()),
            kind,
            within: contact.within.as_ref().map(plain::steps),
            person: None,
            approved_by: contact.approved_by.iter().map(|id| role_name(self.policy, *id)).collect(),
            another_person: contact.another_person,
        })
    }

    pub fn offer(&self) -> Vec<OfferEntry> {
        let entry = |offer: &crate::decide::Alternative| OfferEntry {
            action: action_name(self.policy, offer.action),
            limit: plain::limit(self.policy, offer.action, &offer.limit),
            limit_unlimited: offer.limit == Limit::Unlimited,
            answer: offer.outcome.word(),
            ask: if offer.outcome == Outcome::Ask { self.ask(&offer.ask) } else { Vec::new() },
            need: self.need(&offer.need),
        };
        self.decision.offer.iter().map(entry).collect()
    }

    pub fn advice(&self) -> Vec<String> {
        self.decision.advice.iter().filter_map(|advice| self.speech.advice_text(*advice)).map(|text| self.filled(text)).collect()
    }

    pub fn also_owed(&self) -> Vec<OwedEntry> {
        let entry = |owed: &crate::decide::Owed| OwedEntry {
            action: action_name(self.policy, owed.action),
            limit: plain::limit(self.policy, owed.action, &owed.limit),
            limit_unlimited: owed.limit == Limit::Unlimited,
            rule: rule_name(self.policy, owed.rule),
        };
        self.decision.also_owed.iter().map(entry).collect()
    }

    pub fn need(&self, facts: &[FactRef]) -> Vec<NeedEntry> {
        facts.iter().filter_map(|fact| self.needed(*fact)).collect()
    }

    fn needed(&self, fact: FactRef) -> Option<NeedEntry> {
        let FactRef::Fact(id) = fact else {
            return Some(NeedEntry { fact: ref_name(self.policy, fact), question: None, ty: "text", values: None });
        };
        let fact = self.policy.facts.get(id.index())?;
        let (Type::OneOf(choices) | Type::SomeOf(choices)) = &fact.ty else {
            return Some(NeedEntry { fact: fact.name.clone(), question: self.title(fact.asks.as_ref()), ty: type_word(&fact.ty), values: None });
        };
        let values = choices.iter().map(|id| self.policy.choice(*id).to_owned()).collect();
        Some(NeedEntry { fact: fact.name.clone(), question: self.title(fact.asks.as_ref()), ty: type_word(&fact.ty), values: Some(values) })
    }

    pub fn explain(&self) -> Vec<ExplainEntry> {
        self.decision.explain.iter().filter_map(|explanation| self.explanation(explanation)).collect()
    }

    fn explanation(&self, explanation: &Explanation) -> Option<ExplainEntry> {
        let rule = self.policy.rules.get(explanation.rule.index())?;
        Some(ExplainEntry {
            rule: rule.name.clone(),
            kind: rule_kind(rule),
            title: self.title(rule.title.as_ref()),
            source: rule_source(self.policy, rule),
            applies: verdict_word(explanation.verdict),
            quantity: plain::limit(self.policy, self.decision.action, &explanation.quantity),
            quantity_unlimited: explanation.quantity == Limit::Unlimited,
            failed: explanation.failed.as_ref().map(|failed| self.failed(explanation, failed)),
        })
    }

    fn failed(&self, explanation: &Explanation, failed: &FailedCondition) -> FailedEntry {
        let seen = failed.seen.iter().map(|(fact, value)| {
            let ty = self.fact_type(*fact);
            (ref_name(self.policy, *fact), value.as_ref().map_or(Json::Null, |value| plain::value(self.policy, ty, value)))
        });
        FailedEntry {
            condition: crate::say::condition(self.policy, failed.span),
            source: self.policy.sources.location(failed.span),
            seen: seen.collect(),
            text: self.speech.failed(self.question, explanation, failed),
        }
    }

    fn fact_type(&self, fact: FactRef) -> &Type {
        let FactRef::Fact(id) = fact else { return &Type::Text };
        self.policy.facts.get(id.index()).map_or(&Type::Text, |fact| &fact.ty)
    }
}

/// A fact's name, or `actor.id`, `actor.team`.
pub(crate) fn ref_name(policy: &Policy, fact: FactRef) -> String {
    match fact {
        FactRef::Fact(id) => super::fact_name(policy, id),
        FactRef::ActorId => "actor.id".to_owned(),
        FactRef::ActorTeam => "actor.team".to_owned(),
    }
}

pub(crate) fn action_name(policy: &Policy, id: ActionId) -> String {
    policy.actions.get(id.index()).map_or_else(String::new, |action| action.name.clone())
}

pub(crate) fn role_name(policy: &Policy, id: RoleId) -> String {
    policy.roles.get(id.index()).map_or_else(String::new, |role| role.name.clone())
}

pub(crate) fn rule_name(policy: &Policy, id: RuleId) -> String {
    policy.rules.get(id.index()).map_or_else(String::new, |rule| rule.name.clone())
}

/// Where a rule begins: its `rule` in the first column, or its row.
pub(crate) fn rule_source(policy: &Policy, rule: &Rule) -> String {
    let keyword = policy.sources.get(rule.span.source).and_then(|source| {
        let before = source.text().get(..rule.span.start as usize)?;
        let item = before.trim_end().strip_suffix("rule").filter(|rest| rest.is_empty() || rest.ends_with('\n'));
        item.map(|rest| Span::new(rule.span.source, rest.len(), rule.span.end as usize))
    });
    policy.sources.location(keyword.unwrap_or(rule.span))
}

fn rule_kind(rule: &Rule) -> &'static str {
    match rule.kind {
        RuleKind::Permission { .. } => "permission",
        RuleKind::Prohibition { .. } => "prohibition",
        RuleKind::Entitlement { .. } => "entitlement",
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
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
