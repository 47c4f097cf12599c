//! Conditions and clauses as entries of lists.

use super::Author;
use super::page::{Entry, Inline, Line};
use crate::policy::expr::Expr;
use crate::say::Phrase;

impl Author<'_> {
    /// What has to be so, each by itself.
    pub(super) fn conditions(&self, expr: &Expr) -> Vec<Entry> {
        self.speech.phrase(expr).parts().iter().map(|part| self.entry(part)).collect()
    }

    fn entry(&self, phrase: &Phrase) -> Entry {
        match (phrase, phrase.group()) {
            (Phrase::Named(text, id), _) => self.policy.definition(*id).map_or_else(Entry::default, |definition| {
                Line(vec![Inline::Link { to: format!("word-{}", definition.name), text: text.clone() }]).into()
            }),
            (Phrase::One(text), _) => Line::text(text.clone()).into(),
            (_, Some((id, parts))) => {
                let line = Line::text(format!("{}:", self.speech.words(id)));
                Entry { line, below: parts.iter().map(|part| self.entry(part)).collect() }
            }
            (_, None) => Entry::default(),
        }
    }

    /// Something that is so only under a condition.
    pub(super) fn only_if(&self, line: Line, when: Option<&Expr>) -> Entry {
        let Some(when) = when else { return line.into() };
        let mut parts = self.conditions(when);
        if parts.len() > 1 {
            return Entry { line: line.and(format!(", {}:", self.speech.words("clause-if-all"))), below: parts };
        }
        let only = parts.pop().unwrap_or_default();
        let mut line = line.and(format!(", {}: ", self.speech.words("clause-if")));
        line.0.extend(only.line.0);
        Entry { line, below: only.below }
    }
}
