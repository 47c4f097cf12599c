//! Mistakes in what a policy says of itself: in its tests and promises.

use super::Failure;
use super::repair::is_read;
use crate::diagnostic::{Diagnostic, Edit};
use crate::syntax::layout::first_word;
use crate::syntax::piece::Rule;
use crate::syntax::words::shorten;

/// `expect no because small_refund`
pub(super) fn two_expectations(failure: &Failure<'_>) -> Option<Diagnostic> {
    let first = failure.before();
    let line = failure.rest().lines().next()?.trim_end();
    let reads = |text: &str| is_read(text, Rule::test_line_piece);
    let is_second = first.starts_with("expect ") && reads(first) && reads(&format!("expect {line}"));
    if failure.rule != Rule::test_line_piece || !is_second {
        return None;
    }
    if first.starts_with("expect offer") && failure.found() == "up" {
        return Some(failure.problem("a test does not look at how much is offered", format!("leave it out: `{first}`")));
    }
    let is_answer = |word: &str| matches!(word, "yes" | "owed" | "up" | "no" | "ask" | "need");
    if is_answer(first_word(first.trim_start_matches("expect "))) && is_answer(failure.found()) {
        return Some(failure.problem("a question has one answer", format!("keep one of them: `{first}` or `expect {}`", shorten(line))));
    }
    let problem = failure.problem("`expect` says one thing", format!("put the other on a line of its own: `expect {}`", shorten(line)));
    let edit = Edit { span: failure.piece.span(first.len(), failure.at), text: "\n  expect ".to_owned() };
    Some(problem.fix("put it on a line of its own", vec![edit]))
}

/// `expect ask lead within 2 hours`
pub(super) fn time_of_answer(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_time = failure.rule == Rule::test_line_piece && matches!(failure.found(), "by" | "within" | "until" | "in");
    let asks = failure.before().starts_with("expect ask");
    (is_time && asks).then(|| failure.problem("a test does not look at when an answer is due", format!("leave it out: `{}`", failure.before())))
}

/// `given reason is late, order.total is 50 EUR`
pub(super) fn facts_of_one_line(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let word = ["given", "said"].into_iter().find(|word| failure.rule == Rule::test_line_piece && first_word(text) == *word)?;
    let facts = text.strip_prefix(word)?.trim();
    let parts = |joint: &str| facts.split(joint).map(|part| format!("{word} {}", part.trim())).collect::<Vec<_>>();
    let lines = [" and ", ",", ";"].into_iter().map(parts).find(|parts| parts.len() > 1 && parts.iter().all(|part| is_read(part, failure.rule)))?;
    let problem = failure.problem("each fact stands on a line of its own", format!("write below it: `{}`", shorten(lines.get(1)?)));
    let edit = Edit { span: failure.piece.whole(), text: lines.join("\n  ") };
    Some(if text.contains('#') { problem } else { problem.fix("give each fact a line of its own", vec![edit]) })
}

/// `given order.total > 100 EUR`
pub(super) fn compared_fact(failure: &Failure<'_>) -> Option<Diagnostic> {
    let words = failure.before().split_whitespace().collect::<Vec<_>>();
    let (["given" | "said", fact], Rule::test_line_piece) = (words.as_slice(), failure.rule) else { return None };
    let compares = failure.found().starts_with(['<', '>']);
    compares.then(|| failure.problem("a test says what a fact is, not what it is more or less than", format!("write one value: `given {fact} is …`")))
}

/// `given order.delivered_on is 10 days ago`
pub(super) fn day_ago(failure: &Failure<'_>) -> Option<Diagnostic> {
    let (fact, _) = failure.before().split_once(" is ")?;
    let is_ago = failure.rule == Rule::test_line_piece && failure.found() == "ago";
    let help = || format!("write the day, as in `{fact} is 2026-11-11`; `on` says which day it is");
    is_ago.then(|| failure.problem("a test gives plain values", help()))
}

/// `as "anna"`
pub(super) fn person_without_role(failure: &Failure<'_>) -> Option<Diagnostic> {
    let names = failure.rule == Rule::test_line_piece && failure.before() == "as" && failure.found() == "\"";
    let line = failure.rest().lines().next()?.trim_end();
    names.then(|| failure.problem("who asks is a role, and then a person", format!("write the role first, as in `as agent {}`", shorten(line))))
}

/// `agent "anna" asks refund of 20 EUR`
pub(super) fn asked_in_a_sentence(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?.trim_end();
    let (who, what) = line.split_once(" asks ").or_else(|| line.split_once(" ask "))?;
    let what = what.strip_prefix("for ").unwrap_or(what);
    let (who, what) = (format!("as {who}"), format!("ask {what}"));
    let reads = |text: &str| is_read(text, Rule::test_line_piece);
    let in_test = matches!(failure.rule, Rule::test_piece | Rule::test_line_piece) && failure.starts_line() && reads(&who) && reads(&what);
    in_test.then(|| failure.problem("who asks and what is asked stand on two lines", format!("write `{who}`, and below it `{}`", shorten(&what))))
}

/// `expect not yes`, `expect no offer`
pub(super) fn not_an_answer(failure: &Failure<'_>) -> Option<Diagnostic> {
    let names_what = matches!(failure.found(), "offer" | "rule" | "rules" | "duty" | "duties" | "charge" | "need" | "limit");
    if failure.rule == Rule::test_line_piece && failure.before() == "expect no" && names_what && failure.piece.text.split_whitespace().count() == 3 {
        let help = "what is there is expected by its name, as in `expect offer voucher`; what is not cannot be";
        return Some(failure.problem("a test expects what an answer has", help));
    }
    let is_said = failure.rule == Rule::test_line_piece && failure.before() == "expect" && failure.found() == "not";
    is_said.then(|| failure.problem("a test says which answer it expects", "write `expect no`, or `expect ask`, `expect need` or `expect up to …`"))
}

/// `given reason late`
pub(super) fn missing_is_in_test(failure: &Failure<'_>) -> Option<Diagnostic> {
    let value = failure.found().starts_with(|c: char| c.is_alphanumeric() || c == '"');
    let fits = failure.rule == Rule::test_line_piece && failure.expects_any(&[Rule::kw_is, Rule::fact_value]) && value;
    if !fits {
        return None;
    }
    let problem = failure.problem(format!("`{}` follows without a word between", shorten(failure.found())), "write `is` before the value");
    Some(failure.with_fix(problem, failure.at..failure.at, "is "))
}
