//! A program and a question become a decision.

mod decision;

pub use decision::*;
