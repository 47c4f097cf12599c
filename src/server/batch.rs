//! `POST /v1/ask/batch`

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tokio::runtime::Handle;

use super::ask::answer;
use super::behalf::{self, Deed};
use super::body::{Received, Size};
use super::envelope;
use super::problem::{Kind, Problem};
use super::schema;
use super::service::{Asking, Service, json, line, text};
use super::traced;
use crate::access::{Caller, Scope};
use crate::engine::Engine;
use crate::question::{Json, Request};

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
pub async fn ask_batch(State(service): State<Arc<Service>>, Extension(caller): Asking, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Ask)?;
    let body = service.bodies.read(&headers, body, Size::Batch).await?;
    let place = service.place()?;
    let engine = service.live.current();
    // The computing happens beside the threads that serve connections, and keeps its place even where the caller goes away.
    let notes = traced::notes(&service);
    let work = move || {
        let answers = traced::carried(notes, || answers(&service, &caller, &engine, &body));
        drop(place);
        answers
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::from(Kind::Internal))?.map(json)
}

fn answers(service: &Service, caller: &Caller, engine: &Engine, body: &Received) -> Result<String, Problem> {
    let questions = envelope::questions(text(body)?)?;
    let until = Instant::now() + service.limits.answer();
    let answers = String::from("{\"answers\":[");
    let mut batch = Batch { service, caller, engine, until, answers, answered: 0, waiting: Vec::new(), failed: None };
    let read = batch.run(questions);
    match (batch.failed, read) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(Problem::not_json(error.to_string())),
        (None, Ok(())) => Ok(batch.answers + "]}\n"),
    }
}

/// So many questions are brought before the ledger together.
const TOGETHER: usize = 256;

/// Answers question after question while the list is read, so that the number of questions needs no bound of its own.
struct Batch<'a> {
    service: &'a Service,
    caller: &'a Caller,
    engine: &'a Engine,
    until: Instant,
    answers: String,
    answered: usize,
    /// Questions that wait for what the ledger says is spent.
    waiting: Vec<Result<Request, Problem>>,
    failed: Option<Problem>,
}

impl Batch<'_> {
    fn run(&mut self, questions: &RawValue) -> serde_json::Result<()> {
        self.deserialize(&mut serde_json::Deserializer::from_str(questions.get()))
    }

    /// Adds the answer to one question, or its problem; with a ledger, those to all that wait, once they are many.
    fn add(&mut self, question: &str) -> Result<(), Problem> {
        if self.service.books.is_none() {
            self.begin()?;
            let answered = answer((self.service, self.caller), self.engine, question, &mut self.answers);
            return self.end(answered);
        }
        let read = self.read(question);
        self.waiting.push(read);
        if self.waiting.len() < TOGETHER { Ok(()) } else { self.answer_waiting() }
    }

    /// A question as this caller may ask it.
    fn read(&self, question: &str) -> Result<Request, Problem> {
        let json = behalf::admit(self.service, self.caller, Json::parse(question)?, Deed::Question)?;
        self.service.reader(self.engine, self.caller).question(&json, Timestamp::now()).map_err(Problem::wrong_question)
    }

    /// Answers what waits for the ledger.
    fn answer_waiting(&mut self) -> Result<(), Problem> {
        let mut waiting = std::mem::take(&mut self.waiting);
        if let Some(books) = &self.service.books {
            let mut requests: Vec<&mut Request> = waiting.iter_mut().filter_map(|read| read.as_mut().ok()).collect();
            // This is a thread that may wait.
            Handle::current().block_on(self.service.ledger(books.ledger.fill_all(self.engine, &mut requests)))?;
        }
        for read in waiting {
            self.begin()?;
            let answered = read.map(|request| {
                self.service.write_answer(self.engine, &request, &mut self.answers);
            });
            self.end(answered)?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Problem> {
        if Instant::now() > self.until {
            let detail = format!("{} questions were answered in {} seconds", self.answered, self.service.limits.answer_seconds);
            return Err(Problem::from(Kind::AnswerTimeout).detail(detail));
        }
        if self.answered > 0 {
            self.answers.push(',');
        }
        Ok(())
    }

    fn end(&mut self, answered: Result<(), Problem>) -> Result<(), Problem> {
        if let Err(problem) = answered {
            self.answers.push_str(line(&problem)?.trim_end());
        }
        self.answered += 1;
        let most = self.service.limits.batch_answer_bytes;
        if self.answers.len() > most {
            let detail = format!("at most {most} bytes; ask fewer questions at one time");
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
        let mut added = Ok(());
        while let Some(question) = access.next_element::<&RawValue>()? {
            added = self.add(question.get());
            if added.is_err() {
                break;
            }
        }
        added.and_then(|()| self.answer_waiting()).map_err(|problem| {
            self.failed = Some(problem);
            A::Error::custom("no further question is answered")
        })
    }
}
