//! `kulanz ask --batch FILE`: one JSON question a line, one JSON answer a line, in order, in constant memory.
//!
//! A thread reads, every core answers, and the calling thread writes. What was read goes round the workers in turn and is written in the same turn, so that the order is
//! kept without a place to wait in; each worker has a short queue, so that whoever is fastest waits for the slowest.

use std::fs::File;
use std::io::{self, Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use jiff::Timestamp;

use super::ask::WrongQuestion;
use super::exit::{Failure, Outcome};
use super::lines::{Line, Lines};
use super::pack;
use super::terminal::Terminal;
use crate::engine::{Engine, Scratch, json_line};
use crate::question::{Reader, Unread};

/// How much text goes to a worker at a time, in bytes, unless one line is longer…
const CHUNK: usize = 1 << 15;
/// …and at most so many lines.
const LINES: usize = 1 << 10;
/// Answers go to the writer in pieces of about this, in bytes.
const PIECE: usize = 1 << 18;
/// How many chunks wait before and behind each worker.
const QUEUE: usize = 2;

/// Answers every line; one that is no question gets an error, and the rest goes on.
pub fn run(file: &Path, terminal: &Terminal) -> Result<Outcome, Failure> {
    let input: Box<dyn Read + Send> = if file.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(open(file)?) };
    let engine = Arc::new(pack::engine(terminal)?);
    let (mut questions, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
        let (to_worker, from_reader) = sync_channel(QUEUE);
        let (to_writer, from_worker) = sync_channel(QUEUE);
        let (engine, lang) = (Arc::clone(&engine), terminal.lang.clone());
        let worker = thread::Builder::new().spawn(move || Worker::new(&engine, lang.as_deref()).run(&from_reader, &to_writer));
        match worker {
            Ok(_) => {
                questions.push(to_worker);
                answers.push(from_worker);
            }
            // Fewer do as well.
            Err(_) if !answers.is_empty() => break,
            Err(error) => return Err(error.into()),
        }
    }
    // None of these threads is waited for: where nobody takes the answers any more, no further line is read.
    thread::Builder::new().spawn(move || read(input, &questions))?;
    write(&answers)
}

/// Some lines of the input.
#[derive(Debug)]
struct Chunk {
    /// The number of its first line.
    first: u64,
    text: String,
    lines: Vec<Piece>,
}

/// One line of a chunk.
#[derive(Clone, Copy, Debug)]
enum Piece {
    /// So many bytes of the text.
    Text(usize),
    NotUtf8(usize),
    TooLong,
}

/// Answers to some lines of a chunk.
#[derive(Debug)]
struct Answers {
    text: String,
    all_right: bool,
    /// Whether further lines of the chunk follow.
    more: bool,
}

/// Gives chunks to the workers in turn, until the input ends or nobody takes them.
fn read(input: Box<dyn Read>, workers: &[SyncSender<io::Result<Chunk>>]) {
    let mut lines = Lines::new(input);
    let mut first = 1;
    for worker in workers.iter().cycle() {
        let chunk = chunk(&mut lines, first);
        let is_last = match &chunk {
            Ok(chunk) => {
                first += chunk.lines.len() as u64;
                chunk.lines.is_empty()
            }
            Err(_) => true,
        };
        if worker.send(chunk).is_err() || is_last {
            return;
        }
    }
}

/// The next lines: as many as are there, and one at least; none at the end.
fn chunk(lines: &mut Lines<impl Read>, first: u64) -> io::Result<Chunk> {
    let mut chunk = Chunk { first, text: String::new(), lines: Vec::new() };
    while let Some(line) = lines.next()? {
        let piece = match line {
            Line::Text(text) => {
                chunk.text.push_str(text);
                Piece::Text(text.len())
            }
            Line::NotUtf8(byte) => Piece::NotUtf8(byte),
            Line::TooLong => Piece::TooLong,
        };
        chunk.lines.push(piece);
        // Whoever waits for these answers before asking on must get them.
        if chunk.text.len() >= CHUNK || chunk.lines.len() >= LINES || !lines.is_next_here() {
            break;
        }
    }
    Ok(chunk)
}

/// Writes answers in the turn in which the questions were read.
fn write(workers: &[Receiver<io::Result<Answers>>]) -> Result<Outcome, Failure> {
    let mut out = io::stdout().lock();
    let mut outcome = Outcome::Done;
    for worker in workers.iter().cycle() {
        let mut is_last = true;
        loop {
            let answers = worker.recv().map_err(|_| io::Error::other("a thread that answers has ended"))?;
            let Answers { text, all_right, more } = answers?;
            if !all_right {
                outcome = Outcome::Problems;
            }
            is_last &= text.is_empty();
            out.write_all(text.as_bytes())?;
            if !more {
                break;
            }
        }
        out.flush()?;
        // Only the chunk at the end of the input has no lines.
        if is_last {
            break;
        }
    }
    Ok(outcome)
}

struct Worker<'e> {
    engine: &'e Engine,
    reader: Reader<'e>,
    scratch: Scratch,
}

impl<'e> Worker<'e> {
    fn new(engine: &'e Engine, lang: Option<&'e str>) -> Self {
        let reader = lang.map_or_else(|| engine.reader(), |lang| engine.reader().speaking(lang));
        Self { engine, reader, scratch: Scratch::default() }
    }

    /// Answers chunk after chunk, until there is none or nobody wants to know.
    fn run(mut self, questions: &Receiver<io::Result<Chunk>>, writer: &SyncSender<io::Result<Answers>>) {
        while let Ok(chunk) = questions.recv() {
            let done = match chunk {
                Ok(chunk) => self.answer(&chunk, writer),
                Err(error) => writer.send(Err(error)).ok(),
            };
            if done.is_none() {
                return;
            }
        }
    }

    /// `None` where nobody wants to know.
    fn answer(&mut self, chunk: &Chunk, writer: &SyncSender<io::Result<Answers>>) -> Option<()> {
        let room = PIECE.min(6 * chunk.text.len());
        let mut answers = Answers { text: String::with_capacity(room), all_right: true, more: true };
        let (mut rest, mut number) = (chunk.text.as_str(), chunk.first);
        for piece in &chunk.lines {
            let question = match piece {
                Piece::Text(length) => {
                    let (question, behind) = rest.split_at(*length);
                    rest = behind;
                    Ok(question)
                }
                Piece::NotUtf8(byte) => Err(Unread::not_utf8(*byte)),
                Piece::TooLong => Err(Unread::too_large()),
            };
            if let Err(error) = self.line(number, question, &mut answers) {
                return writer.send(Err(error)).ok();
            }
            number += 1;
            if answers.text.len() >= PIECE {
                let next = Answers { text: String::with_capacity(room), all_right: true, more: true };
                writer.send(Ok(std::mem::replace(&mut answers, next))).ok()?;
            }
        }
        writer.send(Ok(Answers { more: false, ..answers })).ok()
    }

    /// Adds the answer to one line, or what is wrong with it.
    fn line(&mut self, number: u64, question: Result<&str, Unread>, answers: &mut Answers) -> io::Result<()> {
        let answered =
            question.and_then(|question| self.engine.answer_json(&self.reader, question, Timestamp::now(), &mut self.scratch, &mut answers.text));
        match answered {
            Ok(_) => answers.text.push('\n'),
            Err(unread) => {
                answers.all_right = false;
                answers.text.push_str(&json_line(&WrongQuestion::new(unread, Some(number)))?);
            }
        }
        Ok(())
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    let opened = File::open(path).and_then(|file| if file.metadata()?.is_dir() { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(file) });
    opened.map_err(|error| Failure::usage(format!("cannot read `{}`: {error}", path.display())))
}
