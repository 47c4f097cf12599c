//! Mistakes that are made again and again, each with its own explanation. The first one that fits is reported.

use super::Failure;
use super::claims::{
    asked_in_a_sentence, compared_fact, day_ago, facts_of_one_line, missing_is_in_test, not_an_answer, person_without_role, time_of_answer,
    two_expectations,
};
use super::everyday::{ago, article, counted_ago, everyday_word, key_behind_window, measure, must_approve, role_before_amount};
use super::exceptions::{second_condition, unless_entitled};
use super::expected::{is_cell, keyword, line_words};
use super::facts::{foreign_type, modifier_before_type, question_of_fact, unit_of_fact, values_for_type};
use super::limits::{
    from_amount, least_amount, limit_per_something, limit_without_words, lower_of_two, one_quantity_of_two, times_without_budget, wrong_quantity_word,
};
use super::names::{
    name_forgotten, name_of_figures, name_of_two_words, title_alone, title_before_type, title_behind, title_for_name, word_behind_title,
};
use super::phrases::{clause_behind, said_otherwise};
use super::quantities::{UNITS, comma_number, currency_form, more_than_of_quantity, shares_of_shares, unknown_unit};
use super::slips::{
    bare_text, below, comma_before_joint, comment_sign, dash_for_nothing, file_below, foreign_day, from_and_until, half_comparison,
    list_in_parentheses, list_of_signs, second_sentence, text_alone, text_for_duty, time_of_day, unquoted, unseen,
};
use crate::diagnostic::{Code, Diagnostic, Edit, near, nearest};
use crate::syntax::items::ITEMS;
use crate::syntax::layout::first_word;
use crate::syntax::piece::Rule;
use crate::syntax::words::{is_reserved, shorten};

/// The mistake that was probably made.
pub(super) fn likely(failure: &Failure<'_>) -> Option<Diagnostic> {
    let checks: [fn(&Failure<'_>) -> Option<Diagnostic>; 83] = [
        unseen,
        dash_for_nothing,
        comment_sign,
        foreign_day,
        time_of_day,
        name_forgotten,
        title_alone,
        title_before_type,
        name_of_figures,
        title_for_name,
        modifier_before_type,
        unit_of_fact,
        question_of_fact,
        values_for_type,
        must_approve,
        times_without_budget,
        clause_behind,
        second_condition,
        least_amount,
        from_amount,
        comma_before_joint,
        unless_entitled,
        not_an_answer,
        text_alone,
        role_of_all,
        unquoted,
        two_expectations,
        time_of_answer,
        facts_of_one_line,
        compared_fact,
        day_ago,
        person_without_role,
        asked_in_a_sentence,
        role_before_amount,
        text_for_duty,
        word_behind_title,
        second_sentence,
        file_below,
        from_and_until,
        lower_of_two,
        one_quantity_of_two,
        limit_per_something,
        list_in_parentheses,
        list_of_signs,
        title_behind,
        below,
        counted_ago,
        ago,
        said_otherwise,
        half_comparison,
        curly_quotes,
        one_language_of_two,
        comma_number,
        listed_comparisons,
        indented_item,
        own_line,
        wrong_quantity_word,
        table_subject,
        foreign_sign,
        more_than_of_quantity,
        currency_form,
        foreign_type,
        key_behind_window,
        limit_without_words,
        measure,
        everyday_word,
        list_without_one_of,
        list_of_one,
        shares_of_shares,
        misspelt,
        name_of_two_words,
        unknown_unit,
        reserved_name,
        and_between_names,
        article,
        missing_is,
        chained,
        two_dots,
        cell_words,
        misspelt_window,
        missing_is_in_test,
        bare_text,
        missing_and,
    ];
    checks.iter().find_map(|check| check(failure))
}

fn curly_quotes(failure: &Failure<'_>) -> Option<Diagnostic> {
    let sign = failure.found();
    if !["“", "”", "„", "«", "»", "‘", "’", "‚", "'", "`", "›", "‹"].contains(&sign) {
        return None;
    }
    let problem = Diagnostic::new(Code::BadText, format!("{sign} is no quotation mark here")).at(failure.span(), "");
    let problem = problem.help("a text stands between straight quotation marks: `\"…\"`");
    let is_mark = |c: char| "“”„«»‘’‚'`›‹\"".contains(c);
    let line = failure.rest().lines().next().unwrap_or_default();
    let inside = line.get(sign.len()..).unwrap_or_default();
    let Some((end, mark)) = inside.char_indices().find(|(_, c)| is_mark(*c)) else { return Some(problem) };
    let text = inside.get(..end).unwrap_or_default();
    let at = failure.at..failure.at + sign.len() + end + mark.len_utf8();
    let problem = if text.contains(['\\', '`']) {
        problem
    } else {
        problem.help(format!("a text stands between straight quotation marks: `\"{}\"`", shorten(text)))
    };
    Some(if text.contains('\\') { problem } else { failure.with_fix(problem, at, format!("\"{text}\"")) })
}

/// `because "…" en "…"`
fn one_language_of_two(failure: &Failure<'_>) -> Option<Diagnostic> {
    let language = failure.found();
    let is_language = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase()) && !is_reserved(language);
    let follows = failure.rest().get(language.len()..)?.trim_start().starts_with('"');
    if !is_language || !follows || !failure.before().ends_with('"') || language == "as" || failure.piece.text.len() > 4000 {
        return None;
    }
    let previous = failure.previous_at()?;
    let span = failure.piece.span(previous.start, previous.end);
    let problem = Diagnostic::new(failure.code(), "this text says no language, but the one behind it does").at(span, "").at(failure.span(), "");
    Some(problem.help(format!("write the language of each, as in `de \"…\" {language} \"…\"`")))
}

/// `> 30 days, <= 60 days`
fn listed_comparisons(failure: &Failure<'_>) -> Option<Diagnostic> {
    let text = failure.piece.text;
    let sign = |text: &str| text.trim_start().starts_with(['<', '>', '=']);
    let around_comma = (failure.rest().starts_with(',') && text.contains(['<', '>'])) || (failure.before().ends_with(',') && sign(failure.rest()));
    if failure.rule != Rule::test_cell_piece || !around_comma {
        return None;
    }
    let joined = text.split(',').map(str::trim).collect::<Vec<_>>().join(" and ");
    let plain = text.split(',').any(|part| !sign(part));
    let problem = Diagnostic::new(Code::BadCell, "a comma lists plain values, not comparisons").at(failure.piece.whole(), "");
    if plain {
        return Some(problem.help("put the comparison into a row of its own"));
    }
    Some(failure.with_fix(problem.help(format!("write `{}`", shorten(&joined))), 0..text.len(), joined))
}

/// An item that is indented, so that it seems to belong to the one above.
fn indented_item(failure: &Failure<'_>) -> Option<Diagnostic> {
    let word = failure.found();
    if !failure.starts_line() || !ITEMS.contains(&word) || !failure.expects(Rule::EOI) {
        return None;
    }
    let problem = Diagnostic::new(Code::Indentation, format!("`{word}` does not go on with the item above")).at(failure.span(), "");
    let start = failure.piece.text.get(..failure.at)?.rfind('\n')? + 1;
    let edit = Edit { span: failure.piece.span(start, failure.at), text: String::new() };
    Some(problem.help("an item starts in the first column; take the space before it away").fix("begin it in the first column", vec![edit]))
}

/// `agent may refund when …` in one line.
fn own_line(failure: &Failure<'_>) -> Option<Diagnostic> {
    let word = failure.found();
    if failure.starts_line() || !failure.expects(Rule::EOI) || !line_words(failure.rule).contains(&word) {
        return None;
    }
    let problem =
        failure.problem(format!("`{word}` begins a line of its own"), format!("put `{word}` and what follows it into the next line, indented"));
    if matches!(word, "when" | "unless" | "from" | "until") && failure.rule == Rule::clause_piece {
        let clause = first_word(failure.piece.text);
        let help = format!(
            "a line of its own makes `{word}` that of the whole rule; where only `{clause}` hangs on it, write a rule of its own for that case"
        );
        return Some(Diagnostic { message: format!("`{clause}` has no `{word}` of its own"), ..problem.help(help) });
    }
    let edit = Edit { span: failure.piece.span(failure.before().len(), failure.at), text: "\n  ".to_owned() };
    Some(problem.fix(format!("put `{word}` into a line of its own"), vec![edit]))
}

/// `agent may refund` under the name of a table.
fn table_subject(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule != Rule::table_piece || !failure.starts_line() {
        return None;
    }
    let line = failure.rest().lines().next().unwrap_or_default();
    line.split_whitespace()
        .any(|word| word == "may")
        .then(|| failure.problem("the sentence of a table has no subject", "leave it out and add a column `role`"))
}

/// `==`, `!=`, `:=`, `&&`, a stray `=` or `:`
fn foreign_sign(failure: &Failure<'_>) -> Option<Diagnostic> {
    let rest = failure.rest();
    let before = failure.before();
    if before.ends_with('<') && rest.starts_with('>') {
        let problem = failure.problem("`<>` means nothing here", "write `is not`");
        return Some(failure.with_fix(problem, before.len() - 1..failure.at + 1, "is not"));
    }
    if before.ends_with(['=', '<', '>']) && rest.starts_with(['=', '>']) {
        let right = if before.ends_with('=') && rest.starts_with('>') { "`>=`" } else { "`=` or `is`" };
        let problem = failure.problem("comparisons are `=`, `<`, `<=`, `>` and `>=`", format!("write {right}"));
        let right = if right == "`>=`" { ">=" } else { "=" };
        let is_plain = before.ends_with('=');
        return Some(if is_plain { failure.with_fix(problem, before.len() - 1..failure.at + 1, right) } else { problem });
    }
    if before.ends_with('=') && rest.starts_with('<') {
        let problem = failure.problem("comparisons are `=`, `<`, `<=`, `>` and `>=`", "write `<=`");
        return Some(failure.with_fix(problem, before.len() - 1..failure.at + 1, "<="));
    }
    for (sign, right) in [
        ("!=", "`is not`"),
        ("≠", "`is not`"),
        ("≤", "`<=`"),
        ("≥", "`>=`"),
        ("!", "`not`"),
        ("&", "`and`"),
        ("×", "`*`"),
        ("÷", "`/`"),
        ("–", "`-`"),
        ("−", "`-`"),
    ] {
        if rest.starts_with(sign) {
            let length = if rest.starts_with("&&") { 2 } else { sign.len() };
            let word = right.trim_matches('`');
            if !failure.mends(failure.at..failure.at + length, &format!(" {word} ")) && failure.mends(failure.at..failure.at + length, "") {
                let problem = failure.problem(format!("`{sign}` means nothing here"), "leave it out");
                return Some(failure.with_fix(problem, failure.at..failure.at + length, ""));
            }
            let problem = failure.problem(format!("`{sign}` means nothing here"), format!("write {right}"));
            let text = if word.starts_with(char::is_alphabetic) { format!("{word} ") } else { word.to_owned() };
            let spaced = rest.get(length..).is_some_and(|behind| behind.starts_with(' '));
            return Some(failure.with_fix(problem, failure.at..failure.at + length, if spaced { text.trim_end() } else { &text }));
        }
    }
    match rest.chars().next()? {
        '|' if before.ends_with('|') || rest.starts_with("||") => {
            let at = if rest.starts_with("||") { failure.at..failure.at + 2 } else { before.len() - 1..failure.at + 1 };
            Some(failure.with_fix(failure.problem("`||` means nothing here", "write `or`"), at, "or"))
        }
        '|' => Some(
            failure.problem("`|` separates the cells of a table", "a row begins with `|` in a line of its own, in an item that begins with `table`"),
        ),
        sign @ ('=' | ':') if failure.expects(Rule::kw_as) => Some(failure.problem(format!("`{sign}` defines nothing"), "write `as`")),
        '=' if !failure.expects(Rule::kw_and) => Some(failure.problem("`=` compares two values and stands in conditions only", "leave it out")),
        ';' if failure.mends(failure.before().len()..failure.at + 1, ",") => {
            Some(failure.with_fix(failure.problem("a list is separated by commas", "write `,` for `;`"), failure.before().len()..failure.at + 1, ","))
        }
        sign @ (':' | ';') => {
            Some(failure.with_fix(failure.problem(format!("`{sign}` means nothing here"), "leave it out"), failure.at..failure.at + 1, ""))
        }
        '.' if rest == "." => {
            Some(failure.with_fix(failure.problem("a sentence ends without a full stop", "leave the `.` out"), before.len()..failure.at + 1, ""))
        }
        _ => None,
    }
}

/// A word that is nearly one of those that could stand here.
fn misspelt(failure: &Failure<'_>) -> Option<Diagnostic> {
    const TYPES: [&str; 8] = ["money", "percent", "number", "date", "datetime", "duration", "yes/no", "text"];
    const PERIODS: [&str; 5] = ["day", "week", "month", "quarter", "year"];
    let found = failure.found();
    if found.chars().count() < 3 || !found.starts_with(char::is_alphabetic) || is_reserved(found) {
        return None;
    }
    let keywords: Vec<String> = failure.expected.iter().filter_map(|rule| keyword(*rule)).collect();
    let mut candidates: Vec<&str> = keywords.iter().map(String::as_str).filter(|word| word.len() > 2).collect();
    let mut also = |expected: &[Rule], words: &'static [&'static str]| {
        if failure.expects_any(expected) {
            candidates.extend(words);
        }
    };
    also(&[Rule::unit], &UNITS);
    also(&[Rule::fact_type, Rule::plain_type], &TYPES);
    also(&[Rule::measure], &["money", "percent", "duration", "number"]);
    also(&[Rule::period, Rule::window, Rule::budget_key], &PERIODS);
    also(&[Rule::offset, Rule::comparison, Rule::is_tail, Rule::kw_and], &["within", "between", "includes", "contains", "starts", "ends"]);
    also(&[Rule::modifier], &["optional", "verified", "private", "default", "asks", "about"]);
    also(&[Rule::expectation], &["yes", "owed", "need", "offer", "because", "require", "charge", "provisional", "limit"]);
    also(&[Rule::sentence, Rule::table_sentence], &["entitled", "nobody", "everyone"]);
    if matches!(failure.rule, Rule::rule_piece | Rule::table_piece) {
        also(&[Rule::sentence, Rule::roles_may, Rule::comma], &["may"]);
    }
    if failure.starts_line() {
        candidates.extend(line_words(failure.rule));
    }
    let lower = found.to_lowercase();
    // `refunded` is no `rounded`.
    let begins_alike = |word: &&&str| (**word != "rounded" || lower.starts_with("ro")) && (**word != "includes" || lower.starts_with("in"));
    let near = near(&lower, candidates.iter().filter(begins_alike).map(|word| (*word, true)))?;
    let problem = failure.problem(format!("`{}` is not understood here", shorten(found)), format!("did you mean `{}`?", near.name));
    // What a test expects is for its author to say.
    let is_claim = failure.rule == Rule::test_line_piece && failure.before() == "expect";
    if is_claim || (!near.is_certain && lower != near.name) {
        return Some(problem);
    }
    if failure.starts_line() && line_words(failure.rule).contains(&near.name) {
        // It begins a piece of its own, so this one cannot be tried with it.
        let edit = Edit { span: failure.span(), text: near.name.to_owned() };
        return Some(problem.fix(format!("write `{}`", near.name), vec![edit]));
    }
    Some(failure.with_fix(problem, failure.found_at(), near.name))
}

/// `reason is damaged, late`
fn list_without_one_of(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_list = failure.found() == "," && failure.expects(Rule::kw_and);
    let after_is = failure.before().split_whitespace().rev().nth(1).is_some_and(|word| matches!(word, "is" | "=" | "not"));
    if !is_list || !after_is {
        return None;
    }
    let problem = failure.problem("one value stands behind `is`", "write `is one of` before a list");
    let before = failure.before();
    let value = before.rfind(char::is_whitespace)? + 1;
    Some(failure.with_fix(problem, value..value, "one of "))
}

/// `given a, b`, `includes "../q", "../w"`
fn list_of_one(failure: &Failure<'_>) -> Option<Diagnostic> {
    let whole_line = matches!(failure.rule, Rule::setting_piece | Rule::test_line_piece | Rule::clause_piece);
    if failure.found() != "," || !failure.expects(Rule::EOI) || !whole_line {
        return None;
    }
    let word = failure.before().split_whitespace().next()?;
    let next = failure.rest().strip_prefix(',')?.split([',', '\n']).next()?.trim();
    let help = match word {
        "ask" if failure.rule == Rule::test_line_piece => "a test asks for one thing; write another test for the other".to_owned(),
        "includes" | "given" | "said" | "expect" | "ask" | "offer" | "advise" | "spent" | "cites" => {
            format!("write it on a line of its own: `{word} {}`", shorten(next))
        }
        _ => return None,
    };
    Some(failure.problem(format!("`{word}` takes no list"), help))
}

/// A word of the language where a name is meant.
fn reserved_name(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    if !is_reserved(found) || !failure.expects_any(&[Rule::name, Rule::names, Rule::rule_ref, Rule::subject]) || failure.expects(Rule::EOI) {
        return None;
    }
    let is_first = failure.before().split_whitespace().count() <= 1;
    if is_first && failure.rule == Rule::fact_piece && matches!(found, "one" | "some" | "yes") {
        let example = if found == "yes" { "fact order.seasonal yes/no" } else { "fact reason one of damaged, late" };
        return Some(failure.problem("this fact has no name", format!("write its name before the type, as in `{example}`")));
    }
    let problem = Diagnostic::new(Code::ReservedWord, format!("`{found}` is a word of the language and cannot be a name")).at(failure.span(), "");
    Some(problem.help(format!("choose another name, such as `{found}_`, or say more: `the_{found}`")))
}

/// `refund and voucher`
fn and_between_names(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    if !matches!(found, "and" | "or") || !failure.expects(Rule::comma) || failure.expects(Rule::kw_and) {
        return None;
    }
    if is_cell(failure.rule) && found == "and" {
        let help = "write `,` where one of them is enough; for all of them give each a column of its own";
        return Some(failure.problem("a list is separated by commas, and holds for one of them", help));
    }
    let word = failure.before().split_whitespace().next().unwrap_or_default();
    if found == "or"
        && matches!(failure.rule, Rule::clause_piece | Rule::test_line_piece)
        && matches!(word, "approved" | "require" | "charge" | "expect")
    {
        let help = "where one of them is enough, write a rule for each; `,` asks for all of them";
        return Some(failure.problem(format!("behind `{word}` stands what is needed together"), help));
    }
    let problem = failure.problem("a list is separated by commas", format!("write `,` for `{found}`"));
    Some(failure.with_fix(problem, failure.before().len()..failure.at + found.len(), ","))
}

/// `any` under `role`, `fallback all`
fn role_of_all(failure: &Failure<'_>) -> Option<Diagnostic> {
    let is_all = matches!(failure.found(), "any" | "all" | "*" | "every");
    match failure.rule {
        Rule::role_cell_piece if is_all => {
            Some(failure.with_fix(failure.problem("a row about all roles is one for `everyone`", "write `everyone`"), failure.found_at(), "everyone"))
        }
        Rule::fallback_piece if is_all || failure.found() == "everyone" => {
            Some(failure.problem("a fallback names its actions", "write them with commas between, as in `fallback refund, exchange`"))
        }
        _ => None,
    }
}

/// `reason one of …`, `d within 3 days after e`
fn missing_is(failure: &Failure<'_>) -> Option<Diagnostic> {
    if !failure.expects_any(&[Rule::kw_and, Rule::is_tail, Rule::kw_is]) {
        return None;
    }
    let right = match failure.found() {
        "one" | "in" => "is one of",
        "between" => "is between",
        "within" => "is within",
        "present" => "is present",
        "absent" => "is absent",
        "equals" => "is",
        _ => return None,
    };
    let problem = failure.problem(format!("`{}` does not fit here", failure.found()), format!("write `{right}`"));
    let end = match failure.rest().strip_prefix("one").map(str::trim_start) {
        Some(rest) if rest.starts_with("of") => failure.rest().len() - rest.len() + 2,
        _ => failure.found().len(),
    };
    // `vip in customer.tags` is the other way round.
    Some(if failure.found() == "in" { problem } else { failure.with_fix(problem, failure.at..failure.at + end, right) })
}

/// `1 < x < 3`
fn chained(failure: &Failure<'_>) -> Option<Diagnostic> {
    let compares = matches!(failure.found(), "<" | ">" | "=" | "is" | "includes");
    if !compares || !failure.expects_any(&[Rule::kw_and, Rule::EOI]) || is_cell(failure.rule) {
        return None;
    }
    if failure.expects(Rule::kw_and) {
        return Some(failure.problem("comparisons do not chain", "write two of them with `and` between, or `is between … and …`"));
    }
    Some(failure.problem("a quantity is expected here, not a comparison", "put the comparison into `when`"))
}

/// `up to 50 EUR` under `up to`, `ok` where a text is meant
fn cell_words(failure: &Failure<'_>) -> Option<Diagnostic> {
    match failure.rule {
        Rule::limit_cell_piece if matches!(failure.before(), "up" | "more") => {
            Some(failure.problem("the header says this already", "write the quantity alone, as in `50 EUR`"))
        }
        Rule::text_cell_piece | Rule::advise_cell_piece if failure.expects(Rule::quoted) => {
            let help = "a text stands in quotation marks, in a CSV file as `\"\"\"text\"\"\"`";
            Some(Diagnostic::new(Code::BadCell, format!("`{}` is no text", shorten(failure.piece.text))).at(failure.piece.whole(), "").help(help))
        }
        _ => None,
    }
}

/// `5 EUR per moth`
fn misspelt_window(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.rule != Rule::budget_piece || !failure.expects_any(&[Rule::window, Rule::budget_key]) {
        return None;
    }
    let last = failure.before().rsplit(char::is_whitespace).next()?;
    let is_word = last.chars().all(char::is_alphabetic);
    let near = nearest(last, ["day", "week", "month", "quarter", "year", "ever", "rolling"]).filter(|_| is_word && last.len() > 2)?;
    Some(failure.problem(format!("a window is missing behind `{last}`"), format!("did you mean `{near}` for `{last}`?")))
}

/// `order.item.total`
fn two_dots(failure: &Failure<'_>) -> Option<Diagnostic> {
    let follows = failure.rest().strip_prefix('.')?.starts_with(char::is_alphabetic);
    let touches = failure.piece.text.get(..failure.at)?.ends_with(|c: char| c.is_alphanumeric());
    (follows && touches).then(|| failure.problem("a name has at most one level of grouping", "write `order.item_total`, not `order.item.total`"))
}

/// Two conditions with nothing between them.
fn missing_and(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let starts = found.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '"'));
    let is_word = !is_reserved(found) || matches!(found, "not" | "amount" | "today" | "now" | "spent" | "more" | "yes" | "no");
    if !starts || !is_word || !failure.expects(Rule::kw_and) || is_cell(failure.rule) {
        return None;
    }
    let last = failure.before().rsplit(char::is_whitespace).next().unwrap_or_default();
    let help = match nearest(last, ["within", "more", "least", "includes", "number", "start"]) {
        Some(near) if last.len() > 3 => format!("did you mean `{near}` for `{last}`?"),
        _ => "join conditions with `and` or `or`; compare values with `is`".to_owned(),
    };
    Some(failure.problem(format!("`{}` follows without a word between", shorten(found)), help))
}
