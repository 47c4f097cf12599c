//! Text into trees.

use kulanz::diagnostic::Diagnostic;
use kulanz::source::Sources;
use kulanz::syntax::{ast, parse};

/// Parses a text by itself.
fn read(text: &str) -> (ast::File, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let id = sources.add("test.kulanz", text);
    parse(&sources, id)
}

#[test]
fn the_blocks_of_the_language_reference_parse() {
    for name in ["vocabulary", "rules", "tables", "tests"] {
        let path = format!("{}/tests/syntax/reference/{name}.kulanz", env!("CARGO_MANIFEST_DIR"));
        let (file, problems) = read(&std::fs::read_to_string(path).unwrap());
        assert!(problems.is_empty(), "{name}: {problems:#?}");
        assert!(file.items.len() > 1 && file.broken.is_empty(), "{name}");
    }
}
