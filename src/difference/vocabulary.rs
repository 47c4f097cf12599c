//! Names that only one of two policies has, or that are something else there.

use super::Word;
use crate::analysis::literal;
use crate::answer::parts::type_word;
use crate::outline::{in_words, key, window};
use crate::policy::expr::{Expr, Steps, Type};
use crate::policy::{BudgetUnit, Fact, Key, Policy, RoleId};

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

/// Names with what is said of them, always as many phrases of a kind of name, and each about the same.
type Named = Vec<(String, Vec<String>)>;

fn settings(policy: &Policy) -> Named {
    let zone = policy.time_zone.iana_name().unwrap_or_default().to_owned();
    let holidays: Vec<String> = policy.holidays.iter().map(ToString::to_string).collect();
    let holidays = if holidays.is_empty() { "none".to_owned() } else { holidays.join(", ") };
    [("time zone", zone), ("holidays", holidays), ("currency", policy.currency.code().to_owned())]
        .map(|(name, value)| (name.to_owned(), vec![value]))
        .into()
}

fn roles(policy: &Policy) -> Named {
    let below = |ids: &[RoleId]| ids.iter().filter_map(|id| Some(policy.role(*id)?.name.as_str())).collect::<Vec<_>>().join(", ");
    let above = |ids: &[RoleId]| if ids.is_empty() { "above nobody".to_owned() } else { format!("above {}", below(ids)) };
    let answers = |within: Option<&Steps>| within.map_or("no time to answer".to_owned(), |steps| format!("answers within {}", in_words(steps)));
    policy.roles.iter().map(|role| (role.name.clone(), vec![above(&role.above), answers(role.answers_within.as_ref())])).collect()
}

fn actions(policy: &Policy) -> Named {
    let measure = |measure: Option<&Type>| measure.map_or("granted or not".to_owned(), |ty| format!("of {}", type_word(ty)));
    policy.actions.iter().map(|action| (action.name.clone(), vec![measure(action.measure.as_ref())])).collect()
}

/// A fact changes what is answered where nothing is said of it: by its default, by whether it may be absent, by whom it is believed.
fn facts(policy: &Policy) -> Named {
    let default =
        |fact: &Fact| fact.default.as_ref().map_or("no default".to_owned(), |value| format!("default {}", literal(policy, &fact.ty, value)));
    let is = |word: &str, is: bool| if is { word.to_owned() } else { format!("not {word}") };
    let said = |fact: &Fact| {
        vec![
            type_word(&fact.ty).to_owned(),
            is("optional", fact.optional),
            is("verified", fact.verified),
            is("about actor", fact.about_actor),
            default(fact),
        ]
    };
    policy.facts.iter().map(|fact| (fact.name.clone(), said(fact))).collect()
}

fn duties(policy: &Policy) -> Named {
    let by = |(steps, after): &(Steps, Option<Expr>)| format!("within {}{}", in_words(steps), if after.is_some() { " after a date" } else { "" });
    let deadline = |deadline: Option<&(Steps, Option<Expr>)>| deadline.map_or("no deadline".to_owned(), by);
    policy.duties.iter().map(|duty| (duty.name.clone(), vec![deadline(duty.deadline.as_ref())])).collect()
}

/// What a budget holds shows in the answers.
fn budgets(policy: &Policy) -> Named {
    let unit = |unit: &BudgetUnit| match unit {
        BudgetUnit::Times => "times".to_owned(),
        BudgetUnit::Quantity(ty) => type_word(ty).to_owned(),
        BudgetUnit::Any => "only recorded".to_owned(),
    };
    let per = |keys: &[Key]| match keys {
        [] => "for all together".to_owned(),
        keys => format!("per {}", keys.iter().map(|it| key(policy, *it)).collect::<Vec<_>>().join(", ")),
    };
    let all = policy.budgets.iter();
    all.map(|budget| (budget.name.clone(), vec![unit(&budget.unit), per(&budget.keys), window(&budget.window)])).collect()
}

/// The values of the facts that both have.
fn values(policy: &Policy, other: &Policy) -> Named {
    let shared =
        policy.facts.iter().filter(|fact| other.facts.iter().any(|known| known.name == fact.name && type_word(&known.ty) == type_word(&fact.ty)));
    let named = shared.flat_map(|fact| match &fact.ty {
        Type::OneOf(ids) | Type::SomeOf(ids) => ids.iter().map(|id| (format!("{}: {}", fact.name, policy.choice(*id)), Vec::new())).collect(),
        _ => Vec::new(),
    });
    named.collect()
}

fn between(kind: &'static str, old: &Named, new: &Named, words: &mut Vec<Word>) {
    let plain = |name: &str, change| Word { kind, name: name.to_owned(), change, was: String::new(), is: String::new() };
    for (name, was) in old {
        match new.iter().find(|(other, _)| other == name) {
            None => words.push(plain(name, "removed")),
            Some((_, is)) if is != was => words.push(Word { was: differing(was, is), is: differing(is, was), ..plain(name, "changed") }),
            Some(_) => {}
        }
    }
    let added = new.iter().filter(|(name, _)| old.iter().all(|(other, _)| other != name));
    words.extend(added.map(|(name, _)| plain(name, "added")));
}

/// What is said of one only.
fn differing(said: &[String], other: &[String]) -> String {
    said.iter().zip(other).filter(|(said, other)| said != other).map(|(said, _)| said.as_str()).collect::<Vec<_>>().join(", ")
}
