//! Conditions over every combination of sample values.

use super::case::{Case, Mode, Person};
use crate::policy::FactId;
use crate::policy::expr::Value;
use crate::program::Program;
use crate::program::coverage::Samples;
use crate::program::node::Condition;
use crate::question::{Actor, Explain, FactState, Provenance, Question};

/// Every combination of the samples of some facts.
pub(crate) struct Coverage<'a> {
    program: &'a Program,
    samples: Vec<(FactId, &'a [Option<Value>])>,
}

impl<'a> Coverage<'a> {
    pub fn new(program: &'a Program, samples: &'a Samples) -> Self {
        Self { program, samples: samples.iter().map(|(id, values)| (*id, values.as_slice())).collect() }
    }

    /// Whether a test that is made of conditions is passed in every combination.
    pub fn all(&self, mut test: impl FnMut(&dyn Fn(&Condition) -> bool) -> bool) -> bool {
        self.find(|holds| !test(holds)).is_none()
    }

    /// The first combination in which a test that is made of conditions is passed.
    pub fn find(&self, mut test: impl FnMut(&dyn Fn(&Condition) -> bool) -> bool) -> Option<Vec<(FactId, Option<Value>)>> {
        self.find_case(|chosen| {
            let question = self.question(chosen);
            let case = Case { program: self.program, question: &question, mode: Mode::Ask, person: Person::Asker };
            test(&|condition| case.condition(condition, None).is_surely_yes())
        })
    }

    /// The first combination that passes a test.
    pub fn find_case(&self, mut test: impl FnMut(&[(FactId, Option<Value>)]) -> bool) -> Option<Vec<(FactId, Option<Value>)>> {
        let mut at = vec![0_usize; self.samples.len()];
        loop {
            let chosen: Vec<(FactId, Option<Value>)> =
                self.samples.iter().zip(&at).map(|((id, values), at)| (*id, values.get(*at).cloned().flatten())).collect();
            if test(&chosen) {
                return Some(chosen);
            }
            let mut digits = at.iter_mut().zip(&self.samples);
            let advanced = digits.any(|(digit, (_, values))| {
                *digit += 1;
                if *digit >= values.len() {
                    *digit = 0;
                }
                *digit != 0
            });
            if !advanced {
                return None;
            }
        }
    }

    fn question(&self, chosen: &[(FactId, Option<Value>)]) -> Question {
        let mut facts = vec![FactState::Unknown; self.program.facts.len()];
        for (id, value) in chosen {
            if let Some(state) = facts.get_mut(id.index()) {
                *state = value.clone().map_or(FactState::Absent(Provenance::Record), |value| FactState::Known(value, Provenance::Record));
            }
        }
        Question {
            actor: Actor { id: None, role: crate::policy::RoleId::new(0), team: None },
            action: crate::policy::ActionId::new(0),
            amount: None,
            facts,
            spent: Vec::new(),
            at: jiff::Timestamp::UNIX_EPOCH,
            explain: Explain::Decisive,
        }
    }
}
