//! The order of clauses, and what in them can be spread over lines.

use std::ops::Range;

use super::condition;
use super::token::Tokens;
use super::writer::{MAX_WIDTH, Writer};
use crate::syntax::ast::{ClauseKind, Expr, Text};

/// Words that begin a line of an item; a line that goes on must not begin with one.
const LINE_WORDS: &[&str] = &[
    "above",
    "advise",
    "answers",
    "approved",
    "as",
    "ask",
    "asks",
    "because",
    "charge",
    "cites",
    "currency",
    "every",
    "everyone",
    "expect",
    "from",
    "given",
    "holidays",
    "includes",
    "languages",
    "may",
    "nobody",
    "offer",
    "on",
    "owner",
    "require",
    "review",
    "said",
    "spent",
    "time",
    "unless",
    "until",
    "when",
    "within",
];

/// Whether a line that begins with this word could be read as a clause.
pub(super) fn begins_line(word: &str) -> bool {
    LINE_WORDS.contains(&word)
}

/// The place of a clause among the others.
pub(super) fn rank(kind: &ClauseKind) -> u8 {
    match kind {
        ClauseKind::When(_) => 0,
        ClauseKind::Unless(_) => 1,
        ClauseKind::From(..) => 2,
        ClauseKind::Until(..) => 3,
        ClauseKind::ApprovedBy(_) => 4,
        ClauseKind::Charge(..) => 5,
        ClauseKind::Require(..) => 6,
        ClauseKind::Because(_) => 7,
        ClauseKind::Offer(..) => 8,
        ClauseKind::Advise(..) => 9,
        ClauseKind::Ask(..) => 10,
        ClauseKind::Cites(_) => 11,
        ClauseKind::Owner(_) => 12,
        ClauseKind::ReviewBy(_) => 13,
    }
}

/// A part of a line that can be spread over lines.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// One language a line.
    Text(&'a Text),
    /// One operand a line.
    Condition(&'a Expr),
}

/// The parts of a clause, in the order of the text.
pub(super) fn parts(kind: &ClauseKind) -> Vec<Part<'_>> {
    match kind {
        ClauseKind::When(condition) | ClauseKind::Unless(condition) => vec![Part::Condition(condition)],
        ClauseKind::Require(_, when) | ClauseKind::Offer(_, _, when) | ClauseKind::Ask(_, _, when) => conditions(when.as_ref()),
        ClauseKind::Because(text) | ClauseKind::Cites(text) | ClauseKind::Owner(text) => vec![Part::Text(text)],
        ClauseKind::Advise(text, when) => std::iter::once(Part::Text(text)).chain(conditions(when.as_ref())).collect(),
        ClauseKind::From(..) | ClauseKind::Until(..) | ClauseKind::ApprovedBy(_) | ClauseKind::Charge(..) | ClauseKind::ReviewBy(_) => Vec::new(),
    }
}

/// A condition that may be missing.
pub(super) fn conditions(when: Option<&Expr>) -> Vec<Part<'_>> {
    when.map(Part::Condition).into_iter().collect()
}

impl Part<'_> {
    fn range(self, tokens: &Tokens<'_>) -> Range<usize> {
        match self {
            Self::Text(text) => tokens.range(text.span),
            Self::Condition(condition) => tokens.range(condition.span),
        }
    }

    fn write(self, writer: &mut Writer<'_>) {
        match self {
            Self::Text(value) => text(writer, value),
            Self::Condition(value) => condition::write(writer, value),
        }
    }
}

/// Writes tokens with the parts among them.
pub(super) fn write(writer: &mut Writer<'_>, range: Range<usize>, parts: &[Part<'_>]) {
    let mut at = range.start;
    for part in parts {
        let part_range = part.range(writer.tokens);
        if part_range.start < at || part_range.end > range.end {
            continue;
        }
        writer.flat(at..part_range.start);
        part.write(writer);
        at = part_range.end;
    }
    writer.flat(at..range.end);
}

/// A text: on the line if it fits, else each language on its own, one under the other.
fn text(writer: &mut Writer<'_>, text: &Text) {
    let range = writer.tokens.range(text.span);
    let column = writer.column_of(range.start);
    if column + writer.tokens.width(range.clone()) <= MAX_WIDTH {
        return writer.flat(range);
    }
    let starts: Vec<usize> =
        text.variants.iter().map(|variant| writer.tokens.at(variant.language.as_ref().map_or(variant.value.span, |name| name.span).start)).collect();
    for at in range {
        if starts.iter().skip(1).any(|start| *start == at) {
            writer.line(column);
        }
        writer.token(at);
    }
}
