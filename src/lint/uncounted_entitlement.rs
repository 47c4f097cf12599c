//! An entitlement that nothing counts.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::RuleKind;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &on.policy.rules {
        let is_measured = rule.actions.iter().any(|id| on.policy.action(*id).is_some_and(|action| action.measure.is_some()));
        if !matches!(rule.kind, RuleKind::Entitlement) || !is_measured || !rule.charges.is_empty() {
            continue;
        }
        // The rows of a table are one rule to whoever reads them.
        let table = rule.name.split_once('[').map(|(table, _)| table);
        let message = format!("nothing counts how often `{}` is claimed", table.unwrap_or(&rule.name));
        if found.iter().any(|other| other.code == Code::UncountedEntitlement && other.message == message) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UncountedEntitlement, message)
                .at(rule.span, "it charges no budget, so the same case is owed again and again")
                .help("charge a budget such as `1 times per order.id ever`, or one that is what the order was worth"),
        );
    }
}
