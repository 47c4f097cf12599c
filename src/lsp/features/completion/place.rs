//! Where the cursor is: in which item, in which piece of it, behind what.

use crate::lsp::lexer::{TokenKind, is_word, tokens};
use crate::syntax::line_words;

/// Where something is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place<'t> {
    /// In the first column: an item.
    Item,
    /// In an item.
    Piece {
        /// The word that the item begins with.
        item: &'t str,
        /// The item up to the cursor's line.
        above: &'t str,
        /// The piece up to what is being written.
        piece: &'t str,
        /// Nothing stands before it on its line.
        starts_line: bool,
    },
    /// In a row of a table.
    Cell {
        /// What stands above the first row.
        head: &'t str,
        /// The first row, where the cursor is below it.
        header: Option<&'t str>,
        /// The row up to what is being written.
        row: &'t str,
    },
    /// In a text.
    Text {
        /// What stands before the text on its line.
        before: &'t str,
        /// The text up to what is being written.
        inside: &'t str,
    },
    /// Where nothing can be suggested: in a comment, in a number.
    Nowhere,
}

/// A place, and where the word that is being written begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor<'t> {
    /// The place.
    pub place: Place<'t>,
    /// The first byte of the word.
    pub start: usize,
}

impl<'t> Cursor<'t> {
    /// The place at a byte.
    pub fn at(text: &'t str, byte: usize) -> Self {
        let byte = byte.min(text.len());
        let line_start = line_start(text, byte);
        let line = text.get(line_start..byte).unwrap_or_default();
        let start = line_start + word_start(line);
        let before = text.get(line_start..start).unwrap_or_default();
        let written = text.get(start..byte).unwrap_or_default();
        let place = match tokens(line).last() {
            Some(token) if token.kind == TokenKind::Comment => Place::Nowhere,
            Some(token) if token.kind == TokenKind::OpenText => {
                let opened = line_start + token.range.start;
                let start = opened + 1 + text.get(opened + 1..byte).map_or(0, inner_start);
                let place =
                    Place::Text { before: text.get(line_start..opened).unwrap_or_default(), inside: text.get(opened + 1..start).unwrap_or_default() };
                return Self { place, start };
            }
            _ if written.starts_with(|c: char| c.is_ascii_digit()) => Place::Nowhere,
            _ if before.trim_start_matches('\u{feff}').is_empty() => Place::Item,
            _ => inside_item(text, line_start, start),
        };
        Self { place, start }
    }
}

fn line_start(text: &str, byte: usize) -> usize {
    text.get(..byte).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

/// Where the last word of a line begins, its group included.
fn word_start(line: &str) -> usize {
    line.char_indices().rev().take_while(|(_, c)| is_word(*c) || *c == '.').last().map_or(line.len(), |(at, _)| at)
}

/// Where the placeholder or the file name that is being written in a text begins.
fn inner_start(inside: &str) -> usize {
    match inside.rfind('{') {
        Some(open) if !inside.get(open..).unwrap_or_default().contains('}') => open + 1,
        _ => 0,
    }
}

fn inside_item(text: &str, line_start: usize, start: usize) -> Place<'_> {
    let Some(item_start) = item_start(text, line_start) else { return Place::Nowhere };
    let above = text.get(item_start..line_start).unwrap_or_default();
    let item = first_word(text.get(item_start..).unwrap_or_default());
    let before = text.get(line_start..start).unwrap_or_default();
    if before.trim_start().starts_with('|') {
        let rows = above.lines().find(|line| line.trim_start().starts_with('|'));
        let head = above.split('|').next().unwrap_or_default();
        return Place::Cell { head, header: rows, row: before };
    }
    let piece_start = piece_start(text, item, item_start, start);
    let piece = text.get(piece_start..start).unwrap_or_default();
    Place::Piece { item, above, piece, starts_line: item_start < line_start && before.trim().is_empty() }
}

/// The line that begins the item that a line belongs to.
fn item_start(text: &str, line_start: usize) -> Option<usize> {
    let is_head = |line: &str| !line.starts_with([' ', '\t', '#', '\r', '\n', '|']) && !line.is_empty();
    let own = text.get(line_start..).filter(|line| is_head(line)).map(|_| line_start);
    let mut at = line_start;
    own.or_else(|| {
        for line in text.get(..line_start)?.split_inclusive('\n').rev() {
            at -= line.len();
            if is_head(line.trim_start_matches('\u{feff}')) {
                return Some(at);
            }
        }
        None
    })
}

/// The last line before the cursor that begins a piece of the item.
fn piece_start(text: &str, item: &str, item_start: usize, cursor: usize) -> usize {
    let words = line_words(item);
    let mut start = item_start;
    let mut at = item_start;
    for line in text.get(item_start..cursor).unwrap_or_default().split_inclusive('\n') {
        let content = line.trim_start();
        let word = first_word(content);
        // The word that is being written begins nothing yet.
        let is_whole = at + (line.len() - content.len()) + word.len() < cursor;
        if at > item_start && is_whole && words.contains(&word) {
            start = at;
        }
        at += line.len();
    }
    start
}

/// The word that a text begins with.
pub fn first_word(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}');
    text.get(..text.find(|c| !is_word(c)).unwrap_or(text.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place at `^`.
    fn at(text: &str) -> (String, usize) {
        let byte = text.find('^').unwrap();
        let text = text.replace('^', "");
        let cursor = Cursor::at(&text, byte);
        (format!("{:?}", cursor.place), cursor.start)
    }

    #[test]
    fn the_piece_is_the_one_that_was_begun_last() {
        let text = "rule a\n  agent may refund\n  when x\n   and y^\n";
        assert_eq!(
            at(text).0,
            r#"Piece { item: "rule", above: "rule a\n  agent may refund\n  when x\n", piece: "  when x\n   and ", starts_line: false }"#
        );
        let text = "rule a\n  agent may refund\n  wh^";
        assert_eq!(
            at(text).0,
            r#"Piece { item: "rule", above: "rule a\n  agent may refund\n", piece: "rule a\n  agent may refund\n  ", starts_line: true }"#
        );
        assert_eq!(
            at("role a\n\n  # c\n  above ^").0,
            r#"Piece { item: "role", above: "role a\n\n  # c\n", piece: "  above ", starts_line: false }"#
        );
    }

    #[test]
    fn places_without_an_item() {
        assert_eq!(at("ro^"), ("Item".into(), 0));
        assert_eq!(at("role a\nfa^\n"), ("Item".into(), 7));
        assert_eq!(at("role a # x ^").0, "Nowhere");
        assert_eq!(at("  x ^").0, "Nowhere");
        assert_eq!(at("rule a\n  agent may refund up to 5^").0, "Nowhere");
    }

    #[test]
    fn words_have_their_group() {
        let (place, start) = at("rule a\n  agent may refund\n  when order.to^");
        assert!(place.contains(r#"piece: "  when ""#), "{place}");
        assert_eq!(start, 33);
    }

    #[test]
    fn texts_and_rows() {
        assert_eq!(at("rule a\n  because \"Up to {ord^").0, r#"Text { before: "  because ", inside: "Up to {" }"#);
        assert_eq!(at("policy \"x\"\n  includes \"../a^").0, r#"Text { before: "  includes ", inside: "" }"#);
        let table = "table t\n  may refund\n  | role | reason |\n  |---|---|\n  | agent | la^ |\n";
        assert_eq!(at(table).0, r#"Cell { head: "table t\n  may refund\n  ", header: Some("  | role | reason |"), row: "  | agent | " }"#);
        assert_eq!(at("table t\n  may refund\n  | ro^").0, r#"Cell { head: "table t\n  may refund\n", header: None, row: "  | " }"#);
    }
}
