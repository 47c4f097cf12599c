//! What a policy author can rely on, one folder for each phase.

#[cfg(test)]
mod format;
mod lint;
mod syntax;
