//! `POST /v1/ask`

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;

use super::body::Size;
use super::problem::Problem;
use super::schema;
use super::service::{Service, json, line, parse};
use crate::answer::Answer;
use crate::engine::Engine;
use crate::question::Json;

/// One question, one answer: 200 whatever the answer.
#[utoipa::path(
    post, path = "/v1/ask", tag = "questions",
    request_body(content = schema::Question),
    responses(
        (status = 200, description = "the answer, whatever it is", body = Answer),
        (status = 400, description = "not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong question", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn ask(State(service): State<Arc<Service>>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let body = service.bodies.read(&headers, body, Size::Question).await?;
    let question = parse(&body)?;
    answer(&service, &service.live.current(), &question).map(json)
}

/// The answer to one question, as a line of JSON.
pub fn answer(service: &Service, engine: &Engine, question: &Json) -> Result<String, Problem> {
    let request = service.reader(engine).question(question, Timestamp::now()).map_err(Problem::wrong_question)?;
    line(&engine.ask(&request))
}
