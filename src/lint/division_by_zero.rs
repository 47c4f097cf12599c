//! A division by what can be zero.

use std::collections::BTreeMap;

use super::Subject;
use super::exact::{Exact, asked};
use super::extent::{Extents, Known};
use super::supposed;
use crate::analysis::Coverage;
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::expr::Comparison;
use crate::policy::{ActionId, LookupId, RoleId, Rule};
use crate::program::node::{Condition, Quantity, Test, TestKind};
use crate::program::{Allotment, Definition, Kind, LookupValue, Measure};
use crate::source::Span;

pub(super) fn check(on: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let somebody = (ActionId::new(0), RoleId::new(0));
    let mut search = Search { on, extents: Extents { policy: on.policy, program: on.program }, asked: somebody, hold: None, found: BTreeMap::new() };
    for (rule, compiled) in on.policy.rules.iter().zip(&on.program.rules) {
        let mut known = Known::default();
        (search.asked, search.hold) = (asked(rule), None);
        search.condition(&compiled.condition, &known, rule.span);
        search.hold = Some(&compiled.condition);
        search.extents.learn(&compiled.condition, true, &mut known);
        let charges = compiled.charges.iter().filter_map(|charge| match &charge.by {
            Measure::PerUnit(quantity) | Measure::Fixed(quantity) => Some(quantity),
            Measure::Once => None,
        });
        if let Some(quantity) = compiled.quantity.as_deref() {
            search.quantity(quantity, &known, limit(on, rule, &compiled.kind));
        }
        charges.for_each(|quantity| search.quantity(quantity, &known, rule.span));
        for requirement in &compiled.requires {
            search.condition(&requirement.when, &known, rule.span);
        }
        for offer in compiled.instead.iter().flat_map(|instead| &instead.offers) {
            search.condition(&offer.when, &known, rule.span);
            offer.up_to.iter().for_each(|quantity| search.quantity(quantity, &known, rule.span));
        }
    }
    (search.asked, search.hold) = (somebody, None);
    for (fallback, compiled) in on.policy.fallbacks.iter().zip(&on.program.fallbacks) {
        search.condition(&compiled.condition, &Known::default(), fallback.span);
    }
    for (budget, compiled) in on.policy.budgets.iter().zip(&on.program.budgets) {
        for allotment in compiled.allotments.iter().flatten() {
            if let Allotment::Limited(quantity) = allotment {
                search.quantity(quantity, &Known::default(), budget.span);
            }
        }
    }
    let places = search.found;
    let exact = Exact::new(on, "division-by-zero");
    for (place, Divided { asked, hold, zero }) in &places {
        let together: Vec<&Condition> = hold.iter().copied().chain(zero).collect();
        let case = exact.find_telling(*asked, &together, &[]);
        if case.case.is_none() && case.coverage == Coverage::Exact {
            continue;
        }
        let finding = Diagnostic::new(Code::DivisionByZero, "this divides by what can be zero")
            .at(*place, "the result is undefined then, and counts against the asker")
            .help("multiply the other side instead, or say with `and … > 0` that it is not zero");
        let test = case.case.map(|case| case.as_test(on.policy, on.program, "nothing is divided by zero"));
        found.push(Diagnostic { case: test, ..finding });
    }
}

/// Where the limit of a rule stands.
fn limit(on: Subject<'_>, rule: &Rule, kind: &Kind) -> Span {
    let word = match kind {
        Kind::Permission { .. } => "up to",
        Kind::Prohibition { .. } => "more than",
        Kind::Entitlement => "of",
    };
    on.texts.items.at(rule.span).and_then(|item| item.behind(rule.span, word)).unwrap_or(rule.span)
}

/// A division, and when its divisor is zero.
struct Divided<'a> {
    /// Somebody who comes upon it.
    asked: (ActionId, RoleId),
    /// Where it matters.
    hold: Option<&'a Condition>,
    zero: Vec<Condition>,
}

struct Search<'a> {
    on: Subject<'a>,
    extents: Extents<'a>,
    /// Who comes upon what is looked at, and where it matters.
    asked: (ActionId, RoleId),
    hold: Option<&'a Condition>,
    found: BTreeMap<Span, Divided<'a>>,
}

impl Search<'_> {
    /// `place` is that of the item.
    fn condition(&mut self, condition: &Condition, known: &Known, place: Span) {
        match condition {
            Condition::And(parts, _) | Condition::Or(parts, _) => {
                let is_and = matches!(condition, Condition::And(..));
                for (at, part) in parts.iter().enumerate() {
                    // Where another part decides the whole, this one makes no difference.
                    let mut known = known.clone();
                    let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                    others.for_each(|(_, other)| self.extents.learn(other, is_and, &mut known));
                    self.condition(part, &known, place);
                }
            }
            Condition::Not(part, _) => self.condition(part, known, place),
            Condition::Definition(id) => {
                let written = self.on.policy.definition(*id).map_or(place, |definition| definition.body.span);
                if let Some(Definition::Condition(body)) = self.on.program.definitions.get(id.index()) {
                    self.condition(body, known, written);
                }
            }
            Condition::Test(test) => self.test(test, known),
            Condition::Gate(..) | Condition::Constant(_) => {}
        }
    }

    fn test(&mut self, test: &Test, known: &Known) {
        let mut look = |quantities: &[&Quantity]| quantities.iter().for_each(|quantity| self.quantity(quantity, known, test.span));
        match &test.kind {
            TestKind::Compare(left, _, right) => look(&[left, right]),
            TestKind::Between(value, low, high) => look(&[value, low, high]),
            TestKind::Offset(offset) => look(&[&offset.subject, &offset.anchor]),
            _ => {}
        }
    }

    fn quantity(&mut self, quantity: &Quantity, known: &Known, place: Span) {
        match quantity {
            Quantity::Divide(pair) => {
                if self.extents.of(&pair.1, known).can_be_zero() {
                    let (place, zero) = (self.written(place), supposed::in_customary_cases(self.on, &pair.1, Comparison::Equal));
                    self.found.entry(place).or_insert(Divided { asked: self.asked, hold: self.hold, zero });
                }
                self.quantity(&pair.0, known, place);
                self.quantity(&pair.1, known, place);
            }
            Quantity::Add(pair) | Quantity::Multiply(pair) | Quantity::NumberOf(_, pair, _) => {
                self.quantity(&pair.0, known, place);
                self.quantity(&pair.1, known, place);
            }
            Quantity::Choose(_, parts) => parts.iter().for_each(|part| self.quantity(part, known, place)),
            Quantity::Definition(id) => {
                let written = self.on.policy.definition(*id).map_or(place, |definition| definition.body.span);
                if let Some(Definition::Quantity(body)) = self.on.program.definitions.get(id.index()) {
                    self.quantity(body, known, written);
                }
            }
            Quantity::Lookup(id) => self.lookup(*id, known),
            Quantity::Negate(inner)
            | Quantity::Shift(inner, ..)
            | Quantity::DateOf(inner)
            | Quantity::Rounded(inner, ..)
            | Quantity::StartOf(_, inner)
            | Quantity::EndOf(_, inner)
            | Quantity::DaysInMonth(inner) => self.quantity(inner, known, place),
            Quantity::Constant(_) | Quantity::Fact(_) | Quantity::Amount | Quantity::Today | Quantity::Now | Quantity::Spent(_) => {}
        }
    }

    fn lookup(&mut self, id: LookupId, known: &Known) {
        let (Some(written), Some(compiled)) = (self.on.policy.lookup(id), self.on.program.lookup(id)) else { return };
        for (row, (when, value)) in written.rows.iter().zip(&compiled.rows) {
            let mut known = known.clone();
            self.condition(when, &known, row.span);
            self.extents.learn(when, true, &mut known);
            if let LookupValue::Quantity(value) = value {
                self.quantity(value, &known, row.span);
            }
        }
    }

    /// The line of an item in which a division stands, where one does.
    fn written(&self, place: Span) -> Span {
        let text = self.on.policy.sources.snippet(place);
        if text.contains('/') {
            return place;
        }
        self.on.texts.items.at(place).and_then(|item| item.line_with(place, '/')).unwrap_or(place)
    }
}
