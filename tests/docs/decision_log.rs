//! The page about the decision log: its configuration is one, its lines fit the schema, and its commands print what is shown.

use std::path::Path;
use std::process::Command;

use kulanz::decisions::{Found, read};
use kulanz::server::Config;

use super::blocks;
use crate::process::end;

const PAGE: &str = "decision-log.md";

#[test]
fn every_example_of_the_page_about_decisions_runs() {
    let folder = tempfile::tempdir().unwrap();
    let blocks = blocks::of(PAGE);
    for block in blocks.iter().filter(|block| block.value("file").is_some()) {
        let path = folder.path().join(block.file());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &block.text).unwrap();
    }
    Config::read(&folder.path().join("kulanz.toml")).unwrap().validate().unwrap();
    let mut changed = Vec::new();
    for block in blocks.iter().filter(|block| block.kind == "console") {
        let mut printed = String::new();
        for line in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            printed += &["$ ", line, "\n", &run(folder.path(), line)].concat();
        }
        if printed != block.text {
            assert!(std::env::var_os("UPDATE_GUIDES").is_some(), "{} prints\n{printed}\nand not\n{}", block.place, block.text);
            changed.push((block, printed));
        }
    }
    blocks::rewrite(PAGE, &changed);
}

/// What a shell prints for a command, in this folder.
fn run(folder: &Path, line: &str) -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_kulanz")).parent().unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-c", line]).current_dir(folder).env_clear();
    let ended = end(shell.env("PATH", format!("{}:{}", built.display(), std::env::var("PATH").unwrap())));
    ended.out + &ended.err
}

#[test]
fn the_lines_shown_are_lines() {
    let blocks = blocks::of(PAGE);
    let shown = blocks.iter().find(|block| block.kind == "json line").unwrap();
    let schema = crate::server::decisions_schema();
    let mut count = 0;
    for (line, found) in shown.text.lines().zip(read(shown.text.as_bytes())) {
        let found = found.unwrap();
        assert!(matches!(found, Found::Line(_)), "{found:?}");
        let value = serde_json::from_str(line).unwrap();
        assert_eq!(crate::server::misfit(&schema, &schema, &value, ""), None);
        count += 1;
    }
    assert_eq!(count, 3);
}
