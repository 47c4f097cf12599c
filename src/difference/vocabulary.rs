//! Names that only one of two policies has, or that are something else there.

use super::Word;
use crate::policy::Policy;
use crate::policy::expr::Type;

pub(super) fn compare(old: &Policy, new: &Policy) -> Vec<Word> {
    let mut words = Vec::new();
    let roles = |policy: &Policy| -> Vec<(String, String)> { policy.roles.iter().map(|role| (role.name.clone(), String::new())).collect() };
    let actions = |policy: &Policy| -> Vec<(String, String)> {
        policy.actions.iter().map(|action| (action.name.clone(), format!("{:?}", action.measure))).collect()
    };
    let facts = |policy: &Policy| -> Vec<(String, String)> { policy.facts.iter().map(|fact| (fact.name.clone(), kind(&fact.ty))).collect() };
    between("role", &roles(old), &roles(new), &mut words);
    between("action", &actions(old), &actions(new), &mut words);
    between("fact", &facts(old), &facts(new), &mut words);
    between("value", &values(old, new), &values(new, old), &mut words);
    words
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
fn values(policy: &Policy, other: &Policy) -> Vec<(String, String)> {
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
