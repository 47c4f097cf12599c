//! Traces in the form of OpenTelemetry: spans go to a collector by OTLP over HTTP, as JSON. Off by default.
//!
//! The exporter is a small one of our own. What is needed is one message, whose JSON is specified and stable, over the HTTP client that the webhooks have. The official crates (`opentelemetry`, its SDK and
//! `opentelemetry-otlp`) would be 18 crates more and about 15 seconds of building; that alone would be no reason. But their batch processor does not tell how many spans it drops, nor when a collector is
//! down and up again, so that queue, thread and tries would be our own all the same, and what is left of them is the form of the JSON.
//!
//! ```text
//! request, transaction, delivery ──▶ Span ──queue──▶ thread ──JSON──▶ POST …/v1/traces
//! ```
//!
//! What must stay true: no request ever waits for the collector, the queue has a bound, what does not fit or is not taken is counted, and no span holds a fact, a person or a token.

mod config;
mod context;
mod export;
mod send;
mod span;

pub use config::{Settings, SettingsError};
pub use context::{Parent, Ratio};
pub use export::{Exporting, Spans, Tally};
pub use span::{Kind, Span, Value};
