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

/// Says who stands in for owners that are away. That is put in the books with the next step.
async fn note_who_stands_in(session: &Session<'_>, cases: &[Case]) -> Result<(), Failure> {
    let mut stuck = 0;
    for (case, next) in cases.iter().zip(session.ledger.stand_ins(&session.office, cases).await?) {
        match next {
            None => {}
            Some(Err(_)) => stuck += 1,
            Some(Ok(who)) => {
                let (id, absent) = (short(&case.id), &case.owner.id);
                session.terminal.note(&format!("`{absent}`, who owns {id}, is away; its next step is up to `{}`", who.id));
            }
        }
    }
    match stuck {
        0 => {}
        1 => session.terminal.note("1 case stays with somebody who is away: there is nobody to stand in"),
        several => session.terminal.note(&format!("{several} cases stay with people who are away: there is nobody to stand in")),
    }
    Ok(())
}

fn next(session: &Session<'_>, case: &Case) -> Vec<String> {
    let step = |verb: &str| Line::new(&["case", verb, short(&case.id)]).option("--actor", Some(&case.owner.id));
    let at = |line: Line| line.at(session.books, session.terminal);
    match case.state {
        CaseState::Open => vec![at(step("approve")), at(step("decline").blank("--reason … --offered …"))],
        CaseState::Approved | CaseState::Declined => Vec::new(),
    }
}
