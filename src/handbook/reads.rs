//! What the rules of a handbook speak of.

use std::collections::BTreeSet;

use crate::policy::expr::{Expr, ExprKind};
use crate::policy::{Allotment, BudgetId, ChargeBy, Complete, DefinitionId, DutyId, FactId, Instead, Key, LookupId, Rule, RuleId};

/// Facts, definitions, tables, budgets and duties.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    pub facts: BTreeSet<FactId>,
    pub definitions: BTreeSet<DefinitionId>,
    pub lookups: BTreeSet<LookupId>,
    pub budgets: BTreeSet<BudgetId>,
    pub duties: BTreeSet<DutyId>,
}

impl Reads {
    /// Of some rules, and of the fallbacks, which serve everybody.
    pub fn of(policy: &Complete, rules: &[RuleId]) -> Self {
        let mut reads = Self::default();
        for id in rules {
            let Some(rule) = policy.rule(*id) else { continue };
            reads.rule(policy, rule);
            let terms = policy.terms(*id);
            let parts = terms.map(|terms| [terms.condition.as_ref(), terms.quantity.as_ref()]);
            parts.into_iter().flatten().flatten().for_each(|expr| reads.expr(policy, expr));
        }
        for fallback in &policy.fallbacks {
            fallback.condition.iter().for_each(|when| reads.expr(policy, when));
            fallback.from.iter().chain(&fallback.until).for_each(|day| reads.expr(policy, &day.by));
            reads.instead(policy, &fallback.instead);
        }
        reads
    }

    fn rule(&mut self, policy: &Complete, rule: &Rule) {
        rule.from.iter().chain(&rule.until).for_each(|day| self.expr(policy, &day.by));
        for charge in &rule.charges {
            self.budget(policy, charge.budget);
            if let ChargeBy::PerUnit(by) | ChargeBy::Fixed(by) = &charge.by {
                self.expr(policy, by);
            }
        }
        for require in &rule.requires {
            require.when.iter().for_each(|when| self.expr(policy, when));
            self.duties.insert(require.duty);
            let deadline = policy.duty(require.duty).and_then(|duty| duty.deadline.as_ref());
            deadline.iter().filter_map(|(_, after)| after.as_ref()).for_each(|after| self.expr(policy, after));
        }
        self.instead(policy, &rule.instead);
    }

    fn instead(&mut self, policy: &Complete, instead: &Instead) {
        let offers = instead.offers.iter().flat_map(|offer| offer.up_to.iter().chain(&offer.when));
        let advice = instead.advice.iter().filter_map(|advice| advice.when.as_ref());
        let routes = instead.routes.iter().filter_map(|route| route.when.as_ref());
        offers.chain(advice).chain(routes).for_each(|expr| self.expr(policy, expr));
    }

    fn budget(&mut self, policy: &Complete, id: BudgetId) {
        let Some(budget) = policy.budget(id).filter(|_| self.budgets.insert(id)) else { return };
        self.facts.extend(budget.keys.iter().filter_map(|key| if let Key::Fact(id) = key { Some(*id) } else { None }));
        for line in &budget.lines {
            if let Allotment::Quantity(quantity) = line {
                self.expr(policy, quantity);
            }
        }
    }

    fn expr(&mut self, policy: &Complete, expr: &Expr) {
        match &expr.kind {
            ExprKind::Fact(id) | ExprKind::Present(id) => {
                self.facts.insert(*id);
            }
            ExprKind::Spent(id) => self.budget(policy, *id),
            ExprKind::Definition(id) if self.definitions.insert(*id) => {
                policy.definition(*id).iter().for_each(|definition| self.expr(policy, &definition.body));
            }
            ExprKind::Lookup(id) if self.lookups.insert(*id) => {
                let rows = policy.lookup(*id).map_or(&[][..], |lookup| &lookup.rows);
                rows.iter().flat_map(|row| [&row.when, &row.value]).for_each(|part| self.expr(policy, part));
            }
            _ => expr.children().into_iter().for_each(|child| self.expr(policy, child)),
        }
    }
}
