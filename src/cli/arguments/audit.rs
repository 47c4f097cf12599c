//! What can be typed about the history of a ledger.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

const LEDGER: &str = "Which ledger";

/// `kulanz audit`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check the whole history, and every record against it: exit status 0 sound, 1 broken
    Verify(AuditVerify),
    /// Write the history as JSON Lines; its last line says whether it is whole
    Export(AuditExport),
    /// Make a key for pseudonyms
    Key(AuditKey),
    /// Forget a person; the history stays sound
    Forget(AuditForget),
}

/// Which ledger, and the key of its pseudonyms.
#[derive(Debug, Args)]
pub struct History {
    /// The ledger: sqlite:PATH or postgres://…
    #[arg(long, help_heading = LEDGER, value_name = "ADDRESS", default_value = "sqlite:kulanz.db", env = "KULANZ_LEDGER", hide_env = true)]
    pub ledger: String,

    /// The file with the key of its pseudonyms, if it has any
    #[arg(long, help_heading = LEDGER, value_name = "FILE", env = "KULANZ_PSEUDONYM_KEY", hide_env = true, value_hint = ValueHint::FilePath)]
    pub pseudonym_key: Option<PathBuf>,
}

/// `kulanz audit verify`
#[derive(Debug, Args)]
pub struct AuditVerify {
    /// An export [default: the ledger]; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Which ledger.
    #[command(flatten)]
    pub history: History,
}

/// `kulanz audit export`
#[derive(Debug, Args)]
pub struct AuditExport {
    /// The file; it must not be there yet [default: standard output]
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,

    /// Which ledger.
    #[command(flatten)]
    pub history: History,
}

/// `kulanz audit key`
#[derive(Debug, Args)]
pub struct AuditKey {
    /// The file; it must not be there yet
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// `kulanz audit forget`
#[derive(Debug, Args)]
pub struct AuditForget {
    /// Who is to be forgotten
    #[arg(value_name = "ID")]
    pub id: String,

    /// Which ledger.
    #[command(flatten)]
    pub history: History,
}
