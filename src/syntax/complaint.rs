//! What the grammar did not understand, in the words of somebody who writes policies.
//!
//! The grammar says how far it came and what could have followed there. Likely mistakes have an explanation of their own; for the rest the author reads
//! what was expected and what was found.

mod claims;
mod everyday;
mod exceptions;
mod expected;
mod facts;
mod limits;
mod mistakes;
mod names;
mod phrases;
mod quantities;
mod repair;
mod sayings;
mod slips;

#[cfg(feature = "lsp")]
pub(super) use expected::keyword;

pub(super) use repair::is_read;

use pest::error::{Error, ErrorVariant, InputLocation};

use super::layout::{comment_start, first_word};
use super::piece::{Piece, Rule};
use super::words::shorten;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// A text that does not end before its line does.
pub(super) fn open_text(span: Span, written: &str) -> Diagnostic {
    let problem = Diagnostic::new(Code::BadText, "this text is not closed").at(span, "it begins here");
    if written.contains(['“', '”', '„']) {
        return problem.help("a text begins and ends with a straight quotation mark `\"`");
    }
    problem.help("end it with `\"` in the same line; inside a text write `\\\"` for a quotation mark and `\\n` for a line break")
}

/// Whether a line names the file of a table, which does not stand there.
pub(super) fn names_file(line: &str) -> bool {
    slips::file_of(line).is_some()
}

/// Where the grammar could not go on.
struct Failure<'e> {
    piece: &'e Piece<'e>,
    /// What the piece should have been.
    rule: Rule,
    /// The byte of the piece at which nothing fits.
    at: usize,
    /// What would have fitted there.
    expected: &'e [Rule],
}

impl<'e> Failure<'e> {
    fn new(piece: &'e Piece<'e>, rule: Rule, error: &'e Error<Rule>) -> Self {
        let at = match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        };
        let expected = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
            ErrorVariant::CustomError { .. } => &[],
        };
        let rest = piece.text.get(at..).unwrap_or_default();
        Self { piece, rule, at: at + (rest.len() - skip(rest).len()), expected }
    }

    fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    fn expects_any(&self, rules: &[Rule]) -> bool {
        rules.iter().any(|rule| self.expects(*rule))
    }

    /// What nothing was made of.
    fn rest(&self) -> &'e str {
        self.piece.text.get(self.at..).unwrap_or_default()
    }

    /// What was understood, without the space and the comments behind it.
    fn before(&self) -> &'e str {
        without_comment(self.piece.text.get(..self.at).unwrap_or_default())
    }

    /// The word, or the one sign, at which nothing fits; empty at the end.
    fn found(&self) -> &'e str {
        let rest = self.rest();
        let word = first_word(rest).trim_end_matches('.');
        let length = if word.is_empty() { rest.chars().next().map_or(0, char::len_utf8) } else { word.len() };
        rest.get(..length).unwrap_or_default()
    }

    /// Whether the word is the first of its line.
    fn starts_line(&self) -> bool {
        let line = self.piece.text.get(..self.at).unwrap_or_default();
        line.rsplit('\n').next().is_some_and(|line| line.trim().is_empty()) && line.contains('\n')
    }

    /// The place of the word; at the end, that of the last character before it.
    fn span(&self) -> Span {
        let found = self.found();
        if found.is_empty() {
            let end = self.before().len();
            let start = self.before().char_indices().next_back().map_or(0, |(at, _)| at);
            return self.piece.span(start, end);
        }
        self.piece.span(self.at, self.at + found.len())
    }

    fn code(&self) -> Code {
        if expected::is_cell(self.rule) { Code::BadCell } else { Code::Form }
    }

    fn problem(&self, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.code(), message).at(self.span(), "").help(help)
    }

    /// What was expected and what was found.
    fn general(&self) -> Diagnostic {
        let expected = expected::phrase(self.expected);
        let found = shorten(self.found());
        let message = match (expected, found.is_empty()) {
            (Some(expected), true) => format!("expected {expected} after `{}`", self.last_words()),
            (Some(expected), false) => format!("expected {expected}, found `{found}`"),
            (None, true) => "this ends too early".to_owned(),
            (None, false) => format!("`{found}` does not fit here"),
        };
        let problem = Diagnostic::new(self.code(), message).at(self.span(), "");
        let word = first_word(self.piece.text.trim_start());
        let hint = expected::hint(self.rule).or_else(|| expected::line_hint(self.rule, word));
        repair::or_hint(self, problem, hint.map(str::to_owned))
    }

    /// The last word that was understood.
    fn last_words(&self) -> String {
        shorten(self.before().rsplit(char::is_whitespace).next().unwrap_or_default())
    }
}

/// Without the space and the comments at its start.
fn skip(mut rest: &str) -> &str {
    loop {
        rest = rest.trim_start();
        match rest.strip_prefix('#') {
            Some(comment) => rest = comment.split_once('\n').map_or("", |(_, behind)| behind),
            None => return rest,
        }
    }
}

/// Without the space and the comments at its end.
fn without_comment(mut text: &str) -> &str {
    loop {
        text = text.trim_end();
        let line = text.rfind('\n').map_or(0, |at| at + 1);
        match comment_start(text.get(line..).unwrap_or_default()) {
            Some(comment) => text = text.get(..line + comment).unwrap_or_default(),
            None => return text,
        }
    }
}

/// The problem behind an error of the grammar.
pub(super) fn explain(piece: &Piece<'_>, rule: Rule, error: &Error<Rule>) -> Diagnostic {
    let failure = Failure::new(piece, rule, error);
    // What is joined to a line fits behind every whole condition: it is the line before that has no end.
    let unfinished = failure.starts_line() && matches!(failure.found(), "and" | "or");
    if let Some(problem) = slips::joined_to_nothing(&failure).filter(|_| unfinished) {
        return problem;
    }
    let lines_before = Piece { text: failure.before(), ..*piece };
    let failure = if unfinished { Failure { piece: &lines_before, at: failure.before().len(), ..failure } } else { failure };
    let doubled = || repair::doubled_word(&failure);
    doubled().or_else(|| mistakes::likely(&failure)).unwrap_or_else(|| failure.general())
}
