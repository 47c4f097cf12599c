//! What could stand at a place, by the grammar: for somebody who is still writing.

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

use super::clauses::CLAUSES;
use super::items::line_words;
use super::piece::{Rule, grammar};

/// No text of a policy holds it, so the grammar stops there and says what it would have liked better.
const STOP: char = '\u{1}';

/// The names of the grammar's rules that could go on behind `written`, the beginning of a piece of an item; the first line of the item begins with `item`.
///
/// Empty where the grammar cannot follow so far. `EOI` among them says that the piece may end there.
pub(crate) fn could_follow(item: &str, written: &str) -> Vec<String> {
    let Some(rule) = piece_rule(item, written) else { return Vec::new() };
    let text = format!("{} {STOP}", super::layout::blank_comments(written));
    let Err(error) = grammar::Grammar::parse(rule, &text) else { return Vec::new() };
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    let stops = text.get(at..).is_some_and(|rest| rest.trim_start().starts_with(STOP));
    match error.variant {
        ErrorVariant::ParsingError { positives, .. } if stops => positives.iter().map(|rule| format!("{rule:?}")).collect(),
        _ => Vec::new(),
    }
}

/// Every keyword of the grammar.
pub(crate) fn keywords() -> Vec<String> {
    let word = |rule: &Rule| super::complaint::keyword(*rule);
    Rule::all_rules().iter().filter_map(word).collect()
}

/// What a piece is parsed as.
fn piece_rule(item: &str, written: &str) -> Option<Rule> {
    let first = super::layout::first_word(written.trim_start());
    if first != item || item.is_empty() {
        return match item {
            "rule" | "fallback" | "table" if CLAUSES.contains(&first) => Some(Rule::clause_piece),
            "policy" if line_words(item).contains(&first) => Some(Rule::setting_piece),
            "role" if line_words(item).contains(&first) => Some(Rule::role_line_piece),
            "duty" if line_words(item).contains(&first) => Some(Rule::deadline_piece),
            "test" if line_words(item).contains(&first) => Some(Rule::test_line_piece),
            _ => None,
        };
    }
    Some(match item {
        "policy" => Rule::policy_piece,
        "role" => Rule::role_piece,
        "fact" => Rule::fact_piece,
        "action" => Rule::action_piece,
        "duty" => Rule::duty_piece,
        "budget" => Rule::budget_piece,
        "define" => Rule::define_piece,
        "table" => Rule::table_piece,
        "rule" => Rule::rule_piece,
        "fallback" => Rule::fallback_piece,
        "test" => Rule::test_piece,
        "promise" => Rule::promise_piece,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_says_what_could_follow() {
        let cases = [
            ("rule", "rule r", "text sentence"),
            ("rule", "rule r agent,", "name"),
            ("rule", "rule r agent may refund", "EOI comma kw_up"),
            ("rule", "  when reason is # why\n", "kw_between kw_not kw_one presence offset_kind value"),
            ("rule", "charge a", "EOI comma kw_by"),
            ("fact", "fact a", "fact_type"),
            ("policy", "currency", "currency"),
            ("test", "expect", "expectation"),
            ("promise", "promise \"x\" agent can", "kw_always"),
            // Wrong before the end, or nothing that begins a piece.
            ("rule", "when when", ""),
            ("rule", "rule r agent mya refund", ""),
            ("rule", "currency", ""),
        ];
        for (item, written, expected) in cases {
            assert_eq!(could_follow(item, written).join(" "), expected, "{written}");
        }
    }

    #[test]
    fn keywords_are_those_of_the_grammar() {
        let keywords = keywords();
        for word in ["policy", "rule", "when", "entitled", "provisional"] {
            assert!(keywords.iter().any(|known| known == word), "{word}");
        }
        assert!(keywords.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase())));
    }
}
