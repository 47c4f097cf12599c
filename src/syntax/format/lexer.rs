//! Cuts a text into tokens and gives each comment to its neighbour.
//!
//! It only has to cut right what the parser has accepted; it finds no mistakes.

use super::token::{Comment, Token, TokenKind};

/// The tokens, and the comments below the last one.
pub(super) fn read(text: &str) -> (Vec<Token<'_>>, Vec<Comment<'_>>) {
    let mut lexer = Lexer { text, ..Lexer::default() };
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
        lexer.line_start = lexer.at;
    }
    while let Some(next) = lexer.rest().chars().next() {
        lexer.step(next);
    }
    (lexer.tokens, lexer.comments)
}

#[derive(Default)]
struct Lexer<'t> {
    text: &'t str,
    at: usize,
    line_start: usize,
    /// Line breaks since the last token or comment.
    breaks: usize,
    tokens: Vec<Token<'t>>,
    /// The comments since the last token.
    comments: Vec<Comment<'t>>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self, next: char) {
        match next {
            '\n' => {
                self.at += 1;
                self.breaks += 1;
                self.line_start = self.at;
            }
            '#' => self.comment(),
            space if space.is_whitespace() => self.at += space.len_utf8(),
            _ => self.token(next),
        }
    }

    fn comment(&mut self) {
        let text = self.rest().lines().next().unwrap_or_default();
        let written = text.trim_end();
        let begins_line = self.breaks > 0 || (self.tokens.is_empty() && self.comments.is_empty());
        match self.tokens.last_mut() {
            Some(token) if !begins_line => token.after = Some(written),
            _ => {
                let comment = Comment { text: written, indented: self.at > self.line_start, blank_above: self.breaks > 1 };
                self.comments.push(comment);
            }
        }
        self.at += text.len();
        self.breaks = 0;
    }

    fn token(&mut self, next: char) {
        let (kind, len) = match next {
            '"' => (TokenKind::Text, quoted(self.rest())),
            digit if digit.is_ascii_digit() => (TokenKind::Number, number(self.rest())),
            sign if is_sign(sign) => (TokenKind::Sign, sign_len(self.rest())),
            _ => (TokenKind::Word, word(self.rest())),
        };
        let text = self.rest().get(..len).unwrap_or_default();
        let before = std::mem::take(&mut self.comments);
        let begins_line = self.breaks > 0 || !before.is_empty() || self.tokens.is_empty();
        self.tokens.push(Token { text, start: self.at, kind, begins_line, blank_above: self.breaks > 1, spaced: true, before, after: None });
        self.at += len;
        self.breaks = 0;
    }
}

fn is_sign(char: char) -> bool {
    char.is_ascii_punctuation() && char != '_' && char != '"'
}

/// A quoted text up to its closing quote.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let close = text.char_indices().skip(1).find(|(_, char)| {
        let closes = *char == '"' && !escaped;
        escaped = *char == '\\' && !escaped;
        closes
    });
    close.map_or(text.len(), |(at, _)| at + 1)
}

fn sign_len(text: &str) -> usize {
    let double = ["<=", ">=", "..", "!=", "=="].iter().any(|sign| text.starts_with(sign));
    if double { 2 } else { 1 }
}

/// A word with its group: `order.total`; or the name of a table's row: `returns[2]`.
fn word(text: &str) -> usize {
    let mut end = word_part(text);
    while let Some(more) = text.get(end..).and_then(|rest| rest.strip_prefix('.')) {
        match word_part(more) {
            0 => break,
            len => end += 1 + len,
        }
    }
    end + text.get(end..).map_or(0, row_index)
}

fn word_part(text: &str) -> usize {
    text.find(|char: char| is_sign(char) || char.is_whitespace() || char == '"').unwrap_or(text.len())
}

fn row_index(text: &str) -> usize {
    let digits = |inner: &str| !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
    let inner = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    inner.filter(|inner| digits(inner)).map_or(0, |inner| inner.len() + 2)
}

/// A number, a date or a datetime.
fn number(text: &str) -> usize {
    if is_date(text) { date(text) } else { decimal(text) }
}

fn decimal(text: &str) -> usize {
    let digits =
        |from: usize| from + text.get(from..).map_or(0, |rest| rest.find(|char: char| !char.is_ascii_digit() && char != '_').unwrap_or(rest.len()));
    let whole = digits(0);
    let fraction = text.get(whole..).and_then(|rest| rest.strip_prefix('.')).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()));
    if fraction { digits(whole + 1) } else { whole }
}

/// Whether it begins like `2026-11-21`.
fn is_date(text: &str) -> bool {
    fits(text, "0000-00-00") && !text.get(10..).is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
}

/// Whether it begins with a digit for each `0` and with each other character itself.
fn fits(text: &str, form: &str) -> bool {
    let alike = |(byte, form): (u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { byte == form };
    text.len() >= form.len() && text.bytes().zip(form.bytes()).all(alike)
}

fn date(text: &str) -> usize {
    let day = "0000-00-00".len();
    match text.get(day..) {
        Some(rest) if fits(rest, "T00") => day + 1 + time(rest.get(1..).unwrap_or_default()),
        _ => day,
    }
}

/// `10:00`, with its offset if it has one.
fn time(text: &str) -> usize {
    let clock = text.find(|char: char| !char.is_ascii_digit() && char != ':' && char != '.').unwrap_or(text.len());
    let rest = text.get(clock..).unwrap_or_default();
    let offset = match rest.chars().next() {
        Some('Z' | 'z') => 1,
        Some('+' | '-') if fits(rest.get(1..).unwrap_or_default(), "00") => 1 + clock_digits(rest.get(1..).unwrap_or_default()),
        _ => 0,
    };
    clock + offset
}

fn clock_digits(text: &str) -> usize {
    text.find(|char: char| !char.is_ascii_digit() && char != ':').unwrap_or(text.len())
}
