//! `POST /v1/options`

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;

use super::body::Size;
use super::problem::Problem;
use super::schema;
use super::service::{Asking, Service, json, parse};
use crate::access::Scope;
use crate::options::Options;

/// Everything this role may do in this case, with limits.
#[utoipa::path(
    post, path = "/v1/options", tag = "questions",
    request_body(content = schema::Situation),
    responses(
        (status = 200, description = "every action with its answer and limit", body = Options),
        (status = 400, description = "not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong question", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn options(State(service): State<Arc<Service>>, Extension(caller): Asking, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Ask)?;
    let body = service.bodies.read(&headers, body, Size::Question).await?;
    let case = parse(&body)?;
    let engine = service.live.current();
    let mut request = service.reader(&engine).options(&case, Timestamp::now()).map_err(Problem::wrong_question)?;
    if let Some(books) = &service.books {
        let case = &request.case;
        request.case.spent = service.ledger(books.ledger.spent_by(&engine, &case.actor, &case.facts, case.at)).await?;
    }
    let mut line = String::new();
    engine.write_options(&request, &mut line);
    line.push('\n');
    Ok(json(line))
}
