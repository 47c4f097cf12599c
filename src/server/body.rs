//! Reading a body: bounded in size, in time, and in the memory of all bodies together.
//!
//! A request takes no place among those that are worked on before its body is there, so that a slow client holds up nobody but itself.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config::Limits;
use super::problem::{Kind, Problem};
use crate::question::Fault;

/// So many bytes beyond its bound a body may have and is still received, to be thrown away.
const THROWN_AWAY: usize = 64 << 20;

/// A body of at most so many bytes takes no share of the memory for bodies: there is one of them a connection.
const SMALL: usize = 1 << 14;

/// A body, and its share of the memory for bodies.
#[derive(Debug, Default)]
pub struct Received {
    /// All of it where it came in one piece, as most do…
    whole: Bytes,
    /// …or else the pieces together.
    pieces: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

impl Received {
    fn add(&mut self, data: Bytes) {
        if !self.pieces.is_empty() {
            self.pieces.extend_from_slice(&data);
        } else if self.whole.is_empty() {
            self.whole = data;
        } else {
            self.pieces = [self.whole.as_ref(), &data].concat();
            self.whole = Bytes::new();
        }
    }

    /// The body.
    pub fn bytes(&self) -> &[u8] {
        if self.pieces.is_empty() { &self.whole } else { &self.pieces }
    }
}

/// Reads bodies for everybody.
#[derive(Clone, Debug)]
pub struct Reader {
    memory: Arc<Semaphore>,
    limits: Limits,
}

/// How long a body may be.
#[derive(Clone, Copy, Debug)]
pub enum Size {
    /// A single question.
    Question,
    /// Many.
    Batch,
}

impl Reader {
    /// A reader within these limits.
    pub fn new(limits: Limits) -> Self {
        Self { memory: Arc::new(Semaphore::new(limits.bodies_in_memory_bytes)), limits }
    }

    /// Reads a JSON body of at most `size`.
    ///
    /// A body that says that it is too long is refused before any of it is asked for. One that says nothing of its length is received, and thrown away, as far
    /// as is reasonable.
    ///
    /// # Errors
    ///
    /// 415 where it is not called JSON, 413 where it is too long, 408 where it takes too long, 503 where bodies fill the memory they may have.
    pub async fn read(&self, headers: &HeaderMap, body: impl HttpBody<Data = Bytes> + Unpin, size: Size) -> Result<Received, Problem> {
        let longest = match size {
            Size::Question => self.limits.body_bytes,
            Size::Batch => self.limits.batch_bytes,
        };
        if let Some(coding) = headers.get(header::CONTENT_ENCODING).filter(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            let detail = format!("`Content-Encoding: {}` is not understood; send the body as it is", coding.to_str().unwrap_or_default());
            return Err(Problem::from(Kind::UnsupportedMediaType).detail(detail));
        }
        if !is_json(headers) {
            return Err(Kind::UnsupportedMediaType.into());
        }
        if body.size_hint().lower() > u64::try_from(longest).unwrap_or(u64::MAX) {
            return Err(too_large(longest));
        }
        let too_slow = || Err(Problem::from(Kind::RequestTimeout).detail(format!("a body has {} seconds to arrive", self.limits.body_seconds)));
        within(self.limits.body(), self.collect(body, longest)).await.unwrap_or_else(too_slow)
    }

    async fn collect(&self, mut body: impl HttpBody<Data = Bytes> + Unpin, longest: usize) -> Result<Received, Problem> {
        let (mut length, mut kept) = (0, Ok(Received::default()));
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| cut_off())?.into_data() else { continue };
            length += data.len();
            kept = match kept {
                Ok(_) if length > longest => Err(too_large(longest)),
                Ok(received) => self.keep(received, data, length),
                refused => refused,
            };
            if kept.is_err() && length > longest + THROWN_AWAY {
                break;
            }
        }
        kept
    }

    /// Adds a piece to what was received, which is so long with it.
    fn keep(&self, mut received: Received, data: Bytes, length: usize) -> Result<Received, Problem> {
        match &mut received.share {
            Some(share) => share.merge(self.reserve(data.len())?),
            none if length > SMALL => *none = Some(self.reserve(length)?),
            _ => {}
        }
        received.add(data);
        Ok(received)
    }

    fn reserve(&self, length: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let overloaded = || Problem::from(Kind::Overloaded).detail("bodies fill the memory they may have");
        let length = u32::try_from(length).map_err(|_| overloaded())?;
        Arc::clone(&self.memory).try_acquire_many_owned(length).map_err(|_| overloaded())
    }
}

/// What a future comes to within a time. What is there at once needs no timer.
async fn within<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let at_once = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
    match at_once {
        Poll::Ready(output) => Some(output),
        Poll::Pending => tokio::time::timeout(time, future).await.ok(),
    }
}

fn too_large(longest: usize) -> Problem {
    Problem::from(Kind::Unread(Fault::TooLarge)).detail(format!("at most {longest} bytes"))
}

fn cut_off() -> Problem {
    Problem::not_json("the body ends too early")
}

/// `application/json` or `application/…+json`, in UTF-8 where it says in what; other parameters mean nothing.
fn is_json(headers: &HeaderMap) -> bool {
    let mut given = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(content_type), None) = (given.next().and_then(|value| value.to_str().ok()), given.next()) else {
        return false;
    };
    if content_type == "application/json" {
        return true;
    }
    let content_type = content_type.to_ascii_lowercase();
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let mut charsets = parts.filter_map(|parameter| parameter.strip_prefix("charset="));
    let named_json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    named_json && charsets.all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn json_has_several_names() {
        let json = |value: &'static str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]));
        assert!(json("application/json") && json("Application/JSON; charset=utf-8") && json("application/vnd.kulanz+json"));
        assert!(json("application/json; charset=\"UTF-8\"") && !json("application/json; charset=iso-8859-1"));
        assert!(!json("text/plain") && !json("") && !json("application/x-www-form-urlencoded") && !is_json(&HeaderMap::new()));
    }
}
