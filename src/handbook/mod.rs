//! What people read who have no case before them: what a role may do, what a customer is owed, what nobody may do, said from the rules themselves.
//!
//! In go a checked policy, a role or all of them, a language and the day; out comes a page as Markdown, HTML or data. What must stay true: every rule, row and clause that
//! binds the role is in it.

mod budgets;
mod conditions;
mod glossary;
mod html;
mod markdown;
mod names;
mod page;
mod reads;
mod roles;
mod rules;
mod standing;
mod tables;

pub use page::{Block, Entry, Inline, Line, Page, Row, Section, Table};

use jiff::civil::Date;

use crate::policy::{Complete, RoleId, RuleId};
use crate::say::Speech;
use reads::Reads;

/// What a handbook is about.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// Whom it is for; `None` is every role.
    pub role: Option<RoleId>,
    /// The place of its language in the policy's `languages`.
    pub language: usize,
    /// The day that it shows.
    pub day: Date,
}

/// What the parts are made with.
struct Author<'p> {
    policy: &'p Complete,
    speech: Speech<'p>,
    role: Option<RoleId>,
    /// The rules in it, in source order.
    shown: Vec<RuleId>,
    /// What those read.
    reads: Reads,
}

impl Page {
    /// Writes the handbook of a policy.
    #[must_use]
    pub fn new(policy: &Complete, scope: Scope) -> Self {
        let author = Author::new(policy, scope);
        let speech = &author.speech;
        let name = speech.plain(&policy.name);
        let title = match scope.role {
            None => speech.with("handbook-title", &name),
            Some(role) => {
                let role = author.role_name(role);
                speech.message("handbook-title-role", &|out, piece| out.push_str(if piece == "role" { &role } else { &name }))
            }
        };
        let stand = speech.message("handbook-stand", &|out, piece| match piece {
            "day" => speech.date(out, scope.day),
            _ => out.push_str(policy.version.get(..15).unwrap_or(&policy.version)),
        });
        let language = policy.languages.get(scope.language).or(policy.languages.first()).cloned().unwrap_or_default();
        let (intro, contents) = (speech.words("handbook-intro"), speech.words("handbook-contents"));
        Self { title, language, stand, intro, contents, sections: author.sections() }
    }

    /// As a page of its own that needs nothing from elsewhere.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(self)
    }

    /// As Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::page(self)
    }
}

impl<'p> Author<'p> {
    fn new(policy: &'p Complete, scope: Scope) -> Self {
        let is_shown = |id: &RuleId| {
            let rule = policy.rule(*id);
            rule.is_some_and(|rule| scope.role.is_none_or(|role| standing::standing(policy, rule, role).is_some()))
        };
        let shown: Vec<RuleId> = (0..policy.rules.len()).map(RuleId::new).filter(is_shown).collect();
        let reads = Reads::of(policy, &shown);
        Self { policy, speech: Speech::new(policy, scope.language), role: scope.role, shown, reads }
    }

    fn sections(&self) -> Vec<Section> {
        let parts = [
            self.roles(),
            self.owed(),
            self.nobody(),
            self.rules(),
            self.tables(),
            self.fallbacks(),
            self.duties(),
            self.budgets(),
            self.definitions(),
            self.lookups(),
            self.facts(),
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect()
    }
}
