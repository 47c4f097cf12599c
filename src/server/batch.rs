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
use super::errand::{Errand, Notes};
use super::problem::{Kind, Problem};
use super::schema;
use super::service::{Asking, Service, json, line, text};
use super::traced;
use crate::access::Scope;
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
pub async fn ask_batch(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Ask)?;
    let body = service.bodies.read(&headers, body, Size::Batch).await?;
    let place = service.place()?;
    let engine = service.live.current();
    // The computing happens beside the threads that serve connections, and keeps its place even where the caller goes away.
    let (span, traced) = (tracing::Span::current(), traced::notes(&service));
    let work = move || {
        let notes = Notes::new(&service, &caller, &mission);
        let answers = traced::carried(traced, || span.in_scope(|| answers(notes, &engine, &body)));
        drop(place);
        answers
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Problem::from(Kind::Internal))?.map(json)
}

fn answers(notes: Notes<'_>, engine: &Engine, body: &Received) -> Result<String, Problem> {
    let questions = envelope::questions(text(body)?)?;
    let until = Instant::now() + notes.service.limits.answer();
    let answers = String::from("{\"answers\":[");
    let mut batch = Batch { notes, engine, until, answers, answered: 0, waiting: Vec::new(), failed: None };
    let read = batch.run(questions);
    // What was answered is noted, also where not all of it was.
    let noted = Handle::current().block_on(batch.notes.hand_over());
    match (batch.failed, read) {
        (Some(problem), _) => Err(problem),
        (None, Err(error)) => Err(Problem::not_json(error.to_string())),
        (None, Ok(())) => noted.map(|()| batch.answers + "]}\n"),
    }
}

/// So many questions are brought before the ledger together.
const TOGETHER: usize = 256;

/// Answers question after question while the list is read, so that the number of questions needs no bound of its own.
struct Batch<'a> {
    notes: Notes<'a>,
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
        if self.notes.service.books.is_none() {
            self.begin()?;
            let answered = answer(&mut self.notes, self.engine, question, &mut self.answers);
            return self.end(answered);
        }
        let read = self.read(question);
        self.waiting.push(read);
        if self.waiting.len() < TOGETHER { Ok(()) } else { self.answer_waiting() }
    }

    /// A question as this caller may ask it.
    fn read(&self, question: &str) -> Result<Request, Problem> {
        let json = behalf::admit(self.notes.service, self.notes.caller, Json::parse(question)?, Deed::Question)?;
        self.notes.service.reader(self.engine, self.notes.caller).question(&json, Timestamp::now()).map_err(Problem::wrong_question)
    }

    /// Answers what waits for the ledger.
    fn answer_waiting(&mut self) -> Result<(), Problem> {
        let mut waiting = std::mem::take(&mut self.waiting);
        if let Some(books) = &self.notes.service.books {
            let mut requests: Vec<&mut Request> = waiting.iter_mut().filter_map(|read| read.as_mut().ok()).collect();
            // This is a thread that may wait.
            Handle::current().block_on(self.notes.service.ledger(books.ledger.fill_all(self.engine, &mut requests)))?;
        }
        for read in waiting {
            self.begin()?;
            let answered = read.map(|request| {
                self.notes.answer(self.engine, &request, &mut self.answers);
            });
            self.end(answered)?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Problem> {
        if Instant::now() > self.until {
            let detail = format!("{} questions were answered in {} seconds", self.answered, self.notes.service.limits.answer_seconds);
            return Err(Problem::from(Kind::AnswerTimeout).detail(detail));
        }
        if self.answered > 0 {
            self.answers.push(',');
        }
        self.notes.next(self.answered);
        Ok(())
    }

    fn end(&mut self, answered: Result<(), Problem>) -> Result<(), Problem> {
        if let Err(problem) = answered {
            self.answers.push_str(line(&problem)?.trim_end());
        }
        self.answered += 1;
        let most = self.notes.service.limits.batch_answer_bytes;
        if self.answers.len() > most {
            let detail = format!("at most {most} bytes; ask fewer questions at one time");
            return Err(Problem::from(Kind::AnswersTooLarge).detail(detail));
        }
        // This is a thread that may wait.
        if self.notes.are_long() { Handle::current().block_on(self.notes.hand_over()) } else { Ok(()) }
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
