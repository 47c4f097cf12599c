//! Mistakes around what does not hold: `unless`, `even if entitled`.

use super::Failure;
use super::repair::{Attempt, is_read};
use crate::diagnostic::Diagnostic;
use crate::syntax::layout::first_word;
use crate::syntax::piece::Rule;
use crate::syntax::words::shorten;

/// `when A and when B`, `unless A and unless B`, `when A and unless B`
pub(super) fn second_condition(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let (first, before) = (first_word(failure.piece.text), failure.before());
    let joint = ["and", "or"].into_iter().find(|joint| before.ends_with(&format!(" {joint}")))?;
    if failure.rule != Rule::clause_piece || !matches!((first, found), ("when" | "unless", "when" | "unless")) {
        return None;
    }
    let start = before.len() - joint.len();
    let behind = failure.rest().strip_prefix(found)?.trim_start();
    if first == found {
        // Neither the one nor the other: not the one, and not the other.
        let right = if found == "unless" { "or" } else { joint };
        let attempt = Attempt { at: start..failure.piece.text.len() - behind.len(), text: format!("{right} ") };
        return failure.mended(
            failure.found_at(),
            format!("`{found}` stands once, before the first condition"),
            &format!("write `{right}`"),
            &attempt,
        );
    }
    let line = behind.lines().next().unwrap_or_default();
    let joined = joint == "and" && is_read(&format!("{found} {line}"), Rule::clause_piece);
    let message = format!("`{found}` begins a line of its own");
    joined.then(|| failure.problem(message, format!("leave `and` out, and write in the next line: `{found} {}`", shorten(line))))
}

/// `nobody may refund unless entitled`
pub(super) fn unless_entitled(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.piece.text.get(failure.line())?;
    let is_said = matches!(failure.rule, Rule::rule_piece | Rule::clause_piece) && line.trim_end().ends_with("unless entitled");
    let start = failure.line().start + line.rfind("unless entitled")?;
    let at = start..start + "unless entitled".len();
    let problem = || Diagnostic::new(failure.code(), "what is owed is granted all the same").at(failure.piece.span(at.start, at.end), "");
    is_said.then(|| problem().help("leave it out; a prohibition that also stops what is owed ends with `even if entitled`"))
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

/// `reason is late, and order.seasonal`
pub(super) fn comma_before_joint(failure: &Failure<'_>) -> Option<Diagnostic> {
    let behind = failure.rest().strip_prefix(',')?.trim_start();
    let joint = ["and", "or"].into_iter().find(|joint| behind.strip_prefix(joint).is_some_and(|rest| rest.starts_with(' ')))?;
    let attempt = failure.without(failure.at..failure.at + 1);
    let is_joined = failure.expects(Rule::kw_and);
    if is_joined { failure.mended(failure.found_at(), format!("no comma stands before `{joint}`"), "leave it out", &attempt) } else { None }
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

/// A text alone in a line: `"Please call again."`
pub(super) fn text_alone(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?.trim_end();
    let is_line = matches!(failure.rule, Rule::fallback_piece | Rule::rule_piece | Rule::clause_piece) && failure.starts_line();
    let is_text = line.starts_with('"') && is_read(&format!("advise {line}"), Rule::clause_piece);
    (is_line && is_text && failure.expects(Rule::EOI)).then(|| {
        failure.problem("nothing says what this text is", format!("write `advise {line}` for what to do instead, or `because {line}` for the reason"))
    })
}
