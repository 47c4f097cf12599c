//! What every handler works with.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::body::{self, Received};
use super::config::{Config, Limits};
use super::problem::{Kind, Problem};
use super::reload::Live;
use crate::engine::{Engine, json_line};
use crate::question::{Caller, Json, Reader, Unread};

/// The service while it runs.
#[derive(Debug)]
pub struct Service {
    /// The policy that answers now.
    pub live: Arc<Live<Engine>>,
    /// Reads bodies.
    pub bodies: body::Reader,
    /// What callers may use up.
    pub limits: Limits,
    trust_record: bool,
    batches: Arc<Semaphore>,
}

impl Service {
    /// A service that answers from what is live.
    pub fn new(live: Arc<Live<Engine>>, config: &Config) -> Self {
        let limits = config.limits;
        let batches = Arc::new(Semaphore::new(limits.concurrent_batches));
        Self { live, bodies: body::Reader::new(limits), limits, trust_record: config.trust_record, batches }
    }

    /// A place among the batches that are worked on; kept until it is dropped.
    ///
    /// # Errors
    ///
    /// 503 where all are taken.
    pub fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let taken = |_| Problem::from(Kind::Overloaded).detail("as many batches as allowed are worked on");
        Arc::clone(&self.batches).try_acquire_owned().map_err(taken)
    }

    /// Reads questions as those of this service's callers: where they are no system of record, a `record` is refused, for to take it for something said would
    /// be a quiet surprise.
    pub fn reader<'p>(&self, engine: &'p Engine) -> Reader<'p> {
        let caller = if self.trust_record { Caller::SystemOfRecord } else { Caller::WithoutRecord };
        engine.reader().caller(caller)
    }
}

/// A body as text.
///
/// # Errors
///
/// 400 where it is none.
pub fn text(body: &Received) -> Result<&str, Problem> {
    std::str::from_utf8(body.bytes()).map_err(|error| Unread::not_utf8(error.valid_up_to() + 1).into())
}

/// A body as JSON.
///
/// # Errors
///
/// 400 where it is none.
pub fn parse(body: &Received) -> Result<Json, Problem> {
    Ok(Json::parse(text(body)?)?)
}

/// A JSON text as a response.
pub fn json(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A value as a line of JSON.
///
/// # Errors
///
/// 500 where it is none, which cannot be.
pub fn line(value: &impl Serialize) -> Result<String, Problem> {
    json_line(value).map_err(|error| {
        tracing::error!(%error, "an answer is not JSON");
        Kind::Internal.into()
    })
}
