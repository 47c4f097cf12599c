//! `kulanz case list` and `kulanz case show`

use std::io::Write;

use serde::Serialize;
use serde_json::value::RawValue;

use super::super::arguments::{Format, List, Show, State};
use super::super::exit::{Failure, Outcome};
use super::super::refusal;
use super::super::terminal::Terminal;
use super::super::{books, ids};
use super::{note_who_stands_in, stands};
use crate::engine::json_line;
use crate::ledger::record::{Case, CaseState};
use crate::ledger::store::{CaseFilter, Purpose};
use crate::ledger::{LedgerError, Refusal};

/// So many are read at a time.
const PAGE: u32 = 500;

/// Cases as JSON.
#[derive(Serialize)]
struct Cases<'a> {
    cases: &'a [Case],
}

/// A case as JSON, with the lines of its log, oldest first.
#[derive(Serialize)]
struct Shown<'a> {
    case: &'a Case,
    history: Vec<&'a RawValue>,
}

/// Lists cases.
pub fn run(arguments: &List, terminal: &Terminal) -> Result<Outcome, Failure> {
    let state = match arguments.state {
        State::Open => Some(CaseState::Open),
        State::Approved => Some(CaseState::Approved),
        State::Declined => Some(CaseState::Declined),
        State::All => None,
    };
    if arguments.overdue && state.is_some_and(|state| state != CaseState::Open) {
        return Err(Failure::usage("`--overdue` does not go with this `--state`: only open cases are due"));
    }
    books::open_existing(&arguments.books, terminal, async |session| {
        let now = session.ledger.now();
        let state = if arguments.overdue { Some(CaseState::Open) } else { state };
        let mut filter = CaseFilter {
            owner: arguments.owner.clone(),
            state: state.map(|state| state.word().to_owned()),
            due_before: arguments.overdue.then(|| now.as_microsecond()),
            behind: None,
            most: PAGE,
        };
        let mut cases: Vec<Case> = Vec::new();
        {
            let mut tx = session.ledger.store().begin(Purpose::Read).await.map_err(LedgerError::from)?;
            loop {
                let rows = tx.find_cases(&filter).await.map_err(LedgerError::from)?;
                let Some(last) = rows.last() else { break };
                filter.behind = Some((last.due, last.id.clone()));
                for row in &rows {
                    cases.push(serde_json::from_str(&row.body)?);
                }
            }
        }
        let text = if terminal.format == Format::Json { json_line(&Cases { cases: &cases })? } else { session.herald().cases(&cases, now) };
        terminal.out().write_all(text.as_bytes())?;
        note_who_stands_in(session, &cases).await?;
        Ok(Outcome::Done)
    })
}

/// Shows one case with its whole history.
pub fn show(arguments: &Show, terminal: &Terminal) -> Result<Outcome, Failure> {
    books::open_existing(&arguments.books, terminal, async |session| {
        let id = ids::case(&session.ledger, &arguments.case).await?;
        let Some((case, history)) = session.ledger.find_case(&id).await? else {
            return refusal::tell(&Refusal::NoSuchCase(id), terminal);
        };
        note_who_stands_in(session, std::slice::from_ref(&case)).await?;
        let history = session.ledger.legible(&session.office.people, history).await?;
        let lines: Vec<_> = history.iter().map(|event| event.line.as_str()).collect();
        if terminal.format != Format::Json {
            return stands(session, &case, &lines);
        }
        let history = lines.into_iter().map(serde_json::from_str).collect::<Result<_, _>>()?;
        terminal.out().write_all(json_line(&Shown { case: &case, history })?.as_bytes())?;
        Ok(Outcome::Done)
    })
}
