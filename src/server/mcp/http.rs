//! `/mcp`: the streamable HTTP transport, without sessions. Each request stands for itself, so that any of several servers can answer it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Method, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http_body_util::Full;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::{Desk, bound};
use crate::server::body::Size;
use crate::server::service::Service;

/// Where it is.
const PATH: &str = "/mcp";

type Transport = StreamableHttpService<Desk, NeverSessionManager>;

/// The route, where the configuration has `[mcp]`.
pub fn routes(service: &Arc<Service>) -> Router<Arc<Service>> {
    let Some(settings) = &service.mcp else { return Router::new() };
    let identity = settings.identity();
    let caller = identity.as_ref().filter(|_| service.gate.is_open()).map(|identity| Arc::new(bound(identity, false)));
    let desk = Desk { service: Arc::clone(service), caller, identity, record: None, language: None, announces: false };
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_origins(settings.origins.clone())
        .enforce_origin_validation();
    // A page that has its name point to this machine has no token; without tokens, the name tells it.
    let config = if service.gate.is_open() { config } else { config.disable_allowed_hosts() };
    let transport: Transport = StreamableHttpService::new(move || Ok(desk.clone()), Arc::default(), config);
    let respond = async move |State(service): State<Arc<Service>>, request: Request<Body>| respond(&service, &transport, request).await;
    Router::new().route(PATH, any(respond))
}

/// Lets the transport answer, once the body is there within its bounds.
async fn respond(service: &Service, transport: &Transport, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = match parts.method {
        Method::POST => match service.bodies.read(&parts.headers, body, Size::Question).await {
            Ok(received) => Bytes::copy_from_slice(received.bytes()),
            Err(problem) => return problem.into_response(),
        },
        _ => Bytes::new(),
    };
    transport.handle(Request::from_parts(parts, Full::new(body))).await.map(Body::new)
}
