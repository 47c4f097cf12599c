//! The command line: one file a command.
//!
//! Results go to standard output, problems to standard error. The exit codes are in `exit`.

mod arguments;
mod ask;
#[cfg(feature = "ledger")]
mod audit;
mod batch;
#[cfg(feature = "ledger")]
mod books;
#[cfg(feature = "ledger")]
mod budget;
#[cfg(feature = "ledger")]
mod case;
mod check;
mod completions;
mod diff;
mod exit;
mod explain_code;
mod fmt;
#[cfg(feature = "ledger")]
mod grant;
mod handbook;
#[cfg(feature = "ledger")]
mod hooks;
#[cfg(feature = "ledger")]
mod ids;
#[cfg(feature = "server")]
mod key;
mod language;
mod lines;
mod locate;
mod log;
#[cfg(feature = "lsp")]
mod lsp;
mod man;
mod new;
mod options;
mod pack;
mod question;
#[cfg(feature = "ledger")]
mod refusal;
#[cfg(feature = "ledger")]
mod reverse;
mod scanned;
#[cfg(feature = "server")]
mod serve;
mod shell;
mod terminal;
mod test;
mod typed;
mod version;
#[cfg(feature = "server")]
mod watch;

use std::process::ExitCode;

pub use arguments::Arguments;

use arguments::Command;
use exit::{Failure, Outcome};
use terminal::Terminal;

/// Reads the arguments of this process and does what they say.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = typed::arguments();
    let terminal = Terminal::new(&arguments.common);
    match dispatch(&arguments.command, &terminal) {
        Ok(outcome) => outcome.into(),
        Err(failure) => failure.report(&terminal),
    }
}

fn dispatch(command: &Command, terminal: &Terminal) -> Result<Outcome, Failure> {
    terminal.format.allowed_for(command)?;
    match command {
        Command::New(arguments) => new::run(arguments, terminal),
        Command::Check(arguments) => check::run(arguments, terminal),
        Command::ExplainCode(arguments) => explain_code::run(arguments, terminal),
        Command::Fmt(arguments) => fmt::run(arguments, terminal),
        Command::Test(arguments) => test::run(arguments, terminal),
        Command::Ask(arguments) => ask::run(arguments, terminal),
        Command::Options(arguments) => options::run(arguments, terminal),
        Command::Diff(arguments) => diff::run(arguments, terminal),
        Command::Log(command) => log::run(command, terminal),
        Command::Handbook(arguments) => handbook::run(arguments, terminal),
        #[cfg(feature = "ledger")]
        Command::Grant(arguments) => grant::run(arguments, terminal),
        #[cfg(feature = "ledger")]
        Command::Reverse(arguments) => reverse::run(arguments, terminal),
        #[cfg(feature = "ledger")]
        Command::Budget(arguments) => budget::run(arguments, terminal),
        #[cfg(feature = "ledger")]
        Command::Case(command) => case::run(command, terminal),
        #[cfg(feature = "ledger")]
        Command::Audit(command) => audit::run(command, terminal),
        #[cfg(feature = "ledger")]
        Command::Hooks(command) => hooks::run(command, terminal),
        #[cfg(feature = "server")]
        Command::Serve(arguments) => serve::run(arguments, terminal),
        #[cfg(feature = "server")]
        Command::Key(command) => key::run(command, terminal),
        #[cfg(feature = "lsp")]
        Command::Lsp => lsp::run(),
        Command::Completions(arguments) => completions::run(arguments, terminal),
        Command::Man(arguments) => man::run(arguments, terminal),
        Command::Version => version::run(terminal),
    }
}
