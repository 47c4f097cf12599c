//! What an editor asks for: one file each.

pub mod actions;
pub mod commands;
pub mod completion;
pub mod diagnostics;
pub mod folding;
pub mod format;
pub mod hover;
pub mod navigate;
pub mod rename;
pub mod symbols;
pub mod tokens;
pub mod words;
