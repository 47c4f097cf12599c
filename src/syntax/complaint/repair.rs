//! What one change of one word would make right: each is tried, and the first after which the piece is understood is what the author is told.

use std::ops::Range;

use pest::Parser as _;

use super::Failure;
use super::expected::keyword;
use crate::diagnostic::{Code, Diagnostic, Edit, near};
use crate::syntax::bounds;
use crate::syntax::layout::{blank_comments, first_word};
use crate::syntax::piece::{Piece, Rule, grammar};
use crate::syntax::words::is_reserved;

/// A longer piece is not tried again and again.
const LONGEST: usize = 4000;
/// The most bytes of a line that is shown in a help.
const SHOWN: usize = 90;

/// A change of the text of a piece.
pub(super) struct Attempt {
    pub(super) at: Range<usize>,
    pub(super) text: String,
}

/// How sure it is that the change is what its author meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// Nobody could have meant anything else.
    Certain,
    /// It can be read then, but may say something else.
    Likely,
}

/// A change that works, what there is to say of it, and how sure it is.
type Repair = (Attempt, String, Trust);

/// Whether a text is understood as such a piece.
pub(in crate::syntax) fn is_read(text: &str, rule: Rule) -> bool {
    grammar::Grammar::parse(rule, &blank_comments(text.trim())).is_ok()
}

impl Attempt {
    /// The whole piece afterwards.
    pub(super) fn apply(&self, text: &str) -> String {
        format!("{}{}{}", text.get(..self.at.start).unwrap_or_default(), self.text, text.get(self.at.end..).unwrap_or_default())
    }

    pub(super) fn works(&self, failure: &Failure<'_>) -> bool {
        let text = self.apply(failure.piece.text);
        let piece = Piece { text: text.trim(), ..*failure.piece };
        bounds::exceeded(&piece).is_none() && grammar::Grammar::parse(failure.rule, &blank_comments(piece.text)).is_ok()
    }

    /// Whether the piece is understood at least to the end of the line that is changed: behind it may come the next mistake.
    pub(super) fn mends_its_line(&self, failure: &Failure<'_>) -> bool {
        let text = self.apply(failure.piece.text);
        let piece = Piece { text: &text, ..*failure.piece };
        if bounds::exceeded(&piece).is_some() {
            return false;
        }
        let Err(error) = grammar::Grammar::parse(failure.rule, &blank_comments(&text)) else { return true };
        let reached = Failure::new(&piece, failure.rule, &error).at;
        let behind = self.at.start + self.text.len();
        text.get(behind..).and_then(|rest| rest.find('\n')).is_some_and(|line| reached > behind + line)
    }

    /// The line with the change, as it should be.
    fn line(&self, failure: &Failure<'_>) -> Option<String> {
        let text = self.apply(failure.piece.text);
        let start = text.get(..self.at.start)?.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(start..)?.lines().next()?.trim();
        (line.len() <= SHOWN).then(|| format!("`{line}`"))
    }

    /// A help with the line as it should be, where that is not too long.
    pub(super) fn with_line(&self, failure: &Failure<'_>, help: impl Into<String>) -> String {
        let help = help.into();
        match self.line(failure) {
            Some(line) if !help.ends_with(&line) => format!("{help}: {line}"),
            _ => help,
        }
    }

    pub(super) fn edit(&self, failure: &Failure<'_>) -> Option<Edit> {
        // No comment is lost.
        if failure.piece.text.get(self.at.clone())?.contains('#') {
            return None;
        }
        // In a cell of a spreadsheet a quotation mark is written twice.
        let plain = failure.piece.doubled.is_empty() && !self.text.contains(['"', ',', ';']);
        let in_policy = failure.piece.doubled.is_empty() && !super::expected::is_cell(failure.rule);
        (plain || in_policy).then(|| Edit { span: failure.piece.span(self.at.start, self.at.end), text: self.text.clone() })
    }
}

impl Failure<'_> {
    /// Adds a fix to a problem where the piece is understood after it.
    pub(super) fn with_fix(&self, problem: Diagnostic, at: Range<usize>, text: impl Into<String>) -> Diagnostic {
        let attempt = Attempt { at, text: text.into() };
        if self.piece.text.len() > LONGEST || !attempt.mends_its_line(self) {
            return problem;
        }
        let title = if attempt.text.is_empty() { "leave it out".to_owned() } else { format!("write `{}`", attempt.text.trim()) };
        match attempt.edit(self) {
            Some(edit) => problem.fix(title, vec![edit]),
            None => problem,
        }
    }

    /// Whether the line is understood with another text at a place.
    pub(super) fn mends(&self, at: Range<usize>, text: &str) -> bool {
        self.piece.text.len() <= LONGEST && Attempt { at, text: text.to_owned() }.mends_its_line(self)
    }

    /// The place of what was found, in the piece.
    pub(super) fn found_at(&self) -> Range<usize> {
        self.at..self.at + self.found().len()
    }

    /// The place of the token before it.
    pub(super) fn previous_at(&self) -> Option<Range<usize>> {
        let before = self.before();
        let end = before.len();
        let last = before.chars().next_back()?;
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        if last == '"' {
            let start = before.get(..end - 1)?.rfind('"')?;
            return Some(start..end);
        }
        let length: usize = before.chars().rev().take_while(|c| if is_word(last) { is_word(*c) } else { *c == last }).map(char::len_utf8).sum();
        Some(end - length..end)
    }

    /// The text from one byte to another, with the space that then would be there twice.
    pub(super) fn without(&self, at: Range<usize>) -> Attempt {
        let behind = self.piece.text.get(at.end..).unwrap_or_default();
        let space = behind.len() - behind.trim_start_matches(' ').len();
        let has_before = self.piece.text.get(..at.start).is_none_or(|before| before.ends_with(char::is_whitespace));
        if behind.trim().is_empty() {
            let start = self.piece.text.get(..at.start).unwrap_or_default().trim_end().len();
            return Attempt { at: start..at.end, text: String::new() };
        }
        let end = if has_before { at.end + space } else { at.end };
        Attempt { at: at.start..end, text: String::new() }
    }
}

/// What there is to say of a failure for which one word would have to be another.
pub(super) fn repaired(failure: &Failure<'_>, problem: Diagnostic) -> Option<Diagnostic> {
    if failure.piece.text.len() > LONGEST {
        return None;
    }
    let tries: [fn(&Failure<'_>) -> Option<Repair>; 7] = [torn_unit, misspelt, missing, turned, superfluous, superfluous_before, another];
    let (attempt, help, trust) = tries.iter().find_map(|attempt| attempt(failure))?;
    let problem = problem.help(attempt.with_line(failure, help));
    match attempt.edit(failure).filter(|_| trust == Trust::Certain) {
        Some(edit) if edit.text.is_empty() => Some(problem.fix(format!("leave `{}` out", failure.found()), vec![edit])),
        Some(edit) => Some(problem.fix(format!("write `{}`", edit.text.trim()), vec![edit])),
        None => Some(problem),
    }
}

/// `to to`, `EUR EUR`
pub(super) fn doubled_word(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.piece.text.len() > LONGEST {
        return None;
    }
    let (attempt, help, _) = doubled(failure).or_else(|| doubled_before(failure))?;
    let taken = failure.piece.text.get(attempt.at.clone())?;
    let end = attempt.at.start + taken.trim_end().len();
    let start = attempt.at.end - taken.trim_start().len();
    let word = super::shorten(taken.trim());
    let problem = Diagnostic::new(failure.code(), format!("`{word}` stands here twice")).at(failure.piece.span(start, end), "");
    let problem = match attempt.line(failure) {
        Some(line) => problem.help(format!("leave one of them out: {line}")),
        None => problem.help(help),
    };
    Some(match attempt.edit(failure) {
        Some(edit) => problem.fix("leave one of them out", vec![edit]),
        None => problem,
    })
}

/// What was found comes only behind the second of two equal words.
fn doubled_before(failure: &Failure<'_>) -> Option<Repair> {
    let second = failure.previous_at()?;
    let word = failure.piece.text.get(second.clone())?;
    let first = failure.piece.text.get(..second.start)?.trim_end();
    let ends_with_it = first.strip_suffix(word).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace));
    if !ends_with_it || !word.starts_with(char::is_alphabetic) {
        return None;
    }
    let attempt = failure.without(second);
    attempt.works(failure).then(|| (attempt, "leave one of them out".to_owned(), Trust::Certain))
}

fn doubled(failure: &Failure<'_>) -> Option<Repair> {
    let found = failure.found();
    let before = failure.piece.text.get(failure.previous_at()?)?;
    let whole = if found == "\"" { failure.rest().get(..quoted(failure.rest())?)? } else { found };
    if whole.is_empty() || before != whole {
        return None;
    }
    let attempt = failure.without(failure.at..failure.at + whole.len());
    attempt.works(failure).then(|| (attempt, "leave one of them out".to_owned(), Trust::Certain))
}

/// The length of a text with its quotation marks.
fn quoted(rest: &str) -> Option<usize> {
    rest.get(1..)?.find('"').map(|at| at + 2)
}

/// `30 day s`
fn torn_unit(failure: &Failure<'_>) -> Option<Repair> {
    let previous = failure.previous_at()?;
    let unit = failure.piece.text.get(previous.clone())?;
    let is_torn = failure.found() == "s" && matches!(unit, "minute" | "hour" | "day" | "week" | "month" | "year");
    let attempt = Attempt { at: previous.start..failure.found_at().end, text: format!("{unit}s") };
    (is_torn && attempt.works(failure)).then(|| (attempt, format!("write `{unit}s` in one word"), Trust::Certain))
}

/// `upp to 50 EUR`
fn misspelt(failure: &Failure<'_>) -> Option<Repair> {
    let found = failure.found();
    let keywords: Vec<String> = failure.expected.iter().filter_map(|rule| keyword(*rule)).collect();
    let near = near(found, keywords.iter().map(|word| (word.as_str(), true)))?;
    let attempt = Attempt { at: failure.found_at(), text: near.name.to_owned() };
    let trust = if near.is_certain { Trust::Certain } else { Trust::Likely };
    attempt.works(failure).then(|| (attempt, format!("did you mean `{}`?", near.name), trust))
}

/// The words and signs that could stand here.
fn candidates(failure: &Failure<'_>) -> Vec<String> {
    const VAGUE: [&str; 9] = ["and", "or", "not", "of", "no", "yes", "everyone", "nobody", "rounded"];
    let mut words: Vec<String> = failure.expected.iter().filter_map(|rule| keyword(*rule)).filter(|word| !VAGUE.contains(&word.as_str())).collect();
    let signs = [(Rule::comma, ","), (Rule::close, ")"), (Rule::percent_sign, "%")];
    words.extend(signs.iter().filter(|(rule, _)| failure.expects(*rule)).map(|(_, sign)| (*sign).to_owned()));
    // A word alone at the end of a line is one more of a list, sooner than a value.
    let next = failure.rest().get(failure.found().len()..).unwrap_or_default().trim_start_matches(' ');
    if failure.found().starts_with(char::is_alphabetic) && (next.is_empty() || next.starts_with([',', '\n'])) {
        words.sort_by_key(|word| word != ",");
    }
    // What is owed is `of` something.
    let of_owed = failure.rule == Rule::rule_piece && failure.expects(Rule::kw_of) && failure.before().contains("entitled to ");
    if of_owed && failure.found().contains('.') {
        words.insert(0, "of".to_owned());
    }
    words.dedup();
    words
}

/// `up 50 EUR`
fn missing(failure: &Failure<'_>) -> Option<Repair> {
    candidates(failure).into_iter().find_map(|word| {
        let touches = matches!(word.as_str(), "," | ")" | "%");
        // A word that is about how many or how often is none of a list.
        let counts =
            |word: &str| matches!(word, "half" | "once" | "twice" | "double" | "both" | "either" | "each" | "every" | "for" | "then" | "please");
        let before = failure.before().rsplit(char::is_whitespace).next().unwrap_or_default();
        if matches!(word.as_str(), "," | "by") && (counts(failure.found()) || counts(before)) {
            return None;
        }
        let (at, text) = if touches { (failure.before().len(), word.clone()) } else { (failure.at, format!("{word} ")) };
        let text = if failure.rest().is_empty() && !touches { format!(" {word}") } else { text };
        let attempt = Attempt { at: at..at, text };
        attempt.works(failure).then(|| (attempt, format!("`{word}` is missing"), Trust::Likely))
    })
}

/// `EUR 50`
fn turned(failure: &Failure<'_>) -> Option<Repair> {
    let previous = failure.previous_at()?;
    let (before, found) = (failure.piece.text.get(previous.clone())?, failure.found());
    if found.is_empty() || found == "\"" || before.starts_with('"') {
        return None;
    }
    let turned = |at: Range<usize>, first: &str, between: &str, second: &str| Attempt { at, text: format!("{second}{between}{first}") };
    let between = failure.piece.text.get(previous.end..failure.at)?;
    let this = turned(previous.start..failure.found_at().end, before, between, found);
    if this.works(failure) {
        return Some((this, format!("`{before}` and `{found}` stand the wrong way round"), Trust::Likely));
    }
    let behind = failure.piece.text.get(failure.found_at().end..)?;
    let gap = behind.get(..behind.len() - behind.trim_start().len())?;
    let rest = behind.get(gap.len()..)?;
    if rest.starts_with('"') {
        return None;
    }
    let next = match first_word(rest) {
        "" => rest.get(..rest.chars().next()?.len_utf8())?,
        word => word,
    };
    let end = failure.found_at().end + gap.len() + next.len();
    let that = turned(failure.at..end, found, gap, next);
    that.works(failure).then(|| (that, format!("`{found}` and `{next}` stand the wrong way round"), Trust::Likely))
}

/// `refund , up to`
fn superfluous(failure: &Failure<'_>) -> Option<Repair> {
    let found = failure.found();
    let length = if found == "\"" { quoted(failure.rest()).unwrap_or(1) } else { found.len() };
    let what = failure.rest().get(..length)?;
    if what.is_empty() || what.starts_with(|c: char| c.is_ascii_digit()) || turns(what) {
        return None;
    }
    let attempt = failure.without(failure.at..failure.at + length);
    attempt.works(failure).then(|| (attempt, format!("leave `{}` out", super::shorten(what)), Trust::Likely))
}

/// Whether a sentence without such a word could say the opposite.
fn turns(word: &str) -> bool {
    const WORDS: [&str; 16] =
        ["unless", "not", "no", "never", "only", "from", "until", "within", "without", "except", "between", "nicht", "kein", "nie", "nur", "ohne"];
    WORDS.contains(&word)
}

fn superfluous_before(failure: &Failure<'_>) -> Option<Repair> {
    let previous = failure.previous_at()?;
    let what = failure.piece.text.get(previous.clone())?;
    // A value that is left out says less than its author meant.
    if what.starts_with(|c: char| c.is_ascii_digit() || c == '"') || turns(what) || super::expected::is_cell(failure.rule) {
        return None;
    }
    let attempt = failure.without(previous);
    attempt.works(failure).then(|| (attempt, format!("leave `{}` out", super::shorten(what)), Trust::Likely))
}

/// Another word in the place of this one.
fn another(failure: &Failure<'_>) -> Option<Repair> {
    let found = failure.found();
    if found.is_empty() || (!is_reserved(found) && found.starts_with('"')) {
        return None;
    }
    // A comma takes nobody's place, and a condition only that of another word for one.
    let asks = matches!(found.to_lowercase().as_str(), "if" | "where" | "wenn" | "falls" | "provided" | "whenever" | "while");
    // `less` is no other word for `more`, nor `excludes` one for `includes`.
    let opposite = |word: &str| matches!((found, word), ("less" | "least" | "fewer", "more") | ("excludes", "includes"));
    candidates(failure).into_iter().filter(|word| word != "," && (asks || word != "when") && !opposite(word)).find_map(|word| {
        let attempt = Attempt { at: failure.found_at(), text: word.clone() };
        attempt.works(failure).then(|| (attempt, format!("write `{word}` for `{}`", super::shorten(found)), Trust::Likely))
    })
}

/// A problem that has no help of its own is told with the change that would mend it, or with what such a piece looks like.
pub(super) fn or_hint(failure: &Failure<'_>, problem: Diagnostic, hint: Option<String>) -> Diagnostic {
    debug_assert!(matches!(problem.code, Code::Form | Code::BadCell));
    let without = problem.clone();
    match (repaired(failure, problem), hint) {
        (Some(repaired), _) => repaired,
        (None, Some(hint)) => without.help(hint),
        (None, None) => without,
    }
}
