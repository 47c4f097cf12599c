//! The HTTP service behind `kulanz serve`: one file a resource; [`router`] is the index.

mod body;
pub mod config;
mod listen;
mod problem;
mod reload;
mod request_id;
mod stalled;
