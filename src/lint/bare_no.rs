//! A bare `no` that somebody can meet.
//!
//! The lint looks for one among representative cases: each fact that the rules of an action read takes the values around the constants it is compared with. What it
//! shows is confirmed by the engine; where there are too many cases it looks at a part of them, spread evenly.

use std::collections::BTreeSet;

use super::Subject;
use super::case::{question, statement};
use crate::decide::{Decision, Mode, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::Value;
use crate::policy::{ActionId, FactId, FactRef, RoleId, RuleId};
use crate::program::coverage::Samples;
use crate::question::{FactState, Provenance, Question, default_state};

/// So many cases are looked at for each action and role.
const MOST_CASES: usize = 400;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (at, action) in on.policy.actions.iter().enumerate() {
        let id = ActionId::new(at);
        let samples = samples(on, id);
        let wall = (0..on.policy.roles.len()).find_map(|role| wall(on, id, RoleId::new(role), &samples));
        let Some(question) = wall else { continue };
        found.push(
            Diagnostic::new(Code::BareNo, format!("somebody can meet a bare `no` to `{}`", action.name))
                .at(action.span, "no limit, nobody to ask, no offer, no advice and nothing to find out")
                .help(format!("give a fallback for `{}` an offer or advice; the case below reaches the wall", action.name))
                .case(as_test(on, &question)),
        );
    }
}

/// The facts that decide about an action, with a value for each piece as far as it can be told.
fn samples(on: Subject<'_>, action: ActionId) -> Samples {
    let Some(compiled) = on.program.action_of(action) else { return Samples::new() };
    let of_roles =
        on.program.candidates_of(action).iter().flat_map(|candidates| candidates.permissions.rules().chain(candidates.prohibitions.rules()));
    let ids: BTreeSet<RuleId> = of_roles.chain(compiled.entitlements.rules()).collect();
    let rules = || ids.iter().filter_map(|id| on.program.rule(*id)).map(|rule| (&rule.condition, rule.reads.as_ref()));
    let fallbacks = || compiled.fallbacks.iter().filter_map(|id| on.program.fallbacks.get(id.index())).map(|it| (&it.condition, &it.reads));
    let reads = rules().chain(fallbacks()).flat_map(|(_, reads)| &reads.facts);
    let facts: BTreeSet<FactId> = reads.filter_map(|fact| if let FactRef::Fact(id) = fact { Some(*id) } else { None }).collect();
    on.program.representatives(on.policy, facts, rules().chain(fallbacks()).map(|(condition, _)| condition), on.today)
}

fn wall(on: Subject<'_>, action: ActionId, role: RoleId, samples: &Samples) -> Option<Question> {
    let total = samples.values().try_fold(1_usize, |so_far, values| so_far.checked_mul(values.len().max(1))).unwrap_or(usize::MAX);
    // A stride without a factor in common with the total visits all of them evenly.
    let stride = if total <= MOST_CASES { 1 } else { (total / MOST_CASES..total).find(|stride| gcd(*stride, total) == 1).unwrap_or(1) };
    (0..total.min(MOST_CASES)).find_map(|nth| {
        let facts = combination(samples, place(nth, stride, total));
        let mut question = question(on, &facts, action, role);
        // A test takes the default of every fact that it does not name.
        for (at, (state, fact)) in question.facts.iter_mut().zip(&on.policy.facts).enumerate() {
            if facts.iter().all(|(id, _)| id.index() != at) {
                *state = default_state(fact);
            }
        }
        is_bare(&on.program.decide(&question, Mode::Ask)).then_some(question)
    })
}

/// `nth * stride` modulo `total`, without overflow.
fn place(nth: usize, stride: usize, total: usize) -> usize {
    let product = nth as u128 * stride as u128;
    usize::try_from(product % total.max(1) as u128).unwrap_or(0)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn combination(samples: &Samples, mut nth: usize) -> Vec<(FactId, Option<Value>)> {
    let mut chosen = Vec::new();
    for (id, values) in samples {
        let count = values.len().max(1);
        if let Some(value) = values.get(nth % count) {
            chosen.push((*id, value.clone()));
        }
        nth /= count;
    }
    chosen
}

fn is_bare(decision: &Decision) -> bool {
    decision.outcome == Outcome::No && decision.offer.is_empty() && decision.advice.is_empty() && decision.need.is_empty()
}

/// The case as a test that can be pasted into the pack.
fn as_test(on: Subject<'_>, question: &Question) -> String {
    let name = |name: Option<&String>| name.cloned().unwrap_or_default();
    let role = name(on.policy.roles.get(question.actor.role.index()).map(|role| &role.name));
    let action = name(on.policy.actions.get(question.action.index()).map(|action| &action.name));
    let mut lines =
        vec![format!("test \"nobody meets a wall: {action}\""), format!("  on {}", on.today), format!("  as {role} \"anna\" in team \"team\"")];
    for (at, state) in question.facts.iter().enumerate() {
        let value = match state {
            FactState::Unknown | FactState::Known(_, Provenance::Default) => continue,
            FactState::Absent(_) => None,
            FactState::Known(value, _) => Some(value),
        };
        lines.extend(statement(on.policy, FactId::new(at), value).map(|statement| format!("  given {statement}")));
    }
    lines.push(format!("  ask {action}"));
    lines.push("  expect no".into());
    lines.join("\n")
}
