//! What conditions compare the amount, the day and the use of budgets with.

use crate::number::Number;
use crate::policy::expr::Value;
use crate::policy::{BudgetId, FactId};
use crate::program::node::{Atom, Condition, Quantity, TestKind};
use crate::program::{Definition, Program};
use crate::syntax::ast::Matching;

/// The constants that stand beside each of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Cuts {
    pub amounts: Vec<Number>,
    /// Days since 1970-01-01.
    pub days: Vec<Number>,
    pub spent: Vec<(BudgetId, Number)>,
    /// Texts that match what a text is searched for.
    pub texts: Vec<(FactId, String)>,
}

impl Cuts {
    pub fn of<'c>(program: &Program, conditions: impl IntoIterator<Item = &'c Condition>) -> Self {
        let mut cuts = Self::default();
        conditions.into_iter().for_each(|condition| cuts.collect(program, condition));
        cuts
    }

    fn collect(&mut self, program: &Program, condition: &Condition) {
        match condition {
            Condition::And(parts, _) | Condition::Or(parts, _) => parts.iter().for_each(|part| self.collect(program, part)),
            Condition::Not(part, _) => self.collect(program, part),
            Condition::Definition(id) => {
                if let Some(Definition::Condition(body)) = program.definitions.get(id.index()) {
                    self.collect(program, body);
                }
            }
            Condition::Test(test) => self.test(&test.kind),
            Condition::Constant(_) | Condition::Gate(..) => {}
        }
    }

    fn test(&mut self, test: &TestKind) {
        match test {
            TestKind::Compare(left, _, Quantity::Constant(constant)) => self.add(left, constant),
            TestKind::Compare(Quantity::Constant(constant), _, right) => self.add(right, constant),
            TestKind::Between(value, low, high) => {
                for end in [low, high] {
                    if let Quantity::Constant(constant) = end {
                        self.add(value, constant);
                    }
                }
            }
            TestKind::Match(Atom::Fact(id), matching, Atom::Constant(Value::Text(text))) => {
                let whole = match matching {
                    Matching::StartsWith => format!("{text}1"),
                    Matching::EndsWith => format!("1{text}"),
                    Matching::Contains => format!("1{text}1"),
                };
                self.texts.push((*id, whole));
            }
            _ => {}
        }
    }

    fn add(&mut self, read: &Quantity, constant: &Number) {
        match read {
            Quantity::Amount => self.amounts.push(constant.clone()),
            Quantity::Today => self.days.push(constant.clone()),
            Quantity::Spent(id) => self.spent.push((*id, constant.clone())),
            _ => {}
        }
    }
}
