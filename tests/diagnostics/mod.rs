//! Every problem a policy can have, as its author sees it.
//!
//! A file (or a folder, for a pack of several files) in this folder is a pack; a `people.toml` beside it is who works with it. Its name starts with the code that it yields, and what is reported for
//! it stands beside it as a snapshot. A fixture that is too large to be a file is made in `made`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod broken_lines;
mod dice;
mod fixes;
mod mutations;
mod otherwise;
mod page;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use kulanz::diagnostic::{Code, Diagnostic, render};
use kulanz::engine::Engine;
use kulanz::ledger::staff;
use kulanz::pack::Pack;
use kulanz::policy;
use kulanz::source::Sources;

/// A pack with one problem.
struct Fixture {
    /// `K0101`, or `K0101_what_it_is_about`.
    name: String,
    sources: Sources,
    problems: Vec<Diagnostic>,
}

impl Fixture {
    fn new(name: &str, (pack, problems): (Pack, Vec<Diagnostic>)) -> Self {
        Self { name: name.to_owned(), problems: check(&pack, problems), sources: pack.sources }
    }

    /// What is wrong with the people who are to work with the pack.
    fn with_people(mut self, people: &str, pack: &Path) -> Self {
        assert!(self.problems.is_empty(), "{}", self.name);
        let engine = Engine::read(pack).unwrap();
        self.problems = staff::check("people.toml", people, Some(&engine), "2026-11-22T12:00:00Z".parse().unwrap(), &mut self.sources);
        self
    }

    fn code(&self) -> &str {
        self.name.split('_').next().unwrap()
    }
}

/// What is wrong with the meaning of a pack is found where nothing is wrong with its form.
fn check(pack: &Pack, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if problems.is_empty() { policy::check(pack).err().unwrap_or_default() } else { problems }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics")
}

fn fixtures() -> Vec<Fixture> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name.to_str().unwrap().starts_with('K')));
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "kulanz"));
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        // The policy of a folder with several packs is the one called `shop`.
        let shop = path.join("shop");
        let fixture = Fixture::new(name, Pack::read(if shop.is_dir() { &shop } else { path }));
        let people = path.join("people.toml");
        if people.is_file() { fixture.with_people(&std::fs::read_to_string(people).unwrap(), path) } else { fixture }
    };
    paths.iter().map(read).chain(made()).collect()
}

/// What nobody wants to have as a file.
fn made() -> Vec<Fixture> {
    let large = format!("# {}\n", "x".repeat(16 * 1024 * 1024));
    let many = "nonsense\n".repeat(300);
    let long = format!("rule long\n  agent may refund\n  when reason is one of {}late\n", "late, ".repeat(100_000));
    let one = |name: &str, text: &str| Fixture::new(name, Pack::from_texts(&[("shop.kulanz", text)]));
    vec![one("K0004", &large), one("K0007", &many), one("K0110", &long)]
}

#[test]
fn every_fixture_is_reported_as_its_snapshot_says() {
    for fixture in fixtures() {
        let codes: Vec<&str> = fixture.problems.iter().map(|problem| problem.code.text()).collect();
        assert!(codes.contains(&fixture.code()), "{} yields {codes:?}", fixture.name);
        // A file full of problems shows the last of them.
        let shown = &fixture.problems[fixture.problems.len().saturating_sub(40)..];
        let text = render::human(shown, &fixture.sources, false);
        insta::with_settings!({snapshot_path => ".", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(fixture.name.as_str(), text);
        });
    }
}

#[test]
fn every_code_has_a_fixture() {
    let shown: BTreeSet<String> = fixtures().iter().map(|fixture| fixture.code().to_owned()).collect();
    // Warnings have their packs in `tests/lint`; what a formatter cannot do lies in no text.
    let elsewhere = |code: &str| code.starts_with("K09") || code.starts_with("K009");
    let missing: Vec<&str> = Code::ALL.iter().map(|code| code.text()).filter(|code| !shown.contains(*code) && !elsewhere(code)).collect();
    assert!(missing.is_empty(), "no fixture for {missing:?}");
}

#[test]
fn codes_are_unique_and_explained() {
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.text()).collect();
    assert_eq!(codes.len(), Code::ALL.len());
    assert!(Code::ALL.iter().all(|code| !code.explanation().is_empty()));
}
