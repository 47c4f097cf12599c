//! `docs/problems/` has a page for each code, and `docs/problems.md` lists them.
//!
//! What stands on a page behind `## Wrong` and `## Right` is written by hand; the rest is made: the explanation from the registry, and what is said of the
//! wrong example by saying it. The pages of warnings take their examples from `tests/lint/cases`. With `KULANZ_BLESS` set all of it is written anew, and so is
//! the list in `src/diagnostic/pages.rs` by which the command finds them.
//!
//! A fenced block is a file of the example: `kulanz file=shop/shop.kulanz`; `example.kulanz` where no name is said. Beside it stands `base.kulanz`, unless it
//! says `alone`. The pack is the folder `shop`, if there is one.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kulanz::diagnostic::{Code, Diagnostic, Severity, render};
use kulanz::engine;
use kulanz::ledger::staff;
use kulanz::source::Sources;

const HEAD: &str = "# Problems and what they mean

Every problem that Kulanz reports has a code that never changes its meaning. An error keeps the pack from answering; a warning does not. Each code has a page with
an example that yields it and one that does not; `kulanz explain-code K0202` prints it. Both examples run as tests. Unless they are whole packs, they stand
beside [`base.kulanz`](problems/base.kulanz).

This page and the texts on the others are made: `KULANZ_BLESS=1 cargo nextest run diagnostics::page` writes them anew.
";

const LIST_HEAD: &str = "//! The pages of the codes. Written by `KULANZ_BLESS=1 cargo nextest run diagnostics::page`.

/// The page of a code, where it has one.
#[expect(clippy::too_many_lines, reason = \"a line a code\")]
pub(super) fn page(code: &str) -> Option<&'static str> {
    Some(match code {
";

/// Codes without an example, and why.
const WITHOUT: [(Code, &str); 12] = [
    (Code::NotText, "a file that is not text cannot be shown as one"),
    (Code::TooLarge, "it would take a file of more than 16 MiB"),
    (Code::TooManyProblems, "it would take more than 200 problems"),
    (Code::FormatFailed, "no file is known that the formatter spoils"),
    (Code::Unwritable, "it is about the file system, not about a text"),
    (Code::TooLong, "it would take a sentence of thousands of words"),
    (Code::DefinitionDepth, "it would take more than 60 definitions"),
    (Code::DefinitionSize, "it would take definitions that name each other a million times"),
    (Code::UnclearLints, "it is about `kulanz.toml`, not about a policy"),
    (Code::TooManyCases, "it would take more than 2,000 rules"),
    (Code::TooManyWarnings, "it would take more than 200 warnings"),
    (Code::TooFewSigners, "it is about a list of people, not about a policy"),
];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn is_blessed() -> bool {
    std::env::var_os("KULANZ_BLESS").is_some()
}

/// A block of an example.
#[derive(Clone, Debug)]
struct File {
    /// The language, and `alone`.
    kind: String,
    name: Option<String>,
    text: String,
}

/// A page as its author wrote it.
#[derive(Clone, Debug, Default)]
struct Page {
    wrong: Vec<File>,
    right: Vec<File>,
}

impl Page {
    fn of(code: Code) -> Option<Self> {
        if code.text().starts_with("K09") {
            return Self::of_lint(code);
        }
        let text = fs::read_to_string(root(&format!("docs/problems/{}.md", code.text()))).ok()?;
        let (wrong, right) = text.split_once("\n## Wrong\n")?.1.split_once("\n## Right\n")?;
        Some(Self { wrong: files(wrong), right: files(right) })
    }

    fn of_lint(code: Code) -> Option<Self> {
        let case = |which: &str| {
            let text = fs::read_to_string(root(&format!("tests/lint/cases/{}-{which}.kulanz", code.text()))).ok()?;
            Some(vec![File { kind: "kulanz alone".to_owned(), name: None, text }])
        };
        Some(Self { wrong: case("fires")?, right: case("clean")? })
    }
}

fn files(text: &str) -> Vec<File> {
    let mut files = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        let name = info.split(' ').find_map(|word| word.strip_prefix("file=")).map(str::to_owned);
        let kind = info.split(' ').filter(|word| !word.contains('=')).collect::<Vec<_>>().join(" ");
        if kind != "text" {
            files.push(File { kind, name, text: body.join("\n") + "\n" });
        }
    }
    files
}

/// What is said of an example, without warnings that it is not about.
fn said(code: Code, files: &[File]) -> (Vec<Diagnostic>, Sources) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for file in files {
        write(file.name.as_deref().unwrap_or("example.kulanz"), &file.text);
    }
    if files.iter().all(|file| file.kind != "kulanz alone") {
        write("base.kulanz", &fs::read_to_string(root("docs/problems/base.kulanz")).unwrap());
    }
    let shop = folder.path().join("shop");
    let pack = if shop.is_dir() { shop } else { folder.path().to_owned() };
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    let mut checked = engine::check(&pack, now);
    if let Some(people) = files.iter().find(|file| file.name.as_deref() == Some("people.toml")) {
        checked.diagnostics.extend(staff::check("people.toml", &people.text, checked.engine.as_ref(), now, &mut checked.sources));
    }
    checked.diagnostics.retain(|problem| problem.severity() == Severity::Error || problem.code == code);
    (checked.diagnostics, checked.sources)
}

fn blocks(files: &[File]) -> String {
    let mut blocks = String::new();
    for File { kind, name, text } in files {
        let name = name.as_ref().map(|name| format!(" file={name}")).unwrap_or_default();
        let _ = write!(blocks, "```{kind}{name}\n{}\n```\n\n", text.trim_end());
    }
    blocks
}

fn kind(code: Code) -> &'static str {
    if code.severity() == Severity::Error { "error" } else { "warning" }
}

/// The whole page of a code.
fn page(code: Code) -> String {
    let head = format!("# {} ({})\n\n{}\n", code.text(), kind(code), code.explanation());
    let Some(Page { wrong, right }) = Page::of(code) else {
        let why = WITHOUT.iter().find(|(known, _)| *known == code).map_or("nobody wrote one", |(_, why)| why);
        return format!("{head}\nThere is no example here: {why}.\n");
    };
    let (problems, sources) = said(code, &wrong);
    let said = render::human(&problems, &sources, false);
    format!("{head}\n## Wrong\n\n{}```text\n{}\n```\n\n## Right\n\n{}\n", blocks(&wrong), said.trim_end(), blocks(&right).trim_end())
}

/// A file that is made; it is written where that is asked for.
fn assert_made(path: &str, expected: &str) {
    let file = root(path);
    if is_blessed() {
        fs::write(&file, expected).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == expected, "{path} is not what the registry says; run with KULANZ_BLESS=1");
}

#[test]
fn every_code_has_a_page() {
    for code in Code::ALL.iter().copied() {
        assert_made(&format!("docs/problems/{}.md", code.text()), &page(code));
    }
}

#[test]
fn the_index_and_the_list_know_every_page() {
    let (mut index, mut list) = (HEAD.to_owned(), LIST_HEAD.to_owned());
    let mut before = "";
    for code in Code::ALL.iter().copied() {
        let text = code.text();
        if !text.starts_with(before) || before.is_empty() {
            index.push('\n');
        }
        before = &text[..3];
        let _ = writeln!(index, "- [{text}](problems/{text}.md) ({}): {}", kind(code), code.explanation().replace('\n', " "));
        let _ = writeln!(list, "        \"{text}\" => include_str!(\"../../docs/problems/{text}.md\"),");
    }
    list.push_str("        _ => return None,\n    })\n}\n");
    assert_made("docs/problems.md", &index);
    assert_made("src/diagnostic/pages.rs", &list);
}

#[test]
fn a_wrong_example_yields_its_code_and_a_right_one_nothing() {
    let mut amiss = Vec::new();
    for code in Code::ALL.iter().copied() {
        let Some(Page { wrong, right }) = Page::of(code) else {
            assert!(WITHOUT.iter().any(|(known, _)| *known == code), "{} has no example", code.text());
            continue;
        };
        let (problems, sources) = said(code, &wrong);
        let codes: Vec<&str> = problems.iter().map(|problem| problem.code.text()).collect();
        if codes != [code.text()] {
            amiss.push(format!("the wrong one of {} yields {codes:?}\n{}", code.text(), render::human(&problems, &sources, false)));
        }
        let (problems, sources) = said(code, &right);
        if !problems.is_empty() {
            amiss.push(format!("the right one of {}\n{}", code.text(), render::human(&problems, &sources, false)));
        }
    }
    assert!(amiss.is_empty(), "{}", amiss.join("\n"));
}

#[test]
fn there_is_no_page_without_a_code() {
    for entry in fs::read_dir(root("docs/problems")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_known = Code::ALL.iter().any(|code| name == format!("{}.md", code.text()));
        assert!(is_known || name == "base.kulanz", "{name}");
    }
}
