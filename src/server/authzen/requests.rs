//! `POST /access/v1/requests` and `GET /access/v1/requests/{id}`: a denial becomes a case, and its approval a grant.
//!
//! This is the AuthZEN Access Request and Approval Profile, Draft 1. A task is a case of the ledger; the handle of a task says to which request it is bound, so that
//! nothing is kept but the case. A case that is approved has become a grant, which is booked: an evaluation that comes with its approval finds that grant and spends nothing.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json as Body200};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::decision::{Desk, Prepared};
use super::evaluation::read;
use super::model::{Asked, Entity, Part, Parts, as_specified, wrong};
use super::schema;
use super::seal::Purpose;
use crate::access::Scope;
use crate::ledger::record::{Case, CaseState};
use crate::ledger::{Done, Office, Settled};
use crate::question::{Caller as Trust, Field, Json};
use crate::server::problem::{Kind, Problem};
use crate::server::service::{Asking, Service};
use crate::server::{cases, idempotency, proposal};

/// Where they are.
pub const PATH: &str = "/access/v1/requests";
/// With which the types of the profile's errors begin.
const ERROR: &str = "urn:openid:authzen:access-request:error:";

/// An error with its type in the profile, where it has one.
#[derive(Debug)]
pub struct Refused {
    problem: Box<Problem>,
    ty: Option<&'static str>,
}

impl Refused {
    fn new(ty: &'static str, status: u16, detail: impl Into<String>) -> Self {
        let problem = Problem { status, errors: Vec::new(), ..wrong("", "") }.detail(detail);
        Self { problem: Box::new(problem), ty: Some(ty) }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        let (ty, status) = match problem.code {
            "nothing_to_ask" | "not_granted" | "nobody_has_role" => (Some("not_requestable"), 400),
            "idempotency_key_reused" => (Some("duplicate_request"), 409),
            "no_such_case" => (Some("unknown_task"), 404),
            _ => (None, as_specified(problem.clone()).status),
        };
        Self { problem: Box::new(Problem { status, ..problem }), ty }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self { problem, ty } = self;
        let Some(ty) = ty else { return problem.into_response() };
        let mut told = serde_json::to_value(&problem).unwrap_or_default();
        if let Some(told) = told.as_object_mut() {
            told.insert("type".into(), format!("{ERROR}{ty}").into());
        }
        let mut response = problem.into_response();
        *response.body_mut() = Body::from(told.to_string());
        // It was that of the shorter text.
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
    }
}

/// Brings a denial to whoever may decide: a case of the ledger.
#[utoipa::path(
    post, path = "/access/v1/requests", tag = "authzen", operation_id = "open_request",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters; a repetition with the same body gets the same task")),
    request_body(content = schema::AccessRequest),
    responses(
        (status = 202, description = "the task", body = schema::TaskResponse, headers(("Location" = String, description = "its status"))),
        (status = 400, description = "`not_requestable`, `invalid_denial_binding`, or a wrong request", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`own_case`; `insufficient_scope`, `actor_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`duplicate_request`", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "`expired_denial`", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn open(State(service): State<Arc<Service>>, Extension(caller): Asking, headers: HeaderMap, body: Body) -> Result<Response, Refused> {
    let desk = Desk::new(&service, &caller, Scope::Cases, &headers)?;
    let json = read(&service, &headers, body).await?;
    let ledger = &service.books()?.ledger;
    let whole = Part::new(&json, "")?;
    for name in ["items", "callback"] {
        if whole.get(name).is_some() {
            return Err(wrong(format!("/{name}"), format!("`{name}` is not supported")).into());
        }
    }
    let asked = Parts::new(whole, None).asked()?;
    desk.may_ask_as(&asked.subject)?;
    let ticket = idempotency::optional(&caller, &headers, PATH, &json)?;
    let bound = bound(&desk, &whole, &asked);
    let settled = match (bound, &ticket) {
        (Ok(denial), _) => {
            // A denial without a key is brought once all the same.
            let ticket = ticket.unwrap_or_else(|| idempotency::of_denial(&denial, PATH, &json));
            let question = question(&desk, &asked)?;
            // What is on record here is so by the mapping.
            let (proposal, _) = proposal::read_as(&service, &caller, Trust::SystemOfRecord, &question, &[Field::Note])?;
            service.ledger(ledger.open_case(&service.people(), &proposal, None, Some(ticket))).await?
        }
        // A repetition may come later than its denial holds.
        (Err(refused), Some(ticket)) => service.ledger(ledger.recall(ticket)).await?.ok_or(refused)?,
        (Err(refused), None) => return Err(refused),
    };
    let case = case(settled)?;
    let id = service.authzen.seal.make(Purpose::Task, &[&case.id, &desk.digest(&asked)], &[]);
    let told = told(&desk, &id, &case, None);
    let location = HeaderValue::from_str(&format!("{}{PATH}/{id}", desk.base)).unwrap_or(HeaderValue::from_static(PATH));
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Body200(told)).into_response())
}

/// How a task stands.
#[utoipa::path(
    get, path = "/access/v1/requests/{id}", tag = "authzen", operation_id = "one_request",
    params(("id" = String, Path, description = "its handle")),
    responses(
        (status = 200, description = "the task, with the approval once there is one", body = schema::TaskResponse),
        (status = 403, description = "`insufficient_scope`, `actor_mismatch`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`unknown_task`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let desk = Desk::new(&service, &caller, Scope::Cases, &headers)?;
    let ledger = &service.books()?.ledger;
    let id = id.map_err(|_| Kind::NoSuchCase).map_err(Problem::from)?.0;
    let [case, _] = service.authzen.seal.check(Purpose::Task, &id, &[]).ok_or_else(|| Problem::from(Kind::NoSuchCase))?;
    let (case, _) = service.ledger(ledger.find_case(case)).await?.ok_or_else(|| Problem::from(Kind::NoSuchCase))?;
    desk.may_ask_as(&Entity { ty: String::new(), id: case.proposer.id.clone(), properties: Vec::new() })?;
    let approved = approved(&desk, &case).await?;
    Ok(Body200(told(&desk, &id, &case, approved.as_ref())).into_response())
}

fn case(settled: Settled) -> Result<Box<Case>, Problem> {
    match settled? {
        Done::Case(case) => Ok(case),
        Done::Grant(_) => Err(Kind::IdempotencyKeyReused.into()),
    }
}

/// The denial to which a request belongs, if it still holds.
fn bound(desk: &Desk<'_>, whole: &Part<'_>, asked: &Asked) -> Result<String, Refused> {
    let unbound = |detail: &str| Refused::new("invalid_denial_binding", 400, detail);
    let denial = whole.get("denial").ok_or_else(|| unbound("`denial` is missing"))?;
    let denial = Part::new(denial, "/denial")?;
    let token = denial.text("binding_token")?.ok_or_else(|| unbound("`denial.binding_token` is missing"))?;
    let until = denial.text("expires_at")?.ok_or_else(|| unbound("`denial.expires_at` is missing"))?;
    let until: Timestamp = until.parse().map_err(|_| unbound("`denial.expires_at` is no time"))?;
    let told = desk.service.authzen.seal.check(Purpose::Denial, token, &[&desk.digest(asked)]);
    let [expires, id] = told.ok_or_else(|| unbound("the token is not that of a denial of this request"))?;
    if denial.text("evaluation_id")?.is_some_and(|told| told != id) {
        return Err(unbound("the token is that of another evaluation"));
    }
    let expires = expires.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    if expires.is_none_or(|expires| expires.min(until) <= desk.now) {
        return Err(Refused::new("expired_denial", 410, "evaluate once more, and bring the new denial"));
    }
    Ok(id.to_owned())
}

/// The question of the case, with the justification as its note.
fn question(desk: &Desk<'_>, asked: &Asked) -> Result<Json, Refused> {
    let question = desk.mapping().question(asked).map_err(|closed| Refused::new("not_requestable", 400, closed.message))?;
    let Json::Object(mut members) = question else { return Ok(question) };
    let why = asked.context.iter().find(|(name, why)| name == "business_justification" && *why != Json::Null);
    members.extend(why.map(|(_, why)| ("note".to_owned(), why.clone())));
    Ok(Json::Object(members))
}

/// What an approval is: since when, and until when.
#[derive(Debug)]
pub struct Approved {
    at: Timestamp,
    until: Timestamp,
    grant: String,
    is_reversed: bool,
}

/// The approval of a case, if it has one.
async fn approved(desk: &Desk<'_>, case: &Case) -> Result<Option<Approved>, Problem> {
    let (CaseState::Approved, Some(grant)) = (case.state, &case.grant) else { return Ok(None) };
    let ledger = &desk.service.books()?.ledger;
    let Some(grant) = desk.service.ledger(ledger.find_grant(grant)).await? else { return Ok(None) };
    let at: Timestamp = grant.at.parse().unwrap_or(Timestamp::MIN);
    let until = at.checked_add(SignedDuration::from_mins(desk.config().approval_minutes.into())).unwrap_or(at);
    Ok(Some(Approved { at, until, is_reversed: grant.reversed.is_some(), grant: grant.id }))
}

fn told(desk: &Desk<'_>, id: &str, case: &Case, approved: Option<&Approved>) -> Value {
    let status = match case.state {
        CaseState::Open => "pending",
        CaseState::Declined => "denied",
        CaseState::Approved if approved.is_some_and(|approved| approved.is_reversed) => "cancelled",
        CaseState::Approved => "approved",
    };
    let task = json!({
        "id": id,
        "status": status,
        "status_endpoint": format!("{}{PATH}/{id}", desk.base),
        "case": format!("{}/{}", cases::PATH, case.id),
        "due": case.due,
    });
    let mut told = Map::from_iter([("task".to_owned(), task)]);
    if let Some(approved) = approved.filter(|_| status == "approved") {
        let approval = json!({"id": id, "approved_at": approved.at.to_string(), "approved_until": approved.until.to_string()});
        told.insert("result".into(), json!({"mode": "reevaluate", "approval": approval}));
    }
    told.into()
}

/// The context of a decision that an approval makes, or why it makes none.
///
/// # Errors
///
/// 503 where the ledger does not answer.
pub async fn approval(desk: &Desk<'_>, asked: &Asked, approval: &Json) -> Result<Result<Map<String, Value>, &'static str>, Problem> {
    const UNVERIFIABLE: &str = "approval_unverifiable";
    let Ok(Some(id)) = Part::new(approval, "/context/approval").and_then(|approval| approval.text("id")) else { return Ok(Err(UNVERIFIABLE)) };
    let Some([case, digest]) = desk.service.authzen.seal.check::<2>(Purpose::Task, id, &[]) else { return Ok(Err(UNVERIFIABLE)) };
    let Some(books) = &desk.service.books else { return Ok(Err(UNVERIFIABLE)) };
    let Some((case, _)) = desk.service.ledger(books.ledger.find_case(case)).await? else { return Ok(Err(UNVERIFIABLE)) };
    if digest != desk.digest(asked) || case.proposer.id != asked.subject.id {
        return Ok(Err("out_of_scope"));
    }
    let Some(approved) = approved(desk, &case).await? else { return Ok(Err(UNVERIFIABLE)) };
    if approved.is_reversed || approved.until <= desk.now {
        return Ok(Err("approval_expired"));
    }
    let office = Office { engine: Arc::clone(&desk.engine), people: Arc::clone(&desk.people) };
    // What is spent is not filled in: the grant that the case became is in it.
    let stands = match desk.prepare(asked)? {
        Prepared::Question(request) => office.would_approve(&case, *request, desk.now),
        Prepared::Closed(_) => false,
    };
    if !stands {
        return Ok(Err("policy_denied"));
    }
    let held = json!({"id": id, "approved_until": approved.until.to_string()});
    Ok(Ok(Map::from_iter([("reason".to_owned(), "approved".into()), ("approval".to_owned(), held), ("grant".to_owned(), approved.grant.into())])))
}
