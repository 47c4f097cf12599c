//! `GET /healthz` and `GET /readyz`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::reload::Reload;
use super::service::Service;

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
    policy: Served,
    /// `current`, or `failed: ` and what is wrong with the changed files while the policy before them answers.
    #[schema(example = "current")]
    reload: String,
}

/// Which policy answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Served {
    /// Its name.
    name: String,
    /// A hash of its sources.
    version: String,
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
    let policy = Served { name: engine.policy().name.in_language(None).to_owned(), version: engine.policy().version.clone() };
    let reload = match service.live.reload() {
        Reload::Current => "current".to_owned(),
        Reload::Failed(problems) => format!("failed: {problems}"),
    };
    Json(Readiness { status: "ready", policy, reload })
}
