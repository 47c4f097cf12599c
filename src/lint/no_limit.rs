//! A permission without a limit beside one that has one: of the same role, or of a role above.

use super::Subject;
use super::band_gap::is_true;
use super::limits::{Permission, measured, permissions};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{ActionId, RoleId};
use crate::program::Kind;
use crate::program::node::Condition;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for action in measured(on) {
        let all = permissions(on, action);
        for permission in all.iter().filter(|it| it.compiled.quantity.is_none() && it.approved_by.is_empty()) {
            let neighbour = permission.roles().iter().find_map(|role| Some((role, limited(on, &all, permission, *role)?)));
            let Some((role, neighbour)) = neighbour.filter(|(role, _)| !is_capped(on, action, **role)) else { continue };
            let (though, whose) = if neighbour.roles().contains(role) {
                ("another rule has one for it", "this is the other rule")
            } else {
                ("a role above it has one", "this is the rule of a higher role")
            };
            let (name, role) = (on.action_name(action), on.role_name(*role));
            found.push(
                Diagnostic::new(Code::NoLimit, format!("`{role}` may `{name}` without limit, though {though}"))
                    .at(permission.rule.span, "nothing bounds a single grant")
                    .at(neighbour.rule.span, format!("{whose}, and has a limit"))
                    .help("write `up to` and a quantity"),
            );
        }
    }
}

/// A permission of a role above, or else another one of the role itself, that has a limit. Beside what is allowed in every case another one makes no difference.
fn limited<'a>(on: Subject<'_>, all: &'a [Permission<'a>], permission: &Permission<'_>, role: RoleId) -> Option<&'a Permission<'a>> {
    let limited = || all.iter().filter(|other| other.compiled.quantity.is_some() && other.approved_by.is_empty());
    let holds_always = is_true(&permission.compiled.condition);
    limited().find(|other| other.is_above(on, role)).or_else(|| limited().find(|other| !holds_always && other.roles().contains(&role)))
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
