//! Problems, as the editor shows them.

use std::collections::HashMap;
use std::sync::Arc;

use gen_lsp_types::{Diagnostic, PublishDiagnosticsParams, Uri};

use super::{Server, Watched};
use crate::diagnostic::shown;
use crate::lsp::analysis::Analysis;
use crate::lsp::features::diagnostics::{Told, of_pack};

impl Server {
    /// Tells the problems of all packs, file by file, where they are others than before. What two packs say of a file that both include is said once.
    pub(super) fn publish(&mut self) {
        let mut by_file: HashMap<Uri, (Option<i32>, Vec<Diagnostic>)> = HashMap::new();
        for pack in self.packs.values() {
            for Told { uri, version, diagnostics } in self.told_of(pack) {
                let known = by_file.entry(uri).or_default();
                known.0 = known.0.or(version);
                for diagnostic in diagnostics {
                    if !known.1.contains(&diagnostic) {
                        known.1.push(diagnostic);
                    }
                }
            }
        }
        let gone: Vec<Uri> = self.published.keys().filter(|uri| !by_file.contains_key(*uri)).cloned().collect();
        for uri in gone {
            let version = self.packs.values().find_map(|pack| version(pack.analysis.as_ref()?, &uri));
            self.tell(uri, version, Vec::new());
        }
        for (uri, (version, diagnostics)) in by_file {
            self.tell(uri, version, diagnostics);
        }
    }

    fn told_of(&self, pack: &Watched) -> Vec<Told> {
        let Some(analysis) = &pack.analysis else { return Vec::new() };
        let mut told = of_pack(analysis, &shown(analysis.problems.clone(), &analysis.pack.sources), &self.client);
        if let (Some(_), Some((linted, lints))) = (&analysis.engine, &pack.lints) {
            // Until the lints have seen the newest texts, what they said of the others stays.
            let fresh = of_pack(linted, &shown(lints.clone(), &linted.pack.sources), &self.client);
            told.extend(fresh.into_iter().filter(|told| is_current(analysis, linted, &told.uri)));
        }
        told
    }

    fn tell(&mut self, uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
        let known = self.published.get(&uri).map(Vec::as_slice).unwrap_or_default();
        if known == diagnostics {
            return;
        }
        if diagnostics.is_empty() {
            self.published.remove(&uri);
        } else {
            self.published.insert(uri.clone(), diagnostics.clone());
        }
        let params = PublishDiagnosticsParams { uri, version, diagnostics };
        if let Ok(params) = serde_json::to_value(params) {
            self.notify("textDocument/publishDiagnostics", &params);
        }
    }
}

/// Which version of an open document was looked at.
fn version(analysis: &Analysis, uri: &Uri) -> Option<i32> {
    analysis.place(analysis.source(uri)?)?.version
}

/// Whether a text is the same in both.
fn is_current(now: &Arc<Analysis>, then: &Arc<Analysis>, uri: &Uri) -> bool {
    let text = |of: &Arc<Analysis>| of.source(uri).map(|id| of.text(id).to_owned());
    Arc::ptr_eq(now, then) || text(now) == text(then)
}
