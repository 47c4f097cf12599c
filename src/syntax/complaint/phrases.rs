//! What is written in other words. Each of the [`sayings`](super::sayings) that stands where nothing fits is tried, and the first one after which the line is
//! understood is what its author is told: so the help can be pasted.

use std::ops::Range;

use pest::Parser as _;

use super::Failure;
use super::repair::Attempt;
use super::sayings::{BEHIND, CELLS, DEFINITIONS, FACTS, IDLE, LINES, NUMBER_WORDS, PERIODS, PROMISES, SAYINGS, Saying, Sure, TESTS, UNITS};
use crate::diagnostic::{Diagnostic, Edit};
use crate::syntax::bounds;
use crate::syntax::layout::blank_comments;
use crate::syntax::piece::{Piece, Rule, grammar};
use crate::syntax::words::shorten;

/// A longer piece is not looked at.
const LONGEST: usize = 4000;
/// A longer line is not shown in a help.
const LONGEST_LINE: usize = 90;
/// So many phrases of one line are tried one after the other, beside the first.
const MOST_PHRASES: usize = 3;

/// A word, a number, a text in quotation marks or a sign.
#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    at: usize,
    text: &'t str,
}

impl Token<'_> {
    fn end(self) -> usize {
        self.at + self.text.len()
    }

    fn is(self, word: &str) -> bool {
        self.text == word || (self.text.len() == word.len() && self.text.to_lowercase() == word)
    }
}

/// The tokens of a text that begins at a byte of its piece.
fn tokens(text: &str, base: usize) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let taken = |fits: fn(char) -> bool| rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let length = match first {
            c if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '#' => break,
            '"' => rest.get(1..).and_then(|rest| rest.find('"')).map_or(rest.len(), |end| end + 2),
            '<' | '>' if rest.get(1..2) == Some("=") => 2,
            c if c.is_ascii_digit() => {
                rest.get(..taken(|c| c.is_ascii_digit() || matches!(c, '.' | '_'))).unwrap_or_default().trim_end_matches('.').len()
            }
            c if c.is_alphabetic() => taken(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '\'')),
            c => c.len_utf8(),
        };
        tokens.extend(rest.get(..length).map(|text| Token { at: base + at, text }));
        at += length.max(1);
    }
    tokens
}

/// Words that nobody calls something.
const NO_NAMES: [&str; 6] = ["ago", "and", "no", "not", "or", "than"];

/// What stands for the parts of a phrase.
#[derive(Clone, Debug, Default)]
struct Captured(Vec<(&'static str, String)>);

impl Captured {
    /// Whether `part` can stand for the first of some tokens, and for how many.
    fn take(&mut self, part: &'static str, tokens: &[Token<'_>]) -> Option<usize> {
        let first = tokens.first()?;
        let is_number = first.text.starts_with(|c: char| c.is_ascii_digit());
        let (text, count) = match part {
            "<n>" if is_number => (first.text.to_owned(), 1),
            "<g>" | "<h>" if first.text.len() == 3 && first.text.bytes().all(|byte| byte.is_ascii_digit()) => (first.text.to_owned(), 1),
            "<w>" | "<v>" if first.text.starts_with(char::is_alphabetic) && !NO_NAMES.contains(&first.text) => (first.text.to_owned(), 1),
            "<u>" => unit(tokens)?,
            "<z>" => (known(&NUMBER_WORDS, tokens)?.0.to_owned(), 1),
            "<p>" => (known(&PERIODS, tokens)?.0.to_owned(), 1),
            "<x>" => known(&UNITS, tokens).map(|(unit, count)| (unit.to_owned(), count))?,
            _ if part.starts_with('<') && part.len() == 3 => return None,
            _ if first.is(part) => return Some(1),
            _ => return None,
        };
        self.0.push((part, text));
        Some(count)
    }

    /// What is meant, with what stands for its parts.
    fn fill(&self, meant: &str) -> String {
        self.0.iter().fold(meant.to_owned(), |meant, (part, text)| meant.replace(part, text))
    }
}

/// A unit as the language writes it.
fn unit(tokens: &[Token<'_>]) -> Option<(String, usize)> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let is_unit = |word: &str| ["minute", "hour", "day", "week", "month", "year"].contains(&word.trim_end_matches('s'));
    if word(0) == "working" && word(1).trim_end_matches('s') == "day" {
        return Some((format!("working {}", word(1)), 2));
    }
    is_unit(word(0)).then(|| (word(0).to_owned(), 1))
}

/// The right word for the words that some tokens begin with, and how many these are.
fn known(words: &[(&str, &'static str)], tokens: &[Token<'_>]) -> Option<(&'static str, usize)> {
    words.iter().find_map(|(written, right)| {
        let parts: Vec<&str> = written.split(' ').collect();
        let fits = parts.len() <= tokens.len() && parts.iter().zip(tokens).all(|(part, token)| token.is(part));
        fits.then_some((*right, parts.len()))
    })
}

/// Whether some tokens begin with a phrase: how many of them it takes, and what stands for its parts.
fn begins(phrase: &'static str, tokens: &[Token<'_>]) -> Option<(usize, Captured)> {
    let mut captured = Captured::default();
    let mut taken = 0;
    for part in phrase.split(' ') {
        taken += captured.take(part, tokens.get(taken..)?)?;
    }
    Some((taken, captured))
}

/// A phrase that was found, and what is meant with it.
struct Found {
    at: Range<usize>,
    meant: String,
}

/// Where a phrase stands beside the token at which nothing fits.
fn places(phrase: &'static str, meant: &str, tokens: &[Token<'_>], failing: usize) -> Vec<Found> {
    let starts = 0..=failing.min(tokens.len().saturating_sub(1));
    let found = starts.filter_map(|start| {
        let (count, captured) = begins(phrase, tokens.get(start..)?)?;
        let (first, last) = (tokens.get(start)?, tokens.get(start + count - 1)?);
        let is_near = start + count + 1 >= failing;
        is_near.then(|| Found { at: first.at..last.end(), meant: captured.fill(meant) })
    });
    let mut found: Vec<Found> = found.collect();
    found.reverse();
    found
}

impl<'e> Failure<'e> {
    /// The line in which nothing fits.
    pub(super) fn line(&self) -> Range<usize> {
        let at = if self.rest().is_empty() { self.before().len() } else { self.at };
        let text = self.piece.text;
        let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length);
        start..end
    }

    fn tokens(&self) -> Vec<Token<'e>> {
        let line = self.line();
        tokens(self.piece.text.get(line.clone()).unwrap_or_default(), line.start)
    }
}

/// `at most 50 EUR`, `within two weeks after …`, `300 EUR a month`
pub(super) fn said_otherwise(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.piece.text.len() > LONGEST {
        return None;
    }
    begun_otherwise(failure).or_else(|| in_the_middle(failure)).or_else(|| several(failure))
}

/// The phrases beside the place at which nothing fits, and what is meant with each.
fn phrases(failure: &Failure<'_>) -> impl Iterator<Item = (Found, Sure)> {
    let tokens = failure.tokens();
    let failing = tokens.iter().position(|token| token.end() > failure.at).unwrap_or(tokens.len());
    let own: &[Saying] = match failure.rule {
        Rule::test_line_piece => &TESTS,
        Rule::promise_piece => &PROMISES,
        Rule::test_cell_piece => &CELLS,
        Rule::fact_piece => &FACTS,
        Rule::define_piece => &DEFINITIONS,
        _ => &[],
    };
    own.iter()
        .chain(&SAYINGS)
        .flat_map(move |(phrase, meant, sure)| places(phrase, meant, &tokens, failing).into_iter().map(move |found| (found, *sure)))
}

fn in_the_middle(failure: &Failure<'_>) -> Option<Diagnostic> {
    let tokens = failure.tokens();
    let failing = tokens.iter().position(|token| token.end() > failure.at).unwrap_or(tokens.len());
    // In a promise each word of a phrase may turn it.
    let idle = IDLE
        .iter()
        .filter(|_| failure.rule != Rule::promise_piece)
        .flat_map(|phrase| places(phrase, "", &tokens, failing).into_iter().map(|found| (found, Sure::No)));
    phrases(failure).chain(idle).find_map(|(found, sure)| {
        let written = failure.piece.text.get(found.at.clone())?;
        if written == found.meant || is_turned(written) {
            return None;
        }
        let attempt =
            if found.meant.is_empty() { failure.without(found.at.clone()) } else { Attempt { at: found.at.clone(), text: found.meant.clone() } };
        attempt.mends_its_line(failure).then(|| {
            let span = failure.piece.span(found.at.start, found.at.end);
            let (message, help) = if found.meant.is_empty() {
                (format!("`{}` says nothing here", shorten(written)), "leave it out".to_owned())
            } else {
                (format!("`{}` is said otherwise here", shorten(written)), format!("write `{}`", found.meant))
            };
            let problem = Diagnostic::new(failure.code(), message).at(span, "").help(attempt.with_line(failure, help));
            if sure == Sure::Yes { failure.with_fix(problem, found.at, found.meant) } else { problem }
        })
    })
}

/// `agent darf refund bis 50 EUR`, `wenn innerhalb von 30 Tagen nach order.delivered_on`: none of them alone mends the line.
fn several(failure: &Failure<'_>) -> Option<Diagnostic> {
    let told = |at: Range<usize>, line: &str| {
        let line = line.trim();
        let message = format!("`{}` is said otherwise here", shorten(failure.piece.text.get(at.clone())?));
        (line.len() <= LONGEST_LINE)
            .then(|| Diagnostic::new(failure.code(), message).at(failure.piece.span(at.start, at.end), "").help(format!("write: `{line}`")))
    };
    let lines = LINES.iter().filter(|_| failure.starts_line()).find_map(|(phrase, meant, _)| {
        let rest = failure.rest().lines().next()?;
        let rule = line_rule(failure.rule)?;
        let tokens = tokens(rest, 0);
        let end = tokens.get(begins(phrase, &tokens)?.0 - 1)?.end();
        let line = format!("{meant}{}", rest.get(end..)?);
        told(failure.at..failure.at + end, &translated(failure.piece, rule, line, (0, meant.len()), MOST_PHRASES)?)
    });
    lines.or_else(|| {
        let number = failure.piece.text.get(..failure.line().start)?.matches('\n').count();
        phrases(failure).find_map(|(found, _)| {
            let attempt = Attempt { at: found.at.clone(), text: found.meant };
            let behind = found.at.start + attempt.text.len();
            let text = translated(failure.piece, failure.rule, attempt.apply(failure.piece.text), (number, behind), MOST_PHRASES)?;
            told(found.at, text.lines().nth(number)?)
        })
    })
}

/// A text with a phrase after the other as it is said, until its line with a number is understood. It must be understood farther than to a byte, up to which it was changed.
fn translated(piece: &Piece<'_>, rule: Rule, text: String, (line, behind): (usize, usize), left: usize) -> Option<String> {
    let blanked = blank_comments(&text).into_owned();
    let changed = Piece { text: &text, ..*piece };
    if bounds::exceeded(&changed).is_some() {
        return None;
    }
    let Err(error) = grammar::Grammar::parse(rule, &blanked) else { return Some(text) };
    let failure = Failure::new(&changed, rule, &error);
    if text.get(..failure.at)?.matches('\n').count() > line {
        return Some(text);
    }
    if left == 0 || failure.at < behind {
        return None;
    }
    phrases(&failure).find_map(|(found, _)| {
        let attempt = Attempt { at: found.at, text: found.meant };
        let behind = attempt.at.start + attempt.text.len();
        let next = attempt.apply(&text);
        if next == text { None } else { translated(piece, rule, next, (line, behind), left - 1) }
    })
}

/// `reason in late`: what has a group is the set that holds the other.
fn is_turned(written: &str) -> bool {
    written.split_once(" in ").is_some_and(|(value, set)| !set.contains('.') || value.contains('.')) && written.split(' ').count() == 3
}

/// `wenn reason is late`, `needs approval by lead`: a line that is read by itself.
fn begun_otherwise(failure: &Failure<'_>) -> Option<Diagnostic> {
    let rule = line_rule(failure.rule).filter(|_| failure.starts_line())?;
    let tokens = tokens(failure.rest().lines().next().unwrap_or_default(), failure.at);
    LINES.iter().find_map(|(phrase, meant, sure): &Saying| {
        let (count, _) = begins(phrase, &tokens)?;
        let at = failure.at..tokens.get(count - 1)?.end();
        let attempt = Attempt { at: at.clone(), text: (*meant).to_owned() };
        let text = attempt.apply(failure.piece.text);
        let line = text.get(failure.at..)?;
        if !super::repair::is_read(line, rule) {
            return None;
        }
        let written = failure.piece.text.get(at.clone())?;
        let problem = Diagnostic::new(failure.code(), format!("`{}` is said otherwise here", shorten(written)));
        let problem = problem.at(failure.piece.span(at.start, at.end), "").help(attempt.with_line(failure, format!("write `{meant}`")));
        let edit = attempt.edit(failure).filter(|_| *sure == Sure::Yes);
        Some(match edit {
            Some(edit) => problem.fix(format!("write `{meant}`"), vec![edit]),
            None => problem,
        })
    })
}

/// `agent may refund with approval by lead`, `agent may refund if reason is late`: a clause in other words, behind a sentence.
pub(super) fn clause_behind(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?.trim_end();
    let is_head = failure.rule == Rule::rule_piece && failure.expects(Rule::EOI) && !failure.starts_line();
    let tokens = tokens(line, 0);
    let words = LINES.iter().chain(&BEHIND).filter(|_| is_head);
    let (count, clause) = words.map(|(phrase, meant, _)| (begins(phrase, &tokens), meant)).find_map(|(found, meant)| {
        let end = tokens.get(found?.0 - 1)?.end();
        let clause = format!("{meant}{}", line.get(end..)?);
        super::repair::is_read(&clause, Rule::clause_piece).then_some((end, clause))
    })?;
    let span = failure.piece.span(failure.at, failure.at + count);
    let problem =
        Diagnostic::new(failure.code(), format!("`{}` is a clause, and begins a line of its own", shorten(line.get(..count)?))).at(span, "");
    let edit = Edit { span: failure.piece.span(failure.before().len(), failure.at + line.len()), text: format!("\n  {clause}") };
    let problem = problem.help(format!("write in the next line: `{}`", shorten(&clause)));
    Some(if line.contains('#') { problem } else { problem.fix("put it into a line of its own", vec![edit]) })
}

/// What a line of the item that a piece belongs to is parsed as.
pub(super) fn line_rule(rule: Rule) -> Option<Rule> {
    Some(match rule {
        Rule::rule_piece | Rule::clause_piece | Rule::fallback_piece | Rule::table_piece => Rule::clause_piece,
        Rule::policy_piece | Rule::setting_piece => Rule::setting_piece,
        Rule::role_piece | Rule::role_line_piece => Rule::role_line_piece,
        Rule::duty_piece | Rule::deadline_piece => Rule::deadline_piece,
        Rule::test_piece | Rule::test_line_piece => Rule::test_line_piece,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_where_they_stand() {
        let text = "unless d within the last 3 Werktage # within 4 days";
        let tokens = tokens(text, 10);
        let words: Vec<&str> = tokens.iter().map(|token| token.text).collect();
        assert_eq!(words, ["unless", "d", "within", "the", "last", "3", "Werktage"]);
        let (count, captured) = begins("<w> within the last <n> <x>", &tokens[1..]).unwrap();
        assert_eq!((count, captured.fill("within <n> <x> after <w>").as_str()), (6, "within 3 working days after d"));
        assert!(begins("<w> within the last <n> <u>", &tokens[1..]).is_none());
        assert_eq!(places("within", "x", &tokens, 2).first().map(|found| found.at.clone()), Some(19..25));
        assert!(places("within", "x", &tokens, 6).is_empty());
        assert!(places("within", "x", &tokens, 1).is_empty());
    }

    /// Every phrase is of parts that exist, and means something with its own parts.
    #[test]
    fn sayings_fill_all_their_parts() {
        let parts = ["<n>", "<g>", "<h>", "<z>", "<w>", "<v>", "<u>", "<x>", "<p>"];
        for (phrase, meant, _) in SAYINGS.iter().chain(&LINES).chain(&TESTS).chain(&PROMISES).chain(&CELLS).chain(&FACTS).chain(&DEFINITIONS) {
            for part in meant.split([' ', ',']).filter(|part| part.starts_with('<') && part.len() == 3) {
                assert!(parts.contains(&part) && phrase.contains(part), "{phrase}: {meant}");
            }
            assert!(phrase.split(' ').all(|part| part.to_lowercase() == part), "{phrase}");
        }
    }

    /// A longer phrase behind a shorter one with the same beginning would never be tried first.
    #[test]
    fn sayings_stand_once() {
        let mut seen = std::collections::BTreeSet::new();
        for (phrase, meant, _) in SAYINGS {
            assert!(seen.insert((phrase, meant)), "{phrase}");
        }
    }
}
