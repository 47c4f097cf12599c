//! `kulanz ask`

use std::io::Write;

use jiff::Timestamp;
use serde::Serialize;

use super::arguments::{Ask, Format};
#[cfg(feature = "ledger")]
use super::books;
use super::exit::{Failure, Outcome};
use super::question::{Files, Words, role, spoken};
use super::terminal::Terminal;
use super::{batch, pack};
use crate::answer;
use crate::engine::{Engine, json_line};
use crate::question::{Explain, Problem, Request, Unread};
use crate::say::{Colour, Speech};

/// Answers one question, or a batch of them.
pub fn run(arguments: &Ask, terminal: &Terminal) -> Result<Outcome, Failure> {
    if let Some(file) = &arguments.batch {
        return batch::run(file, terminal);
    }
    let words = Words::split(&arguments.words)?;
    if words.action.is_none() {
        return Err(Failure::usage_with_help(
            "the ACTION is missing",
            "write it before the first fact: `kulanz ask refund \"80 EUR\" --as agent reason=late`",
        ));
    }
    role(&arguments.case.known)?;
    let files = match Files::read(&arguments.case.known.told) {
        Ok(files) => files,
        Err(problems) => return wrong(problems, terminal),
    };
    let engine = pack::engine(terminal)?;
    let explain = if arguments.explain { Explain::Every } else { Explain::Decisive };
    match engine.reader().spoken(&spoken(&words, &arguments.case, &files, explain, terminal), Timestamp::now()) {
        Ok(request) => {
            #[cfg(feature = "ledger")]
            let (engine, request) = with_what_is_spent(engine, request, arguments, terminal)?;
            tell(&engine, &request, terminal)
        }
        Err(problems) => wrong(problems, terminal),
    }
}

/// The same, with what the ledger says is spent, where one is named.
#[cfg(feature = "ledger")]
fn with_what_is_spent(
    engine: Engine,
    mut request: Request,
    arguments: &Ask,
    terminal: &Terminal,
) -> Result<(std::sync::Arc<Engine>, Request), Failure> {
    let engine = std::sync::Arc::new(engine);
    if let Some(address) = arguments.case.ledger.as_ref().filter(|address| books::is_there(address, terminal)) {
        books::on_a_ledger(address, arguments.case.pseudonym_key.as_deref(), async |ledger| {
            let filled = ledger.fill(&engine, &mut request).await;
            books::close(ledger, terminal).await;
            Ok(filled?)
        })?;
    }
    Ok((engine, request))
}

fn tell(engine: &Engine, request: &Request, terminal: &Terminal) -> Result<Outcome, Failure> {
    let decision = engine.decide(request);
    let text = match terminal.format {
        Format::Json => {
            let mut line = String::new();
            answer::write(&mut line, engine.policy(), &request.question, &decision, request.language);
            line + "\n"
        }
        _ => Speech::new(engine.policy(), request.language).human(&request.question, &decision, Colour::Ansi),
    };
    terminal.out().write_all(text.as_bytes())?;
    Ok(Outcome::Answered(decision.outcome))
}

/// A wrong question: every problem on standard error.
pub fn wrong(problems: Vec<Problem>, terminal: &Terminal) -> Result<Outcome, Failure> {
    if terminal.format == Format::Json {
        terminal.err().write_all(json_line(&WrongQuestion::new(problems.into(), None))?.as_bytes())?;
    } else {
        for problem in &problems {
            let place = problem.path.trim_start_matches('/').replace('/', ".");
            let message = if place.is_empty() { problem.message.clone() } else { format!("{place}: {}", problem.message) };
            terminal.problem(&message, problem.help.as_deref());
        }
    }
    Ok(Outcome::WrongQuestion)
}

/// What stands in the place of an answer.
#[derive(Debug, Serialize)]
pub struct WrongQuestion {
    error: Wrong,
}

#[derive(Debug, Serialize)]
struct Wrong {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    errors: Vec<Problem>,
}

impl WrongQuestion {
    /// `line` is that of a batch.
    pub fn new(unread: Unread, line: Option<u64>) -> Self {
        Self { error: Wrong { code: unread.fault.code(), line, errors: unread.problems } }
    }
}
