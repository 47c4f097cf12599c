//! A cap, or a limit without a second signature, that several grants pass.

use super::Subject;
use super::exact::Exact;
use super::limits::{Permission, measured, permissions};
use crate::analysis::{Case, Wanted, When};
use crate::decide::{Decision, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, RoleId, Rule, RuleKind, Subject as Binds};
use crate::program::{self, Kind};
use crate::source::Span;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "splittable-cap");
    for action in measured(on) {
        let all = permissions(on, action);
        let unbounded: Vec<&Permission<'_>> = all.iter().filter(|it| it.approved_by.is_empty() && it.bounding_budget(on).is_none()).collect();
        if unbounded.is_empty() {
            continue;
        }
        caps(on, &exact, action, &unbounded, found);
        signatures(on, &exact, action, &unbounded, &all, found);
    }
    exact.tell(found);
}

/// A case in which both rules apply and one grant is a yes, which can be had again and again.
fn granted<'a>(exact: &Exact<'a>, asked: (ActionId, RoleId), (own, other): (&'a program::Rule, &'a program::Rule), at: Span) -> Option<Case> {
    let hold = [&own.condition, &other.condition];
    let days = exact.days(hold.into_iter());
    let yes = |decision: &Decision| decision.outcome == Outcome::Yes;
    let wanted = Wanted { asked, when: When::Today, hold: &hold, fail: &[], known: None };
    let today = exact.find_decided(wanted, at, yes);
    today.or_else(|| days.into_iter().skip(1).find_map(|day| exact.analysis_of(day, |analysis| analysis.find_decided(wanted, yes).case)))
}

fn caps<'a>(on: Subject<'a>, exact: &Exact<'a>, action: ActionId, unbounded: &[&Permission<'a>], found: &mut Vec<Diagnostic>) {
    for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
        let is_cap = matches!(compiled.kind, Kind::Prohibition { whole: false, .. }) && compiled.quantity.is_some();
        if !is_cap || !rule.actions.contains(&action) {
            continue;
        }
        let passing = unbounded.iter().find_map(|permission| {
            let role = named(on, rule).find(|role| reaches(on, permission, *role))?;
            Some((permission, granted(exact, (action, role), (permission.compiled, compiled), rule.span)?))
        });
        let Some((permission, case)) = passing else { continue };
        let title = format!("again and again under {}", rule.name);
        found.push(
            Diagnostic::new(Code::SplittableCap, format!("several grants pass the cap of `{}`", rule.name))
                .at(rule.span, "this holds for each grant")
                .at(permission.rule.span, "nothing bounds how often this is used")
                .help("charge a budget in the permission, such as `AMOUNT per order.id ever`; what this case gives can be had again and again")
                .case(case.as_test(on.policy, on.program, &title)),
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

/// Whether a role that a permission comes to from below has more by another one, of which it is told.
fn is_exceeded(on: Subject<'_>, permission: &Permission<'_>, role: RoleId, unbounded: &[&Permission<'_>]) -> bool {
    let is_more =
        |other: &&&Permission<'_>| reaches(on, other, role) && permission.limit().zip(other.limit()).is_some_and(|(own, other)| own < other);
    !permission.roles().contains(&role) && unbounded.iter().any(|other| is_more(&other))
}

fn signatures<'a>(
    on: Subject<'a>,
    exact: &Exact<'a>,
    action: ActionId,
    unbounded: &[&Permission<'a>],
    all: &[Permission<'a>],
    found: &mut Vec<Diagnostic>,
) {
    for permission in unbounded {
        // What has no limit needs no second grant.
        if permission.compiled.quantity.is_none() {
            continue;
        }
        let signed = all.iter().find_map(|other| {
            let reached = |role: &&RoleId| reaches(on, permission, **role) && !is_exceeded(on, permission, **role, unbounded);
            let role = other.roles().iter().find(reached).filter(|_| !other.approved_by.is_empty())?;
            permission.limit().zip(other.limit()).is_none_or(|(own, other)| own < other).then_some(())?;
            Some((other, granted(exact, (action, *role), (permission.compiled, other.compiled), permission.rule.span)?))
        });
        let Some((signed, case)) = signed else { continue };
        let title = format!("again and again under {}", permission.rule.name);
        found.push(
            Diagnostic::new(Code::SplittableCap, format!("several grants under `{}` need no second signature", permission.rule.name))
                .at(permission.rule.span, "this holds for each grant, and no budget bounds the sum")
                .at(signed.rule.span, "more in one grant needs a signature")
                .help("charge a budget such as `AMOUNT per order.id ever`; what this case gives can be had again and again")
                .case(case.as_test(on.policy, on.program, &title)),
        );
    }
}
