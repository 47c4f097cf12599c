//! A limit that can go below zero.

use super::Subject;
use super::extent::{Extents, Known};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::Kind;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let extents = Extents { policy: on.policy, program: on.program };
    for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
        let Some(quantity) = &compiled.quantity else { continue };
        let mut known = Known::default();
        extents.learn(&compiled.condition, true, &mut known);
        let extent = extents.of(quantity, &known);
        if !extent.can_be_negative() {
            continue;
        }
        let (what, word) = match compiled.kind {
            Kind::Permission { .. } => ("limit", "up to"),
            Kind::Prohibition { .. } => ("cap", "more than"),
            Kind::Entitlement => ("quantity", "of"),
        };
        let place = on.texts.items.at(rule.span).and_then(|item| item.behind(rule.span, word)).unwrap_or(rule.span);
        let (message, label) = if extent.is_negative() {
            (format!("the {what} of `{}` is below zero", rule.name), "nothing is left of it")
        } else {
            (format!("the {what} of `{}` can go below zero", rule.name), "what is taken away can be more than what it is taken from")
        };
        found.push(
            Diagnostic::new(Code::NegativeLimit, message)
                .at(place, label)
                .help(format!("say what holds then: `{word} max(0, …)` with its unit, or a condition that rules it out")),
        );
    }
}
