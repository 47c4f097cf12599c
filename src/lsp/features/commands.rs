//! What an editor can have done: running a test, and explaining a problem.

use gen_lsp_types::{CodeLens, Command, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::diagnostic::Code;
use crate::engine::Engine;
use crate::lsp::analysis::Analysis;
use crate::policy::Test;
use crate::source::SourceId;
use crate::syntax::ast::{self, ItemKind};
use crate::testing::{self, TestReport};

/// Runs one test: `[{"uri": …, "title": …, "nth": 0}]`.
pub const RUN_TEST: &str = "kulanz.runTest";
/// Says what a code means: `["K0201"]`.
pub const EXPLAIN: &str = "kulanz.explainCode";
/// All of them.
pub const ALL: [&str; 2] = [RUN_TEST, EXPLAIN];

/// Which test.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    /// The file it stands in.
    pub uri: Uri,
    /// Its title.
    pub title: String,
    /// How many tests of that title stand before it in the file.
    #[serde(default)]
    pub nth: usize,
}

/// What came of a test.
#[derive(Debug)]
pub struct Ran {
    /// Whether every expectation was met.
    pub passed: bool,
    /// What came out and why, for people.
    pub message: String,
}

/// A lens above each test of a text, with its result.
pub fn lenses(analysis: &Analysis, source: SourceId) -> Vec<CodeLens> {
    let files = analysis.pack.parts.iter().flat_map(|part| &part.files).filter(|file| file.source == source);
    let tests = files.flat_map(|file| &file.items).filter_map(|item| if let ItemKind::Test(test) = &item.kind { Some(test) } else { None });
    tests.filter_map(|test| lens(analysis, test)).collect()
}

fn lens(analysis: &Analysis, test: &ast::Test) -> Option<CodeLens> {
    let place = analysis.location(test.title.span)?;
    let checked = analysis.engine.as_ref().and_then(|engine| Some((engine, checked(engine, test.title.span)?)));
    let (title, wording, nth) = match checked {
        Some((engine, test)) => {
            let before = named(engine, test.span.source, &test.title).take_while(|other| other.span != test.span).count();
            (result(&run(engine, test)), test.title.clone(), before)
        }
        None => ("run test (the pack has errors)".to_owned(), test.title.variants.first()?.value.value.clone(), 0),
    };
    let arguments = vec![json!({ "uri": place.uri, "title": wording, "nth": nth })];
    let command = Command { title, command: RUN_TEST.to_owned(), arguments: Some(arguments), ..Command::default() };
    Some(CodeLens { range: place.range, command: Some(command), data: None })
}

fn checked(engine: &Engine, title: crate::source::Span) -> Option<&Test> {
    engine.policy().tests.iter().find(|test| test.span.source == title.source && test.span.range().contains(&title.range().start))
}

/// The tests of a title in a file.
fn named<'e>(engine: &'e Engine, source: SourceId, title: &'e str) -> impl Iterator<Item = &'e Test> {
    engine.policy().tests.iter().filter(move |test| test.span.source == source && test.title == title)
}

fn run(engine: &Engine, test: &Test) -> TestReport {
    testing::run_one(engine.policy(), engine.program(), test, 0)
}

/// The result in the title of a lens.
fn result(report: &TestReport) -> String {
    match report.failures.first() {
        None => "✓ run test".to_owned(),
        Some(failure) => format!("✗ run test (expected {}, got {})", failure.expected, failure.got),
    }
}

/// Runs the chosen test of a pack.
///
/// # Errors
/// Why it cannot run, in the words of a message.
pub fn run_test(analysis: &Analysis, chosen: &Chosen) -> Result<Ran, String> {
    let source = analysis.source(&chosen.uri).ok_or("this file belongs to no pack")?;
    let engine = analysis.engine.as_ref().ok_or("the pack has errors; mend them first")?;
    let test = named(engine, source, &chosen.title).nth(chosen.nth);
    let test = test.ok_or_else(|| format!("there is no test \"{}\" in this file", chosen.title))?;
    let report = run(engine, test);
    let mark = if report.passed { "✓" } else { "✗" };
    let failures = report.failures.iter().map(|failure| format!("expected {}, got {}", failure.expected, failure.got));
    let lines: Vec<String> = std::iter::once(format!("{mark} {}", test.title))
        .chain(failures)
        .chain([testing::explain(engine.policy(), engine.program(), test, 0)])
        .collect();
    Ok(Ran { passed: report.passed, message: lines.join("\n").trim_end().to_owned() })
}

/// What a code means, as a page.
///
/// # Errors
/// Where there is no such code.
pub fn explain(code: &Value) -> Result<Value, String> {
    let wanted = code.as_str().unwrap_or_default();
    let code = Code::find(wanted).ok_or_else(|| format!("there is no code `{wanted}`"))?;
    Ok(json!(code.explain().page))
}
