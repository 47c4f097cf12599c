//! A person's month for a terminal: what is left of each budget, and what was granted.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use jiff::civil::Date;
use unicode_width::UnicodeWidthStr;

use super::booked::{Herald, short};
use super::figures::harmless;
use super::human::painted;
use super::{Speech, written};
use crate::ledger::BudgetState;
use crate::ledger::record::{Grant, Who};
use crate::number::{Number, Rounding};

/// So long is the bar of a budget.
const BAR: usize = 20;

/// What is shown of a person's month.
#[derive(Debug)]
pub(crate) struct Month<'a> {
    pub who: &'a Who,
    pub today: Date,
    pub budgets: &'a [BudgetState],
    /// Newest first.
    pub grants: &'a [Grant],
    /// How many more there are.
    pub more: usize,
}

/// Rows in columns, two spaces between them, nothing behind the last word of a line.
pub(super) fn columns(indent: &str, rows: &[Vec<String>]) -> String {
    let most = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..most).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell}{}  ", " ".repeat(width.saturating_sub(cell.width())));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How much of a budget is spent, as a bar: what is begun is shown, and only what is spent whole is full.
fn bar(spent: &Number, of: &Number) -> String {
    let length = i64::try_from(BAR).unwrap_or(i64::MAX);
    let part = spent.divide(of).and_then(|part| part.multiply(&Number::from(length)));
    let filled = match part {
        Some(part) if part >= Number::from(length) => length,
        Some(part) if part.is_positive() => {
            part.round(&Number::ONE, Rounding::HalfUp).and_then(|part| part.to_i64()).unwrap_or(0).clamp(1, length - 1)
        }
        // Of nothing everything is spent.
        None => length,
        Some(_) => 0,
    };
    let filled = usize::try_from(filled).unwrap_or(0);
    "█".repeat(filled) + &"░".repeat(BAR - filled)
}

/// The number in `50.00 EUR`, `25%`, `PT3H`, `2`.
fn number(figure: &str) -> Option<Number> {
    let digits = figure.split([' ', '%']).next().unwrap_or_default();
    Number::parse(digits).ok().or_else(|| super::booked::seconds(figure))
}

impl Speech<'_> {
    fn month(self, out: &mut String, day: Date) {
        self.tongue.tell(out, &format!("month-{}", day.month()), &|out, _| out.push_str(&day.year().to_string()));
    }

    fn state(self, state: &BudgetState) -> Vec<String> {
        let figure = |out: &mut String, figure: Option<&String>| figure.map_or((), |figure| self.figure(out, figure));
        let id = match (&state.spent, &state.left) {
            (None, _) => "budget-unknown",
            (Some(_), Some(_)) => "spent-of",
            (Some(_), None) if state.unlimited => "spent-unlimited",
            (Some(_), None) => "spent-only",
        };
        let line = |out: &mut String| {
            self.tongue.tell(out, id, &|out, name| match name {
                "spent" => figure(out, state.spent.as_ref()),
                "of" => figure(out, state.allotment.as_ref()),
                _ => figure(out, state.left.as_ref()),
            });
        };
        let day = state.resets.as_deref().and_then(|day| day.parse().ok());
        let told = written(|out| match day {
            Some(day) if state.spent.is_some() => self.tongue.tell(out, "budget-resets", &|out, name| match name {
                "day" => self.date(out, day),
                _ => line(out),
            }),
            _ => line(out),
        });
        let bar = state.spent.as_deref().and_then(number).zip(state.allotment.as_deref().and_then(number)).map(|(spent, of)| bar(&spent, &of));
        vec![state.title.clone().unwrap_or_else(|| state.budget.clone()), bar.unwrap_or_default(), told]
    }
}

impl Herald<'_> {
    /// The budgets, each with a bar, then the grants, newest first.
    pub fn month(&self, month: &Month<'_>) -> String {
        let speech = self.speech;
        let head = written(|out| {
            speech.tongue.tell(out, "head-month", &|out, name| match name {
                "who" => self.person(out, month.who),
                _ => speech.month(out, month.today),
            });
        });
        let mut text = painted(&head, AnsiColor::Cyan, self.colour) + "\n";
        if month.budgets.is_empty() {
            speech.tongue.word(&mut text, "no-budgets");
            text.push('\n');
        }
        text.push_str(&columns("  ", &month.budgets.iter().map(|state| speech.state(state)).collect::<Vec<_>>()));
        text.push('\n');
        if month.grants.is_empty() {
            speech.tongue.word(&mut text, "nothing-granted");
            text.push('\n');
            return text;
        }
        speech.tongue.word(&mut text, "granted-this-month");
        text.push('\n');
        text.push_str(&columns("  ", &month.grants.iter().map(|grant| self.grant(grant)).collect::<Vec<_>>()));
        if month.more > 0 {
            let _ = writeln!(text, "  … {}", month.more);
        }
        text
    }

    fn grant(&self, grant: &Grant) -> Vec<String> {
        let speech = self.speech;
        let taken_back =
            grant.reversed.as_ref().map(|reversal| written(|out| speech.tongue.tell(out, "taken-back", &|out, _| harmless(out, &reversal.reason))));
        vec![
            written(|out| speech.told_moment(out, &grant.at)),
            short(&grant.id).to_owned(),
            written(|out| speech.thing(out, &grant.action, grant.amount.as_deref())),
            taken_back.unwrap_or_default(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_full_only_where_everything_is_spent() {
        let filled = |spent: i64, of: i64| bar(&Number::from(spent), &Number::from(of)).chars().filter(|sign| *sign == '█').count();
        assert_eq!([filled(0, 300), filled(1, 300), filled(150, 300), filled(299, 300), filled(300, 300), filled(400, 300)], [0, 1, 10, 19, 20, 20]);
        assert_eq!(filled(0, 0), 20);
        assert_eq!(bar(&Number::ONE, &Number::from(3)).chars().count(), BAR);
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        assert_eq!(columns(" ", &[row(&["größe", "a"]), row(&["b", "", "c"])]), " größe  a\n b         c\n");
    }

    #[test]
    fn figures_are_compared_by_their_number() {
        assert_eq!(
            [number("50.00 EUR"), number("25%"), number("PT3H"), number("soon")],
            [Some(Number::from(50)), Some(Number::from(25)), Some(Number::from(10_800)), None]
        );
    }
}
