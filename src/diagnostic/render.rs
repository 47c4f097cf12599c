//! Problems as text for a terminal, as JSON and as SARIF.

mod human;
mod json;
mod sarif;

pub use human::human;
pub use json::json;
pub use sarif::sarif;

use crate::source::{Sources, Span};

/// Where a label stands, for a person: lines and columns from 1, columns in characters, the end behind the last character.
struct Place<'s> {
    file: &'s str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'s> Place<'s> {
    /// `None` for a span of other sources.
    fn of(span: Span, sources: &'s Sources) -> Option<Self> {
        let source = sources.get(span.source)?;
        let (line, column) = source.position(span.start as usize);
        let (end_line, end_column) = source.position(span.end.max(span.start) as usize);
        Some(Self { file: source.name(), line, column, end_line, end_column })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::{Code, Diagnostic, Edit};

    fn mended() -> (Vec<Diagnostic>, Sources) {
        let mut sources = Sources::default();
        let id = sources.add("a b.kulanz", "role ö\n  above agnet\n");
        let name = Span::new(id, 16, 21);
        let found = Diagnostic::new(Code::UnknownName, "no role is called `agnet`").at(name, "here");
        let fix = vec![Edit { span: name, text: "agent".into() }];
        (vec![found.help("did you mean `agent`?").fix("write `agent`", fix).case("test \"t\"\n  ask refund\n  expect no")], sources)
    }

    #[test]
    fn a_case_stands_so_that_it_can_be_pasted() {
        let (found, sources) = mended();
        let text = human(&found, &sources, false);
        assert!(text.ends_with("help: did you mean `agent`?\n\ntest \"t\"\n  ask refund\n  expect no\n"), "{text}");
    }

    #[test]
    fn a_fix_is_places_and_texts() {
        let (found, sources) = mended();
        let whole = json(&found, &sources);
        let edit = json!({"file": "a b.kulanz", "line": 2, "column": 9, "end_line": 2, "end_column": 14, "text": "agent"});
        assert_eq!(whole.pointer("/diagnostics/0/fix"), Some(&json!({"title": "write `agent`", "edits": [edit]})));
        assert_eq!(whole.pointer("/diagnostics/0/case"), Some(&json!("test \"t\"\n  ask refund\n  expect no")));
    }

    #[test]
    fn a_scanner_sees_the_fix_too() {
        let (found, sources) = mended();
        let whole = sarif(&found, &sources);
        let replacement = json!({
            "deletedRegion": {"startLine": 2, "startColumn": 9, "endLine": 2, "endColumn": 14}, "insertedContent": {"text": "agent"}
        });
        let changes = json!([{"artifactLocation": {"uri": "a%20b.kulanz"}, "replacements": [replacement]}]);
        assert_eq!(whole.pointer("/runs/0/results/0/fixes/0/artifactChanges"), Some(&changes));
        assert!(whole.pointer("/runs/0/results/0/message/text").is_some_and(|text| text.as_str().is_some_and(|text| text.contains("expect no"))));
    }
}
