//! What there is to say where something was not booked.

use std::io::Write;

use serde_json::json;
use serde_json::value::RawValue;

use super::arguments::Format;
use super::ask;
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use crate::answer::Answer;
use crate::decide::Outcome as Word;
use crate::engine::json_line;
use crate::ledger::Refusal;

/// Tells why something was not done. An answer is the result and goes to standard output; everything else is a problem.
///
/// # Errors
///
/// Where it cannot be told.
pub fn tell(refusal: &Refusal, terminal: &Terminal) -> Result<Outcome, Failure> {
    let (code, message, help) = match refusal {
        Refusal::NotGranted(answer) => return answered(answer, terminal),
        Refusal::WrongQuestion(problems) => return ask::wrong(problems.clone(), terminal),
        Refusal::Unconfirmed { duties, answer } => return unconfirmed(duties, answer, terminal),
        Refusal::KeyReused => {
            ("idempotency_key_reused", "the KEY was used for something else".to_owned(), Some("take another one, or ask the same again".to_owned()))
        }
        Refusal::NoSuchGrant(id) => ("no_such_grant", format!("there is no grant `{id}`"), None),
        Refusal::AlreadyReversed(id) => ("already_reversed", format!("the grant `{id}` was taken back already"), None),
        Refusal::NoSuchCase(id) => ("no_such_case", format!("there is no case `{id}`"), None),
        Refusal::CaseClosed { state, grant } => {
            ("case_closed", format!("the case is closed: it was {state}"), grant.as_ref().map(|grant| format!("it became the grant {grant}")))
        }
        Refusal::NotTheOwner(owner) => {
            ("not_the_owner", format!("the case is on the desk of `{owner}`"), Some("only its owner decides it or hands it over".into()))
        }
        Refusal::OwnCase => ("own_case", "nobody decides about what they brought themselves".into(), None),
        Refusal::SecondSignature(who) => {
            ("second_signature", format!("`{who}` has approved it already"), Some("every approval is by another person".into()))
        }
        Refusal::WrongRole { needed } => ("wrong_role", format!("it takes somebody of the role `{needed}`, or above"), None),
        Refusal::NothingToAsk(answer) => {
            let answer: Answer = serde_json::from_str(answer.get()).unwrap_or_default();
            (
                "nothing_to_ask",
                "there is nothing to ask anybody: it can be granted as it is".into(),
                Some(format!("{} `kulanz grant` books it", answer.say)),
            )
        }
        Refusal::NobodyHasRole(role) => {
            let help = "put somebody of that role into people.toml, and see `kulanz check --people FILE`";
            ("nobody_has_role", format!("nobody who could own it has the role `{role}`"), Some(help.into()))
        }
        Refusal::NoSuchPerson(id) => ("no_such_person", format!("`{id}` is not in the list of people"), None),
    };
    problem(code, &message, help.as_deref(), terminal)?;
    let is_wrong = matches!(refusal, Refusal::NoSuchGrant(_) | Refusal::NoSuchCase(_) | Refusal::NoSuchPerson(_));
    Ok(if is_wrong { Outcome::WrongQuestion } else { Outcome::Problems })
}

fn problem(code: &str, message: &str, help: Option<&str>, terminal: &Terminal) -> Result<(), Failure> {
    if terminal.format == Format::Json {
        let error = json!({"error": {"code": code, "message": message, "help": help}});
        terminal.err().write_all(json_line(&error)?.as_bytes())?;
    } else {
        terminal.problem(message, help);
    }
    Ok(())
}

/// The word of an answer.
pub fn word(answer: &Answer) -> Word {
    [Word::Yes, Word::Owed, Word::UpTo, Word::Ask, Word::No].into_iter().find(|word| word.word() == answer.answer).unwrap_or(Word::Need)
}

/// What was answered in the place of a grant.
fn answered(answer: &RawValue, terminal: &Terminal) -> Result<Outcome, Failure> {
    let read: Answer = serde_json::from_str(answer.get())?;
    let text = match terminal.format {
        Format::Json => answer.get().to_owned(),
        _ => read.say.clone(),
    };
    writeln!(terminal.out(), "{text}")?;
    // Somebody may and yet it is not booked: it is beyond what can be counted.
    let outcome = word(&read);
    Ok(if matches!(outcome, Word::Yes | Word::Owed) { Outcome::Problems } else { Outcome::Answered(outcome) })
}

fn unconfirmed(duties: &[String], answer: &RawValue, terminal: &Terminal) -> Result<Outcome, Failure> {
    let names: Vec<_> = duties.iter().map(|duty| format!("`{duty}`")).collect();
    let options: Vec<_> = duties.iter().map(|duty| format!("--confirm {duty}")).collect();
    let message = format!("nothing is booked before somebody confirms {}", names.join(" and "));
    let help = format!("what is done or promised is confirmed with `{}`", options.join(" "));
    if terminal.format == Format::Json {
        let answer: &RawValue = answer;
        let error = json!({"error": {"code": "unconfirmed", "message": message, "help": help, "duties": duties}, "answer": answer});
        terminal.err().write_all(json_line(&error)?.as_bytes())?;
        return Ok(Outcome::Unconfirmed);
    }
    let answer: Answer = serde_json::from_str(answer.get())?;
    terminal.problem(&message, Some(&help));
    for required in answer.require.iter().filter(|required| duties.contains(&required.duty)) {
        let by = required.by.as_ref().map(|by| format!(" (by {by})")).unwrap_or_default();
        terminal.note(&format!("{}: {}{by}", required.duty, required.title.as_deref().unwrap_or(&required.duty)));
    }
    Ok(Outcome::Unconfirmed)
}
