//! Which tables of values a rule reads.

use std::collections::BTreeSet;

use crate::policy::LookupId;
use crate::program::node::{Atom, Condition, Quantity, TestKind};
use crate::program::{Definition, Measure, Program, Rule};

/// Everything that a rule looks up, also through definitions and other tables.
pub fn of(program: &Program, rule: &Rule) -> BTreeSet<LookupId> {
    let mut walk = Walk { program, found: BTreeSet::new() };
    walk.condition(&rule.condition);
    rule.quantity.iter().for_each(|quantity| walk.quantity(quantity));
    for charge in &rule.charges {
        if let Measure::PerUnit(by) | Measure::Fixed(by) = &charge.by {
            walk.quantity(by);
        }
    }
    rule.requires.iter().for_each(|require| walk.condition(&require.when));
    if let Some(instead) = &rule.instead {
        instead.advice.iter().for_each(|when| walk.condition(when));
        instead.routes.iter().for_each(|route| walk.condition(&route.when));
        for offer in &instead.offers {
            walk.condition(&offer.when);
            offer.up_to.iter().for_each(|up_to| walk.quantity(up_to));
        }
    }
    walk.found
}

struct Walk<'p> {
    program: &'p Program,
    found: BTreeSet<LookupId>,
}

impl Walk<'_> {
    fn lookup(&mut self, id: LookupId) {
        if !self.found.insert(id) {
            return;
        }
        let program = self.program;
        for (when, value) in program.lookup(id).map_or(&[][..], |lookup| &lookup.rows) {
            self.condition(when);
            match value {
                crate::program::LookupValue::Quantity(value) => self.quantity(value),
                crate::program::LookupValue::Condition(value) => self.condition(value),
                crate::program::LookupValue::Atom(value) => self.atom(value),
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Constant(_) | Condition::Gate(..) => {}
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| self.condition(part)),
            Condition::Not(part, _) => self.condition(part),
            Condition::Definition(id) => self.definition(id.index()),
            Condition::Test(test) => self.test(&test.kind),
        }
    }

    fn test(&mut self, test: &TestKind) {
        match test {
            TestKind::Flag(_) | TestKind::Present(_) => {}
            TestKind::Lookup(id) => self.lookup(*id),
            TestKind::Compare(left, _, right) => [left, right].into_iter().for_each(|side| self.quantity(side)),
            TestKind::Between(value, low, high) => [value, low, high].into_iter().for_each(|part| self.quantity(part)),
            TestKind::OneOf(value, among) => std::iter::once(value).chain(among).for_each(|atom| self.atom(atom)),
            TestKind::Includes(set, ..) => self.atom(set),
            TestKind::Match(text, _, pattern) => [text, pattern].into_iter().for_each(|atom| self.atom(atom)),
            TestKind::Offset(offset) => [&offset.subject, &offset.anchor].into_iter().for_each(|side| self.quantity(side)),
        }
    }

    fn atom(&mut self, atom: &Atom) {
        if let Atom::Lookup(id) = atom {
            self.lookup(*id);
        }
    }

    fn definition(&mut self, at: usize) {
        let program = self.program;
        match program.definitions.get(at) {
            Some(Definition::Condition(body)) => self.condition(body),
            Some(Definition::Quantity(body)) => self.quantity(body),
            Some(Definition::Atom) | None => {}
        }
    }

    fn quantity(&mut self, quantity: &Quantity) {
        match quantity {
            Quantity::Lookup(id) => self.lookup(*id),
            Quantity::Definition(id) => self.definition(id.index()),
            Quantity::Choose(_, parts) => parts.iter().for_each(|part| self.quantity(part)),
            Quantity::Add(pair) | Quantity::Multiply(pair) | Quantity::Divide(pair) | Quantity::NumberOf(_, pair, _) => {
                self.quantity(&pair.0);
                self.quantity(&pair.1);
            }
            Quantity::Negate(inner)
            | Quantity::Shift(inner, ..)
            | Quantity::DateOf(inner)
            | Quantity::Rounded(inner, ..)
            | Quantity::StartOf(_, inner)
            | Quantity::EndOf(_, inner)
            | Quantity::DaysInMonth(inner) => self.quantity(inner),
            Quantity::Constant(_) | Quantity::Fact(_) | Quantity::Amount | Quantity::Today | Quantity::Now | Quantity::Spent(_) => {}
        }
    }
}
