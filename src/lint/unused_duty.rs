//! A duty that nothing requires.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for duty in &on.policy.duties {
        if !on.is_own(duty.span) || on.texts.items.mentions(&duty.name, duty.span) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::UnusedDuty, format!("nothing uses the duty `{}`", duty.name))
                .at(duty.span, "no rule requires it")
                .help("take it out, or `require` it where it is due"),
        );
    }
}
