//! The one layout: every `cases/NAME.kulanz` becomes `cases/NAME.formatted`, and every policy in the repository keeps its meaning and its comments.
//!
//! With `KULANZ_BLESS=1` the expected files are written instead of compared; look at the difference before you commit it.

mod every_policy;
mod files;
mod mangled;
mod meaning;
mod random;

use std::path::{Path, PathBuf};

use kulanz::diagnostic::Diagnostic;
use kulanz::source::Sources;

/// The text in the one layout.
fn formatted(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut sources = Sources::default();
    let id = sources.add("test.kulanz", text);
    kulanz::syntax::format::format(&sources, id)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format/cases")
}

/// The policy files in a folder and below it, in path order.
fn policies_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            found.extend(policies_in(&entry));
        } else if entry.extension().is_some_and(|extension| extension == "kulanz") {
            found.push(entry);
        }
    }
    found
}

#[test]
fn cases_look_as_expected() {
    let cases = policies_in(&folder());
    assert!(!cases.is_empty());
    for case in cases {
        let text = std::fs::read_to_string(&case).unwrap();
        let actual = formatted(&text).unwrap_or_else(|problems| panic!("{}: {problems:#?}", case.display()));
        let expected = case.with_extension("formatted");
        if std::env::var_os("KULANZ_BLESS").is_some() {
            std::fs::write(&expected, &actual).unwrap();
        }
        assert_eq!(actual, std::fs::read_to_string(&expected).unwrap(), "{}", case.display());
    }
}

#[test]
fn the_one_layout_stays_as_it_is() {
    for case in policies_in(&folder()) {
        let text = std::fs::read_to_string(case.with_extension("formatted")).unwrap();
        assert_eq!(formatted(&text).unwrap(), text, "{}", case.display());
    }
}

#[test]
fn line_ends_and_byte_order_marks_are_normalised() {
    let text = "\u{feff}\r\n\r\nrole   agent  \r\n\r\n\r\n\r\nrole lead\r\n  above agent   # the first\r\n";
    assert_eq!(formatted(text).unwrap(), "role agent\n\nrole lead\n  above agent  # the first\n");
}

#[test]
fn a_text_without_words_is_empty() {
    assert_eq!(formatted("").unwrap(), "");
    assert_eq!(formatted(" \r\n\n").unwrap(), "");
    assert_eq!(formatted("\n  # only a comment").unwrap(), "# only a comment\n");
}

#[test]
fn a_text_that_does_not_parse_is_not_formatted() {
    let problems = formatted("rule x\n  agent may may refund\n").unwrap_err();
    assert!(!problems.is_empty());
}
