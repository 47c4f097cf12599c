//! What can be typed for `kulanz mcp`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

const AFTER_HELP: &str = "\
The actor is fixed here; the model has no say in it, and nothing that it says counts as on record.
Over HTTP, `kulanz serve` answers at /mcp where its configuration has `[mcp]`.
The log goes to standard error; KULANZ_LOG says how much of it: error, warn, info or debug.";

/// `kulanz mcp`
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Mcp {
    /// As whom the model acts [default: `mcp.actor` of the configuration]
    #[arg(long, value_name = "ID", env = "KULANZ_ACTOR", hide_env = true)]
    pub actor: Option<String>,

    /// In which role [default: as the configuration or the list of people says]
    #[arg(long = "as", id = "role", value_name = "ROLE", env = "KULANZ_AS", hide_env = true)]
    pub role: Option<String>,

    /// In which team [default: as the configuration or the list of people says]
    #[arg(long, value_name = "TEAM", env = "KULANZ_TEAM", hide_env = true)]
    pub team: Option<String>,

    /// What is on record of the case that this session is about, a JSON file
    #[arg(long, value_name = "FILE", env = "KULANZ_RECORD", hide_env = true, value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,

    /// What it works with.
    #[command(flatten)]
    pub setup: super::Setup,
}
