//! `kulanz grant`

use std::io::Write;

use serde_json::json;
use serde_json::value::RawValue;

use super::arguments::{Format, Grant, Known};
use super::books::{self, Session};
use super::exit::{Failure, Outcome};
use super::question::Words;
use super::shell::Line;
use super::terminal::Terminal;
use super::{ids, refusal};
use crate::answer::parts::ref_name;
use crate::answer::{self, Answer};
use crate::decide::{Decision, Mode};
use crate::engine::json_line;
use crate::ledger::record;
use crate::ledger::{Done, Refusal, Settled};
use crate::policy::FactRef;
use crate::question::{FactState, Field, Provenance, Question, Request};
use crate::say::{Colour, Speech, short};

/// Decides and books.
pub fn run(arguments: &Grant, terminal: &Terminal) -> Result<Outcome, Failure> {
    let words = Words::split(&arguments.words)?;
    books::open(&arguments.books, terminal, async |session| {
        let request = session.request(&words, &arguments.known)?;
        let beside = &arguments.beside;
        let case = match &arguments.case {
            Some(case) => Some(ids::case(&session.ledger, case).await?),
            None => None,
        };
        let particulars =
            session.particulars(&beside.confirm, &[(Field::Note, "note", beside.note.as_deref()), (Field::Case, "case", case.as_deref())])?;
        let proposal = session.proposal(request, &particulars);
        let ticket = books::ticket(beside.key.as_deref(), &session.asked("grant", &proposal, &json!(case)))?;
        match session.ledger.grant(&proposal, case, ticket).await? {
            Ok(Done::Grant(grant)) => granted(session, &grant),
            Err(Refusal::NotGranted(answer)) if terminal.format != Format::Json => {
                let next = |question: &_, decision: &_| next(session, &words, &arguments.known, question, decision);
                not_granted(session, Mode::Grant, proposal.request, &answer, next).await
            }
            other => unforeseen(session, other),
        }
    })
}

/// Tells of a grant.
///
/// # Errors
///
/// Where it cannot be told.
pub fn granted(session: &Session<'_>, grant: &record::Grant) -> Result<Outcome, Failure> {
    let terminal = session.terminal;
    let text = if terminal.format == Format::Json {
        json_line(grant)?
    } else {
        let again = |line: Line| line.at(session.books, terminal);
        let who = &grant.actor;
        // Of whom the list of people knows nothing, the command says it.
        let unlisted = session.office.people.find(&who.id).is_none();
        let role = Some(who.role.as_str()).filter(|_| unlisted);
        let team = who.team.as_deref().filter(|_| unlisted);
        let said = |line: Line| line.option("--as", role).option("--team", team);
        let budget = again(said(Line::new(&["budget"]).word(&who.id)));
        let reverse = said(Line::new(&["reverse", short(&grant.id)]).option("--actor", Some(&who.id))).blank("--reason …");
        session.herald().granted(grant, vec![budget, again(reverse)])
    };
    terminal.out().write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}

/// Tells of a refusal. What was done, but is not what was asked for, cannot be.
///
/// # Errors
///
/// Where it cannot be told.
pub fn unforeseen(session: &Session<'_>, settled: Settled) -> Result<Outcome, Failure> {
    match settled {
        Err(refusal) => refusal::tell(&refusal, session.terminal),
        Ok(_) => Err(anyhow::anyhow!("the ledger did something else").into()),
    }
}

/// A command, and what it does.
type Next = (String, String);

/// The answer as `ask` gives it, and what to type next.
///
/// # Errors
///
/// Where the ledger does not answer, or it cannot be told.
pub async fn not_granted(
    session: &Session<'_>,
    mode: Mode,
    mut request: Request,
    refused: &RawValue,
    next: impl FnOnce(&Question, &Decision) -> Vec<Next>,
) -> Result<Outcome, Failure> {
    let read: Answer = serde_json::from_str(refused.get())?;
    request.question.at = session.ledger.now();
    session.ledger.fill(&session.office.engine, &mut request).await?;
    let decision = session.office.engine.program().decide(&request.question, mode);
    let policy = session.policy();
    if !is_the_same(&read, &Answer::new(policy, &request.question, &decision, request.language)) {
        // Somebody else spent or gave back meanwhile: what was decided is said in its own words.
        return refusal::tell(&Refusal::NotGranted(refused.to_owned()), session.terminal);
    }
    let mut text = Speech::new(policy, request.language).human(&request.question, &decision, Colour::Ansi);
    for (line, label) in next(&request.question, &decision) {
        text.extend([&label, "\n  ", &line, "\n"]);
    }
    session.terminal.out().write_all(text.as_bytes())?;
    note_what_was_only_said(session, &request.question, &decision);
    Ok(Outcome::Answered(decision.outcome))
}

/// What is said is not enough where a grant needs it on record.
fn note_what_was_only_said(session: &Session<'_>, question: &Question, decision: &Decision) {
    let only_said = |fact: &FactRef| match fact {
        FactRef::Fact(id) => matches!(question.fact(*id), FactState::Known(_, Provenance::Said) | FactState::Absent(Provenance::Said)),
        FactRef::ActorId | FactRef::ActorTeam => false,
    };
    let names: Vec<_> = decision.need.iter().filter(|fact| only_said(fact)).map(|fact| ref_name(session.policy(), *fact)).collect();
    if !names.is_empty() {
        session
            .terminal
            .note(&format!("only said, but needed on record: {}; give what a system of record says with `--record FILE`", names.join(", ")));
    }
}

fn is_the_same(a: &Answer, b: &Answer) -> bool {
    (&a.answer, &a.limit, &a.entitled, &a.charge, &a.ask) == (&b.answer, &b.limit, &b.entitled, &b.charge, &b.ask)
}

/// Commands that go on from a refusal, each with what it does: the part that may be granted, and the case.
fn next(session: &Session<'_>, words: &Words, known: &Known, question: &Question, decision: &Decision) -> Vec<Next> {
    let policy = session.policy();
    let action = words.action.as_deref().unwrap_or_default();
    let told = |line: Line, amount: Option<&str>| {
        let line = amount.into_iter().fold(line.word(action), Line::word);
        let line = words.facts.iter().fold(line, |line, fact| line.word(fact));
        let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let line = line.given("--actor", "KULANZ_ACTOR", known.actor.as_deref()).given("--as", "KULANZ_AS", known.role.as_deref());
        let line = line.given("--team", "KULANZ_TEAM", known.team.as_deref());
        let line = line.given("--facts", "KULANZ_FACTS", path(&known.told.facts).as_deref());
        line.given("--record", "KULANZ_RECORD", path(&known.told.record).as_deref()).at(session.books, session.terminal)
    };
    let speech = Speech::new(policy, session.language);
    let mut next = Vec::new();
    if let (crate::decide::Outcome::UpTo, crate::decide::Limit::Amount(limit)) = (decision.outcome, &decision.limit) {
        let limit = answer::plain::of_action(policy, question.action, limit);
        next.push((told(Line::new(&["grant"]), Some(&limit)), speech.next_part()));
    }
    if let Some(contact) = decision.ask.first() {
        next.push((told(Line::new(&["case", "open"]), words.amount.as_deref()), speech.next_case(contact.role)));
    }
    next
}
