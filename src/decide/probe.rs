//! A look into a question of which only some facts are known: what conditions and quantities come to, and what they still turn on.

use super::case::{Case, Mode, Person};
use super::truth::Truth;
use crate::number::Number;
use crate::program::Program;
use crate::program::node::{Condition, Quantity};
use crate::question::Question;

/// A question as its asker sees it.
#[derive(Clone, Copy)]
pub(crate) struct Probe<'a>(Case<'a>);

impl<'a> Probe<'a> {
    pub fn new(program: &'a Program, question: &'a Question) -> Self {
        Self(Case { program, question, mode: Mode::Ask, person: Person::Asker })
    }

    /// What a condition comes to, for the quantity asked for or for any.
    pub fn truth(self, condition: &'a Condition) -> Truth {
        self.0.condition(condition, self.0.question.amount.as_ref())
    }

    /// The value of a quantity, where only one is left.
    pub fn number(self, quantity: &'a Quantity) -> Option<Number> {
        self.0.quantity(quantity, self.0.question.amount.as_ref()).as_known().cloned()
    }
}
