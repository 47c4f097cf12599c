//! What is refused before it is parsed: pieces that are too long or nested too deeply.
//!
//! The grammar is recursive where the language is, so depth is bounded here, in one pass without recursion.

use super::layout::first_word;
use super::piece::Piece;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// How many parentheses, `not`s, signs and calls may stand inside each other.
pub(super) const MAX_DEPTH: usize = 64;
/// How many bytes a clause, a head or a row may have.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// What is wrong with the size of a piece.
pub(super) fn exceeded(piece: &Piece<'_>) -> Option<Diagnostic> {
    if let Some(problem) = too_long(piece.text.len(), piece.span(0, first_word(piece.text).len().clamp(1, 40))) {
        return Some(problem);
    }
    let at = too_deep(piece.text)?;
    Some(
        Diagnostic::new(Code::TooDeep, format!("this is nested more than {MAX_DEPTH} deep"))
            .at(piece.span(at, at + 1), "one too many here")
            .help("give a part of it a name with `define`"),
    )
}

/// What is wrong with so many bytes that begin at `start`.
pub(super) fn too_long(bytes: usize, start: Span) -> Option<Diagnostic> {
    if bytes <= MAX_BYTES {
        return None;
    }
    let message = format!("this is {bytes} bytes long; a sentence or a row may have at most {MAX_BYTES}");
    let problem = Diagnostic::new(Code::TooLong, message).at(start, "it begins here");
    Some(problem.help("say it in several items, or list the values in a table"))
}

/// How deep the scan is in one pair of parentheses.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Prefixes that wait for their operand.
    pending: usize,
    /// `number of … from`, which holds a sum.
    spans: usize,
}

impl Level {
    fn depth(self) -> usize {
        self.pending + self.spans
    }
}

/// Where a text first is nested too deeply.
fn too_deep(text: &str) -> Option<usize> {
    let mut levels = vec![Level::default()];
    let mut below = 0;
    let mut after_operand = false;
    let mut at = 0;
    while let Some(token) = token(text, at) {
        let in_group = levels.len() > 1;
        let level = levels.last_mut()?;
        let operand = is_operand(token);
        match token {
            "(" => {
                below += level.depth() + 1;
                levels.push(Level::default());
            }
            ")" if in_group => {
                levels.pop();
                below -= levels.last()?.depth() + 1;
            }
            "not" | "start" | "end" | "in" => level.pending += 1,
            "number" => level.spans += 1,
            "-" if !after_operand => level.pending += 1,
            "-" | "+" | "*" | "/" | "," | "and" | "or" | "is" | "=" | "<" | ">" => level.pending = 0,
            _ => {}
        }
        if below + levels.last()?.depth() > MAX_DEPTH {
            return Some(at);
        }
        after_operand = operand;
        at += token.len();
        at += text.get(at..)?.len() - text.get(at..)?.trim_start().len();
    }
    None
}

/// The token at a byte: a word, a text, a comment or one character.
fn token(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    let length = match first {
        '"' => text_length(rest),
        '#' => rest.find('\n').unwrap_or(rest.len()),
        c if c.is_alphanumeric() => first_word(rest).len(),
        c => c.len_utf8(),
    };
    rest.get(..length)
}

fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(at, _)| at + 1)
}

fn is_operand(token: &str) -> bool {
    !matches!(token, "and" | "or" | "not" | "is" | "of" | "than") && token.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | ')' | '%'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_bounded_and_breadth_is_not() {
        let deep = |count: usize| format!("{}1{}", "(".repeat(count), ")".repeat(count));
        assert_eq!(too_deep(&deep(MAX_DEPTH)), None);
        assert_eq!(too_deep(&deep(MAX_DEPTH + 1)), Some(MAX_DEPTH));
        assert_eq!(too_deep(&"(1) + ".repeat(5000)), None);
        assert_eq!(too_deep(&"a - b - ".repeat(5000)), None);
        assert_eq!(too_deep(&"not a and ".repeat(5000)), None);
        assert_eq!(too_deep(&"x is -3 or ".repeat(5000)), None);
        for chain in ["not ", "- ", "start of month of ", "number of days from ", "number of days from a + ", "min(1, ", "days in month of "] {
            assert!(too_deep(&chain.repeat(100)).is_some(), "{chain}");
        }
    }
}
