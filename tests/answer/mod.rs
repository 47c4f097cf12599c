//! Answers in JSON, in sentences and for a terminal.

mod json;
mod options;
mod sentences;
