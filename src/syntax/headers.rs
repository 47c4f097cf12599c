//! Headers of tables that are nearly right, and rows that a bar is missing from: what is tried before is said.

use std::borrow::Cow;

use super::ast::{Column, ColumnKind};
use super::layout::first_word;
use super::piece::Piece;
use super::tables::{HEADERS, RawCell, RawRow, read_cell, word_of};
use super::words::shorten;
use crate::diagnostic::{Code, Diagnostic, Edit, near};
use crate::source::{SourceId, Span};

/// What people write over the column `role`.
const ROLE: [&str; 8] = ["rolle", "rollen", "roles", "who", "wer", "agent", "level", "position"];

fn place(source: SourceId, cell: &RawCell<'_>) -> Span {
    Span::new(source, cell.base, cell.base + cell.text.len().max(1))
}

/// `Up To`
pub(super) fn in_capitals(words: &str, piece: &Piece<'_>) -> Option<Diagnostic> {
    let lower = words.to_lowercase();
    let (word, _) = HEADERS.iter().find(|(word, _)| *word == lower)?;
    let problem =
        Diagnostic::new(Code::TableColumn, format!("`{}` is no header: these are written in small letters", shorten(words))).at(piece.whole(), "");
    let edit = Edit { span: piece.whole(), text: (*word).to_owned() };
    Some(problem.help(format!("write `{word}`")).fix(format!("write `{word}`"), vec![edit]))
}

/// What a spreadsheet writes into the first row that is no header of the table.
pub(super) fn beside_the_sheet(header: &RawRow<'_>, source: SourceId) -> Option<Diagnostic> {
    let separator = header.sheet?.separator;
    let (first, last) = (header.cells.first()?, header.cells.last()?);
    if first.text.starts_with("sep=") {
        let problem = Diagnostic::new(Code::BadCsv, "this line is a spreadsheet's own, and no header").at(header.span, "");
        return Some(problem.help("take the line out; comma and semicolon are told apart without it"));
    }
    if header.cells.len() == 1 && first.text.contains('\t') {
        let at = first.base + first.text.find('\t')?;
        let problem = Diagnostic::new(Code::BadCsv, "the cells of this file are separated by tabs").at(Span::new(source, at, at + 1), "");
        return Some(problem.help("save it with `,` or `;` between the cells"));
    }
    if last.text.is_empty() && header.cells.len() > 1 && header.cells.iter().rev().skip(1).all(|cell| !cell.text.is_empty()) {
        let at = last.base.saturating_sub(1);
        let problem = Diagnostic::new(Code::TableColumn, "the last column has no header").at(Span::new(source, at, at + 1), "");
        return Some(problem.help(format!("leave the `{separator}` at the end of each row out, or delete the empty column in the spreadsheet")));
    }
    None
}

/// A header that stands for one that a table must have.
pub(super) fn called_otherwise(word: &str, header: &RawRow<'_>, columns: &[Column], source: SourceId) -> Option<Diagnostic> {
    let is_meant = |text: &str| {
        let lower = text.to_lowercase();
        near(&lower, [(word, true)]).is_some() || (word == "role" && ROLE.contains(&lower.as_str()))
    };
    let mut cells = header.cells.iter().zip(columns).filter(|(_, column)| matches!(column.kind, ColumnKind::Test(_)));
    let (cell, _) = cells.find(|(cell, _)| is_meant(&cell.text))?;
    let problem = Diagnostic::new(Code::TableColumn, format!("this table has no column `{word}`")).at(place(source, cell), "");
    let lower = cell.text.to_lowercase();
    let is_certain = near(&lower, [(word, true)]).is_some_and(|near| near.is_certain);
    let problem = problem.help(format!("did you mean `{word}`?"));
    let edit = Edit { span: place(source, cell), text: word.to_owned() };
    Some(if is_certain { problem.fix(format!("write `{word}`"), vec![edit]) } else { problem })
}

/// The header that is wrong where all problems of the rows lie in the cells under it.
pub(super) fn wrong_header(
    header: &RawRow<'_>,
    columns: &[Column],
    rows: &[RawRow<'_>],
    problems: &[Diagnostic],
    source: SourceId,
) -> Option<Diagnostic> {
    misspelt(header, columns, rows, problems, source).or_else(|| doubled(header, columns, rows, problems, source))
}

/// Whether a problem lies in a column.
fn is_in(rows: &[RawRow<'_>], problem: &Diagnostic, column: usize) -> bool {
    let at = problem.span().map_or(0, |span| span.range().start);
    let cell = |row: &RawRow<'_>| row.cells.get(column).is_some_and(|cell| cell.base <= at && at <= cell.base + cell.text.len() + cell.doubled.len());
    rows.iter().any(cell)
}

/// The word of a clause over two columns, of which one holds something else.
fn doubled(header: &RawRow<'_>, columns: &[Column], rows: &[RawRow<'_>], problems: &[Diagnostic], source: SourceId) -> Option<Diagnostic> {
    let first = problems.first()?;
    let at = (0..columns.len()).find(|at| is_in(rows, first, *at))?;
    let (kind, cell) = (&columns.get(at)?.kind, header.cells.get(at)?);
    let word = word_of(kind)?;
    let (other, _) = columns.iter().enumerate().find(|(other, column)| *other != at && column.kind == *kind)?;
    if !problems.iter().all(|problem| is_in(rows, problem, at)) {
        return None;
    }
    let problem = Diagnostic::new(Code::TableColumn, format!("there are two columns `{word}`, and the cells under this one say something else"));
    let problem = problem.at(place(source, cell), "").at(place(source, header.cells.get(other)?), "the other one");
    Some(problem.help("write what these cells test, such as `order.total`"))
}

/// A row in which two cells became one, where there is one place at which a bar makes all of them right.
pub(super) fn joined_cells(source: SourceId, columns: &[Column], row: &RawRow<'_>) -> Option<Diagnostic> {
    if row.cells.len() + 1 != columns.len() || columns.len() > 30 || row.cells.iter().any(|cell| cell.text.len() > 200) {
        return None;
    }
    let fits = |cells: &[RawCell<'_>]| {
        columns.iter().zip(cells).all(|(column, cell)| {
            let mut problems = Vec::new();
            read_cell(source, column, cell, &mut problems).is_some() && problems.is_empty()
        })
    };
    let mut found: Vec<(usize, usize, bool)> = Vec::new();
    // What is right as it stands is no two cells: a later one is missing.
    let is_right = |at: usize, cell: &RawCell<'_>| columns.get(at).is_some_and(|column| read_cell(source, column, cell, &mut Vec::new()).is_some());
    for (at, cell) in row.cells.iter().enumerate().filter(|(at, cell)| cell.doubled.is_empty() && !is_right(*at, cell)) {
        for (gap, width) in gaps(&cell.text) {
            let part = |from: usize, text: &str| RawCell { text: Cow::Owned(text.to_owned()), base: cell.base + from, doubled: Vec::new() };
            let (first, second) = (cell.text.get(..gap)?, cell.text.get(gap + width..)?);
            let mut cells = row.cells.clone();
            cells.splice(at..=at, [part(0, first), part(gap + width, second)]);
            if fits(&cells) {
                found.push((at, gap, width > 1));
            }
        }
    }
    // A wide gap is where a bar stood.
    let wide: Vec<_> = found.iter().filter(|(.., is_wide)| *is_wide).collect();
    let (at, gap, _) = match (wide.as_slice(), found.as_slice()) {
        ([one], _) => **one,
        ([], [one]) => *one,
        _ => return None,
    };
    let cell = row.cells.get(at)?;
    let sign = row.sheet.map_or('|', |sheet| sheet.separator);
    let (first, second) = (cell.text.get(..gap)?, cell.text.get(gap..)?.trim_start());
    let start = cell.base + cell.text.len() - second.len();
    let problem = Diagnostic::new(Code::TableShape, format!("two cells stand in one here: `{}` and `{}`", shorten(first), shorten(second)));
    let problem = problem.at(Span::new(source, start, start + first_word(second).len().max(1)), "");
    let edit = Edit { span: Span::new(source, cell.base + gap, start), text: if sign == '|' { " | ".to_owned() } else { sign.to_string() } };
    Some(problem.help(format!("write `{sign}` between them")).fix(format!("write `{sign}` between them"), vec![edit]))
}

/// Where space stands between words, and how wide it is.
fn gaps(text: &str) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find(' ')).map(|found| at + found) {
        let width = text.get(start..).map_or(1, |rest| rest.len() - rest.trim_start_matches(' ').len());
        gaps.push((start, width));
        at = start + width;
    }
    gaps
}

/// A header that is nearly the word of a clause, over cells that only this clause has.
fn misspelt(header: &RawRow<'_>, columns: &[Column], rows: &[RawRow<'_>], problems: &[Diagnostic], source: SourceId) -> Option<Diagnostic> {
    columns.iter().zip(&header.cells).enumerate().find_map(|(at, (column, cell))| {
        if !matches!(column.kind, ColumnKind::Test(_)) || problems.is_empty() || !problems.iter().all(|problem| is_in(rows, problem, at)) {
            return None;
        }
        let near = near(&cell.text, HEADERS.iter().map(|(word, _)| (*word, true)))?;
        let problem = Diagnostic::new(Code::TableColumn, format!("`{}` is no header of a column whose cells say this", cell.text));
        let problem = problem.at(column.span, "").help(format!("did you mean `{}`?", near.name));
        let span = Span::new(source, cell.base, cell.base + cell.text.len());
        let mended = near.is_certain.then(|| vec![Edit { span, text: near.name.to_owned() }]);
        Some(match mended {
            Some(edits) => problem.fix(format!("write `{}`", near.name), edits),
            None => problem,
        })
    })
}
