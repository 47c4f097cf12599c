//! Telling that the due time of a case has passed.

use jiff::Timestamp;

use super::{Desk, open_case, tell};
use crate::ledger::book::Book;
use crate::ledger::notice::Happening;
use crate::ledger::order::{Buckets, Done, Order, Refusal, Wanted};

/// Tells webhooks that a case is overdue, if it is still open then. Nothing of the case is changed.
#[derive(Clone, Debug)]
pub(crate) struct OverdueOrder {
    pub desk: Desk,
    pub case: String,
}

impl Order for OverdueOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        wanted.cases.insert(self.case.clone());
    }

    fn buckets(&self, _: &Book) -> Buckets {
        Buckets::default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let case = open_case(&self.case, book)?;
        if case.due.parse::<Timestamp>().is_ok_and(|due| due < book.now) {
            tell(&self.desk, Happening::CaseOverdue, &case, &[], book);
        }
        Ok(Done::Case(Box::new(case)))
    }
}
