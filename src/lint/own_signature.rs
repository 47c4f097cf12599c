//! A second signature from below: by somebody who answers to the one who proposes.
//!
//! That another person of the same role signs is as the language has it: whoever proposes never signs.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{RoleId, RuleKind, Subject as Binds};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &on.policy.rules {
        let RuleKind::Permission { subject: Binds::Roles(roles), approved_by } = &rule.kind else { continue };
        let below = |role: &RoleId, approver: RoleId| on.program.steps_up(approver, *role).is_some_and(|steps| steps > 0);
        let found_below = approved_by.iter().find_map(|approver| Some((approver, roles.iter().find(|role| below(role, *approver))?)));
        let Some((approver, proposer)) = found_below else { continue };
        let (approver, proposer) = (on.role_name(*approver), on.role_name(*proposer));
        found.push(
            Diagnostic::new(Code::OwnSignature, format!("the second signature of `{}` comes from a role below the one that proposes", rule.name))
                .at(rule.span, format!("`{proposer}` proposes, and `{approver}` signs for a superior"))
                .help("let the same role, or one above or beside it, sign: another person always does"),
        );
    }
}
