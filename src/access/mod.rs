//! Who is asking: callers, what they may do, and as whom.
//!
//! Nothing here knows HTTP: a token comes in as a text, a [`Caller`] comes out. Without a configuration everybody who can reach the service is [`Caller::local`].

mod caller;
mod scope;

pub use caller::{Caller, Identity};
pub use scope::{Scope, Scopes};
