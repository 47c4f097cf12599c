//! Words, numbers, texts and comments of a text that may be wrong.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// From `#` to the end of the line.
    Comment,
    /// Between quotation marks.
    Text,
    /// The same without the second mark, up to the end of the line.
    OpenText,
    /// Digits, a date, a moment.
    Number,
    /// A keyword, or a name with its group.
    Word,
    /// Anything else.
    Sign,
}

/// A part of a text; none spans two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its bytes.
    pub range: Range<usize>,
}

/// The tokens of a text.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if next.is_whitespace() || next == '\u{feff}' {
            at += next.len_utf8();
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let (kind, length) = token(next, rest);
        found.push(Token { kind, range: at..at + length.max(1) });
        at += length.max(1);
    }
    found
}

fn token(next: char, rest: &str) -> (TokenKind, usize) {
    match next {
        '#' => (TokenKind::Comment, line(rest).trim_end().len()),
        '"' => quoted(rest),
        digit if digit.is_ascii_digit() => (TokenKind::Number, number(rest)),
        letter if letter.is_alphabetic() || letter == '_' => (TokenKind::Word, word(rest)),
        _ if ["<=", ">=", ".."].iter().any(|sign| rest.starts_with(sign)) => (TokenKind::Sign, 2),
        sign => (TokenKind::Sign, sign.len_utf8()),
    }
}

fn line(rest: &str) -> &str {
    rest.split(['\n', '\r']).next().unwrap_or_default()
}

fn quoted(rest: &str) -> (TokenKind, usize) {
    let line = line(rest);
    let mut escaped = false;
    for (at, character) in line.char_indices().skip(1) {
        match character {
            '"' if !escaped => return (TokenKind::Text, at + 1),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    (TokenKind::OpenText, line.len())
}

/// Whether a name may hold it.
pub fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || is_combining_mark(character)
}

fn word(rest: &str) -> usize {
    let end = |text: &str| text.find(|character| !is_word(character)).unwrap_or(text.len());
    let first = end(rest);
    match rest.get(first..).and_then(|rest| rest.strip_prefix('.')) {
        Some(second) if second.starts_with(char::is_alphabetic) => first + 1 + end(second),
        _ => first,
    }
}

fn number(rest: &str) -> usize {
    let is_date = rest
        .get(..10)
        .is_some_and(|date| date.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }));
    if is_date {
        let moment = |character: char| character.is_ascii_digit() || matches!(character, '-' | 'T' | ':' | '+' | 'Z' | '.');
        return rest.find(|character| !moment(character)).unwrap_or(rest.len());
    }
    let digits = |text: &str| text.find(|character: char| !(character.is_ascii_digit() || character == '_')).unwrap_or(text.len());
    let whole = digits(rest);
    match rest.get(whole..).and_then(|rest| rest.strip_prefix('.')) {
        Some(decimals) if decimals.starts_with(|character: char| character.is_ascii_digit()) => whole + 1 + digits(decimals),
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| format!("{:?} {}", token.kind, &text[token.range])).collect()
    }

    #[test]
    fn every_kind_is_told_apart() {
        let text = "when größe.x <= 1_000.50 EUR # \"ü\"\r\n  \"a \\\" # b\" 2026-11-21T10:00+01:00 10..20 \"open";
        let expected = [
            "Word when",
            "Word größe.x",
            "Sign <=",
            "Number 1_000.50",
            "Word EUR",
            "Comment # \"ü\"",
            "Text \"a \\\" # b\"",
            "Number 2026-11-21T10:00+01:00",
            "Number 10",
            "Sign ..",
            "Number 20",
            "OpenText \"open",
        ];
        assert_eq!(read(text), expected);
    }

    #[test]
    fn nothing_is_too_odd() {
        assert_eq!(read("\u{feff}a.\n.b ü😀€"), ["Word a", "Sign .", "Sign .", "Word b", "Word ü", "Sign 😀", "Sign €"]);
        assert_eq!(read("\"\\"), ["OpenText \"\\"]);
    }
}
