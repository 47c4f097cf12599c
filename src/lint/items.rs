//! The items of a pack as they stand in its texts: where each begins and ends, what it mentions, and the comments above it.
//!
//! A checked policy has no comments, and no words that were resolved away. What is found here needs no more than that an item starts in the first column.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::policy::Policy;
use crate::source::{SourceId, Span};
use crate::syntax::comment_start;

const KEYWORDS: &[&str] = &["policy", "role", "fact", "action", "duty", "budget", "define", "table", "rule", "fallback", "test", "promise"];

/// One item.
pub(super) struct Item<'a> {
    pub source: SourceId,
    /// From its keyword to the next item.
    pub range: Range<usize>,
    pub keyword: &'a str,
    pub name: &'a str,
    /// The lines of the comment that stands directly above it.
    pub comment: Vec<Range<usize>>,
    text: &'a str,
}

impl Item<'_> {
    pub fn holds(&self, span: Span) -> bool {
        span.source == self.source && self.range.contains(&(span.start as usize))
    }

    /// Whether it counts as a use of what it mentions.
    pub fn uses(&self) -> bool {
        !matches!(self.keyword, "test" | "promise")
    }

    /// Whether it has this name among its words.
    pub fn mentions(&self, name: &str) -> bool {
        self.text.get(self.range.clone()).unwrap_or_default().lines().flat_map(words).any(|word| in_nfc(word) == name)
    }

    /// Where the clause that begins with this word stands, and the line up to its end; of several the first.
    pub fn clause(&self, word: &str) -> Option<Span> {
        lines(self.text, self.range.clone()).find_map(|line| {
            let written = self.text.get(line.clone())?;
            let start = line.start + (written.len() - written.trim_start().len());
            let rest = written.trim_start().strip_prefix(word)?;
            (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')).then(|| Span::new(self.source, start, start + written.trim().len()))
        })
    }
}

impl Item<'_> {
    /// What stands behind a word in the first line from a place on that has it, up to the end of the line.
    pub fn behind(&self, from: Span, word: &str) -> Option<Span> {
        lines(self.text, from.start as usize..self.range.end).find_map(|line| {
            let written = self.text.get(line.clone())?;
            let code = written.get(..comment_start(written).unwrap_or(written.len()))?.trim_end();
            let word = format!(" {word} ");
            let at = code.find(&word).filter(|at| code.get(..*at).is_some_and(|before| !before.contains('"')))? + word.len();
            Some(Span::new(self.source, line.start + at, line.start + code.len()))
        })
    }

    /// The first line from a place on that has this sign outside its texts and comments.
    pub fn line_with(&self, from: Span, sign: char) -> Option<Span> {
        lines(self.text, from.start as usize..self.range.end).find_map(|line| {
            let written = self.text.get(line.clone())?;
            let code = written.get(..comment_start(written).unwrap_or(written.len()))?;
            let start = line.start + (written.len() - written.trim_start().len());
            let has = code.split('"').step_by(2).any(|part| part.contains(sign));
            has.then(|| Span::new(self.source, start, line.start + code.trim_end().len()))
        })
    }
}

/// All items of a pack, and what they mention.
#[derive(Default)]
pub(super) struct Items<'a> {
    /// By source and place.
    pub all: Vec<Item<'a>>,
    /// Comments that stand above no item.
    pub loose: Vec<(SourceId, Range<usize>)>,
    /// By name, those in the braces of texts among them.
    mentions: HashMap<Cow<'a, str>, Mention>,
}

/// Which items mention a name; tests and promises do not count.
#[derive(Clone, Copy)]
enum Mention {
    /// Only this one.
    In(usize),
    /// Several, or a table in a file of its own.
    Elsewhere,
}

impl<'a> Items<'a> {
    pub fn of(policy: &'a Policy) -> Self {
        let mut found = Self { all: Vec::new(), loose: Vec::new(), mentions: HashMap::new() };
        for (id, source) in policy.sources.iter() {
            if source.name().ends_with(".kulanz") {
                found.read(id, source.text());
            } else {
                found.mentions.extend(names(source.text()).map(|name| (in_nfc(name), Mention::Elsewhere)));
            }
        }
        for (at, item) in found.all.iter().enumerate().filter(|(_, item)| item.uses()) {
            for name in item.text.get(item.range.clone()).unwrap_or_default().lines().flat_map(words) {
                let known = found.mentions.entry(in_nfc(name)).or_insert(Mention::In(at));
                if !matches!(known, Mention::In(first) if *first == at) {
                    *known = Mention::Elsewhere;
                }
            }
        }
        found
    }

    fn read(&mut self, id: SourceId, text: &'a str) {
        let mut comment: Vec<Range<usize>> = Vec::new();
        let first = self.all.len();
        for line in lines(text, 0..text.len()) {
            let written = text.get(line.clone()).unwrap_or_default();
            if written.trim_start().starts_with('#') {
                comment.push(line);
                continue;
            }
            let head = head(written.trim_start_matches('\u{feff}'));
            if let Some((keyword, name)) = head {
                if let Some(before) = self.all.get_mut(first..).and_then(|of_file| of_file.last_mut()) {
                    before.range.end = line.start;
                }
                let start = line.start + (written.len() - written.trim_start_matches('\u{feff}').len());
                let comment = std::mem::take(&mut comment);
                self.all.push(Item { source: id, range: start..text.len(), keyword, name, comment, text });
            }
            self.loose.extend(comment.drain(..).map(|line| (id, line)));
        }
        self.loose.extend(comment.into_iter().map(|line| (id, line)));
    }

    /// Whether anything but its own item, the tests and the promises mentions a name.
    pub fn mentions(&self, name: &str, declared: Span) -> bool {
        match self.mentions.get(name) {
            None => false,
            Some(Mention::Elsewhere) => true,
            Some(Mention::In(at)) => self.all.get(*at).is_none_or(|item| !item.holds(declared)),
        }
    }

    /// The item in which a place lies.
    pub fn at(&self, span: Span) -> Option<&Item<'a>> {
        let behind = self.all.partition_point(|item| (item.source, item.range.start) <= (span.source, span.start as usize));
        self.all.get(behind.checked_sub(1)?).filter(|item| item.holds(span))
    }
}

/// Keyword and name of the item that begins in a line, if one does.
fn head(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    let keyword = words.next().filter(|word| line.starts_with(*word) && KEYWORDS.contains(word))?;
    Some((keyword, words.next().unwrap_or_default()))
}

/// The lines of a part of a text, without their ends.
fn lines(text: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = part.start;
    text.get(part).unwrap_or_default().split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end_matches(['\n', '\r']).len()
    })
}

/// The names in a line: those in quotes only between braces, those in comments not at all.
fn words(line: &str) -> Vec<&str> {
    let mut rest = line.get(..comment_start(line).unwrap_or(line.len())).unwrap_or_default();
    let mut found = Vec::new();
    while let Some((before, text)) = rest.split_once('"') {
        found.extend(names(before));
        let end = end_of_text(text);
        found.extend(in_braces(text.get(..end).unwrap_or_default()));
        rest = text.get(end + 1..).unwrap_or_default();
    }
    found.extend(names(rest));
    found
}

/// Where the quote is that ends a text.
fn end_of_text(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return at,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
    text.len()
}

fn names(part: &str) -> impl Iterator<Item = &str> {
    let words = part.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.' || is_combining(c)));
    words.map(|word| word.trim_matches('.')).filter(|word| !word.is_empty())
}

/// A sign that belongs to the letter before it.
fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn in_braces(part: &str) -> impl Iterator<Item = &str> {
    part.split('{').skip(1).filter_map(|behind| Some(behind.split_once('}')?.0.trim()))
}

/// As the policy's names are.
fn in_nfc(name: &str) -> Cow<'_, str> {
    if is_nfc(name) { Cow::Borrowed(name) } else { Cow::Owned(name.nfc().collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_outside_texts_and_comments_or_in_braces() {
        assert_eq!(words("rule a \"b {c.d} e\" # f"), ["rule", "a", "c.d"]);
        assert_eq!(words("  when x and order.total > 1 \"\\\" y {z}\" w"), ["when", "x", "and", "order.total", "1", "z", "w"]);
    }

    #[test]
    fn an_item_begins_in_the_first_column() {
        assert_eq!(head("rule a \"b\""), Some(("rule", "a")));
        assert_eq!(head("  rule a"), None);
        assert_eq!(head("ruler a"), None);
    }
}
