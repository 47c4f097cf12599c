//! A second signature that the first person can give.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{RoleId, RuleKind, Subject as Binds};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in &on.policy.rules {
        let RuleKind::Permission { subject: Binds::Roles(roles), approved_by } = &rule.kind else { continue };
        let signs = |approver: &&RoleId| roles.iter().any(|role| on.program.steps_up(**approver, *role).is_some());
        let Some(approver) = approved_by.iter().find(signs) else { continue };
        let proposes = roles.iter().find(|role| on.program.steps_up(*approver, **role).is_some()).map_or(*approver, |role| *role);
        let (approver, proposer) = (on.role_name(*approver), on.role_name(proposes));
        let what = if approver == proposer { "the role that proposes".to_owned() } else { format!("a role below `{proposer}`, which proposes") };
        found.push(
            Diagnostic::new(Code::OwnSignature, format!("the second signature of `{}` comes from {what}", rule.name))
                .at(rule.span, format!("`{proposer}` proposes, and `{approver}` signs"))
                .help(
                    "let a role above or beside it sign; where two different people of one role are meant, say so in an `# allow(own-signature): …`",
                ),
        );
    }
}
