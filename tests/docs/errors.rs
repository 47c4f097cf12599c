//! The page that shows errors: one session, whose commands change the files that the later ones see.

use std::path::Path;

use super::blocks;
use super::words::words;
use crate::process::{folder, kulanz_in};

const PAGE: &str = "errors.md";

/// With `UPDATE_GUIDES` set, what the commands print is written into the page.
#[test]
fn every_error_of_the_page_is_printed() {
    let blocks = blocks::of(PAGE);
    let files: Vec<(String, &str)> = blocks
        .iter()
        .filter(|block| matches!(block.kind.as_str(), "kulanz" | "csv"))
        .map(|block| (format!("policies/{}", block.file()), block.text.as_str()))
        .collect();
    let folder = folder(&files.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>());
    let mut changed = Vec::new();
    for block in blocks.iter().filter(|block| block.kind == "console") {
        let mut printed = String::new();
        for command in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let words = words(command);
            let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
            let ended = kulanz_in(Path::new(folder.path()), &arguments);
            printed += &["$ ", command, "\n", &ended.out, &ended.err].concat();
        }
        if printed.trim_end() != block.text.trim_end() {
            changed.push((block, printed));
        }
    }
    if std::env::var_os("UPDATE_GUIDES").is_some() {
        blocks::rewrite(PAGE, &changed);
        return;
    }
    let wrong: Vec<String> = changed.iter().map(|(block, printed)| format!("{} prints\n{printed}", block.place)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
