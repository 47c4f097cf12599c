//! Who stands above whom, and which rules bind a role.

use crate::policy::{Policy, RoleId, Rule, RuleKind, Subject};

/// Why a rule binds a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It names the role.
    Own,
    /// It is for everybody.
    Everyone,
    /// It names these roles, from which it flows to this one.
    From(Vec<RoleId>),
}

/// The roles below a role, itself not among them, the nearest first.
pub(super) fn below(policy: &Policy, role: RoleId) -> Vec<RoleId> {
    policy.roles_below(role).into_iter().map(|(role, _)| role).collect()
}

/// The roles above a role, itself not among them, the nearest first.
pub(super) fn above(policy: &Policy, role: RoleId) -> Vec<RoleId> {
    policy.roles_above(role).into_iter().map(|(role, _)| role).collect()
}

/// Why a rule binds a role; `None` where it does not.
pub(super) fn standing(policy: &Policy, rule: &Rule, role: RoleId) -> Option<Standing> {
    let (subject, sources) = match &rule.kind {
        RuleKind::Entitlement => return Some(Standing::Everyone),
        RuleKind::Permission { subject, .. } => (subject, below(policy, role)),
        RuleKind::Prohibition { subject, .. } => (subject, above(policy, role)),
    };
    let Subject::Roles(named) = subject else { return Some(Standing::Everyone) };
    if named.contains(&role) {
        return Some(Standing::Own);
    }
    let from: Vec<RoleId> = named.iter().copied().filter(|named| sources.contains(named)).collect();
    (!from.is_empty()).then_some(Standing::From(from))
}

/// The roles that a rule reaches beside those that it names.
pub(super) fn reached(policy: &Policy, rule: &Rule) -> Vec<RoleId> {
    policy.role_ids().filter(|role| matches!(standing(policy, rule, *role), Some(Standing::From(_)))).collect()
}
