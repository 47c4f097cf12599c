//! Problems as JSON.

use serde_json::{Value, json as object};

use super::Place;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Sources, Span};

/// `{"diagnostics": […], "errors": n, "warnings": n}`.
///
/// Each has `code`, `severity`, `lint` (its name, by which its level is set), `message`, `help`, `fix`, `case` (each may be `null`) and `labels`: `file`, `line`, `column`, `end_line`, `end_column` and
/// `text`, the main one first. A `fix` has a `title` and `edits`, which are places with their new `text`; a `case` is a `test` item. Lines and columns count from 1, columns in characters; the end is the place behind the last character.
#[must_use]
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity() == severity).count();
    object!({
        "diagnostics": diagnostics.iter().map(|diagnostic| one(diagnostic, sources)).collect::<Vec<_>>(),
        "errors": count(Severity::Error),
        "warnings": count(Severity::Warning),
    })
}

fn one(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    object!({
        "code": diagnostic.code.text(),
        "severity": match diagnostic.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        "lint": diagnostic.lint,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "fix": diagnostic.fix.as_ref().map(|fix| object!({
            "title": fix.title,
            "edits": fix.edits.iter().filter_map(|edit| place(edit.span, &edit.text, sources)).collect::<Vec<_>>(),
        })),
        "case": diagnostic.case,
        "labels": diagnostic.labels.iter().filter_map(|label| place(label.span, &label.text, sources)).collect::<Vec<_>>(),
    })
}

fn place(span: Span, text: &str, sources: &Sources) -> Option<Value> {
    let place = Place::of(span, sources)?;
    Some(object!({
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "text": text,
    }))
}
