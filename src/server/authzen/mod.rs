//! The OpenID AuthZEN Authorization API 1.0 over the same policy, with what two drafts add: the Profile for Obligations, Draft 1 (2026-07-03), and the Access Request
//! and Approval Profile, Draft 1.
//!
//! `config` says what a caller's subjects, resources and actions are here, `mapping` makes questions of them, `decision` tells the answers. What must stay true: an
//! evaluation or a search spends nothing, and what is not understood is denied.

pub mod config;
mod decision;
pub mod evaluation;
mod known;
mod mapping;
pub mod metadata;
mod model;
pub mod requests;
pub mod schema;
mod seal;
pub mod search;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use self::config::Authzen;
use self::seal::Seal;
use super::service::Service;

/// What its handlers work with.
#[derive(Debug)]
pub struct Setup {
    /// What the words of a caller mean.
    pub config: Authzen,
    /// Makes and checks tokens.
    seal: Seal,
    /// `http` or `https`.
    scheme: &'static str,
}

impl Setup {
    /// As configured.
    pub fn new(config: &Authzen, scheme: &'static str) -> Self {
        Self { seal: Seal::new(config.secret), config: config.clone(), scheme }
    }
}

/// Its paths.
pub fn routes() -> Router<Arc<Service>> {
    Router::new()
        .route(metadata::PATH, get(metadata::metadata))
        .route("/access/v1/evaluation", post(evaluation::evaluation))
        .route("/access/v1/evaluations", post(evaluation::evaluations))
        .route("/access/v1/search/subject", post(search::subject))
        .route("/access/v1/search/resource", post(search::resource))
        .route("/access/v1/search/action", post(search::action))
        .route(requests::PATH, post(requests::open))
        .route("/access/v1/requests/{id}", get(requests::one))
}
