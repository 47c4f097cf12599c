//! `GET /openapi.json`: the description of everything here, generated from the code.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

use super::problem::Problem;
use super::service::{json, line};
use super::{ask, batch, budgets, cases, grants, health, options, policy};

/// OpenAPI 3.1.
#[derive(OpenApi)]
#[openapi(
    info(title = "Kulanz", description = "What may I grant, what is owed, who else can decide?"),
    paths(ask::ask, batch::ask_batch, options::options, policy::policy, grants::grant, grants::grants, grants::one, grants::reverse, budgets::budgets, cases::open, cases::cases, cases::one, cases::approve, cases::decline, cases::hand_over, cases::add, health::healthz, health::readyz, openapi),
    tags((name = "questions", description = "Can this be granted?"), (name = "policy", description = "What a form is built from"), (name = "grants", description = "What is granted, and what is left"), (name = "cases", description = "What somebody else must decide"), (name = "service", description = "Is it there?"))
)]
struct Description;

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn openapi() -> Response {
    static DESCRIPTION: LazyLock<Result<String, Problem>> = LazyLock::new(|| line(&Description::openapi()));
    DESCRIPTION.clone().map(json).into_response()
}
