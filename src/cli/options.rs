//! `kulanz options`

use std::io::Write;

use jiff::Timestamp;

use super::arguments::{Format, Options};
#[cfg(feature = "ledger")]
use super::books;
use super::exit::{Failure, Outcome};
use super::question::{Files, Words, role, spoken};
use super::terminal::Terminal;
use super::{ask, pack};
#[cfg(feature = "ledger")]
use crate::engine::Engine;
use crate::question::Explain;
#[cfg(feature = "ledger")]
use crate::question::OptionsRequest;
use crate::{options, say::Colour};

/// Shows everything that a role may do in a case.
pub fn run(arguments: &Options, terminal: &Terminal) -> Result<Outcome, Failure> {
    let words = Words::facts(&arguments.words, "this is about every action; about one ask with `kulanz ask`")?;
    role(&arguments.case.known)?;
    let files = match Files::read(&arguments.case.known.told) {
        Ok(files) => files,
        Err(problems) => return ask::wrong(problems, terminal),
    };
    let engine = pack::engine(terminal)?;
    match engine.reader().spoken_options(&spoken(&words, &arguments.case, &files, Explain::Decisive, terminal), Timestamp::now()) {
        Ok(request) => {
            #[cfg(feature = "ledger")]
            let request = with_what_is_spent(&engine, request, arguments, terminal)?;
            let text = match terminal.format {
                Format::Json => {
                    let mut line = String::new();
                    engine.write_options(&request, &mut line);
                    line + "\n"
                }
                _ => options::Options::human(engine.policy(), engine.program(), &request, Colour::Ansi),
            };
            terminal.out().write_all(text.as_bytes())?;
            Ok(Outcome::Done)
        }
        Err(problems) => ask::wrong(problems, terminal),
    }
}

/// The same, with what the ledger says is spent, where one is named.
#[cfg(feature = "ledger")]
fn with_what_is_spent(engine: &Engine, mut request: OptionsRequest, arguments: &Options, terminal: &Terminal) -> Result<OptionsRequest, Failure> {
    if let Some(address) = arguments.case.ledger.as_ref().filter(|address| books::is_there(address, terminal)) {
        let case = &mut request.case;
        case.spent = books::on_a_ledger(address, arguments.case.pseudonym_key.as_deref(), async |ledger| {
            let spent = ledger.spent_by(engine, &case.actor, &case.facts, case.at).await;
            books::close(ledger, terminal).await;
            Ok(spent?)
        })?;
    }
    Ok(request)
}
