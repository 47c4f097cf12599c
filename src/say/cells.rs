//! A cell of a table as a reader understands it: with the header of its column.

use crate::policy::Policy;
use crate::source::Span;

/// `order.total: <= 50 EUR` for what stands in a cell; `None` where the span lies in no table.
pub(super) fn with_header(policy: &Policy, span: Span) -> Option<String> {
    let source = policy.sources.get(span.source)?;
    let (before, rest) = source.text().split_at_checked(span.start as usize)?;
    let row = before.rfind('\n').map_or(before, |at| before.get(at + 1..).unwrap_or_default());
    let cell = rest.get(..span.range().len())?.trim();
    let is_csv = source.name().to_lowercase().ends_with(".csv");
    let header = if is_csv { before.lines().next()? } else { header_above(before, row)? };
    let delimiter = match is_csv {
        false => '|',
        true if header.contains(';') => ';',
        true => ',',
    };
    let column = split(row, delimiter).len().checked_sub(1)?;
    let title = *split(header, delimiter).get(column)?;
    let title = title.trim().trim_matches('"').trim();
    (!title.is_empty()).then(|| format!("{title}: {cell}"))
}

/// The first of the lines that begin with a bar, up from the one that `row` is the start of.
fn header_above<'t>(before: &'t str, row: &str) -> Option<&'t str> {
    if !row.trim_start().starts_with('|') {
        return None;
    }
    before.lines().rev().skip(1).take_while(|line| line.trim_start().starts_with('|')).last()
}

/// The parts between delimiters that stand in no quotes.
fn split(line: &str, delimiter: char) -> Vec<&str> {
    let mut quoted = false;
    line.split(|character: char| {
        quoted ^= character == '"';
        character == delimiter && !quoted
    })
    .collect()
}
