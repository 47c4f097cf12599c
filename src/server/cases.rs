//! `POST /v1/cases`, `GET /v1/cases`, `GET /v1/cases/{id}` and the steps of a case

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
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::behalf::{self, Deed};
use super::body::Size;
use super::booking::Booking;
use super::errand::{Errand, Mission};
use super::parameters::{self, Parameters};
use super::problem::{Kind, Problem};
use super::service::{Asking, Service, answer, created, parse};
use super::{idempotency, proposal, schema, traced};
use crate::access::{Caller, Scope};
use crate::ledger::record::Case;
use crate::ledger::store::{CaseFilter, EventRow, Purpose};
use crate::ledger::{Done, LedgerError, Office, Settled, Step};
use crate::policy::Policy;
use crate::question::{Additions, Field, Json, Particulars, Reader};

/// Where they are.
pub const PATH: &str = "/v1/cases";
/// What an event says of its place in the log, which is no business of a case.
const OF_THE_LOG: [&str; 6] = ["stream", "seq", "about", "digest", "prev", "hash"];

/// Some cases.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cases {
    /// Soonest due first.
    #[schema(value_type = Vec<Case>)]
    cases: Vec<Box<RawValue>>,
    /// What `cursor` is for the page behind this one; null where there is none.
    next: Option<String>,
}

/// A case and everything that happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseFile {
    /// As it is now.
    #[serde(flatten)]
    case: Case,
    /// What happened, oldest first: `at`, `kind`, `who`, and what belongs to that kind.
    #[schema(value_type = Vec<Object>)]
    history: Vec<Map<String, Value>>,
}

/// Opens a case: what the actor may not grant goes to one named person.
#[utoipa::path(
    post, path = "/v1/cases", tag = "cases", operation_id = "open_case",
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "1 to 255 visible ASCII characters; a repetition with the same body gets the first response")),
    request_body(content = schema::Openable),
    responses(
        (status = 201, description = "the case, with its owner and by when it is due", body = Case, headers(("Location" = String, description = "where it is"))),
        (status = 400, description = "not JSON, or a wrong `Idempotency-Key`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_granted`: nobody could decide it, or facts must be on record first, with the answer; `own_case`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`nothing_to_ask`, `nobody_has_role`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong question", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn open(State(service): State<Arc<Service>>, Extension(caller): Asking, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Cases)?;
    let body = service.bodies.read(&headers, body, Size::Question).await?;
    let ledger = &service.books()?.ledger;
    let json = parse(&body)?;
    let ticket = idempotency::optional(&caller, &headers, PATH, &json)?;
    let fields = [Field::Confirm, Field::Note, Field::To];
    let proposed = behalf::admit(&service, &caller, json, Deed::Question).and_then(|json| proposal::read(&service, &caller, &json, &fields));
    let settled = match (proposed, ticket) {
        (Ok((proposal, more)), ticket) => service.ledger(ledger.open_case(&service.people(), &proposal, more.to, ticket)).await?,
        // The policy and the people may have been others when it was opened.
        (Err(problem), Some(ticket)) => service.ledger(ledger.recall(&ticket)).await?.ok_or(problem)?,
        (Err(problem), None) => return Err(problem),
    };
    traced::note(&service, |notes| notes.settled(&settled));
    let case = case(settled)?;
    created(&format!("{PATH}/{}", case.id), &case)
}

/// Cases, soonest due first.
#[utoipa::path(
    get, path = "/v1/cases", tag = "cases",
    params(
        ("owner" = Option<String>, Query, description = "only this person's"),
        ("state" = Option<String>, Query, description = "`open`, `approved` or `declined`"),
        ("overdue" = Option<bool>, Query, description = "`true`: only open ones whose due time is past"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "so many at most: 1 to 500; 50 where it is left out"),
    ),
    responses(
        (status = 200, description = "a page of them", body = Cases),
        (status = 422, description = "a wrong parameter", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn cases(State(service): State<Arc<Service>>, Extension(caller): Asking, uri: Uri) -> Result<Response, Problem> {
    service.demand_any(&caller, &[Scope::Read, Scope::Cases])?;
    let ledger = &service.books()?.ledger;
    let mut given = Parameters::new(&uri, &["owner", "state", "overdue", "cursor", "limit"]);
    let (owner, behind, limit) = (given.text("owner"), given.cursor(), given.limit());
    let mut state = given.word("state", &["open", "approved", "declined"]);
    let is_overdue = given.word("overdue", &["true", "false"]) == Some("true");
    if is_overdue && *state.get_or_insert("open") != "open" {
        given.wrong("overdue", "only an open case is overdue", Some("leave `state` out".into()));
    }
    given.end()?;
    let owner = behalf::own_list(&caller, owner)?;
    let due_before = is_overdue.then(|| ledger.now().as_microsecond());
    let filter = CaseFilter { owner, state: state.map(str::to_owned), due_before, behind, most: limit + 1 };
    let rows = service.ledger(async { Ok::<_, LedgerError>(ledger.store().begin(Purpose::Read).await?.find_cases(&filter).await?) }).await?;
    let (rows, next) = parameters::page(rows, limit, |row| (row.due, row.id.as_str()));
    let cases = rows.into_iter().map(|row| parameters::kept(row.body)).collect::<Result<_, _>>()?;
    answer(&Cases { cases, next })
}

/// A case with its whole history.
#[utoipa::path(
    get, path = "/v1/cases/{id}", tag = "cases", operation_id = "one_case",
    params(("id" = String, Path, description = "its id")),
    responses(
        (status = 200, description = "the case", body = CaseFile),
        (status = 404, description = "`no_such_case`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    service.demand_any(&caller, &[Scope::Read, Scope::Cases])?;
    let ledger = &service.books()?.ledger;
    let id = case_id(id)?;
    let (case, events) = service.ledger(ledger.find_case(&id)).await?.ok_or(Kind::NoSuchCase)?;
    demand_own(&caller, &case)?;
    let events = service.ledger(ledger.legible(&service.people(), events)).await?;
    let engine = service.live.current();
    let history = events.iter().map(|event| told(engine.policy(), event)).collect();
    answer(&CaseFile { case, history })
}

/// An event as the policy's clocks show it.
fn told(policy: &Policy, event: &EventRow) -> Map<String, Value> {
    let mut told: Map<String, Value> = serde_json::from_str(&event.line).unwrap_or_default();
    told.retain(|name, _| !OF_THE_LOG.contains(&name.as_str()));
    if let Ok(at) = Timestamp::from_microsecond(event.at) {
        told.insert("at".into(), at.display_with_offset(policy.time_zone.to_offset(at)).to_string().into());
    }
    told
}

/// The owner approves: the question is decided again, and the last approval books it.
#[utoipa::path(
    post, path = "/v1/cases/{id}/approve", tag = "cases",
    params(("id" = String, Path, description = "its id"), ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "as where it is opened")),
    request_body(content = schema::Approve),
    responses(
        (status = 200, description = "the case; `grant` is what it became, unless others must approve too", body = Case),
        (status = 400, description = "not JSON, or a wrong `Idempotency-Key`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_granted`, `not_the_owner`, `own_case`, `second_signature`, `wrong_role`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_case`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`case_closed`, `unconfirmed`, `nobody_has_role`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong body", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn approve(
    service: State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = Form {
        name: "approve",
        fields: &[Field::Actor, Field::Confirm, Field::Note],
        needed: &[Field::Actor],
        with_role: false,
        adds: false,
        grants: true,
    };
    form.take(&service, (&caller, &mission), id, &headers, body, |told, _| Step::Approve { confirm: told.confirm, note: told.note }).await
}

/// The owner declines, says why, and what was offered instead.
#[utoipa::path(
    post, path = "/v1/cases/{id}/decline", tag = "cases",
    params(("id" = String, Path, description = "its id"), ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "as where it is opened")),
    request_body(content = schema::Decline),
    responses(
        (status = 200, description = "the case, declined", body = Case),
        (status = 400, description = "not JSON, or a wrong `Idempotency-Key`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_the_owner`, `own_case`, `second_signature`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_case`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`case_closed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong body", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn decline(
    service: State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let fields = &[Field::Actor, Field::Reason, Field::Offered];
    let form = Form { name: "decline", fields, needed: fields, with_role: false, adds: false, grants: false };
    let step = |told: Particulars, _| Step::Decline { reason: told.reason.unwrap_or_default(), offered: told.offered.unwrap_or_default() };
    form.take(&service, (&caller, &mission), id, &headers, body, step).await
}

/// The owner hands it over to somebody else.
#[utoipa::path(
    post, path = "/v1/cases/{id}/hand_over", tag = "cases",
    params(("id" = String, Path, description = "its id"), ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "as where it is opened")),
    request_body(content = schema::HandOver),
    responses(
        (status = 200, description = "the case, with its new owner", body = Case),
        (status = 400, description = "not JSON, or a wrong `Idempotency-Key`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_the_owner`, `own_case`, `second_signature`, `wrong_role`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_case`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`case_closed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong body; `no_such_person`", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn hand_over(
    service: State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let needed = &[Field::Actor, Field::To];
    let form = Form { name: "hand_over", fields: &[Field::Actor, Field::To, Field::Note], needed, with_role: false, adds: false, grants: false };
    form.take(&service, (&caller, &mission), id, &headers, body, |told, _| Step::HandOver { to: told.to.unwrap_or_default(), note: told.note }).await
}

/// Somebody adds facts or a note.
#[utoipa::path(
    post, path = "/v1/cases/{id}/add", tag = "cases",
    params(("id" = String, Path, description = "its id"), ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, pattern = "^[!-~]+$", description = "as where it is opened")),
    request_body(content = schema::Add),
    responses(
        (status = 200, description = "the case", body = Case),
        (status = 400, description = "not JSON, or a wrong `Idempotency-Key`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`no_such_case`", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`case_closed`, `idempotency_key_reused`", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "not called JSON", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "a wrong body", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn add(
    service: State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = Form { name: "add", fields: &[Field::Actor, Field::Note], needed: &[Field::Actor], with_role: true, adds: true, grants: false };
    form.take(&service, (&caller, &mission), id, &headers, body, |told, added| Step::Add {
        facts: added.facts,
        record: added.record,
        note: told.note,
    })
    .await
}

/// What the body of a step holds.
struct Form {
    /// The end of its path.
    name: &'static str,
    fields: &'static [Field],
    needed: &'static [Field],
    /// Whether the role of who does it must be known. An owner is known by the case.
    with_role: bool,
    /// Whether it adds facts.
    adds: bool,
    /// Whether something may be granted by it.
    grants: bool,
}

impl Form {
    async fn take(
        &self,
        service: &Arc<Service>,
        (caller, mission): (&Arc<Caller>, &Mission),
        id: Result<Path<String>, PathRejection>,
        headers: &HeaderMap,
        body: Body,
        step: impl FnOnce(Particulars, Additions) -> Step,
    ) -> Result<Response, Problem> {
        service.demand(caller, Scope::Cases)?;
        let body = service.bodies.read(headers, body, Size::Question).await?;
        let ledger = &service.books()?.ledger;
        let id = case_id(id)?;
        let json = parse(&body)?;
        let ticket = idempotency::optional(caller, headers, &format!("{PATH}/{id}/{}", self.name), &json)?;
        let json = behalf::admit(service, caller, json, Deed::Step)?;
        if !caller.may(Scope::Read) {
            // Whoever does something with a case gets to see it.
            let (found, _) = service.ledger(ledger.find_case(&id)).await?.ok_or(Kind::NoSuchCase)?;
            if let Err(problem) = demand_own(caller, &found) {
                // Whoever handed it over gets to see once more what came of that.
                let earlier = match &ticket {
                    Some(ticket) => service.ledger(ledger.recall(ticket)).await?,
                    None => None,
                };
                return case(earlier.ok_or(problem)?).and_then(|case| answer(&case));
            }
        }
        let engine = service.live.current();
        let (mut told, added) = self.read(&service.reader(&engine, caller), &json)?;
        let who = proposal::who(service, caller, engine.policy(), told.actor.take(), self.with_role)?;
        let places = added.clone();
        let office = Office { engine, people: service.people() };
        let told = if self.grants {
            service.room_to_record().await?;
            Booking::of(service, caller, mission).step(office, id, (who, step(told, added)), ticket).await?.0
        } else {
            service.ledger(ledger.step(&office, &id, who, step(told, added), ticket)).await?
        };
        case(told).and_then(|case| answer(&case)).map_err(|mut problem| {
            problem.errors.iter_mut().for_each(|error| error.path = places.place(&error.path));
            problem
        })
    }

    fn read(&self, reader: &Reader<'_>, json: &Json) -> Result<(Particulars, Additions), Problem> {
        let others: &[&str] = if self.adds { &["facts", "record"] } else { &[] };
        let told = reader.particulars(json, self.fields, self.needed, others);
        let added = if self.adds { reader.additions(json) } else { Ok(Additions::default()) };
        match (told, added) {
            (Ok(told), Ok(added)) if self.adds && told.note.is_none() && added.facts.is_empty() && added.record.is_empty() => {
                let message = "nothing is added".to_owned();
                let help = Some("add `facts`, a `record` or a `note`".to_owned());
                Err(Problem::wrong_question(vec![crate::question::Problem { path: String::new(), message, help }]))
            }
            (Ok(told), Ok(added)) => Ok((told, added)),
            (told, added) => {
                let problems = told.err().into_iter().chain(added.err()).flatten().collect();
                Err(Problem::wrong_question(problems))
            }
        }
    }
}

/// A case is the business of who brought it, who owns it, and who approved it or declined it.
fn demand_own(caller: &Caller, case: &Case) -> Result<(), Problem> {
    let mut theirs = case.partakers();
    theirs.push(&case.owner.id);
    theirs.extend(case.stands_in_for.as_deref());
    behalf::demand_own(caller, &theirs)
}

fn case_id(id: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    id.ok().and_then(|Path(id)| parameters::uuid(&id)).ok_or(Kind::NoSuchCase.into())
}

fn case(settled: Settled) -> Result<Box<Case>, Problem> {
    match settled? {
        Done::Case(case) => Ok(case),
        Done::Grant(_) => Err(Kind::IdempotencyKeyReused.into()),
    }
}
