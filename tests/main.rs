//! The tests that look at Kulanz from outside, in one binary: a folder a subject.

#[cfg(test)]
mod answer;
mod answering;
mod cli;
mod diagnostics;
mod format;
mod lint;
mod policy;
mod process;
#[cfg(test)]
mod question;
mod reference;
#[cfg(test)]
mod running;
#[cfg(test)]
mod shop;
mod syntax;
