//! `docs/problems.md` says of every code what it means, with an example as an author sees it. It is made from the registry and the snapshots.

use std::fmt::Write as _;
use std::path::Path;

use kulanz::diagnostic::{Code, Severity};

const HEAD: &str = "# Problems and what they mean

Every problem that Kulanz reports has a code that never changes its meaning. An error keeps the pack from answering; a warning does not. This page is made from
the same registry as the messages: `KULANZ_BLESS=1 cargo nextest run diagnostics::page` writes it anew.
";

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What a snapshot shows, where there is one for a code; a long one is no example.
fn example(code: Code) -> Option<String> {
    let folders = ["tests/diagnostics", "tests/lint/cases"];
    let text = folders.iter().find_map(|folder| std::fs::read_to_string(root(folder).join(format!("{}.snap", code.text()))).ok())?;
    let shown = text.splitn(3, "---\n").nth(2)?.trim_end().to_owned();
    (shown.lines().count() <= 25).then_some(shown)
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for code in Code::ALL.iter().copied() {
        let kind = if code.severity() == Severity::Error { "error" } else { "warning" };
        let _ = write!(page, "\n## {} ({kind})\n\n{}\n", code.text(), code.explanation());
        if let Some(example) = example(code) {
            let _ = write!(page, "\n```text\n{example}\n```\n");
        }
    }
    page
}

#[test]
fn the_page_explains_every_code() {
    let path = root("docs/problems.md");
    let expected = page();
    if std::env::var_os("KULANZ_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == expected, "docs/problems.md is not what the registry says; run with KULANZ_BLESS=1");
}
