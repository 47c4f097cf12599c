//! Puts tokens on lines.
//!
//! The writer knows the current column, never leaves space at the end of a line, and ends the line behind a comment whatever its caller does next.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::token::{Comment, Token, Tokens};

/// The columns that a line may have.
pub(super) const MAX_WIDTH: usize = 100;
/// How far a line that goes on is indented.
const HANG: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing stands on the line, also no indentation.
    LineStart,
    /// A token ends here.
    BehindToken,
    /// A comment ends here, so the line does.
    BehindComment,
}

/// A comment behind a token.
#[derive(Clone, Copy, Debug)]
struct Behind {
    /// Counted from 0.
    line: usize,
    /// Where the token ends.
    column: usize,
    /// Where the comment begins in the text.
    at: usize,
}

/// The text that is being written.
pub(super) struct Writer<'t> {
    /// What is laid out.
    pub(super) tokens: &'t Tokens<'t>,
    /// The columns that tokens are moved to, where the line before them leaves room.
    pub(super) stops: BTreeMap<usize, usize>,
    /// The tokens that stand off from what is left of them by two spaces.
    pub(super) apart: BTreeSet<usize>,
    out: String,
    /// The comments behind tokens.
    comments_behind: Vec<Behind>,
    line: usize,
    column: usize,
    /// Where a line goes on.
    hang: usize,
    place: Place,
}

impl<'t> Writer<'t> {
    pub(super) fn new(tokens: &'t Tokens<'t>) -> Self {
        Self {
            tokens,
            stops: BTreeMap::new(),
            apart: BTreeSet::new(),
            out: String::new(),
            comments_behind: Vec::new(),
            line: 0,
            column: 0,
            hang: HANG,
            place: Place::LineStart,
        }
    }

    /// The text, with its final line end if it holds anything.
    pub(super) fn finish(mut self) -> String {
        self.end_line();
        self.align_comments();
        self.out
    }

    /// Comments behind tokens begin in one column where their lines follow each other.
    fn align_comments(&mut self) {
        let written = std::mem::take(&mut self.out);
        let mut copied = 0;
        for group in self.comments_behind.chunk_by(|a, b| a.line + 1 == b.line) {
            let column = group.iter().map(|comment| comment.column).max().unwrap_or(0);
            for comment in group {
                self.out.push_str(written.get(copied..comment.at).unwrap_or_default());
                self.out.extend(std::iter::repeat_n(' ', column - comment.column));
                copied = comment.at;
            }
        }
        self.out.push_str(written.get(copied..).unwrap_or_default());
    }

    fn end_line(&mut self) {
        if self.place != Place::LineStart {
            self.out.push('\n');
            self.line += 1;
            self.place = Place::LineStart;
        }
    }

    /// Begins a line that is indented by `column`.
    pub(super) fn line(&mut self, column: usize) {
        self.end_line();
        self.column = column;
    }

    /// Leaves a line empty, but at the top of the text.
    pub(super) fn blank(&mut self) {
        self.end_line();
        if !self.out.is_empty() {
            self.out.push('\n');
            self.line += 1;
        }
    }

    /// The column in which the token `at` would begin if it were written now.
    pub(super) fn column_of(&self, at: usize) -> usize {
        let token = self.tokens.get(at);
        let breaks = token.is_some_and(|token| !token.before.is_empty());
        match self.place {
            Place::LineStart => self.column,
            Place::BehindToken if !breaks => self.column + self.gap(at, token),
            _ => self.hang,
        }
    }

    fn gap(&self, at: usize, token: Option<&Token<'_>>) -> usize {
        match self.stops.get(&at) {
            Some(stop) if *stop > self.column => stop - self.column,
            _ if self.apart.contains(&at) => 2,
            _ => usize::from(token.is_some_and(|token| token.spaced)),
        }
    }

    /// Runs `write` with lines that go on at `column`.
    pub(super) fn hanging(&mut self, column: usize, write: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.hang, column);
        write(self);
        self.hang = outer;
    }

    /// Comments on lines of their own.
    pub(super) fn comments(&mut self, comments: &[Comment<'_>], column: usize) {
        for comment in comments {
            self.line(column);
            self.push(comment.text, Place::BehindComment);
        }
    }

    /// One token with its comments.
    pub(super) fn token(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at) else { return };
        if !token.before.is_empty() || self.place == Place::BehindComment {
            let column = self.column_of(at);
            self.comments(&token.before, column);
            self.line(column);
        }
        if self.place == Place::BehindToken {
            let gap = self.gap(at, Some(token));
            self.push(&" ".repeat(gap), Place::BehindToken);
        }
        self.push(token.text, Place::BehindToken);
        if let Some(comment) = token.after {
            self.comment_behind(comment);
        }
    }

    /// Text that no token holds, such as a row of a table.
    pub(super) fn text(&mut self, text: &str) {
        self.push(text, Place::BehindToken);
    }

    /// A comment on the line that is being written.
    pub(super) fn comment_behind(&mut self, comment: &str) {
        let column = self.column;
        self.push("  ", Place::BehindComment);
        self.comments_behind.push(Behind { line: self.line, column, at: self.out.len() });
        self.push(comment, Place::BehindComment);
    }

    fn push(&mut self, text: &str, place: Place) {
        if self.place == Place::LineStart {
            self.out.extend(std::iter::repeat_n(' ', self.column));
        }
        self.out.push_str(text);
        self.column += unicode_width::UnicodeWidthStr::width(text);
        self.place = place;
    }

    /// Tokens on one line, or more where a comment or the width asks for it; a line breaks only behind a comma.
    pub(super) fn flat(&mut self, range: Range<usize>) {
        for at in range.clone() {
            if at > range.start && self.overflows(at, range.end) {
                self.line(self.hang);
            }
            self.token(at);
        }
    }

    /// Whether what follows a comma, up to the next one, does not fit the line.
    fn overflows(&self, at: usize, end: usize) -> bool {
        let is_comma = |at: usize| self.tokens.get(at).is_some_and(|token| token.is(","));
        let follows_comma = at.checked_sub(1).is_some_and(is_comma);
        if !follows_comma || self.tokens.get(at).is_some_and(|token| super::clause::begins_line(token.text)) {
            return false;
        }
        let next_comma = (at..end).find(|at| is_comma(*at)).map_or(end, |comma| comma + 1);
        self.column_of(at) + self.tokens.width(at..next_comma) > MAX_WIDTH
    }
}
