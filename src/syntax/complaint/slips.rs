//! Mistakes whose mending is worked out from what stands around them. Each is tried before it is told, as in [`repair`](super::repair).

use std::ops::Range;

use super::Failure;
use super::phrases::line_rule;
use super::repair::{Attempt, is_read};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::syntax::numerals::{Day, written_day};
use crate::syntax::piece::Rule;
use crate::syntax::words::shorten;

impl Failure<'_> {
    /// A problem at a place of the piece, with a change that makes its line right, as its help and its fix; `None` where it does not.
    pub(super) fn mended(&self, at: Range<usize>, message: impl Into<String>, help: &str, attempt: &Attempt) -> Option<Diagnostic> {
        if self.piece.text.len() > 4000 || !attempt.mends_its_line(self) {
            return None;
        }
        let problem = Diagnostic::new(self.code(), message).at(self.piece.span(at.start, at.end), "");
        Some(problem.help(attempt.with_line(self, help)))
    }
}

/// Characters that nobody sees, and spaces that are none.
pub(super) fn unseen(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let is_unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let is_odd_space = |c: char| c.is_whitespace() && !c.is_ascii();
    let before = text.get(..failure.at)?;
    let spaces = before.len() - before.trim_end().len();
    let behind = failure.rest().chars().next().filter(|c| is_unseen(*c)).map(|c| (failure.at, c));
    let inside = before.char_indices().rev().take_while(|(at, _)| at + spaces + 4 >= before.len()).find(|(_, c)| is_unseen(*c) || is_odd_space(*c));
    let (at, sign) = behind.or(inside)?;
    let place = at..at + sign.len_utf8();
    let text = if sign.is_whitespace() { " " } else { "" };
    let attempt = Attempt { at: place.clone(), text: text.to_owned() };
    let problem = Diagnostic::new(failure.code(), format!("an invisible character stands here: U+{:04X}", u32::from(sign)));
    let problem = problem.at(failure.piece.span(place.start, place.end), "");
    let help = if sign.is_whitespace() { "write an ordinary space for it" } else { "take it out" };
    let edit = Edit { span: failure.piece.span(place.start, place.end), text: text.to_owned() };
    Some(problem.help(attempt.with_line(failure, help)).fix("take it out", vec![edit]))
}

/// `30.06.2027`, `06/30/2027`, `30 June 2027` where a day is expected.
pub(super) fn foreign_day(failure: &Failure<'_>) -> Option<Diagnostic> {
    if !failure.expects_any(&[Rule::date, Rule::day_clause, Rule::datetime, Rule::value]) {
        return None;
    }
    let Day { length, days, is_certain } = written_day(failure.rest())?;
    let at = failure.at..failure.at + length;
    let problem = Diagnostic::new(Code::BadDate, format!("`{}` is not how a day is written", shorten(failure.rest().get(..length)?)));
    let problem = problem.at(failure.piece.span(at.start, at.end), "");
    let first = days.first()?;
    let attempt = Attempt { at: at.clone(), text: first.to_string() };
    let shown: Vec<String> = days.iter().map(|day| format!("`{day}`")).collect();
    let help = format!("write {}: the year, the month, the day", shown.join(" or "));
    let problem = problem.help(help);
    match attempt.edit(failure).filter(|_| is_certain) {
        Some(edit) => Some(problem.fix(format!("write `{first}`"), vec![edit])),
        None => Some(problem),
    }
}

/// `// a comment`, `-- a comment`
pub(super) fn comment_sign(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.line();
    let signs = ["//", "--", "/*", "%%"];
    let text = failure.piece.text.get(line.clone())?;
    let at = signs.iter().filter_map(|sign| text.find(sign)).map(|at| line.start + at).filter(|at| *at <= failure.at).min()?;
    let attempt = Attempt { at: at..at + 2, text: "#".to_owned() };
    failure.mended(at..at + 2, "a comment begins with `#`", "write", &attempt)
}

/// `and reason is late` below a line without a condition.
pub(super) fn joined_to_nothing(failure: &Failure<'_>) -> Option<Diagnostic> {
    let above = matches!(failure.rule, Rule::rule_piece | Rule::clause_piece) && is_read(failure.before(), failure.rule);
    let line = failure.rest().lines().next()?;
    let condition = line.strip_prefix(failure.found())?.trim();
    if !above || !is_read(&format!("when {condition}"), Rule::clause_piece) {
        return None;
    }
    let problem = failure.problem(format!("`{}` joins two conditions, and the line above is none", failure.found()), "");
    Some(problem.help(format!("write `when`: `when {}`", shorten(condition))))
}

/// `order.total > 20 EUR and < 50 EUR`
pub(super) fn half_comparison(failure: &Failure<'_>) -> Option<Diagnostic> {
    let before = failure.before();
    let joint = ["and", "or"].into_iter().find(|joint| before.ends_with(&format!(" {joint}")))?;
    let found = failure.found();
    if !(found.starts_with(['<', '>', '=']) || matches!(found, "is" | "includes")) {
        return None;
    }
    let first = before.strip_suffix(joint)?;
    // What is compared stands between the joint or the bracket before and the sign.
    let start = [" and ", " or ", "when ", "unless ", "not ", "("].iter().filter_map(|word| first.rfind(word).map(|at| at + word.len())).max()?;
    let length = ["<", ">", "=", " is ", " includes "].iter().filter_map(|sign| first.get(start..)?.find(sign)).min()?;
    let subject = first.get(start..start + length)?.trim();
    let attempt = Attempt { at: failure.at..failure.at, text: format!("{subject} ") };
    if first.get(..start)?.trim_end().ends_with("not") {
        let help =
            format!("write `not ({} {joint} {subject} …)`, or `{subject}` again where `not` is about the first alone", first.get(start..)?.trim());
        return Some(failure.problem("each comparison says what it compares, and `not` covers the first alone", help));
    }
    let problem = failure.mended(failure.found_at(), "each comparison says what it compares", &format!("write `{subject}` again"), &attempt)?;
    Some(failure.with_fix(problem, attempt.at, attempt.text))
}

/// `now >= 08:00`, `on 2026-11-21 08:00`
pub(super) fn time_of_day(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let before = text.get(..failure.at)?;
    let start = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let hours = digits(text.get(start..)?);
    let minutes = text.get(start + hours..)?.strip_prefix(':')?;
    if !(1..=2).contains(&hours) || digits(minutes) != 2 {
        return None;
    }
    let at = start..start + hours + 3;
    let written = text.get(at.clone())?;
    let day = failure.piece.text.get(..start)?.trim_end();
    let attempt = Attempt { at: day.len()..at.end, text: format!("T{written:0>5}") };
    if day.len() < start && day.ends_with(|c: char| c.is_ascii_digit()) {
        return failure.mended(at, "a day and its time of day stand with a `T` between them", "write", &attempt);
    }
    let problem = Diagnostic::new(failure.code(), format!("`{written}` is a time of day, and conditions know only days and moments"));
    let problem = problem.at(failure.piece.span(at.start, at.end), "");
    Some(problem.help("write a moment, as in `2026-11-21T10:00`, or a yes/no fact that your system answers, such as `opening_hours`"))
}

/// The file that a line of its own names: `from "limits.csv"`.
pub(super) fn file_of(line: &str) -> Option<&str> {
    let file = line.trim().strip_prefix("from ")?.trim().trim_matches(['"', '\'', '`', '“', '”', '„']);
    let is_csv = std::path::Path::new(file).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    (is_csv && !file.contains(char::is_whitespace)).then_some(file)
}

/// `from "limits.csv"`, on a line of its own.
pub(super) fn file_below(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.line();
    let written = failure.piece.text.get(line.clone())?.trim();
    let file = file_of(written).filter(|_| matches!(failure.rule, Rule::table_piece | Rule::clause_piece))?;
    let start = line.end - failure.piece.text.get(line)?.trim_start().len();
    let problem = Diagnostic::new(failure.code(), "the file of a table stands in the first line of the table");
    let mut words = failure.piece.text.split_whitespace();
    let name = if words.next() == Some("table") { words.next().unwrap_or("…") } else { "…" };
    Some(
        problem
            .at(failure.piece.span(start, start + written.len()), "")
            .help(format!("write it behind the table's name and title: `table {name} from \"{file}\"`")),
    )
}

/// `from 2026-01-01 to 2026-12-31`
pub(super) fn from_and_until(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_from = failure.rule == Rule::clause_piece && failure.before().starts_with("from ");
    let found = failure.found();
    if !is_from || !matches!(found, "to" | "till" | "bis" | "until" | "-" | "–" | "and") {
        return None;
    }
    let line = failure.rest().get(found.len()..)?.trim_start().lines().next()?.trim_end();
    if !is_read(&format!("until {line}"), Rule::clause_piece) {
        return None;
    }
    let edit = Edit { span: failure.piece.span(failure.before().len(), failure.at + found.len()), text: "\n  until".to_owned() };
    let problem = failure.problem("the last day is said on a line of its own", format!("write below it: `until {}`", shorten(line)));
    Some(problem.fix("write `until` on a line of its own", vec![edit]))
}

/// `as agent anna`, `policy Shop`, `because Sale goods are final`
pub(super) fn bare_text(failure: &Failure<'_>) -> Option<Diagnostic> {
    let expects = failure.expects_any(&[Rule::quoted, Rule::text, Rule::text_variant]);
    let line = failure.rest().lines().next()?.trim_end();
    if !expects || failure.starts_line() || line.contains('"') || !line.starts_with(char::is_alphanumeric) || super::expected::is_cell(failure.rule) {
        return None;
    }
    // A word of the language is no text that somebody forgot to quote.
    let keyword = failure.expected.iter().filter_map(|rule| super::expected::keyword(*rule)).any(|word| word == failure.found());
    // A title may be left out, and begins with a capital letter; what follows a name without one is something else.
    let needs_text = matches!(
        failure.rule,
        Rule::policy_piece | Rule::setting_piece | Rule::clause_piece | Rule::test_piece | Rule::test_line_piece | Rule::promise_piece
    );
    let is_text = needs_text || (line.starts_with(char::is_uppercase) && !failure.before().ends_with(" of"));
    let ends = [line.len(), failure.found().len()];
    if let Some(problem) = sentence_for_language(failure, line.len()) {
        return Some(problem);
    }
    ends.iter().filter(|_| !keyword && is_text).find_map(|length| {
        let at = failure.at..failure.at + length;
        let text = format!("\"{}\"", line.get(..*length)?);
        let is_sentence = !needs_text && line.split_whitespace().any(|word| matches!(word, "may" | "entitled" | "per" | "ever"));
        let attempt = Attempt { at: at.clone(), text };
        if is_sentence { None } else { failure.mended(at, "a text stands in quotation marks", "write", &attempt) }
    })
}

/// `advise the customer to call again`: what follows such a word is a text, whatever it begins with.
pub(super) fn unquoted(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.line();
    let (word, text) = failure.piece.text.get(line.clone())?.trim_end().split_once(' ')?;
    let takes_text = failure.rule == Rule::clause_piece && matches!(word, "advise" | "because" | "cites" | "owner");
    if !takes_text || text.contains('"') || !text.starts_with(char::is_alphanumeric) {
        return None;
    }
    let at = line.start + word.len() + 1;
    let attempt = Attempt { at: at..at + text.len(), text: format!("\"{text}\"") };
    failure.mended(attempt.at.clone(), "a text stands in quotation marks", "write", &attempt)
}

/// `because we never do that`: its first word could be a language.
fn sentence_for_language(failure: &Failure<'_>, length: usize) -> Option<Diagnostic> {
    let language = failure.previous_at()?;
    let word = failure.piece.text.get(language.clone())?;
    let is_language = (2..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let keyword = failure.piece.text.get(..language.start)?.trim_end().ends_with(char::is_alphabetic);
    if !is_language || !keyword || !failure.found().starts_with(char::is_lowercase) || failure.rule != Rule::clause_piece {
        return None;
    }
    let at = language.start..failure.at + length;
    let attempt = Attempt { at: at.clone(), text: format!("\"{}\"", failure.piece.text.get(at.clone())?) };
    failure.mended(at, "a text stands in quotation marks", "write", &attempt)
}

/// `one of (damaged, late)`, `is one of (damaged, late)`
pub(super) fn list_in_parentheses(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let open = if failure.found() == "(" { failure.at } else { failure.before().rfind('(')? };
    let close = open + text.get(open..)?.find(')')?;
    let inside = text.get(open + 1..close)?;
    let attempt = Attempt { at: open..close + 1, text: inside.trim().to_owned() };
    let is_list = text.get(..open)?.trim_end().ends_with("of") || failure.rule == Rule::fact_piece;
    if is_list { failure.mended(open..open + 1, "a list stands without parentheses", "write", &attempt) } else { None }
}

/// `one of damaged/late`, `one of "damaged", "late"`
pub(super) fn list_of_signs(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule != Rule::fact_piece {
        return None;
    }
    let line = failure.line();
    let text = failure.piece.text.get(line.clone())?;
    let start = text.find(" of ")? + 4;
    let list = text.get(start..)?;
    let names: Vec<&str> = list.split(['/', '|', ';', ',']).map(|name| name.trim().trim_matches('"')).collect();
    let at = line.start + start..line.start + start + list.trim_end().len();
    let attempt = Attempt { at, text: names.join(", ") };
    failure.mended(failure.found_at(), "the values of a fact are names with commas between them", "write", &attempt)
}

/// `-` in a cell where there is nothing to say.
pub(super) fn dash_for_nothing(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_dash = matches!(failure.piece.text.trim(), "-" | "–" | "—" | "--" | "n/a" | "/");
    (is_dash && super::expected::is_cell(failure.rule)).then(|| {
        let problem = Diagnostic::new(failure.code(), "a cell that says nothing is empty").at(failure.piece.whole(), "");
        problem.help("leave it empty, or write `any` for a test that always holds")
    })
}

/// A second sentence under the first, or a clause word that is none.
pub(super) fn second_sentence(failure: &Failure<'_>) -> Option<Diagnostic> {
    if !matches!(failure.rule, Rule::rule_piece | Rule::clause_piece) || !failure.starts_line() {
        return None;
    }
    let line = failure.rest().lines().next()?.trim_end();
    if !is_read(&format!("rule x {line}"), Rule::rule_piece) || line_rule(failure.rule).is_some_and(|rule| is_read(line, rule)) {
        return None;
    }
    let span = failure.piece.span(failure.at, failure.at + line.len());
    if !failure.expects(Rule::EOI) && failure.rule == Rule::rule_piece {
        return None;
    }
    let problem = Diagnostic::new(failure.code(), "a rule has one sentence, right under its name").at(span, "");
    let mut words = failure.piece.text.split_whitespace();
    let name = if words.next() == Some("rule") { words.next().unwrap_or("another") } else { "another" };
    Some(problem.help(format!("give this one a rule of its own, in the first column: `rule {name}_2 {}`", shorten(line))))
}

/// `below lead`, `reports to lead` under a role.
pub(super) fn below(failure: &Failure<'_>) -> Option<Diagnostic> {
    let line = failure.rest().lines().next()?;
    let above = ["below ", "under ", "unter ", "reports to "].iter().find_map(|words| line.strip_prefix(words))?.trim();
    let role = failure.piece.text.split_whitespace().nth(1)?;
    (failure.rule == Rule::role_piece && failure.starts_line()).then(|| {
        failure.problem(
            "a role says which roles it is above",
            format!("take this out, and write under `role {}`: `above {}`", shorten(above), shorten(role)),
        )
    })
}

/// `require "a photo"`
pub(super) fn text_for_duty(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_text = failure.rule == Rule::clause_piece && failure.before() == "require" && failure.found() == "\"";
    let title = failure.rest().get(1..)?.split('"').next()?;
    let name = super::names::name_of(title)?;
    is_text.then(|| {
        let help = format!("write `require {name}`, and as an item of its own: `duty {name} \"{}\"`", shorten(title));
        failure.problem("a duty is required by its name", help)
    })
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

/// `reason is late, and order.seasonal`
pub(super) fn comma_before_joint(failure: &Failure<'_>) -> Option<Diagnostic> {
    let behind = failure.rest().strip_prefix(',')?.trim_start();
    let joint = ["and", "or"].into_iter().find(|joint| behind.strip_prefix(joint).is_some_and(|rest| rest.starts_with(' ')))?;
    let attempt = failure.without(failure.at..failure.at + 1);
    let is_joined = failure.expects(Rule::kw_and);
    if is_joined { failure.mended(failure.found_at(), format!("no comma stands before `{joint}`"), "leave it out", &attempt) } else { None }
}
