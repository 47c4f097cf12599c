//! An entitlement that eats somebody's own allotment.

use super::Subject;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::{Key, RuleKind};

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in on.policy.rules.iter().filter(|rule| matches!(rule.kind, RuleKind::Entitlement)) {
        let of_somebody = rule.charges.iter().find_map(|charge| {
            let budget = on.policy.budget(charge.budget)?;
            budget.keys.iter().any(|key| matches!(key, Key::Actor | Key::Team)).then_some((charge, budget))
        });
        let Some((charge, budget)) = of_somebody else { continue };
        // The rows of a table share what stands under its head.
        if found.iter().any(|other| other.code == Code::OwedFromAllotment && other.span() == Some(charge.span)) {
            continue;
        }
        found.push(
            Diagnostic::new(Code::OwedFromAllotment, format!("what `{}` owes the customer eats the allotment of whoever is asked", rule.name))
                .at(charge.span, format!("`{}` is what a person or a team may give away", budget.name))
                .help("charge a budget that is kept per case or per customer; a correction of an own mistake is no goodwill"),
        );
    }
}
