//! The steps of a case: add, hand over, approve, decline.

use std::io::Write;

use serde_json::json;

use super::super::arguments::{Add, Approve, Books, Decline, Doer, Format, HandOver};
use super::super::books::{self, Session};
use super::super::exit::{Failure, Outcome};
use super::super::grant::{granted, unforeseen};
use super::super::ids;
use super::super::question::{Files, Words};
use super::super::terminal::Terminal;
use super::stands;
use crate::ledger::record::{Case, CaseState};
use crate::ledger::{Done, Step};
use crate::question::{Field, Spoken};

/// `kulanz case add`
pub fn add(arguments: &Add, terminal: &Terminal) -> Result<Outcome, Failure> {
    let words = Words::facts(&arguments.words, "a note is given with `--note TEXT`")?;
    step(&arguments.books, &arguments.case, &arguments.doer, None, terminal, |session| {
        let files = session.right(Files::read(&arguments.told))?;
        let spoken = Spoken { facts: &words.facts, facts_json: files.facts(), record_json: files.record(), ..Spoken::default() };
        let added = session.right(session.reader().spoken_additions(&spoken))?;
        let (facts, record) = (added.facts, added.record);
        let note = session.particulars(&[], &[(Field::Note, "note", arguments.note.as_deref())])?.note;
        if facts.is_empty() && record.is_empty() && note.is_none() {
            return Err(Failure::usage_with_help("there is nothing to add", "name facts, or a note with `--note TEXT`"));
        }
        Ok(Step::Add { facts, record, note })
    })
}

/// `kulanz case hand-over`
pub fn hand_over(arguments: &HandOver, terminal: &Terminal) -> Result<Outcome, Failure> {
    step(&arguments.books, &arguments.case, &arguments.doer, None, terminal, |session| {
        let texts = [(Field::To, "to", Some(arguments.to.as_str())), (Field::Note, "note", arguments.note.as_deref())];
        let particulars = session.particulars(&[], &texts)?;
        Ok(Step::HandOver { to: particulars.to.unwrap_or_default(), note: particulars.note })
    })
}

/// `kulanz case approve`
pub fn approve(arguments: &Approve, terminal: &Terminal) -> Result<Outcome, Failure> {
    let beside = &arguments.beside;
    step(&arguments.books, &arguments.case, &arguments.doer, beside.key.as_deref(), terminal, |session| {
        let particulars = session.particulars(&beside.confirm, &[(Field::Note, "note", beside.note.as_deref())])?;
        Ok(Step::Approve { confirm: particulars.confirm, note: particulars.note })
    })
}

/// `kulanz case decline`
pub fn decline(arguments: &Decline, terminal: &Terminal) -> Result<Outcome, Failure> {
    step(&arguments.books, &arguments.case, &arguments.doer, None, terminal, |session| {
        let texts = [(Field::Reason, "reason", Some(arguments.reason.as_str())), (Field::Offered, "offered", Some(arguments.offered.as_str()))];
        let particulars = session.particulars(&[], &texts)?;
        Ok(Step::Decline { reason: particulars.reason.unwrap_or_default(), offered: particulars.offered.unwrap_or_default() })
    })
}

/// Takes a step.
fn step(
    books: &Books,
    case: &str,
    doer: &Doer,
    key: Option<&str>,
    terminal: &Terminal,
    read: impl FnOnce(&Session<'_>) -> Result<Step, Failure>,
) -> Result<Outcome, Failure> {
    books::open_existing(books, terminal, async |session| {
        let who = session.doer(doer)?;
        let step = read(session)?;
        let id = ids::case(&session.ledger, case).await?;
        let ticket = books::ticket(key, &json!(["case", id, who, format!("{step:?}")]))?;
        match session.ledger.step(&session.office, &id, who, step, ticket).await? {
            Ok(Done::Case(case)) => stood(session, &case).await,
            other => unforeseen(session, other),
        }
    })
}

/// Tells how a case stands after a step; where it became a grant, of that too.
async fn stood(session: &Session<'_>, case: &Case) -> Result<Outcome, Failure> {
    if let (CaseState::Approved, Some(id), true) = (case.state, &case.grant, session.terminal.format != Format::Json)
        && let Some(grant) = session.ledger.find_grant(id).await?
    {
        session.terminal.out().write_all(session.herald().standing(case).as_bytes())?;
        return granted(session, &grant);
    }
    stands(session, case, &[])
}
