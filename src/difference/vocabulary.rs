//! Names that only one of two policies has, or that are something else there.

use super::Word;
use crate::analysis::literal;
use crate::policy::expr::{Expr, Steps, Type};
use crate::policy::{Fact, Key, Policy, RoleId, Window};

pub(super) fn compare(old: &Policy, new: &Policy) -> Vec<Word> {
    let mut words = Vec::new();
    between("setting", &settings(old), &settings(new), &mut words);
    between("role", &roles(old), &roles(new), &mut words);
    between("action", &actions(old), &actions(new), &mut words);
    between("fact", &facts(old), &facts(new), &mut words);
    between("value", &values(old, new), &values(new, old), &mut words);
    between("duty", &duties(old), &duties(new), &mut words);
    between("budget", &budgets(old), &budgets(new), &mut words);
    words
}

/// Names with what they are, in a form that is the same where they are.
type Named = Vec<(String, String)>;

fn settings(policy: &Policy) -> Named {
    let zone = policy.time_zone.iana_name().unwrap_or_default().to_owned();
    let holidays = format!("{:?}", policy.holidays);
    [("time zone", zone), ("holidays", holidays), ("currency", policy.currency.code().to_owned())]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
}

fn roles(policy: &Policy) -> Named {
    let below = |ids: &[RoleId]| ids.iter().filter_map(|id| Some(policy.role(*id)?.name.as_str())).collect::<Vec<_>>().join(", ");
    let steps = |steps: &Steps| format!("{} {:?}", steps.count, steps.unit);
    policy.roles.iter().map(|role| (role.name.clone(), format!("{} {:?}", below(&role.above), role.answers_within.as_ref().map(steps)))).collect()
}

fn actions(policy: &Policy) -> Named {
    policy.actions.iter().map(|action| (action.name.clone(), format!("{:?}", action.measure))).collect()
}

/// A fact changes what is answered where nothing is said of it: by its default, by whether it may be absent, by whom it is believed.
fn facts(policy: &Policy) -> Named {
    let default = |fact: &Fact| fact.default.as_ref().map(|value| literal(policy, &fact.ty, value));
    let all = policy.facts.iter();
    all.map(|fact| (fact.name.clone(), format!("{} {} {} {} {:?}", kind(&fact.ty), fact.optional, fact.verified, fact.about_actor, default(fact))))
        .collect()
}

fn duties(policy: &Policy) -> Named {
    let by = |(steps, after): &(Steps, Option<Expr>)| format!("{} {:?} {}", steps.count, steps.unit, after.is_some());
    policy.duties.iter().map(|duty| (duty.name.clone(), format!("{:?}", duty.deadline.as_ref().map(by)))).collect()
}

/// What a budget holds shows in the answers.
fn budgets(policy: &Policy) -> Named {
    let key = |key: &Key| match key {
        Key::Fact(id) => policy.fact(*id).map(|fact| fact.name.clone()).unwrap_or_default(),
        other => format!("{other:?}"),
    };
    let keys = |keys: &[Key]| keys.iter().map(key).collect::<Vec<_>>().join(", ");
    let window = |window: &Window| match window {
        Window::Rolling(steps) => format!("{} {:?}", steps.count, steps.unit),
        other => format!("{other:?}"),
    };
    let all = policy.budgets.iter();
    all.map(|budget| (budget.name.clone(), format!("{:?} {} {}", budget.unit, keys(&budget.keys), window(&budget.window)))).collect()
}

/// What a fact is, but for the values of an enumeration.
fn kind(ty: &Type) -> String {
    match ty {
        Type::OneOf(_) => "one of".into(),
        Type::SomeOf(_) => "some of".into(),
        other => format!("{other:?}"),
    }
}

/// The values of the facts that both have.
fn values(policy: &Policy, other: &Policy) -> Named {
    let shared = policy.facts.iter().filter(|fact| other.facts.iter().any(|known| known.name == fact.name && kind(&known.ty) == kind(&fact.ty)));
    let named = shared.flat_map(|fact| match &fact.ty {
        Type::OneOf(ids) | Type::SomeOf(ids) => ids.iter().map(|id| (format!("{}: {}", fact.name, policy.choice(*id)), String::new())).collect(),
        _ => Vec::new(),
    });
    named.collect()
}

fn between(kind: &'static str, old: &[(String, String)], new: &[(String, String)], words: &mut Vec<Word>) {
    for (name, was) in old {
        match new.iter().find(|(other, _)| other == name) {
            None => words.push(Word { kind, name: name.clone(), change: "removed" }),
            Some((_, is)) if is != was => words.push(Word { kind, name: name.clone(), change: "changed" }),
            Some(_) => {}
        }
    }
    let added = new.iter().filter(|(name, _)| old.iter().all(|(other, _)| other != name));
    words.extend(added.map(|(name, _)| Word { kind, name: name.clone(), change: "added" }));
}
