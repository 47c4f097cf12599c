//! The semantic difference of two policies: not their lines, but which answers changed, each with a case that shows it.
//!
//! Both are asked the same questions, over the pieces into which the constants of both cut the facts. Parts of the walk where only rules are left that are the same in
//! both are passed over. Neighbouring pieces with the same change become one line.

mod answer;
mod boxes;
mod fingerprint;
mod render;
mod vocabulary;

use jiff::civil::Date;
use serde::Serialize;

use crate::analysis::{Case, Coverage, Depth, Doubt, Ground, Item, Node, Side, Turn, Visitor, Walk};
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
    /// `role`, `fact`, `value`, `action`.
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
const MOST_POINTS: usize = 20_000;

/// Compares two policies with their programs on a day.
#[must_use]
pub fn difference(old: (&Policy, &Program), new: (&Policy, &Program), today: Date) -> Difference {
    let sides = vec![Side { policy: old.0, program: old.1 }, Side { policy: new.0, program: new.1 }];
    let ground = Ground::new(sides, today);
    let prints = Prints::new(old, new);
    let mut found = Difference { vocabulary: vocabulary::compare(old.0, new.0), ..Difference::default() };
    for (at, role) in new.0.roles.iter().enumerate() {
        let Some(old_role) = old.0.role_named(&role.name) else { continue };
        for (place, action) in new.0.actions.iter().enumerate() {
            let Some(old_action) = old.0.action_named(&action.name) else { continue };
            if old.0.action(old_action).is_some_and(|old| old.measure != action.measure) {
                continue;
            }
            let asked = vec![Some((old_action, old_role)), Some((ActionId::new(place), RoleId::new(at)))];
            let coverage = answers(&ground, &prints, asked, &mut found.answers);
            if let Coverage::GaveUp { why } = coverage {
                found.gave_up.push(Unsure { role: role.name.clone(), action: action.name.clone(), why });
            }
        }
    }
    found
}

fn answers(ground: &Ground<'_>, prints: &Prints, asked: Vec<Option<(ActionId, RoleId)>>, found: &mut Vec<Changed>) -> Coverage {
    let mut walk = Walk { most_points: MOST_POINTS, ..Walk::new(ground, asked.clone(), Depth::Limits) };
    walk.add_action(0);
    walk.add_action(1);
    let mut comparing = Comparing { walk: &walk, prints, asked, changes: Vec::new(), doubt: None };
    let coverage = walk.run(&mut comparing);
    let doubt = comparing.doubt;
    found.extend(boxes::joined(ground, comparing.changes).into_iter().filter_map(|change| told(ground, change)));
    coverage.and(doubt.map_or(Coverage::Exact, |why| Coverage::GaveUp { why }))
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

/// Compares the answers of both at every point where a changed rule may apply.
struct Comparing<'w, 'g, 'a> {
    walk: &'w Walk<'g, 'a>,
    prints: &'w Prints,
    asked: Vec<Option<(ActionId, RoleId)>>,
    changes: Vec<Change>,
    doubt: Doubt,
}

impl Comparing<'_, '_, '_> {
    fn question(&self, side: usize, point: &crate::analysis::Point) -> Option<Question> {
        self.walk.ground.whole_question(side, point, self.asked.get(side).copied().flatten()?)
    }

    fn told(&self, side: usize, question: &Question) -> Option<Told> {
        let side = self.walk.ground.sides.get(side)?;
        Some(answer::told(side.policy, side.program, &side.program.decide(question, Mode::Ask)))
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

    fn leaf(&mut self, node: &Node<'_>) -> Turn {
        let mut doubt = self.doubt;
        // Where an answer changed with nothing used yet, what that means for used budgets is not told, too.
        let unspent = [(node.point.clone(), node.extents.clone())];
        let reads_spent = node.extents.keys().any(|var| self.walk.ground.is_spent(*var));
        let spendings = self.walk.spendings(node, &mut doubt);
        let first = if reads_spent { &[] } else { unspent.as_slice() };
        let before = self.changes.len();
        for (at, (point, extents)) in first.iter().chain(&spendings).enumerate() {
            if at == first.len() && self.changes.len() > before {
                break;
            }
            let (Some(old), Some(new)) = (self.question(0, point), self.question(1, point)) else { continue };
            let amounts = self.walk.amounts(node, &[Some(old.clone()), Some(new.clone())]);
            for amount in std::iter::once(None).chain(amounts.into_iter().map(Some)) {
                let (old, new) = (Question { amount: amount.clone(), ..old.clone() }, Question { amount, ..new.clone() });
                let (Some(was), Some(is)) = (self.told(0, &old), self.told(1, &new)) else { continue };
                if was.key != is.key {
                    self.changes.push(Change::new(extents, (old, new), was, is));
                    break;
                }
            }
        }
        self.doubt = doubt;
        Turn::Deeper
    }
}
