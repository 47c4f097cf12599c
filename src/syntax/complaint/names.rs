//! Mistakes in the first line of an item: what is its name, and what its title.

use super::Failure;
use super::repair::{Attempt, is_read};
use crate::diagnostic::Diagnostic;
use crate::syntax::layout::first_word;
use crate::syntax::piece::Rule;
use crate::syntax::words::{is_reserved, shorten};

/// What begins behind the type and the title of a fact.
pub(super) const MODIFIERS: [&str; 6] = ["optional", "verified", "private", "default", "asks", "about"];

/// Whether such a piece begins with the keyword of an item and a name.
fn declares(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::rule_piece
            | Rule::role_piece
            | Rule::fact_piece
            | Rule::action_piece
            | Rule::duty_piece
            | Rule::budget_piece
            | Rule::define_piece
            | Rule::table_piece
    )
}

/// The name that a title suggests: `Small refunds (EU)` is `small_refunds_eu`.
pub(super) fn name_of(title: &str) -> Option<String> {
    let words = title.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let name = words.map(str::to_lowercase).collect::<Vec<_>>().join("_");
    (name.starts_with(char::is_alphabetic) && !is_reserved(&name)).then_some(name)
}

/// `rule "Small refunds"`
pub(super) fn title_alone(failure: &Failure<'_>) -> Option<Diagnostic> {
    let keyword = first_word(failure.piece.text);
    let what = if keyword == "define" { "definition" } else { keyword };
    let length = failure.rest().strip_prefix('"')?.find('"')? + 2;
    if !declares(failure.rule) || failure.before() != keyword {
        return None;
    }
    let at = failure.at..failure.at + length;
    let title = failure.rest().get(..length)?;
    let name = name_of(title)?;
    let line = failure.rest().get(length..)?.lines().next().unwrap_or_default().trim();
    // The title of a fact and of an action stands behind what it is measured in.
    let typed =
        matches!(failure.rule, Rule::fact_piece | Rule::action_piece).then(|| behind_type(failure, title, line, &format!("{name} "))).flatten();
    let attempt = typed.unwrap_or_else(|| Attempt { at: failure.at..failure.at, text: format!("{name} ") });
    failure.mended(at, format!("the {what} has a title and no name"), "write", &attempt)
}

/// `fact weight "Weight" number`, `action refund "Money back" of money`
pub(super) fn title_before_type(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule == Rule::action_piece && failure.found() == "of" {
        let title = failure.previous_at().filter(|title| failure.piece.text.get(title.clone()).is_some_and(|text| text.starts_with('"')))?;
        let measure = failure.rest().lines().next()?.trim_end();
        let text = format!("{measure} {}", failure.piece.text.get(title.clone())?);
        let attempt = Attempt { at: title.start..failure.at + measure.len(), text };
        return failure.mended(title, "the title stands behind what the action is measured in", "write", &attempt);
    }
    let length = failure.rest().strip_prefix('"')?.find('"')? + 2;
    if failure.rule != Rule::fact_piece || failure.before().split_whitespace().count() != 2 {
        return None;
    }
    let title = failure.rest().get(..length)?;
    let line = failure.rest().get(length..)?.lines().next().unwrap_or_default().trim();
    failure.mended(failure.at..failure.at + length, "the title stands behind the type", "write", &behind_type(failure, title, line, "")?)
}

/// A title in front of the type of a fact put behind it, with what comes before the type.
fn behind_type(failure: &Failure<'_>, title: &str, line: &str, name: &str) -> Option<Attempt> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let end = words.iter().position(|word| MODIFIERS.contains(word)).unwrap_or(words.len());
    let (ty, modifiers) = words.split_at_checked(end).filter(|(ty, _)| !ty.is_empty())?;
    let length = failure.rest().find(line)? + line.len();
    let text = format!("{name}{} {title} {}", ty.join(" "), modifiers.join(" "));
    Some(Attempt { at: failure.at..failure.at + length, text: text.trim_end().to_owned() })
}

/// `rule` alone in its line, over a sentence.
pub(super) fn name_forgotten(failure: &Failure<'_>) -> Option<Diagnostic> {
    let (first, below) = failure.piece.text.split_once('\n')?;
    let keyword = first_word(first);
    let name = match failure.rule {
        Rule::rule_piece => "small_refunds",
        Rule::table_piece => "limits",
        _ => return None,
    };
    if first.trim() != keyword || !is_read(&format!("{keyword} {name}\n{below}"), failure.rule) {
        return None;
    }
    let problem = Diagnostic::new(failure.code(), format!("this {keyword} has no name")).at(failure.piece.span(0, keyword.len()), "");
    Some(problem.help(format!("write one behind it, as in `{keyword} {name}`")))
}

/// `rule 14_days "…"`
pub(super) fn name_of_figures(failure: &Failure<'_>) -> Option<Diagnostic> {
    let keyword = first_word(failure.piece.text);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let length = failure.rest().find(|c| !is_word(c)).unwrap_or(failure.rest().len());
    let word = failure.rest().get(..length)?;
    if !declares(failure.rule) || failure.before() != keyword || !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let attempt = Attempt { at: failure.at..failure.at, text: format!("{keyword}_") };
    failure.mended(failure.at..failure.at + length, format!("`{}` is no name: a name begins with a letter", shorten(word)), "write", &attempt)
}

/// `rule Small refunds` over a sentence.
pub(super) fn title_for_name(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let (first, below) = text.split_once('\n')?;
    let (keyword, words) = first.trim_end().split_once(char::is_whitespace)?;
    let words = words.trim();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-');
    if !matches!(failure.rule, Rule::rule_piece | Rule::table_piece) || !words.contains(' ') || !words.chars().all(is_plain) {
        return None;
    }
    let start = first.find(words)?;
    let at = start..start + words.len();
    if let Some((name, title)) = words.split_once(' ').filter(|(name, title)| name.contains('_') && title.starts_with(char::is_uppercase)) {
        let attempt = Attempt { at, text: format!("{name} \"{title}\"") };
        let start = start + words.len() - title.len();
        return failure.mended(start..start + title.len(), "a title stands in quotation marks", "write", &attempt);
    }
    let name = name_of(words)?;
    let is_sentence = is_read(&format!("{keyword} {name}\n{below}"), failure.rule);
    let attempt = Attempt { at: at.clone(), text: format!("{name} \"{words}\"") };
    let message = format!("`{}` is no name: a name is one word, and a title stands in quotation marks behind it", shorten(words));
    if is_sentence { failure.mended(at, message, "write", &attempt) } else { None }
}

/// `rule r "Title" foo` over a line that would be right.
pub(super) fn word_behind_title(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule != Rule::rule_piece || !failure.starts_line() {
        return None;
    }
    let previous = failure.previous_at()?;
    let word = failure.piece.text.get(previous.clone())?;
    let follows_title = failure.piece.text.get(..previous.start)?.trim_end().ends_with('"');
    let attempt = failure.without(previous.clone());
    let message = format!("`{}` stands behind the title, and is no part of the sentence below", shorten(word));
    if follows_title { failure.mended(previous, message, "leave it out", &attempt) } else { None }
}

/// `rule next time "…"`, `rule next-time "…"`, `one of changed mind`
pub(super) fn name_of_two_words(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let line_end = text.find('\n').unwrap_or(text.len());
    if !declares(failure.rule) || failure.at > line_end {
        return None;
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word_behind = |at: usize| text.get(at..).map_or(0, |rest| rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
    let word_before = |at: usize| text.get(..at).map_or(0, |before| before.len() - before.trim_end_matches(is_word).len());
    // What does not fit is the sign between, the second word, or what follows it.
    let found = failure.found();
    let second = if found == "-" {
        failure.at + 1
    } else if found.starts_with(char::is_alphabetic) {
        failure.at
    } else {
        failure.previous_at()?.start
    };
    let (start, end) = (text.get(..second)?.trim_end_matches([' ', '-']).len(), second + word_behind(second));
    let first = start - word_before(start);
    let keyword = text.split_whitespace().next()?.len();
    if first < keyword || start == second || end == second || first == start {
        return None;
    }
    let (one, two) = (text.get(first..start)?, text.get(second..end)?);
    if is_reserved(one) || is_reserved(two) {
        return None;
    }
    if two.len() == 2 && text.get(end..)?.trim_start().starts_with('"') {
        let language = Attempt { at: second..end, text: two.to_lowercase() };
        return failure.mended(second..end, "a language is written in small letters", "write", &language);
    }
    let attempt = Attempt { at: first..end, text: format!("{one}_{two}") };
    failure.mended(
        first..end,
        format!("`{}` is no name: a name is one word", shorten(text.get(first..end)?)),
        &format!("write `{one}_{two}`"),
        &attempt,
    )
}

/// `fact d date verified "Day"`
pub(super) fn title_behind(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let title_length = failure.rest().strip_prefix('"')?.find('"')? + 2;
    if failure.rule != Rule::fact_piece {
        return None;
    }
    let title = failure.rest().get(..title_length)?;
    let words = text.get(..failure.at)?;
    let mut from = 0;
    let first = words.split_inclusive(char::is_whitespace).find_map(|word| {
        let at = from;
        from += word.len();
        MODIFIERS.contains(&word.trim()).then_some(at)
    })?;
    let between = text.get(first..failure.at)?.trim_end();
    let attempt = Attempt { at: first..failure.at + title_length, text: format!("{title} {between}") };
    failure.mended(failure.at..failure.at + title_length, "the title stands before what is said of the fact", "write", &attempt)
}
