//! `GET /healthz` and `GET /readyz`

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::books::Books;
use super::problem::{Kind, Problem};
use super::reload::Reload;
use super::service::Service;
use crate::answer::PolicyEntry;
use crate::say::Speech;

/// For so long the ledger may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process is alive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`
    #[schema(example = "ok")]
    status: &'static str,
}

/// A policy is loaded.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`
    #[schema(example = "ready")]
    status: &'static str,
    /// Which policy answers.
    policy: PolicyEntry,
    /// `current`, or `failed: ` and what is wrong with the changed files while the policy before them answers.
    #[schema(example = "current")]
    reload: String,
    /// `current`, or `failed: ` and what is wrong with the changed list of people while the one before it is in force; only there where there is one. Where callers have tokens, the log says what.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<String>,
    /// `ready`; only there where there is a ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<&'static str>,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, description = "alive", body = Health)))]
pub async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// A policy is loaded, the ledger answers, and the last change of the files was picked up or not.
#[utoipa::path(
    get, path = "/readyz", tag = "service",
    responses(
        (status = 200, description = "a policy answers", body = Readiness),
        (status = 503, description = "the ledger does not answer, or the decision log takes no more answers", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn readyz(State(service): State<Arc<Service>>) -> Result<Json<Readiness>, Problem> {
    let ledger = match &service.books {
        Some(books) => Some(ping(books).await?),
        None => None,
    };
    if service.recorder.as_ref().is_some_and(|recorder| recorder.is_refusing()) {
        return Err(Problem::from(Kind::LogUnavailable).detail("answers are refused until it can be written again"));
    }
    let engine = service.live.current();
    let policy = engine.policy();
    let policy = PolicyEntry { name: Speech::new(policy, 0).plain(&policy.name), version: policy.version.clone() };
    let people = service.people.as_ref().map(|people| match people.reload() {
        // This page is open to everybody, and a list of people is not.
        Reload::Failed(_) if !service.gate.is_open() => "failed: the log says what is wrong".to_owned(),
        reload => in_words(reload),
    });
    Ok(Json(Readiness { status: "ready", policy, reload: in_words(service.live.reload()), people, ledger }))
}

fn in_words(reload: Reload) -> String {
    match reload {
        Reload::Current => "current".to_owned(),
        Reload::Failed(problems) => format!("failed: {problems}"),
    }
}

async fn ping(books: &Books) -> Result<&'static str, Problem> {
    let silent = || Problem::from(Kind::LedgerUnavailable).detail(format!("the ledger does not answer within {} seconds", PATIENCE.as_secs()));
    let answered = tokio::time::timeout(PATIENCE, books.ledger.store().ping()).await.map_err(|_| silent())?;
    answered.map(|()| "ready").map_err(|error| {
        tracing::warn!(%error, "the ledger does not answer");
        Problem::from(Kind::LedgerUnavailable).detail("the ledger does not answer; the log says why")
    })
}
