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
use crate::engine::{Scratch, json_line};
use crate::question::{Problem, Unread};

/// Answers every line; one that is no question gets an error, and the rest goes on.
pub fn run(file: &Path, terminal: &Terminal) -> Result<Outcome, Failure> {
    let input: Box<dyn Read> = if file.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(open(file)?) };
    let engine = pack::engine(terminal)?;
    let reader = terminal.lang.as_deref().map_or_else(|| engine.reader(), |lang| engine.reader().speaking(lang));
    let mut lines = Lines::new(input);
    let mut out = BufWriter::new(io::stdout().lock());
    let (mut number, mut outcome) = (0, Outcome::Done);
    let (mut scratch, mut answer) = (Scratch::default(), String::new());
    while let Some(line) = lines.next()? {
        number += 1;
        answer.clear();
        let answered = question(&line.without_mark(number))
            .and_then(|text| engine.answer_json(&reader, text, Timestamp::now(), &mut scratch, &mut answer).map_err(unread));
        if let Err((code, errors)) = answered {
            outcome = Outcome::Problems;
            out.write_all(json_line(&WrongQuestion::new(code, Some(number), errors))?.as_bytes())?;
        } else {
            answer.push('\n');
            out.write_all(answer.as_bytes())?;
        }
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

fn question<'l>(line: &Line<'l>) -> Result<&'l str, Refused> {
    match line {
        Line::Text(text) => Ok(text),
        Line::NotUtf8(byte) => Err(refuse("not_utf8", format!("not UTF-8 from byte {byte} on"))),
        Line::TooLong => Err(refuse("too_long", format!("longer than {LONGEST} bytes"))),
    }
}

fn unread(unread: Unread) -> Refused {
    match unread {
        Unread::NotJson(problem) => ("not_json", vec![problem]),
        Unread::Wrong(problems) => ("wrong_question", problems),
    }
}

fn refuse(code: &'static str, message: String) -> Refused {
    (code, vec![Problem { path: String::new(), message, help: None }])
}
