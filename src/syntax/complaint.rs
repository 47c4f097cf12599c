//! What the grammar did not understand, in the words of somebody who writes policies.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::layout::first_word;
use super::piece::{Piece, Rule};
use super::words::shorten;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// A text that does not end before its line does.
pub(super) fn open_text(span: Span, _written: &str) -> Diagnostic {
    Diagnostic::new(Code::BadText, "this text is not closed")
        .at(span, "it begins here")
        .help("end it with `\"` in the same line; inside a text write `\\\"` for a quotation mark and `\\n` for a line break")
}

/// The problem behind an error of the grammar.
pub(super) fn explain(piece: &Piece<'_>, rule: Rule, error: &Error<Rule>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let expected = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.as_slice(),
        ErrorVariant::CustomError { .. } => &[],
    };
    let _ = rule;
    let rest = piece.text.get(at..).unwrap_or_default();
    let found = first_word(rest);
    let span = piece.span(at, at + found.len().max(1));
    Diagnostic::new(Code::Form, format!("found `{}`, expected {expected:?}", shorten(found))).at(span, "")
}
