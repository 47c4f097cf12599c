//! One token of a text made wrong.

use std::ops::Range;

use super::super::dice::Dice;
use super::words::{Kind, Token, tokens};

/// What is done to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Change {
    Delete,
    Duplicate,
    Swap,
    Replace,
    Misspell,
    DropSign,
    InsertSign,
    Unit,
}

pub const CHANGES: [Change; 8] =
    [Change::Delete, Change::Duplicate, Change::Swap, Change::Replace, Change::Misspell, Change::DropSign, Change::InsertSign, Change::Unit];

/// Words that are taken for each other.
const ALIKE: [&[&str]; 4] = [
    &["EUR", "USD", "%", "days", "hours"],
    &["minutes", "hours", "days", "weeks", "months", "years", "EUR"],
    &["money", "percent", "number", "date", "datetime", "duration", "text"],
    &["day", "week", "month", "quarter", "year", "ever", "days"],
];

/// A text with one token made wrong.
#[derive(Clone, Debug)]
pub struct Mutant {
    pub text: String,
    /// The lines, counted from 1, on which the tokens stood that were changed. Line breaks are no tokens, so the lines before and after are the same ones.
    pub lines: Vec<usize>,
}

/// `None` where this change is not to be had of this text, or changes nothing.
pub fn mutate(text: &str, change: Change, dice: &mut Dice) -> Option<Mutant> {
    let tokens = tokens(text);
    let fits = |token: &&Token| match change {
        Change::Misspell => token.kind == Kind::Word && token.range.len() > 2,
        Change::DropSign => token.kind == Kind::Sign,
        Change::Unit => ALIKE.iter().any(|alike| alike.contains(&&text[token.range.clone()])),
        _ => true,
    };
    let chosen: Vec<&Token> = tokens.iter().filter(fits).collect();
    let token = *dice.pick(&chosen)?;
    let word = &text[token.range.clone()];
    let mut ranges = vec![token.range.clone()];
    let new = match change {
        Change::Delete | Change::DropSign => String::new(),
        Change::Duplicate => format!("{word} {word}"),
        Change::Swap => {
            let next = tokens.iter().find(|next| next.range.start >= token.range.end)?;
            ranges.push(next.range.clone());
            format!("{}{}{word}", &text[next.range.clone()], &text[token.range.end..next.range.start])
        }
        Change::Replace => text[dice.pick(&tokens)?.range.clone()].to_owned(),
        Change::Misspell => misspelt(word, dice),
        Change::InsertSign => format!("{word} {}", dice.pick(&[",", ".", "(", ")", "|", ":", ";", "=", "<", "-", "%", "\""])?),
        Change::Unit => {
            let alike = ALIKE.iter().filter(|alike| alike.contains(&word)).copied().collect::<Vec<_>>().concat();
            (*dice.pick(&alike)?).to_owned()
        }
    };
    let end = ranges.last()?.end;
    let mutant = format!("{}{new}{}", &text[..token.range.start], &text[end..]);
    let line = |range: &Range<usize>| text[..range.start].matches('\n').count() + 1;
    (mutant != text).then(|| Mutant { text: mutant, lines: ranges.iter().map(line).collect() })
}

/// A word with one character too many, too few, of another kind, or two of them the wrong way round.
fn misspelt(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = dice.below(letters.len());
    let letter = char::from(b'a' + u8::try_from(dice.below(26)).unwrap());
    match dice.below(4) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letter),
        2 => letters[at] = letter,
        _ => letters.swap(at, (at + 1) % word.chars().count()),
    }
    letters.into_iter().collect()
}
