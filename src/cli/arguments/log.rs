//! What can be typed about decision logs.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

/// `kulanz log`
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// What was answered, where customers met a no, what was missing, and how long it took
    Stats(LogStats),
}

/// `kulanz log stats`. With `--policies` it shows the titles and places of rules.
#[derive(Debug, Args)]
pub struct LogStats {
    /// Files of the log, folders of them, or - for standard input [default: -]
    #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,

    /// Only from this moment on: a date, or a date with a time
    #[arg(long, value_name = "WHEN", env = "KULANZ_SINCE", hide_env = true)]
    pub since: Option<String>,

    /// Only before this moment, or before this day
    #[arg(long, value_name = "WHEN", env = "KULANZ_UNTIL", hide_env = true)]
    pub until: Option<String>,

    /// Count answers by rule, action or role too
    #[arg(long, value_enum, value_name = "WHAT", env = "KULANZ_BY", hide_env = true)]
    pub by: Option<By>,
}

/// By what answers are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// By each rule that decided.
    Rule,
    /// By action.
    Action,
    /// By the role of who asked.
    Role,
}
