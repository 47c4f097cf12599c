//! Text into trees.

pub mod ast;
