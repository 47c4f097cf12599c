//! `POST /v1/ask`

use std::cell::RefCell;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use tracing::Instrument;

use super::behalf::{self, Deed};
use super::body::{Received, Size};
use super::errand::{Errand, Mission, Notes};
use super::problem::Problem;
use super::schema;
use super::service::{Asking, Service, json, parse, text};
use crate::access::{Caller, Scope};
use crate::answer::Answer;
use crate::engine::{Engine, Scratch};
use crate::question::Json;

/// Where it is.
pub const PATH: &str = "/v1/ask";
/// So long most answers are, in bytes.
const ROOM: usize = 1 << 10;

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
pub async fn ask(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    respond(&service, (&caller, &mission), &headers, body).await
}

/// The same, wherever the request comes from.
pub async fn respond(
    service: &Service,
    (caller, mission): (&Caller, &Mission),
    headers: &HeaderMap,
    body: impl HttpBody<Data = Bytes> + Unpin,
) -> Result<Response, Problem> {
    service.demand(caller, Scope::Ask)?;
    let body = service.bodies.read(headers, body, Size::Question).await?;
    let mut notes = Notes::new(service, caller, mission);
    if service.books.is_some() {
        return Box::pin(answer_by_the_books(notes, &body)).instrument(mission.span(service)).await;
    }
    let question = text(&body)?;
    let mut line = String::with_capacity(ROOM);
    service.live.with(|engine| answer(&mut notes, engine, question, &mut line))?;
    notes.hand_over().await?;
    line.push('\n');
    Ok(json(line))
}

/// The same, with what the ledger says is spent.
async fn answer_by_the_books(mut notes: Notes<'_>, body: &Received) -> Result<Response, Problem> {
    let (service, caller) = (notes.service, notes.caller);
    let engine = service.live.current();
    let question = behalf::admit(service, caller, parse(body)?, Deed::Question)?;
    let mut request = service.reader(&engine, caller).question(&question, Timestamp::now()).map_err(Problem::wrong_question)?;
    service.ledger(service.books()?.ledger.fill(&engine, &mut request)).await?;
    let mut line = String::with_capacity(ROOM);
    notes.answer(&engine, &request, &mut line);
    notes.hand_over().await?;
    line.push('\n');
    Ok(json(line))
}

/// Writes the answer to one question at the end of `out`, without a ledger.
pub fn answer(notes: &mut Notes<'_>, engine: &Engine, question: &str, out: &mut String) -> Result<(), Problem> {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    let (service, caller) = (notes.service, notes.caller);
    if !behalf::is_believed_in_all(service, caller) {
        let json = behalf::admit(service, caller, Json::parse(question)?, Deed::Question)?;
        let request = service.reader(engine, caller).question(&json, Timestamp::now()).map_err(Problem::wrong_question)?;
        notes.answer(engine, &request, out);
        return Ok(());
    }
    SCRATCH.with_borrow_mut(|scratch| {
        let request = Engine::read_json(&service.reader(engine, caller), question, Timestamp::now(), scratch)?;
        notes.answer(engine, request, out);
        Ok(())
    })
}
