//! Who is asking: callers, what they may do, and as whom.
//!
//! Nothing here knows HTTP: a token comes in as a text, a [`Caller`] comes out. Without a configuration everybody who can reach the service is [`Caller::local`].

mod authorities;
mod caller;
mod crypto;
pub mod jwks;
pub mod key;
pub mod keyring;
pub mod rate;
mod scope;
pub mod settings;
pub mod token;

pub(crate) use authorities::authorities;
pub(crate) use caller::is_no_name;
pub use caller::{Caller, Identity};
pub use scope::{Scope, Scopes, UnknownScope};
