//! Webhooks: others are told over HTTP of what happens, as the Standard Webhooks specification says.
//!
//! What is told lies in the ledger, written in the transaction of what it tells of (see [`notice`](crate::ledger::notice)). Here it is taken from there, signed and sent. What must stay true: every
//! message is delivered at least once or kept as failed, one that is slow holds up no other webhook, and nothing is sent in the clear to another machine.
//!
//! ```text
//! outbox ──take──▶ message ──sign──▶ POST ──▶ delivered, again later, failed, or gone
//! ```

mod config;
mod deliver;
mod send;
mod sign;

pub use config::{Webhook, WebhookError};
pub(crate) use config::{is_here, validate};
pub use deliver::{Deliverer, Tally};
pub(crate) use send::agent;
pub use sign::{Secret, Secrets};
