//! The index of the service.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use super::problem::Kind;
use super::service::Service;
use super::{ask, batch, health, openapi, options, policy, request_id};

/// Every path of the service.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/v1/ask", post(ask::ask))
        .route("/v1/ask/batch", post(batch::ask_batch))
        .route("/v1/options", post(options::options))
        .route("/v1/policy", get(policy::policy))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/openapi.json", get(openapi::openapi))
        .fallback(async || Kind::NotFound)
        .method_not_allowed_fallback(async || Kind::MethodNotAllowed)
        .with_state(service)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(request_id::identify))
}

/// The log shows the cause, the caller does not see it.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over")]
fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let cause = cause.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| cause.downcast_ref::<String>().cloned());
    tracing::error!(cause = cause.unwrap_or_default(), "a handler panicked");
    Kind::Internal.into_response()
}
