//! Mistakes in a number and its unit.

use super::Failure;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::syntax::numerals;
use crate::syntax::piece::Rule;
use crate::syntax::words::{is_reserved, shorten};

/// The words for time behind a number.
pub(super) const UNITS: [&str; 12] = ["minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years"];

/// `12,50`, `1.000,00`, `1.000.000`
pub(super) fn comma_number(failure: &Failure<'_>) -> Option<Diagnostic> {
    if !failure.rest().starts_with([',', '.']) {
        return None;
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '_');
    let before = failure.before();
    let start = before.len() - before.chars().rev().take_while(|c| is_part(*c)).count();
    let length = failure.piece.text.get(start..)?.chars().take_while(|c| is_part(*c)).count();
    let written = failure.piece.text.get(start..start + length)?.trim_end_matches([',', '.', '_']);
    if start + written.len() <= failure.at || !written.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if let Some(date) = numerals::day_month_year(written) {
        let problem = Diagnostic::new(Code::BadNumber, format!("`{}` is no date here", shorten(written)));
        let problem = problem.at(failure.piece.span(start, start + written.len()), "").help(format!("write `{date}`: the year, the month, the day"));
        return Some(failure.with_fix(problem, start..start + written.len(), date.to_string()));
    }
    let right = if written.contains(',') { numerals::right_form(written) } else { written.replace('.', "_") };
    let span = failure.piece.span(start, start + written.len());
    let problem = Diagnostic::new(Code::BadNumber, format!("`{}` is no number", shorten(written))).at(span, "");
    let problem = problem.help(match numerals::of_thousands(written) {
        Some(thousands) => format!("write `{thousands}`, or `{}` where decimals are meant: these follow a point", shorten(&right)),
        None => format!("write `{}`: decimals follow a point, and `_` may group digits", shorten(&right)),
    });
    let is_clear = numerals::is_clear(written) || !written.contains(',');
    Some(if is_clear { failure.with_fix(problem, start..start + written.len(), right) } else { problem })
}

/// `50 eur`, `50 €`, `EUR 50`
pub(super) fn currency_form(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let before = failure.before();
    let after_number = before.ends_with(|c: char| c.is_ascii_digit());
    let sign = matches!(found, "€" | "$" | "£" | "¥");
    let word = matches!(found.to_lowercase().as_str(), "eur" | "euro" | "euros" | "usd" | "dollar" | "dollars" | "chf" | "gbp" | "cent" | "cents");
    let mut words = before.split_whitespace().rev();
    let is_code = words.next().is_some_and(|word| word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase()));
    let has_number = words.next().is_some_and(|word| word.ends_with(|c: char| c.is_ascii_digit()));
    if failure.expects(Rule::currency) && !after_number && failure.rule == Rule::setting_piece {
        let code = match found.to_lowercase().trim_end_matches('s') {
            "euro" | "eur" | "€" => "EUR",
            "dollar" | "usd" | "$" => "USD",
            "franken" | "franc" | "chf" => "CHF",
            "pound" | "pfund" | "gbp" | "£" => "GBP",
            _ => return None,
        };
        let problem = failure.problem("a currency is three capital letters", format!("write `{code}`"));
        return Some(failure.with_fix(problem, failure.found_at(), code));
    }
    let code_first = found.starts_with(|c: char| c.is_ascii_digit()) && is_code && !has_number;
    if !(sign || (word && after_number) || code_first) {
        return None;
    }
    let problem = failure.problem("money is written with the code of its currency behind the number", "as in `50 EUR`");
    if code_first {
        let previous = failure.previous_at()?;
        let code = failure.piece.text.get(previous.clone())?;
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
        let is_group = |c: char| is_part(c) || c == ',';
        let written = failure.rest().get(..failure.rest().find(|c| !is_group(c)).unwrap_or(failure.rest().len()))?.trim_end_matches(',');
        let digits = failure.rest().get(..failure.rest().find(|c| !is_part(c)).unwrap_or(failure.rest().len()))?;
        let right = || if written.contains(',') { numerals::right_form(written) } else { written.to_owned() };
        let number = numerals::of_thousands(written).unwrap_or_else(right);
        let problem = problem.help(format!("write `{number} {code}`"));
        if written != digits {
            return Some(problem);
        }
        return Some(failure.with_fix(problem, previous.start..failure.at + digits.len(), format!("{digits} {code}")));
    }
    let code = match found.to_lowercase().as_str() {
        "€" | "eur" | "euro" | "euros" if after_number => "EUR",
        "$" | "dollar" | "dollars" | "usd" if after_number => "USD",
        "chf" => "CHF",
        "£" | "gbp" if after_number => "GBP",
        _ => return Some(problem),
    };
    let space = if before.len() == failure.at { " " } else { "" };
    let number = before.rsplit(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '_' | ','))).next().unwrap_or_default();
    let problem = problem.help(format!("write `{number} {code}`"));
    Some(failure.with_fix(problem, failure.at..failure.at + found.len(), format!("{space}{code}")))
}

/// `30 dogs`
pub(super) fn unknown_unit(failure: &Failure<'_>) -> Option<Diagnostic> {
    let found = failure.found();
    let after_number = failure.before().ends_with(|c: char| c.is_ascii_digit());
    if !after_number || !failure.expects(Rule::unit) || !found.starts_with(char::is_alphabetic) || is_reserved(found) {
        return None;
    }
    if matches!(found, "decimals" | "decimal" | "digits" | "places" | "cents") && failure.before().contains("rounded") {
        return Some(failure.problem("a value is rounded to a step", "write the step: `0.01 EUR` for two decimals of money, `0.01` of a number"));
    }
    let problem = failure.problem(
        format!("`{}` is no unit", shorten(found)),
        "units are minutes, hours, days, working days, weeks, months and years, `%`, and a currency such as `EUR`",
    );
    Some(problem)
}

/// `is more than 50 EUR`, `at least 5`
pub(super) fn more_than_of_quantity(failure: &Failure<'_>) -> Option<Diagnostic> {
    let after_number = failure.before().ends_with(|c: char| c.is_ascii_digit());
    let after_unit = failure.expects(Rule::side) || failure.expects(Rule::kw_after);
    let no_unit = after_number && failure.expects(Rule::unit) && !failure.expects(Rule::currency);
    if !after_unit && !no_unit {
        return None;
    }
    let words: Vec<&str> = failure.before().split_whitespace().collect();
    let tail = words.iter().rev().take(4).copied().collect::<Vec<_>>();
    let says = |a: &str, b: &str| tail.windows(2).any(|pair| matches!(pair, [second, first] if *first == a && *second == b));
    let sign = match (says("more", "than"), says("at", "least")) {
        (true, _) => ">",
        (_, true) => ">=",
        _ => return None,
    };
    let found = failure.found();
    let misspelt = !after_unit && nearest(found, UNITS).is_some() && found.len() > 2;
    (!misspelt).then(|| {
        let what = if sign == ">" { "more than" } else { "at least" };
        failure.problem(
            format!("`{what}` counts time `after` or `before` a date"),
            format!("to compare quantities write `{sign}`, as in `amount {sign} 50 EUR`"),
        )
    })
}

/// `10% of 50% of 100 EUR`
pub(super) fn shares_of_shares(failure: &Failure<'_>) -> Option<Diagnostic> {
    if failure.found() != "of" || !failure.expects_any(&[Rule::factor, Rule::term]) {
        return None;
    }
    let inner = failure.before().rsplit_once(" of ")?.1;
    let whole = failure.rest().strip_prefix("of")?.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let help = format!("put the inner one into parentheses: `(…)`, as in `10% of ({} of {})`", shorten(inner), shorten(&whole));
    Some(failure.problem("`of` does not chain", help))
}
