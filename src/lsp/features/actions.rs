//! Changes that mend what is wrong.

use std::collections::HashMap;

use gen_lsp_types::{CodeAction, CodeActionKind, Position, Range, TextEdit, Uri, WorkspaceEdit};

use super::diagnostics::told;
use crate::diagnostic::{Diagnostic, Fix};
use crate::lsp::analysis::Analysis;
use crate::lsp::client::Client;

/// What can be done about the problems of a place.
pub fn actions(analysis: &Analysis, problems: &[Diagnostic], uri: &Uri, range: Range, client: &Client) -> Vec<CodeAction> {
    let mut actions = Vec::new();
    for problem in problems {
        let Some(place) = problem.span().and_then(|span| analysis.location(span)) else { continue };
        if place.uri != *uri || !touch(place.range, range) {
            continue;
        }
        let fixed = problem.fix.as_ref().and_then(|fix| Some((fix.title.clone(), fixed(analysis, fix)?, true)));
        let pasted = problem.case.as_ref().and_then(|case| Some(("paste this case as a test".to_owned(), pasted(analysis, case, problem)?, false)));
        for (title, edit, surely_right) in fixed.into_iter().chain(pasted) {
            actions.push(CodeAction {
                title,
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![told(analysis, problem, client)]),
                is_preferred: Some(surely_right),
                edit: Some(edit),
                ..CodeAction::default()
            });
        }
    }
    actions
}

/// Whether two places have a character or an end in common.
fn touch(a: Range, b: Range) -> bool {
    let order = |position: Position| (position.line, position.character);
    order(a.start) <= order(b.end) && order(b.start) <= order(a.end)
}

fn fixed(analysis: &Analysis, fix: &Fix) -> Option<WorkspaceEdit> {
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for edit in &fix.edits {
        let location = analysis.location(edit.span)?;
        let whole = analysis.pack.sources.get(edit.span.source).map_or("", crate::source::Source::text);
        changes.entry(location.uri).or_default().push(TextEdit { range: location.range, new_text: edit.text_for(whole) });
    }
    Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() })
}

/// The case behind everything else in the file, where a test may always stand; in a table's file it would be no test.
fn pasted(analysis: &Analysis, case: &str, problem: &Diagnostic) -> Option<WorkspaceEdit> {
    let is_policy = |id: &crate::source::SourceId| analysis.pack.sources.get(*id).is_some_and(|source| source.name().ends_with(".kulanz"));
    let id = problem.labels.iter().map(|label| label.span.source).find(is_policy).or_else(|| analysis.places().map(|(id, _)| id).find(is_policy))?;
    let text = analysis.text(id);
    let end = crate::source::Span::new(id, text.len(), text.len());
    let location = analysis.location(end)?;
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let before = if text.is_empty() || text.ends_with("\n\n") || text.ends_with("\r\n\r\n") {
        ""
    } else if text.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    let new_text = format!("{before}{case}\n").replace('\n', newline);
    Some(WorkspaceEdit {
        changes: Some(HashMap::from([(location.uri, vec![TextEdit { range: location.range, new_text }])])),
        ..WorkspaceEdit::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Edit};
    use crate::lsp::places::{Places, Root};
    use crate::lsp::text::{Document, Encoding};
    use crate::source::Span;

    /// What the actions about a problem at `agnet` make of a text, by their titles; asked for at `byte`.
    fn mended(text: &str, byte: usize) -> Vec<(String, String)> {
        let uri: Uri = "untitled:a".parse().unwrap();
        let places = Places { untitled: [(uri.clone(), (1, text.into()))].into(), ..Places::default() };
        let analysis = Analysis::new(Root::Alone(uri.clone()), &places, Encoding::Utf16);
        let source = analysis.source(&uri).unwrap();
        let at = text.find("agnet").unwrap();
        let span = Span::new(source, at, at + 5);
        let problem = Diagnostic::new(Code::UnknownName, "x")
            .at(span, "")
            .fix("write `agent`", vec![Edit { span, text: "agent".into() }])
            .case("test \"x\"\n  as agent");
        let document = Document::new(uri.clone(), 1, text.to_owned());
        let range = document.lines.range(text, byte..byte, Encoding::Utf16);
        let apply = |action: CodeAction| {
            let mut changed = text.to_owned();
            for edit in action.edit.unwrap().changes.unwrap().remove(&uri).unwrap() {
                changed.replace_range(document.lines.bytes(text, edit.range, Encoding::Utf16), &edit.new_text);
            }
            (format!("{} {:?}", action.title, action.is_preferred.unwrap()), changed)
        };
        actions(&analysis, &[problem], &uri, range, &Client::default()).into_iter().map(apply).collect()
    }

    #[test]
    fn a_fix_is_made_and_a_case_becomes_a_test() {
        let text = "# ü😀\nrule a\n  agnet may refund";
        let fixed = ("write `agent` true".to_owned(), text.replace("agnet", "agent"));
        let pasted = ("paste this case as a test false".to_owned(), format!("{text}\n\ntest \"x\"\n  as agent\n"));
        assert_eq!(mended(text, text.find("net").unwrap()), [fixed, pasted]);
        // At the end of the name too, but not elsewhere.
        assert_eq!(mended(text, text.find(" may").unwrap()).len(), 2);
        assert_eq!(mended(text, text.find("rule").unwrap()).len(), 0);
    }

    #[test]
    fn a_test_stands_below_an_empty_line() {
        for (end, behind) in [("\n", "\n"), ("\n\n", ""), ("\r\n", "\r\n"), ("\r\n\r\n", "")] {
            let text = format!("rule a{}  agnet may refund{end}", if end.contains('\r') { "\r\n" } else { "\n" });
            let test = if end.contains('\r') { "test \"x\"\r\n  as agent\r\n" } else { "test \"x\"\n  as agent\n" };
            assert_eq!(mended(&text, text.find("agnet").unwrap())[1].1, format!("{text}{behind}{test}"));
        }
    }
}
