//! A cell of a table as a reader understands it: with the header of its column.

use crate::policy::Policy;
use crate::source::Span;

/// Writes `order.total: <= 50 EUR` for what stands in a cell; `false` where the span lies in no table.
pub(crate) fn with_header(out: &mut String, policy: &Policy, span: Span) -> bool {
    let Some((title, cell)) = found(policy, span) else { return false };
    for part in [title, ": ", cell] {
        out.push_str(part);
    }
    true
}

/// The header of a cell's column, and the cell.
fn found(policy: &Policy, span: Span) -> Option<(&str, &str)> {
    let source = policy.sources.get(span.source)?;
    let (before, rest) = source.text().split_at_checked(span.start as usize)?;
    let row = before.rfind('\n').map_or(before, |at| before.get(at + 1..).unwrap_or_default());
    let cell = rest.get(..span.range().len())?.trim();
    let name = source.name();
    let is_csv = name.get(name.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".csv"));
    let header = if is_csv { before.lines().next()? } else { header_above(before, row)? };
    let delimiter = match is_csv {
        false => '|',
        true if header.contains(';') => ';',
        true => ',',
    };
    let column = split(row, delimiter).count().checked_sub(1)?;
    let title = split(header, delimiter).nth(column)?.trim().trim_matches('"').trim();
    (!title.is_empty()).then_some((title, cell))
}

/// The first of the lines that begin with a bar, up from the one that `row` is the start of.
fn header_above<'t>(before: &'t str, row: &str) -> Option<&'t str> {
    if !row.trim_start().starts_with('|') {
        return None;
    }
    before.lines().rev().skip(1).take_while(|line| line.trim_start().starts_with('|')).last()
}

/// The parts between delimiters that stand in no quotes.
fn split(line: &str, delimiter: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |character: char| {
        quoted ^= character == '"';
        character == delimiter && !quoted
    })
}
