//! `GET /healthz` and `GET /readyz`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::reload::Reload;
use super::service::Service;
use crate::answer::PolicyEntry;
use crate::say::Speech;

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
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, description = "alive", body = Health)))]
pub async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// A policy is loaded, and the last change of its files was picked up or not.
#[utoipa::path(get, path = "/readyz", tag = "service", responses((status = 200, description = "a policy answers", body = Readiness)))]
pub async fn readyz(State(service): State<Arc<Service>>) -> Json<Readiness> {
    let engine = service.live.current();
    let policy = engine.policy();
    let policy = PolicyEntry { name: Speech::new(policy, 0).plain(&policy.name), version: policy.version.clone() };
    let reload = match service.live.reload() {
        Reload::Current => "current".to_owned(),
        Reload::Failed(problems) => format!("failed: {problems}"),
    };
    Json(Readiness { status: "ready", policy, reload })
}
