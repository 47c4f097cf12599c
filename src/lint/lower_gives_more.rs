//! A rule of a higher role that gives less than one of a role below it.

use super::Subject;
use super::exact::Exact;
use super::limits::{Permission, measured, permissions};
use crate::diagnostic::{Code, Diagnostic};
use crate::program::node::Condition;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "lower-gives-more");
    for action in measured(on) {
        let all = permissions(on, action);
        for higher in &all {
            let lower = all.iter().find(|lower| is_below(on, lower, higher) && gives_more(lower, higher) && covers(&exact, lower, higher));
            let Some(lower) = lower else { continue };
            found.push(Diagnostic {
                case: exact.changing_nothing(higher.rule, &higher.compiled.condition),
                ..Diagnostic::new(Code::LowerGivesMore, format!("`{}` gives less than `{}` gives a role below", higher.rule.name, lower.rule.name))
                    .at(higher.rule.span, "this role has the other rule too, so this one changes nothing")
                    .at(lower.rule.span, "this flows up, and holds in all the same cases")
                    .help("give the higher role more, or take the rule out; a `may not … more than` keeps a role below a cap")
            });
        }
    }
    exact.tell(found);
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
fn covers<'a>(exact: &Exact<'a>, lower: &Permission<'a>, higher: &Permission<'a>) -> bool {
    let conditions = [&lower.compiled.condition, &higher.compiled.condition];
    matches!(conditions, [Condition::Constant(true), _]) || exact.never(higher.rule, &[&higher.compiled.condition], &[&lower.compiled.condition])
}
