//! The tests that look at Kulanz from outside, in one binary: a folder a subject.

#[cfg(test)]
mod cli;
#[cfg(test)]
mod process;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod server;
