//! Reading a body: bounded in size, in time, and in the memory of all bodies together.
//!
//! A request takes no place among those that are worked on before its body is there, so that a slow client holds up nobody but itself.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use http_body_util::{BodyExt, Limited};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::config::Limits;
use super::problem::{Kind, Problem};

/// A body, and its share of the memory for bodies.
#[derive(Debug)]
pub struct Received {
    bytes: Vec<u8>,
    _share: Option<OwnedSemaphorePermit>,
}

impl Received {
    /// The body.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
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
    /// # Errors
    ///
    /// 415 where it is not called JSON, 413 where it is too long, 408 where it takes too long, 503 where bodies fill the memory they may have.
    pub async fn read(&self, headers: &HeaderMap, body: Body, size: Size) -> Result<Received, Problem> {
        if !is_json(headers) {
            return Err(Kind::UnsupportedMediaType.into());
        }
        let longest = match size {
            Size::Question => self.limits.body_bytes,
            Size::Batch => self.limits.batch_bytes,
        };
        let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > longest) {
            return Err(too_large(longest));
        }
        match tokio::time::timeout(self.limits.body(), self.collect(body, longest)).await {
            Ok(received) => received,
            Err(_) => Err(Problem::from(Kind::RequestTimeout).detail(format!("a body has {} seconds to arrive", self.limits.body_seconds))),
        }
    }

    async fn collect(&self, body: Body, longest: usize) -> Result<Received, Problem> {
        let mut body = Limited::new(body, longest);
        let mut bytes = Vec::new();
        let mut share: Option<OwnedSemaphorePermit> = None;
        while let Some(frame) = body.frame().await {
            let Ok(data) =
                frame.map_err(|error| if error.is::<http_body_util::LengthLimitError>() { too_large(longest) } else { cut_off() })?.into_data()
            else {
                continue;
            };
            let part = self.reserve(data.len())?;
            match &mut share {
                Some(share) => share.merge(part),
                none => *none = Some(part),
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Received { bytes, _share: share })
    }

    fn reserve(&self, length: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let overloaded = || Problem::from(Kind::Overloaded);
        let length = u32::try_from(length).map_err(|_| overloaded())?;
        Arc::clone(&self.memory).try_acquire_many_owned(length).map_err(|_| overloaded())
    }
}

fn too_large(longest: usize) -> Problem {
    Problem::from(Kind::TooLarge).detail(format!("at most {longest} bytes"))
}

fn cut_off() -> Problem {
    Problem::from(Kind::NotJson).detail("the body ends too early")
}

/// `application/json` or `application/…+json`, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn json_has_several_names() {
        let json = |value: &'static str| is_json(&HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]));
        assert!(json("application/json") && json("Application/JSON; charset=utf-8") && json("application/vnd.kulanz+json"));
        assert!(!json("text/plain") && !json("") && !json("application/x-www-form-urlencoded") && !is_json(&HeaderMap::new()));
    }
}
