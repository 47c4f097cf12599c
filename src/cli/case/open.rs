//! `kulanz case open`

use serde_json::json;

use super::super::arguments::{Format, OpenCase};
use super::super::books;
use super::super::exit::{Failure, Outcome};
use super::super::grant::{not_granted, unforeseen};
use super::super::question::Words;
use super::super::terminal::Terminal;
use super::stands;
use crate::decide::{Mode, Outcome as Answered};
use crate::ledger::{Done, Refusal};
use crate::question::Field;

/// Brings something to the person who may decide it.
pub fn run(arguments: &OpenCase, terminal: &Terminal) -> Result<Outcome, Failure> {
    let words = Words::split(&arguments.words)?;
    books::open(&arguments.books, terminal, async |session| {
        let request = session.request(&words, &arguments.known)?;
        let beside = &arguments.beside;
        let texts = [(Field::Note, "note", beside.note.as_deref()), (Field::To, "to", arguments.to.as_deref())];
        let particulars = session.particulars(&beside.confirm, &texts)?;
        let proposal = session.proposal(request, &particulars);
        let ticket = books::ticket(beside.key.as_deref(), &session.asked("case open", &proposal, &json!(particulars.to)))?;
        match session.ledger.open_case(&session.office.people, &proposal, particulars.to, ticket).await? {
            Ok(Done::Case(case)) => stands(session, &case, &[]),
            Err(Refusal::NotGranted(answer)) if terminal.format != Format::Json => {
                let mut request = proposal.request;
                request.question.at = session.ledger.now();
                session.ledger.fill(&session.office.engine, &mut request).await?;
                // What may be granted as it is said, but not by what is on record, is refused by that.
                let as_said = session.office.engine.program().decide(&request.question, Mode::Ask).outcome;
                let mode = if matches!(as_said, Answered::Yes | Answered::Owed) { Mode::Grant } else { Mode::Ask };
                not_granted(session, mode, request, &answer, |_, _| Vec::new()).await
            }
            other => unforeseen(session, other),
        }
    })
}
