//! What conditions compare `amount` with. The checker lets `amount` stand only alone on one side.

use std::collections::BTreeSet;

use super::node::{Condition, Quantity, Test, TestKind};
use super::{Definition, Program};
use crate::number::Number;

/// What was found so far; constants each once.
#[derive(Default)]
struct Found<'a> {
    constants: BTreeSet<&'a Number>,
    computed: Vec<&'a Quantity>,
}

impl<'a> Found<'a> {
    fn add(&mut self, threshold: &'a Quantity) {
        match threshold {
            Quantity::Constant(number) => {
                self.constants.insert(number);
            }
            computed => self.computed.push(computed),
        }
    }
}

impl Program {
    /// The thresholds of some conditions.
    pub(super) fn thresholds<'a>(&'a self, conditions: impl Iterator<Item = &'a Condition>) -> Vec<Quantity> {
        let mut found = Found::default();
        conditions.for_each(|condition| self.collect_thresholds(condition, &mut found));
        found.constants.into_iter().cloned().map(Quantity::Constant).chain(found.computed.into_iter().cloned()).collect()
    }

    fn collect_thresholds<'a>(&'a self, condition: &'a Condition, found: &mut Found<'a>) {
        match condition {
            Condition::Constant(_) | Condition::Gate(..) => {}
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| self.collect_thresholds(part, found)),
            Condition::Not(part, _) => self.collect_thresholds(part, found),
            Condition::Definition(id) => {
                if let Some(Definition::Condition(body)) = self.definitions.get(id.index()) {
                    self.collect_thresholds(body, found);
                }
            }
            Condition::Test(test) => self.test_thresholds(test, found),
        }
    }

    fn test_thresholds<'a>(&'a self, test: &'a Test, found: &mut Found<'a>) {
        match &test.kind {
            TestKind::Compare(left, _, right) if self.is_amount(left) => found.add(right),
            TestKind::Compare(left, _, right) if self.is_amount(right) => found.add(left),
            TestKind::Between(value, low, high) if self.is_amount(value) => [low, high].into_iter().for_each(|end| found.add(end)),
            TestKind::Between(value, low, high) if self.is_amount(low) || self.is_amount(high) => found.add(value),
            TestKind::Lookup(id) => {
                for (when, _) in self.lookup(*id).map(|it| it.rows.as_slice()).unwrap_or_default() {
                    self.collect_thresholds(when, found);
                }
            }
            _ => {}
        }
    }

    /// `amount` itself, or a definition that is nothing but it.
    fn is_amount(&self, quantity: &Quantity) -> bool {
        match quantity {
            Quantity::Amount => true,
            Quantity::Definition(id) => {
                matches!(self.definitions.get(id.index()), Some(Definition::Quantity(body)) if self.is_amount(body))
            }
            _ => false,
        }
    }
}
