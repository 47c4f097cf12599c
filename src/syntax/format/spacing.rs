//! Where a space stands between two tokens of a line.

use super::token::{Token, TokenKind};

/// Words behind which a `-` is a sign and not a subtraction.
const BEFORE_A_VALUE: &[&str] = &[
    "and", "or", "not", "is", "of", "between", "within", "than", "by", "when", "unless", "from", "until", "includes", "as", "to", "after", "before",
    "default",
];

/// Settles [`Token::spaced`].
pub(super) fn mark(tokens: &mut [Token<'_>]) {
    let unspaced: Vec<usize> = (0..tokens.len()).filter(|at| !is_spaced(tokens, *at)).collect();
    for at in unspaced {
        if let Some(token) = tokens.get_mut(at) {
            token.spaced = false;
        }
    }
}

fn is_spaced(tokens: &[Token<'_>], at: usize) -> bool {
    let neighbour = |offset: isize| at.checked_add_signed(offset).and_then(|at| tokens.get(at));
    let is = |offset: isize, text: &str| neighbour(offset).is_some_and(|token| token.is(text));
    let (closes, opens) = (is(0, ",") || is(0, ")") || is(0, "%"), is(-1, "("));
    let calls = is(0, "(") && (is(-1, "min") || is(-1, "max"));
    let negates = is(-1, "-") && !neighbour(-2).is_some_and(ends_value);
    let yes_no = (is(-1, "yes") && is(0, "/") && is(1, "no")) || (is(-2, "yes") && is(-1, "/") && is(0, "no"));
    let written_together = joins(tokens, at);
    !(closes || opens || calls || negates || yes_no || written_together)
}

fn ends_value(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word => !BEFORE_A_VALUE.contains(&token.text),
        TokenKind::Number | TokenKind::Text => true,
        TokenKind::Sign => token.is(")") || token.is("%"),
    }
}

/// Whether two tokens are one word to the parser: the name of a time zone, the day in `per year from 04-01`.
fn joins(tokens: &[Token<'_>], at: usize) -> bool {
    let is = |at: Option<usize>, text: &str| at.and_then(|at| tokens.get(at)).is_some_and(|token| token.is(text));
    let Some(first) = first_of_run(tokens, at) else { return false };
    let (before, two_before) = (first.checked_sub(1), first.checked_sub(2));
    (is(before, "zone") && is(two_before, "time")) || (is(before, "from") && is(two_before, "year"))
}

/// The first of the tokens without space between them that the token at `at` and the one before it belong to.
fn first_of_run(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let touches = |at: &usize| {
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        before.zip(tokens.get(*at)).is_some_and(|(left, right)| left.start + left.text.len() == right.start)
    };
    touches(&at).then(|| (0..at).rev().find(|at| !touches(at)))?
}
