//! A cap, or a limit without a second signature, that several grants pass.

use super::Subject;
use super::limits::{Permission, measured, permissions};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, RoleId, Rule, RuleKind, Subject as Binds};
use crate::program::Kind;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for action in measured(on) {
        let all = permissions(on, action);
        let unbounded: Vec<&Permission<'_>> = all.iter().filter(|it| it.approved_by.is_empty() && it.bounding_budget(on).is_none()).collect();
        if unbounded.is_empty() {
            continue;
        }
        caps(on, action, &unbounded, found);
        signatures(&unbounded, &all, found);
    }
}

fn caps(on: Subject<'_>, action: ActionId, unbounded: &[&Permission<'_>], found: &mut Vec<Diagnostic>) {
    for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
        let is_cap = matches!(compiled.kind, Kind::Prohibition { whole: false, .. }) && compiled.quantity.is_some();
        if !is_cap || !rule.actions.contains(&action) {
            continue;
        }
        let Some(permission) = unbounded.iter().find(|permission| named(on, rule).any(|role| reaches(on, permission, role))) else { continue };
        found.push(
            Diagnostic::new(Code::SplittableCap, format!("several grants pass the cap of `{}`", rule.name))
                .at(rule.span, "this holds for each grant")
                .at(permission.rule.span, "nothing bounds how often this is used")
                .help("charge a budget in the permission, such as `AMOUNT per order.id ever`"),
        );
    }
}

/// The roles that a prohibition names.
fn named(on: Subject<'_>, rule: &Rule) -> impl Iterator<Item = RoleId> {
    let roles: Vec<RoleId> = match &rule.kind {
        RuleKind::Prohibition { subject: Binds::Roles(roles), .. } => roles.to_vec(),
        _ => on.policy.role_ids().collect(),
    };
    roles.into_iter()
}

/// Whether a permission binds a role.
fn reaches(on: Subject<'_>, permission: &Permission<'_>, role: RoleId) -> bool {
    match permission.subject {
        Binds::Everyone => true,
        Binds::Roles(roles) => roles.iter().any(|lower| on.program.steps_up(*lower, role).is_some()),
    }
}

fn signatures(unbounded: &[&Permission<'_>], all: &[Permission<'_>], found: &mut Vec<Diagnostic>) {
    for permission in unbounded {
        // What has no limit needs no second grant.
        if permission.compiled.quantity.is_none() {
            continue;
        }
        let signed = |other: &&Permission<'_>| {
            !other.approved_by.is_empty()
                && other.roles().iter().any(|role| permission.roles().contains(role))
                && permission.limit().zip(other.limit()).is_none_or(|(own, other)| own < other)
        };
        let Some(signed) = all.iter().find(signed) else { continue };
        found.push(
            Diagnostic::new(Code::SplittableCap, format!("several grants under `{}` need no second signature", permission.rule.name))
                .at(permission.rule.span, "this holds for each grant, and no budget bounds the sum")
                .at(signed.rule.span, "more in one grant needs a signature")
                .help("charge a budget such as `AMOUNT per order.id ever`"),
        );
    }
}
