//! Each of a policy's things into what the program keeps of it.

use std::sync::Arc;

use super::lower::Lower;
use super::node::{Condition, Named, Quantity, Reads, TestKind};
use super::screen::Screen;
use super::{
    Allotment, Budget, Charge, Definition, Duty, Fact, Fallback, Instead, Kind, Lookup, LookupValue, Measure, Offer, Program, Requirement, Role,
    Route, Rule, smallest,
};
use crate::decide::Bound;
use crate::number::Number;
use crate::policy::expr::{Type, Value};
use crate::policy::{self, BudgetUnit, ChargeBy, Key, Policy, RoleId, RuleKind, Subject};
use crate::program::node::Atom;
use crate::source::Span;
/// Whether one of the roles that a subject names does.
pub(super) fn binds(subject: &Subject, test: impl Fn(RoleId) -> bool) -> bool {
    match subject {
        Subject::Everyone => true,
        Subject::Roles(roles) => roles.iter().any(|role| test(*role)),
    }
}

pub(super) fn role(policy: &Policy, at: usize) -> Role {
    let mut steps_up_to = vec![None; policy.roles.len()];
    let mut reached = vec![(RoleId::new(at), 0_u32)];
    while let Some((here, steps)) = reached.pop() {
        let Some(best) = steps_up_to.get_mut(here.index()) else { continue };
        if best.is_some_and(|known| known <= steps) {
            continue;
        }
        *best = Some(steps);
        let uppers = policy.roles.iter().enumerate().filter(|(_, upper)| upper.above.contains(&here));
        reached.extend(uppers.map(|(upper, _)| (RoleId::new(upper), steps + 1)));
    }
    Role { answers_within: policy.roles.get(at).and_then(|role| role.answers_within.clone()), steps_up_to }
}

pub(super) fn fact(fact: &policy::Fact) -> Fact {
    Fact { verified: fact.verified, about_actor: fact.about_actor, default: fact.default.clone() }
}

pub(super) fn duty(lower: &Lower<'_>, duty: &policy::Duty) -> Duty {
    let deadline = duty.deadline.as_ref().map(|(steps, after)| (steps.clone(), after.as_ref().map(|expr| lower.quantity(expr))));
    Duty { deadline }
}

pub(super) fn definition(lower: &Lower<'_>, definition: &policy::Definition) -> Definition {
    match definition.body.ty {
        Type::YesNo => Definition::Condition(lower.condition(&definition.body)),
        Type::Text | Type::OneOf(_) | Type::SomeOf(_) => Definition::Atom,
        _ => Definition::Quantity(lower.quantity(&definition.body)),
    }
}

pub(super) fn lookup(lower: &Lower<'_>, lookup: &policy::Lookup) -> Lookup {
    let value = |row: &policy::LookupRow| match lookup.ty {
        Type::YesNo => LookupValue::Condition(lower.condition(&row.value)),
        Type::Text | Type::OneOf(_) | Type::SomeOf(_) => {
            LookupValue::Atom(lower.atom(&row.value).unwrap_or(Atom::Constant(Value::Text(String::new()))))
        }
        _ => LookupValue::Quantity(lower.quantity(&row.value)),
    };
    let rows = lookup.rows.iter().map(|row| (lower.condition(&row.when), value(row))).collect();
    Lookup { rows, gates: Box::default(), screen: Screen::default(), complete: false }
}

pub(super) fn definition_reads(definition: &Definition, named: &Named<'_>) -> Reads {
    let mut reads = Reads::default();
    match definition {
        Definition::Condition(condition) => condition.reads(named, &mut reads),
        Definition::Quantity(quantity) => quantity.reads(named, &mut reads),
        Definition::Atom => {}
    }
    reads
}

pub(super) fn lookup_reads(lookup: &Lookup, named: &Named<'_>) -> Reads {
    let mut reads = Reads::default();
    for (when, value) in &lookup.rows {
        when.reads(named, &mut reads);
        match value {
            LookupValue::Quantity(quantity) => quantity.reads(named, &mut reads),
            LookupValue::Condition(condition) => condition.reads(named, &mut reads),
            LookupValue::Atom(atom) => atom.reads(named, &mut reads),
        }
    }
    reads
}

pub(super) fn rule_reads(rule: &Rule, named: &Named<'_>, budgets: &[Budget]) -> Reads {
    let mut reads = Reads::default();
    rule.condition.reads(named, &mut reads);
    if let Some(quantity) = &rule.quantity {
        quantity.reads(named, &mut reads);
    }
    rule.requires.iter().for_each(|it| it.when.reads(named, &mut reads));
    for charge in &rule.charges {
        if let Measure::PerUnit(quantity) | Measure::Fixed(quantity) = &charge.by {
            quantity.reads(named, &mut reads);
        }
        if let Some(budget) = budgets.get(charge.budget.index()) {
            reads.add(&budget.reads);
        }
    }
    reads
}

pub(super) fn budget(lower: &Lower<'_>, program: &Program, budget: &policy::Budget) -> Budget {
    let mut reads = Reads::default();
    let line = |at: Option<usize>| {
        budget.lines.get(at?).map(|line| match line {
            policy::Allotment::Quantity(expr) => Allotment::Limited(lower.quantity(expr)),
            policy::Allotment::Times(count) => Allotment::Limited(Quantity::Constant(count.clone())),
            policy::Allotment::Unlimited => Allotment::Unlimited,
        })
    };
    let allotments: Vec<_> = budget.line_of.iter().map(|at| line(*at)).collect();
    for allotment in allotments.iter().flatten() {
        if let Allotment::Limited(quantity) = allotment {
            quantity.reads(&program.named(), &mut reads);
        }
    }
    for key in &budget.keys {
        reads.fact(key_ref(*key));
    }
    let step = match &budget.unit {
        BudgetUnit::Times => Some(Number::ratio(1, 100).unwrap_or(Number::ONE)),
        BudgetUnit::Quantity(ty) => Some(smallest(ty, lower.policy.currency_decimals)),
        BudgetUnit::Any => None,
    };
    Budget { step, keys: budget.keys.clone(), window: budget.window.clone(), allotments, reads }
}

pub(crate) fn key_ref(key: Key) -> policy::FactRef {
    match key {
        Key::Actor => policy::FactRef::ActorId,
        Key::Team => policy::FactRef::ActorTeam,
        Key::Fact(id) => policy::FactRef::Fact(id),
    }
}

fn days(lower: &Lower<'_>, from: &[policy::Day], until: &[policy::Day]) -> Vec<Condition> {
    let bound = |day: &policy::Day, how| {
        let date = Quantity::Constant(crate::calendar::days(day.date).into());
        lower.gate_or_test(TestKind::Compare(lower.quantity(&day.by), how, date), day.span)
    };
    let from = from.iter().map(|day| bound(day, policy::expr::Comparison::AtLeast));
    from.chain(until.iter().map(|day| bound(day, policy::expr::Comparison::AtMost))).collect()
}

fn in_force(lower: &Lower<'_>, from: &[policy::Day], until: &[policy::Day], condition: Option<&policy::expr::Expr>, span: Span) -> Condition {
    let mut parts = days(lower, from, until);
    match condition.map(|expr| lower.condition(expr)) {
        Some(Condition::And(more, _)) => parts.extend(more),
        Some(other) => parts.push(other),
        None => {}
    }
    Condition::And(parts.into(), span)
}

fn always(lower: &Lower<'_>, when: Option<&policy::expr::Expr>) -> Condition {
    when.map_or(Condition::Constant(true), |expr| lower.condition(expr))
}

pub(super) fn rule(lower: &Lower<'_>, rule: &policy::Rule, terms: &policy::Terms) -> Rule {
    let kind = match &rule.kind {
        RuleKind::Permission { approved_by, .. } => Kind::Permission { approved_by: approved_by.as_slice().into() },
        RuleKind::Prohibition { cap, even_if_entitled, .. } => {
            Kind::Prohibition { even_if_entitled: *even_if_entitled, whole: *cap == policy::Cap::Nothing }
        }
        RuleKind::Entitlement => Kind::Entitlement,
    };
    let quantity = terms.quantity.as_ref().map(|expr| lower.quantity(expr));
    let measure_of = |action: &policy::ActionId| lower.policy.actions.get(action.index()).and_then(|action| action.measure.as_ref());
    let step = rule.actions.iter().find_map(measure_of).map(|measure| smallest(measure, lower.policy.currency_decimals));
    Rule {
        fixed: fixed(&kind, quantity.as_ref(), step.as_ref()),
        kind,
        condition: in_force(lower, &rule.from, &rule.until, terms.condition.as_ref(), rule.span),
        quantity: quantity.map(Box::new),
        charges: rule.charges.iter().map(|it| Charge { budget: it.budget, by: measure(lower, &it.by) }).collect(),
        requires: rule.requires.iter().map(|it| Requirement { duty: it.duty, when: always(lower, it.when.as_ref()) }).collect(),
        instead: Some(instead(lower, &rule.instead)).filter(|instead| !instead.is_empty()).map(Box::new),
        reads: Arc::default(),
    }
}

/// What a rule lets through for every question alike.
fn fixed(kind: &Kind, quantity: Option<&Quantity>, step: Option<&Number>) -> Option<Bound> {
    match quantity {
        None if matches!(kind, Kind::Prohibition { whole: true, .. }) => Some(Bound::ZERO),
        None => Some(Bound::Unlimited),
        Some(Quantity::Constant(number)) => Some(Bound::Finite(number.clone().max(Number::ZERO)).round(step, kind.rounding())),
        Some(_) => None,
    }
}

fn measure(lower: &Lower<'_>, by: &ChargeBy) -> Measure {
    match by {
        ChargeBy::Amount => Measure::PerUnit(Quantity::Constant(Number::ONE)),
        ChargeBy::Once => Measure::Once,
        ChargeBy::PerUnit(expr) => Measure::PerUnit(lower.quantity(expr)),
        ChargeBy::Fixed(expr) => Measure::Fixed(lower.quantity(expr)),
    }
}

fn instead(lower: &Lower<'_>, instead: &policy::Instead) -> Instead {
    let offer = |it: &policy::Offer| Offer {
        action: it.action,
        up_to: it.up_to.as_ref().map(|expr| lower.quantity(expr)),
        when: always(lower, it.when.as_ref()),
    };
    let route = |it: &policy::Route| Route { role: it.role, within: it.within.clone(), when: always(lower, it.when.as_ref()) };
    Instead {
        offers: instead.offers.iter().map(offer).collect(),
        advice: instead.advice.iter().map(|it| always(lower, it.when.as_ref())).collect(),
        routes: instead.routes.iter().map(route).collect(),
    }
}

pub(super) fn fallback(lower: &Lower<'_>, fallback: &policy::Fallback) -> Fallback {
    Fallback {
        speaks: fallback.because.is_some(),
        condition: in_force(lower, &fallback.from, &fallback.until, fallback.condition.as_ref(), fallback.span),
        instead: instead(lower, &fallback.instead),
        reads: Reads::default(),
    }
}
