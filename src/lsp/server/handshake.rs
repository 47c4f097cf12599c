//! How a conversation begins and ends.

use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProvider, CodeLensOptions, CompletionOptions, DefinitionProvider, DocumentFormattingProvider,
    DocumentHighlightProvider, DocumentRangeFormattingProvider, DocumentSymbolProvider, ExecuteCommandOptions, FoldingRangeProvider, Full,
    HoverProvider, InitializeResult, PositionEncodingKind, ReferencesProvider, RenameOptions, RenameProvider, SemanticTokensOptions,
    SemanticTokensProvider, ServerCapabilities, ServerInfo, TextDocumentSync, TextDocumentSyncKind, TextDocumentSyncOptions,
    WorkspaceFoldersServerCapabilities, WorkspaceOptions, WorkspaceSymbolProvider,
};
use serde_json::Value;

use crate::lsp::End;
use crate::lsp::client::Client;
use crate::lsp::features::{commands, tokens};
use crate::lsp::text::Encoding;
use crate::lsp::wire::{ErrorCode, Incoming, Refusal, response};

/// How long the end of a conversation may take once it was announced.
const PARTING: Duration = Duration::from_secs(30);

/// Waits for `initialize` and answers it; `None` where the conversation ends before.
pub fn greet(incoming: &Receiver<Incoming>, out: &Sender<Value>) -> Option<Client> {
    loop {
        match incoming.recv().ok()? {
            Incoming::Request { id, method, params } if method == "initialize" => {
                let client = Client::of(&params);
                let result = InitializeResult {
                    capabilities: capabilities(&client),
                    server_info: Some(ServerInfo { name: "kulanz".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) }),
                };
                let result = serde_json::to_value(result).map_err(|error| Refusal::new(ErrorCode::InternalError, error.to_string()));
                out.send(response(&id, result)).ok()?;
                return Some(client);
            }
            Incoming::Request { id, .. } => {
                let refusal = Refusal::new(ErrorCode::ServerNotInitialized, "the first request is `initialize`");
                out.send(response(&id, Err(refusal))).ok()?;
            }
            Incoming::Notification { method, .. } if method == "exit" => return None,
            Incoming::Malformed(id, refusal) => out.send(response(&id, Err(refusal))).ok()?,
            Incoming::Notification { .. } | Incoming::Response => {}
        }
    }
}

/// Waits for `exit` behind `shutdown`; nothing else is answered any more.
pub fn part(incoming: &Receiver<Incoming>, out: &Sender<Value>) -> End {
    while let Ok(message) = incoming.recv_timeout(PARTING) {
        match message {
            Incoming::Notification { method, .. } if method == "exit" => return End::Agreed,
            Incoming::Request { id, .. } => {
                let refusal = Refusal::new(ErrorCode::InvalidRequest, "the server is shutting down");
                let _ = out.send(response(&id, Err(refusal)));
            }
            _ => {}
        }
    }
    End::Sudden
}

fn capabilities(client: &Client) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(if client.encoding == Encoding::Utf8 { PositionEncodingKind::UTF8 } else { PositionEncodingKind::UTF16 }),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Incremental),
            save: Some(gen_lsp_types::Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some([" ", ".", "{", "|", ",", "\""].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProvider::Bool(true)),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        rename_provider: Some(RenameProvider::RenameOptions(RenameOptions { prepare_provider: Some(true), ..RenameOptions::default() })),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        document_range_formatting_provider: Some(DocumentRangeFormattingProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
            ..CodeActionOptions::default()
        })),
        code_lens_provider: Some(CodeLensOptions::default()),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::ALL.map(str::to_owned).to_vec(),
            ..ExecuteCommandOptions::default()
        }),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(SemanticTokensOptions {
            legend: tokens::legend(),
            full: Some(Full::Bool(true)),
            ..SemanticTokensOptions::default()
        })),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        workspace_symbol_provider: Some(WorkspaceSymbolProvider::Bool(true)),
        folding_range_provider: Some(FoldingRangeProvider::Bool(true)),
        workspace: Some(WorkspaceOptions {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(gen_lsp_types::ChangeNotifications::Bool(true)),
            }),
            ..WorkspaceOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}
