//! A second evaluator: plain, slow, straight over the syntax tree.
//!
//! It is written from the language page alone and shares no evaluation code with the program, so that the two check each other. Names stay texts and types
//! are found out while evaluating. What goes in is a [`book::Book`] (a pack whose checker found no error) and an [`asked::Asked`]; what comes out is an
//! [`answer::Answer`].

pub mod agreement;
pub mod answer;
pub mod asked;
pub mod authority;
pub mod book;
pub mod calendar;
pub mod compare;
pub mod contacts;
pub mod decide;
pub mod dice;
pub mod evaluate;
pub mod need;
pub mod packs;
pub mod phrases;
mod properties;
pub mod questions;
pub mod reads;
pub mod room;
pub mod table;
pub mod value;
