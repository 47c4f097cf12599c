//! What a policy author can rely on, one folder for each phase.

mod diagnostics;
mod format;
mod policy;
mod syntax;
