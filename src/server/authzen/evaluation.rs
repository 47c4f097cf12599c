//! `POST /access/v1/evaluation` and `POST /access/v1/evaluations`

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::decision::{Desk, Prepared, denied};
use super::model::{Asked, Part, Parts, as_specified, wrong};
use super::schema;
use crate::access::Scope;
use crate::question::Json;
use crate::server::body::Size;
use crate::server::errand::{Errand, Notes};
use crate::server::problem::Problem;
use crate::server::service::{Asking, Service, answer, parse};

/// So many are brought before the ledger together.
const TOGETHER: usize = 64;

/// May this subject do this to that resource? Nothing is spent by it.
#[utoipa::path(
    post, path = "/access/v1/evaluation", tag = "authzen",
    request_body(content = schema::Evaluation),
    responses(
        (status = 200, description = "the decision: true for `yes` and `owed`", body = schema::Decision),
        (status = 400, description = "not JSON, not called JSON, or a wrong request", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`, or `actor_mismatch`: the caller may not ask as this subject", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded, or the ledger does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn evaluation(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let desk = Desk::new(&service, &caller, Scope::Ask, &headers)?;
    let json = read(&service, &headers, body).await?;
    let mut notes = Notes::new(&service, &caller, &mission);
    let decided = one(&desk, &mut notes, &Parts::new(Part::new(&json, "")?, None).asked()?).await?;
    notes.hand_over().await?;
    answer(&decided)
}

/// Several of them, in order, with what they share said once. Nothing is spent by it.
#[utoipa::path(
    post, path = "/access/v1/evaluations", tag = "authzen",
    request_body(content = schema::Evaluations),
    responses(
        (status = 200, description = "the decisions, in order; a single decision where there are no `evaluations`", body = schema::Decisions),
        (status = 400, description = "not JSON, not called JSON, or a wrong request", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`, or `actor_mismatch`: the caller may not ask as this subject", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded, or the ledger does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn evaluations(
    State(service): State<Arc<Service>>,
    Extension(caller): Asking,
    Extension(mission): Errand,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let desk = Desk::new(&service, &caller, Scope::Ask, &headers)?;
    let json = read(&service, &headers, body).await?;
    let mut notes = Notes::new(&service, &caller, &mission);
    let whole = Part::new(&json, "")?;
    let semantic = Semantic::read(&whole)?;
    let decided = match whole.get("evaluations") {
        None => one(&desk, &mut notes, &Parts::new(whole, None).asked()?).await,
        Some(Json::Array(items)) if items.is_empty() => one(&desk, &mut notes, &Parts::new(whole, None).asked()?).await,
        Some(Json::Array(items)) => {
            let most = desk.config().evaluations;
            if items.len() > most {
                return Err(wrong("/evaluations", format!("more than {most} evaluations")));
            }
            all(&desk, &mut notes, whole, (items, semantic)).await.map(|decisions| json!({"evaluations": decisions}))
        }
        Some(_) => Err(wrong("/evaluations", "an array is needed")),
    };
    // What was decided is noted, also where not all of it was.
    notes.hand_over().await?;
    answer(&decided?)
}

/// The body of a request of these paths.
///
/// # Errors
///
/// 400 where it is not JSON or not called so.
pub async fn read(service: &Service, headers: &HeaderMap, body: Body) -> Result<Json, Problem> {
    let body = service.bodies.read(headers, body, Size::Question).await.map_err(as_specified)?;
    parse(&body).map_err(as_specified)
}

async fn one(desk: &Desk<'_>, notes: &mut Notes<'_>, asked: &Asked) -> Result<Value, Problem> {
    let mut prepared = desk.prepare(asked)?;
    desk.fill(std::iter::once(&mut prepared)).await?;
    let decided = desk.decide(asked, &prepared).await?;
    note(desk, notes, &prepared, &decided);
    Ok(decided)
}

/// Notes what the policy said to a question, and the grant by which the decision was another one.
fn note(desk: &Desk<'_>, notes: &mut Notes<'_>, prepared: &Prepared, decided: &Value) {
    if let Prepared::Question(request) = prepared {
        notes.answered(&desk.engine, request, decided.pointer("/context/grant").and_then(Value::as_str));
    }
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Semantic {
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

impl Semantic {
    fn read(whole: &Part<'_>) -> Result<Self, Problem> {
        let Some(options) = whole.get("options") else { return Ok(Self::ExecuteAll) };
        match Part::new(options, "/options")?.text("evaluations_semantic")? {
            None | Some("execute_all") => Ok(Self::ExecuteAll),
            Some("deny_on_first_deny") => Ok(Self::DenyOnFirstDeny),
            Some("permit_on_first_permit") => Ok(Self::PermitOnFirstPermit),
            Some(_) => {
                Err(wrong("/options/evaluations_semantic", "one of `execute_all`, `deny_on_first_deny` and `permit_on_first_permit` is needed"))
            }
        }
    }

    fn ends_with(self, decision: bool) -> bool {
        matches!((self, decision), (Self::DenyOnFirstDeny, false) | (Self::PermitOnFirstPermit, true))
    }
}

/// Decides one after the other, some at a time. What is wrong with one of them is its own denial.
async fn all(desk: &Desk<'_>, notes: &mut Notes<'_>, defaults: Part<'_>, (items, semantic): (&[Json], Semantic)) -> Result<Vec<Value>, Problem> {
    let mut decisions = Vec::with_capacity(items.len());
    for items in items.chunks(TOGETHER) {
        let read = |item| {
            let asked = Parts::new(Part::new(item, "")?, Some(defaults)).asked()?;
            desk.prepare(&asked).map(|prepared| (asked, prepared))
        };
        let mut read: Vec<Result<_, Problem>> = items.iter().map(read).collect();
        desk.fill(read.iter_mut().filter_map(|read| read.as_mut().ok()).map(|(_, prepared)| prepared)).await?;
        for read in &read {
            notes.next(decisions.len());
            let decision = match read {
                Ok((asked, prepared)) => {
                    let decided = desk.decide(asked, prepared).await?;
                    note(desk, notes, prepared, &decided);
                    decided
                }
                Err(problem) => denied(&json!({"reason": "wrong_request", "error": {"status": problem.status, "message": message(problem)}})),
            };
            let is_last = semantic.ends_with(decision.get("decision") == Some(&Value::Bool(true)));
            decisions.push(decision);
            if is_last {
                return Ok(decisions);
            }
        }
        // Others have their turn between.
        tokio::task::yield_now().await;
    }
    Ok(decisions)
}

fn message(problem: &Problem) -> String {
    let told = problem.errors.iter().map(|error| format!("{}: {}", error.path, error.message)).collect::<Vec<_>>().join("; ");
    if told.is_empty() { problem.title.to_owned() } else { told }
}
