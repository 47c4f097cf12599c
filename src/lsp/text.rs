//! Places in a text as an editor counts them, and texts that change piece by piece.
//!
//! An editor counts lines and, within a line, bytes or UTF-16 units; Kulanz counts bytes. A line ends with LF, CRLF or CR. A place behind the end of a line
//! is its end, and one behind the last line the end of the text.

use std::sync::Arc;

use gen_lsp_types::{Position, Range, TextDocumentContentChangeEvent as Change, Uri};

/// What an editor counts in a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 units: what every editor can do.
    #[default]
    Utf16,
}

impl Encoding {
    /// How long a part of a line is.
    pub fn length(self, text: &str) -> u32 {
        let length = match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        };
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// The byte of a part of a line that so many units reach; never within a character.
    fn byte(self, text: &str, units: u32) -> usize {
        let mut left = units as usize;
        for (at, character) in text.char_indices() {
            let length = if self == Self::Utf8 { character.len_utf8() } else { character.len_utf16() };
            if left < length {
                return at;
            }
            left -= length;
        }
        text.len()
    }
}

/// Whether a byte order mark counts as a character: an editor that reads one from the disk does not show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The text is an editor's.
    Counts,
    /// The text is a file's.
    Hidden,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// The lines of a text.
    pub fn new(text: &str, mark: Mark) -> Self {
        let first = if mark == Mark::Hidden && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
        Self { starts: std::iter::once(first).chain(ends.map(|(at, _)| at + 1)).collect() }
    }

    /// The bytes of a line without its end.
    fn line<'t>(&self, text: &'t str, line: usize) -> (usize, &'t str) {
        let start = self.starts.get(line).copied().unwrap_or(text.len());
        let end = self.starts.get(line + 1).copied().unwrap_or(text.len());
        (start, text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n']))
    }

    /// The place of a byte.
    pub fn position(&self, text: &str, byte: usize, encoding: Encoding) -> Position {
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let (start, content) = self.line(text, line);
        let mut within = byte.saturating_sub(start).min(content.len());
        while !content.is_char_boundary(within) {
            within -= 1;
        }
        let before = content.get(..within).unwrap_or_default();
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), character: encoding.length(before) }
    }

    /// The byte of a place.
    pub fn byte(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let (start, content) = self.line(text, position.line as usize);
        start + encoding.byte(content, position.character)
    }

    /// The place of some bytes.
    pub fn range(&self, text: &str, bytes: std::ops::Range<usize>, encoding: Encoding) -> Range {
        Range { start: self.position(text, bytes.start, encoding), end: self.position(text, bytes.end, encoding) }
    }

    /// The bytes of a place.
    pub fn bytes(&self, text: &str, range: Range, encoding: Encoding) -> std::ops::Range<usize> {
        let start = self.byte(text, range.start, encoding);
        start..self.byte(text, range.end, encoding).max(start)
    }
}

/// A text that an editor has open.
#[derive(Clone, Debug)]
pub struct Document {
    /// What the editor calls it.
    pub uri: Uri,
    /// Which state of it this is, by the editor's count.
    pub version: i32,
    /// All of it.
    pub text: Arc<str>,
    /// Its lines.
    pub lines: Lines,
}

impl Document {
    /// A text that was opened.
    pub fn new(uri: Uri, version: i32, text: String) -> Self {
        Self { uri, version, lines: Lines::new(&text, Mark::Counts), text: text.into() }
    }

    /// Makes the changes, one after the other.
    pub fn change(&mut self, version: i32, changes: Vec<Change>, encoding: Encoding) {
        for change in changes {
            let text = match change {
                Change::TextDocumentContentChangeWholeDocument(whole) => whole.text,
                Change::TextDocumentContentChangePartial(part) => {
                    let bytes = self.lines.bytes(&self.text, part.range, encoding);
                    let mut text = String::from(&*self.text);
                    text.replace_range(bytes, &part.text);
                    text
                }
            };
            self.lines = Lines::new(&text, Mark::Counts);
            self.text = text.into();
        }
        self.version = version;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "größe 😀 x\r\nzweite\rdritte\n";

    fn at(byte: usize, encoding: Encoding) -> (u32, u32) {
        let position = Lines::new(TEXT, Mark::Counts).position(TEXT, byte, encoding);
        (position.line, position.character)
    }

    #[test]
    fn units_are_those_that_were_agreed_on() {
        let x = TEXT.find('x').unwrap();
        assert_eq!(at(x, Encoding::Utf16), (0, 9));
        assert_eq!(at(x, Encoding::Utf8), (0, u32::try_from(x).unwrap()));
        assert_eq!(at(TEXT.find("dritte").unwrap(), Encoding::Utf16), (2, 0));
        assert_eq!(at(TEXT.len(), Encoding::Utf16), (3, 0));
    }

    #[test]
    fn every_byte_comes_back() {
        let lines = Lines::new(TEXT, Mark::Counts);
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            for (byte, character) in TEXT.char_indices().filter(|(_, character)| !matches!(character, '\r' | '\n')) {
                let position = lines.position(TEXT, byte, encoding);
                assert_eq!(lines.byte(TEXT, position, encoding), byte, "{character} {encoding:?}");
            }
        }
    }

    #[test]
    fn a_place_that_is_not_there_is_the_nearest() {
        let lines = Lines::new(TEXT, Mark::Counts);
        let byte = |line, character| lines.byte(TEXT, Position { line, character }, Encoding::Utf16);
        assert_eq!(byte(0, 99), TEXT.find('\r').unwrap());
        assert_eq!(byte(99, 0), TEXT.len());
        // Between the two units of one character.
        assert_eq!(byte(0, 7), TEXT.find('😀').unwrap());
    }

    #[test]
    fn the_mark_of_a_file_is_not_seen() {
        let text = "\u{feff}role agent";
        let lines = Lines::new(text, Mark::Hidden);
        assert_eq!(lines.position(text, 3, Encoding::Utf16), Position { line: 0, character: 0 });
        assert_eq!(lines.position(text, 0, Encoding::Utf16), Position { line: 0, character: 0 });
        assert_eq!(lines.byte(text, Position { line: 0, character: 5 }, Encoding::Utf16), 8);
        assert_eq!(Lines::new(text, Mark::Counts).position(text, 3, Encoding::Utf16).character, 1);
    }

    #[test]
    fn changes_come_one_after_the_other() {
        let mut document = Document::new("untitled:a".parse().unwrap(), 1, "a\r\nb".into());
        let change = |start: (u32, u32), end: (u32, u32), text: &str| {
            let position = |(line, character)| Position { line, character };
            let range = Range { start: position(start), end: position(end) };
            serde_json::from_value(serde_json::json!({ "range": range, "text": text })).unwrap()
        };
        document.change(2, vec![change((1, 0), (1, 1), "ü😀\nc"), change((1, 3), (2, 0), "|"), change((0, 1), (0, 1), "!")], Encoding::Utf16);
        assert_eq!((&*document.text, document.version), ("a!\r\nü😀|c", 2));
        document.change(3, vec![serde_json::from_value(serde_json::json!({ "text": "neu" })).unwrap()], Encoding::Utf16);
        assert_eq!((&*document.text, document.version), ("neu", 3));
    }
}
