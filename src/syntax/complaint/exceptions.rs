//! Mistakes around exceptions: `unless`, `even if entitled`.

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
