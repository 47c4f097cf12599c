//! A bare `no` that somebody can meet, with a case that reaches it: found by the analysis, confirmed by the engine.

use super::Subject;
use super::exact::Exact;
use crate::analysis::{Analysis, Coverage};
use crate::decide::{Alternative, Decision, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::ActionId;
use crate::program::node::Condition;

/// So many points are looked at in a pack, and at least so many for an action and a role.
const MOST_POINTS: usize = 40_000;
const LEAST_POINTS: usize = 100;
/// And at most so many.
const MOST_IN_ONE: usize = 20_000;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let exact = Exact::new(on, "bare-no");
    let mut left = MOST_POINTS;
    let today = Analysis::new(on.policy, on.program, on.today);
    for (at, action) in on.policy.actions.iter().enumerate() {
        let id = ActionId::new(at);
        let mut coverage = Coverage::Exact;
        // What one search leaves is for the others.
        let mut open = (on.policy.actions.len() - at) * on.policy.roles.len();
        let wall = exact.days(conditions(on, id)).into_iter().find_map(|day| {
            let later = (day != on.today).then(|| Analysis::new(on.policy, on.program, day));
            let analysis = later.as_ref().unwrap_or(&today);
            on.policy.role_ids().find_map(|role| {
                let share = left.div_ceil(open.max(1)).clamp(LEAST_POINTS, MOST_IN_ONE);
                let (found, used) = analysis.find_no_within(share, (id, role), is_excused);
                (left, open) = (left.saturating_sub(used), open.saturating_sub(1));
                coverage = coverage.and(found.coverage);
                found.case
            })
        });
        let Some(case) = wall else {
            exact.note(action.span, coverage);
            continue;
        };
        let title = format!("nobody meets a wall: {}", action.name);
        found.push(
            Diagnostic::new(Code::BareNo, format!("somebody can meet a bare `no` to `{}`", action.name))
                .at(action.span, "no limit, nobody to ask, no offer, no advice and nothing to find out")
                .help(format!("give a fallback for `{}` an offer or advice; the case below reaches the wall", action.name))
                .case(case.as_test(on.policy, on.program, &title)),
        );
    }
    exact.tell(found);
}

/// The conditions of the rules and fallbacks of an action.
fn conditions(on: Subject<'_>, action: ActionId) -> impl Iterator<Item = &Condition> {
    let rules = on.policy.rules.iter().zip(&on.program.rules).filter(move |(rule, _)| rule.actions.contains(&action));
    let fallbacks = on.policy.fallbacks.iter().zip(&on.program.fallbacks).filter(move |(fallback, _)| fallback.actions.contains(&action));
    rules.map(|(_, rule)| &rule.condition).chain(fallbacks.map(|(_, fallback)| &fallback.condition))
}

fn is_excused(decision: &Decision) -> bool {
    let has = |offer: &Alternative| offer.outcome != Outcome::Need;
    !decision.advice.is_empty() || decision.offer.iter().any(has)
}
