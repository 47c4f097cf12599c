//! The tests that look at Kulanz from outside, in one binary: a folder a subject.

mod cli;
mod format;
mod process;
mod readme;
mod server;
mod syntax;
