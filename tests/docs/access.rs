//! The page about who may ask: its commands print what is shown, and its configuration is taken.

use std::path::Path;
use std::process::Command;

use super::blocks;
use crate::process::end;

#[test]
fn every_command_of_the_page_about_access_runs() {
    let folder = tempfile::tempdir().unwrap();
    let mut ran = 0;
    for block in blocks::of("access.md").iter().filter(|block| block.kind == "console") {
        let mut printed = String::new();
        for line in block.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
            printed += &["$ ", line, "\n", &run(folder.path(), line)].concat();
            ran += 1;
        }
        assert_eq!(printed, block.text, "{}", block.place);
    }
    assert!(ran >= 5);
}

fn run(folder: &Path, line: &str) -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_kulanz")).parent().unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-c", line]).current_dir(folder).env_clear();
    let ended = end(shell.env("PATH", format!("{}:{}", built.display(), std::env::var("PATH").unwrap())));
    ended.out + &ended.err
}

#[test]
fn the_configuration_of_the_page_is_taken() {
    let blocks = blocks::of("access.md");
    let shown = blocks.iter().find(|block| block.kind == "toml").unwrap();
    let config: kulanz::server::Config = toml::from_str(&shown.text).unwrap();
    config.validate().unwrap();
}
