//! `POST /v1/grants`, `GET /v1/grants`, `GET /v1/grants/{id}` and `POST /v1/grants/{id}/reverse`

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::behalf::{self, Deed};
use super::body::Size;
use super::booking::Booking;
use super::errand::{Errand, Notes};
use super::problem::{Kind, Problem};
use super::service::{Asking, Service, answer, created, parse};
use super::{idempotency, noting, parameters, proposal, schema, traced};
use crate::access::{Caller, Scope};
use crate::engine::Engine;
use crate::ledger::record::{Grant, Who};
use crate::ledger::store::{GrantFilter, Purpose};
use crate::ledger::{Done, LedgerError, Settled};
use crate::question::{Field, Json, since};

/// Where they are.
pub const PATH: &str = "/v1/grants";

/// Some grants.
#[derive(Debug, Serialize, ToSchema)]
pub struct Grants {
    /// Newest first.
    #[schema(value_type = Vec<Grant>)]
    grants: Vec<Box<RawValue>>,
    /// What `cursor` is for the page behind this one; null where there is none.
    next: Option<String>,
}

/// Decides and books, in one.
#[utoipa::path(
    post, path = "/v1/grants", tag = "grants",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "1 to 255 visible ASCII characters; a repetition with the same body gets the first response")),
    request_body(content = schema::Grantable),
    responses(
        (status = 201, description = "what is granted, with the answer by which it is; or was, to the same request before", body = Grant, headers(("Location" = String, description = "where it is"))),
        (status = 400, description = "not JSON, or no `Idempotency-Key`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_granted`, with the answer", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`unconfirmed`: duties are not confirmed; `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong question", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn grant(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Grant)?;
    let body = service.bodies.read(&headers, body, Size::Question).await?;
    let ledger = &service.books()?.ledger;
    let json = parse(&body)?;
    let ticket = idempotency::needed(&caller, &headers, PATH, &json)?;
    let admitted = behalf::admit(&service, &caller, json, Deed::Question);
    service.room_to_record().await?;
    let fields = [Field::Confirm, Field::Note, Field::Case];
    let told = match admitted.and_then(|json| proposal::read(&service, &caller, &json, &fields)) {
        Ok((proposal, more)) => Booking::of(&service, &caller, &mission).grant(proposal, more.case, ticket).await?,
        // The policy and the people may have been others when it was granted.
        Err(problem) => {
            let told = (service.ledger(ledger.recall(&ticket)).await?.ok_or(problem)?, false);
            noting::granted(&mut Notes::new(&service, &caller, &mission), None, &told);
            told
        }
    };
    traced::note(&service, |notes| notes.settled(&told.0));
    let grant = granted(told.0)?;
    created(&format!("{PATH}/{}", grant.id), &grant)
}

/// Grants, newest first.
#[utoipa::path(
    get, path = "/v1/grants", tag = "grants",
    params(
        ("actor" = Option<String>, Query, description = "only this person's"),
        ("since" = Option<String>, Query, description = "none before this moment, or this day"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "so many at most: 1 to 500; 50 where it is left out"),
    ),
    responses(
        (status = 200, description = "a page of them", body = Grants),
        (status = 422, description = "a wrong parameter", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn grants(State(service): State<Arc<Service>>, Extension(caller): Asking, uri: Uri) -> Result<Response, Problem> {
    service.demand_any(&caller, &[Scope::Read, Scope::Grant])?;
    let ledger = &service.books()?.ledger;
    let mut given = parameters::Parameters::new(&uri, &["actor", "since", "cursor", "limit"]);
    let (actor, behind, limit) = (given.text("actor"), given.cursor(), given.limit());
    let zone = service.live.with(|engine| engine.policy().time_zone.clone());
    let since = given.raw("since").and_then(|text| given.note(since(&text, &zone)));
    given.end()?;
    let actor = behalf::own_list(&caller, actor)?;
    let filter = GrantFilter { actor, since: since.map(Timestamp::as_microsecond), behind, most: limit + 1 };
    let rows = service.ledger(async { Ok::<_, LedgerError>(ledger.store().begin(Purpose::Read).await?.find_grants(&filter).await?) }).await?;
    let (rows, next) = parameters::page(rows, limit, |row| (row.at, row.id.as_str()));
    let grants = rows.into_iter().map(|row| parameters::kept(row.body)).collect::<Result<_, _>>()?;
    answer(&Grants { grants, next })
}

/// A grant.
#[utoipa::path(
    get, path = "/v1/grants/{id}", tag = "grants", operation_id = "one_grant",
    params(("id" = String, Path, description = "its id")),
    responses(
        (status = 200, description = "the grant", body = Grant),
        (status = 404, description = "`no_such_grant`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    service.demand_any(&caller, &[Scope::Read, Scope::Grant])?;
    let ledger = &service.books()?.ledger;
    let id = grant_id(id)?;
    let grant = service.ledger(ledger.find_grant(&id)).await?.ok_or(Kind::NoSuchGrant)?;
    behalf::demand_own(&caller, &[&grant.actor.id])?;
    answer(&grant)
}

/// Takes a grant back: its budgets get what it was charged.
#[utoipa::path(
    post, path = "/v1/grants/{id}/reverse", tag = "grants",
    params(
        ("id" = String, Path, description = "its id"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "as of a grant; may be left out"),
    ),
    request_body(content = schema::Reverse),
    responses(
        (status = 200, description = "the grant, reversed", body = Grant),
        (status = 400, description = "not JSON, or a wrong `Idempotency-Key`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_grant`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`already_reversed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "no actor or no reason", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn reverse(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Grant)?;
    let body = service.bodies.read(&headers, body, Size::Question).await?;
    let ledger = &service.books()?.ledger;
    let id = grant_id(id)?;
    let json = parse(&body)?;
    let ticket = idempotency::optional(&caller, &headers, &format!("{PATH}/{id}/reverse"), &json)?;
    let json = behalf::admit(&service, &caller, json, Deed::Step)?;
    if !caller.may(Scope::Read) {
        // Who takes a grant back gets to see it.
        let grant = service.ledger(ledger.find_grant(&id)).await?.ok_or(Kind::NoSuchGrant)?;
        behalf::demand_own(&caller, &[&grant.actor.id])?;
    }
    let engine = service.live.current();
    service.room_to_record().await?;
    let told = match reversal((&service, &caller), &engine, &json) {
        Ok(by) => Booking::of(&service, &caller, &mission).reverse(engine, id, by, ticket).await?,
        // The policy or the people may have been others when it was reversed.
        Err(problem) => {
            let Some(ticket) = &ticket else { return Err(problem) };
            let told = (service.ledger(ledger.recall(ticket)).await?.ok_or(problem)?, false);
            noting::reversed(&mut Notes::new(&service, &caller, &mission), &id, None, &told);
            told
        }
    };
    answer(&granted(told.0)?)
}

/// Who reverses, and why.
fn reversal((service, caller): (&Service, &Caller), engine: &Engine, json: &Json) -> Result<(Who, String), Problem> {
    let fields = [Field::Actor, Field::Reason];
    let told = service.reader(engine, caller).particulars(json, &fields, &fields, &[]).map_err(Problem::wrong_question)?;
    let who = proposal::who(service, caller, engine.policy(), told.actor, true)?;
    Ok((who, told.reason.unwrap_or_default()))
}

fn grant_id(id: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    id.ok().and_then(|Path(id)| parameters::uuid(&id)).ok_or(Kind::NoSuchGrant.into())
}

fn granted(settled: Settled) -> Result<Box<Grant>, Problem> {
    match settled? {
        Done::Grant(grant) => Ok(grant),
        Done::Case(_) => Err(Kind::IdempotencyKeyReused.into()),
    }
}
