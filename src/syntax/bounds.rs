//! What is refused before it is parsed: pieces that are too long, nested too deeply or made of too many operands.
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

/// How many operands one chain of `+ - * /`, or one of `and` and `or`, may have.
pub(super) const MAX_OPERANDS: usize = 1000;

/// What is wrong with the size of a piece.
pub(super) fn exceeded(piece: &Piece<'_>) -> Option<Diagnostic> {
    if let Some(problem) = too_long(piece.text.len(), piece.span(0, first_word(piece.text).len().clamp(1, 40))) {
        return Some(problem);
    }
    let excess = excess(piece.text)?;
    Some(match excess {
        Excess::Depth(at) => Diagnostic::new(Code::TooDeep, format!("this is nested more than {MAX_DEPTH} deep"))
            .at(piece.span(at, at + 1), "one too many here")
            .help("give a part of it a name with `define`"),
        Excess::Operands(at, sign) => Diagnostic::new(Code::TooLong, format!("more than {MAX_OPERANDS} operands are joined here"))
            .at(piece.span(at, at + sign.len()), "one too many here")
            .help(match sign {
                "and" | "or" => "list the values with `is one of …`, or give parts of it names with `define`",
                _ => "give parts of it names with `define`",
            }),
    })
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

/// Of what there is too much, and where that begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excess<'t> {
    Depth(usize),
    /// With the sign or word that joins the operand to the ones before it.
    Operands(usize, &'t str),
}

/// What the scan has seen in one pair of parentheses.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Prefixes that wait for their operand.
    pending: usize,
    /// `number of … from`, which holds a sum.
    spans: usize,
    /// Signs of the arithmetic that is being read.
    signs: usize,
    /// `and`s and `or`s of the condition that is being read.
    joints: usize,
}

impl Level {
    fn depth(self) -> usize {
        self.pending + self.spans
    }

    fn operands(self) -> usize {
        self.signs.max(self.joints) + 1
    }

    /// What a token other than a parenthesis means for this level.
    fn take(&mut self, token: &str, after_operand: bool) {
        match token {
            "not" | "start" | "end" | "in" => self.pending += 1,
            "number" => self.spans += 1,
            "-" if !after_operand => self.pending += 1,
            "-" | "+" | "*" | "/" => (self.pending, self.signs) = (0, self.signs + 1),
            "and" | "or" => *self = Self { pending: 0, signs: 0, joints: self.joints + 1, ..*self },
            "," | "is" | "=" | "<" | ">" | "per" | "when" => (self.pending, self.signs) = (0, 0),
            _ => {}
        }
    }
}

/// Whether a text cannot hold too much of anything, however its tokens lie: every level begins with a sign or a word that begins with one of four letters,
/// and every operand beyond the first has a sign or a word before it.
fn is_harmless(text: &str) -> bool {
    let mut levels = 0;
    let mut before = b' ';
    for byte in text.bytes() {
        let begins = !before.is_ascii_alphanumeric() && matches!(byte, b'n' | b's' | b'e' | b'i');
        levels += usize::from(begins || matches!(byte, b'(' | b'-'));
        before = byte;
    }
    levels <= MAX_DEPTH && text.len() < MAX_OPERANDS
}

/// Where there first is too much in a text.
fn excess(text: &str) -> Option<Excess<'_>> {
    if is_harmless(text) {
        return None;
    }
    let mut levels = vec![Level::default()];
    let mut below = 0;
    let mut after_operand = false;
    let mut at = 0;
    while let Some(token) = token(text, at) {
        let in_group = levels.len() > 1;
        match token {
            "(" => {
                below += levels.last()?.depth() + 1;
                levels.push(Level::default());
            }
            ")" if in_group => {
                levels.pop();
                below -= levels.last()?.depth() + 1;
            }
            _ => levels.last_mut()?.take(token, after_operand),
        }
        let level = levels.last()?;
        if below + level.depth() > MAX_DEPTH {
            return Some(Excess::Depth(at));
        }
        if level.operands() > MAX_OPERANDS {
            return Some(Excess::Operands(at, token));
        }
        after_operand = is_operand(token);
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
    fn depth_is_bounded() {
        let deep = |count: usize| format!("{}1{}", "(".repeat(count), ")".repeat(count));
        assert_eq!(excess(&deep(MAX_DEPTH)), None);
        assert_eq!(excess(&deep(MAX_DEPTH + 1)), Some(Excess::Depth(MAX_DEPTH)));
        for chain in ["not ", "- ", "start of month of ", "number of days from ", "number of days from a + ", "min(1, ", "days in month of "] {
            assert!(matches!(excess(&chain.repeat(100)), Some(Excess::Depth(_))), "{chain}");
        }
    }

    /// Whatever the scan refuses is not passed over by the quick look before it.
    #[test]
    fn the_quick_look_passes_nothing_that_is_too_much() {
        for chain in ["(", "-", "not ", "not(", "ü-not ", "start of day of ", "in ", "+number of", "(a + ", "\"x\"not "] {
            assert!(!is_harmless(&chain.repeat(MAX_DEPTH + 1)), "{chain}");
        }
        assert!(!is_harmless(&"+".repeat(MAX_OPERANDS)));
        assert!(is_harmless("reason is one of damaged, late and within 30 days after order.delivered_on and not fraud"));
    }

    #[test]
    fn chains_are_bounded() {
        for (sign, chain) in
            [("+", "(1) + "), ("-", "a - "), ("*", "2 * "), ("/", "a/"), ("and", "not a and "), ("or", "x is -3 or "), ("or", "a<b+1 or ")]
        {
            let most = format!("{}a", chain.repeat(MAX_OPERANDS - 1));
            assert_eq!(excess(&most), None, "{chain}");
            let more = chain.repeat(MAX_OPERANDS);
            let found = excess(&more).unwrap();
            assert!(matches!(found, Excess::Operands(_, at) if at == sign), "{chain}: {found:?}");
        }
        assert_eq!(excess(&"2026-11-21, ".repeat(5000)), None);
        assert_eq!(excess(&"a, ".repeat(5000)), None);
        assert_eq!(excess(&"min(a + b, a - b), ".repeat(2000)), None);
    }
}
