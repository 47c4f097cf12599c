//! What is still open in a condition or a quantity: the facts that an undecided part of it reads.

use smallvec::SmallVec;

use super::case::{Case, Fact};
use crate::number::Number;
use crate::policy::{BudgetId, FactRef};
use crate::program::node::{Atom, Condition, Quantity, Test, TestKind};
use crate::program::{Allotment, Definition, LookupValue, key_ref};

/// Facts, each once, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Open(pub SmallVec<[FactRef; 4]>);

impl Open {
    pub fn add(&mut self, fact: FactRef) {
        if !self.0.contains(&fact) {
            self.0.push(fact);
        }
    }
}

impl Case<'_> {
    /// Whether nothing is known of it.
    pub fn is_unknown(self, fact: FactRef) -> bool {
        match fact {
            FactRef::Fact(id) => matches!(self.fact(id), Fact::Unknown),
            FactRef::ActorId => !self.knows_key(crate::policy::Key::Actor),
            FactRef::ActorTeam => !self.knows_key(crate::policy::Key::Team),
        }
    }

    /// The facts that the undecided parts of a condition read: parts of an `and` that are not surely yes, parts of an `or` that are not surely no.
    pub fn open_in(self, condition: &Condition, amount: Option<&Number>, open: &mut Open) {
        if !self.condition(condition, amount).is_open() {
            return;
        }
        match condition {
            Condition::Constant(_) => {}
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| self.open_in(part, amount, open)),
            Condition::Not(part, _) => self.open_in(part, amount, open),
            Condition::Definition(id) => {
                if let Some(Definition::Condition(body)) = self.program.definitions.get(id.index()) {
                    self.open_in(body, amount, open);
                }
            }
            Condition::Gate(gate, _) => self.add_unknown(FactRef::Fact(gate.fact()), open),
            Condition::Test(test) => self.open_in_test(test, amount, open),
        }
    }

    fn open_in_test(self, test: &Test, amount: Option<&Number>, open: &mut Open) {
        let mut quantities = |all: &[&Quantity]| all.iter().for_each(|quantity| self.open_in_quantity(quantity, amount, open));
        match &test.kind {
            TestKind::Compare(left, _, right) => quantities(&[left, right]),
            TestKind::Between(value, low, high) => quantities(&[value, low, high]),
            TestKind::Offset(offset) => quantities(&[&offset.subject, &offset.anchor]),
            TestKind::Flag(id) | TestKind::Present(id) => self.add_unknown(FactRef::Fact(*id), open),
            TestKind::Lookup(id) => self.open_in_lookup(*id, amount, open),
            TestKind::OneOf(value, among) => among.iter().chain([value]).for_each(|atom| self.open_in_atom(atom, amount, open)),
            TestKind::Includes(set, ..) => self.open_in_atom(set, amount, open),
            TestKind::Match(text, _, pattern) => [text, pattern].into_iter().for_each(|atom| self.open_in_atom(atom, amount, open)),
        }
    }

    fn add_unknown(self, fact: FactRef, open: &mut Open) {
        if self.is_unknown(fact) {
            open.add(fact);
        }
    }

    fn open_in_atom(self, atom: &Atom, amount: Option<&Number>, open: &mut Open) {
        match atom {
            Atom::Constant(_) => {}
            Atom::Fact(id) => self.add_unknown(FactRef::Fact(*id), open),
            Atom::ActorId => self.add_unknown(FactRef::ActorId, open),
            Atom::ActorTeam => self.add_unknown(FactRef::ActorTeam, open),
            Atom::Lookup(id) => self.open_in_lookup(*id, amount, open),
        }
    }

    fn open_in_lookup(self, id: crate::policy::LookupId, amount: Option<&Number>, open: &mut Open) {
        let Some(lookup) = self.program.lookup(id) else { return };
        for (when, value) in &lookup.rows {
            let truth = self.condition(when, amount);
            self.open_in(when, amount, open);
            if truth.can_be_yes() {
                match value {
                    LookupValue::Quantity(quantity) => self.open_in_quantity(quantity, amount, open),
                    LookupValue::Condition(condition) => self.open_in(condition, amount, open),
                    LookupValue::Atom(atom) => self.open_in_atom(atom, amount, open),
                }
            }
            if truth.is_surely_yes() {
                return;
            }
        }
    }

    /// The unknown facts in the parts of a quantity that are not known.
    pub fn open_in_quantity(self, quantity: &Quantity, amount: Option<&Number>, open: &mut Open) {
        if self.quantity(quantity, amount).is_known() {
            return;
        }
        match quantity {
            Quantity::Fact(id) => self.add_unknown(FactRef::Fact(*id), open),
            Quantity::Lookup(id) => self.open_in_lookup(*id, amount, open),
            Quantity::Definition(id) => {
                if let Some(Definition::Quantity(body)) = self.program.definitions.get(id.index()) {
                    self.open_in_quantity(body, amount, open);
                }
            }
            Quantity::Spent(id) => self.open_in_keys(*id, open),
            Quantity::Constant(_) | Quantity::Amount | Quantity::Today | Quantity::Now => {}
            Quantity::Choose(_, parts) => parts.iter().for_each(|part| self.open_in_quantity(part, amount, open)),
            Quantity::Add(pair) | Quantity::Multiply(pair) | Quantity::Divide(pair) | Quantity::NumberOf(_, pair, _) => {
                self.open_in_quantity(&pair.0, amount, open);
                self.open_in_quantity(&pair.1, amount, open);
            }
            Quantity::Negate(part)
            | Quantity::Shift(part, ..)
            | Quantity::DateOf(part)
            | Quantity::Rounded(part, ..)
            | Quantity::StartOf(_, part)
            | Quantity::EndOf(_, part)
            | Quantity::DaysInMonth(part) => self.open_in_quantity(part, amount, open),
        }
    }

    fn open_in_keys(self, id: BudgetId, open: &mut Open) {
        if self.spent(id).is_known() {
            return;
        }
        for key in self.program.budget(id).map(|budget| budget.keys.as_slice()).unwrap_or_default() {
            self.add_unknown(key_ref(*key), open);
        }
    }

    /// What is open about what a role has left of a budget.
    pub fn open_in_budget(self, id: BudgetId, role: crate::policy::RoleId, open: &mut Open) {
        let allotment = self.program.budget(id).and_then(|budget| budget.allotments.get(role.index())?.as_ref());
        if let Some(Allotment::Limited(quantity)) = allotment {
            self.open_in_quantity(quantity, None, open);
            self.open_in_keys(id, open);
        }
    }
}
