//! The checked policy: names resolved, types and units checked, tables unfolded into rules.
//!
//! In goes a [`Pack`](crate::pack::Pack) of syntax trees, out comes a [`Complete`] policy or everything that is wrong with it.

mod check;
pub mod expr;
mod ids;
mod index;
mod model;
mod outcome;

pub use check::check;
pub use ids::*;
pub use index::*;
pub use model::*;
pub use outcome::Outcome;
