//! What webhooks are told: which of them hears of what, and what a message says.
//!
//! Messages are written in the transaction of what they tell of, one for each webhook that hears of it; so none is lost, and none tells of what did not happen. Without webhooks nothing is written.
//! What must stay true: a message to a webhook that may not see what is private has neither the value of a private fact in it nor what people wrote in their own words.

use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use tokio::sync::watch;

use super::bucket::{self, Bucket};
use super::order::json as as_json;
use super::record::{Case, Grant};
use super::store::{HookRow, NoticeRow};
use crate::policy::Policy;

/// Something that a webhook can be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Happening {
    /// A case was opened.
    #[serde(rename = "case.opened")]
    CaseOpened,
    /// An open case has another owner.
    #[serde(rename = "case.handed_over")]
    CaseHandedOver,
    /// A case was approved or declined.
    #[serde(rename = "case.decided")]
    CaseDecided,
    /// The due time of an open case has passed.
    #[serde(rename = "case.overdue")]
    CaseOverdue,
    /// A grant was booked.
    #[serde(rename = "grant.booked")]
    GrantBooked,
    /// A grant was taken back.
    #[serde(rename = "grant.reversed")]
    GrantReversed,
    /// More of a budget is spent than a configured share of its allotment.
    #[serde(rename = "budget.nearly_used")]
    BudgetNearlyUsed,
}

impl Happening {
    /// Everything that there is.
    pub const ALL: [Self; 7] = [
        Self::CaseOpened,
        Self::CaseHandedOver,
        Self::CaseDecided,
        Self::CaseOverdue,
        Self::GrantBooked,
        Self::GrantReversed,
        Self::BudgetNearlyUsed,
    ];

    /// The word for it: the `type` of a message.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CaseOpened => "case.opened",
            Self::CaseHandedOver => "case.handed_over",
            Self::CaseDecided => "case.decided",
            Self::CaseOverdue => "case.overdue",
            Self::GrantBooked => "grant.booked",
            Self::GrantReversed => "grant.reversed",
            Self::BudgetNearlyUsed => "budget.nearly_used",
        }
    }

    /// Whether a message of this kind is kept after its delivery, so that it is never told again.
    pub(crate) fn is_told_once(word: &str) -> bool {
        [Self::CaseOverdue, Self::BudgetNearlyUsed].iter().any(|kind| kind.word() == word)
    }

    /// What an event in the log of a case is for a webhook.
    fn of_case_event(kind: &str) -> Option<Self> {
        match kind {
            "case_opened" => Some(Self::CaseOpened),
            "case_handed_over" | "case_stood_in" | "case_signed" | "case_proposed" => Some(Self::CaseHandedOver),
            "case_approved" | "case_declined" => Some(Self::CaseDecided),
            _ => None,
        }
    }
}

/// What a webhook hears of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The name of the webhook.
    #[serde(skip)]
    pub name: String,
    /// Of what.
    pub events: Vec<Happening>,
    /// Whether it may see what is private.
    pub private: bool,
    /// From how many percent of an allotment on a budget is nearly used.
    pub nearly: u8,
    /// A hash of where it is, so that a webhook that moved is known to be another.
    pub place: String,
}

impl Subscription {
    /// The row that keeps it.
    pub(crate) fn row(&self) -> HookRow {
        HookRow { name: self.name.clone(), setup: super::grant::text(self), off: 0 }
    }

    /// What a row keeps; `None` where it is told nothing, or was written by a version that knows more.
    pub(crate) fn of(row: &HookRow) -> Option<Self> {
        let read: Self = serde_json::from_str(&row.setup).ok()?;
        (row.off == 0).then(|| Self { name: row.name.clone(), ..read })
    }
}

/// Who is told of what, as it is now.
#[derive(Debug)]
pub(crate) struct Listeners {
    now: RwLock<Arc<[Subscription]>>,
    /// Counts up when there are new messages.
    bell: watch::Sender<u64>,
}

impl Default for Listeners {
    fn default() -> Self {
        Self { now: RwLock::new(Arc::new([])), bell: watch::channel(0).0 }
    }
}

impl Listeners {
    /// Everybody.
    pub fn all(&self) -> Arc<[Subscription]> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on it is these.
    pub fn set(&self, listeners: impl Iterator<Item = Subscription>) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = listeners.collect();
    }

    /// Says that there are new messages.
    pub fn ring(&self) {
        self.bell.send_modify(|count| *count += 1);
    }

    /// Hears when there are new messages.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }
}

/// Something to tell, and what it is about.
pub(crate) struct News {
    pub happening: Happening,
    pub about: String,
    /// The id of the message, where it is told once; else it gets one of its own.
    pub once: Option<String>,
}

/// The messages to those who hear of it. `data` is what is told, to somebody who may see what is private, or may not.
pub(crate) fn messages(
    listeners: &[Subscription],
    now: jiff::Timestamp,
    news: &News,
    data: impl Fn(&Subscription) -> Option<Json>,
) -> Vec<NoticeRow> {
    let id = news.once.clone().unwrap_or_else(|| format!("msg_{}", uuid::Uuid::now_v7().simple()));
    let (at, kind) = (now.as_microsecond(), news.happening.word());
    let message = |listener: &Subscription| {
        let body = json!({"type": kind, "timestamp": now.to_string(), "data": data(listener)?}).to_string();
        let (hook, id, about) = (listener.name.clone(), id.clone(), news.about.clone());
        let (state, last) = (NoticeRow::WAITING.to_owned(), String::new());
        Some(NoticeRow { hook, id, kind: kind.to_owned(), about, at, due: at, tries: 0, state, last, body })
    };
    listeners.iter().filter(|listener| listener.events.contains(&news.happening)).filter_map(message).collect()
}

/// What is told of a case in which `event` happened.
pub(crate) fn of_case(event: &str) -> Option<(Happening, &str)> {
    Some((Happening::of_case_event(event)?, event.strip_prefix("case_").unwrap_or(event)))
}

/// A case as it is told.
pub(crate) fn case(policy: &Policy, case: &Case, is_private: bool) -> Json {
    let mut told = as_json(case);
    if is_private {
        return told;
    }
    if let Json::Object(told) = &mut told {
        told.remove("note");
        for list in ["/facts", "/record"] {
            if let Some(Json::Object(facts)) = told.get_mut("question").and_then(|question| question.pointer_mut(list)) {
                facts.retain(|name, _| policy.facts.iter().any(|fact| fact.name == *name && !fact.private));
            }
        }
        silence(told, "declined", &["reason", "offered"]);
        reduce(told.get_mut("answer"));
    }
    told
}

/// A grant as it is told.
pub(crate) fn grant(grant: &Grant, is_private: bool) -> Json {
    let mut told = as_json(grant);
    if is_private {
        return told;
    }
    if let Json::Object(told) = &mut told {
        told.remove("note");
        silence(told, "reversed", &["reason"]);
        reduce(told.get_mut("answer"));
    }
    told
}

/// Takes out what people wrote in their own words.
fn silence(told: &mut Map<String, Json>, member: &str, words: &[&str]) {
    if let Some(Json::Object(of)) = told.get_mut(member) {
        of.retain(|name, _| !words.contains(&name.as_str()));
    }
}

/// Leaves of an answer its word, its rules and its charges: its sentences may say what is private.
fn reduce(answer: Option<&mut Json>) {
    let Some(answer) = answer else { return };
    let rules = answer.get("because").and_then(Json::as_array);
    let rules: Vec<_> = rules.into_iter().flatten().filter_map(|reason| reason.get("rule").cloned()).collect();
    let charges = answer.get("charge").and_then(Json::as_array);
    let amounts = |charge: &Json| json!({"budget": charge.get("budget"), "amount": charge.get("amount")});
    let charges: Vec<_> = charges.into_iter().flatten().map(amounts).collect();
    *answer = json!({"answer": answer.get("answer"), "because": rules, "charge": charges});
}

/// A budget of which much is spent.
pub(crate) struct Spent<'a> {
    pub bucket: &'a Bucket,
    /// In smallest units: what was spent before, what is spent now, and what may be.
    pub before: i64,
    pub after: i64,
    pub most: i64,
}

impl Spent<'_> {
    /// Whether it reached this share of the allotment just now.
    pub fn crosses(&self, percent: u8) -> bool {
        let share = i128::from(self.most) * i128::from(percent);
        i128::from(self.before) * 100 < share && i128::from(self.after) * 100 >= share
    }
}

/// Who shares a bucket, by the keys of its budget; what is private only for those who may see it.
pub(crate) fn keys(policy: &Policy, keys: &[bucket::Named<'_>], is_private: bool) -> Json {
    let is_shown = |name: &str| is_private || policy.facts.iter().all(|fact| fact.name != name || !fact.private);
    keys.iter().filter(|(name, _)| is_shown(name)).map(|(name, value)| ((*name).to_owned(), json!(value))).collect::<Map<_, _>>().into()
}
