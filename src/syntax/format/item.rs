//! The lines of an item.

use std::ops::Range;

use super::clause::{self, Part};
use super::token::Tokens;
use super::writer::{MAX_WIDTH, Writer};
use super::{condition, table};
use crate::source::Span;
use crate::syntax::ast::{Budget, Clause, Define, Fact, Grid, Item, ItemKind, Modifier, Promise, PromiseKind, RuleTable, Text};

/// How far what belongs to an item is indented.
pub(super) const INDENT: usize = 2;
/// The rank of a table's rows: behind every clause.
const ROWS: u8 = 100;

/// Where a piece of an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// On the line of the piece before it.
    Beside,
    /// On a line of its own.
    Below,
    /// In the table.
    Row,
}

/// A piece of an item: from its first token to the next piece.
struct Piece<'a> {
    start: usize,
    place: Place,
    rank: u8,
    parts: Vec<Part<'a>>,
}

/// Writes one item; the comments above and below it are not its own.
pub(super) fn write(writer: &mut Writer<'_>, item: &Item, range: Range<usize>) {
    match &item.kind {
        ItemKind::Define(define) => write_define(writer, define, range),
        ItemKind::Promise(promise) => write_promise(writer, promise, range),
        kind => write_pieces(writer, pieces(writer.tokens, kind, &range), range.end),
    }
}

fn write_pieces(writer: &mut Writer<'_>, mut pieces: Vec<Piece<'_>>, end: usize) {
    pieces.sort_by_key(|piece| piece.start);
    let ends: Vec<usize> = pieces.iter().skip(1).map(|next| next.start).chain([end]).collect();
    let mut ranges: Vec<(Piece<'_>, usize)> = pieces.into_iter().zip(ends).collect();
    ranges.sort_by_key(|(piece, _)| piece.rank);
    for (piece, end) in ranges.iter().filter(|(piece, _)| piece.place != Place::Row) {
        if piece.place == Place::Below {
            writer.line(INDENT);
        }
        clause::write(writer, piece.start..*end, &piece.parts);
    }
    let rows: Vec<Range<usize>> = ranges.iter().filter(|(piece, _)| piece.place == Place::Row).map(|(piece, end)| piece.start..*end).collect();
    table::write(writer, &rows);
}

/// `define N as X` on one line, or `as X` below.
fn write_define(writer: &mut Writer<'_>, define: &Define, range: Range<usize>) {
    let body = writer.tokens.range(define.body.span);
    let as_word = body.start.saturating_sub(1).max(range.start);
    let title: Vec<Part<'_>> = title(define.title.as_ref());
    let spread = condition::is_spread(writer, &define.body);
    let fits = writer.tokens.width(range.clone()) <= MAX_WIDTH;
    clause::write(writer, range.start..as_word, &title);
    if spread || !fits {
        writer.line(INDENT);
    }
    clause::write(writer, as_word..range.end, &[Part::Condition(&define.body)]);
}

/// The sentence below the title; its condition, if it does not fit, below the sentence.
fn write_promise(writer: &mut Writer<'_>, promise: &Promise, range: Range<usize>) {
    let sentence = writer.tokens.at(promise.span.start);
    writer.flat(range.start..sentence);
    writer.line(INDENT);
    let (PromiseKind::Cannot { when: Some(when), .. } | PromiseKind::CanAlways { when: Some(when), .. }) = &promise.kind else {
        return writer.flat(sentence..range.end);
    };
    let when_word = writer.tokens.range(when.span).start.saturating_sub(1);
    let fits = INDENT + writer.tokens.width(sentence..range.end) <= MAX_WIDTH;
    writer.flat(sentence..when_word);
    if !fits || condition::is_spread(writer, when) {
        writer.line(2 * INDENT);
    }
    clause::write(writer, when_word..range.end, &[Part::Condition(when)]);
}

fn title(title: Option<&Text>) -> Vec<Part<'_>> {
    title.map(Part::Text).into_iter().collect()
}

/// The pieces of an item, in no particular order.
fn pieces<'a>(tokens: &Tokens<'_>, kind: &'a ItemKind, range: &Range<usize>) -> Vec<Piece<'a>> {
    let below = |span: Span| Piece { start: tokens.at(span.start), place: Place::Below, rank: 0, parts: Vec::new() };
    let (head, rest): (Vec<Part<'a>>, Vec<Piece<'a>>) = match kind {
        ItemKind::Policy(policy) => (vec![Part::Text(&policy.title)], policy.settings.iter().map(|setting| below(setting.span)).collect()),
        ItemKind::Role(role) => (title(role.title.as_ref()), begun_by(tokens, range, &["above", "answers"])),
        ItemKind::Fact(fact) => (title(fact.title.as_ref()), modifiers(tokens, fact)),
        ItemKind::Action(action) => (title(action.title.as_ref()), Vec::new()),
        ItemKind::Duty(duty) => (title(duty.title.as_ref()), begun_by(tokens, range, &["within"])),
        ItemKind::Budget(Budget { title: text, lines, .. }) => (title(text.as_ref()), lines.iter().map(|line| below(line.span)).collect()),
        ItemKind::Define(define) => (title(define.title.as_ref()), Vec::new()),
        ItemKind::Lookup(lookup) => (title(lookup.title.as_ref()), rows(tokens, range, lookup.body.grid.as_ref())),
        ItemKind::Rule(rule) => (title(rule.title.as_ref()), std::iter::once(below(rule.head.span)).chain(clauses(tokens, &rule.clauses)).collect()),
        ItemKind::RuleTable(table) => (title(table.title.as_ref()), rule_table(tokens, range, table)),
        ItemKind::Fallback(fallback) => (Vec::new(), clauses(tokens, &fallback.clauses).collect()),
        ItemKind::Test(test) => (vec![Part::Text(&test.title)], test.lines.iter().map(|line| below(line.span)).collect()),
        ItemKind::Promise(promise) => (vec![Part::Text(&promise.title)], vec![below(promise.span)]),
    };
    std::iter::once(Piece { start: range.start, place: Place::Beside, rank: 0, parts: head }).chain(rest).collect()
}

/// The lines of an item that begin with one of these words.
fn begun_by<'a>(tokens: &Tokens<'_>, range: &Range<usize>, words: &[&str]) -> Vec<Piece<'a>> {
    let begins = |at: &usize| tokens.get(*at).is_some_and(|token| token.begins_line && words.iter().any(|word| token.is(word)));
    let piece = |start| Piece { start, place: Place::Below, rank: 0, parts: Vec::new() };
    range.clone().skip(1).filter(begins).map(piece).collect()
}

/// The question to the customer goes on a line of its own, behind the short modifiers.
fn modifiers<'a>(tokens: &Tokens<'_>, fact: &'a Fact) -> Vec<Piece<'a>> {
    let piece = |span: Span, modifier: &'a Modifier| {
        let start = tokens.at(span.start);
        match modifier {
            Modifier::Asks(text) => Piece { start, place: Place::Below, rank: 2, parts: vec![Part::Text(text)] },
            _ => Piece { start, place: Place::Beside, rank: 1, parts: Vec::new() },
        }
    };
    fact.modifiers.iter().map(|modifier| piece(modifier.span, &modifier.value)).collect()
}

fn clauses<'a>(tokens: &Tokens<'_>, clauses: &'a [Clause]) -> impl Iterator<Item = Piece<'a>> {
    clauses.iter().map(|clause| Piece {
        start: tokens.at(clause.span.start),
        place: Place::Below,
        rank: 1 + clause::rank(&clause.kind),
        parts: clause::parts(&clause.kind),
    })
}

fn rule_table<'a>(tokens: &Tokens<'_>, range: &Range<usize>, table: &'a RuleTable) -> Vec<Piece<'a>> {
    let head = Piece { start: tokens.at(table.head.span.start), place: Place::Below, rank: 0, parts: Vec::new() };
    std::iter::once(head).chain(clauses(tokens, &table.clauses)).chain(rows(tokens, range, table.body.grid.as_ref())).collect()
}

/// The rows that stand in the text, with the header and the dashes, which the tree does not hold.
fn rows<'a>(tokens: &Tokens<'_>, range: &Range<usize>, grid: Option<&Grid>) -> Vec<Piece<'a>> {
    let Some(_) = grid else { return Vec::new() };
    let begins = |at: &usize| tokens.get(*at).is_some_and(|token| token.begins_line && token.is("|"));
    let piece = |start| Piece { start, place: Place::Row, rank: ROWS, parts: Vec::new() };
    range.clone().filter(begins).map(piece).collect()
}
