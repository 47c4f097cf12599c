//! The index of the service.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::problem::Kind;
use super::service::Service;
use super::{ask, authzen, batch, budgets, cases, docs, grants, health, metrics, openapi, options, policy};

/// Every path of the service.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route(ask::PATH, post(ask::ask))
        .route("/v1/ask/batch", post(batch::ask_batch))
        .route("/v1/options", post(options::options))
        .route("/v1/policy", get(policy::policy))
        .route(grants::PATH, get(grants::grants).post(grants::grant))
        .route("/v1/grants/{id}", get(grants::one))
        .route("/v1/grants/{id}/reverse", post(grants::reverse))
        .route("/v1/budgets", get(budgets::budgets))
        .route(cases::PATH, get(cases::cases).post(cases::open))
        .route("/v1/cases/{id}", get(cases::one))
        .route("/v1/cases/{id}/approve", post(cases::approve))
        .route("/v1/cases/{id}/decline", post(cases::decline))
        .route("/v1/cases/{id}/hand_over", post(cases::hand_over))
        .route("/v1/cases/{id}/add", post(cases::add))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route(metrics::PATH, get(metrics::metrics))
        .route("/openapi.json", get(openapi::openapi))
        .route(docs::PATH, get(docs::docs))
        .merge(authzen::routes())
        .fallback(async || Kind::NotFound)
        .method_not_allowed_fallback(async || Kind::MethodNotAllowed)
        .with_state(service)
}
