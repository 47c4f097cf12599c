//! A rule of a higher role that gives less than one of a role below it.

use super::Subject;
use super::idle_rule::is_small;
use super::limits::{Permission, measured, permissions};
use crate::decide::Coverage;
use crate::diagnostic::{Code, Diagnostic};
use crate::program::node::Condition;

/// So many pairs of rules of one action are compared case by case.
const MOST_PAIRS: usize = 200;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for action in measured(on) {
        let all = permissions(on, action);
        let mut pairs = 0;
        for higher in &all {
            let lower = all.iter().find(|lower| is_below(on, lower, higher) && gives_more(lower, higher) && covers(on, lower, higher, &mut pairs));
            let Some(lower) = lower else { continue };
            found.push(
                Diagnostic::new(Code::LowerGivesMore, format!("`{}` gives less than `{}` gives a role below", higher.rule.name, lower.rule.name))
                    .at(higher.rule.span, "this role has the other rule too, so this one changes nothing")
                    .at(lower.rule.span, "this flows up, and holds in all the same cases")
                    .help("give the higher role more, or take the rule out; a `may not … more than` keeps a role below a cap"),
            );
        }
    }
}

/// Whether all roles of one permission lie above those of another.
fn is_below(on: Subject<'_>, lower: &Permission<'_>, higher: &Permission<'_>) -> bool {
    !lower.roles().is_empty() && !higher.roles().is_empty() && lower.roles().iter().all(|role| higher.is_above(on, *role))
}

/// A lower one without a limit is a finding of another lint, or has a cap.
fn gives_more(lower: &Permission<'_>, higher: &Permission<'_>) -> bool {
    lower.approved_by.is_empty()
        && lower.compiled.quantity.is_some()
        && lower.limit().zip(higher.limit()).is_some_and(|(lower, higher)| lower > higher)
}

/// Whether the lower one applies wherever the higher one does.
fn covers(on: Subject<'_>, lower: &Permission<'_>, higher: &Permission<'_>, pairs: &mut usize) -> bool {
    let conditions = [&lower.compiled.condition, &higher.compiled.condition];
    if matches!(conditions, [Condition::Constant(true), _]) {
        return true;
    }
    *pairs += 1;
    if *pairs > MOST_PAIRS {
        return false;
    }
    let Some(samples) = on.program.samples_of(on.policy, &conditions) else { return false };
    let [lower, higher] = conditions;
    is_small(&samples) && Coverage::new(on.program, &samples).find(|holds| holds(higher) && !holds(lower)).is_none()
}
