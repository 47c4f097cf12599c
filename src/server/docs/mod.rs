//! `GET /docs`: the description of the service as a page to read. It is made here and needs nothing from elsewhere.

mod page;

use std::sync::LazyLock;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::openapi::description;

/// Where it is.
pub const PATH: &str = "/docs";
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// This description, to be read: a page that needs no internet.
#[utoipa::path(get, path = "/docs", tag = "service", responses((status = 200, description = "a page", content_type = "text/html")))]
pub async fn docs() -> Response {
    static PAGE: LazyLock<String> = LazyLock::new(|| page::page(&description(), STYLE, SCRIPT));
    static POLICY: LazyLock<HeaderValue> =
        LazyLock::new(|| HeaderValue::from_str(&policy()).unwrap_or(HeaderValue::from_static("default-src 'none'")));
    let head: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, POLICY.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (head, PAGE.as_str()).into_response()
}

/// What a browser may do with the page: nothing but show it, with this style and this script.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}
