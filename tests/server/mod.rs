//! The HTTP service: every resource, status and bound, reloading and stopping.

pub mod access;
mod ask;
mod authzen;
mod batch;
mod bounds;
mod budgets;
mod cases;
mod day;
mod decisions;
mod docs;
mod grants;
mod hooks;
mod ledger;
mod metrics;
mod policy;
mod reload;
pub mod running;
mod start;
mod stop;
mod surface;
mod traces;

pub use decisions::schema::{misfit, schema as decisions_schema};
