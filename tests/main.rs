//! The tests that look at Kulanz from outside, in one binary: a folder a subject.

mod cli;
mod format;
mod lint;
mod process;
mod readme;
mod server;
mod syntax;
