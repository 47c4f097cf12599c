//! An action that nobody is ever granted.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::RuleKind;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut granted = vec![false; on.policy.actions.len()];
    for rule in on.policy.rules.iter().filter(|rule| !matches!(rule.kind, RuleKind::Prohibition { .. })) {
        for action in &rule.actions {
            if let Some(granted) = granted.get_mut(action.index()) {
                *granted = true;
            }
        }
    }
    for (action, granted) in on.policy.actions.iter().zip(granted) {
        if granted || !on.is_own(action.span) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UngrantableAction, format!("nobody is ever granted `{}`", action.name))
                .at(action.span, "no permission and no entitlement is about it")
                .help(format!("write who may `{}`, or take the action out", action.name)),
        );
    }
}
