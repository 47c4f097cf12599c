//! An entitlement and a prohibition that can meet, where the prohibition does not say which of them counts.

use std::collections::BTreeSet;

use super::Subject;
use super::case::{as_test, noon, question, with_defaults};
use crate::decide::{Coverage, Mode, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::number::Number;
use crate::policy::expr::Value;
use crate::policy::{ActionId, FactId, FactRef, RoleId, Rule};
use crate::program::{self, Kind};
use crate::question::Question;

/// So many combinations of facts are looked at for each pair of rules.
const MOST_CASES: usize = 500;
/// So many pairs of rules are looked at.
const MOST_PAIRS: usize = 400;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<(&Rule, &program::Rule)> = on.policy.rules.iter().zip(&on.program.rules).collect();
    let entitlements: Vec<_> = all.iter().filter(|(_, compiled)| matches!(compiled.kind, Kind::Entitlement)).collect();
    let mut pairs = 0;
    for (rule, compiled) in all.iter().filter(|(_, compiled)| is_contestable(on, compiled)) {
        let met = entitlements.iter().find_map(|(other, other_compiled)| {
            let action = *rule.actions.iter().find(|action| other.actions.contains(action))?;
            pairs += 1;
            if pairs > MOST_PAIRS {
                return None;
            }
            Some((other, meeting(on, action, (rule, compiled), other_compiled)?))
        });
        let Some((other, question)) = met else { continue };
        let title = format!("{} is owed although {}", other.name, rule.name);
        found.push(
            Diagnostic::new(Code::ContestedEntitlement, format!("`{}` and the entitlement `{}` can meet", rule.name, other.name))
                .at(rule.span, "this forbids it, and does not say whether what is owed counts")
                .at(other.span, "the customer is owed it all the same")
                .help(
                    "add `even if entitled`, or rule the case out; where what is owed shall count, say so in an `# allow(contested-entitlement): …`",
                )
                .case(as_test(on, &question, &title)),
        );
    }
}

/// A prohibition about the case, not about the person who asks: for another person that one is off.
fn is_contestable(on: Subject<'_>, rule: &program::Rule) -> bool {
    let about_actor = |fact: &FactRef| matches!(fact, FactRef::Fact(id) if on.policy.fact(*id).is_some_and(|fact| fact.about_actor));
    matches!(rule.kind, Kind::Prohibition { even_if_entitled: false, whole: true })
        && !rule.reads.actor_id
        && !rule.reads.facts.iter().any(about_actor)
}

/// A case in which both apply and the engine answers `owed`.
fn meeting(on: Subject<'_>, action: ActionId, (rule, prohibition): (&Rule, &program::Rule), entitlement: &program::Rule) -> Option<Question> {
    let conditions = [&prohibition.condition, &entitlement.condition];
    let reads = prohibition.reads.facts.iter().chain(&entitlement.reads.facts);
    let facts: BTreeSet<FactId> = reads.filter_map(|fact| if let FactRef::Fact(id) = fact { Some(*id) } else { None }).collect();
    let mut samples = on.program.representatives(on.policy, facts, conditions, on.today);
    samples.values_mut().for_each(raise);
    let role = on.policy.role_ids().find(|role| binds(on, action, *role, rule))?;
    let mut looked_at = 0;
    let mut met = None;
    Coverage::at(on.program, &samples, noon(on)).find_case(|case| {
        looked_at += 1;
        let mut asked = question(on, case, action, role);
        with_defaults(on, case, &mut asked);
        let both = conditions.iter().all(|condition| on.program.truth(&asked, condition, Mode::Ask).is_surely_yes());
        if both && on.program.decide(&asked, Mode::Ask).outcome == Outcome::Owed {
            met = Some(asked);
        }
        met.is_some() || looked_at >= MOST_CASES
    });
    met
}

/// A quantity that nothing is compared with stands at zero, of which nothing is owed.
fn raise(values: &mut Vec<Option<Value>>) {
    if let [Some(Value::Quantity(number))] | [Some(Value::Quantity(number)), None] = values.as_mut_slice()
        && number.is_zero()
    {
        *number = Number::from(100);
    }
}

fn binds(on: Subject<'_>, action: ActionId, role: RoleId, rule: &Rule) -> bool {
    let named = |id| on.policy.rule(id).is_some_and(|other| std::ptr::eq(other, rule));
    on.program.candidates(action, role).is_some_and(|candidates| candidates.prohibitions.rules().any(named))
}
