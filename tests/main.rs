//! The tests that look at Kulanz from outside, in one binary: a folder a subject.
#![cfg(test)]

mod analysis;
mod answer;
mod answering;
mod benches;
mod cli;
mod diagnostics;
mod difference;
mod docs;
mod format;
mod handbook;
mod ledger;
mod lint;
#[cfg(feature = "lsp")]
mod lsp;
#[cfg(feature = "mcp")]
mod mcp;
mod policy;
mod process;
mod question;
mod readme;
mod reference;
mod running;
mod scenario;
mod server;
mod shop;
mod syntax;
