//! Rules and fallbacks.

use std::collections::BTreeSet;

use thin_vec::ThinVec;

use crate::diagnostic::Code;
use crate::policy::expr::{Expr, Type};
use crate::policy::{ActionId, Cap, Fallback, Rule, RuleKind, Subject, Terms};
use crate::source::Span;
use crate::syntax::ast::{self, HeadKind, Quantity};

use super::Checker;
use super::clauses::{Clauses, Subject as About};
use super::guards::{Place, Present};
use super::items::RuleItem;
use super::otherwise::Unmeasured;
use super::report::{Checked, Reported};
use super::scope::Scope;

impl<'a> Checker<'a> {
    /// Those that could be checked; the others were reported.
    pub(super) fn rules(&mut self) -> (Vec<Rule>, Vec<Terms>) {
        let items = self.items;
        let count = self.rule_count();
        let mut checked = (Vec::with_capacity(count), Vec::with_capacity(count));
        for item in &items.rules {
            match item {
                RuleItem::Rule(rule) => checked.extend(self.rule(rule).ok()),
                RuleItem::Table(table) => checked.extend(self.rule_table(table).unwrap_or_default()),
            }
        }
        checked
    }

    fn rule(&mut self, rule: &'a ast::Rule) -> Checked<(Rule, Terms)> {
        let title = self.optional_text(rule.title.as_ref());
        let actions = self.list(&rule.head.actions, Self::action);
        let known = actions.as_deref().unwrap_or_default();
        let about = About { actions: known, scope: self.scope_or_unknown(&actions) };
        let clauses = self.clauses(rule.clauses.iter().map(|clause| (clause.span, &clause.kind)), &about);
        let kind = self.head(&rule.head.kind, &about);
        let actions = actions?;
        let (mut clauses, (kind, quantity)) = (clauses?, kind?);
        let terms = Terms { condition: clauses.condition(Vec::new()), quantity };
        self.rule_guarded(&terms, &clauses, Place::Condition);
        let kind = with_approvers(kind, &clauses);
        Ok((assemble(rule.name.text.as_str().into(), title?, kind, actions, clauses, rule.name.span), terms))
    }

    /// Checks the guards of everything in a rule.
    pub(super) fn rule_guarded(&mut self, terms: &Terms, clauses: &Clauses, place: Place) {
        let present = terms.condition.as_ref().map_or_else(BTreeSet::new, |condition| self.guarded(condition, &BTreeSet::new(), place));
        if let Some(quantity) = &terms.quantity {
            let place = if place == Place::Cell { Place::Cell } else { Place::Guarded };
            self.guarded(quantity, &present, place);
        }
        self.clauses_guarded(clauses, &present);
    }

    fn head_subject(&mut self, head: &'a HeadKind) -> Checked<Option<Subject>> {
        match head {
            HeadKind::Permission { subject, .. } | HeadKind::Prohibition { subject, .. } => self.subject(subject).map(Some),
            HeadKind::Entitlement { .. } => Ok(None),
        }
    }

    /// What `amount` is, where the actions could be understood.
    pub(super) fn scope_or_unknown(&self, actions: &Checked<Vec<ActionId>>) -> Scope {
        actions.as_ref().map_or_else(|_| Scope::unknown(), |actions| self.scope_of(actions))
    }

    fn head(&mut self, head: &'a HeadKind, about: &About<'_>) -> Checked<(RuleKind, Option<Expr>)> {
        let subject = self.head_subject(head);
        let (actions, scope) = (about.actions, &about.scope);
        match head {
            HeadKind::Permission { limit, .. } => {
                let limit = self.head_quantity(limit.as_ref(), actions, "the limit", scope);
                Ok((RuleKind::Permission { subject: subject?.unwrap_or(Subject::Everyone), approved_by: ThinVec::new() }, limit?))
            }
            HeadKind::Prohibition { cap, even_if_entitled, .. } => {
                let cap = self.cap(cap.as_ref(), actions, scope);
                let even_if_entitled = even_if_entitled.is_some();
                let (subject, (cap, left)) = (subject?.unwrap_or(Subject::Everyone), cap?);
                Ok((RuleKind::Prohibition { subject, cap, even_if_entitled }, left))
            }
            HeadKind::Entitlement { quantity } => Ok((RuleKind::Entitlement, self.head_quantity(quantity.as_ref(), actions, "the quantity", scope)?)),
        }
    }

    pub(super) fn subject(&mut self, subject: &'a ast::Subject) -> Checked<Subject> {
        match subject {
            ast::Subject::Everyone(_) | ast::Subject::Nobody(_) => Ok(Subject::Everyone),
            ast::Subject::Roles(names) => self.list(names, Self::role).map(|roles| Subject::Roles(roles.into())),
        }
    }

    /// `None` is without limit.
    pub(super) fn head_quantity(&mut self, quantity: Option<&'a Quantity>, actions: &[ActionId], noun: &str, scope: &Scope) -> Checked<Option<Expr>> {
        match quantity {
            None | Some(Quantity::Unlimited(_)) => Ok(None),
            Some(Quantity::Of(expr)) => {
                let what = format!("{noun} of {}", self.action_list(actions));
                let checked = self.quantity(expr, actions, &what, scope)?;
                self.without_amount(&checked, &what);
                Ok(Some(checked))
            }
        }
    }

    /// A row of a table may leave everything; a rule that does has no effect.
    fn cap(&mut self, cap: Option<&'a Quantity>, actions: &[ActionId], scope: &Scope) -> Checked<(Cap, Option<Expr>)> {
        if let Some(Quantity::Unlimited(span)) = cap {
            return Err(self.problem(Code::NoEffect, *span, "a cap of `unlimited` forbids nothing", "write a quantity, or leave the rule out"));
        }
        self.row_cap(cap, actions, scope)
    }

    /// What is left, and how much where that is a quantity.
    pub(super) fn row_cap(&mut self, cap: Option<&'a Quantity>, actions: &[ActionId], scope: &Scope) -> Checked<(Cap, Option<Expr>)> {
        if matches!(cap, Some(Quantity::Unlimited(_))) {
            return Ok((Cap::Everything, None));
        }
        let left = self.head_quantity(cap, actions, "the cap", scope)?;
        Ok((left.as_ref().map_or(Cap::Nothing, |_| Cap::UpTo), left))
    }

    pub(super) fn action_list(&self, actions: &[ActionId]) -> String {
        actions.iter().map(|action| format!("`{}`", self.action_name(*action))).collect::<Vec<_>>().join(", ")
    }

    /// A quantity in the measure that all these actions have.
    pub(super) fn quantity(&mut self, expr: &'a ast::Expr, actions: &[ActionId], what: &str, scope: &Scope) -> Checked<Expr> {
        if actions.is_empty() {
            // What is wrong with the quantity itself shows all the same.
            return self.expr(expr, scope).and(Err(Reported::ALREADY));
        }
        let measure = self.common_measure(actions, expr.span)?;
        self.expect(expr, &measure, what, scope)
    }

    fn common_measure(&mut self, actions: &[ActionId], span: Span) -> Checked<Type> {
        let first = *actions.first().ok_or(Reported::ALREADY)?;
        let Some(measure) = self.measure(first) else {
            if actions.iter().all(|action| self.measure(*action).is_none()) {
                self.unmeasured.push(Unmeasured { action: first, span, code: Code::HeadMeasure });
            }
            return Err(self.no_measure(first, span));
        };
        match actions.iter().find(|action| self.measure(**action).as_ref() != Some(&measure)) {
            None => Ok(measure),
            Some(other) if self.measure(*other).is_none() => Err(self.no_measure(*other, span)),
            Some(other) => {
                let message = format!("{} and {}, so they have no quantity in common", self.measured(first), self.measured(*other));
                Err(self.problem(Code::HeadMeasure, span, message, "write a rule for each of them"))
            }
        }
    }

    fn no_measure(&mut self, action: ActionId, span: Span) -> Reported {
        let name = self.action_name(action);
        let message = format!("`{name}` is granted or not; it has no measure");
        self.problem(Code::HeadMeasure, span, message, format!("leave the quantity out, or declare `action {name} of money`"))
    }

    pub(super) fn fallbacks(&mut self) -> Vec<Fallback> {
        let items = self.items;
        items.fallbacks.iter().filter_map(|(fallback, span)| self.fallback(fallback, *span).ok()).collect()
    }

    fn fallback(&mut self, fallback: &'a ast::Fallback, span: Span) -> Checked<Fallback> {
        let actions = self.list(&fallback.actions, Self::action);
        let about = About { actions: actions.as_deref().unwrap_or_default(), scope: self.scope_or_unknown(&actions) };
        let clauses = self.clauses(fallback.clauses.iter().map(|clause| (clause.span, &clause.kind)), &about);
        let (actions, mut clauses) = (actions?, clauses?);
        let names: Vec<_> = fallback.actions.iter().map(|name| name.text.as_str()).collect();
        let name = format!("fallback {}", names.join(", "));
        if clauses.instead.offers.is_empty() && clauses.instead.advice.is_empty() && clauses.instead.routes.is_empty() {
            let head = fallback.actions.last().map_or(span, |last| span.to(last.span));
            let head = Span { end: fallback.actions.last().map_or(head.end, |last| last.span.end), ..head };
            return Err(self.problem(Code::NoEffect, head, "this fallback does nothing", "add an `offer`, an `advise` or an `ask`"));
        }
        let condition = clauses.condition(Vec::new());
        let present: Present = condition.as_ref().map_or_else(BTreeSet::new, |condition| self.guarded(condition, &BTreeSet::new(), Place::Condition));
        self.clauses_guarded(&clauses, &present);
        Ok(Fallback {
            name: name.into(),
            actions: actions.into(),
            condition,
            from: clauses.from.into(),
            until: clauses.until.into(),
            instead: clauses.instead,
            because: clauses.because,
            cites: clauses.cites.into(),
            owner: clauses.owner,
            review_by: clauses.review_by,
            span,
        })
    }
}

/// A permission with the people that its clauses name.
pub(super) fn with_approvers(kind: RuleKind, clauses: &Clauses) -> RuleKind {
    match kind {
        RuleKind::Permission { subject, .. } => RuleKind::Permission { subject, approved_by: clauses.approved_by.as_slice().into() },
        other => other,
    }
}

/// A rule of its parts.
pub(super) fn assemble(
    name: Box<str>,
    title: Option<crate::policy::Text>,
    kind: RuleKind,
    actions: Vec<ActionId>,
    clauses: Clauses,
    span: Span,
) -> Rule {
    Rule {
        name,
        title,
        kind,
        actions: actions.into(),
        from: clauses.from.into(),
        until: clauses.until.into(),
        charges: clauses.charges.into(),
        requires: clauses.requires.into(),
        instead: clauses.instead,
        because: clauses.because,
        cites: clauses.cites.into(),
        owner: clauses.owner,
        review_by: clauses.review_by,
        span,
    }
}
