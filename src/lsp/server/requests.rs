//! What the editor asks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use gen_lsp_types::{
    CodeActionParams, CodeLensParams, CompletionParams, Contents, DocumentFormattingParams, DocumentRangeFormattingParams, DocumentSymbolParams,
    ExecuteCommandParams, FoldingRangeParams, Hover, Location, MarkupContent, MarkupKind, ReferenceParams, RenameParams, SemanticTokensParams,
    TextDocumentPositionParams, Uri, WorkspaceSymbolParams,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Server, Waiting};
use crate::lsp::analysis::Analysis;
use crate::lsp::features::{actions, commands, completion, folding, format, hover, navigate, rename, symbols, tokens};
use crate::lsp::places::is_policy;
use crate::lsp::text::Document;
use crate::lsp::wire::{ErrorCode, Refusal};
use crate::source::SourceId;

/// What comes of a request.
type Answer = Result<Value, Refusal>;

/// Whether a request needs to know what the packs say now. The others are answered from the document, and from what was known of its pack before.
pub(super) fn needs_packs(method: &str) -> bool {
    !matches!(
        method,
        "textDocument/completion"
            | "textDocument/formatting"
            | "textDocument/rangeFormatting"
            | "textDocument/foldingRange"
            | "textDocument/documentSymbol"
    )
}

/// Does something that must not end the server.
fn guarded(answer: impl FnOnce() -> Answer) -> Answer {
    let failed = || Refusal::new(ErrorCode::InternalError, "Kulanz failed at this request; please report it with the file");
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| Err(failed()))
}

fn read<T: DeserializeOwned>(params: &Value) -> Result<T, Refusal> {
    serde_json::from_value(params.clone()).map_err(|error| Refusal::new(ErrorCode::InvalidParams, error.to_string()))
}

fn written(result: &impl Serialize) -> Answer {
    serde_json::to_value(result).map_err(|error| Refusal::new(ErrorCode::InternalError, error.to_string()))
}

fn refused(message: String) -> Refusal {
    Refusal::new(ErrorCode::RequestFailed, message)
}

/// A place in a text of a pack.
type Spot = (Arc<Analysis>, SourceId, usize);

impl Server {
    pub(super) fn answer(&mut self, request: &Waiting) {
        let answer = guarded(|| self.result(&request.method, &request.params));
        self.respond(&request.id, answer);
    }

    fn result(&mut self, method: &str, params: &Value) -> Answer {
        match method {
            "textDocument/completion" => self.completion(&read(params)?),
            "textDocument/hover" => self.hover(&read(params)?),
            "textDocument/definition" => self.definition(&read(params)?),
            "textDocument/references" => self.references(&read(params)?),
            "textDocument/documentHighlight" => self.highlight(&read(params)?),
            "textDocument/prepareRename" => self.prepare_rename(&read(params)?),
            "textDocument/rename" => self.rename(&read(params)?),
            "textDocument/formatting" => self.format(&read(params)?),
            "textDocument/rangeFormatting" => self.format_range(&read(params)?),
            "textDocument/codeAction" => self.code_actions(&read(params)?),
            "textDocument/codeLens" => self.code_lenses(&read(params)?),
            "textDocument/semanticTokens/full" => self.semantic_tokens(&read(params)?),
            "textDocument/documentSymbol" => self.document_symbols(&read(params)?),
            "textDocument/foldingRange" => self.folding_ranges(&read(params)?),
            "workspace/symbol" => self.workspace_symbols(&read(params)?),
            "workspace/executeCommand" => self.execute(read(params)?),
            "initialize" => Err(Refusal::new(ErrorCode::InvalidRequest, "`initialize` was answered before")),
            other => Err(Refusal::new(ErrorCode::MethodNotFound, format!("nothing is known of `{other}`"))),
        }
    }

    /// What is known of the packs that a document is a part of, its own pack first.
    fn analyses(&self, uri: &Uri) -> Vec<(Arc<Analysis>, SourceId)> {
        let own = self.root_of(uri);
        let known = |root: &super::Root, pack: &super::Watched| {
            let analysis = pack.analysis.as_ref()?;
            Some((*root != own, analysis.clone(), analysis.source(uri)?))
        };
        let mut found: Vec<_> = self.packs.iter().filter_map(|(root, pack)| known(root, pack)).collect();
        found.sort_by_key(|(foreign, ..)| *foreign);
        found.into_iter().map(|(_, analysis, source)| (analysis, source)).collect()
    }

    /// Where a position is in the document's own pack.
    fn spot(&self, at: &TextDocumentPositionParams) -> Option<Spot> {
        let (analysis, source) = self.analyses(&at.text_document.uri).into_iter().next()?;
        let byte = analysis.place(source)?.lines.byte(analysis.text(source), at.position, analysis.encoding());
        Some((analysis, source, byte))
    }

    fn document(&self, uri: &Uri) -> Option<&Document> {
        self.documents.get(uri).filter(|_| is_policy(uri))
    }

    fn completion(&self, params: &CompletionParams) -> Answer {
        let at = &params.text_document_position_params;
        let Some(document) = self.documents.get(&at.text_document.uri) else { return Ok(Value::Null) };
        let known = self.analyses(&document.uri).into_iter().next().map(|(analysis, _)| analysis);
        let byte = document.lines.byte(&document.text, at.position, self.client.encoding);
        written(&completion::complete(document, byte, known.as_deref(), &self.client))
    }

    fn hover(&self, at: &TextDocumentPositionParams) -> Answer {
        let Some((analysis, source, byte)) = self.spot(at) else { return Ok(Value::Null) };
        let Some((value, bytes)) = hover::note(&analysis, source, byte) else { return Ok(Value::Null) };
        let range = analysis.place(source).map(|place| place.lines.range(analysis.text(source), bytes, analysis.encoding()));
        written(&Hover { contents: Contents::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value }), range })
    }

    fn definition(&self, at: &TextDocumentPositionParams) -> Answer {
        let Some((analysis, source, byte)) = self.spot(at) else { return Ok(Value::Null) };
        written(&navigate::definition(&analysis, source, byte))
    }

    fn references(&self, params: &ReferenceParams) -> Answer {
        let at = &params.text_document_position_params;
        let Some((analysis, source, byte)) = self.spot(at) else { return Ok(Value::Null) };
        let Some((symbol, _)) = navigate::symbol_at(&analysis, source, byte) else { return Ok(Value::Null) };
        let mut found: Vec<Location> = Vec::new();
        for (analysis, _) in self.knowing(&analysis, &symbol, &at.text_document.uri) {
            for (_, location) in navigate::places(&analysis, &symbol, params.context.include_declaration) {
                if !found.contains(&location) {
                    found.push(location);
                }
            }
        }
        written(&found)
    }

    /// The packs that share what a symbol stands for: those that hold the file in which it is declared.
    fn knowing(&self, analysis: &Arc<Analysis>, symbol: &crate::lsp::names::Symbol, uri: &Uri) -> Vec<(Arc<Analysis>, SourceId)> {
        let declared = navigate::places(analysis, symbol, true).into_iter().find(|(usage, _)| *usage == crate::lsp::names::Use::Declaration);
        let home = declared.map_or_else(|| uri.clone(), |(_, location)| location.uri);
        let others = self.analyses(&home).into_iter().filter(|(other, _)| !Arc::ptr_eq(other, analysis));
        analysis.source(uri).map(|source| (analysis.clone(), source)).into_iter().chain(others).collect()
    }

    fn highlight(&self, at: &TextDocumentPositionParams) -> Answer {
        let Some((analysis, source, byte)) = self.spot(at) else { return Ok(Value::Null) };
        written(&navigate::highlights(&analysis, source, byte))
    }

    fn prepare_rename(&self, at: &TextDocumentPositionParams) -> Answer {
        let Some((analysis, source, byte)) = self.spot(at) else { return Ok(Value::Null) };
        written(&rename::prepare(&analysis, source, byte).map_err(refused)?)
    }

    fn rename(&self, params: &RenameParams) -> Answer {
        let at = &params.text_document_position_params;
        let (analysis, source, byte) = self.spot(at).ok_or_else(|| refused("this file belongs to no pack".to_owned()))?;
        let (symbol, _) = navigate::symbol_at(&analysis, source, byte).ok_or_else(|| refused("no name stands here".to_owned()))?;
        let packs = self.knowing(&analysis, &symbol, &at.text_document.uri);
        written(&rename::rename(&packs, byte, &params.new_name).map_err(refused)?)
    }

    fn format(&self, params: &DocumentFormattingParams) -> Answer {
        let Some(document) = self.document(&params.text_document.uri) else { return Ok(Value::Null) };
        written(&format::edits(document, self.client.encoding))
    }

    fn format_range(&self, params: &DocumentRangeFormattingParams) -> Answer {
        let Some(document) = self.document(&params.text_document.uri) else { return Ok(Value::Null) };
        written(&format::edits_within(document, params.range, self.client.encoding))
    }

    fn code_actions(&self, params: &CodeActionParams) -> Answer {
        let uri = &params.text_document.uri;
        let mut found = Vec::new();
        for pack in self.packs.values() {
            let problems = pack.analysis.iter().map(|analysis| (analysis, analysis.problems.as_slice()));
            // What the lints said of another state may stand elsewhere by now.
            let lints = pack.lints.iter().filter(|(linted, _)| pack.analysis.as_ref().is_some_and(|now| Arc::ptr_eq(now, linted)));
            for (analysis, problems) in problems.chain(lints.map(|(analysis, lints)| (analysis, lints.as_slice()))) {
                for action in actions::actions(analysis, problems, uri, params.range, &self.client) {
                    if !found.contains(&action) {
                        found.push(action);
                    }
                }
            }
        }
        written(&found)
    }

    fn code_lenses(&self, params: &CodeLensParams) -> Answer {
        let known = self.analyses(&params.text_document.uri).into_iter().next();
        written(&known.map(|(analysis, source)| commands::lenses(&analysis, source)).unwrap_or_default())
    }

    fn semantic_tokens(&self, params: &SemanticTokensParams) -> Answer {
        let uri = &params.text_document.uri;
        let known = self.analyses(uri).into_iter().next().filter(|_| is_policy(uri));
        written(&known.map(|(analysis, source)| tokens::of_text(&analysis, source)))
    }

    fn document_symbols(&self, params: &DocumentSymbolParams) -> Answer {
        let Some(document) = self.document(&params.text_document.uri) else { return Ok(Value::Null) };
        written(&symbols::of_document(document, self.client.encoding))
    }

    fn folding_ranges(&self, params: &FoldingRangeParams) -> Answer {
        let Some(document) = self.document(&params.text_document.uri) else { return Ok(Value::Null) };
        written(&folding::ranges(&document.text))
    }

    fn workspace_symbols(&self, params: &WorkspaceSymbolParams) -> Answer {
        let packs = self.packs.values().filter_map(|pack| pack.analysis.as_deref());
        written(&symbols::of_packs(packs, &params.query))
    }

    fn execute(&mut self, params: ExecuteCommandParams) -> Answer {
        let argument = params.arguments.into_iter().flatten().next().unwrap_or(Value::Null);
        match params.command.as_str() {
            commands::EXPLAIN => commands::explain(&argument).map_err(refused),
            commands::RUN_TEST => self.run_test(&read(&argument)?),
            other => Err(Refusal::new(ErrorCode::InvalidParams, format!("there is no command `{other}`"))),
        }
    }

    fn run_test(&mut self, chosen: &commands::Chosen) -> Answer {
        let (analysis, _) = self.analyses(&chosen.uri).into_iter().next().ok_or_else(|| refused("this file belongs to no pack".to_owned()))?;
        let ran = commands::run_test(&analysis, chosen).map_err(refused)?;
        self.notify("window/showMessage", &json!({ "type": if ran.passed { 3 } else { 1 }, "message": ran.message }));
        Ok(json!({ "passed": ran.passed, "message": ran.message }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_answer() {
        let answer = guarded(|| panic!("this text is part of the test"));
        assert_eq!(answer.unwrap_err().code, ErrorCode::InternalError);
        assert_eq!(guarded(|| Ok(json!(1))), Ok(json!(1)));
    }
}
