//! Neighbours of one kind, and the columns that they share.

use std::collections::BTreeMap;

use super::layout::Placed;
use super::token::Tokens;
use crate::source::Span;
use crate::syntax::ast::{Fact, Item, ItemKind, Modifier, Type};

/// A piece of an item's first line that begins in a column shared with its neighbours.
struct Cell {
    start: usize,
    width: usize,
    /// Whether what follows has to make room for it; a list of values never pushes the neighbours' columns.
    makes_room: bool,
}

/// The columns of every token that begins one.
pub(super) fn stops(tokens: &Tokens<'_>, items: &[Placed<'_>]) -> BTreeMap<usize, usize> {
    items.chunk_by(|item, next| item.is_same_kind(next) && !next.has_blank_above()).flat_map(|run| run_stops(tokens, run)).collect()
}

fn run_stops(tokens: &Tokens<'_>, run: &[Placed<'_>]) -> Vec<(usize, usize)> {
    let lines: Vec<Vec<Option<Cell>>> = run.iter().map(|item| cells(tokens, item)).collect();
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let mut column = 0;
    let mut stops = Vec::new();
    for index in 0..count {
        let cell = |line: &'_ Vec<Option<Cell>>| line.get(index).and_then(Option::as_ref).map(|cell| cell.start);
        stops.extend(lines.iter().filter_map(cell).map(|start| (start, column)));
        column += lines.iter().filter_map(|line| room(line, index)).max().map_or(0, |width| width + 1);
    }
    stops
}

/// The width that a cell asks for.
fn room(line: &[Option<Cell>], index: usize) -> Option<usize> {
    line.get(index)?.as_ref().filter(|cell| cell.makes_room).map(|cell| cell.width)
}

/// The cells of the kinds of item that are written in columns.
fn cells(tokens: &Tokens<'_>, item: &Placed<'_>) -> Vec<Option<Cell>> {
    let cell = |range: std::ops::Range<usize>, makes_room| Cell { start: range.start, width: tokens.width(range), makes_room };
    let name = |end: u32| Some(cell(item.range.start..tokens.at(end), true));
    match &item.item.kind {
        ItemKind::Role(role) => vec![name(role.name.span.end), role.title.as_ref().map(|title| cell(tokens.range(title.span), true))],
        ItemKind::Duty(duty) => vec![name(duty.name.span.end), duty.title.as_ref().map(|title| cell(tokens.range(title.span), true))],
        ItemKind::Action(action) => {
            let name_end = tokens.at(action.name.span.end);
            let measure = action.measure.as_ref().map(|measure| cell(name_end..tokens.at(measure.span.end), true));
            vec![name(action.name.span.end), measure, action.title.as_ref().map(|title| cell(tokens.range(title.span), true))]
        }
        ItemKind::Fact(fact) => {
            let rest = fact.title.as_ref().map(|title| title.span).or_else(|| first_modifier(fact));
            vec![name(fact.name.span.end), Some(cell(tokens.range(fact.ty.span), !is_list(fact))), rest.map(|span| cell(tokens.range(span), true))]
        }
        _ => Vec::new(),
    }
}

fn is_list(fact: &Fact) -> bool {
    matches!(fact.ty.value, Type::OneOf(_) | Type::SomeOf(_))
}

/// The first of the modifiers that stand on the line of the fact.
fn first_modifier(fact: &Fact) -> Option<Span> {
    fact.modifiers.iter().find(|modifier| !matches!(modifier.value, Modifier::Asks(_))).map(|modifier| modifier.span)
}

/// The modifiers of a fact stand apart from its title or its values.
pub(super) fn apart(tokens: &Tokens<'_>, item: &Item) -> Option<usize> {
    match &item.kind {
        ItemKind::Fact(fact) if fact.title.is_some() || is_list(fact) => first_modifier(fact).map(|span| tokens.at(span.start)),
        _ => None,
    }
}
