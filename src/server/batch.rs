//! `POST /v1/ask/batch`

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::ask::answer;
use super::body::{Received, Size};
use super::envelope;
use super::problem::{Kind, Problem};
use super::schema;
use super::service::{Service, json, line, text};
use crate::engine::Engine;

/// Many questions, each with an answer or a problem, in order.
#[utoipa::path(
    post, path = "/v1/ask/batch", tag = "questions",
    request_body(content = schema::Batch),
    responses(
        (status = 200, description = "an answer or a problem for each question, in order", body = schema::Answers),
        (status = 400, description = "not JSON", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`: more than 16 MiB; `answers_too_large`: answers of more than 64 MiB", body = Problem, content_type = "application/problem+json"),
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
    let questions = envelope::questions(text(body)?)?;
    let mut batch = Batch { service, engine, until: Instant::now() + service.limits.answer(), answers: String::from("{\"answers\":["), failed: None };
    let read = batch.run(questions);
    match (batch.failed, read) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(Problem::not_json(error.to_string())),
        (None, Ok(())) => Ok(batch.answers + "]}\n"),
    }
}

/// Answers question after question while the list is read, so that the number of questions needs no bound of its own.
struct Batch<'a> {
    service: &'a Service,
    engine: &'a Engine,
    until: Instant,
    answers: String,
    failed: Option<Problem>,
}

impl Batch<'_> {
    fn run(&mut self, questions: &RawValue) -> serde_json::Result<()> {
        self.deserialize(&mut serde_json::Deserializer::from_str(questions.get()))
    }

    /// Adds the answer to one question, or its problem.
    fn add(&mut self, index: usize, question: &str) -> Result<(), Problem> {
        let limits = self.service.limits;
        if Instant::now() > self.until {
            return Err(Problem::from(Kind::AnswerTimeout).detail(format!("{index} questions were answered in {} seconds", limits.answer_seconds)));
        }
        if index > 0 {
            self.answers.push(',');
        }
        if let Err(unread) = answer(self.service, self.engine, question, &mut self.answers) {
            self.answers.push_str(line(&Problem::from(unread))?.trim_end());
        }
        if self.answers.len() > limits.batch_answer_bytes {
            let detail = format!("at most {} bytes; ask fewer questions at one time", limits.batch_answer_bytes);
            return Err(Problem::from(Kind::AnswersTooLarge).detail(detail));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Batch<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Batch<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of questions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(question) = access.next_element::<&RawValue>()? {
            if let Err(problem) = self.add(index, question.get()) {
                self.failed = Some(problem);
                return Err(A::Error::custom("no further question is answered"));
            }
            index += 1;
        }
        Ok(())
    }
}
