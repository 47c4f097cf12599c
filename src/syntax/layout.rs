//! Lines, items and pieces: how a file is cut up before any of it is parsed.
//!
//! An item starts where a line starts in the first column; a piece of it (a clause, a row) where a line starts with a word that says so. Since a text
//! holds no line break, each line can be looked at by itself, and nothing that is wrong in one item reaches into the next.

use std::borrow::Cow;
use std::ops::Range;

/// One line of a file, without its line break.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The first character that is not space.
    pub start: usize,
    /// Behind the last character that is neither space nor comment; at least `start`.
    pub end: usize,
    /// Whether it starts in the first column.
    pub flush: bool,
    /// Where a text begins that does not end in this line.
    pub open_text: Option<usize>,
}

impl Line {
    /// Whether there is nothing but space and comment.
    pub fn is_blank(&self) -> bool {
        self.start == self.end
    }

    /// The bytes without the space and the comment around them.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its first word: letters, digits and `_`. Empty where it starts with a sign.
    pub fn word<'t>(&self, text: &'t str) -> &'t str {
        first_word(text.get(self.range()).unwrap_or_default())
    }
}

/// The letters, digits, `_` and `.` that a text starts with.
pub(super) fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The lines of a text, blank ones left out.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = Vec::new();
    for raw in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        let line = line(raw, at);
        at += raw.len();
        if !line.is_blank() {
            lines.push(line);
        }
    }
    lines
}

/// `raw` begins at byte `at` of the text.
fn line(raw: &str, at: usize) -> Line {
    let indent = raw.len() - raw.trim_start().len();
    let content = content(raw);
    let end = raw.get(..content.end).unwrap_or_default().trim_end().len().max(indent);
    Line { start: at + indent, end: at + end, flush: indent == 0, open_text: content.open_text.map(|open| at + open) }
}

/// Where the comment starts, and a text that does not end before the line does.
struct Content {
    end: usize,
    open_text: Option<usize>,
}

fn content(raw: &str) -> Content {
    let mut bytes = raw.bytes().enumerate();
    let mut open_text = None;
    while let Some((at, byte)) = bytes.next() {
        match (byte, open_text) {
            (b'#', None) => return Content { end: at, open_text: None },
            (b'"', None) => open_text = Some(at),
            (b'"', Some(_)) => open_text = None,
            (b'\\', Some(_)) => drop(bytes.next()),
            _ => {}
        }
    }
    Content { end: raw.len(), open_text }
}

/// Where a comment starts in a text of one line.
pub(crate) fn comment_start(text: &str) -> Option<usize> {
    Some(content(text).end).filter(|end| *end < text.len())
}

/// A piece with spaces in the place of its comments, so that the grammar need not look for them; what is left keeps its place.
pub(super) fn blank_comments(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&b'#') {
        return Cow::Borrowed(text);
    }
    let mut blanked = String::with_capacity(text.len());
    for raw in text.split_inclusive('\n') {
        let (line, end) = raw.strip_suffix('\n').map_or((raw, ""), |line| (line, "\n"));
        let (kept, comment) = line.split_at(content(line).end);
        blanked.push_str(kept);
        blanked.extend(std::iter::repeat_n(' ', comment.len()));
        blanked.push_str(end);
    }
    Cow::Owned(blanked)
}

/// The lines of one item: the first starts in the first column.
pub(super) fn items(lines: &[Line], belongs: impl Fn(&Line) -> bool) -> Vec<&[Line]> {
    let mut starts: Vec<usize> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if at == 0 || (line.flush && !belongs(line)) {
            starts.push(at);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| lines.get(*start..end)).collect()
}

/// The lines of an item cut into pieces: a piece starts at the first line and at every line that `starts`.
pub(super) fn pieces(lines: &[Line], starts: impl Fn(&Line, &[Line]) -> bool) -> Vec<&[Line]> {
    let mut found = Vec::new();
    let mut first = 0;
    for (at, line) in lines.iter().enumerate().skip(1) {
        let before = lines.get(first..at).unwrap_or_default();
        if starts(line, before) {
            found.push(before);
            first = at;
        }
    }
    found.extend(lines.get(first..));
    found
}

/// From the first character of some lines to their last.
pub(super) fn extent(lines: &[Line]) -> Range<usize> {
    match (lines.first(), lines.last()) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_become_spaces() {
        assert!(matches!(blank_comments("when a"), Cow::Borrowed(_)));
        assert_eq!(blank_comments("a # ü\n  \"# \\\" #\" b#\n# c"), "a     \n  \"# \\\" #\" b \n   ");
    }
}
