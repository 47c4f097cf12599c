//! Kulanz answers "can I grant this?" for the people who talk to customers.
//!
//! A pack of `.kulanz` files becomes a tree, the tree a checked policy, the policy a program, and a program and a question become an answer:
//!
//! ```text
//! policies/*.kulanz ──syntax──▶ ast ──policy──▶ Policy ──program──▶ Program ─┐
//!                                                                            ├─decide─▶ Decision ──answer──▶ Answer
//!                            JSON / FACT=VALUE ──question──▶ Question ───────┘
//! ```
//!
//! Each module uses only those before it in the picture; but `program` asks the evaluator of `decide` which tables have a row for every case. From `syntax` to `decide` nothing is read, no clock is asked and no random number is drawn:
//! moment, facts and spent budgets come in as values.

#[cfg(feature = "server")]
pub mod access;
pub mod analysis;
pub mod answer;
mod calendar;
#[cfg(feature = "cli")]
pub mod cli;
mod clock;
pub mod decide;
pub mod decisions;
pub mod diagnostic;
pub mod difference;
pub mod engine;
mod escapes;
pub mod handbook;
#[cfg(feature = "server")]
pub mod hooks;
#[cfg(feature = "ledger")]
pub mod ledger;
pub mod lint;
#[cfg(feature = "lsp")]
pub mod lsp;
mod markup;
pub mod mend;
mod number;
pub mod options;
pub mod outline;
pub mod pack;
#[cfg(feature = "ledger")]
mod panics;
pub mod policy;
mod program;
pub mod question;
pub mod rewrite;
pub mod say;
#[cfg(feature = "server")]
pub mod server;
pub mod source;
pub mod syntax;
pub mod testing;
#[cfg(feature = "server")]
pub mod traces;

pub use number::{Number, NumberError, Rounding};
pub use program::Program;
