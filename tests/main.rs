//! What a policy author can rely on, one folder for each phase.

mod answer;
#[cfg(test)]
mod format;
mod lint;
mod question;
mod running;
mod shop;
mod syntax;
