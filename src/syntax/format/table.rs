//! Tables: columns as wide as their widest cell, in columns of the screen.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::token::{Token, Tokens};
use super::writer::Writer;

/// How far a table is indented.
const INDENT: usize = 2;

/// Writes the rows of a table, the header first; the dashes under it are written whether the author did or not.
pub(super) fn write(writer: &mut Writer<'_>, rows: &[Range<usize>]) {
    let tokens = writer.tokens;
    let cells: Vec<Vec<String>> = rows.iter().map(|row| cells(tokens, row.clone())).collect();
    let dashes_at = rows.get(1).is_some_and(|row| is_dashes(tokens.slice(row.clone()))).then_some(1);
    let widths = widths(cells.iter().enumerate().filter(|(at, _)| Some(*at) != dashes_at).map(|(_, row)| row));
    for (at, (row, cells)) in rows.iter().zip(&cells).enumerate() {
        if at == 1 && dashes_at.is_none() {
            writer.line(INDENT);
            writer.text(&dashes(&widths));
        }
        let text = if Some(at) == dashes_at { dashes(&widths) } else { line(cells, &widths) };
        write_row(writer, row.clone(), &text);
    }
    if rows.len() == 1 {
        writer.line(INDENT);
        writer.text(&dashes(&widths));
    }
}

fn write_row(writer: &mut Writer<'_>, row: Range<usize>, text: &str) {
    let tokens = writer.tokens.slice(row);
    for token in tokens {
        writer.comments(&token.before, INDENT);
    }
    writer.line(INDENT);
    writer.text(text);
    if let Some(comment) = tokens.iter().find_map(|token| token.after) {
        writer.comment_behind(comment);
    }
}

/// What stands between the bars of a row.
fn cells(tokens: &Tokens<'_>, row: Range<usize>) -> Vec<String> {
    let bars: Vec<usize> = row.clone().filter(|at| tokens.get(*at).is_some_and(|token| token.is("|"))).collect();
    let last_is_open = bars.last().is_some_and(|bar| bar + 1 < row.end);
    let ends = bars.iter().skip(1).copied().chain(last_is_open.then_some(row.end));
    bars.iter().zip(ends).map(|(bar, end)| tokens.line(bar + 1..end)).collect()
}

fn is_dashes(row: &[Token<'_>]) -> bool {
    row.iter().any(|token| token.is("-")) && row.iter().all(|token| token.is("-") || token.is("|") || token.is(":"))
}

fn widths<'r>(rows: impl Iterator<Item = &'r Vec<String>>) -> Vec<usize> {
    rows.fold(Vec::new(), |mut widths, row| {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
        widths
    })
}

fn line(cells: &[String], widths: &[usize]) -> String {
    cells.iter().zip(widths).fold(String::from("|"), |line, (cell, width)| {
        let room = " ".repeat(width.saturating_sub(cell.width()));
        line + " " + cell + &room + " |"
    })
}

fn dashes(widths: &[usize]) -> String {
    widths.iter().fold(String::from("|"), |line, width| line + &"-".repeat(width + 2) + "|")
}
