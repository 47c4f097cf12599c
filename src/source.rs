//! Source texts, places in them, and where those places are for a person.
//!
//! A [`Sources`] holds every text a pack was read from. A [`Span`] is a range of bytes in one of them; it is turned into a line and a column only when
//! somebody wants to see it. Columns count characters from 1.

use std::fmt;
use std::sync::Arc;

/// Which text of a [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A range of bytes in one source text.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// The first byte.
    pub start: u32,
    /// The byte behind the last one.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `source`.
    #[must_use]
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { source, start: clamp(start), end: clamp(end) }
    }

    /// The smallest span that covers both; `other` must lie in the same text.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The range of bytes.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.source.0, self.start, self.end)
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// One text with its name and the starts of its lines.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Box<[u32]>,
    /// For the first byte of each block of the text: how many lines start there or before.
    lines_before: Box<[u32]>,
}

/// A block of a text, in bytes.
const BLOCK: usize = 512;

impl Source {
    fn new(name: String, text: String) -> Self {
        let starts = text.match_indices('\n').filter_map(|(at, _)| u32::try_from(at + 1).ok());
        let line_starts: Box<[u32]> = std::iter::once(0).chain(starts).collect();
        let mut line = 0;
        let lines_before = (0..=text.len() / BLOCK).map(|block| {
            let more = line_starts.iter().skip(line).take_while(|start| **start as usize <= block * BLOCK).count();
            line += more;
            u32::try_from(line).unwrap_or(u32::MAX)
        });
        let lines_before = lines_before.collect();
        Self { name, text, line_starts, lines_before }
    }

    /// The name that people see: the file's path below the folder that holds the pack.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line of a byte, from 1.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let before = |block: usize| self.lines_before.get(block).map_or(self.line_starts.len(), |lines| *lines as usize);
        let (before, behind) = (before(at / BLOCK), before(at / BLOCK + 1));
        let near = self.line_starts.get(before..behind).unwrap_or_default();
        (before + near.partition_point(|start| *start as usize <= at)).max(1)
    }

    /// Line and column of a byte, both from 1, the column in characters.
    #[must_use]
    pub fn position(&self, at: usize) -> (usize, usize) {
        let at = at.min(self.text.len());
        let line = self.line(at);
        let start = self.line_starts.get(line - 1).map_or(0, |start| *start as usize);
        let column = self.text.get(start..at).map_or(0, |before| before.chars().count()) + 1;
        (line, column)
    }
}

/// All texts of a pack, in the order in which they were read. A copy shares them.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Arc<Source>>);

impl Sources {
    /// Adds a text and says how to refer to it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(Arc::new(Source::new(name.into(), text.into())));
        id
    }

    /// The text behind an id; `None` for an id of another [`Sources`].
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(id.0 as usize).map(Arc::as_ref)
    }

    /// What stands at `span`; empty where the span lies outside its text.
    #[must_use]
    pub fn snippet(&self, span: Span) -> &str {
        self.get(span.source).and_then(|source| source.text.get(span.range())).unwrap_or_default()
    }

    /// `file:line:column` of a span's first character.
    #[must_use]
    pub fn location(&self, span: Span) -> String {
        self.get(span.source).map_or_else(String::new, |source| {
            let (line, column) = source.position(span.start as usize);
            format!("{}:{line}:{column}", source.name)
        })
    }

    /// Every text with its id.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.0.iter().enumerate().map(|(at, source)| (SourceId(u32::try_from(at).unwrap_or(u32::MAX)), source.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut sources = Sources::default();
        let id = sources.add("a.kulanz", "größe\r\nüx\n");
        let at = |start| sources.location(Span::new(id, start, start));
        assert_eq!(at(0), "a.kulanz:1:1");
        assert_eq!(at(7), "a.kulanz:1:6");
        assert_eq!(at(11), "a.kulanz:2:2");
        assert_eq!(at(99), "a.kulanz:3:1");
    }
}
