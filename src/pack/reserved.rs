//! A word of the language that somebody calls something: it is told where it is declared, and not again wherever it is used.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Sources, Span};

/// The line in which something stands, and the one below it.
fn lines(sources: &Sources, span: Span) -> Option<(&str, &str)> {
    let text = sources.get(span.source)?.text();
    let start = text.get(..span.range().start)?.rfind('\n').map_or(0, |at| at + 1);
    let mut lines = text.get(start..)?.lines();
    Some((lines.next()?, lines.next().unwrap_or_default()))
}

/// Leaves out what only follows from such a name.
pub(super) fn told_once(sources: &Sources, problems: &mut Vec<Diagnostic>) {
    let is_declared = |span: Span| lines(sources, span).is_some_and(|(line, _)| line.starts_with(char::is_alphabetic));
    let declared =
        problems.iter().filter(|problem| problem.code == Code::ReservedWord).filter_map(Diagnostic::span).filter(|span| is_declared(*span));
    let places: BTreeSet<Span> = declared.collect();
    if places.is_empty() {
        return;
    }
    let words: BTreeSet<&str> = places.iter().map(|span| sources.snippet(*span)).collect();
    // `owner may refund`, where `owner` is called a role.
    let is_sentence = |line: &str| {
        let mut said = line.split_whitespace();
        said.next().is_some_and(|first| words.contains(first)) && said.next() == Some("may")
    };
    let follows = |problem: &Diagnostic| {
        let Some(span) = problem.span().filter(|span| !places.contains(span)) else { return false };
        let is_used = words.contains(sources.snippet(span));
        let is_read_so = lines(sources, span).is_some_and(|(line, below)| is_sentence(line) || is_sentence(below));
        matches!(problem.code, Code::Form | Code::BadCell | Code::ReservedWord) && (is_used || is_read_so)
    };
    problems.retain(|problem| !follows(problem));
}
