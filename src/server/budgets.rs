//! `GET /v1/budgets`

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::parameters::Parameters;
use super::problem::Problem;
use super::service::{Asking, Service, answer};
use crate::access::Scope;
use crate::diagnostic::nearest;
use crate::ledger::BudgetState;
use crate::ledger::record::Who;
use crate::policy::RoleId;
use crate::question::Actor;

/// The budgets of a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Budgets {
    /// Whose.
    actor: Who,
    /// In the order of the policy.
    budgets: Vec<BudgetState>,
}

/// What is left of every budget of a person that is kept by person, by team or for the whole house.
#[utoipa::path(
    get, path = "/v1/budgets", tag = "grants",
    params(
        ("actor" = String, Query, description = "whose"),
        ("role" = Option<String>, Query, description = "the role; the one of the list of people where it is left out"),
        ("team" = Option<String>, Query, description = "the team; likewise"),
        ("lang" = Option<String>, Query, description = "the language of the titles; the policy's first where it is left out"),
    ),
    responses(
        (status = 200, description = "the budgets", body = Budgets),
        (status = 422, description = "a wrong parameter, or a role that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "no ledger, or it does not answer", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn budgets(State(service): State<Arc<Service>>, Extension(caller): Asking, uri: Uri) -> Result<Response, Problem> {
    service.demand(&caller, Scope::Read)?;
    let ledger = &service.books()?.ledger;
    let engine = service.live.current();
    let policy = engine.policy();
    let mut given = Parameters::new(&uri, &["actor", "role", "team", "lang"]);
    let (id, role, team, lang) = (given.text("actor"), given.text("role"), given.text("team"), given.text("lang"));
    if given.raw("actor").is_none() {
        given.wrong("actor", "`actor` is missing", Some("say whose budgets: `?actor=anna`".into()));
    }
    let people = service.people();
    let person = id.as_deref().and_then(|id| people.find(id));
    let role = role.or_else(|| person.map(|person| person.role.clone()));
    let team = team.or_else(|| person.and_then(|person| person.team.clone()));
    let names = || policy.roles.iter().map(|role| role.name.as_str());
    let found = role.as_deref().and_then(|role| names().position(|name| name == role));
    match (&role, found) {
        (None, _) if id.is_some() => {
            given.wrong("role", "`role` is missing", Some("the list of people does not have this person".into()));
        }
        (Some(role), None) => {
            let help = nearest(role, names())
                .map_or_else(|| format!("the roles are {}", names().collect::<Vec<_>>().join(", ")), |near| format!("did you mean `{near}`?"));
            given.wrong("role", "unknown role", Some(help));
        }
        _ => {}
    }
    let language = lang.as_deref().map_or(Some(0), |lang| policy.languages.iter().position(|known| *known == lang.to_lowercase()));
    if language.is_none() {
        given.wrong("lang", "the policy does not speak this language", Some(format!("it speaks {}", policy.languages.join(", "))));
    }
    given.end()?;
    let (id, role) = (id.unwrap_or_default(), role.unwrap_or_default());
    let actor = Actor { id: Some(id.clone()), role: RoleId::new(found.unwrap_or_default()), team: team.clone() };
    let budgets = service.ledger(ledger.budgets(&engine, &actor, language.unwrap_or_default())).await?;
    answer(&Budgets { actor: Who { id, role, team }, budgets })
}
