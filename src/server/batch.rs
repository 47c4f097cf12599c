//! `POST /v1/ask/batch`

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::ask::answer;
use super::body::{Received, Size};
use super::problem::{Kind, Problem};
use super::schema;
use super::service::{Service, json, line};
use crate::engine::Engine;
use crate::question::{self, Json};

/// A batch holds no more questions than this.
const MOST: usize = 10_000;

/// Many questions, each with an answer or a problem, in order.
#[utoipa::path(
    post, path = "/v1/ask/batch", tag = "questions",
    request_body(content = schema::Batch),
    responses(
        (status = 200, description = "an answer or a problem for each question, in order", body = schema::Answers),
        (status = 400, description = "not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large, more than 10000 questions, or answers of more than 64 MiB", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "not a list of questions", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded, or the answers took too long", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn ask_batch(State(service): State<Arc<Service>>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let body = service.bodies.read(&headers, body, Size::Batch).await?;
    let place = service.place()?;
    let engine = service.live.current();
    // The computing happens beside the threads that serve connections, and keeps its place even where the caller goes away.
    let work = move || {
        let answers = answers(&service, &engine, &body);
        drop(place);
        answers
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::from(Kind::Internal))?.map(json)
}

fn answers(service: &Service, engine: &Engine, body: &Received) -> Result<String, Problem> {
    let (until, longest) = (Instant::now() + service.limits.answer(), service.limits.batch_answer_bytes);
    let batch: Batch<'_> = serde_json::from_slice(body.bytes()).map_err(|error| refused(&error))?;
    if batch.questions.0.len() > MOST {
        return Err(Problem::from(Kind::TooLarge).detail(format!("at most {MOST} questions in a batch")));
    }
    let mut answers = String::from("{\"answers\":[");
    for (index, question) in batch.questions.0.into_iter().enumerate() {
        if Instant::now() > until {
            return Err(
                Problem::from(Kind::AnswerTimeout).detail(format!("{index} questions were answered in {} seconds", service.limits.answer_seconds))
            );
        }
        if index > 0 {
            answers.push(',');
        }
        answers.push_str(one(service, engine, question.get())?.trim_end());
        if answers.len() > longest {
            return Err(Problem::from(Kind::TooLarge).detail(format!("the answers are longer than {longest} bytes; ask fewer questions at one time")));
        }
    }
    answers.push_str("]}\n");
    Ok(answers)
}

/// The answer to one question of a batch, or its problem.
fn one(service: &Service, engine: &Engine, question: &str) -> Result<String, Problem> {
    let answered =
        Json::parse(question).map_err(|problem| Problem::wrong_question(vec![problem])).and_then(|question| answer(service, engine, &question));
    answered.or_else(|problem| line(&problem))
}

fn refused(error: &serde_json::Error) -> Problem {
    if error.is_data() {
        let help = Some("write it like `{\"questions\": […]}`".to_owned());
        Problem::wrong_question(vec![question::Problem { path: String::new(), message: error.to_string(), help }])
    } else {
        Problem::from(Kind::NotJson).detail(error.to_string())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<'a> {
    #[serde(borrow)]
    questions: Questions<'a>,
}

/// At most one question more than are allowed, so that too many need no memory.
struct Questions<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Questions<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Bounded).map(Questions)
    }
}

struct Bounded;

impl<'de> Visitor<'de> for Bounded {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of questions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut questions = Vec::new();
        while questions.len() <= MOST {
            let Some(question) = access.next_element()? else { return Ok(questions) };
            questions.push(question);
        }
        while access.next_element::<IgnoredAny>()?.is_some() {}
        Ok(questions)
    }
}
