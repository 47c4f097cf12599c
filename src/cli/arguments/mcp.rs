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

    /// A file with these settings, that of `kulanz serve`
    #[arg(long, value_name = "FILE", env = "KULANZ_CONFIG", hide_env = true, value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Where grants and cases are kept: sqlite:PATH, postgres://… or memory: [default: nowhere, and the model can only ask]
    #[arg(long, value_name = "ADDRESS", env = "KULANZ_LEDGER", hide_env = true)]
    pub ledger: Option<String>,

    /// The file with the key of the ledger's pseudonyms, if it has any
    #[arg(long, value_name = "FILE", env = "KULANZ_PSEUDONYM_KEY", hide_env = true, value_hint = ValueHint::FilePath)]
    pub pseudonym_key: Option<PathBuf>,

    /// The list of people, who own cases [default: with a ledger, people.toml in the folder of the pack, beside it, or in the current directory]
    #[arg(long, value_name = "FILE", env = "KULANZ_PEOPLE", hide_env = true, value_hint = ValueHint::FilePath)]
    pub people: Option<PathBuf>,
}
