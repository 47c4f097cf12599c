//! The one layout, as changes of the lines that have another.

use gen_lsp_types::{Range, TextEdit};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};

use crate::lsp::text::{Document, Encoding};
use crate::source::Sources;
use crate::syntax::format::format;

/// What changes; nothing where the text cannot be read. Line ends stay what they are.
pub fn edits(document: &Document, encoding: Encoding) -> Vec<TextEdit> {
    let mut sources = Sources::default();
    let id = sources.add("document", &*document.text);
    let Ok(formatted) = format(&sources, id) else { return Vec::new() };
    let formatted = if document.text.contains("\r\n") { formatted.replace('\n', "\r\n") } else { formatted };
    changed_lines(document, &formatted, encoding)
}

/// The same for some lines only.
pub fn edits_within(document: &Document, range: Range, encoding: Encoding) -> Vec<TextEdit> {
    let touches = |edit: &TextEdit| edit.range.start.line <= range.end.line && edit.range.end.line >= range.start.line;
    edits(document, encoding).into_iter().filter(touches).collect()
}

fn changed_lines(document: &Document, formatted: &str, encoding: Encoding) -> Vec<TextEdit> {
    let (old, new): (Vec<&str>, Vec<&str>) = (document.text.split_inclusive('\n').collect(), formatted.split_inclusive('\n').collect());
    let ends: Vec<usize> = old
        .iter()
        .scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        })
        .collect();
    let byte = |line: usize| line.checked_sub(1).map_or(0, |line| ends.get(line).copied().unwrap_or(document.text.len()));
    let changes = capture_diff_slices(Algorithm::Myers, &old, &new).into_iter().filter(|op| op.tag() != DiffTag::Equal);
    let edit = |op: DiffOp| {
        let bytes = byte(op.old_range().start)..byte(op.old_range().end);
        let new_text = new.get(op.new_range()).unwrap_or_default().concat();
        TextEdit { range: document.lines.range(&document.text, bytes, encoding), new_text }
    };
    changes.map(edit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gen_lsp_types::Position;

    fn formatted(text: &str, lines: Option<(u32, u32)>) -> String {
        let document = Document::new("untitled:a".parse().unwrap(), 1, text.into());
        let at = |line| Position { line, character: 0 };
        let mut edits = match lines {
            None => edits(&document, Encoding::Utf16),
            Some((start, end)) => edits_within(&document, Range { start: at(start), end: at(end) }, Encoding::Utf16),
        };
        edits.sort_by_key(|edit| std::cmp::Reverse((edit.range.start.line, edit.range.start.character)));
        let mut changed = document.text.to_string();
        for edit in edits {
            changed.replace_range(document.lines.bytes(&document.text, edit.range, Encoding::Utf16), &edit.new_text);
        }
        changed
    }

    const WRONG: &str = "rule a\n   agent may  refund\n\n\n\nrule b\n  agent may refund\n   charge  x";
    const RIGHT: &str = "rule a\n  agent may refund\n\nrule b\n  agent may refund\n  charge x\n";

    #[test]
    fn what_is_changed_makes_the_one_layout() {
        assert_eq!(formatted(WRONG, None), RIGHT);
        assert_eq!(formatted(RIGHT, None), RIGHT);
        assert_eq!(formatted(&WRONG.replace('\n', "\r\n"), None), RIGHT.replace('\n', "\r\n"));
        assert_eq!(formatted("rule a\n   may", None), "rule a\n   may");
    }

    #[test]
    fn other_lines_stay() {
        let first = formatted(WRONG, Some((0, 1)));
        assert!(first.starts_with("rule a\n  agent may refund\n") && first.ends_with("\n   charge  x"), "{first}");
        assert_eq!(formatted(WRONG, Some((7, 7))), WRONG.replace("   charge  x", "  charge x\n"));
    }
}
