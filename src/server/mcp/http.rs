//! `/mcp`: the streamable HTTP transport, without sessions. Each request stands for itself, so that any of several servers can answer it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http_body_util::{BodyExt, Collected, Full};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::message::{self, Refused};
use super::{Desk, bound};
use crate::server::body::Size;
use crate::server::problem::{Kind, Problem};
use crate::server::service::Service;

/// Where it is.
const PATH: &str = "/mcp";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

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
    Router::new().route(PATH, post(respond))
}

/// Lets the transport answer, once the body is there within its bounds and is a message.
async fn respond(service: &Service, transport: &Transport, request: Request<Body>) -> Response {
    let (mut parts, body) = request.into_parts();
    let received = match service.bodies.read(&parts.headers, body, Size::Question).await {
        Ok(received) => received,
        Err(problem) => return problem.into_response(),
    };
    let message = match message::check(received.bytes()) {
        Ok(message) => message,
        Err(refused) => return refused.into_response(),
    };
    // It was looked at; `application/problem+json` and its like are JSON too.
    parts.headers.insert(header::CONTENT_TYPE, JSON);
    let body = Full::new(Bytes::copy_from_slice(message.as_bytes()));
    in_our_form(transport.handle(Request::from_parts(parts, body)).await.map(Body::new)).await
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, [(header::CONTENT_TYPE, JSON)], self.answer()).into_response()
    }
}

/// What the transport itself refuses, it refuses in plain text.
async fn in_our_form(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.headers().get(header::CONTENT_TYPE) == Some(&JSON) {
        return response;
    }
    let body = response.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let why = String::from_utf8_lossy(&body).into_owned();
    let kind = match status {
        StatusCode::FORBIDDEN => Kind::ForeignPage,
        StatusCode::NOT_ACCEPTABLE => Kind::NotAcceptable,
        // A message whose members are not those of its method, or a wrong header.
        status if status.is_client_error() => return Refused::invalid(why).into_response(),
        _ => Kind::Internal,
    };
    Problem::from(kind).detail(why).into_response()
}
