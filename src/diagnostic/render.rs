//! Problems as text for a terminal, as JSON and as SARIF.

mod human;
mod json;
mod sarif;

pub use human::human;
pub use json::json;
pub use sarif::sarif;

use crate::source::{Sources, Span};

/// Where a label stands, for a person: lines and columns from 1, columns in characters, the end behind the last character.
struct Place<'s> {
    file: &'s str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

impl<'s> Place<'s> {
    /// `None` for a span of other sources.
    fn of(span: Span, sources: &'s Sources) -> Option<Self> {
        let source = sources.get(span.source)?;
        let (line, column) = source.position(span.start as usize);
        let (end_line, end_column) = source.position(span.end.max(span.start) as usize);
        Some(Self { file: source.name(), line, column, end_line, end_column })
    }
}
