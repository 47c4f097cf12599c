//! Mistakes in a limit: how much, how often, and from how much on.

use super::Failure;
use super::repair::{Attempt, is_read};
use crate::diagnostic::Diagnostic;
use crate::syntax::piece::Rule;
use crate::syntax::words::shorten;

/// `may refund more than`, `may not refund up to`, `entitled to refund up to`
pub(super) fn wrong_quantity_word(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule != Rule::rule_piece || !failure.expects(Rule::EOI) {
        return None;
    }
    let (is, should) = match failure.found() {
        "up" if failure.expects(Rule::kw_more) => ("a cap is not written with `up to`", "`more than`"),
        "up" if failure.expects(Rule::kw_of) => ("what is owed is not written with `up to`", "`of`"),
        "more" if failure.expects(Rule::kw_up) => ("a limit is not written with `more than`", "`up to`, or `may not … more than …` for a cap"),
        "more" if failure.expects(Rule::kw_of) => ("what is owed is not written with `more than`", "`of`"),
        "of" if failure.expects(Rule::kw_up) => ("a limit is not written with `of`", "`up to`"),
        "of" if failure.expects(Rule::kw_more) => ("a cap is not written with `of`", "`more than`"),
        _ => return None,
    };
    Some(failure.problem(is, format!("write {should}")))
}

/// `agent may refund 50 EUR`
pub(super) fn limit_without_words(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_limit = failure.found().starts_with(|c: char| c.is_ascii_digit()) && failure.expects(Rule::kw_up);
    let problem = || {
        failure.problem(
            "a limit begins with `up to`",
            format!("write `up to {}`", shorten(failure.rest().lines().next().unwrap_or_default().trim_end())),
        )
    };
    is_limit.then(|| failure.with_fix(problem(), failure.at..failure.at, "up to "))
}

/// `up to 50 EUR or 20% of order.total`
pub(super) fn one_quantity_of_two(failure: &Failure<'_>) -> Option<Diagnostic> {
    let head = matches!(failure.rule, Rule::rule_piece | Rule::limit_cell_piece | Rule::clause_piece);
    if !head || failure.found() != "or" {
        return None;
    }
    let before = failure.before();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let start = if super::expected::is_cell(failure.rule) { Some(0) } else { before.get(line..)?.rfind(" up to ").map(|at| line + at + 7) }?;
    let first = before.get(start..)?.trim();
    let second = failure.rest().strip_prefix("or")?.lines().next()?.trim();
    let end = failure.at + 2 + failure.rest().strip_prefix("or")?.find(second)? + second.len();
    let attempt = Attempt { at: start..end, text: format!("min({first}, {second})") };
    let problem = failure.mended(failure.found_at(), "a limit is one quantity", "write", &attempt)?;
    let other = format!("`max({first}, {second})` for the larger of the two, or `min({first}, {second})` for the smaller");
    let line = problem.help.clone().filter(|help| help.len() < 120).and_then(|help| help.strip_prefix("write: ").map(str::to_owned));
    Some(problem.help(
        line.map_or_else(
            || format!("write {other}"),
            |line| format!("write `max(…)` for the larger of the two, or `min(…)` for the smaller: {line}"),
        ),
    ))
}

/// `up to 50 EUR but at most 20% of order.total`
pub(super) fn lower_of_two(failure: &Failure<'_>) -> Option<Diagnostic> {
    let head = matches!(failure.rule, Rule::rule_piece | Rule::limit_cell_piece | Rule::clause_piece);
    let line = failure.rest().lines().next()?.trim_end();
    let second = line.strip_prefix("but").or_else(|| line.strip_prefix("and")).unwrap_or(line).trim_start();
    let words = ["not more than ", "no more than ", "never more than ", "at most ", "up to ", "max ", "maximum ", "capped at ", "limited to "];
    let second = words.iter().find_map(|words| second.strip_prefix(words)).filter(|_| head)?;
    let before = failure.before();
    let start = if super::expected::is_cell(failure.rule) { 0 } else { before.rfind(" up to ")? + 7 };
    let attempt = Attempt { at: start..failure.at + line.len(), text: format!("min({}, {second})", before.get(start..)?) };
    failure.mended(failure.found_at(), "a limit is one quantity", "write `min(…)` for the smaller of the two", &attempt)
}

/// `agent may refund up to 50 EUR per case`
pub(super) fn limit_per_something(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_head = matches!(failure.rule, Rule::rule_piece | Rule::limit_cell_piece) && failure.found() == "per";
    let line = failure.rest().lines().next()?.trim_end();
    if !is_head {
        return None;
    }
    let at = failure.at..failure.at + line.len();
    let attempt = failure.without(at.clone());
    let each = ["per case", "per order", "per time", "per grant", "per request", "per ticket"].contains(&line);
    let help = if each {
        "a limit holds for each grant; leave it out"
    } else {
        "a limit holds for each grant; leave this out, and `charge` a budget that counts"
    };
    failure.mended(at, "a limit has no window", help, &attempt)
}

/// `agent may refund 3 times per month`, `agent may refund once per customer`
pub(super) fn times_without_budget(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?.trim_end();
    let mut words = line.split_whitespace();
    let count = words.next()?;
    let is_times =
        matches!(count, "once" | "twice") || (count.bytes().all(|byte| byte.is_ascii_digit()) && matches!(words.next(), Some("times" | "time")));
    let is_head = failure.rule == Rule::rule_piece && failure.expects(Rule::kw_up);
    (is_times && is_head).then(|| {
        failure.problem(
            "how often is counted by a budget",
            "write an item such as `budget patience 3 times per actor per month`, and in the next line here: `charge patience`",
        )
    })
}

/// `agent may not refund less than 5 EUR`
pub(super) fn least_amount(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?.trim_end();
    let least = line.strip_prefix("less than ").filter(|least| is_read(&format!("when amount < {least}"), Rule::clause_piece))?;
    match failure.rule {
        Rule::rule_piece => {
            let help = format!("leave it out, and write in the next line: `when amount < {}`", shorten(least));
            Some(failure.problem("a cap says the most; the least is a condition", help))
        }
        Rule::promise_piece => {
            let at = failure.at..failure.at + line.len();
            let attempt = Attempt { at: at.clone(), text: format!("when amount < {least}") };
            failure.mended(at, "a promise says the most; the least is a condition", "write", &attempt)
        }
        _ => None,
    }
}

/// `agent may refund from 5 EUR up to 9 EUR`
pub(super) fn from_amount(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?.trim_end();
    let rest = line.strip_prefix("from ").filter(|_| failure.rule == Rule::rule_piece && !failure.starts_line())?;
    let (least, most) = rest.split_once(" up to ").or_else(|| rest.split_once(" to ")).map_or((rest, None), |(least, most)| (least, Some(most)));
    let is_amount =
        |text: &str| is_read(&format!("when amount >= {text}"), Rule::clause_piece) && !is_read(&format!("from {text}"), Rule::clause_piece);
    let limit = most.map(|most| format!("write `up to {}`, and in", shorten(most)));
    let help = || format!("{} the next line: `when amount >= {}`", limit.as_deref().unwrap_or("leave it out, and write in"), shorten(least));
    is_amount(least).then(|| failure.problem("a limit says the most; the least is a condition", help()))
}
