//! What a policy author can rely on, one folder for each phase.

mod answer;
mod question;
mod running;
mod shop;
mod syntax;
