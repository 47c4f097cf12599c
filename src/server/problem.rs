//! What goes wrong, as RFC 9457 says it: `application/problem+json` with a stable `code`.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::access::Scope;
use crate::question::{self, Fault};

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
    /// What the ledger says besides.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub more: Option<Box<More>>,
    /// What the head of the response says besides.
    #[serde(skip)]
    #[schema(ignore)]
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// What a refusal of the ledger says besides.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct More {
    /// The answer of the policy; with `not_granted`, `unconfirmed` and `nothing_to_ask`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::answer::Answer>)]
    pub answer: Option<Box<RawValue>>,
    /// The duties that are to be confirmed; with `unconfirmed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duties: Option<Vec<String>>,
    /// Who owns the case; with `not_the_owner`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The role that is needed; with `wrong_role` and `nobody_has_role`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `approved` or `declined`; with `case_closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The grant that the case became; with `case_closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
}

/// The kinds of problem: status, code and words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "some are for tokens, which nobody is asked for yet")]
pub enum Kind {
    /// The body, or a question of a batch, is none.
    Unread(Fault),
    NotFound,
    MethodNotAllowed,
    NotAcceptable,
    WrongHost,
    ForeignPage,
    RequestTimeout,
    AnswersTooLarge,
    UnsupportedMediaType,
    Internal,
    Overloaded,
    AnswerTimeout,
    IdempotencyKeyMissing,
    IdempotencyKeyWrong,
    InvalidRequest,
    Unauthorized,
    InvalidToken,
    InsufficientScope,
    ActorMismatch,
    RateLimited,
    NotGranted,
    NotTheOwner,
    OwnCase,
    SecondSignature,
    WrongRole,
    NoSuchGrant,
    NoSuchCase,
    Unconfirmed,
    IdempotencyKeyReused,
    AlreadyReversed,
    CaseClosed,
    NothingToAsk,
    NobodyHasRole,
    NoSuchPerson,
    NoLedger,
    LedgerUnavailable,
    LedgerFull,
    LogUnavailable,
}

impl Kind {
    fn describe(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unread(fault) => {
                let (status, title) = of_fault(fault);
                (status, fault.code(), title)
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "there is nothing at this path"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path has no such method"),
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, "not_acceptable", "the answer would be in a form that `Accept` does not take"),
            Self::WrongHost => (StatusCode::BAD_REQUEST, "wrong_host", "a request names its host, once"),
            Self::ForeignPage => (StatusCode::FORBIDDEN, "foreign_page", "a web page of somebody else asks, or a host by another name"),
            Self::RequestTimeout => (StatusCode::REQUEST_TIMEOUT, "request_timeout", "the request took too long to arrive"),
            Self::AnswersTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "answers_too_large", "the answers are too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "the body must be `application/json`, in UTF-8")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong here"),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "too many requests at one time"),
            Self::AnswerTimeout => (StatusCode::SERVICE_UNAVAILABLE, "answer_timeout", "the answer took too long"),
            Self::InvalidRequest => (StatusCode::BAD_REQUEST, "invalid_request", "the header `Authorization` is not understood"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "a token is needed"),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, "invalid_token", "the token is not accepted"),
            Self::InsufficientScope => (StatusCode::FORBIDDEN, "insufficient_scope", "the token does not allow this"),
            Self::ActorMismatch => (StatusCode::FORBIDDEN, "actor_mismatch", "the body says another actor than the token or the list of people"),
            Self::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "rate_limited", "too many requests of this caller"),
            of_ledger => of_ledger.describe_of_ledger(),
        }
    }
}

impl Kind {
    /// The kinds of the ledger.
    fn describe_of_ledger(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::IdempotencyKeyMissing => (StatusCode::BAD_REQUEST, "idempotency_key_missing", "the header `Idempotency-Key` is missing"),
            Self::IdempotencyKeyWrong => {
                (StatusCode::BAD_REQUEST, "idempotency_key_wrong", "the header `Idempotency-Key` must be 1 to 255 visible ASCII characters")
            }
            Self::NotGranted => (StatusCode::FORBIDDEN, "not_granted", "the policy does not grant this"),
            Self::NotTheOwner => (StatusCode::FORBIDDEN, "not_the_owner", "somebody else owns the case"),
            Self::OwnCase => (StatusCode::FORBIDDEN, "own_case", "nobody decides about what they brought themselves"),
            Self::SecondSignature => (StatusCode::FORBIDDEN, "second_signature", "this person has approved the case already"),
            Self::WrongRole => (StatusCode::FORBIDDEN, "wrong_role", "this role does not decide this"),
            Self::NoSuchGrant => (StatusCode::NOT_FOUND, "no_such_grant", "there is no such grant"),
            Self::NoSuchCase => (StatusCode::NOT_FOUND, "no_such_case", "there is no such case"),
            Self::Unconfirmed => (StatusCode::CONFLICT, "unconfirmed", "duties are not confirmed"),
            Self::IdempotencyKeyReused => (StatusCode::CONFLICT, "idempotency_key_reused", "the `Idempotency-Key` was used for something else"),
            Self::AlreadyReversed => (StatusCode::CONFLICT, "already_reversed", "the grant was reversed already"),
            Self::CaseClosed => (StatusCode::CONFLICT, "case_closed", "the case is closed"),
            Self::NothingToAsk => (StatusCode::CONFLICT, "nothing_to_ask", "the actor may grant this alone"),
            Self::NobodyHasRole => (StatusCode::CONFLICT, "nobody_has_role", "nobody who is there has the role that is needed"),
            Self::NoSuchPerson => (StatusCode::UNPROCESSABLE_ENTITY, "no_such_person", "the list of people does not have this person"),
            Self::NoLedger => (StatusCode::SERVICE_UNAVAILABLE, "no_ledger", "this service has no ledger"),
            Self::LedgerUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "ledger_unavailable", "the ledger does not answer"),
            Self::LedgerFull => (StatusCode::SERVICE_UNAVAILABLE, "ledger_full", "there is no room left for the ledger"),
            Self::LogUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "log_unavailable", "the decision log takes no more"),
            _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong here"),
        }
    }
}

/// The words are as true of one question of a batch as of a whole body.
fn of_fault(fault: Fault) -> (StatusCode, &'static str) {
    match fault {
        Fault::NotUtf8 => (StatusCode::BAD_REQUEST, "this is not UTF-8"),
        Fault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "this is too large"),
        Fault::NotJson => (StatusCode::BAD_REQUEST, "this is not JSON"),
        Fault::TooDeep => (StatusCode::UNPROCESSABLE_ENTITY, "this is nested too deeply"),
        Fault::WrongQuestion => (StatusCode::UNPROCESSABLE_ENTITY, "the question is wrong"),
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        let (status, code, title) = kind.describe();
        Self { status: status.as_u16(), code, title, detail: None, errors: Vec::new(), more: None, headers: Vec::new() }
    }
}

impl Problem {
    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A caller without this scope.
    #[must_use]
    pub fn insufficient_scope(scope: Scope) -> Self {
        let challenge = format!("Bearer realm=\"kulanz\", error=\"insufficient_scope\", scope=\"{scope}\"");
        Self::from(Kind::InsufficientScope).detail(format!("this takes the scope `{scope}`")).header(header::WWW_AUTHENTICATE, &challenge)
    }

    /// Says something in the head of the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    /// A wrong question with all its mistakes.
    #[must_use]
    pub fn wrong_question(errors: Vec<question::Problem>) -> Self {
        question::Unread::from(errors).into()
    }

    /// Says what the ledger says besides.
    #[must_use]
    pub fn more(mut self, more: More) -> Self {
        self.more = Some(Box::new(more));
        self
    }

    /// Something that is no JSON.
    #[must_use]
    pub fn not_json(detail: impl Into<String>) -> Self {
        Self::from(Kind::Unread(Fault::NotJson)).detail(detail)
    }
}

impl From<question::Unread> for Problem {
    /// A mistake that is about the whole is its detail; those of a question are listed.
    fn from(unread: question::Unread) -> Self {
        let problem = Self::from(Kind::Unread(unread.fault));
        if unread.fault == Fault::WrongQuestion {
            return Self { errors: unread.problems, ..problem };
        }
        Self { detail: unread.problems.into_iter().next().map(in_a_line), ..problem }
    }
}

fn in_a_line(problem: question::Problem) -> String {
    match problem.help {
        Some(help) => format!("{} ({help})", problem.message),
        None => problem.message,
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
        response.headers_mut().extend(self.headers);
        response
    }
}

impl IntoResponse for Kind {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Status, code and whether it is one of a line, as the guide lists them.
    fn listed() -> Vec<[String; 3]> {
        let guide = include_str!("../../docs/http-guide.md");
        let (_, table) = guide.split_once("| status | code | in a line | |\n").unwrap();
        let cells = |row: &str| {
            let cells: Vec<_> = row.split('|').map(|cell| cell.trim().replace('`', "")).collect();
            [1, 2, 3].map(|column| cells[column].clone())
        };
        table.lines().skip(1).take_while(|line| line.starts_with('|')).map(cells).collect()
    }

    /// What follows a kind in the order of the guide; a new kind is not forgotten here.
    fn next(kind: Kind) -> Option<Kind> {
        Some(match kind {
            Kind::Unread(Fault::NotJson) => Kind::Unread(Fault::NotUtf8),
            Kind::Unread(Fault::NotUtf8) => Kind::IdempotencyKeyMissing,
            Kind::IdempotencyKeyMissing => Kind::IdempotencyKeyWrong,
            Kind::IdempotencyKeyWrong => Kind::WrongHost,
            Kind::WrongHost => Kind::InvalidRequest,
            Kind::InvalidRequest => Kind::Unauthorized,
            Kind::Unauthorized => Kind::InvalidToken,
            Kind::InvalidToken => Kind::InsufficientScope,
            Kind::InsufficientScope => Kind::ActorMismatch,
            Kind::ActorMismatch => Kind::ForeignPage,
            Kind::ForeignPage => Kind::NotGranted,
            Kind::NotGranted => Kind::NotTheOwner,
            Kind::NotTheOwner => Kind::OwnCase,
            Kind::OwnCase => Kind::SecondSignature,
            Kind::SecondSignature => Kind::WrongRole,
            Kind::WrongRole => Kind::NotFound,
            Kind::NotFound => Kind::NoSuchGrant,
            Kind::NoSuchGrant => Kind::NoSuchCase,
            Kind::NoSuchCase => Kind::MethodNotAllowed,
            Kind::MethodNotAllowed => Kind::NotAcceptable,
            Kind::NotAcceptable => Kind::RequestTimeout,
            Kind::RequestTimeout => Kind::Unconfirmed,
            Kind::Unconfirmed => Kind::IdempotencyKeyReused,
            Kind::IdempotencyKeyReused => Kind::AlreadyReversed,
            Kind::AlreadyReversed => Kind::CaseClosed,
            Kind::CaseClosed => Kind::NothingToAsk,
            Kind::NothingToAsk => Kind::NobodyHasRole,
            Kind::NobodyHasRole => Kind::Unread(Fault::TooLarge),
            Kind::Unread(Fault::TooLarge) => Kind::AnswersTooLarge,
            Kind::AnswersTooLarge => Kind::UnsupportedMediaType,
            Kind::UnsupportedMediaType => Kind::Unread(Fault::TooDeep),
            Kind::Unread(Fault::TooDeep) => Kind::Unread(Fault::WrongQuestion),
            Kind::Unread(Fault::WrongQuestion) => Kind::NoSuchPerson,
            Kind::NoSuchPerson => Kind::RateLimited,
            Kind::RateLimited => Kind::Internal,
            Kind::Internal => Kind::Overloaded,
            Kind::Overloaded => Kind::AnswerTimeout,
            Kind::AnswerTimeout => Kind::NoLedger,
            Kind::NoLedger => Kind::LedgerUnavailable,
            Kind::LedgerUnavailable => Kind::LedgerFull,
            Kind::LedgerFull => Kind::LogUnavailable,
            Kind::LogUnavailable => return None,
        })
    }

    fn all() -> impl Iterator<Item = Kind> {
        std::iter::successors(Some(Kind::Unread(Fault::NotJson)), |kind| next(*kind))
    }

    #[test]
    fn the_guide_lists_every_code_with_its_status() {
        let expected = all().map(|kind| {
            let (status, code, _) = kind.describe();
            let in_a_line = if matches!(kind, Kind::Unread(_)) { "yes" } else { "" };
            [status.as_u16().to_string(), code.to_owned(), in_a_line.to_owned()]
        });
        assert_eq!(listed(), expected.collect::<Vec<_>>());
    }

    #[test]
    fn codes_are_unique() {
        let mut codes: Vec<_> = all().map(|kind| kind.describe().1).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(Fault::ALL.iter().all(|fault| codes.contains(&fault.code())));
    }
}
