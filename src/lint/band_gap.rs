//! A gap between the bands of several rules for one action: values that none of them can hold for, between values that some do.
//!
//! Looked at is one fact at a time, or the quantity asked for, with everything else unknown: what is found holds whatever the other facts are.

use std::collections::BTreeSet;

use super::Subject;
use super::case::{literal, question};
use crate::decide::Mode;
use crate::diagnostic::{Code, Diagnostic};
use crate::number::{Number, Rounding};
use crate::policy::expr::{Type, Value};
use crate::policy::{ActionId, FactId, RoleId, Rule, RuleKind, Subject as Binds};
use crate::program::gate::Gate;
use crate::program::node::{Condition, Quantity, TestKind};
use crate::program::{self, Definition, smallest};

/// The bands of more rules are not looked at, and it is said so.
const MOST_RULES: usize = 400;

/// What the bands are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Measured {
    Fact(FactId),
    Amount,
}

type Known<'a> = (&'a Rule, &'a program::Rule);

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for at in 0..on.policy.actions.len() {
        let action = ActionId::new(at);
        let rules = on.policy.rules.iter().zip(&on.program.rules).filter(|(rule, _)| rule.actions.contains(&action));
        let (permissions, others): (Vec<Known<'_>>, Vec<Known<'_>>) = rules.partition(|(rule, _)| matches!(rule.kind, RuleKind::Permission { .. }));
        let entitlements = others.into_iter().filter(|(rule, _)| matches!(rule.kind, RuleKind::Entitlement)).collect();
        for family in [permissions, entitlements] {
            bands(on, action, &family, found);
        }
    }
}

fn bands(on: Subject<'_>, action: ActionId, family: &[Known<'_>], found: &mut Vec<Diagnostic>) {
    let cuts: Vec<Vec<(Measured, Number)>> = family.iter().map(|(_, compiled)| cuts(on, &compiled.condition)).collect();
    let measured: BTreeSet<Measured> = cuts.iter().flatten().map(|(measured, _)| *measured).collect();
    for one in measured {
        let banded: Vec<(&Known<'_>, &Vec<(Measured, Number)>)> =
            family.iter().zip(&cuts).filter(|(_, cuts)| cuts.iter().any(|(measured, _)| *measured == one)).collect();
        // The rows of one table are looked at together by another lint.
        let tables: BTreeSet<&str> = banded.iter().map(|((rule, _), _)| rule.name.split('[').next().unwrap_or_default()).collect();
        if tables.len() < 2 && one != Measured::Amount || banded.len() < 2 {
            continue;
        }
        if let Some(((first, _), _)) = banded.first().filter(|_| banded.len() > MOST_RULES) {
            found.push(
                Diagnostic::new(Code::TooManyCases, format!("the bands of so many rules for `{}` were not looked at", on.action_name(action)))
                    .at(first.span, format!("there are more than {MOST_RULES} of them; `band-gap` says nothing here")),
            );
            continue;
        }
        let numbers: BTreeSet<Number> =
            banded.iter().flat_map(|(_, cuts)| cuts.iter()).filter(|(measured, _)| *measured == one).map(|(_, cut)| cut.clone()).collect();
        let members: Vec<&Known<'_>> = banded.iter().map(|(known, _)| *known).collect();
        let masking = family.iter().filter(|known| !members.iter().any(|member| std::ptr::eq(*member, *known)) && masks(on, known.0, &members));
        let all: Vec<&Known<'_>> = members.iter().copied().chain(masking).collect();
        if let Some((value, below, above)) = gap(on, action, one, &numbers, &all) {
            report(on, action, one, &value, [below, above], found);
        }
    }
}

/// Whether a rule without such a band binds all who have bands, so that none of them falls into a gap.
fn masks(on: Subject<'_>, rule: &Rule, members: &[&Known<'_>]) -> bool {
    let RuleKind::Permission { subject: Binds::Roles(own), .. } = &rule.kind else { return true };
    let reached = |role: &RoleId| own.iter().any(|lower| on.program.steps_up(*lower, *role).is_some());
    members.iter().all(|(member, _)| matches!(&member.kind, RuleKind::Permission { subject: Binds::Roles(roles), .. } if roles.iter().all(reached)))
}

/// A value that no rule can hold for, and the rules next to it.
fn gap<'a>(on: Subject<'_>, action: ActionId, one: Measured, cuts: &BTreeSet<Number>, rules: &[&Known<'a>]) -> Option<(Number, &'a Rule, &'a Rule)> {
    let line = line(on, action, one, cuts);
    let holding: Vec<Option<&'a Rule>> = line
        .iter()
        .map(|value| rules.iter().find(|(_, compiled)| can_hold(on, action, one, value, &compiled.condition)).map(|(rule, _)| *rule))
        .collect();
    let first = holding.iter().position(Option::is_some)?;
    let last = holding.iter().rposition(Option::is_some)?;
    let hole = (first..last).find(|at| holding.get(*at).is_some_and(Option::is_none))?;
    let below = holding.get(..hole)?.iter().rev().find_map(|rule| *rule)?;
    let above = holding.get(hole..)?.iter().find_map(|rule| *rule)?;
    Some((line.get(hole)?.clone(), below, above))
}

fn can_hold(on: Subject<'_>, action: ActionId, one: Measured, value: &Number, condition: &Condition) -> bool {
    let known = match one {
        Measured::Fact(id) => vec![(id, Some(Value::Quantity(value.clone())))],
        Measured::Amount => Vec::new(),
    };
    let mut question = question(on, &known, action, RoleId::new(0));
    if one == Measured::Amount {
        question.amount = Some(value.clone());
    }
    !on.program.truth(&question, condition, Mode::Ask).is_surely_no()
}

/// Each cut and a value between each two, as far as there is one.
fn line(on: Subject<'_>, action: ActionId, one: Measured, cuts: &BTreeSet<Number>) -> Vec<Number> {
    let ty = type_of(on, action, one);
    let step = match &ty {
        Type::Money => smallest(&ty, on.policy.currency_decimals),
        Type::Duration => Number::from(60),
        Type::Percent => Number::ratio(1, 100).unwrap_or(Number::ONE),
        // What is counted is whole as a rule.
        _ => Number::ONE,
    };
    let sorted: Vec<&Number> = cuts.iter().collect();
    // A boundary that neither side owns lies between what is below the first cut and above the last.
    let mut line: Vec<Number> = sorted.first().and_then(|first| first.subtract(&step)).into_iter().collect();
    for (at, cut) in sorted.iter().enumerate() {
        line.push((*cut).clone());
        let middle = sorted.get(at + 1).and_then(|next| cut.add(next)?.divide(&Number::from(2))?.round(&step, Rounding::Down));
        line.extend(middle.filter(|middle| middle > *cut));
    }
    line.extend(sorted.last().and_then(|last| last.add(&step)));
    line
}

fn type_of(on: Subject<'_>, action: ActionId, one: Measured) -> Type {
    let ty = match one {
        Measured::Fact(id) => on.policy.fact(id).map(|fact| fact.ty.clone()),
        Measured::Amount => on.policy.action(action).and_then(|action| action.measure.clone()),
    };
    ty.unwrap_or(Type::Number)
}

/// The constants with which a condition compares facts and the quantity asked for.
fn cuts(on: Subject<'_>, condition: &Condition) -> Vec<(Measured, Number)> {
    let mut found = Vec::new();
    collect(on, condition, &mut found);
    found
}

fn collect(on: Subject<'_>, condition: &Condition, found: &mut Vec<(Measured, Number)>) {
    match condition {
        Condition::And(parts, _) => parts.iter().for_each(|part| collect(on, part, found)),
        Condition::Definition(id) => {
            if let Some(Definition::Condition(body)) = on.program.definitions.get(id.index()) {
                collect(on, body, found);
            }
        }
        Condition::Gate(Gate::Number(fact, _, decimals, mantissa), _) => {
            found.extend(Number::decimal(*mantissa, (*decimals).into()).map(|cut| (Measured::Fact(*fact), cut)));
        }
        Condition::Not(part, _) => collect(on, part, found),
        Condition::Test(test) => match &test.kind {
            TestKind::Compare(left, _, right) => {
                for (side, other) in [(left, right), (right, left)] {
                    if let (Some(one), Quantity::Constant(cut)) = (measured(side), other) {
                        found.push((one, cut.clone()));
                    }
                }
            }
            TestKind::Between(value, low, high) => {
                for bound in [low, high] {
                    if let (Some(one), Quantity::Constant(cut)) = (measured(value), bound) {
                        found.push((one, cut.clone()));
                    }
                }
            }
            _ => {}
        },
        Condition::Or(..) | Condition::Constant(_) | Condition::Gate(..) => {}
    }
}

fn measured(quantity: &Quantity) -> Option<Measured> {
    match quantity {
        Quantity::Fact(id) => Some(Measured::Fact(*id)),
        Quantity::Amount => Some(Measured::Amount),
        _ => None,
    }
}

fn report(on: Subject<'_>, action: ActionId, one: Measured, value: &Number, [below, above]: [&Rule; 2], found: &mut Vec<Diagnostic>) {
    let shown = literal(on.policy, &type_of(on, action, one), &Value::Quantity(value.clone()));
    let name = match one {
        Measured::Fact(id) => on.policy.fact(id).map_or_else(String::new, |fact| fact.name.clone()),
        Measured::Amount => "amount".into(),
    };
    found.push(
        Diagnostic::new(Code::BandGap, format!("the bands of `{}` and `{}` do not meet", below.name, above.name))
            .at(below.span, format!("this holds below, and no such rule where {name} is {shown}"))
            .at(above.span, "this holds above")
            .help(format!("let one side own the boundary, and the other begin right behind it: neither holds where `{name}` is {shown}")),
    );
}
