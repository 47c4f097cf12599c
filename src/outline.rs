//! What a form is built from: a policy's roles, actions, facts and budgets in one language.

use serde::Serialize;

use crate::answer::{plain, type_word};
use crate::number::Number;
use crate::policy::expr::{Steps, Type};
use crate::policy::{Action, Allotment, Budget, BudgetUnit, Duty, Fact, Key, Policy, Role, Text, Window};
use crate::say::Speech;
use crate::syntax::ast::{Period, Unit};

/// A policy from outside.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Outline {
    /// Its name.
    pub name: String,
    /// A hash of its sources.
    pub version: String,
    /// An ISO 4217 code.
    pub currency: String,
    /// An IANA name.
    pub time_zone: Option<String>,
    /// The first is the default.
    pub languages: Vec<String>,
    /// In source order, as all lists here.
    pub roles: Vec<RoleOutline>,
    /// What can be granted.
    pub actions: Vec<ActionOutline>,
    /// What can be known.
    pub facts: Vec<FactOutline>,
    /// What grantors must do.
    pub duties: Vec<DutyOutline>,
    /// What grants are charged to.
    pub budgets: Vec<BudgetOutline>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RoleOutline {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The roles directly below it.
    pub above: Vec<String>,
    /// How soon it decides, in ISO 8601 (working days in words).
    pub answers_within: Option<String>,
}

/// An action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ActionOutline {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// `money`, `percent`, `duration` or `number`; null where it is granted or not.
    pub measure: Option<&'static str>,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FactOutline {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its type in the words of the language: `money`, `yes/no`, `one of`.
    #[serde(rename = "type")]
    pub ty: &'static str,
    /// The values of a `one of` or `some of`; only there for these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// The question to put to the customer.
    pub question: Option<String>,
    /// May be `null`: known to be absent.
    pub optional: bool,
    /// Believed only from a system of record.
    pub verified: bool,
    /// Never in clear in a log.
    pub private: bool,
    /// True of this actor only.
    pub about_actor: bool,
    /// Its value where none is supplied.
    pub default: Option<serde_json::Value>,
}

/// A duty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DutyOutline {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// By when, from the grant or from what `after` in the policy says, in ISO 8601 (working days in words).
    pub within: Option<String>,
}

/// A budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BudgetOutline {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// `times`, `money`, `percent`, `duration` or `number`; null where it takes the measure of each action.
    pub unit: Option<&'static str>,
    /// What has a bucket of its own: `actor`, `actor.team` or a fact.
    pub per: Vec<String>,
    /// When it begins anew: `month`, `year from 04-01`, `rolling 365 days`, `ever`.
    pub window: String,
    /// Whether every line is `unlimited`, so that it only records.
    pub records_only: bool,
}

impl Outline {
    /// `language` is a place in the policy's `languages`.
    #[must_use]
    pub fn new(policy: &Policy, language: usize) -> Self {
        let form = Form { policy, speech: Speech::new(policy, language) };
        Self {
            name: form.speech.plain(&policy.name),
            version: policy.version.clone(),
            currency: policy.currency.code().to_owned(),
            time_zone: policy.time_zone.iana_name().map(str::to_owned),
            languages: policy.languages.clone(),
            roles: policy.roles.iter().map(|role| form.role(role)).collect(),
            actions: policy.actions.iter().map(|action| form.action(action)).collect(),
            facts: policy.facts.iter().map(|fact| form.fact(fact)).collect(),
            duties: policy.duties.iter().map(|duty| form.duty(duty)).collect(),
            budgets: policy.budgets.iter().map(|budget| form.budget(budget)).collect(),
        }
    }
}

struct Form<'a> {
    policy: &'a Policy,
    speech: Speech<'a>,
}

impl Form<'_> {
    fn title(&self, title: Option<&Text>) -> Option<String> {
        title.map(|title| self.speech.plain(title))
    }

    fn role(&self, role: &Role) -> RoleOutline {
        let below = role.above.iter().filter_map(|id| self.policy.roles.get(id.index()));
        RoleOutline {
            name: role.name.clone(),
            title: self.title(role.title.as_ref()),
            above: below.map(|role| role.name.clone()).collect(),
            answers_within: role.answers_within.as_ref().map(plain::steps),
        }
    }

    fn action(&self, action: &Action) -> ActionOutline {
        ActionOutline { name: action.name.clone(), title: self.title(action.title.as_ref()), measure: action.measure.as_ref().map(type_word) }
    }

    fn fact(&self, fact: &Fact) -> FactOutline {
        let values = match &fact.ty {
            Type::OneOf(choices) | Type::SomeOf(choices) => Some(choices.iter().map(|id| self.policy.choice(*id).to_owned()).collect()),
            _ => None,
        };
        FactOutline {
            name: fact.name.clone(),
            title: self.title(fact.title.as_ref()),
            ty: type_word(&fact.ty),
            values,
            question: self.title(fact.asks.as_ref()),
            optional: fact.optional,
            verified: fact.verified,
            private: fact.private,
            about_actor: fact.about_actor,
            default: fact.default.as_ref().map(|value| plain::value(self.policy, &fact.ty, value)),
        }
    }

    fn duty(&self, duty: &Duty) -> DutyOutline {
        let within = duty.deadline.as_ref().map(|(within, _)| plain::steps(within));
        DutyOutline { name: duty.name.clone(), title: self.title(duty.title.as_ref()), within }
    }

    fn budget(&self, budget: &Budget) -> BudgetOutline {
        BudgetOutline {
            name: budget.name.clone(),
            title: self.title(budget.title.as_ref()),
            unit: match &budget.unit {
                BudgetUnit::Times => Some("times"),
                BudgetUnit::Quantity(measure) => Some(type_word(measure)),
                BudgetUnit::Any => None,
            },
            per: budget.keys.iter().map(|id| key(self.policy, *id)).collect(),
            window: window(&budget.window),
            records_only: budget.lines.iter().all(|line| matches!(line, Allotment::Unlimited)),
        }
    }
}

/// A key by its name: `actor`, `actor.team` or a fact.
pub(crate) fn key(policy: &Policy, key: Key) -> String {
    match key {
        Key::Actor => "actor".to_owned(),
        Key::Team => "actor.team".to_owned(),
        Key::Fact(id) => policy.facts.get(id.index()).map_or_else(String::new, |fact| fact.name.clone()),
    }
}

/// A window in words: `month`, `year from 04-01`, `rolling 365 days`, `ever`.
pub(crate) fn window(window: &Window) -> String {
    match window {
        Window::Calendar(period) => period_word(*period).to_owned(),
        Window::YearFrom(month, day) => format!("year from {month:02}-{day:02}"),
        Window::Rolling(steps) => format!("rolling {}", in_words(steps)),
        Window::Ever => "ever".to_owned(),
    }
}

/// `365 days`, as the policy has it.
pub(crate) fn in_words(steps: &Steps) -> String {
    let unit = match steps.unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Year => "year",
        Unit::WorkingDay => "working day",
    };
    format!("{} {unit}{}", steps.count, if steps.count == Number::ONE { "" } else { "s" })
}

fn period_word(period: Period) -> &'static str {
    match period {
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
        Period::Year => "year",
    }
}
