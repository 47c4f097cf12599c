//! `kulanz completions SHELL`

use std::io::Write;

use clap::CommandFactory;

use super::arguments::{Arguments, Completions};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;

/// Prints the completions of a shell.
pub fn run(arguments: &Completions, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "kulanz", &mut script);
    terminal.out().write_all(&script)?;
    Ok(Outcome::Done)
}
