//! What permissions give, side by side: for the lints that compare the rules of one action.

use super::Subject;
use super::row_gap::quantity_of;
use crate::decide::Bound;
use crate::policy::{ActionId, Allotment, BudgetId, RoleId, Rule, RuleKind, Subject as Binds};
use crate::program;

/// A permission for one action.
#[derive(Clone, Copy)]
pub(super) struct Permission<'a> {
    pub rule: &'a Rule,
    pub compiled: &'a program::Rule,
    pub subject: &'a Binds,
    pub approved_by: &'a [RoleId],
}

/// Every permission for an action.
pub(super) fn permissions(on: Subject<'_>, action: ActionId) -> Vec<Permission<'_>> {
    let rules = on.policy.rules.iter().zip(&on.program.rules).filter(|(rule, _)| rule.actions.contains(&action));
    let permission = |(rule, compiled)| {
        let rule: &Rule = rule;
        let RuleKind::Permission { subject, approved_by } = &rule.kind else { return None };
        Some(Permission { rule, compiled, subject, approved_by })
    };
    rules.filter_map(permission).collect()
}

/// The actions that are measured.
pub(super) fn measured(on: Subject<'_>) -> impl Iterator<Item = ActionId> {
    on.policy.actions.iter().enumerate().filter(|(_, action)| action.measure.is_some()).map(|(at, _)| ActionId::new(at))
}

impl Permission<'_> {
    /// The roles that it names.
    pub fn roles(&self) -> &[RoleId] {
        if let Binds::Roles(roles) = self.subject { roles } else { &[] }
    }

    /// Its limit where that is a constant, or there is none.
    pub fn limit(&self) -> Option<Bound> {
        quantity_of(self.compiled)
    }

    /// Whether it names a role above this one.
    pub fn is_above(&self, on: Subject<'_>, role: RoleId) -> bool {
        self.roles().iter().any(|own| on.program.steps_up(role, *own).is_some_and(|steps| steps > 0))
    }

    /// A budget that it charges and that limits somebody.
    pub fn bounding_budget(&self, on: Subject<'_>) -> Option<BudgetId> {
        self.rule.charges.iter().map(|charge| charge.budget).find(|id| {
            let lines = on.policy.budget(*id).map(|budget| budget.lines.as_slice()).unwrap_or_default();
            lines.iter().any(|line| !matches!(line, Allotment::Unlimited))
        })
    }
}
