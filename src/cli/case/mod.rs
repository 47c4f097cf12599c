//! `kulanz case …`: one file for what belongs together.

mod list;
mod open;
mod step;

use std::io::Write;

use super::arguments::{CaseCommand, Format};
use super::books::Session;
use super::exit::{Failure, Outcome};
use super::shell::Line;
use super::terminal::Terminal;
use crate::engine::json_line;
use crate::ledger::record::{Case, CaseState};
use crate::say::short;

/// Does what was asked of a case.
pub fn run(command: &CaseCommand, terminal: &Terminal) -> Result<Outcome, Failure> {
    match command {
        CaseCommand::Open(arguments) => open::run(arguments, terminal),
        CaseCommand::List(arguments) => list::run(arguments, terminal),
        CaseCommand::Show(arguments) => list::show(arguments, terminal),
        CaseCommand::Add(arguments) => step::add(arguments, terminal),
        CaseCommand::HandOver(arguments) => step::hand_over(arguments, terminal),
        CaseCommand::Approve(arguments) => step::approve(arguments, terminal),
        CaseCommand::Decline(arguments) => step::decline(arguments, terminal),
    }
}

/// Tells how a case stands, and what its owner can do next.
fn stands(session: &Session<'_>, case: &Case, history: &[&str]) -> Result<Outcome, Failure> {
    let terminal = session.terminal;
    let text = if terminal.format == Format::Json { json_line(case)? } else { session.herald().case(case, history, next(session, case)) };
    terminal.out().write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}

fn next(session: &Session<'_>, case: &Case) -> Vec<String> {
    let step = |verb: &str| Line::new(&["case", verb, short(&case.id)]).option("--actor", Some(&case.owner.id));
    let at = |line: Line| line.at(session.books, session.terminal);
    match case.state {
        CaseState::Open => vec![at(step("approve")), at(step("decline").blank("--reason … --offered …"))],
        CaseState::Approved | CaseState::Declined => Vec::new(),
    }
}
