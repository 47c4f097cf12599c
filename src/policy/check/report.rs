//! Reporting a mistake once.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

use super::Checker;

/// Proof that something failed and was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reported(());

impl Reported {
    /// For what is missing because its own check, which ran before, reported why.
    pub(super) const ALREADY: Self = Self(());
}

/// A result, or that its failure was reported.
pub(super) type Checked<T> = Result<T, Reported>;

/// All results, or that one failed; unlike `collect` it lets every one of them be checked and reported first.
pub(super) fn all<T>(results: impl IntoIterator<Item = Checked<T>>) -> Checked<Vec<T>> {
    let results: Vec<_> = results.into_iter().collect();
    results.into_iter().collect()
}

impl Checker<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        self.diagnostics.push(diagnostic);
        Reported(())
    }

    /// A problem at one place, with a help.
    pub(super) fn problem(&mut self, code: Code, span: Span, message: impl Into<String>, help: impl Into<String>) -> Reported {
        self.report(Diagnostic::new(code, message).at(span, "").help(help))
    }

    /// Each once, in source order.
    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
        let mut seen = BTreeSet::new();
        self.diagnostics.retain(|diagnostic| seen.insert((diagnostic.span(), diagnostic.code, diagnostic.message.clone())));
        self.diagnostics
    }
}
