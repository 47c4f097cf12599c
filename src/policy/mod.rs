//! The checked policy: names resolved, types and units checked, tables unfolded into rules.
//!
//! In goes a [`Pack`](crate::pack::Pack) of syntax trees, out comes a [`Policy`] or everything that is wrong with it.

pub mod expr;
mod ids;
mod model;

pub use ids::*;
pub use model::*;
