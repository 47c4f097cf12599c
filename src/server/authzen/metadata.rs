//! `GET /.well-known/authzen-configuration`

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::{requests, schema};
use crate::server::problem::Problem;
use crate::server::service::{Service, answer};

/// Where it is. It is open: a caller must find out what there is before it has anything to show for itself.
pub const PATH: &str = "/.well-known/authzen-configuration";

/// What is here, and where.
#[utoipa::path(
    get, path = "/.well-known/authzen-configuration", tag = "authzen",
    responses((status = 200, description = "the metadata of the decision point", body = schema::Metadata))
)]
pub async fn metadata(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    let base = base(&service, &headers);
    let mut told = json!({
        "policy_decision_point": base,
        "access_evaluation_endpoint": format!("{base}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{base}/access/v1/evaluations"),
        "search_subject_endpoint": format!("{base}/access/v1/search/subject"),
        "search_resource_endpoint": format!("{base}/access/v1/search/resource"),
        "search_action_endpoint": format!("{base}/access/v1/search/action"),
        "supported_obligations": ["custom"],
    });
    if let (Some(_), Some(told)) = (&service.books, told.as_object_mut()) {
        told.insert("access_request_endpoint".into(), Value::String(format!("{base}{}", requests::PATH)));
        told.insert("capabilities".into(), json!(["urn:openid:authzen:capability:access-request"]));
    }
    answer(&told)
}

/// What addresses of this service begin with: as configured, else as the caller calls it.
pub fn base(service: &Service, headers: &HeaderMap) -> String {
    if let Some(url) = &service.authzen.config.url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_plain = |host: &&str| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    format!("{}://{}", service.authzen.scheme, host.filter(is_plain).unwrap_or("localhost"))
}
