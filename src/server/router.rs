//! The index of the service.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::problem::Kind;
use super::service::Service;
use super::{ask, batch, health, openapi, options, policy};

/// Every path of the service.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route(ask::PATH, post(ask::ask))
        .route("/v1/ask/batch", post(batch::ask_batch))
        .route("/v1/options", post(options::options))
        .route("/v1/policy", get(policy::policy))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/openapi.json", get(openapi::openapi))
        .fallback(async || Kind::NotFound)
        .method_not_allowed_fallback(async || Kind::MethodNotAllowed)
        .with_state(service)
}
