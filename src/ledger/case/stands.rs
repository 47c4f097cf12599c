//! Whether an approval would be given today.

use std::sync::Arc;

use jiff::Timestamp;

use super::Desk;
use crate::decide::Mode;
use crate::ledger::Office;
use crate::ledger::book::Book;
use crate::ledger::order::{Asking, grants};
use crate::ledger::record::{Case, CaseKind};
use crate::policy::RoleId;
use crate::question::Request;

impl Office {
    /// Whether those who approved a case could approve this request under today's policy. Budgets are left out: the grant that the case became is booked on them.
    #[must_use]
    pub fn would_approve(&self, case: &Case, request: Request, now: Timestamp) -> bool {
        self.desk().would_approve(case, request, now).unwrap_or(false)
    }
}

impl Desk {
    /// Nothing where the policy no longer has what the case is about.
    fn would_approve(&self, case: &Case, request: Request, now: Timestamp) -> Option<bool> {
        let mut asking = Asking { engine: Arc::clone(&self.engine), request };
        let signed = match case.kind {
            CaseKind::Decide => {
                self.ask_as_owner(case, &mut asking).ok()?;
                Vec::new()
            }
            CaseKind::Approve => {
                // What others approved is what the case proposes, and not what was first asked.
                asking.request.question.actor = self.asking(case).ok()?.request.question.actor;
                case.approved_by.iter().map(|signature| self.role(&signature.role)).collect::<Option<Vec<_>>>()?
            }
        };
        // Nothing was read into this book, so that nothing is spent.
        let book = Book::new(now, [0; 32]);
        let (question, decision) = asking.decide(Mode::Grant, &signed, &book);
        let may = |role: &RoleId| self.engine.program().may_approve(&question, Mode::Grant, *role);
        Some(grants(&decision) && signed.iter().all(may))
    }
}
