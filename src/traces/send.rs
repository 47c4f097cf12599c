//! Sending spans to the collector: OTLP over HTTP.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use serde::Deserialize;
use ureq::http::{HeaderMap, Response, StatusCode};

use super::config::{Settings, SettingsError};
use super::span::{Export, Span, Value};
use crate::hooks::agent;

/// So long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// So much of an answer is read, in bytes.
const LONGEST_ANSWER: u64 = 64 << 10;

/// What became of some spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// They were taken, but for so many.
    Taken(u64),
    /// They may be taken later, after at least so long.
    Later(String, Option<Duration>),
    /// They will never be taken.
    Refused(String),
}

/// Sends spans.
pub struct Sender {
    agent: ureq::Agent,
    url: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    resource: Vec<(&'static str, Value)>,
}

impl Sender {
    /// One for a collector.
    ///
    /// # Errors
    ///
    /// Where its certificates or headers cannot be read.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let agent =
            agent(settings.ca_file.as_deref(), TIMEOUT, settings.is_here()).map_err(|why| SettingsError(format!("has no `ca_file`: {why}")))?;
        let resource = vec![
            ("service.name", Value::from(settings.service_name.clone())),
            ("service.version", env!("CARGO_PKG_VERSION").into()),
            ("service.instance.id", uuid::Uuid::new_v4().to_string().into()),
            ("telemetry.sdk.name", env!("CARGO_PKG_NAME").into()),
            ("telemetry.sdk.language", "rust".into()),
            ("telemetry.sdk.version", env!("CARGO_PKG_VERSION").into()),
        ];
        Ok(Self { agent, url: settings.url(), headers: settings.headers()?, resource })
    }

    /// Spans as they are sent.
    pub fn written(&self, spans: &[Span]) -> Option<Vec<u8>> {
        serde_json::to_vec(&Export::new(&self.resource, spans)).ok()
    }

    /// Sends spans, and waits until they are taken or that takes too long.
    pub fn send(&self, body: &[u8]) -> Sent {
        let mut request = self.agent.post(&self.url).header("content-type", "application/json");
        for (name, value) in &self.headers {
            request = request.header(name.clone(), value.clone());
        }
        match request.send(body) {
            Ok(answer) => judged(answer),
            Err(error) => Sent::Later(error.to_string(), None),
        }
    }
}

fn judged(mut answer: Response<ureq::Body>) -> Sent {
    let status = answer.status();
    if status.is_success() {
        let body = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string().unwrap_or_default();
        return Sent::Taken(rejected(&body));
    }
    failed(status, answer.headers())
}

fn failed(status: StatusCode, headers: &HeaderMap) -> Sent {
    let wait = headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok()).map(Duration::from_secs);
    // Which of them are worth another try is said by the specification.
    match status.as_u16() {
        429 | 502 | 503 | 504 => Sent::Later(status.to_string(), wait),
        300..=399 => Sent::Refused(format!("{status}; redirects are not followed")),
        _ => Sent::Refused(status.to_string()),
    }
}

/// How many spans a collector says it did not take although it answers with 200.
fn rejected(body: &str) -> u64 {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Answer {
        partial_success: Option<Partial>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Partial {
        rejected_spans: Count,
    }
    /// In the JSON of protocol buffers a text; a number is to be understood too.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Count {
        Number(u64),
        Text(String),
    }
    impl Default for Count {
        fn default() -> Self {
            Self::Number(0)
        }
    }
    let partial = serde_json::from_str::<Answer>(body).ok().and_then(|answer| answer.partial_success);
    match partial.map(|partial| partial.rejected_spans) {
        Some(Count::Number(count)) => count,
        Some(Count::Text(count)) => count.parse().unwrap_or(0),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worth_another_try_is_what_the_specification_says() {
        let of = |status: u16| failed(StatusCode::from_u16(status).unwrap(), &HeaderMap::new());
        for later in [429, 502, 503, 504] {
            assert!(matches!(of(later), Sent::Later(_, None)), "{later}");
        }
        for never in [301, 400, 401, 404, 413, 500, 501] {
            assert!(matches!(of(never), Sent::Refused(_)), "{never}");
        }
        let headers = HeaderMap::from_iter([("retry-after".parse().unwrap(), "7".parse().unwrap())]);
        assert_eq!(failed(StatusCode::SERVICE_UNAVAILABLE, &headers), Sent::Later("503 Service Unavailable".into(), Some(Duration::from_secs(7))));
    }

    #[test]
    fn a_partial_success_tells_what_was_not_taken() {
        assert_eq!(rejected(r#"{"partialSuccess": {"rejectedSpans": "3", "errorMessage": "too old"}}"#), 3);
        assert_eq!(rejected(r#"{"partialSuccess": {"rejectedSpans": 4}}"#), 4);
        for none in ["", "{}", r#"{"partialSuccess": {}}"#, r#"{"partialSuccess": null}"#, "<html>", "[]"] {
            assert_eq!(rejected(none), 0, "{none}");
        }
    }
}
