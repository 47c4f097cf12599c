//! `kulanz ask --batch FILE`: one JSON question a line, one JSON answer a line, in order, in constant memory.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use jiff::Timestamp;

use super::ask::WrongQuestion;
use super::exit::{Failure, Outcome};
use super::lines::{LONGEST, Line, Lines};
use super::pack;
use super::terminal::Terminal;
use crate::engine::{Engine, json_line};
use crate::question::{Json, Problem};

/// Answers every line; one that is no question gets an error, and the rest goes on.
pub fn run(file: &Path, terminal: &Terminal) -> Result<Outcome, Failure> {
    let input: Box<dyn Read> = if file.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(open(file)?) };
    let engine = pack::engine(terminal)?;
    let mut lines = Lines::new(input);
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut number, mut outcome) = (0, Outcome::Done);
    while let Some(line) = lines.next()? {
        number += 1;
        let answered = match answer(&line.without_mark(number), &engine, terminal.lang.as_deref()) {
            Ok(answer) => answer,
            Err((code, errors)) => {
                outcome = Outcome::Problems;
                json_line(&WrongQuestion::new(code, Some(number), errors))?
            }
        };
        out.write_all(answered.as_bytes())?;
        // Whoever waits for this answer before asking on must get it.
        if !lines.is_next_here() {
            out.flush()?;
        }
    }
    out.flush()?;
    Ok(outcome)
}

fn open(path: &Path) -> Result<File, Failure> {
    let opened = File::open(path).and_then(|file| if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) });
    opened.map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))
}

/// A stable code and what is wrong.
type Refused = (&'static str, Vec<Problem>);

fn answer(line: &Line<'_>, engine: &Engine, lang: Option<&str>) -> Result<String, Refused> {
    let text = match line {
        Line::Text(text) => *text,
        Line::NotUtf8(byte) => return Err(refuse("not_utf8", format!("not UTF-8 from byte {byte} on"))),
        Line::TooLong => return Err(refuse("too_long", format!("longer than {LONGEST} bytes"))),
    };
    let mut question = Json::parse(text).map_err(|problem| ("not_json", vec![problem]))?;
    if let Some(lang) = lang {
        speak(&mut question, lang);
    }
    let request = engine.reader().question(&question, Timestamp::now()).map_err(|problems| ("wrong_question", problems))?;
    json_line(&engine.ask(&request)).map_err(|error| refuse("internal", error.to_string()))
}

fn refuse(code: &'static str, message: String) -> Refused {
    (code, vec![Problem { path: String::new(), message, help: None }])
}

/// Lets a question that names no language be answered in this one.
fn speak(question: &mut Json, lang: &str) {
    if let Json::Object(members) = question
        && members.iter().all(|(name, _)| name != "lang")
    {
        members.push(("lang".to_owned(), Json::Text(lang.to_owned())));
    }
}
