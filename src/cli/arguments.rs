//! What can be typed. Every option can also be set by an environment variable, `KULANZ_` and its name.

#[cfg(feature = "ledger")]
mod audit;
#[cfg(feature = "ledger")]
mod hooks;
#[cfg(feature = "server")]
mod key;
#[cfg(feature = "ledger")]
mod ledger;
mod log;
#[cfg(feature = "mcp")]
mod mcp;

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

#[cfg(feature = "ledger")]
pub use audit::{AuditCommand, AuditExport, AuditForget, AuditKey, AuditVerify, History};
#[cfg(feature = "ledger")]
pub use hooks::{HooksCommand, HooksList, HooksRetry};
#[cfg(feature = "server")]
pub use key::{KeyCommand, KeyList, KeyNew, KeyRevoke};
#[cfg(feature = "ledger")]
pub use ledger::{Add, Approve, Books, Budget, CaseCommand, Decline, Doer, Grant, HandOver, List, OpenCase, Reverse, Show, State};
pub use log::{By, LogCommand, LogStats};
#[cfg(feature = "mcp")]
pub use mcp::Mcp;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = "\
Exit status of `ask` and `grant`: 0 yes or owed, 10 up_to, 11 ask, 12 no, 13 need; of `grant` also 3, duties are not confirmed.
A wrong question or a usage error exits 2, a policy that does not check exits 1.
Every option is also an environment variable: KULANZ_ and its name, such as KULANZ_POLICIES.";

const COMMON: &str = "Options of every command";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "kulanz", version, about = "What may I grant, what is owed, who else can decide?", styles = STYLES)]
#[command(after_help = AFTER_HELP, propagate_version = true, arg_required_else_help = true)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Common {
    /// The policy pack, a folder or a file [default: ./policies, else the current directory]
    #[arg(short, long, global = true, help_heading = COMMON, value_name = "PATH", env = "KULANZ_POLICIES", hide_env = true, value_hint = ValueHint::AnyPath)]
    pub policies: Option<PathBuf>,

    /// How to print: human or json; `check` also sarif, `test` also junit, `handbook` md or html
    #[arg(long, global = true, help_heading = COMMON, value_enum, default_value_t, env = "KULANZ_FORMAT", hide_env = true, hide_possible_values = true)]
    pub format: Format,

    /// The language of the answer, such as de or en [default: the policy's first]
    #[arg(long, global = true, help_heading = COMMON, value_name = "LANGUAGE", env = "KULANZ_LANG", hide_env = true)]
    pub lang: Option<String>,

    /// When to use colour; `NO_COLOR` is honoured
    #[arg(long, global = true, help_heading = COMMON, value_enum, default_value_t, value_name = "WHEN", env = "KULANZ_COLOR", hide_env = true)]
    pub color: Color,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
    /// For code scanning.
    Sarif,
    /// For test reports.
    Junit,
    /// For the web and for paper.
    Html,
    /// For wikis and pull requests.
    #[value(alias = "markdown")]
    Md,
}

/// When colour is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a small pack that checks, tests and answers at once
    New(New),
    /// Read a pack and report every problem in it
    Check(Check),
    /// What a code such as K0202 means, with a wrong and a right example
    ExplainCode(ExplainCode),
    /// Bring policy files into the one layout
    Fmt(Fmt),
    /// Run the tests of a pack
    Test(Test),
    /// Can I do this?
    Ask(Ask),
    /// Everything that a role may do in this case, with limits
    Options(Options),
    /// What a role may do, in sentences, to read and to print
    Handbook(Handbook),
    /// Which answers are different between two policies, each with a case
    Diff(Diff),
    /// What a decision log says
    #[command(subcommand)]
    Log(LogCommand),
    /// Grant something: decide and book it
    #[cfg(feature = "ledger")]
    Grant(Grant),
    /// Take a grant back
    #[cfg(feature = "ledger")]
    Reverse(Reverse),
    /// What is left of somebody's budgets, and what they granted this month
    #[cfg(feature = "ledger")]
    Budget(Budget),
    /// What somebody may not grant alone, on one person's desk
    #[cfg(feature = "ledger")]
    #[command(subcommand)]
    Case(CaseCommand),
    /// Check and export the history of a ledger, and forget people in it
    #[cfg(feature = "ledger")]
    #[command(subcommand)]
    Audit(AuditCommand),
    /// What webhooks were not told yet
    #[cfg(feature = "ledger")]
    #[command(subcommand)]
    Hooks(HooksCommand),
    /// Answer over HTTP
    #[cfg(feature = "server")]
    Serve(Serve),
    /// Answer a language model: a server of the Model Context Protocol, over standard input and output
    #[cfg(feature = "mcp")]
    Mcp(Mcp),
    /// Make, list and take back the keys of callers
    #[cfg(feature = "server")]
    #[command(subcommand)]
    Key(KeyCommand),
    /// Serve an editor: the language server, over standard input and output
    #[cfg(feature = "lsp")]
    Lsp,
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual page, or write one for each command into a folder
    Man(Man),
    /// Print the version
    Version,
}

/// `kulanz new`
#[derive(Debug, Args)]
pub struct New {
    /// The folder to make; it must not hold anything yet
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: PathBuf,
}

/// `kulanz check`
#[derive(Debug, Args)]
pub struct Check {
    /// Warnings count as errors
    #[arg(long, env = "KULANZ_DENY_WARNINGS", hide_env = true, value_parser = BoolishValueParser::new())]
    pub deny_warnings: bool,

    /// Mend what can be mended without asking, in the files of the pack, and report what is left
    #[arg(long, env = "KULANZ_FIX", hide_env = true, value_parser = BoolishValueParser::new())]
    pub fix: bool,

    /// Also check who works here, a TOML file, against the policy
    #[cfg(feature = "ledger")]
    #[arg(long, value_name = "FILE", env = "KULANZ_PEOPLE", hide_env = true, value_hint = ValueHint::FilePath)]
    pub people: Option<PathBuf>,
}

/// `kulanz explain-code`
#[derive(Debug, Args)]
pub struct ExplainCode {
    /// The code, such as K0202 [default: all of them, in a list]
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
}

/// `kulanz fmt`
#[derive(Debug, Args)]
pub struct Fmt {
    /// The files and folders [default: the pack]; `-` reads standard input and writes standard output
    #[arg(value_name = "FILES", value_hint = ValueHint::AnyPath)]
    pub files: Vec<PathBuf>,

    /// Change nothing; exit 1 where something would change
    #[arg(long, env = "KULANZ_CHECK", hide_env = true, value_parser = BoolishValueParser::new())]
    pub check: bool,
}

/// `kulanz test`
#[derive(Debug, Args)]
pub struct Test {
    /// Only tests whose title contains this
    #[arg(long, value_name = "TEXT", env = "KULANZ_FILTER", hide_env = true)]
    pub filter: Option<String>,

    /// Also show which rules, table rows, clauses and conditions no test touches
    #[arg(long, env = "KULANZ_COVERAGE", hide_env = true, value_parser = BoolishValueParser::new())]
    pub coverage: bool,

    /// Print the tests that would raise coverage, ready to be pasted
    #[arg(long, env = "KULANZ_MISSING", hide_env = true, value_parser = BoolishValueParser::new())]
    pub missing: bool,

    /// Exit 1 where the tests cover less than this
    #[arg(long, value_name = "PERCENT", env = "KULANZ_MIN_COVERAGE", hide_env = true, value_parser = clap::value_parser!(u8).range(..=100))]
    pub min_coverage: Option<u8>,

    /// Run them again whenever a file of the pack changes
    #[cfg(feature = "server")]
    #[arg(long, env = "KULANZ_WATCH", hide_env = true, value_parser = BoolishValueParser::new())]
    pub watch: bool,
}

const ASK_USAGE: &str = "\
kulanz ask [OPTIONS] --as <ROLE> <ACTION> [AMOUNT] [FACT=VALUE]...
       kulanz ask [OPTIONS] --batch <FILE>";

/// `kulanz ask`
#[derive(Debug, Args)]
#[command(override_usage = ASK_USAGE)]
pub struct Ask {
    /// What, how much, and what is known: `refund 80 EUR reason=late`
    #[arg(value_name = "ACTION [AMOUNT] [FACT=VALUE]", required_unless_present = "batch")]
    pub words: Vec<String>,

    /// Who asks and what is known of the case.
    #[command(flatten)]
    pub case: Case,

    /// Also show every rule that could have applied, and why it did not
    #[arg(long, env = "KULANZ_EXPLAIN", hide_env = true, value_parser = BoolishValueParser::new())]
    pub explain: bool,

    /// One JSON question a line; `-` is standard input
    #[arg(long, value_name = "FILE", env = "KULANZ_BATCH", hide_env = true, value_hint = ValueHint::FilePath)]
    pub batch: Option<PathBuf>,
}

/// `kulanz options`
#[derive(Debug, Args)]
pub struct Options {
    /// What is known: `reason=late`
    #[arg(value_name = "FACT=VALUE")]
    pub words: Vec<String>,

    /// Who asks and what is known of the case.
    #[command(flatten)]
    pub case: Case,
}

/// `kulanz handbook`
#[derive(Debug, Args)]
pub struct Handbook {
    /// Whom it is for [default: every role]
    #[arg(long, value_name = "ROLE", env = "KULANZ_ROLE", hide_env = true)]
    pub role: Option<String>,

    /// The file to write [default: standard output]
    #[arg(short, long, value_name = "FILE", env = "KULANZ_OUTPUT", hide_env = true, value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    /// The day that it shows [default: today]
    #[arg(long, value_name = "DATE", env = "KULANZ_AT", hide_env = true)]
    pub at: Option<jiff::civil::Date>,
}

/// Who asks and what is known of the case.
#[derive(Debug, Args)]
pub struct Case {
    /// What holds of any case.
    #[command(flatten)]
    pub known: Known,

    /// What a budget has used already; may be given several times
    #[arg(long, value_name = "BUDGET=QTY", env = "KULANZ_SPENT", hide_env = true, value_delimiter = ',')]
    pub spent: Vec<String>,

    /// The ledger that knows what the budgets have used: sqlite:PATH or postgres://…
    #[cfg(feature = "ledger")]
    #[arg(long, value_name = "ADDRESS", env = "KULANZ_LEDGER", hide_env = true)]
    pub ledger: Option<String>,

    /// The file with the key of the ledger's pseudonyms, if it has any
    #[cfg(feature = "ledger")]
    #[arg(long, value_name = "FILE", env = "KULANZ_PSEUDONYM_KEY", hide_env = true, value_hint = ValueHint::FilePath)]
    pub pseudonym_key: Option<PathBuf>,

    /// The moment of the question: a date or a datetime [default: now]
    #[arg(long, value_name = "WHEN", env = "KULANZ_AT", hide_env = true)]
    pub at: Option<String>,
}

/// Who asks, what somebody says and what is on record.
#[derive(Debug, Args)]
pub struct Known {
    /// The role of the person who asks
    #[arg(long = "as", id = "role", value_name = "ROLE", env = "KULANZ_AS", hide_env = true)]
    pub role: Option<String>,

    /// The person who asks
    #[arg(long, value_name = "ID", env = "KULANZ_ACTOR", hide_env = true)]
    pub actor: Option<String>,

    /// That person's team
    #[arg(long, value_name = "TEAM", env = "KULANZ_TEAM", hide_env = true)]
    pub team: Option<String>,

    /// What is told of the case in files.
    #[command(flatten)]
    pub told: Told,
}

/// What is told of a case in files.
#[derive(Debug, Args)]
pub struct Told {
    /// Facts that somebody says, a JSON file
    #[arg(long, value_name = "FILE", env = "KULANZ_FACTS", hide_env = true, value_hint = ValueHint::FilePath)]
    pub facts: Option<PathBuf>,

    /// Facts from a system of record, a JSON file
    #[arg(long, value_name = "FILE", env = "KULANZ_RECORD", hide_env = true, value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,
}

/// What a service works with; what is typed goes before what the file says.
#[derive(Debug, Args)]
pub struct Setup {
    /// A file with these settings and the limits
    #[arg(long, value_name = "FILE", env = "KULANZ_CONFIG", hide_env = true, value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,

    /// Where grants and cases are kept: sqlite:PATH, postgres://… or memory: [default: nowhere]
    #[arg(long, value_name = "ADDRESS", env = "KULANZ_LEDGER", hide_env = true)]
    pub ledger: Option<String>,

    /// The file with the key of the ledger's pseudonyms [default: the ledger has none, and its log names people]
    #[arg(long, value_name = "FILE", env = "KULANZ_PSEUDONYM_KEY", hide_env = true, value_hint = ValueHint::FilePath)]
    pub pseudonym_key: Option<PathBuf>,

    /// The list of people, who own cases [default: with a ledger, people.toml in the folder of the pack, beside it, or in the current directory]
    #[arg(long, value_name = "FILE", env = "KULANZ_PEOPLE", hide_env = true, value_hint = ValueHint::FilePath)]
    pub people: Option<PathBuf>,
}

/// `kulanz serve`
#[derive(Debug, Args)]
#[command(after_help = "The log goes to standard error, as JSON with `--format json`; KULANZ_LOG says how much of it: error, warn, info or debug.")]
pub struct Serve {
    /// Where to listen; only addresses of this machine, unless the configuration has `[access]` and `[tls]` [default: 127.0.0.1:7373]
    #[arg(long, value_name = "ADDRESS", env = "KULANZ_LISTEN", hide_env = true)]
    pub listen: Option<String>,

    /// What it works with.
    #[command(flatten)]
    pub setup: Setup,

    /// Whether callers count as a system of record [default: true]
    #[arg(long, value_name = "YES", env = "KULANZ_TRUST_RECORD", hide_env = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_parser = BoolishValueParser::new())]
    pub trust_record: Option<bool>,

    /// A proxy in front of this encrypts what goes over the network
    #[arg(long, env = "KULANZ_BEHIND_PROXY", hide_env = true, value_parser = BoolishValueParser::new())]
    pub behind_proxy: bool,
}

const DIFF_HELP: &str = "\
OLD and NEW are folders, files, or revisions of the git repository that holds the pack: a commit, tag or branch, or git:REVISION:PATH.
Exit status: 0 same answers, 1 different answers, 2 trouble.";

/// `kulanz diff`
#[derive(Debug, Args)]
#[command(after_help = DIFF_HELP)]
pub struct Diff {
    /// What was: a folder, a file or a git revision
    #[arg(value_name = "OLD", value_hint = ValueHint::AnyPath)]
    pub old: PathBuf,

    /// What is: likewise
    #[arg(value_name = "NEW", value_hint = ValueHint::AnyPath)]
    pub new: PathBuf,

    /// The day on which all questions are asked, at noon [default: today]
    #[arg(long, value_name = "DATE", env = "KULANZ_ON", hide_env = true)]
    pub on: Option<String>,
}

/// `kulanz completions`
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// `kulanz man`
#[derive(Debug, Args)]
pub struct Man {
    /// The folder; standard output where it is left out
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub directory: Option<PathBuf>,
}
