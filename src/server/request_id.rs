//! `X-Request-Id`: taken where it is sane, made otherwise, echoed and logged.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 128;

/// Gives the request its id and logs how it ended.
pub async fn identify(request: Request, next: Next) -> Response {
    let id = request.headers().get(HEADER).filter(|id| is_sane(id)).cloned().unwrap_or_else(make);
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let (method, path, begun) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    async move {
        let mut response = next.run(request).await;
        // The path is quoted: it comes from outside.
        tracing::info!(%method, ?path, status = response.status().as_u16(), micros = begun.elapsed().as_micros(), "answered");
        response.headers_mut().insert(HEADER, id);
        response
    }
    .instrument(span)
    .await
}

fn is_sane(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte))
}

fn make() -> HeaderValue {
    HeaderValue::from_str(&uuid::Uuid::now_v7().to_string()).unwrap_or(HeaderValue::from_static("none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_and_plain() {
        let sane = |id: &str| is_sane(&HeaderValue::from_str(id).unwrap());
        assert!(sane("a") && sane(&"a".repeat(128)) && sane("01J:x/y+z=_-.@"));
        assert!(!sane("") && !sane(&"a".repeat(129)) && !sane("a b") && !sane("a\"b"));
    }
}
