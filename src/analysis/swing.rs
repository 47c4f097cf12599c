//! What a condition makes of one fact: a case in which it fails because nobody says anything about the fact, or because the fact is said to be absent, while another value
//! would make it hold, all else being the same.

use super::ground::{Datum, Ground, Var};
use super::search::SPENT;
use super::walk::{Depth, Node, Turn, Visitor, Walk};
use super::{Analysis, Case, Found};
use crate::decide::Probe;
use crate::policy::{ActionId, FactId, FactRef, RoleId};
use crate::program::Program;
use crate::program::node::Condition;
use crate::question::Question;

/// What is said of the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Nothing, so that it takes its default.
    Default,
    /// That it is absent.
    Absent,
}

impl<'a> Analysis<'a> {
    /// A case of an action and a role in which silence about a fact switches a condition off.
    pub(crate) fn find_swing(&self, asked: (ActionId, RoleId), fact: FactId, silence: Silence, condition: &'a Condition) -> Found {
        let most_points = self.most_points.min(self.left.get());
        let (Some(var), true) = (self.ground.var(0, FactRef::Fact(fact)), most_points > 0) else { return Found { case: None, coverage: SPENT } };
        let mut walk = Walk { most_points, last: Some(var), ..Walk::new(&self.ground, vec![Some(asked)], Depth::Answers) };
        walk.add_condition(0, condition);
        let mut looking = Looking { walk: &walk, ground: &self.ground, asked, var, silence, condition, found: None };
        let coverage = walk.run(&mut looking);
        let case = looking.found;
        self.left.set(self.left.get().saturating_sub(walk.points.get()));
        Found { case, coverage }
    }
}

struct Looking<'w, 'g, 'a> {
    walk: &'w Walk<'g, 'a>,
    ground: &'g Ground<'a>,
    asked: (ActionId, RoleId),
    var: Var,
    silence: Silence,
    condition: &'a Condition,
    found: Option<Case>,
}

impl Looking<'_, '_, '_> {
    fn program(&self) -> Option<&Program> {
        self.ground.sides.first().map(|side| side.program)
    }

    fn question(&self, node: &Node<'_>, value: Option<Datum>) -> Option<Question> {
        let mut point = node.point.clone();
        *point.get_mut(self.var.0)? = value;
        self.ground.whole_question(0, &point, self.asked)
    }

    fn holds(&self, question: &Question) -> bool {
        self.program().is_some_and(|program| Probe::new(program, question).truth(self.condition).is_surely_yes())
    }
}

impl Visitor for Looking<'_, '_, '_> {
    fn enter(&mut self, node: &Node<'_>) -> Turn {
        let (Some(Some(question)), Some(program)) = (node.questions.first(), self.program()) else { return Turn::Leave };
        if Probe::new(program, question).truth(self.condition).is_open() { Turn::Deeper } else { Turn::Leave }
    }

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let silent = match self.silence {
            Silence::Default => None,
            Silence::Absent => Some(Datum::Absent),
        };
        let Some(question) = self.question(node, silent).filter(|question| !self.holds(question)) else { return Turn::Deeper };
        let said = self.walk.line(node, self.var, &mut None).into_iter().map(|piece| piece.value).filter(|value| *value != Datum::Absent);
        let turned = said.filter_map(|value| self.question(node, Some(value))).any(|question| self.holds(&question));
        if !turned {
            return Turn::Deeper;
        }
        self.found = Some(Case { question });
        Turn::Stop
    }
}
