//! The guide to the history: every command prints what is shown, but for hashes, ids and moments.

use std::path::Path;
use std::process::Command;

use super::blocks;
use crate::process::end;

#[test]
fn every_example_of_the_audit_guide_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut ran = 0;
    let mut changed = Vec::new();
    let blocks = blocks::of("audit.md");
    for block in blocks.iter().filter(|block| block.kind == "console") {
        let mut printed = String::new();
        for line in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            printed += &["$ ", line, "\n", &run(folder.path(), line)].concat();
            ran += 1;
        }
        if settled(&printed) == settled(&block.text) {
            continue;
        }
        assert!(std::env::var_os("UPDATE_GUIDES").is_some(), "{} prints\n{printed}\nand not\n{}", block.place, block.text);
        changed.push((block, printed));
    }
    blocks::rewrite("audit.md", &changed);
    assert!(ran >= 12, "the guide runs commands");
}

/// What a shell prints for a command, in this folder.
fn run(folder: &Path, line: &str) -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_kulanz")).parent().unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-c", line]).current_dir(folder).env_clear();
    let ended = end(shell.env("PATH", format!("{}:{}", built.display(), std::env::var("PATH").unwrap())));
    ended.out + &ended.err
}

/// Every long run of digits, of a hash or of a moment, made alike.
fn settled(text: &str) -> String {
    let mut settled = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|character: char| !character.is_ascii_hexdigit() && !"-:.TZ".contains(character)).unwrap_or(rest.len());
        let run = &rest[..end];
        if run.len() >= 12 && run.chars().any(|character| character.is_ascii_digit()) {
            settled.push('#');
            rest = &rest[end..];
        } else {
            settled.push_str(if end == 0 { &rest[..first.len_utf8()] } else { run });
            rest = &rest[end.max(first.len_utf8())..];
        }
    }
    settled
}
