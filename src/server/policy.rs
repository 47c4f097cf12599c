//! `GET /v1/policy`: what a form is built from.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

use super::parameters::Parameters;
use super::problem::Problem;
use super::service::{Asking, Service};
use crate::access::Scope;
use crate::outline::Outline;
use crate::question;

/// Name, version, roles, actions, facts with their questions, and budgets. The `ETag` is the version.
#[utoipa::path(
    get, path = "/v1/policy", tag = "policy", 
    params(("lang" = Option<String>, Query, description = "the language of titles and questions; the policy's first where it is left out")),
    responses(
        (status = 200, description = "the policy", body = Outline, headers(("ETag" = String, description = "the version"))),
        (status = 304, description = "it is still the version of `If-None-Match`"),
        (status = 422, description = "the policy does not speak this language, or a wrong parameter", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn policy(State(service): State<Arc<Service>>, Extension(caller): Asking, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Ask)?;
    let given = Parameters::new(&uri, &["lang"]);
    let lang = given.raw("lang");
    given.end()?;
    let engine = service.live.current();
    let policy = engine.policy();
    let language = lang.as_deref().map_or(Ok(0), |lang| language(&policy.languages, lang))?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", policy.version)).unwrap_or(HeaderValue::from_static("\"\""));
    let headed = [(header::ETAG, tag.clone()), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    if is_still(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headed).into_response());
    }
    Ok((headed, Json(Outline::new(policy, language))).into_response())
}

fn language(languages: &[String], asked: &str) -> Result<usize, Problem> {
    let mistake = || {
        let help = Some(format!("it speaks {}", languages.join(", ")));
        Problem::wrong_question(vec![question::Problem { path: "/lang".into(), message: format!("the policy does not speak `{asked}`"), help }])
    };
    languages.iter().position(|language| *language == asked.to_lowercase()).ok_or_else(mistake)
}

/// Whether `If-None-Match` names this tag, weak or strong, or any.
fn is_still(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    named.map(str::trim).any(|name| name == "*" || Some(name.trim_start_matches("W/")) == tag.to_str().ok())
}
