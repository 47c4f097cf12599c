//! Text into trees.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on fails")]

mod binding;
mod hostile;
mod layout;
mod outside;
mod packs;
mod rendering;
mod tables;

use kulanz::diagnostic::Diagnostic;
use kulanz::source::Sources;
use kulanz::syntax::{ast, parse};

/// Parses a text by itself.
fn read(text: &str) -> (ast::File, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add("test.kulanz", text);
    parse(&sources, id)
}

/// The items of a text that nothing is wrong with.
fn items(text: &str) -> Vec<ast::ItemKind> {
    let (file, problems) = read(text);
    assert!(problems.is_empty(), "{text}\n{problems:#?}");
    file.items.into_iter().map(|item| item.kind).collect()
}

/// The only item of a text that nothing is wrong with.
fn item(text: &str) -> ast::ItemKind {
    let mut items = items(text);
    assert_eq!(items.len(), 1, "{text}");
    items.remove(0)
}

/// The codes of what is wrong with a text, in order.
fn codes(text: &str) -> Vec<&'static str> {
    read(text).1.iter().map(|problem| problem.code.text()).collect()
}

/// The messages of what is wrong with a text, each with its help.
fn messages(text: &str) -> Vec<String> {
    read(text).1.into_iter().map(|problem| format!("{}; {}", problem.message, problem.help.unwrap_or_default())).collect()
}

#[test]
fn the_blocks_of_the_language_reference_parse() {
    for name in ["vocabulary", "rules", "tables", "tests"] {
        let path = format!("{}/tests/syntax/reference/{name}.kulanz", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(items(&text).len() > 1, "{name}");
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(items(&windows).len(), items(&text).len(), "{name}");
    }
}
