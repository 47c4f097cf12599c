//! The tests that look at Kulanz from outside, in one binary: a folder a subject.

#[cfg(test)]
mod answer;
mod cli;
#[cfg(test)]
mod format;
mod lint;
mod process;
#[cfg(test)]
mod question;
mod readme;
#[cfg(test)]
mod running;
mod server;
#[cfg(test)]
mod shop;
mod syntax;
