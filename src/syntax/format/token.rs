//! A text as its words and signs, each with the comments that belong to it.
//!
//! The printer moves words and signs; it never writes one itself, but for the bars and dashes of a table. So numbers, texts and parentheses keep their
//! written form, and a comment goes where its neighbour goes.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::lexer;
use crate::source::Span;

/// What a token is, as far as spacing wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword or a name.
    Word,
    /// A number, a date or a datetime.
    Number,
    /// A quoted text.
    Text,
    /// Anything else, such as `<=` or `|`.
    Sign,
}

/// A comment that stands on a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comment<'t> {
    /// From the `#`, without the space behind it.
    pub(super) text: &'t str,
    /// Whether it stands right of the first column.
    pub(super) indented: bool,
    /// Whether an empty line stands above it.
    pub(super) blank_above: bool,
}

/// A word or sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    /// As written.
    pub(super) text: &'t str,
    /// The first byte in the text.
    pub(super) start: usize,
    /// What it is.
    pub(super) kind: TokenKind,
    /// Whether nothing stands left of it on its line.
    pub(super) begins_line: bool,
    /// Whether an empty line stands above it (and below the comments before it).
    pub(super) blank_above: bool,
    /// Whether a space belongs between it and the token before it on the same line.
    pub(super) spaced: bool,
    /// The comments on the lines above it.
    pub(super) before: Vec<Comment<'t>>,
    /// The comment behind it on its line.
    pub(super) after: Option<&'t str>,
}

impl Token<'_> {
    /// Columns on a screen.
    pub(super) fn width(&self) -> usize {
        self.text.width()
    }

    /// Whether it is this keyword or sign.
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != TokenKind::Text && self.text == text
    }
}

/// All tokens of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Tokens<'t> {
    list: Vec<Token<'t>>,
    /// The comments below the last token.
    pub(super) last_comments: Vec<Comment<'t>>,
}

impl<'t> Tokens<'t> {
    /// The tokens of a text that parses.
    pub(super) fn read(text: &'t str) -> Self {
        let (mut list, last_comments) = lexer::read(text);
        super::spacing::mark(&mut list);
        Self { list, last_comments }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Token<'t>> {
        self.list.get(at)
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &[Token<'t>] {
        self.list.get(range).unwrap_or_default()
    }

    /// The comments above a token, which then are no longer the token's.
    pub(super) fn take_comments_before(&mut self, at: usize) -> Vec<Comment<'t>> {
        self.list.get_mut(at).map(|token| std::mem::take(&mut token.before)).unwrap_or_default()
    }

    /// The first token that begins at or behind a byte.
    pub(super) fn at(&self, byte: u32) -> usize {
        self.list.partition_point(|token| token.start < byte as usize)
    }

    /// The tokens of a span.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        self.at(span.start)..self.at(span.end)
    }

    /// The columns that tokens take on one line, without space before the first.
    pub(super) fn width(&self, range: Range<usize>) -> usize {
        let tokens = self.slice(range);
        let spaces = tokens.iter().skip(1).filter(|token| token.spaced).count();
        spaces + tokens.iter().map(Token::width).sum::<usize>()
    }

    /// The tokens on one line.
    pub(super) fn line(&self, range: Range<usize>) -> String {
        let mut line = String::new();
        for token in self.slice(range) {
            if token.spaced && !line.is_empty() {
                line.push(' ');
            }
            line.push_str(token.text);
        }
        line
    }

    /// Every comment, in the order of the text.
    pub(super) fn comments(&self) -> impl Iterator<Item = &'t str> {
        let own_lines = |comments: &[Comment<'t>]| comments.iter().map(|comment| comment.text).collect::<Vec<_>>();
        let of_token = move |token: &Token<'t>| own_lines(&token.before).into_iter().chain(token.after);
        self.list.iter().flat_map(of_token).chain(own_lines(&self.last_comments))
    }
}
