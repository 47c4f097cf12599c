//! Mistakes in the line of a fact.

use super::Failure;
use super::names::MODIFIERS;
use super::repair::Attempt;
use crate::diagnostic::Diagnostic;
use crate::syntax::piece::Rule;

/// `fact order.note optional text`, `fact verified order.total money`
pub(super) fn modifier_before_type(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let line = text.lines().next()?.trim_end();
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_modifier = |word: &&str| matches!(*word, "optional" | "verified" | "private");
    let first = if words.get(1).is_some_and(is_modifier) { 1 } else { 2 };
    let (before, rest) = words.split_at_checked(first)?;
    let (early, behind) = rest.split_at(rest.iter().take_while(|word| is_modifier(word)).count());
    let word = early.first()?;
    if failure.rule != Rule::fact_piece || failure.at > line.len() {
        return None;
    }
    let start = line.find(&format!(" {word}"))? + 1;
    let attempt = Attempt { at: 0..line.len(), text: [before, behind, early].concat().join(" ") };
    failure.mended(start..start + word.len(), format!("`{word}` stands behind the type"), "write", &attempt)
}

/// `fact order.total money ask "What was the total?"`
pub(super) fn question_of_fact(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let has_text = failure.rest().strip_prefix(found)?.trim_start().starts_with('"');
    if failure.rule != Rule::fact_piece || !matches!(found, "ask" | "question" | "fragt" | "frage") || !has_text {
        return None;
    }
    let attempt = Attempt { at: failure.found_at(), text: "asks".to_owned() };
    let problem = failure.mended(failure.found_at(), format!("`{found}` is said otherwise here"), "write `asks`", &attempt)?;
    Some(failure.with_fix(problem, attempt.at, attempt.text))
}

/// `fact order.total money in EUR`, `fact order.weight number in kg`
pub(super) fn unit_of_fact(failure: &Failure<'_>) -> Option<Diagnostic> {
    let before = failure.before();
    let ty = before.strip_suffix(" in").or_else(|| (failure.found() == "in").then_some(before))?;
    let line = failure.line();
    let start = ty.len() + 1;
    let unit = failure.piece.text.get(start..line.end)?.trim_end().strip_prefix("in")?.trim();
    if failure.rule != Rule::fact_piece || unit.contains('"') {
        return None;
    }
    let at = start..start + 2;
    if ty.ends_with(" money") {
        let attempt = failure.without(start..line.end);
        return failure.mended(at, "money is in the currency of the policy", "leave it out", &attempt);
    }
    let attempt = Attempt { at: start..line.end, text: format!("\"in {unit}\"") };
    failure.mended(at, "a type has no unit; its title can name it", "write", &attempt)
}

/// `fact order.kind (gift, sale)`, `fact order.kind gift | sale`
pub(super) fn values_for_type(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?.trim_end();
    let values: Vec<&str> =
        line.trim_matches(['(', ')', '[', ']', '{', '}']).split([',', '|', '/', ';']).map(|value| value.trim().trim_matches('"')).collect();
    let is_type = failure.rule == Rule::fact_piece && failure.expects_any(&[Rule::fact_type, Rule::plain_type]);
    if !is_type || values.len() < 2 || line.split_whitespace().any(|word| MODIFIERS.contains(&word)) {
        return None;
    }
    let attempt = Attempt { at: failure.at..failure.at + line.len(), text: format!("one of {}", values.join(", ")) };
    failure.mended(attempt.at.clone(), "the values of a fact stand behind `one of`", "write", &attempt)
}

/// Names of types in other languages.
pub(super) fn foreign_type(failure: &Failure<'_>) -> Option<Diagnostic> {
    if !failure.expects_any(&[Rule::fact_type, Rule::plain_type, Rule::measure]) {
        return None;
    }
    let right = match failure.found().to_lowercase().as_str() {
        "bool" | "boolean" | "yes" | "yesno" | "flag" => "yes/no",
        "string" | "str" | "char" | "varchar" => "text",
        "int" | "integer" | "float" | "decimal" | "count" => "number",
        "timestamp" | "moment" => "datetime",
        "enum" | "choice" => "one of …",
        "set" | "list" => "some of …",
        "currency" | "amount" | "price" | "euro" => "money",
        _ => return None,
    };
    let problem = failure.problem(format!("`{}` is no type", failure.found()), format!("write `{right}`"));
    Some(if right.contains(' ') { problem } else { failure.with_fix(problem, failure.found_at(), right) })
}
