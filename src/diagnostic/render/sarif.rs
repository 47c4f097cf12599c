//! Problems as SARIF 2.1.0, which code hosts show beside the changed lines.

use serde_json::{Value, json};

use super::Place;
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Severity};
use crate::source::{Sources, Span};

/// A SARIF log with one run: every code as a rule, every problem as a result.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "kulanz",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": Code::ALL.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|diagnostic| result(diagnostic, sources)).collect::<Vec<_>>(),
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: Code) -> Value {
    // The registry breaks its lines where its source does.
    let text = code.explanation().split_whitespace().collect::<Vec<_>>().join(" ");
    json!({
        "id": code.text(),
        "shortDescription": {"text": first_sentence(&text)},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "defaultConfiguration": {"level": level(code.severity())},
    })
}

/// Up to the first full stop that ends a word.
fn first_sentence(text: &str) -> &str {
    text.find(". ").and_then(|end| text.get(..=end)).unwrap_or(text)
}

fn result(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let mut message = diagnostic.message.clone();
    message.extend(diagnostic.help.iter().map(|help| format!("\nhelp: {help}")));
    message.extend(diagnostic.case.iter().map(|case| format!("\n\n{case}")));
    let mut places = diagnostic.labels.iter().filter_map(|label| Some((physical(label.span, sources)?, &label.text)));
    let main: Vec<Value> = places.by_ref().take(1).map(|(place, _)| json!({"physicalLocation": place})).collect();
    let related: Vec<Value> =
        places.zip(1..).map(|((place, text), id)| json!({"id": id, "physicalLocation": place, "message": {"text": text}})).collect();
    let mut result = json!({
        "ruleId": diagnostic.code.text(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == diagnostic.code),
        "level": level(diagnostic.severity()),
        "message": {"text": message},
        "locations": main,
        "relatedLocations": related,
    });
    if let (Some(fix), Some(fields)) = (&diagnostic.fix, result.as_object_mut()) {
        fields.insert("fixes".into(), json!([changes(fix, sources)]));
    }
    result
}

/// A fix: what it changes in each file.
fn changes(fix: &Fix, sources: &Sources) -> Value {
    let change = |edit: &Edit| {
        let place = Place::of(edit.span, sources)?;
        let replacement = json!({"deletedRegion": region(&place), "insertedContent": {"text": edit.text}});
        Some(json!({"artifactLocation": {"uri": uri(place.file)}, "replacements": [replacement]}))
    };
    json!({"description": {"text": fix.title}, "artifactChanges": fix.edits.iter().filter_map(change).collect::<Vec<_>>()})
}

fn physical(span: Span, sources: &Sources) -> Option<Value> {
    let place = Place::of(span, sources)?;
    Some(json!({
        "artifactLocation": {"uri": uri(place.file)},
        "region": region(&place),
    }))
}

fn region(place: &Place<'_>) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A relative reference: everything but unreserved characters and `/` is escaped.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => escaped.push(char::from(byte)),
            _ => drop(write!(escaped, "%{byte:02X}")),
        }
    }
    escaped
}
