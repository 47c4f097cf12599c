//! `kulanz handbook`

use crate::process::{COUNTER, folder, kulanz};

#[test]
fn markdown_html_and_data() {
    let markdown = kulanz(&["handbook", "-p", COUNTER, "--at", "2026-11-22", "--lang", "en"]).exits(0).out;
    assert!(markdown.starts_with("# Handbook: ") && markdown.contains("As of 2026-11-22"), "{markdown}");
    assert_eq!(kulanz(&["handbook", "-p", COUNTER, "--at", "2026-11-22", "--lang", "en", "--format", "md"]).exits(0).out, markdown);
    kulanz(&["handbook", "-p", COUNTER, "--format", "html"]).exits(0).prints("<!DOCTYPE html>").prints("<html lang=");
    let json = kulanz(&["handbook", "-p", COUNTER, "--format", "json", "--lang", "en"]).exits(0).json();
    assert_eq!(json["language"], "en");
    assert_eq!(json["sections"][0]["anchor"], "roles");
    kulanz(&["handbook", "-p", COUNTER, "--format", "junit"]).exits(2).says("`md`, `html` and `json`");
    kulanz(&["check", "-p", COUNTER, "--format", "html"]).exits(2);
}

#[test]
fn for_one_role_in_one_language() {
    let german = kulanz(&["handbook", "-p", COUNTER, "--role", "lead", "--lang", "de"]).exits(0).out;
    assert!(german.starts_with("# Handbuch für Teamleitung: ") && german.contains("Das darfst du gewähren"), "{german}");
    kulanz(&["handbook", "-p", COUNTER, "--role", "leda"]).exits(2).says("there is no role `leda`").says("lead");
    kulanz(&["handbook", "-p", COUNTER, "--lang", "fr"]).exits(2).says("does not speak `fr`");
}

#[test]
fn into_a_file() {
    let folder = folder(&[("old.md", "old\n")]);
    for name in ["old.md", "new.md"] {
        let path = folder.path().join(name);
        assert_eq!(kulanz(&["handbook", "-p", COUNTER, "-o", path.to_str().unwrap()]).exits(0).out, "");
        assert!(std::fs::read_to_string(path).unwrap().starts_with("# "));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    let nowhere = folder.path().join("no/such.md");
    kulanz(&["handbook", "-p", COUNTER, "-o", nowhere.to_str().unwrap()]).exits(1).says("cannot write");
}

#[test]
fn a_pack_that_does_not_check_has_none() {
    let folder = folder(&[("a.kulanz", "policy \"P\"\n  currency EUR\n  time zone UTC\n  languages en\n\nrule r\n  agent may refund\n")]);
    let ended = kulanz(&["handbook", "-p", folder.path().to_str().unwrap()]).exits(1);
    assert!(ended.out.is_empty());
    ended.says("agent");
}
