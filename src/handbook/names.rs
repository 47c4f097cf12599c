//! What things are called, and the links to them.

use super::Author;
use super::page::{Inline, Line};
use crate::policy::{ActionId, BudgetId, DutyId, Policy, RoleId, Rule, RuleId, Subject};

/// The table that a row belongs to, and which row of it it is.
pub(super) fn row_of(rule: &Rule) -> Option<(&str, &str)> {
    rule.name.strip_suffix(']')?.split_once('[')
}

/// `rule-small_refund`, `rule-vouchers-2`
pub(super) fn rule_anchor(rule: &Rule) -> String {
    match row_of(rule) {
        Some((table, row)) => format!("rule-{table}-{row}"),
        None => format!("rule-{}", rule.name),
    }
}

impl<'p> Author<'p> {
    pub(super) fn rule(&self, id: RuleId) -> Option<&'p Rule> {
        let policy: &'p Policy = self.policy;
        policy.rule(id)
    }

    pub(super) fn role_name(&self, id: RoleId) -> String {
        self.policy.role(id).map_or_else(String::new, |role| self.speech.titled(role.title.as_ref(), &role.name))
    }

    pub(super) fn role_names(&self, ids: &[RoleId]) -> Vec<String> {
        ids.iter().map(|id| self.role_name(*id)).collect()
    }

    pub(super) fn action_name(&self, id: ActionId) -> String {
        self.policy.action(id).map_or_else(String::new, |action| self.speech.titled(action.title.as_ref(), &action.name))
    }

    pub(super) fn action_names(&self, ids: &[ActionId]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.action_name(*id)).collect();
        names.join("; ")
    }

    /// A rule's title, with its row where it is one.
    pub(super) fn rule_name(&self, rule: &Rule) -> String {
        let name = row_of(rule).map_or(&*rule.name, |(table, _)| table);
        let title = self.speech.titled(rule.title.as_ref(), name);
        match row_of(rule) {
            Some((_, row)) => format!("{title}, {}", self.speech.with("handbook-row", row)),
            None => title,
        }
    }

    /// A rule's title; it leads to the rule where that is in the handbook.
    pub(super) fn rule_link(&self, id: RuleId) -> Line {
        let Some(rule) = self.rule(id) else { return Line::default() };
        let text = self.rule_name(rule);
        Line(vec![if self.shown.contains(&id) { Inline::Link { to: rule_anchor(rule), text } } else { Inline::Text(text) }])
    }

    pub(super) fn budget_link(&self, id: BudgetId) -> Line {
        let Some(budget) = self.policy.budget(id) else { return Line::default() };
        let text = self.speech.titled(budget.title.as_ref(), &budget.name);
        Line(vec![Inline::Link { to: format!("budget-{}", budget.name), text }])
    }

    pub(super) fn duty_link(&self, id: DutyId) -> Line {
        let Some(duty) = self.policy.duty(id) else { return Line::default() };
        let text = self.speech.titled(duty.title.as_ref(), &duty.name);
        Line(vec![Inline::Link { to: format!("duty-{}", duty.name), text }])
    }

    /// Whom a rule names, and how many that are for the verb.
    pub(super) fn subject(&self, subject: &Subject) -> (String, usize) {
        match subject {
            Subject::Everyone => (self.speech.words("every-role"), 1),
            Subject::Roles(roles) => (self.speech.either(&self.role_names(roles), "and"), roles.len()),
        }
    }
}
