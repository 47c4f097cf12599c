//! What can be typed about the keys of callers.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

/// `kulanz key`
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key; it is shown once
    New(KeyNew),
    /// All keys, without their secrets
    List(KeyList),
    /// Take a key back, at once
    Revoke(KeyRevoke),
}

/// Which file of keys.
#[derive(Debug, Args)]
pub struct KeyFile {
    /// The file of the keys
    #[arg(long, value_name = "FILE", default_value = "keys.toml", env = "KULANZ_KEYS", hide_env = true, value_hint = ValueHint::FilePath)]
    pub keys: PathBuf,
}

/// `kulanz key new`
#[derive(Debug, Args)]
pub struct KeyNew {
    /// What people call it, such as the name of the helpdesk
    #[arg(value_name = "NAME")]
    pub name: String,

    /// What it may do; may be given several times
    #[arg(
        long,
        help = "What it may do: ask, grant, record, cases, read, admin or on_behalf; may be given several times",
        value_name = "SCOPE",
        required = true,
        env = "KULANZ_SCOPE",
        hide_env = true,
        value_delimiter = ','
    )]
    pub scope: Vec<crate::access::Scope>,

    /// How long it is taken: 90d, 12w, a day, or a moment [default: until it is revoked]
    #[arg(long, value_name = "WHEN", env = "KULANZ_EXPIRES", hide_env = true)]
    pub expires: Option<String>,

    /// The person as whom it acts, by the id in the list of people
    #[arg(long, value_name = "ID", env = "KULANZ_AS_ACTOR", hide_env = true)]
    pub as_actor: Option<String>,

    /// So many requests a minute [default: what the configuration says]
    #[arg(long, value_name = "NUMBER", env = "KULANZ_PER_MINUTE", hide_env = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub per_minute: Option<u32>,

    /// So many requests at once [default: as many as in a minute]
    #[arg(long, value_name = "NUMBER", requires = "per_minute", env = "KULANZ_BURST", hide_env = true, value_parser = clap::value_parser!(u32).range(1..))]
    pub burst: Option<u32>,

    /// Which file.
    #[command(flatten)]
    pub file: KeyFile,
}

/// `kulanz key list`
#[derive(Debug, Args)]
pub struct KeyList {
    /// Which file.
    #[command(flatten)]
    pub file: KeyFile,
}

/// `kulanz key revoke`
#[derive(Debug, Args)]
pub struct KeyRevoke {
    /// Its id: what stands between `kz_` and the next `_`
    #[arg(value_name = "ID")]
    pub id: String,

    /// Which file.
    #[command(flatten)]
    pub file: KeyFile,
}
