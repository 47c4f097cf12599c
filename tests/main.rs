//! The tests that look at Kulanz from outside, in one binary: a folder a subject.

#[cfg(test)]
mod reference;
