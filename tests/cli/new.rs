//! `kulanz new`

use crate::process::{folder, kulanz, kulanz_in};

#[test]
fn a_new_pack_checks_tests_and_answers_at_once() {
    let folder = folder(&[]);
    let written = kulanz_in(folder.path(), &["new", "my shop"]).exits(0);
    let at = |arguments: &[&str]| kulanz_in(folder.path(), &[arguments, &["-p", "my shop"]].concat());
    at(&["check", "--deny-warnings"]).exits(0);
    at(&["fmt", "--check"]).exits(0);
    at(&["test"]).exits(0);
    at(&["ask", "refund", "40 EUR", "--as", "agent", "reason=late", "order.delivered_on=2026-11-18", "customer.id=c-17"]).exits(0);
    assert!(written.out.contains("kulanz check -p 'my shop'"), "{}", written.out);
}

#[test]
fn every_command_it_shows_works() {
    let folder = folder(&[]);
    let written = kulanz_in(folder.path(), &["new", "shop"]).exits(0);
    let bin = std::path::Path::new(env!("CARGO_BIN_EXE_kulanz")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let shown: Vec<_> = written.out.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert_eq!(shown.len(), 3);
    for line in shown {
        let ended = crate::process::end(std::process::Command::new("sh").args(["-c", line]).current_dir(folder.path()).env("PATH", &path));
        ended.exits(0);
    }
}

#[test]
fn nothing_is_overwritten() {
    let folder = folder(&[("notes.txt", "mine")]);
    let path = folder.path().to_str().unwrap();
    kulanz(&["new", path]).exits(1).says("not empty");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    kulanz(&["new", folder.path().join("notes.txt").to_str().unwrap()]).exits(1).says("notes.txt");
    kulanz(&["new"]).exits(2);
}

#[test]
fn an_empty_folder_may_be_used_and_json_names_the_files() {
    let folder = folder(&[]);
    let json = kulanz(&["new", folder.path().to_str().unwrap(), "--format", "json"]).exits(0).json();
    for file in json["files"].as_array().unwrap() {
        assert!(folder.path().join(file.as_str().unwrap()).is_file());
    }
}
