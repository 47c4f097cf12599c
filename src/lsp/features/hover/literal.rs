//! What a literal says: which day of the week, which currency, which kind of step.

use jiff::civil::Date;

use super::Note;
use crate::lsp::lexer::{Token, TokenKind};

/// About the literal that a token is a part of.
pub(super) fn note(line: &str, tokens: &[Token], at: usize) -> Option<Note> {
    let written = |at: usize| tokens.get(at).and_then(|token| line.get(token.range.clone())).unwrap_or_default();
    let is_number = |at: usize| tokens.get(at).is_some_and(|token| token.kind == TokenKind::Number);
    // The unit belongs to the number before it, also behind `working`.
    let number = if is_number(at) {
        at
    } else {
        let before = if written(at.checked_sub(1)?) == "working" { at.checked_sub(2)? } else { at - 1 };
        Some(before).filter(|before| is_number(*before))?
    };
    let range = |last: usize| Some(tokens.get(number)?.range.start..tokens.get(last)?.range.end);
    let count = written(number);
    if let Ok(date) = count.parse::<Date>() {
        return Some((day(date), range(number)?));
    }
    let unit = written(number + 1);
    let (text, last) = match unit {
        "%" => (format!("{count} per cent; `{count}% of …` takes it of a quantity"), number + 1),
        "working" => {
            ("Working days: Monday to Friday but the `holidays` of the policy. A step on the calendar, never a quantity.".to_owned(), number + 2)
        }
        _ => (unit_text(count, unit)?, number + 1),
    };
    Some((text, range(last)?))
}

fn day(date: Date) -> String {
    date.strftime("%A, %-d %B %Y").to_string()
}

fn unit_text(count: &str, unit: &str) -> Option<String> {
    if let Some(currency) = iso_currency::Currency::from_code(unit) {
        let decimals = currency.exponent().map_or(String::new(), |decimals| format!(", {decimals} decimals"));
        return Some(format!("{count} {} ({}{decimals})", currency.symbol(), currency.name()));
    }
    Some(match unit.trim_end_matches('s') {
        "minute" | "hour" => "Exact: it takes moments (`datetime`), and counts on the clock.".to_owned(),
        "day" | "week" => "Beside a date a step on the calendar; as a quantity a day is 24 hours and a week 7 days.".to_owned(),
        "month" => "A step on the calendar: the same day of the month, or its last day where there is none. Never a quantity.".to_owned(),
        "year" => "A step on the calendar: the same day of the year, or 28 February where there is none. Never a quantity.".to_owned(),
        "time" => "Counts grants, whatever they are worth.".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lsp::lexer::tokens;

    fn at(line: &str, word: &str) -> Option<(String, String)> {
        let found = tokens(line);
        let byte = line.find(word).unwrap();
        let at = found.iter().position(|token| token.range.start == byte).unwrap();
        note(line, &found, at).map(|(text, range)| (text, line[range].to_owned()))
    }

    #[test]
    fn literals_are_said_in_words() {
        assert_eq!(at("from 2026-11-21", "2026").unwrap(), ("Saturday, 21 November 2026".into(), "2026-11-21".into()));
        let (money, range) = at("up to 50 EUR", "EUR").unwrap();
        assert!(money.contains("Euro") && money.contains("2 decimals") && range == "50 EUR", "{money}");
        assert_eq!(at("within 5 working days after x", "days").unwrap().1, "5 working days");
        assert_eq!(at("within 5 working days after x", "5").unwrap().1, "5 working days");
        assert!(at("12.5 % of x", "12.5").unwrap().0.contains("per cent"));
        assert_eq!(at("x and y", "and"), None);
        assert_eq!(at("5 apples", "5"), None);
    }
}
