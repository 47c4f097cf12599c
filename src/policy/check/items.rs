//! The items of all parts of a pack, sorted by kind, each kind in source order.

use crate::pack::Pack;
use crate::source::Span;
use crate::syntax::ast::{self, ItemKind};

/// What becomes rules.
#[derive(Clone, Copy)]
pub(super) enum RuleItem<'a> {
    Rule(&'a ast::Rule),
    Table(&'a ast::RuleTable),
}

/// One part's `policy` items.
#[derive(Default)]
pub(super) struct PartItems<'a> {
    pub(super) policies: Vec<(&'a ast::Policy, Span)>,
    /// Where a message about the part can point at.
    pub(super) first: Option<Span>,
}

#[derive(Default)]
pub(super) struct Items<'a> {
    pub(super) parts: Vec<PartItems<'a>>,
    pub(super) roles: Vec<&'a ast::Role>,
    pub(super) facts: Vec<&'a ast::Fact>,
    pub(super) actions: Vec<&'a ast::Action>,
    pub(super) duties: Vec<&'a ast::Duty>,
    pub(super) budgets: Vec<&'a ast::Budget>,
    pub(super) defines: Vec<&'a ast::Define>,
    pub(super) lookups: Vec<&'a ast::Lookup>,
    pub(super) rules: Vec<RuleItem<'a>>,
    pub(super) fallbacks: Vec<(&'a ast::Fallback, Span)>,
    pub(super) tests: Vec<(&'a ast::Test, Span)>,
    pub(super) promises: Vec<&'a ast::Promise>,
}

impl<'a> Items<'a> {
    pub(super) fn of(pack: &'a Pack) -> Self {
        let mut items = Self::default();
        for part in &pack.parts {
            items.parts.push(PartItems::default());
            for item in part.files.iter().flat_map(|file| &file.items) {
                items.add(item);
            }
        }
        items
    }

    fn add(&mut self, item: &'a ast::Item) {
        match &item.kind {
            ItemKind::Policy(policy) => self.add_policy(policy, item.span),
            ItemKind::Role(role) => self.roles.push(role),
            ItemKind::Fact(fact) => self.facts.push(fact),
            ItemKind::Action(action) => self.actions.push(action),
            ItemKind::Duty(duty) => self.duties.push(duty),
            ItemKind::Budget(budget) => self.budgets.push(budget),
            ItemKind::Define(define) => self.defines.push(define),
            ItemKind::Lookup(lookup) => self.lookups.push(lookup),
            ItemKind::Rule(rule) => self.rules.push(RuleItem::Rule(rule)),
            ItemKind::RuleTable(table) => self.rules.push(RuleItem::Table(table)),
            ItemKind::Fallback(fallback) => self.fallbacks.push((fallback, item.span)),
            ItemKind::Test(test) => self.tests.push((test, item.span)),
            ItemKind::Promise(promise) => self.promises.push(promise),
        }
        if let Some(part) = self.parts.last_mut() {
            part.first.get_or_insert(item.span);
        }
    }

    fn add_policy(&mut self, policy: &'a ast::Policy, span: Span) {
        if let Some(part) = self.parts.last_mut() {
            part.policies.push((policy, span));
        }
    }
}
