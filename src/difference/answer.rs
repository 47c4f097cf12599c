//! An answer in few words, and when two answers are the same.

use crate::analysis::amount;
use crate::decide::{ContactKind, Decision, Limit, Outcome, Reason};
use crate::policy::Policy;
use crate::program::Program;

/// An answer for people, and what must be equal for two to be the same change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub text: String,
    /// With figures.
    pub key: String,
    /// Without those that come from facts or from what has been used.
    pub shape: String,
}

pub(super) fn told(policy: &Policy, program: &Program, decision: &Decision) -> Told {
    let measure = policy.action(decision.action).and_then(|action| action.measure.as_ref());
    let limit = match &decision.limit {
        Limit::None => None,
        Limit::Unlimited => Some("without limit".to_owned()),
        Limit::Amount(number) => Some(format!("up to {}", amount(policy, measure, number))),
    };
    let word = match decision.outcome {
        Outcome::UpTo => "part".to_owned(),
        other => other.word().to_owned(),
    };
    let is_computed = is_computed(program, decision);
    let first = match (&decision.outcome, &limit) {
        (Outcome::Yes | Outcome::UpTo, Some(limit)) if decision.amount.is_none() || decision.outcome == Outcome::UpTo => limit.clone(),
        (Outcome::Owed, Some(limit)) if decision.amount.is_none() => format!("owed {limit}"),
        _ => word.clone(),
    };
    let beside = beside(policy, decision);
    let text = match decision.outcome {
        // Who is asked comes first then, anyway.
        Outcome::Ask => beside.trim_start_matches("; ").to_owned(),
        _ if is_computed && limit.is_some() => format!("for example {first}{beside}"),
        _ => format!("{first}{beside}"),
    };
    let figure = if is_computed { by(policy, decision) } else { first.clone() };
    // The limit beside a quantity that is granted anyway is told without one.
    let key = if decision.amount.is_some() && decision.outcome.is_allowed() { format!("{word}{beside}") } else { format!("{word} {first}{beside}") };
    let shape = format!("{word} {figure}{beside}");
    Told { text, key, shape }
}

/// Whether the limit comes from a rule that computes it, or from what is left of a budget.
fn is_computed(program: &Program, decision: &Decision) -> bool {
    if !matches!(decision.limit, Limit::Amount(_)) {
        return false;
    }
    let computes = |reason: &Reason| matches!(reason, Reason::Rule(id) if program.rule(*id).is_some_and(|rule| rule.fixed.is_none()));
    let used_up = decision.charge.iter().any(|charge| charge.left.as_ref().is_some_and(crate::number::Number::is_zero));
    used_up || decision.because.iter().any(computes)
}

fn by(policy: &Policy, decision: &Decision) -> String {
    let name = |reason: &Reason| match reason {
        Reason::Rule(id) => policy.rule(*id).map(|rule| rule.name.as_ref()),
        Reason::Fallback(_) => None,
    };
    decision.because.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

/// Who is asked, what is required, charged, offered and advised.
fn beside(policy: &Policy, decision: &Decision) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut list = |word: &str, names: Vec<String>| {
        if !names.is_empty() {
            parts.push(format!("{word} {}", names.join(", ")));
        }
    };
    let role = |id| policy.role(id).map_or("", |role| role.name.as_str());
    let contact = |it: &crate::decide::Contact| {
        let kind = if it.kind == ContactKind::Approve { " to approve" } else { "" };
        let other = if it.another_person { " (another person)" } else { "" };
        let with: Vec<&str> = it.approved_by.iter().map(|id| role(*id)).collect();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(" and ")) };
        format!("{}{kind}{other}{with}", role(it.role))
    };
    list("ask", decision.ask.iter().map(contact).collect());
    list("require", decision.require.iter().filter_map(|it| Some(policy.duty(it.duty)?.name.clone())).collect());
    list("charge", decision.charge.iter().filter_map(|it| Some(policy.budget(it.budget)?.name.clone())).collect());
    let offered = |it: &crate::decide::Alternative| {
        let action = policy.action(it.action)?;
        let most =
            if let Limit::Amount(most) = &it.limit { format!(" up to {}", amount(policy, action.measure.as_ref(), most)) } else { String::new() };
        let asks = if it.outcome == Outcome::Ask { " by asking" } else { "" };
        Some(format!("{}{most}{asks}", action.name))
    };
    list("offer", decision.offer.iter().filter_map(offered).collect());
    if !decision.advice.is_empty() {
        parts.push(if decision.advice.len() == 1 { "with advice".into() } else { format!("with {} pieces of advice", decision.advice.len()) });
    }
    parts.iter().flat_map(|part| ["; ", part]).collect()
}
