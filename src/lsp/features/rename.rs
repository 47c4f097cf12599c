//! New names, in every file that uses the old one.

use std::collections::HashMap;
use std::sync::Arc;

use gen_lsp_types::{PrepareRenamePlaceholder, TextEdit, Uri, WorkspaceEdit};
use unicode_normalization::UnicodeNormalization as _;

use super::navigate::{places, symbol_at};
use crate::lsp::analysis::Analysis;
use crate::lsp::names::{Kind, Symbol};
use crate::source::SourceId;
use crate::syntax::is_reserved;

/// The name at a byte, if it can get another one.
///
/// # Errors
/// What stands there instead, in the words of a message.
pub fn prepare(analysis: &Analysis, source: SourceId, byte: usize) -> Result<PrepareRenamePlaceholder, String> {
    let (symbol, occurrence) = symbol_at(analysis, source, byte).ok_or("no name stands here")?;
    if analysis.names.kind(&symbol).is_none() {
        return Err(format!("`{}` is not declared in this pack, so it cannot be renamed", symbol.text()));
    }
    let location = analysis.location(occurrence.span).ok_or("this file has no name")?;
    Ok(PrepareRenamePlaceholder { range: location.range, placeholder: symbol.text().to_owned() })
}

/// What changes where the name at a byte becomes `new`, in all packs that know it. The first of them is the one of the request.
///
/// # Errors
/// Why it may not be called so, in the words of a message.
pub fn rename(packs: &[(Arc<Analysis>, SourceId)], byte: usize, new: &str) -> Result<WorkspaceEdit, String> {
    let (first, source) = packs.first().ok_or("this file belongs to no pack")?;
    prepare(first, *source, byte)?;
    let (symbol, _) = symbol_at(first, *source, byte).ok_or("no name stands here")?;
    let new: String = new.trim().nfc().collect();
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for (analysis, _) in packs {
        let Some(kind) = analysis.names.kind(&symbol) else { continue };
        check(analysis, &symbol, kind, &new)?;
        for (_, location) in places(analysis, &symbol, true) {
            let edits = changes.entry(location.uri).or_default();
            let edit = TextEdit { range: location.range, new_text: new.clone() };
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    Ok(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// Whether something may be called so.
fn check(analysis: &Analysis, symbol: &Symbol, kind: Kind, new: &str) -> Result<(), String> {
    check_form(kind, new)?;
    if new == symbol.text() {
        return Ok(());
    }
    let names = &analysis.names;
    if let Symbol::Value { owner, .. } = symbol {
        let taken = names.values(owner).is_some_and(|values| values.iter().any(|value| value == new));
        if taken {
            return Err(format!("`{owner}` has a value `{new}` already"));
        }
        return match names.declared(new).map(|other| other.kind).filter(|kind| may_be_value(analysis, *kind, new)) {
            Some(kind) => Err(format!("`{new}` is {} already, and beside `is` the value would be read for it", kind.words())),
            None => Ok(()),
        };
    }
    let owner = names.all().find(|(owner, _)| names.values(owner).is_some_and(|values| values.iter().any(|value| value == new)));
    if let Some((owner, _)) = owner.filter(|_| may_be_value(analysis, kind, symbol.text())) {
        return Err(format!("`{owner}` has a value `{new}`, and beside `is` that would be read for it"));
    }
    if let Some(other) = names.declared(new) {
        let place = analysis.pack.sources.location(other.name);
        return Err(format!("`{new}` is {} already ({place}); all names of a pack share one namespace", other.kind.words()));
    }
    let group = |name: &str| name.split_once('.').map(|(group, _)| group.to_owned());
    let others = names.all().filter(|(name, declared)| declared.kind == Kind::Fact && *name != symbol.text());
    for (name, _) in others {
        if kind == Kind::Fact && (group(name).as_deref() == Some(new) || group(new).as_deref() == Some(name)) {
            return Err(format!("`{new}` and `{name}` cannot both be facts: a group is not itself a name"));
        }
    }
    Ok(())
}

/// Whether a name can stand where a value of a list can.
fn may_be_value(analysis: &Analysis, kind: Kind, name: &str) -> bool {
    matches!(kind, Kind::Definition) || (matches!(kind, Kind::Fact | Kind::Lookup) && analysis.names.values(name).is_some())
}

fn check_form(kind: Kind, new: &str) -> Result<(), String> {
    if is_reserved(new) {
        return Err(format!("`{new}` is a word of the language and can be no name"));
    }
    let is_part = |part: &str| part.starts_with(char::is_alphabetic) && part.chars().all(is_word);
    let parts: Vec<&str> = new.split('.').collect();
    if !parts.iter().all(|part| is_part(part)) {
        return Err(format!("`{new}` is no name: a name is a letter, then letters, digits and `_`"));
    }
    match (parts.len(), kind) {
        (2, Kind::Fact) if matches!(new, "actor.id" | "actor.team") => Err(format!("`{new}` is built in")),
        (1, _) | (2, Kind::Fact) => Ok(()),
        (2, _) => Err("only facts are grouped with a point".to_owned()),
        _ => Err("a name has one point at most".to_owned()),
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || unicode_normalization::char::is_combining_mark(character)
}
