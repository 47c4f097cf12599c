//! `kulanz options`

use std::io::Write;

use jiff::Timestamp;

use super::arguments::{Format, Options};
use super::exit::{Failure, Outcome};
use super::question::{Files, Words, role, spoken};
use super::terminal::Terminal;
use super::{ask, pack};
use crate::question::Explain;
use crate::{options, say::Colour};

/// Shows everything that a role may do in a case.
pub fn run(arguments: &Options, terminal: &Terminal) -> Result<Outcome, Failure> {
    let words = Words::facts(&arguments.words)?;
    role(&arguments.case)?;
    let files = match Files::read(&arguments.case) {
        Ok(files) => files,
        Err(problems) => return ask::wrong(problems, terminal),
    };
    let engine = pack::engine(terminal)?;
    match engine.reader().spoken_options(&spoken(&words, &arguments.case, &files, Explain::Decisive, terminal), Timestamp::now()) {
        Ok(request) => {
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
