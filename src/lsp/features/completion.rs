//! What could be written next, and fits.
//!
//! In: the document as it stands, and what was known of its pack before the last keystroke. The grammar says what could follow what stands before the cursor;
//! the names that fit there come from the pack, and from the items of the document that the pack does not know yet. Nothing is checked here, so that it
//! takes no time, and what stands elsewhere in the text may be as wrong as it likes.

mod fill;
mod place;
mod table;
mod vocabulary;

use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTextEdit, CompletionList, Documentation, InsertTextFormat, MarkupContent, MarkupKind, TextEdit,
};

use crate::lsp::analysis::Analysis;
use crate::lsp::client::Client;
use crate::lsp::text::Document;
use fill::Fill;
use place::Cursor;
use vocabulary::Vocabulary;

/// Something that could be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What people see.
    label: String,
    /// How it is shown.
    kind: CompletionItemKind,
    /// In a few words.
    detail: Option<String>,
    /// In some more.
    documentation: Option<String>,
    /// What is put in, where it is not the label; with places to fill in.
    snippet: Option<String>,
    /// What fits better comes first.
    rank: u8,
}

impl Suggestion {
    fn new(label: impl Into<String>, kind: CompletionItemKind, rank: u8) -> Self {
        Self { label: label.into(), kind, detail: None, documentation: None, snippet: None, rank }
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn documented(mut self, documentation: Option<impl Into<String>>) -> Self {
        self.documentation = documentation.map(Into::into);
        self
    }

    fn snippet(mut self, snippet: impl Into<String>) -> Self {
        self.snippet = Some(snippet.into());
        self
    }
}

/// What could be written at a byte of a document.
pub fn complete(document: &Document, byte: usize, known: Option<&Analysis>, client: &Client) -> CompletionList {
    let cursor = Cursor::at(&document.text, byte);
    let vocabulary = Vocabulary::new(known, document);
    let mut found = Fill::new(&vocabulary, document, &cursor).suggestions();
    found.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    // Of two that are called alike the one that fits better stays.
    let mut known = std::collections::HashSet::new();
    found.retain(|suggestion| known.insert(suggestion.label.clone()));
    let range = document.lines.range(&document.text, cursor.start..byte.max(cursor.start), client.encoding);
    let items = found.into_iter().map(|suggestion| item(suggestion, range, client)).collect();
    CompletionList { is_incomplete: false, items, ..CompletionList::default() }
}

fn item(suggestion: Suggestion, range: gen_lsp_types::Range, client: &Client) -> CompletionItem {
    let snippet = suggestion.snippet.as_ref().filter(|_| client.snippets);
    let plain = || suggestion.snippet.as_deref().map_or_else(|| suggestion.label.clone(), without_places);
    let format = if snippet.is_some() { InsertTextFormat::Snippet } else { InsertTextFormat::PlainText };
    let new_text = snippet.cloned().unwrap_or_else(plain);
    CompletionItem {
        sort_text: Some(format!("{}{}", suggestion.rank, suggestion.label)),
        filter_text: Some(suggestion.label.clone()),
        label: suggestion.label,
        kind: Some(suggestion.kind),
        detail: suggestion.detail,
        documentation: suggestion.documentation.map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
        insert_text_format: Some(format),
        text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text })),
        ..CompletionItem::default()
    }
}

/// A snippet for an editor that knows none: `$1` and its like are left out, of `${1:name}` the name stays.
fn without_places(snippet: &str) -> String {
    let mut plain = String::new();
    let mut rest = snippet;
    while let Some((before, behind)) = rest.split_once('$') {
        plain.push_str(before);
        if let Some((inside, after)) = behind.strip_prefix('{').and_then(|behind| behind.split_once('}')) {
            plain.push_str(inside.split_once(':').map_or("", |(_, name)| name));
            rest = after;
        } else {
            rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests;
