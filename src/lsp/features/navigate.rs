//! Where a name is declared, and where it is used.

use gen_lsp_types::{DocumentHighlight, DocumentHighlightKind, Location};

use crate::lsp::analysis::Analysis;
use crate::lsp::names::{Occurrence, Symbol, Use};
use crate::source::SourceId;
use crate::syntax::ast::{ItemKind, Setting, TableBody};

/// What is named at a byte.
pub fn symbol_at(analysis: &Analysis, source: SourceId, byte: usize) -> Option<(Symbol, Occurrence)> {
    let occurrence = analysis.names.at(source, byte)?;
    Some((analysis.names.symbol(occurrence.symbol)?.clone(), *occurrence))
}

/// Where the name at a byte is declared; for the name of a file, that file.
pub fn definition(analysis: &Analysis, source: SourceId, byte: usize) -> Vec<Location> {
    if let Some(file) = named_file(analysis, source, byte) {
        return vec![file];
    }
    let Some((symbol, _)) = symbol_at(analysis, source, byte) else { return Vec::new() };
    places(analysis, &symbol, true).into_iter().filter(|(usage, _)| *usage == Use::Declaration).map(|(_, location)| location).collect()
}

/// Everywhere that a symbol is named, in one pack.
pub fn places(analysis: &Analysis, symbol: &Symbol, with_declaration: bool) -> Vec<(Use, Location)> {
    let wanted = |it: &Occurrence| with_declaration || it.usage == Use::Reference;
    let place = |it: Occurrence| Some((it.usage, analysis.location(it.span)?));
    analysis.names.of_symbol(symbol).into_iter().filter(wanted).filter_map(place).collect()
}

/// The same in one text.
pub fn highlights(analysis: &Analysis, source: SourceId, byte: usize) -> Vec<DocumentHighlight> {
    let Some((symbol, _)) = symbol_at(analysis, source, byte) else { return Vec::new() };
    let here = analysis.names.of_symbol(&symbol).into_iter().filter(|it| it.span.source == source);
    let highlight = |it: Occurrence| {
        let kind = if it.usage == Use::Declaration { DocumentHighlightKind::Write } else { DocumentHighlightKind::Read };
        Some(DocumentHighlight { range: analysis.location(it.span)?.range, kind: Some(kind) })
    };
    here.filter_map(highlight).collect()
}

/// The file that is named at a byte: a table, or the holidays.
fn named_file(analysis: &Analysis, source: SourceId, byte: usize) -> Option<Location> {
    let files = analysis.pack.parts.iter().flat_map(|part| &part.files).filter(|file| file.source == source);
    let item = files.flat_map(|file| &file.items).find(|item| item.span.range().contains(&byte))?;
    let first_of = |body: &TableBody| {
        let named = body.from.as_ref().filter(|from| from.span.range().contains(&byte))?;
        Some(body.grid.as_ref().filter(|_| named.span.source == source)?.columns.first()?.span.source)
    };
    let id = match &item.kind {
        ItemKind::RuleTable(table) => first_of(&table.body)?,
        ItemKind::Lookup(lookup) => first_of(&lookup.body)?,
        ItemKind::Policy(policy) => policy.settings.iter().find_map(|setting| match &setting.value {
            Setting::HolidaysFrom(file, days) if file.span.range().contains(&byte) => Some(days.first()?.span.source),
            _ => None,
        })?,
        _ => return None,
    };
    analysis.location(crate::source::Span::new(id, 0, 0))
}
