//! Whether a test says its moment where its result reads the clock.
//!
//! A condition that is off by the facts of the test reads no clock, nor does a comparison with a fact that the test leaves unknown. Everything else that
//! reads `today` or `now` does, in the rules and fallbacks of the action that is asked for.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::{Comparison, Expr, ExprKind, Value};
use crate::policy::{Allotment, Charge, ChargeBy, Day, DefinitionId, Expectation, FactId, Fallback, Instead, Rule, Terms, Test};
use crate::source::Span;
use crate::syntax::ast::{Modifier, Quantifier};

use super::Checker;

/// What a condition is for a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Yes,
    No,
    /// Whatever the clock says.
    Unknown,
    /// The clock decides.
    Clock(Span),
}

/// What a test says of the facts; `None` is absent.
struct Case<'t> {
    facts: HashMap<FactId, Option<&'t Value>>,
    /// Facts that are known, but whose default is not looked at here.
    defaults: Vec<FactId>,
    /// What was found out about definitions, so that none is looked into twice.
    readings: RefCell<HashMap<DefinitionId, Reading>>,
    clocks: RefCell<HashMap<DefinitionId, (bool, Option<Span>)>>,
}

impl Checker<'_> {
    pub(super) fn moment_given(&mut self, test: &Test, rules: &[Rule], terms: &[Terms], fallbacks: &[Fallback]) {
        if test.at.is_some() {
            return;
        }
        let case = self.case(test);
        // An offer is shown with what its own rules allow.
        let offered = test.expectations.iter().flat_map(|(expectation, _)| match expectation {
            Expectation::Offer(actions) => actions.as_slice(),
            _ => &[],
        });
        let actions: Vec<_> = offered.copied().chain([test.action]).collect();
        let matters = |(rule, _): &(&Rule, &Terms)| rule.actions.iter().any(|action| actions.contains(action));
        let of_rules = rules.iter().zip(terms).filter(matters).find_map(|(rule, terms)| self.rule_clock(rule, terms, &case));
        let of_fallbacks = || {
            let mut fallbacks = fallbacks.iter().filter(|fallback| fallback.actions.contains(&test.action));
            fallbacks.find_map(|fallback| self.fallback_clock(fallback, &case))
        };
        let Some(clock) = of_rules.or_else(of_fallbacks) else { return };
        self.report(
            Diagnostic::new(Code::TestWithoutMoment, "the result of this test reads the clock, but the test does not say its moment")
                .at(test.span, "no `on`")
                .at(clock, "reads the clock")
                .help("add a line such as `on 2026-11-21`, so that the test stays true"),
        );
    }

    fn case<'t>(&self, test: &'t Test) -> Case<'t> {
        let facts: HashMap<_, _> = test.facts.iter().map(|fact| (fact.fact, fact.value.as_ref())).collect();
        let has_default = |at: usize| {
            let fact = self.items.facts.get(at);
            fact.is_some_and(|fact| fact.modifiers.iter().any(|modifier| matches!(modifier.value, Modifier::Default(_))))
        };
        let defaults = (0..self.items.facts.len()).filter(|at| has_default(*at)).map(FactId::new).filter(|fact| !facts.contains_key(fact)).collect();
        Case { facts, defaults, readings: RefCell::default(), clocks: RefCell::default() }
    }

    fn rule_clock(&self, rule: &Rule, terms: &Terms, case: &Case<'_>) -> Option<Span> {
        self.condition_clock(terms.condition.as_ref(), case, || {
            let days = self.days_clock(rule.from.iter().chain(&rule.until), case);
            days.or_else(|| terms.quantity.as_ref().and_then(|quantity| self.value_clock(quantity, case)))
                .or_else(|| rule.charges.iter().find_map(|charge| self.charge_clock(charge, case)))
                .or_else(|| rule.requires.iter().filter_map(|requirement| requirement.when.as_ref()).find_map(|when| self.clock_in(when, case)))
                .or_else(|| self.instead_clock(&rule.instead, case))
        })
    }

    fn fallback_clock(&self, fallback: &Fallback, case: &Case<'_>) -> Option<Span> {
        self.condition_clock(fallback.condition.as_ref(), case, || {
            let days = self.days_clock(fallback.from.iter().chain(&fallback.until), case);
            days.or_else(|| self.instead_clock(&fallback.instead, case))
        })
    }

    /// What stands in a rule counts unless its condition is off.
    fn condition_clock(&self, condition: Option<&Expr>, case: &Case<'_>, inside: impl FnOnce() -> Option<Span>) -> Option<Span> {
        match condition.map_or(Reading::Yes, |condition| self.reading(condition, case)) {
            Reading::No => None,
            Reading::Clock(span) => Some(span),
            Reading::Yes | Reading::Unknown => inside(),
        }
    }

    fn days_clock<'d>(&self, mut days: impl Iterator<Item = &'d Day>, case: &Case<'_>) -> Option<Span> {
        days.find_map(|day| self.value_clock(&day.by, case))
    }

    fn charge_clock(&self, charge: &Charge, case: &Case<'_>) -> Option<Span> {
        let own = match &charge.by {
            ChargeBy::PerUnit(by) | ChargeBy::Fixed(by) => self.value_clock(by, case),
            ChargeBy::Amount | ChargeBy::Once => None,
        };
        let Some(Ok(budget)) = self.budgets.get(charge.budget.index()) else { return own };
        let lines = budget.lines.iter().filter_map(|line| if let Allotment::Quantity(quantity) = line { Some(quantity) } else { None });
        own.or_else(|| lines.into_iter().find_map(|quantity| self.value_clock(quantity, case)))
    }

    fn instead_clock(&self, instead: &Instead, case: &Case<'_>) -> Option<Span> {
        let offers = instead.offers.iter().flat_map(|offer| [offer.when.as_ref(), offer.up_to.as_ref()]);
        let advice = instead.advice.iter().map(|advice| advice.when.as_ref());
        let routes = instead.routes.iter().map(|route| route.when.as_ref());
        offers.chain(advice).chain(routes).flatten().find_map(|expr| self.clock_in(expr, case))
    }

    fn clock_in(&self, expr: &Expr, case: &Case<'_>) -> Option<Span> {
        match self.reading(expr, case) {
            Reading::Clock(span) => Some(span),
            _ => None,
        }
    }

    fn reading(&self, expr: &Expr, case: &Case<'_>) -> Reading {
        match &expr.kind {
            ExprKind::And(parts) => self.joined(parts, Reading::Yes, Reading::No, case),
            ExprKind::Or(parts) => self.joined(parts, Reading::No, Reading::Yes, case),
            ExprKind::Not(inner) => match self.reading(inner, case) {
                Reading::Yes => Reading::No,
                Reading::No => Reading::Yes,
                other => other,
            },
            ExprKind::Definition(id) => self.definition_reading(*id, case),
            ExprKind::Present(fact) => case.facts.get(fact).map_or(Reading::Unknown, |value| yes_no(value.is_some())),
            _ => self.tested(expr, case),
        }
    }

    fn definition_reading(&self, id: DefinitionId, case: &Case<'_>) -> Reading {
        if let Some(reading) = case.readings.borrow().get(&id) {
            return *reading;
        }
        let reading = self.definitions.get(id.index()).map_or(Reading::Unknown, |definition| self.reading(&definition.body, case));
        case.readings.borrow_mut().insert(id, reading);
        reading
    }

    /// Whether everything in a definition is known, and where it reads the clock.
    fn definition_clock(&self, id: DefinitionId, case: &Case<'_>) -> (bool, Option<Span>) {
        if let Some(found) = case.clocks.borrow().get(&id) {
            return *found;
        }
        let mut clock = None;
        let known = self.definitions.get(id.index()).is_some_and(|definition| self.all_known(&definition.body, case, &mut clock));
        case.clocks.borrow_mut().insert(id, (known, clock));
        (known, clock)
    }

    /// `neutral` leaves the others to decide, `decisive` decides alone.
    fn joined(&self, parts: &[Expr], neutral: Reading, decisive: Reading, case: &Case<'_>) -> Reading {
        let mut result = neutral;
        for part in parts {
            match self.reading(part, case) {
                reading if reading == decisive => return decisive,
                Reading::Clock(span) if !matches!(result, Reading::Clock(_)) => result = Reading::Clock(span),
                Reading::Unknown if result == neutral => result = Reading::Unknown,
                _ => {}
            }
        }
        result
    }

    fn tested(&self, expr: &Expr, case: &Case<'_>) -> Reading {
        if let Some(span) = self.value_clock(expr, case) {
            return Reading::Clock(span);
        }
        known_test(expr, case).map_or(Reading::Unknown, yes_no)
    }

    /// Where a value or a comparison reads the clock, unless a fact in it is unknown.
    fn value_clock(&self, expr: &Expr, case: &Case<'_>) -> Option<Span> {
        let mut clock = None;
        let known = self.all_known(expr, case, &mut clock);
        clock.filter(|_| known)
    }

    fn all_known(&self, expr: &Expr, case: &Case<'_>, clock: &mut Option<Span>) -> bool {
        match &expr.kind {
            ExprKind::Today | ExprKind::Now => {
                clock.get_or_insert(expr.span);
                true
            }
            ExprKind::Fact(fact) => case.facts.contains_key(fact) || case.defaults.contains(fact),
            ExprKind::Definition(id) => {
                let (known, inside) = self.definition_clock(*id, case);
                *clock = clock.or(inside);
                known
            }
            ExprKind::Lookup(_) => {
                if self.reads(expr).reads_clock {
                    clock.get_or_insert(expr.span);
                }
                true
            }
            _ => {
                // Every child is looked at: the clock can stand behind an unknown fact.
                let known: Vec<bool> = expr.children().into_iter().map(|child| self.all_known(child, case, clock)).collect();
                known.into_iter().all(|known| known)
            }
        }
    }
}

fn yes_no(value: bool) -> Reading {
    if value { Reading::Yes } else { Reading::No }
}

fn known<'c>(expr: &'c Expr, case: &Case<'c>) -> Option<&'c Value> {
    match &expr.kind {
        ExprKind::Constant(value) => Some(value),
        ExprKind::Fact(fact) => case.facts.get(fact).copied().flatten(),
        _ => None,
    }
}

/// The result of a plain test of a fact that the test of the pack gives.
fn known_test(expr: &Expr, case: &Case<'_>) -> Option<bool> {
    match &expr.kind {
        ExprKind::Constant(Value::YesNo(value)) => Some(*value),
        ExprKind::Fact(_) => matches!(known(expr, case)?, Value::YesNo(true)).into(),
        ExprKind::OneOf(value, options) => {
            let value = known(value, case)?;
            let options: Vec<_> = options.iter().map(|option| known(option, case)).collect::<Option<_>>()?;
            Some(options.contains(&value))
        }
        ExprKind::Includes(set, quantifier, ids) => {
            let Value::Set(values) = known(set, case)? else { return None };
            Some(match quantifier {
                Quantifier::One | Quantifier::Any => ids.iter().any(|id| values.contains(id)),
                Quantifier::All => ids.iter().all(|id| values.contains(id)),
            })
        }
        ExprKind::Compare(left, comparison, right) => {
            let (Value::Quantity(left), Value::Quantity(right)) = (known(left, case)?, known(right, case)?) else { return None };
            Some(match comparison {
                Comparison::Equal => left == right,
                Comparison::NotEqual => left != right,
                Comparison::Less => left < right,
                Comparison::AtMost => left <= right,
                Comparison::Greater => left > right,
                Comparison::AtLeast => left >= right,
            })
        }
        _ => None,
    }
}
