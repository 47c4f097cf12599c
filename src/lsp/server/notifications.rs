//! What the editor tells.

use gen_lsp_types::{
    DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    FileChangeType,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Server;
use crate::lsp::places::{Root, path_of};
use crate::lsp::text::Document;
use crate::pack::canonical;

impl Server {
    /// Takes in what the editor tells; what nobody here knows is no mistake.
    pub(super) fn notification(&mut self, method: &str, params: Value) {
        match method {
            "initialized" => self.watch_files(),
            "textDocument/didOpen" => self.told(params, Self::opened),
            "textDocument/didChange" => self.told(params, Self::changed),
            "textDocument/didClose" => self.told(params, Self::closed),
            "textDocument/didSave" => self.touch(|root| matches!(root, Root::Pack(_))),
            "workspace/didChangeWatchedFiles" => self.told(params, |server, params| server.files_changed(&params)),
            "workspace/didChangeWorkspaceFolders" => self.told(params, |server, params| server.folders_changed(&params)),
            "$/cancelRequest" => {
                if let Some(id) = params.get("id") {
                    self.cancel(id);
                }
            }
            _ => {}
        }
    }

    fn told<T: DeserializeOwned>(&mut self, params: Value, take: impl FnOnce(&mut Self, T)) {
        match serde_json::from_value(params) {
            Ok(params) => take(self, params),
            Err(error) => self.notify("window/logMessage", &json!({ "type": 1, "message": format!("a notification cannot be read: {error}") })),
        }
    }

    fn opened(&mut self, params: DidOpenTextDocumentParams) {
        let opened = params.text_document;
        let uri = opened.uri.clone();
        self.documents.insert(uri.clone(), Document::new(opened.uri, opened.version, opened.text));
        self.settle_roots();
        self.touch_document(&uri);
    }

    fn changed(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.text_document_identifier.uri;
        let Some(document) = self.documents.get_mut(&uri) else { return };
        document.change(params.text_document.version, params.content_changes, self.client.encoding);
        self.touch_document(&uri);
    }

    /// From now on the file on the disk counts again.
    fn closed(&mut self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.touch_document(&uri);
        self.documents.remove(&uri);
    }

    fn files_changed(&mut self, params: &DidChangeWatchedFilesParams) {
        if params.changes.iter().any(|change| change.kind != FileChangeType::Changed) {
            self.find_packs();
        }
        self.touch(|root| matches!(root, Root::Pack(_)));
    }

    fn folders_changed(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let path = |folder: &gen_lsp_types::WorkspaceFolder| path_of(&folder.uri);
        let removed: Vec<_> = params.event.removed.iter().filter_map(path).collect();
        self.folders.retain(|(_, shown)| !removed.contains(shown));
        self.folders.extend(params.event.added.iter().filter_map(path).map(|path| (canonical(&path), path)));
        self.find_packs();
        self.touch(|_| false);
    }
}
