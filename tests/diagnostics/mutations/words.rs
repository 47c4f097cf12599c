//! A text cut into tokens.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or a word of the language.
    Word,
    /// A number, a day or a moment.
    Number,
    /// A text between quotation marks.
    Text,
    /// Punctuation.
    Sign,
}

/// One token of a file.
#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub range: Range<usize>,
}

/// The tokens of a policy or a table; comments and the line under a header are none.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim_start().starts_with("|--") {
            of_line(line, at, &mut found);
        }
        at += line.len();
    }
    found
}

fn of_line(line: &str, base: usize, found: &mut Vec<Token>) {
    let mut at = 0;
    while let Some(first) = line[at..].chars().next() {
        let rest = &line[at..];
        let (kind, length) = match first {
            '#' => return,
            ' ' | '\t' | '\r' | '\n' => {
                at += 1;
                continue;
            }
            '"' => (Kind::Text, quoted(rest)),
            first if first.is_ascii_digit() => (Kind::Number, run(rest, |c| c.is_ascii_digit() || "_.-:T+".contains(c))),
            first if first.is_alphabetic() => (Kind::Word, run(rest, |c| c.is_alphanumeric() || c == '_' || c == '.')),
            _ => (Kind::Sign, if ["<=", ">=", ".."].iter().any(|sign| rest.starts_with(sign)) { 2 } else { first.len_utf8() }),
        };
        found.push(Token { kind, range: base + at..base + at + length });
        at += length;
    }
}

fn run(text: &str, goes_on: impl Fn(char) -> bool) -> usize {
    let length = text.find(|c| !goes_on(c)).unwrap_or(text.len());
    // `1..2` is a range.
    let length = text[..length].find("..").unwrap_or(length);
    text[..length].trim_end_matches(['.', '-', ':', '+']).len()
}

/// The length of a text with its quotation marks.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '\n' => return at,
            '"' if !escaped => return at + 1,
            _ => escaped = character == '\\' && !escaped,
        }
    }
    text.len()
}

#[test]
fn a_line_falls_into_its_tokens() {
    let text = "  offer voucher up to 20.50 EUR when a.b <= 2026-01-01, \"a # \\\" b\" # no\n  |---|---|\n  | 1..2 |\n";
    let shown: Vec<&str> = tokens(text).into_iter().map(|token| &text[token.range]).collect();
    let line = ["offer", "voucher", "up", "to", "20.50", "EUR", "when", "a.b", "<=", "2026-01-01", ",", "\"a # \\\" b\"", "|", "1", "..", "2", "|"];
    assert_eq!(shown, line);
}
