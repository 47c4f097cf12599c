//! A role that nothing names.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for role in &on.policy.roles {
        // A role above others has what they have.
        if !on.is_own(role.span) || !role.above.is_empty() || on.texts.items.mentions(&role.name, role.span) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UnusedRole, format!("nothing is said of the role `{}`", role.name))
                .at(role.span, "no rule, budget or clause names it, and it stands beside all others")
                .help("take it out, put it `above` another, or write what it may do"),
        );
    }
}
