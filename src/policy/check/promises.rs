//! Promises: checked like rules, proven elsewhere.

use std::collections::BTreeSet;

use crate::policy::expr::Expr;
use crate::policy::{ActionId, Promise, PromiseKind, Subject};
use crate::syntax::ast;

use super::Checker;
use super::guards::{Place, Present};
use super::report::Checked;

/// What both sentences about roles have.
struct Sentence<'a> {
    subject: &'a ast::Subject,
    actions: &'a [ast::Name],
    quantity: Option<&'a ast::Expr>,
    when: Option<&'a ast::Expr>,
}

/// The same, checked.
struct CheckedSentence {
    subject: Subject,
    actions: Vec<ActionId>,
    quantity: Option<Expr>,
    when: Option<Expr>,
}

impl<'a> Checker<'a> {
    pub(super) fn promises(&mut self) -> Vec<Promise> {
        let items = self.items;
        items.promises.iter().filter_map(|promise| self.promise(promise).ok()).collect()
    }

    fn promise(&mut self, promise: &'a ast::Promise) -> Checked<Promise> {
        let title = self.title(&promise.title);
        let kind = match &promise.kind {
            ast::PromiseKind::EveryNoHasAnOffer => PromiseKind::EveryNoHasAnOffer,
            ast::PromiseKind::Cannot { subject, actions, more_than, when, unless_entitled } => {
                let sentence = Sentence { subject, actions, quantity: more_than.as_ref(), when: when.as_ref() };
                let CheckedSentence { subject, actions, quantity: more_than, when } = self.sentence(&sentence)?;
                PromiseKind::Cannot { subject, actions, more_than, when, unless_entitled: unless_entitled.is_some() }
            }
            ast::PromiseKind::CanAlways { subject, actions, up_to, when } => {
                let sentence = Sentence { subject, actions, quantity: up_to.as_ref(), when: when.as_ref() };
                let CheckedSentence { subject, actions, quantity: up_to, when } = self.sentence(&sentence)?;
                PromiseKind::CanAlways { subject, actions, up_to, when }
            }
        };
        Ok(Promise { title: title?, kind, span: promise.span })
    }

    fn sentence(&mut self, sentence: &Sentence<'a>) -> Checked<CheckedSentence> {
        let subject = self.subject(sentence.subject);
        let actions = self.list(sentence.actions, Self::action)?;
        let scope = self.scope_of(&actions);
        let when = sentence.when.map(|when| self.rule_condition(when, &scope)).transpose();
        let quantity = sentence.quantity.map(|quantity| self.promised_quantity(quantity, &actions)).transpose();
        let (subject, when, quantity) = (subject?, when?, quantity?);
        let present: Present = when.as_ref().map_or_else(BTreeSet::new, |when| self.guarded(when, &BTreeSet::new(), Place::Condition));
        if let Some(quantity) = &quantity {
            self.guarded(quantity, &present, Place::Clause);
        }
        Ok(CheckedSentence { subject, actions, quantity, when })
    }

    fn promised_quantity(&mut self, quantity: &'a ast::Expr, actions: &[ActionId]) -> Checked<Expr> {
        let what = format!("the quantity of {}", self.action_list(actions));
        let scope = self.scope_of(actions);
        let checked = self.quantity(quantity, actions, &what, &scope)?;
        self.without_amount(&checked, &what);
        Ok(checked)
    }
}
