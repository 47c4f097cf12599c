//! The command line: one file a command.
//!
//! Results go to standard output, problems to standard error. Exit codes are in [`exit`].

mod arguments;
mod completions;
mod exit;
mod man;
mod new;
mod terminal;
mod version;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use exit::{Failure, Outcome};
use terminal::Terminal;

/// Reads the arguments of this process and does what they say.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
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
        Command::Completions(arguments) => completions::run(arguments, terminal),
        Command::Man(arguments) => man::run(arguments, terminal),
        Command::Version => version::run(terminal),
        // The commands that read a pack come with the reader of packs.
        _ => Err(Failure::usage("this command needs the reader of packs")),
    }
}
