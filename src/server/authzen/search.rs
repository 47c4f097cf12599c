//! `POST /access/v1/search/subject`, `…/resource` and `…/action`
//!
//! What could be found is what is listed: people, the files of known subjects and resources, the actions. Of those each page looks at so many at most, and a token
//! says where the next one begins.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::decision::{Desk, Prepared, obligations};
use super::evaluation::read;
use super::model::{Asked, Deed, Entity, Part, Parts, wrong};
use super::schema;
use super::seal::Purpose;
use crate::access::Scope;
use crate::question::Json;
use crate::server::idempotency;
use crate::server::problem::Problem;
use crate::server::service::{Asking, Service, answer};

/// So many are looked at for a page, whether they are found or not.
const LOOKS: usize = 1000;
/// So many are brought before the ledger together.
const TOGETHER: usize = 64;

/// Which subjects of a type may do this to that resource? Nothing is spent by it.
#[utoipa::path(
    post, path = "/access/v1/search/subject", tag = "authzen",
    request_body(content = schema::SubjectSearch),
    responses(
        (status = 200, description = "those that may, of those that are known", body = schema::Found),
        (status = 400, description = "not JSON, not called JSON, or a wrong request", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`, or `actor_mismatch`: the caller may not ask as this subject", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded, or the ledger does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn subject(State(service): State<Arc<Service>>, Extension(caller): Asking, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let desk = Desk::new(&service, &caller, Scope::Ask, &headers)?;
    let json = read(&service, &headers, body).await?;
    let whole = Part::new(&json, "")?;
    let parts = Parts::new(whole, None);
    let (ty, action, resource, context) = (parts.sought("subject")?, parts.action()?, parts.entity("resource")?, parts.context()?);
    let asked = |id: &String| {
        let subject = Entity { ty: ty.clone(), id: id.clone(), properties: Vec::new() };
        Asked { subject, action: action.clone(), resource: resource.clone(), context: context.clone() }
    };
    let found = |id: &String| entity(&ty, id);
    let candidates = desk.mapping().subjects(&ty);
    Search { desk: &desk, page: Page::read(&desk, "subject", &json)?, candidates, asked, found }.respond().await
}

/// To which resources of a type may this subject do this? Nothing is spent by it.
#[utoipa::path(
    post, path = "/access/v1/search/resource", tag = "authzen",
    request_body(content = schema::ResourceSearch),
    responses(
        (status = 200, description = "those to which it may, of those that are known", body = schema::Found),
        (status = 400, description = "not JSON, not called JSON, or a wrong request", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`, or `actor_mismatch`: the caller may not ask as this subject", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded, or the ledger does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn resource(State(service): State<Arc<Service>>, Extension(caller): Asking, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let desk = Desk::new(&service, &caller, Scope::Ask, &headers)?;
    let json = read(&service, &headers, body).await?;
    let whole = Part::new(&json, "")?;
    let parts = Parts::new(whole, None);
    let (subject, action, ty, context) = (parts.entity("subject")?, parts.action()?, parts.sought("resource")?, parts.context()?);
    desk.may_ask_as(&subject)?;
    let asked = |id: &String| {
        let resource = Entity { ty: ty.clone(), id: id.clone(), properties: Vec::new() };
        Asked { subject: subject.clone(), action: action.clone(), resource, context: context.clone() }
    };
    let found = |id: &String| entity(&ty, id);
    let candidates = desk.mapping().resources(&ty);
    Search { desk: &desk, page: Page::read(&desk, "resource", &json)?, candidates, asked, found }.respond().await
}

/// What may this subject do to that resource? Nothing is spent by it.
#[utoipa::path(
    post, path = "/access/v1/search/action", tag = "authzen",
    request_body(content = schema::ActionSearch),
    responses(
        (status = 200, description = "the actions that it may", body = schema::FoundActions),
        (status = 400, description = "not JSON, not called JSON, or a wrong request", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`, or `actor_mismatch`: the caller may not ask as this subject", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "the body took too long", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "too large", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "overloaded, or the ledger does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn action(State(service): State<Arc<Service>>, Extension(caller): Asking, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let desk = Desk::new(&service, &caller, Scope::Ask, &headers)?;
    let json = read(&service, &headers, body).await?;
    let parts = Parts::new(Part::new(&json, "")?, None);
    let (subject, resource, context) = (parts.entity("subject")?, parts.entity("resource")?, parts.context()?);
    desk.may_ask_as(&subject)?;
    let asked = |name: &String| {
        let action = Deed { name: name.clone(), properties: Vec::new() };
        Asked { subject: subject.clone(), action, resource: resource.clone(), context: context.clone() }
    };
    let found = |name: &String| Map::from_iter([("name".to_owned(), json!(name))]);
    let candidates = desk.mapping().actions(&resource.ty);
    Search { desk: &desk, page: Page::read(&desk, "action", &json)?, candidates, asked, found }.respond().await
}

fn entity(ty: &str, id: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), json!(ty)), ("id".to_owned(), json!(id))])
}

/// Which part of the results.
#[derive(Debug)]
struct Page {
    /// Where it begins among what could be found.
    from: usize,
    limit: usize,
    /// What the token of the next page is bound to.
    bound: String,
}

impl Page {
    fn read(desk: &Desk<'_>, sought: &str, whole: &Json) -> Result<Self, Problem> {
        let Json::Object(members) = whole else { return Err(wrong("", "an object is needed")) };
        let others = members.iter().filter(|(name, _)| name != "page").cloned().collect();
        let bound = idempotency::digest(sought, &Json::Object(others));
        let most = desk.config().page;
        let Some((_, page)) = members.iter().find(|(name, page)| name == "page" && *page != Json::Null) else {
            return Ok(Self { from: 0, limit: most, bound });
        };
        let page = Part::new(page, "/page")?;
        let limit = match page.get("limit") {
            None => None,
            // A 64-bit number, as the description says.
            Some(Json::Number(digits)) if digits.parse::<i64>().is_ok_and(|limit| limit >= 0) => Some(digits.parse().unwrap_or(usize::MAX).min(most)),
            Some(_) => return Err(wrong("/page/limit", "a whole number is needed, not below zero")),
        };
        let Some(token) = page.text("token")?.filter(|token| !token.is_empty()) else {
            return Ok(Self { from: 0, limit: limit.unwrap_or(most), bound });
        };
        let seal = &desk.service.authzen.seal;
        let told = seal.check(Purpose::Page, token, &[&bound]).and_then(|[from, limit]: [&str; 2]| Some((from.parse().ok()?, limit.parse().ok()?)));
        match told {
            Some((from, same)) if limit.is_none_or(|limit| limit == same) => Ok(Self { from, limit: same, bound }),
            _ => Err(wrong("/page/token", "this is not the `next_token` of the same request")),
        }
    }

    fn next(&self, desk: &Desk<'_>, from: usize) -> String {
        desk.service.authzen.seal.make(Purpose::Page, &[&from.to_string(), &self.limit.to_string()], &[&self.bound])
    }
}

struct Search<'d, A, F> {
    desk: &'d Desk<'d>,
    page: Page,
    candidates: Vec<String>,
    /// What is asked of one that could be found.
    asked: A,
    /// How one is told.
    found: F,
}

impl<A: Fn(&String) -> Asked, F: Fn(&String) -> Map<String, Value>> Search<'_, A, F> {
    async fn respond(self) -> Result<Response, Problem> {
        let Self { desk, page, candidates, asked, found } = &self;
        let mut results = Vec::new();
        let mut at = page.from.min(candidates.len());
        let end = candidates.len().min(at.saturating_add(LOOKS));
        while at < end && results.len() < page.limit {
            let these = candidates.get(at..end.min(at + TOGETHER)).unwrap_or_default();
            // What is wrong with one of them, such as a listed value that its fact does not have, keeps only that one out.
            let mut prepared: Vec<Option<Prepared>> = these.iter().map(|id| desk.prepare(&asked(id)).ok()).collect();
            desk.fill(prepared.iter_mut().flatten()).await?;
            for (id, prepared) in these.iter().zip(&prepared) {
                if results.len() == page.limit {
                    break;
                }
                at += 1;
                let Some(Prepared::Question(request)) = prepared else { continue };
                let answer = desk.engine.ask(request);
                if answer.allowed {
                    let mut told = found(id);
                    let duties = obligations(&answer);
                    if !duties.is_empty() {
                        told.insert("obligations".into(), duties.into());
                    }
                    results.push(told);
                }
            }
            tokio::task::yield_now().await;
        }
        let next = if at < candidates.len() { page.next(desk, at) } else { String::new() };
        answer(&json!({"page": {"next_token": next, "count": results.len()}, "results": results}))
    }
}
