//! Text into trees.
//!
//! [`parse`] takes one text and gives its items and everything that is wrong with its form. A text is cut into items, and an item into pieces, before the
//! grammar sees any of it, so a mistake spoils no more than its own piece. The grammar is `grammar/kulanz.pest`; only this module knows of it.

pub mod ast;
pub mod format;

mod bounds;
mod clauses;
mod complaint;
mod csv;
mod examples;
mod expressions;
#[cfg(feature = "lsp")]
mod follow;
mod headers;
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method by itself is not general over the lifetimes of its reader")]
mod items;
mod layout;
mod misplaced;
mod numerals;
mod piece;
mod reading;
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method by itself is not general over the lifetimes of its reader")]
mod tables;
mod tree;
mod vocabulary;
mod words;

pub(crate) use csv::Sheet;
pub use csv::{parse_csv_table, parse_holidays};
#[cfg(feature = "lsp")]
pub(crate) use follow::{could_follow, keywords};
pub(crate) use items::ITEMS;
pub(crate) use layout::comment_start;
pub use tables::TableKind;
pub(crate) use tables::header_words;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Sources, Span};
use piece::{Piece, Reader, Rule};
use reading::{Reading, Written};
#[cfg(feature = "lsp")]
pub(crate) use {clauses::clause_words, items::line_words, words::is_reserved};

/// How many problems of one text are reported; a text with more is not a policy.
pub(crate) const MAX_PROBLEMS: usize = 200;

/// Reads one text.
///
/// The items that could be read come back in source order, and with them everything that is wrong with the form of the others.
#[must_use]
pub fn parse(sources: &Sources, id: SourceId) -> (ast::File, Vec<Diagnostic>) {
    let text = sources.get(id).map(crate::source::Source::text).unwrap_or_default();
    let lines = layout::lines(text);
    let items = layout::items(&lines, |line| items::is_stray(line, text));
    let Reading { items, broken, problems } = Written { text, source: id, items: &items }.read();
    let file = ast::File { source: id, items, broken };
    (file, bounded(id, problems))
}

/// The problems of one text in its order. Where there were so many that the rest was not read, the last one says so.
fn bounded(id: SourceId, mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    problems.sort_by_key(|problem| problem.span().map_or(0, |span| span.start));
    if problems.len() > MAX_PROBLEMS {
        let end = problems.get(MAX_PROBLEMS).and_then(Diagnostic::span).unwrap_or(Span::new(id, 0, 0));
        problems.truncate(MAX_PROBLEMS);
        let message = format!("there are more than {MAX_PROBLEMS} problems in this file; the rest of it is not read");
        problems.push(Diagnostic::new(Code::TooManyProblems, message).at(Span { end: end.start, ..end }, ""));
    }
    problems
}

/// Reads one literal from outside a policy: `80 EUR`, `-5`, `25%`, `30 days`, `2026-11-21`, `yes`, `"SALE-"`.
///
/// The spans inside the result point nowhere.
///
/// # Errors
/// Where the text is no literal: what is wrong, in the words of a message.
///
/// ```
/// use kulanz::syntax::{ast::Literal, literal};
/// assert!(matches!(literal("80 EUR"), Ok(Literal::Money(..))));
/// assert!(literal("12,50 EUR").unwrap_err().contains("12.50"));
/// ```
pub fn literal(text: &str) -> Result<ast::Literal, String> {
    if layout::comment_start(text).is_some() {
        return Err(format!("`{}` holds a `#`, which begins a comment", words::shorten(text)));
    }
    let mut problems = Vec::new();
    let piece = Piece { text: text.trim(), source: SourceId::default(), base: 0, doubled: &[] };
    let mut reader = Reader::new(piece, &mut problems);
    let read = reader.literal_piece();
    match (read, problems.into_iter().next()) {
        (Some(literal), None) => Ok(literal),
        (_, Some(problem)) => Err(match problem.help {
            Some(help) => format!("{} ({help})", problem.message),
            None => problem.message,
        }),
        (None, None) => Err(format!("`{}` is no value", words::shorten(text))),
    }
}

impl Reader<'_, '_> {
    fn literal_piece(&mut self) -> Option<ast::Literal> {
        let tree = self.tree(Rule::literal_piece)?;
        let first = tree.root()?;
        if first.as_rule() != Rule::signed_literal {
            return None;
        }
        let negative = piece::has(&first, Rule::minus);
        let literal = self.literal(&first.inner().last()?)?;
        if !negative {
            return Some(literal);
        }
        Some(match literal {
            ast::Literal::Number(number) => ast::Literal::Number(number.negate()),
            ast::Literal::Percent(number) => ast::Literal::Percent(number.negate()),
            ast::Literal::Money(number, currency) => ast::Literal::Money(number.negate(), currency),
            ast::Literal::Steps(steps) => ast::Literal::Steps(ast::Steps { count: steps.count.negate(), ..steps }),
            _ => return self.refuse(Diagnostic::new(Code::Form, format!("`{}` cannot be negative", words::shorten(self.piece.text)))),
        })
    }
}
