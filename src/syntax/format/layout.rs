//! A file: its items, the empty lines between them, and the comments that belong to none.

use std::mem::discriminant;
use std::ops::Range;

use super::token::{Comment, Tokens};
use super::writer::Writer;
use super::{item, run};
use crate::syntax::ast::{File, Item, ItemKind};

/// An item with what stands above it.
pub(super) struct Placed<'a> {
    /// What it is.
    pub(super) item: &'a Item,
    /// Its tokens.
    pub(super) range: Range<usize>,
    /// The comments between the item above and this one.
    comments: Vec<Comment<'a>>,
    /// Whether an empty line stands directly above it.
    blank_above: bool,
    /// The indented comments at its end.
    last_comments: Vec<Comment<'a>>,
}

impl Placed<'_> {
    pub(super) fn is_same_kind(&self, other: &Self) -> bool {
        discriminant(&self.item.kind) == discriminant(&other.item.kind)
    }

    /// Whether an empty line stands anywhere between it and the item above.
    pub(super) fn has_blank_above(&self) -> bool {
        self.blank_above || self.comments.iter().any(|comment| comment.blank_above)
    }

    /// Short declarations of one kind stand together where their author put them together.
    fn may_follow_closely(&self, above: &Self) -> bool {
        let is_declaration = matches!(
            self.item.kind,
            ItemKind::Role(_)
                | ItemKind::Fact(_)
                | ItemKind::Action(_)
                | ItemKind::Duty(_)
                | ItemKind::Budget(_)
                | ItemKind::Define(_)
                | ItemKind::Promise(_)
        );
        is_declaration && self.is_same_kind(above)
    }
}

/// The one layout of a file that parsed without errors.
pub(super) fn write(text: &str, file: &File) -> String {
    let mut tokens = Tokens::read(text);
    let starts: Vec<usize> = file.items.iter().map(|item| tokens.at(item.span.start)).collect();
    let above: Vec<(Vec<Comment<'_>>, bool)> = starts.iter().map(|start| take_above(&mut tokens, *start)).collect();
    let (items, last_comments) = place(&tokens, file, &starts, above);
    let mut writer = Writer::new(&tokens);
    writer.stops = run::stops(&tokens, &items);
    writer.apart = items.iter().filter_map(|placed| run::apart(&tokens, placed.item)).collect();
    write_items(&mut writer, &items);
    write_between(&mut writer, &last_comments, false);
    writer.finish()
}

fn take_above<'t>(tokens: &mut Tokens<'t>, start: usize) -> (Vec<Comment<'t>>, bool) {
    (tokens.take_comments_before(start), tokens.get(start).is_some_and(|token| token.blank_above))
}

/// Gives the comments between items to the item above where they are indented, else to the item below; what is left stands at the end of the file.
fn place<'a>(tokens: &Tokens<'a>, file: &'a File, starts: &[usize], above: Vec<(Vec<Comment<'a>>, bool)>) -> (Vec<Placed<'a>>, Vec<Comment<'a>>) {
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    let ranges = starts.iter().zip(ends).map(|(start, end)| *start..end);
    let mut items: Vec<Placed<'a>> = Vec::new();
    for ((item, range), (mut comments, blank_above)) in file.items.iter().zip(ranges).zip(above) {
        if let Some(before) = items.last_mut() {
            before.last_comments = take_indented(&mut comments);
        }
        items.push(Placed { item, range, comments, blank_above, last_comments: Vec::new() });
    }
    let mut last_comments = tokens.last_comments.clone();
    if let Some(before) = items.last_mut() {
        before.last_comments = take_indented(&mut last_comments);
    }
    (items, last_comments)
}

/// Takes the comments up to the first that stands in the first column.
fn take_indented<'t>(comments: &mut Vec<Comment<'t>>) -> Vec<Comment<'t>> {
    let count = comments.iter().take_while(|comment| comment.indented).count();
    let rest = comments.split_off(count);
    std::mem::replace(comments, rest)
}

fn write_items(writer: &mut Writer<'_>, items: &[Placed<'_>]) {
    let mut above: Option<&Placed<'_>> = None;
    for placed in items {
        let must_part = above.is_some_and(|above| !placed.may_follow_closely(above));
        let parts_itself = placed.has_blank_above();
        write_between(writer, &placed.comments, must_part && !parts_itself);
        if placed.blank_above || (must_part && !parts_itself && placed.comments.is_empty()) {
            writer.blank();
        }
        writer.line(0);
        item::write(writer, placed.item, placed.range.clone());
        writer.comments(&placed.last_comments, item::INDENT);
        above = Some(placed);
    }
}

/// Comments in the first column, with the empty lines that their author put above them.
fn write_between(writer: &mut Writer<'_>, comments: &[Comment<'_>], blank_first: bool) {
    for (at, comment) in comments.iter().enumerate() {
        if comment.blank_above || (at == 0 && blank_first) {
            writer.blank();
        }
        writer.comments(&[*comment], 0);
    }
}
