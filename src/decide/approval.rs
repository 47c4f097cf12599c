//! What further people must approve before it is granted, and whether they have.

use super::authority::View;
use super::bound::Reading;
use super::case::{Case, Mode, Person};
use super::contacts::Search;
use crate::policy::{RoleId, RuleId};
use crate::program::Program;
use crate::question::Question;

/// What the asker may propose, and who must approve it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The permission.
    pub rule: RuleId,
    /// A different person of each of these roles, or above.
    pub approved_by: Vec<RoleId>,
}

impl Program {
    /// The permission by which the asker may propose this and others must approve it: the one with the fewest approvers, then the first.
    #[must_use]
    pub fn proposal(&self, question: &Question, mode: Mode) -> Option<Proposal> {
        self.search(question, mode, |search, view| {
            let (rule, approved_by) = search.approved(&view.standing(search.amount()))?;
            Some(Proposal { rule, approved_by: approved_by.to_vec() })
        })
    }

    /// Whether somebody of this role may approve what is asked for: nobody may who is bound by a full prohibition that holds even of what is owed.
    #[must_use]
    pub fn may_approve(&self, question: &Question, mode: Mode, role: RoleId) -> bool {
        self.search(question, mode, |search, _| Some(search.can_approve(role))).unwrap_or(false)
    }

    fn search<T>(&self, question: &Question, mode: Mode, find: impl FnOnce(&Search<'_>, &View<'_>) -> Option<T>) -> Option<T> {
        let case = Case { program: self, question, mode, person: Person::Asker };
        let view = View::new(case, question.action, question.actor.role, Reading::Against)?;
        let smallest = view.smallest();
        find(&Search::new(view, question.amount.as_ref().unwrap_or(&smallest)), &view)
    }

    /// Whether a role is this one or above it.
    #[must_use]
    pub fn reaches(&self, role: RoleId, wanted: RoleId) -> bool {
        self.steps_up(wanted, role).is_some()
    }
}

/// Whether each of the roles can be given somebody of its own who approved: somebody of that role or above.
pub(super) fn is_signed(program: &Program, wanted: &[RoleId], approvals: &[RoleId]) -> bool {
    let Some((role, rest)) = wanted.split_first() else { return true };
    (0..approvals.len()).any(|at| {
        let fits = approvals.get(at).is_some_and(|approver| program.reaches(*approver, *role));
        let others = || approvals.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, role)| *role).collect::<Vec<_>>();
        fits && is_signed(program, rest, &others())
    })
}
