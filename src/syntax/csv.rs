//! CSV files: tables of rules, tables of values, holidays. Places point into the file.

use std::borrow::Cow;
use std::ops::Range;

use jiff::civil::Date;

use super::MAX_PROBLEMS;
use super::ast::Grid;
use super::bounds::{MAX_BYTES, too_long};
use super::tables::{MAX_COLUMNS, RawCell, RawRow, SheetRow, TableKind, read_grid};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Sources, Span, Spanned};

/// Reads the rows of a table from a CSV file: a header row, commas or semicolons, quoted cells.
///
/// The grid is `None` where the header cannot be read; rows that cannot be read are left out and reported.
#[must_use]
pub fn parse_csv_table(sources: &Sources, id: SourceId, kind: TableKind) -> (Option<Grid>, Vec<Diagnostic>) {
    let text = sources.get(id).map(crate::source::Source::text).unwrap_or_default();
    let mut problems = Vec::new();
    let rows = rows(text, id, &mut problems);
    if !problems.is_empty() {
        return (None, problems);
    }
    let grid = read_grid(kind, id, Span::new(id, 0, 0), &rows, &mut problems);
    (grid, super::bounded(id, problems))
}

/// Reads days from a CSV file: those of the column `date`, or of the first one. A header row may be missing.
#[must_use]
pub fn parse_holidays(sources: &Sources, id: SourceId) -> (Vec<Spanned<Date>>, Vec<Diagnostic>) {
    let text = sources.get(id).map(crate::source::Source::text).unwrap_or_default();
    let mut problems = Vec::new();
    let rows = rows(text, id, &mut problems);
    // What begins with a digit is meant as a day, also where it is a wrong one.
    let is_day = |cell: &RawCell<'_>| cell.text.starts_with(|c: char| c.is_ascii_digit());
    let header = rows.first().filter(|row| !row.cells.first().is_some_and(is_day));
    let column = header.and_then(|row| row.cells.iter().position(|cell| cell.text.eq_ignore_ascii_case("date"))).unwrap_or(0);
    let mut days = Vec::new();
    for row in rows.iter().skip(usize::from(header.is_some())) {
        let Some(cell) = row.cells.get(column) else { continue };
        if problems.len() > MAX_PROBLEMS {
            break;
        }
        let span = Span::new(id, cell.base, cell.base + cell.text.len());
        // With a time behind it, it would be a moment.
        let day = if cell.text.len() == "2026-12-25".len() { cell.text.parse().ok() } else { None };
        if let Some(value) = day {
            days.push(Spanned { value, span });
        } else {
            let message = format!("row {}: `{}` is no day", row.sheet.map_or(0, |sheet| sheet.number), super::words::shorten(&cell.text));
            let right = super::numerals::written_day(&cell.text).filter(|day| day.length == cell.text.len());
            let help = match right.as_ref().and_then(|day| day.days.first()) {
                Some(day) => format!("write `{day}`: the year, the month, the day"),
                None => "write year, month and day, as in `2026-12-25`".to_owned(),
            };
            problems.push(Diagnostic::new(Code::BadDate, message).at(span, "").help(help));
        }
    }
    (days, super::bounded(id, problems))
}

/// The rows of a CSV file, by which its author finds a place.
pub(crate) struct Sheet<'t>(Vec<RawRow<'t>>);

impl<'t> Sheet<'t> {
    /// Reads a file that was read before without problems.
    pub fn read(text: &'t str) -> Self {
        Self(rows(text, SourceId::default(), &mut Vec::new()))
    }

    /// Row and column, as in a message; the row alone where the place is larger than a cell.
    pub fn place(&self, place: &Range<usize>) -> Option<String> {
        let row = self.0.iter().rfind(|row| row.span.range().start <= place.start)?;
        let number = row.sheet?.number;
        let at = row.cells.iter().rposition(|cell| cell.base <= place.start);
        let next = at.and_then(|at| row.cells.get(at + 1)).map_or(usize::MAX, |cell| cell.base);
        let header = at.and_then(|at| self.0.first()?.cells.get(at)).filter(|_| place.end < next);
        Some(match header {
            Some(header) if row.cells.len() > 1 || place != &row.span.range() => format!("row {number}, column `{}`", header.text),
            _ => format!("row {number}"),
        })
    }
}

/// The rows of a CSV text; empty ones are left out.
fn rows<'t>(text: &'t str, id: SourceId, problems: &mut Vec<Diagnostic>) -> Vec<RawRow<'t>> {
    let mut scan = Scan { text, at: if text.starts_with('\u{feff}') { 3 } else { 0 }, separator: separator(text) };
    let mut rows = Vec::new();
    let mut number = 0;
    while scan.at < text.len() {
        number += 1;
        let start = scan.at;
        match scan.row() {
            Ok(cells) if cells.iter().all(|cell| cell.text.is_empty()) => {}
            Ok(_) if scan.at - start > MAX_BYTES => {
                problems.extend(too_long(scan.at - start, Span::new(id, start, start + 1)));
                break;
            }
            Ok(mut cells) => {
                cells.truncate(MAX_COLUMNS + 1);
                let length = text.get(start..scan.at).unwrap_or_default().trim_end().len();
                rows.push(RawRow {
                    span: Span::new(id, start, start + length),
                    cells,
                    sheet: Some(SheetRow { number, separator: char::from(scan.separator) }),
                });
            }
            Err((at, what)) => {
                let problem = Diagnostic::new(Code::BadCsv, format!("row {number}: {what}")).at(Span::new(id, at, at + 1), "");
                problems.push(problem.help("a quoted cell starts and ends with `\"`; inside it `\"\"` is one quotation mark"));
                break;
            }
        }
    }
    rows
}

/// A semicolon where the header has one outside of quotation marks, else a comma.
fn separator(text: &str) -> u8 {
    let header = text.trim_start_matches('\u{feff}').trim_start().lines().next().unwrap_or_default();
    let mut in_quotes = false;
    let found = header.bytes().any(|byte| {
        in_quotes ^= byte == b'"';
        byte == b';' && !in_quotes
    });
    if found { b';' } else { b',' }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    separator: u8,
}

/// What is wrong, and where.
type Broken = (usize, &'static str);

impl<'t> Scan<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The cells up to the end of a row, which is consumed.
    fn row(&mut self) -> Result<Vec<RawCell<'t>>, Broken> {
        let mut cells = Vec::new();
        loop {
            cells.push(self.cell()?);
            match self.peek() {
                Some(byte) if byte == self.separator => self.at += 1,
                Some(_) => {
                    self.at += 1;
                    return Ok(cells);
                }
                None => return Ok(cells),
            }
        }
    }

    /// One cell; stands behind it afterwards, at a separator, a line break or the end.
    fn cell(&mut self) -> Result<RawCell<'t>, Broken> {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        if self.peek() == Some(b'"') { self.quoted() } else { Ok(self.plain()) }
    }

    fn plain(&mut self) -> RawCell<'t> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte != self.separator && byte != b'\n') {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default().trim_end();
        RawCell { text: Cow::Borrowed(text), base: start, doubled: Vec::new() }
    }

    fn quoted(&mut self) -> Result<RawCell<'t>, Broken> {
        let open = self.at;
        self.at += 1;
        let mut start = self.at;
        let base = start;
        let (mut text, mut doubled) = (Cow::Borrowed(""), Vec::new());
        loop {
            match self.peek() {
                None => return Err((open, "a quoted cell is not closed")),
                Some(b'"') => {
                    let part = self.text.get(start..self.at).unwrap_or_default();
                    // This borrows as long as there is one part only.
                    text += part;
                    self.at += 1;
                    if self.peek() != Some(b'"') {
                        break;
                    }
                    text += "\"";
                    // The source has one byte more from here on.
                    doubled.push(text.len() - 1);
                    self.at += 1;
                    start = self.at;
                }
                Some(_) => self.at += 1,
            }
        }
        let behind = self.at;
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
        if self.peek().is_some_and(|byte| byte != self.separator && byte != b'\n') {
            return Err((behind, "something stands behind the closing quotation mark of a cell"));
        }
        Ok(trimmed(text, base, doubled))
    }
}

/// Without the space around the text of a quoted cell.
fn trimmed(text: Cow<'_, str>, base: usize, doubled: Vec<usize>) -> RawCell<'_> {
    let leading = text.len() - text.trim_start().len();
    if leading == 0 && text.trim_end().len() == text.len() {
        return RawCell { text, base, doubled };
    }
    let inner = text.trim().to_owned();
    RawCell { text: Cow::Owned(inner), base: base + leading, doubled: doubled.into_iter().map(|at| at.saturating_sub(leading)).collect() }
}
