//! What everyday language says otherwise.

use super::Failure;
use super::expected::line_words;
use super::repair::Attempt;
use crate::diagnostic::Diagnostic;
use crate::syntax::layout::first_word;
use crate::syntax::piece::Rule;
use crate::syntax::words::{is_reserved, shorten};

/// `an agent may`, `when the reason is`
pub(super) fn article(failure: &Failure<'_>) -> Option<Diagnostic> {
    let before = failure.before();
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next()?;
    let is_article = ["a", "an", "the"].iter().any(|article| word.eq_ignore_ascii_case(article));
    let stands_apart = failure.piece.text.get(before.len()..failure.at)?.starts_with(' ');
    if !is_article || !stands_apart || !failure.found().starts_with(char::is_alphabetic) {
        return None;
    }
    let span = failure.piece.span(before.len() - word.len(), before.len());
    let problem = Diagnostic::new(failure.code(), format!("`{word}` has no place here: names stand without an article")).at(span, "");
    Some(problem.help(format!("leave it out, and begin with `{}`", shorten(failure.found()))))
}

/// `order.delivered_on is less than 30 days ago`, `order.delivered_on was over two weeks ago`
pub(super) fn counted_ago(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.line();
    let text = failure.piece.text.get(line.clone())?;
    let end = text.find(" ago")?;
    let is_behind_word = text.get(end + 4..)?.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let words: Vec<&str> = text.get(..end)?.split_whitespace().collect();
    let at = words.iter().rposition(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let (before, time) = words.split_at_checked(at)?;
    let before = before.strip_suffix(&["than"]).unwrap_or(before);
    let (how, before) = before.split_last()?;
    let right = match *how {
        "less" | "under" | "newer" | "younger" => "within",
        "more" | "over" | "older" | "longer" => "more than",
        _ => return None,
    };
    let before = before.strip_suffix(&["is"]).or_else(|| before.strip_suffix(&["was"])).unwrap_or(before);
    let date = before.last().filter(|date| !is_reserved(date))?;
    let start = text.find(&format!("{date} "))?;
    let attempt = Attempt { at: line.start + start..line.start + end + 4, text: format!("{right} {} after {date}", time.join(" ")) };
    if is_behind_word { None } else { failure.mended(attempt.at.clone(), "a time is measured from a date", "write", &attempt) }
}

/// `order.delivered_on less than 30 days ago`, `order.delivered_on older than 30 days`
pub(super) fn ago(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.found() == "ago" {
        return is_ago(failure);
    }
    let mut words = failure.rest().lines().next()?.split_whitespace();
    let right = match words.next()? {
        "less" | "under" | "newer" | "younger" | "earlier" => "within",
        "more" | "over" | "older" | "longer" | "later" => "more than",
        _ => return None,
    };
    let (than, count, unit) = (words.next()?, words.next()?, words.next()?);
    let is_unit = ["minute", "hour", "day", "working", "week", "month", "year"].iter().any(|known| unit.starts_with(known));
    let before = failure.before();
    let before = before.strip_suffix(" is").unwrap_or(before);
    let date = before.rsplit(char::is_whitespace).next().filter(|date| date.starts_with(char::is_alphabetic) && !is_reserved(date))?;
    if than != "than" || !is_unit || !count.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let unit = if unit == "working" { "working days" } else { unit };
    Some(failure.problem("a time is measured from a date", format!("write `{right} {count} {unit} after {date}`")))
}

/// Words of everyday language in the place of those of the policy language.
pub(super) fn everyday_word(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let right = match found.to_lowercase().as_str() {
        "can" | "could" | "shall" if failure.expects(Rule::kw_may) => "may",
        "cannot" | "mustn" if failure.expects(Rule::kw_may) => "may not",
        "if" | "where" | "provided" if failure.starts_line() && line_words(failure.rule).contains(&"when") => "when",
        "except" if failure.starts_line() && line_words(failure.rule).contains(&"when") => "unless",
        "timezone" | "zone" if failure.starts_line() => "time zone",
        "but" if failure.expects(Rule::kw_and) => "and",
        "gte" | "greater" | "over" | "above" if failure.expects(Rule::kw_and) => ">",
        "lte" | "less" | "under" | "below" if failure.expects(Rule::kw_and) => "<",
        _ => return None,
    };
    let problem = failure.problem(format!("`{}` is not understood here", shorten(found)), format!("write `{right}`"));
    Some(if right == "and" || right == "may" { failure.with_fix(problem, failure.found_at(), right) } else { problem })
}

/// `order.delivered_on is more than 30 days ago`
fn is_ago(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.before().lines().next_back()?;
    let (date, time) = line.rsplit_once(" is ")?;
    let date = date.rsplit(char::is_whitespace).next()?;
    Some(failure.problem("a time is measured from a date", format!("write `{time} after {date}`")))
}

/// `300 EUR per month per actor`
pub(super) fn key_behind_window(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule != Rule::budget_piece || failure.found() != "per" || !failure.expects(Rule::kw_for) {
        return None;
    }
    let (line, key) = (failure.before().lines().next_back()?.trim(), failure.rest().lines().next()?.trim());
    let (amount, window) = line.split_once(" per ")?;
    Some(failure.problem("what a budget is kept for comes before its window", format!("write `{amount} {key} per {window}`")))
}

/// `lead must approve refund`
pub(super) fn must_approve(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.piece.text.get(failure.line())?.trim();
    let (role, action) = line.split_once(" must approve ")?;
    let is_sentence = failure.rule == Rule::rule_piece && super::repair::is_read(&format!("rule x everyone may {action}"), Rule::rule_piece);
    let help = || format!("write who may, as in `agent may {}`, and in the next line: `approved by {}`", shorten(action), shorten(role));
    is_sentence.then(|| failure.problem("an approval is a clause of what somebody may", help()))
}

/// `action refund money`, `action refund of EUR`
pub(super) fn measure(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule != Rule::action_piece {
        return None;
    }
    let found = failure.found();
    if failure.expects(Rule::kw_of) && ["money", "percent", "duration", "number"].contains(&found) {
        let problem = failure.problem(format!("`of` is missing before `{found}`"), format!("write `of {found}`"));
        return Some(failure.with_fix(problem, failure.at..failure.at, "of "));
    }
    let is_currency = found.len() == 3 && found.bytes().all(|byte| byte.is_ascii_uppercase());
    (failure.expects(Rule::measure) && is_currency).then(|| {
        failure.with_fix(
            failure.problem(format!("`{found}` is no measure"), "write `money`: its currency is that of the policy"),
            failure.found_at(),
            "money",
        )
    })
}

/// `300 EUR` behind the role that it is for: `agent 300 EUR per month`.
pub(super) fn role_before_amount(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let line = failure.line();
    let written = text.get(line.clone())?;
    let role = first_word(written.trim_start());
    let start = line.start + written.find(role)?;
    let amount = text.get(start + role.len()..line.end)?.trim_start_matches([':', ' ', '=']).trim_end();
    let is_role = !matches!(role, "" | "budget" | "max" | "maximum" | "maximal" | "min" | "about" | "only" | "up" | "at" | "höchstens" | "bis");
    if failure.rule != Rule::budget_piece || !is_role || !amount.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let attempt = Attempt { at: start..line.start + written.trim_end().len(), text: format!("{amount} for {role}") };
    failure.mended(start..start + role.len(), "the role that a line is for stands at its end", "write", &attempt)
}
