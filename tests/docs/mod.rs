//! Every example in the guides runs.
//!
//! What a fenced block is for stands behind its language:
//!
//! - `kulanz pack=NAME` adds to the pack NAME, which grows through the guide. An item that is there already is replaced.
//! - `kulanz` alone is a whole pack. Either must check and pass its tests.
//! - `kulanz refused pack=NAME` is what the pack NAME does not take; the `text` block behind it says what comes out.
//! - `csv file=FILE pack=NAME` is a file beside the pack.
//! - `console pack=NAME` shows commands behind `$` and all that they print; with `UPDATE_GUIDES` set this is
//!   written anew.
//! - `json question pack=NAME` and the `json answer` behind it: everything in the answer shown is in the answer given.
//!
//! How the session of `a-case.md` is compared stands in [`case`]. In the HTTP guide a `console` block is one `curl`, and the `json answer` behind it may name a `status=…` or the `first=…` entry of a list.

mod access;
mod audit;
mod blocks;
mod case;
mod decision_log;
mod errors;
mod growing;
mod guide;
mod http;
mod lints;
mod mcp;
mod observing;
mod words;

pub use words::words;
