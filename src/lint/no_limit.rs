//! A permission without a limit below a role that has one.

use super::Subject;
use super::limits::{Permission, measured, permissions};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, RoleId};
use crate::program::Kind;
use crate::program::node::Condition;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for action in measured(on) {
        let all = permissions(on, action);
        for permission in all.iter().filter(|it| it.compiled.quantity.is_none() && it.approved_by.is_empty()) {
            let above = permission.roles().iter().find_map(|role| Some((role, limited_above(on, &all, *role)?)));
            let Some((role, above)) = above.filter(|(role, _)| !is_capped(on, action, **role)) else { continue };
            let (name, role) = (on.action_name(action), on.role_name(*role));
            found.push(
                Diagnostic::new(Code::NoLimit, format!("`{role}` may `{name}` without limit, though a role above it has one"))
                    .at(permission.rule.span, "nothing bounds a single grant")
                    .at(above.rule.span, "this is the rule of a higher role, and has a limit")
                    .help("write `up to` and a quantity"),
            );
        }
    }
}

fn limited_above<'a>(on: Subject<'_>, all: &'a [Permission<'a>], role: RoleId) -> Option<&'a Permission<'a>> {
    all.iter().find(|other| other.compiled.quantity.is_some() && other.approved_by.is_empty() && other.is_above(on, role))
}

/// Whether a prohibition caps what the role may grant, in every case.
fn is_capped(on: Subject<'_>, action: ActionId, role: RoleId) -> bool {
    on.program.candidates(action, role).is_some_and(|candidates| {
        let mut caps = candidates.prohibitions.rules().filter_map(|id| on.program.rule(id));
        caps.any(|rule| {
            matches!(rule.kind, Kind::Prohibition { whole: false, .. })
                && rule.quantity.is_some()
                && matches!(rule.condition, Condition::Constant(true))
        })
    })
}
