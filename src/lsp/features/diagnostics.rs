//! Problems at their places.

use std::collections::BTreeMap;

use gen_lsp_types::{Code, CodeDescription, DiagnosticRelatedInformation, DiagnosticSeverity, Location, Message, Position, Range, Uri};

use crate::diagnostic::{Diagnostic, Severity};
use crate::lsp::analysis::Analysis;
use crate::lsp::client::Client;
use crate::source::SourceId;

/// What is told of one file.
#[derive(Debug)]
pub struct Told {
    /// The file.
    pub uri: Uri,
    /// Which version of it, where it is open.
    pub version: Option<i32>,
    /// Its problems.
    pub diagnostics: Vec<gen_lsp_types::Diagnostic>,
}

/// The problems of a pack, file by file. One that lies in no text stands at the start of the pack's first file.
pub fn of_pack(analysis: &Analysis, problems: &[Diagnostic], client: &Client) -> Vec<Told> {
    let first = analysis.places().find(|(_, place)| place.uri.is_some()).map(|(id, _)| id);
    let mut by_file: BTreeMap<SourceId, Vec<gen_lsp_types::Diagnostic>> = BTreeMap::new();
    for problem in problems {
        let Some(id) = problem.span().map(|span| span.source).or(first) else { continue };
        by_file.entry(id).or_default().push(told(analysis, problem, client));
    }
    let file = |(id, diagnostics)| {
        let place = analysis.place(id)?;
        Some(Told { uri: place.uri.clone()?, version: place.version, diagnostics })
    };
    by_file.into_iter().filter_map(file).collect()
}

/// One problem.
pub fn told(analysis: &Analysis, problem: &Diagnostic, client: &Client) -> gen_lsp_types::Diagnostic {
    let start = Position { line: 0, character: 0 };
    let place = problem.span().and_then(|span| analysis.location(span));
    let related = if client.related { related(analysis, problem) } else { Vec::new() };
    let page = client.problem_page.as_ref().and_then(|page| page.replace("{code}", problem.code.text()).parse().ok());
    gen_lsp_types::Diagnostic {
        range: place.map_or(Range { start, end: start }, |place| place.range),
        severity: Some(if problem.severity() == Severity::Error { DiagnosticSeverity::Error } else { DiagnosticSeverity::Warning }),
        code: Some(Code::String(problem.code.text().to_owned())),
        code_description: page.map(|href| CodeDescription { href }),
        source: Some("kulanz".to_owned()),
        message: Message::String(message(problem)),
        related_information: (!related.is_empty()).then_some(related),
        ..gen_lsp_types::Diagnostic::default()
    }
}

/// What is wrong, what there is to say about its place, and how to mend it.
fn message(problem: &Diagnostic) -> String {
    let label = problem.labels.first().map(|label| label.text.as_str()).filter(|text| !text.is_empty());
    let help = problem.help.as_ref().map(|help| format!("help: {help}"));
    let lines = [Some(problem.message.clone()), label.map(str::to_owned), help];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

fn related(analysis: &Analysis, problem: &Diagnostic) -> Vec<DiagnosticRelatedInformation> {
    let one = |label: &crate::diagnostic::Label| {
        let location: Location = analysis.location(label.span)?;
        let message = if label.text.is_empty() { "here".to_owned() } else { label.text.clone() };
        Some(DiagnosticRelatedInformation { location, message })
    };
    problem.labels.iter().skip(1).filter_map(one).collect()
}
