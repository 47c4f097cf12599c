//! What can be typed where something is booked.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::{Known, Told};

const BOOKS: &str = "Where it is booked";

/// Which ledger, and who works here.
#[derive(Debug, Args)]
pub struct Books {
    /// The ledger: sqlite:PATH, postgres://… or memory:
    #[arg(long, help_heading = BOOKS, value_name = "ADDRESS", default_value = "sqlite:kulanz.db", env = "KULANZ_LEDGER", hide_env = true)]
    pub ledger: String,

    /// The file with the key of the ledger's pseudonyms, if it has any
    #[arg(long, help_heading = BOOKS, value_name = "FILE", env = "KULANZ_PSEUDONYM_KEY", hide_env = true, value_hint = ValueHint::FilePath)]
    pub pseudonym_key: Option<PathBuf>,

    /// Who works here, a TOML file [default: people.toml in the folder of the pack, beside it, or in the current directory]
    #[arg(long, help_heading = BOOKS, value_name = "FILE", env = "KULANZ_PEOPLE", hide_env = true, value_hint = ValueHint::FilePath)]
    pub people: Option<PathBuf>,
}

/// Who does it. What is left out comes from the list of people.
#[derive(Debug, Args)]
pub struct Doer {
    /// The person who does it
    #[arg(long, value_name = "ID", env = "KULANZ_ACTOR", hide_env = true)]
    pub actor: Option<String>,

    /// That person's role [default: as the list of people says]
    #[arg(long = "as", id = "role", value_name = "ROLE", env = "KULANZ_AS", hide_env = true)]
    pub role: Option<String>,

    /// That person's team [default: as the list of people says]
    #[arg(long, value_name = "TEAM", env = "KULANZ_TEAM", hide_env = true)]
    pub team: Option<String>,
}

/// What stands beside something that is done.
#[derive(Debug, Args)]
pub struct Beside {
    /// A duty that is done or promised; may be given several times
    #[arg(long, value_name = "DUTY", env = "KULANZ_CONFIRM", hide_env = true, value_delimiter = ',')]
    pub confirm: Vec<String>,

    /// What the next reader should know
    #[arg(long, value_name = "TEXT", env = "KULANZ_NOTE", hide_env = true)]
    pub note: Option<String>,

    /// Names this request: the same key again does nothing more and prints the first result again
    #[arg(long, value_name = "KEY", env = "KULANZ_KEY", hide_env = true)]
    pub key: Option<String>,
}

/// `kulanz grant`
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 it is booked; 3 duties are not confirmed; 10 only a part, 11 ask somebody, 12 no, 13 something must be found out first;
2 a wrong question, 1 anything else. Unless it is 0, nothing was booked.")]
pub struct Grant {
    /// What, how much, and what is known: `refund 40 EUR reason=late`
    #[arg(value_name = "ACTION [AMOUNT] [FACT=VALUE]", required = true)]
    pub words: Vec<String>,

    /// Who grants it and what is known.
    #[command(flatten)]
    pub known: Known,

    /// What stands beside it.
    #[command(flatten)]
    pub beside: Beside,

    /// The case that it belongs to
    #[arg(long, value_name = "CASE", env = "KULANZ_CASE", hide_env = true)]
    pub case: Option<String>,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz reverse`
#[derive(Debug, Args)]
pub struct Reverse {
    /// The grant: its id, or the end of it, six characters at least
    #[arg(value_name = "GRANT")]
    pub grant: String,

    /// Who does it.
    #[command(flatten)]
    pub doer: Doer,

    /// Why
    #[arg(long, value_name = "TEXT", env = "KULANZ_REASON", hide_env = true)]
    pub reason: String,

    /// Names this request: the same key again does nothing more and prints the first result again
    #[arg(long, value_name = "KEY", env = "KULANZ_KEY", hide_env = true)]
    pub key: Option<String>,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz budget`
#[derive(Debug, Args)]
pub struct Budget {
    /// Whose
    #[arg(value_name = "ACTOR", env = "KULANZ_ACTOR", hide_env = true)]
    pub actor: Option<String>,

    /// That person's role [default: as the list of people says]
    #[arg(long = "as", id = "role", value_name = "ROLE", env = "KULANZ_AS", hide_env = true)]
    pub role: Option<String>,

    /// That person's team [default: as the list of people says]
    #[arg(long, value_name = "TEAM", env = "KULANZ_TEAM", hide_env = true)]
    pub team: Option<String>,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz case`
#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// Bring somebody what you may not grant alone
    Open(OpenCase),
    /// Cases, soonest due first
    List(List),
    /// One case with its whole history
    Show(Show),
    /// Add facts or a note
    Add(Add),
    /// Hand it over to somebody else
    HandOver(HandOver),
    /// Approve it; what is granted is booked
    Approve(Approve),
    /// Decline it, and say what was offered instead
    Decline(Decline),
}

/// `kulanz case open`
#[derive(Debug, Args)]
pub struct OpenCase {
    /// What, how much, and what is known: `refund 80 EUR reason=late`
    #[arg(value_name = "ACTION [AMOUNT] [FACT=VALUE]", required = true)]
    pub words: Vec<String>,

    /// Who brings it and what is known.
    #[command(flatten)]
    pub known: Known,

    /// The role or the person that it goes to [default: whom the answer names first]
    #[arg(long, value_name = "ROLE|ID", env = "KULANZ_TO", hide_env = true)]
    pub to: Option<String>,

    /// What stands beside it.
    #[command(flatten)]
    pub beside: Beside,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// In which state a case is to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// Somebody is to decide.
    #[default]
    Open,
    /// It was granted.
    Approved,
    /// It was not.
    Declined,
    /// Any of these.
    All,
}

/// `kulanz case list`
#[derive(Debug, Args)]
pub struct List {
    /// Only this person's
    #[arg(long, value_name = "ID", env = "KULANZ_OWNER", hide_env = true)]
    pub owner: Option<String>,

    /// Only those in this state
    #[arg(long, value_name = "STATE", value_enum, default_value_t, env = "KULANZ_STATE", hide_env = true)]
    pub state: State,

    /// Only open ones whose due time has passed
    #[arg(long, env = "KULANZ_OVERDUE", hide_env = true, value_parser = BoolishValueParser::new())]
    pub overdue: bool,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz case show`
#[derive(Debug, Args)]
pub struct Show {
    /// The case: its id, or the end of it, six characters at least
    #[arg(value_name = "CASE")]
    pub case: String,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz case add`
#[derive(Debug, Args)]
pub struct Add {
    /// The case: its id, or the end of it, six characters at least
    #[arg(value_name = "CASE")]
    pub case: String,

    /// What is said: `reason=late`
    #[arg(value_name = "FACT=VALUE")]
    pub words: Vec<String>,

    /// Facts in files.
    #[command(flatten)]
    pub told: Told,

    /// Who does it.
    #[command(flatten)]
    pub doer: Doer,

    /// What the next reader should know
    #[arg(long, value_name = "TEXT", env = "KULANZ_NOTE", hide_env = true)]
    pub note: Option<String>,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz case hand-over`
#[derive(Debug, Args)]
pub struct HandOver {
    /// The case: its id, or the end of it, six characters at least
    #[arg(value_name = "CASE")]
    pub case: String,

    /// The next owner
    #[arg(long, value_name = "ID", env = "KULANZ_TO", hide_env = true)]
    pub to: String,

    /// Who does it.
    #[command(flatten)]
    pub doer: Doer,

    /// What the next owner should know
    #[arg(long, value_name = "TEXT", env = "KULANZ_NOTE", hide_env = true)]
    pub note: Option<String>,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz case approve`
#[derive(Debug, Args)]
#[command(after_help = "Exit status: as that of `grant`.")]
pub struct Approve {
    /// The case: its id, or the end of it, six characters at least
    #[arg(value_name = "CASE")]
    pub case: String,

    /// Who does it.
    #[command(flatten)]
    pub doer: Doer,

    /// What stands beside it.
    #[command(flatten)]
    pub beside: Beside,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}

/// `kulanz case decline`
#[derive(Debug, Args)]
pub struct Decline {
    /// The case: its id, or the end of it, six characters at least
    #[arg(value_name = "CASE")]
    pub case: String,

    /// Who does it.
    #[command(flatten)]
    pub doer: Doer,

    /// Why
    #[arg(long, value_name = "TEXT", env = "KULANZ_REASON", hide_env = true)]
    pub reason: String,

    /// What was offered instead
    #[arg(long, value_name = "TEXT", env = "KULANZ_OFFERED", hide_env = true)]
    pub offered: String,

    /// Where it is booked.
    #[command(flatten)]
    pub books: Books,
}
