//! The semantic difference of two policies: not their lines, but which answers changed, each with a case that shows it.
//!
//! Both are asked the same questions, over the pieces into which the constants of both cut the facts. Parts of the walk where only rules are left that are the same in
//! both are passed over. Neighbouring pieces with the same change become one line.

mod answer;
mod boxes;
mod fingerprint;
mod render;
mod vocabulary;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::analysis::{Case, Coverage, Depth, Doubt, Extent, Ground, Item, Node, Point, Side, Turn, Var, Visitor, Walk};
use crate::decide::Mode;
use crate::number::Number;
use crate::policy::{ActionId, Policy, RoleId};
use crate::program::Program;
use crate::question::Question;
use answer::Told;
use boxes::Change;
use fingerprint::Prints;

/// What is different.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Difference {
    /// What only one of them has, or has otherwise.
    pub vocabulary: Vec<Word>,
    /// By role, then by action.
    pub answers: Vec<Changed>,
    /// Where not everything could be looked at.
    pub gave_up: Vec<Unsure>,
}

/// A name that only one of the policies has, or that is something else there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    /// `setting`, `role`, `action`, `fact`, `value`, `duty`, `budget`.
    pub kind: &'static str,
    /// Its name; of a value, with its fact.
    pub name: String,
    /// `added`, `removed` or `changed`.
    pub change: &'static str,
}

/// Answers that changed alike.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// Whose.
    pub role: String,
    /// To what.
    pub action: String,
    /// In which cases, as ranges of facts; every case where it is empty.
    pub when: Vec<String>,
    /// For which quantity; `null` where none is asked for.
    pub amount: Option<String>,
    /// What the old policy answers.
    pub old: String,
    /// What the new policy answers.
    pub new: String,
    /// A test that passes in the new policy.
    pub example: String,
    /// The same for the old policy.
    pub old_example: String,
}

/// A role and an action of which not everything could be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unsure {
    /// The role.
    pub role: String,
    /// The action.
    pub action: String,
    /// Why.
    pub why: &'static str,
}

impl Difference {
    /// Whether both answer alike, as far as could be told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.vocabulary.is_empty() && self.answers.is_empty()
    }
}

/// So many points of one role and action are looked at.
const MOST_POINTS: usize = 5_000;
/// So often the policies are asked in all: some seconds.
const MOST_QUESTIONS: usize = 500_000;
const MANY_QUESTIONS: &str = "with budgets partly used there are more cases than are looked at";

/// Compares two policies with their programs on a day.
#[must_use]
pub fn difference(old: (&Policy, &Program), new: (&Policy, &Program), today: Date) -> Difference {
    let sides = vec![Side { policy: old.0, program: old.1 }, Side { policy: new.0, program: new.1 }];
    let ground = Ground::new(sides, today);
    let prints = Prints::new(old, new);
    let mut found = Difference { vocabulary: vocabulary::compare(old.0, new.0), ..Difference::default() };
    let mut pairs = Vec::new();
    for (at, role) in new.0.roles.iter().enumerate() {
        let Some(old_role) = old.0.role_named(&role.name) else { continue };
        for (place, action) in new.0.actions.iter().enumerate() {
            let Some(old_action) = old.0.action_named(&action.name) else { continue };
            if old.0.action(old_action).is_none_or(|old| old.measure == action.measure) {
                pairs.push((role, action, vec![Some((old_action, old_role)), Some((ActionId::new(place), RoleId::new(at)))]));
            }
        }
    }
    let (mut left, mut open) = (MOST_QUESTIONS, pairs.len());
    for (role, action, asked) in pairs {
        // What one role and action leave is for the others.
        let share = left / open.max(1);
        let (coverage, used) = answers(&ground, &prints, asked, share, &mut found.answers);
        (left, open) = (left.saturating_sub(used), open - 1);
        if let Coverage::GaveUp { why } = coverage {
            found.gave_up.push(Unsure { role: role.name.clone(), action: action.name.clone(), why });
        }
    }
    found
}

/// What is different for a role and an action, and how many questions that took: first with nothing used yet, which is quick, then with budgets partly used, as far as the questions go.
fn answers(ground: &Ground<'_>, prints: &Prints, asked: Vec<Option<(ActionId, RoleId)>>, most: usize, found: &mut Vec<Changed>) -> (Coverage, usize) {
    let mut walk = Walk { most_points: MOST_POINTS, ..Walk::new(ground, asked.clone(), Depth::Limits) };
    walk.add_action(0);
    walk.add_action(1);
    let mut comparing = Comparing { walk: &walk, prints, asked, budgets: Budgets::Unused, most, questions: 0, changes: Vec::new(), doubt: None };
    let unused = walk.run(&mut comparing);
    comparing.budgets = Budgets::PartlyUsed;
    let coverage = unused.and(walk.run(&mut comparing));
    let Comparing { doubt, changes, questions, .. } = comparing;
    found.extend(boxes::joined(ground, changes).into_iter().filter_map(|change| told(ground, change)));
    (coverage.and(doubt.map_or(Coverage::Exact, |why| Coverage::GaveUp { why })), questions)
}

fn told(ground: &Ground<'_>, change: Change) -> Option<Changed> {
    let [old, new] = ground.sides.as_slice() else { return None };
    let Change { extents, questions: (old_question, new_question), old: was, new: is, .. } = change;
    let policy = new.policy;
    let (role, action) = (policy.role(new_question.actor.role)?.name.clone(), policy.action(new_question.action)?);
    let measure = action.measure.clone();
    let shown = |number: &Number| crate::analysis::amount(policy, measure.as_ref(), number);
    let amount = new_question.amount.as_ref().map(shown);
    let when = extents.iter().filter_map(|(var, extents)| boxes::words(ground, *var, extents)).collect();
    let title = format!("{role}: {}", action.name);
    let test = |side: &Side<'_>, question: Question| Case { question }.as_test(side.policy, side.program, &title);
    Some(Changed {
        action: action.name.clone(),
        role,
        when,
        amount,
        old: was.text,
        new: is.text,
        example: test(new, new_question),
        old_example: test(old, old_question),
    })
}

/// Which budgets a walk looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Budgets {
    Unused,
    PartlyUsed,
}

/// Compares the answers of both at every point where a changed rule may apply.
struct Comparing<'w, 'g, 'a> {
    walk: &'w Walk<'g, 'a>,
    prints: &'w Prints,
    asked: Vec<Option<(ActionId, RoleId)>>,
    budgets: Budgets,
    /// The most questions, and how many there were.
    most: usize,
    questions: usize,
    changes: Vec<Change>,
    doubt: Doubt,
}

impl Comparing<'_, '_, '_> {
    fn question(&self, side: usize, point: &Point) -> Option<Question> {
        self.walk.ground.whole_question(side, point, self.asked.get(side).copied().flatten()?)
    }

    fn told(&mut self, side: usize, question: &Question) -> Option<Told> {
        self.questions += 1;
        let side = self.walk.ground.sides.get(side)?;
        Some(answer::told(side.policy, side.program, &side.program.decide(question, Mode::Ask)))
    }

    /// What changed at a point, for the first quantity for which something did.
    fn change(&mut self, node: &Node<'_>, (point, extents): &(Point, BTreeMap<Var, Extent>)) -> Option<Change> {
        let (old, new) = (self.question(0, point)?, self.question(1, point)?);
        let amounts = self.walk.amounts(node, &[Some(old.clone()), Some(new.clone())]);
        for amount in std::iter::once(None).chain(amounts.into_iter().map(Some)) {
            let (old, new) = (Question { amount: amount.clone(), ..old.clone() }, Question { amount, ..new.clone() });
            let (Some(was), Some(is)) = (self.told(0, &old), self.told(1, &new)) else { continue };
            if was.key != is.key {
                return Some(Change::new(extents, (old, new), was, is));
            }
        }
        None
    }

    /// Where an answer changed with nothing used yet, what that means for used budgets is not told, too.
    fn changes_of_budgets(&mut self, node: &Node<'_>) -> Turn {
        let unspent = (node.point.clone(), node.extents.clone());
        if !self.reads_spent(node) && self.change(node, &unspent).is_some() {
            return Turn::Deeper;
        }
        let mut doubt = self.doubt;
        let spendings = self.walk.spendings(node, &mut doubt);
        self.doubt = doubt;
        for spending in &spendings {
            if self.questions > self.most {
                self.doubt.get_or_insert(MANY_QUESTIONS);
                return Turn::Stop;
            }
            let change = self.change(node, spending);
            self.changes.extend(change);
        }
        Turn::Deeper
    }

    fn reads_spent(&self, node: &Node<'_>) -> bool {
        node.extents.keys().any(|var| self.walk.ground.is_spent(*var))
    }
}

impl Visitor for Comparing<'_, '_, '_> {
    fn enter(&mut self, node: &Node<'_>) -> Turn {
        // A case that one of them does not know is told as vocabulary.
        if node.questions.iter().any(Option::is_none) {
            return Turn::Leave;
        }
        let changed = |item: &Item| self.prints.is_changed(item);
        if node.live.iter().any(changed) { Turn::Deeper } else { Turn::Leave }
    }

    /// Where no changed rule applies, the answers are the same.
    fn leads(&self, item: &Item) -> bool {
        self.prints.is_some_and_changed(item)
    }

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        match self.budgets {
            Budgets::PartlyUsed => self.changes_of_budgets(node),
            Budgets::Unused if self.reads_spent(node) => Turn::Deeper,
            Budgets::Unused => {
                let change = self.change(node, &(node.point.clone(), node.extents.clone()));
                self.changes.extend(change);
                Turn::Deeper
            }
        }
    }
}
