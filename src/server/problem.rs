//! What goes wrong, as RFC 9457 says it: `application/problem+json` with a stable `code`.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::question;

/// An error of the service. `errors` holds every mistake of a wrong question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What kind of error this is; never changes.
    #[schema(example = "wrong_question")]
    pub code: &'static str,
    /// The kind in words.
    #[schema(example = "the question is wrong")]
    pub title: &'static str,
    /// What happened this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every mistake in the question.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<question::Problem>,
}

/// The kinds of problem: status, code and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    NotJson,
    NotFound,
    MethodNotAllowed,
    RequestTimeout,
    TooLarge,
    AnswersTooLarge,
    UnsupportedMediaType,
    WrongQuestion,
    Internal,
    Overloaded,
    AnswerTimeout,
}

impl Kind {
    fn describe(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotJson => (StatusCode::BAD_REQUEST, "not_json", "the body is not JSON"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "there is nothing at this path"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path has no such method"),
            Self::RequestTimeout => (StatusCode::REQUEST_TIMEOUT, "request_timeout", "the request took too long to arrive"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large"),
            Self::AnswersTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "answers_too_large", "the answers are too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "the body must be `application/json`, in UTF-8")
            }
            Self::WrongQuestion => (StatusCode::UNPROCESSABLE_ENTITY, "wrong_question", "the question is wrong"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong here"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "too many requests at one time"),
            Self::AnswerTimeout => (StatusCode::SERVICE_UNAVAILABLE, "answer_timeout", "the answer took too long"),
        }
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        let (status, code, title) = kind.describe();
        Self { status: status.as_u16(), code, title, detail: None, errors: Vec::new() }
    }
}

impl Problem {
    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A wrong question with all its mistakes.
    #[must_use]
    pub fn wrong_question(errors: Vec<question::Problem>) -> Self {
        Self { errors, ..Kind::WrongQuestion.into() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl IntoResponse for Kind {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
