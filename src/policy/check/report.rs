//! Reporting a mistake once.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};
use crate::syntax::Sheet;

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

    /// Each once, in source order, without what only follows from a wrong form.
    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.fold_unresolved();
        self.fold_unmeasured();
        let diagnostics = std::mem::take(&mut self.diagnostics);
        let damaged_lines: HashSet<_> = self.pack.damaged.iter().map(|damage| self.line(*damage)).collect();
        self.diagnostics = diagnostics.into_iter().filter(|diagnostic| !self.follows_from_damage(diagnostic, &damaged_lines)).collect();
        self.name_rows();
        self.diagnostics.sort_by_key(|diagnostic| (diagnostic.span(), diagnostic.code));
        let mut seen = BTreeSet::new();
        self.diagnostics.retain(|diagnostic| seen.insert((diagnostic.span(), diagnostic.code, diagnostic.message.clone())));
        self.diagnostics
    }

    /// In a file that somebody edits as a spreadsheet a problem is found by row and column.
    fn name_rows(&mut self) {
        let mut sheets: HashMap<SourceId, Sheet<'_>> = HashMap::new();
        for diagnostic in &mut self.diagnostics {
            let Some(span) = diagnostic.span() else { continue };
            let Some(source) = self.pack.sources.get(span.source).filter(|source| !source.name().ends_with(".kulanz")) else { continue };
            let sheet = sheets.entry(span.source).or_insert_with(|| Sheet::read(source.text()));
            if let Some(place) = sheet.place(&span.range()) {
                diagnostic.message = format!("{place}: {}", diagnostic.message);
            }
        }
    }

    /// Whether a problem lies beside one of form, or can come of what such a one has left out: of its item, or elsewhere.
    fn follows_from_damage(&self, diagnostic: &Diagnostic, damaged_lines: &HashSet<(SourceId, usize)>) -> bool {
        if self.pack.incomplete && matches!(diagnostic.code, Code::NoPolicyItem | Code::NoBudgetLine | Code::UnknownName | Code::TextLanguage) {
            return true;
        }
        if self.pack.damaged.is_empty() {
            return false;
        }
        let far_reaching = match diagnostic.code {
            Code::NoPolicyItem | Code::NoBudgetLine => true,
            // An `includes` that cannot be read leaves out names, and `languages` leaves out languages.
            Code::UnknownName | Code::TextLanguage => {
                self.items.parts.iter().flat_map(|part| &part.policies).any(|(_, span)| self.holds_damage(*span))
            }
            // Two are two, whatever they hold.
            Code::SecondPolicyItem => return false,
            _ => false,
        };
        far_reaching
            || diagnostic
                .span()
                .is_some_and(|span| damaged_lines.contains(&self.line(span)) || (is_of_the_whole(diagnostic.code) && self.is_damaged(span)))
    }

    /// Where a span begins.
    pub(super) fn line(&self, span: Span) -> (SourceId, usize) {
        (span.source, self.pack.sources.get(span.source).map_or(0, |source| source.line(span.start as usize)))
    }

    /// Whether a part of the item around this was left out.
    pub(super) fn is_damaged(&self, span: Span) -> bool {
        let files = self.pack.parts.iter().flat_map(|part| &part.files);
        let item = files.filter(|file| file.source == span.source).flat_map(|file| &file.items).find(|item| covers(item.span, span));
        item.is_some_and(|item| self.holds_damage(item.span))
    }

    fn holds_damage(&self, item: Span) -> bool {
        self.pack.damaged.iter().any(|damage| covers(item, *damage))
    }
}

/// Whether such a problem is about an item as a whole, and so may be about a clause, a line or a row of it that could not be read.
fn is_of_the_whole(code: Code) -> bool {
    matches!(
        code,
        Code::Unguarded
            | Code::NoEffect
            | Code::SaidTwice
            | Code::IncompleteTest
            | Code::TestWithoutMoment
            | Code::MissingSetting
            | Code::TableShape
            | Code::TableColumn
            | Code::EmptyCell
    )
}

fn covers(item: Span, span: Span) -> bool {
    item.source == span.source && item.start <= span.start && span.start <= item.end
}
