//! Conditions over every combination of sample values.

use jiff::Timestamp;

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
    at: Timestamp,
}

/// In which combinations something holds: a bit for each, in the order of the combinations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held(Vec<u64>);

impl Held {
    /// In order: whether something holds in the nth combination.
    pub fn add(&mut self, nth: usize, holds: bool) {
        if nth.is_multiple_of(64) {
            self.0.push(0);
        }
        if let (true, Some(word)) = (holds, self.0.last_mut()) {
            *word |= 1 << (nth % 64);
        }
    }

    pub fn nowhere(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Whether the other holds wherever this does.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(word, other)| word & !other == 0)
    }
}

impl<'a> Coverage<'a> {
    /// The conditions do not read the clock.
    pub fn new(program: &'a Program, samples: &'a Samples) -> Self {
        Self::at(program, samples, Timestamp::UNIX_EPOCH)
    }

    pub fn at(program: &'a Program, samples: &'a Samples, at: Timestamp) -> Self {
        Self { program, samples: samples.iter().map(|(id, values)| (*id, values.as_slice())).collect(), at }
    }

    /// Where each of some conditions holds; every combination is looked at once.
    pub fn held(&self, conditions: &[&Condition]) -> Vec<Held> {
        let mut held = vec![Held::default(); conditions.len()];
        let mut nth = 0;
        self.all(|holds| {
            for (held, condition) in held.iter_mut().zip(conditions) {
                held.add(nth, holds(condition));
            }
            nth += 1;
            true
        });
        held
    }

    /// Shows every combination, with what holds in it.
    pub fn each(&self, mut look: impl FnMut(&[(FactId, Option<Value>)], &dyn Fn(&Condition) -> bool)) {
        self.find_case(|chosen| {
            let question = self.question(chosen);
            let case = Case { program: self.program, question: &question, mode: Mode::Ask, person: Person::Asker };
            look(chosen, &|condition| case.condition(condition, None).is_surely_yes());
            false
        });
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
            at: self.at,
            explain: Explain::Decisive,
        }
    }
}
