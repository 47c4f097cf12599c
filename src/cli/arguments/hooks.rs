//! What can be typed about webhooks.

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand};

use super::History;

/// `kulanz hooks`
#[derive(Debug, Subcommand)]
pub enum HooksCommand {
    /// The webhooks of a ledger, and the messages that wait or failed
    List(HooksList),
    /// Have messages that failed tried again, and webhooks told again that said they were gone
    Retry(HooksRetry),
    /// Print a new secret for a webhook
    #[cfg(feature = "server")]
    Secret,
}

/// `kulanz hooks list`
#[derive(Debug, Args)]
pub struct HooksList {
    /// Only of this webhook
    #[arg(long, value_name = "NAME", env = "KULANZ_WEBHOOK", hide_env = true)]
    pub webhook: Option<String>,

    /// Only messages that failed
    #[arg(long, env = "KULANZ_FAILED", hide_env = true, value_parser = BoolishValueParser::new())]
    pub failed: bool,

    /// Which ledger.
    #[command(flatten)]
    pub history: History,
}

/// `kulanz hooks retry`
#[derive(Debug, Args)]
pub struct HooksRetry {
    /// The messages [default: all that failed]
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,

    /// Only of this webhook
    #[arg(long, value_name = "NAME", env = "KULANZ_WEBHOOK", hide_env = true)]
    pub webhook: Option<String>,

    /// Which ledger.
    #[command(flatten)]
    pub history: History,
}
