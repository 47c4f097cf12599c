//! `kulanz man [DIR]`

use std::io::Write;

use anyhow::Context;
use clap::CommandFactory;

use super::arguments::{Arguments, Man};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;

/// Prints the page of `kulanz`, or writes the pages of all commands into a folder.
pub fn run(arguments: &Man, terminal: &Terminal) -> Result<Outcome, Failure> {
    let command = Arguments::command();
    if let Some(directory) = &arguments.directory {
        let failed = || format!("cannot write the manual pages into `{}`", directory.display());
        std::fs::create_dir_all(directory).with_context(failed)?;
        clap_mangen::generate_to(command, directory).with_context(failed)?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        terminal.out().write_all(&page)?;
    }
    Ok(Outcome::Done)
}
