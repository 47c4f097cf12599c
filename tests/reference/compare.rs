//! Between the program's ids and plain names.

use kulanz::Number;
use kulanz::decide::{self, Decision, Reason};
use kulanz::policy::expr::{Type, Value};
use kulanz::policy::{ChoiceId, FactRef, Policy};
use kulanz::question::{Actor, Explain, FactState, Provenance, Question};
use kulanz::syntax::ast::Modifier;

use super::answer::{Answer, By, Charge, Contact, Limit, Offer};
use super::asked::{Asked, Given, Plain, Source};
use super::book::Book;

/// A question as the program reads it.
pub fn question(policy: &Policy, book: &Book, asked: &Asked) -> Question {
    let facts = policy.facts.iter().map(|fact| match asked.facts.get(&fact.name) {
        Some(given) => {
            let source = if given.source == Source::Record { Provenance::Record } else { Provenance::Said };
            match &given.value {
                Some(plain) => FactState::Known(value(policy, &fact.ty, plain), source),
                None => FactState::Absent(source),
            }
        }
        None => match &fact.default {
            Some(value) => FactState::Known(value.clone(), Provenance::Default),
            None => FactState::Unknown,
        },
    });
    assert!(policy.facts.iter().all(|fact| fact.default.is_some() == book.modifiers(&fact.name).any(|it| matches!(it, Modifier::Default(_)))));
    Question {
        actor: Actor { id: asked.id.clone(), role: policy.role_named(&asked.role).unwrap(), team: asked.team.clone() },
        action: policy.action_named(&asked.action).unwrap(),
        amount: asked.amount.clone(),
        facts: facts.collect(),
        spent: policy.budgets.iter().map(|budget| asked.spent.get(&budget.name).cloned().unwrap_or(Number::ZERO)).collect(),
        at: asked.at,
        explain: Explain::Decisive,
    }
}

fn value(policy: &Policy, ty: &Type, plain: &Plain) -> Value {
    let choice = |ids: &[ChoiceId], name: &str| *ids.iter().find(|id| policy.choice(**id) == name).unwrap();
    match (plain, ty) {
        (Plain::Quantity(number), _) => Value::Quantity(number.clone()),
        (Plain::YesNo(yes), _) => Value::YesNo(*yes),
        (Plain::Text(text), _) => Value::Text(text.clone()),
        (Plain::Choice(name), Type::OneOf(ids)) => Value::Choice(choice(ids, name)),
        (Plain::Set(names), Type::SomeOf(ids)) => {
            let mut set: Vec<_> = names.iter().map(|name| choice(ids, name)).collect();
            set.sort();
            Value::Set(set)
        }
        _ => panic!("no value of this type: {plain:?}"),
    }
}

/// The same question for the plain evaluator.
pub fn asked(policy: &Policy, question: &Question) -> Asked {
    let given = |(at, fact): (usize, &kulanz::policy::Fact)| {
        let (value, provenance) = match &question.facts[at] {
            FactState::Unknown => return None,
            FactState::Absent(provenance) => (None, provenance),
            FactState::Known(value, provenance) => (Some(plain(policy, value)), provenance),
        };
        let source = match provenance {
            Provenance::Record => Source::Record,
            Provenance::Said => Source::Said,
            Provenance::Default => return None,
        };
        Some((fact.name.clone(), Given { value, source }))
    };
    Asked {
        role: policy.roles[question.actor.role.index()].name.clone(),
        id: question.actor.id.clone(),
        team: question.actor.team.clone(),
        action: policy.actions[question.action.index()].name.clone(),
        amount: question.amount.clone(),
        facts: policy.facts.iter().enumerate().filter_map(given).collect(),
        spent: policy.budgets.iter().map(|budget| budget.name.clone()).zip(question.spent.iter().cloned()).collect(),
        at: question.at,
    }
}

fn plain(policy: &Policy, value: &Value) -> Plain {
    let name = |id: &ChoiceId| policy.choice(*id).to_owned();
    match value {
        Value::Quantity(number) => Plain::Quantity(number.clone()),
        Value::YesNo(yes) => Plain::YesNo(*yes),
        Value::Text(text) => Plain::Text(text.clone()),
        Value::Choice(id) => Plain::Choice(name(id)),
        Value::Set(ids) => Plain::Set(ids.iter().map(name).collect()),
    }
}

/// A decision in plain names.
pub fn answer(policy: &Policy, decision: &Decision) -> Answer {
    Answer {
        outcome: decision.outcome,
        limit: limit(&decision.limit),
        entitled: limit(&decision.entitled),
        because: decision.because.iter().map(|it| reason(policy, *it)).collect(),
        require: decision.require.iter().map(|it| (policy.duties[it.duty.index()].name.clone(), it.by.map(by))).collect(),
        charge: decision.charge.iter().map(|it| charge(policy, it)).collect(),
        ask: contacts(policy, &decision.ask),
        offer: decision.offer.iter().map(|it| offer(policy, it)).collect(),
        advice: decision.advice.iter().map(|it| (reason(policy, it.reason), it.index)).collect(),
        need: facts(policy, &decision.need),
        provisional: decision.provisional.iter().map(|id| policy.facts[id.index()].name.clone()).collect(),
        also_owed: decision.also_owed.iter().map(|it| also_owed(policy, it)).collect(),
        otherwise: decision.otherwise.as_ref().map(|it| Box::new(answer(policy, it))),
    }
}

fn limit(limit: &decide::Limit) -> Limit {
    match limit {
        decide::Limit::None => Limit::None,
        decide::Limit::Amount(number) => Limit::Amount(number.clone()),
        decide::Limit::Unlimited => Limit::Unlimited,
    }
}

fn reason(policy: &Policy, reason: Reason) -> String {
    match reason {
        Reason::Rule(id) => policy.rules[id.index()].name.to_string(),
        Reason::Fallback(id) => policy.fallbacks[id.index()].name.to_string(),
    }
}

fn by(deadline: decide::Deadline) -> By {
    match deadline {
        decide::Deadline::Day(day) => By::Day(day),
        decide::Deadline::Moment(at) => By::Moment(at),
    }
}

fn charge(policy: &Policy, charge: &decide::BudgetCharge) -> Charge {
    Charge {
        budget: policy.budgets[charge.budget.index()].name.clone(),
        amount: charge.amount.clone(),
        left: charge.left.clone(),
        of: charge.of.clone(),
        resets: charge.resets,
    }
}

fn contacts(policy: &Policy, contacts: &[decide::Contact]) -> Vec<Contact> {
    let role = |id: kulanz::policy::RoleId| policy.roles[id.index()].name.clone();
    let contact = |it: &decide::Contact| Contact {
        role: role(it.role),
        kind: it.kind,
        within: it.within.as_ref().map(|steps| (steps.count.clone(), steps.unit)),
        another_person: it.another_person,
        approved_by: it.approved_by.iter().map(|id| role(*id)).collect(),
    };
    contacts.iter().map(contact).collect()
}

fn offer(policy: &Policy, offer: &decide::Alternative) -> Offer {
    Offer {
        action: policy.actions[offer.action.index()].name.clone(),
        outcome: offer.outcome,
        limit: limit(&offer.limit),
        ask: contacts(policy, &offer.ask),
        need: facts(policy, &offer.need),
    }
}

fn facts(policy: &Policy, facts: &[FactRef]) -> Vec<String> {
    let name = |fact: &FactRef| match fact {
        FactRef::Fact(id) => policy.facts[id.index()].name.clone(),
        FactRef::ActorId => "actor.id".to_owned(),
        FactRef::ActorTeam => "actor.team".to_owned(),
    };
    facts.iter().map(name).collect()
}

fn also_owed(policy: &Policy, owed: &decide::Owed) -> (String, Limit, String) {
    (policy.actions[owed.action.index()].name.clone(), limit(&owed.limit), policy.rules[owed.rule.index()].name.to_string())
}

/// Panics where the two answers differ in anything that the language page fixes.
pub fn assert_agree(compiled: &Answer, plain: &Answer, question: &str) {
    if let Some(difference) = difference(compiled, plain) {
        panic!("{difference}\nquestion: {question}\ncompiled: {compiled:#?}\nplain: {plain:#?}");
    }
}

/// Where two answers differ, if they do.
pub fn difference(compiled: &Answer, plain: &Answer) -> Option<String> {
    let parts: [(&str, bool); 13] = [
        ("outcome", compiled.outcome == plain.outcome),
        ("limit", compiled.limit == plain.limit),
        ("entitled", compiled.entitled == plain.entitled),
        ("because", compiled.because == plain.because),
        ("require", sorted(&compiled.require, |it| it.0.clone()) == sorted(&plain.require, |it| it.0.clone())),
        ("charge", sorted(&compiled.charge, |it| it.budget.clone()) == sorted(&plain.charge, |it| it.budget.clone())),
        ("ask", compiled.ask == plain.ask),
        ("offer", offers(compiled) == offers(plain)),
        ("advice", compiled.advice == plain.advice),
        ("need", sorted(&compiled.need, Clone::clone) == sorted(&plain.need, Clone::clone)),
        ("provisional", compiled.provisional == plain.provisional),
        ("also_owed", compiled.also_owed == plain.also_owed),
        ("otherwise", compiled.otherwise.is_some() == plain.otherwise.is_some()),
    ];
    if let Some((part, _)) = parts.iter().find(|(_, same)| !same) {
        return Some(format!("the evaluators differ in `{part}`"));
    }
    let (compiled, plain) = (compiled.otherwise.as_ref()?, plain.otherwise.as_ref()?);
    difference(compiled, plain).map(|difference| format!("otherwise: {difference}"))
}

fn offers(answer: &Answer) -> Vec<Offer> {
    let sort = |offer: &Offer| Offer { need: sorted(&offer.need, Clone::clone), ..offer.clone() };
    answer.offer.iter().map(sort).collect()
}

fn sorted<T: Clone>(items: &[T], key: impl Fn(&T) -> String) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort_by_key(key);
    items
}
