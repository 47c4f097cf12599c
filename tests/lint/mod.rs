//! Each warning has a pack on which it fires, with its rendered text beside it, and one that is alike but clean.

mod pasted;

use std::path::{Path, PathBuf};

use kulanz::diagnostic::{Code, Diagnostic, Severity, render};
use kulanz::pack::Pack;
use kulanz::{Program, lint, policy};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/cases")
}

fn findings(name: &str) -> (Vec<Diagnostic>, String) {
    let text = std::fs::read_to_string(cases().join(name)).unwrap();
    let (pack, problems) = Pack::from_texts(&[(name, &text)]);
    assert!(problems.is_empty(), "{}", render::human(&problems, &pack.sources, false));
    let policy = match policy::check(&pack) {
        Ok(policy) => policy,
        Err(problems) => panic!("{}", render::human(&problems, &pack.sources, false)),
    };
    let found = lint::lint(&policy, &Program::new(&policy), jiff::civil::date(2026, 11, 22));
    let rendered = render::human(&found, &pack.sources, false);
    (found, rendered)
}

fn lints() -> impl Iterator<Item = Code> {
    Code::ALL.iter().copied().filter(|code| code.text().starts_with("K09"))
}

#[test]
fn every_lint_fires_where_it_should() {
    for code in lints() {
        let name = format!("{}-fires.kulanz", code.text());
        let (found, rendered) = findings(&name);
        assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [code], "{name}\n{rendered}");
        insta::with_settings!({ snapshot_path => cases(), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(code.text(), rendered);
        });
    }
}

#[test]
fn no_lint_fires_where_it_should_not() {
    for code in lints() {
        let name = format!("{}-clean.kulanz", code.text());
        let (found, rendered) = findings(&name);
        assert!(found.is_empty(), "{name}\n{rendered}");
    }
}

#[test]
fn only_an_overlap_is_an_error() {
    let errors: Vec<Code> = lints().filter(|code| code.severity() == Severity::Error).collect();
    assert_eq!(errors, [Code::LookupOverlap]);
}
