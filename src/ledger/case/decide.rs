//! Approving a case.

use super::{Desk, keep, log, own_case, partakers};
use crate::decide::Mode;
use crate::ledger::book::Book;
use crate::ledger::grant::{Terms, book_grant};
use crate::ledger::order::{Asking, Buckets, Done, Order, Refusal, Wanted, json};
use crate::ledger::record::{Case, CaseKind, CaseState, Signature, Who};
use crate::policy::RoleId;
use crate::question::{Actor, default_state};

/// `POST /v1/cases/{id}/approve`
#[derive(Clone, Debug)]
pub(crate) struct ApproveOrder {
    pub desk: Desk,
    pub case: String,
    /// Who approves.
    pub who: String,
    pub confirm: Vec<String>,
    pub note: Option<String>,
}

impl Order for ApproveOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        wanted.cases.insert(self.case.clone());
        wanted.open_cases = true;
    }

    fn buckets(&self, book: &Book) -> Buckets {
        let case = own_case(&self.case, &self.who, book);
        let asking = case.and_then(|case| self.asking(&case));
        asking.map(|asking| asking.buckets(Mode::Grant, book)).unwrap_or_default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let mut case = own_case(&self.case, &self.who, book)?;
        let asking = self.asking(&case)?;
        for duty in &self.confirm {
            if !case.confirmed.contains(duty) {
                case.confirmed.push(duty.clone());
            }
        }
        match case.kind {
            CaseKind::Decide => self.decide(case, &asking, book),
            CaseKind::Approve => self.approve(case, &asking, book),
        }
    }
}

impl ApproveOrder {
    /// The question as the one asks whose authority counts: of the owner where the owner decides.
    fn asking(&self, case: &Case) -> Result<Asking, Refusal> {
        let mut asking = self.desk.asking(case)?;
        if case.kind == CaseKind::Decide {
            let role = self.desk.role(&case.owner.role).ok_or_else(|| Refusal::NobodyHasRole(case.owner.role.clone()))?;
            let question = &mut asking.request.question;
            question.actor = Actor { id: Some(case.owner.id.clone()), role, team: case.owner.team.clone().or(question.actor.team.take()) };
            for (fact, state) in self.desk.policy().facts.iter().zip(&mut question.facts).filter(|(fact, _)| fact.about_actor) {
                *state = default_state(fact);
            }
        }
        Ok(asking)
    }

    /// The owner decides: it is granted, or goes on to those who must approve what the owner proposes.
    fn decide(&self, case: Case, asking: &Asking, book: &mut Book) -> Result<Done, Refusal> {
        let question = asking.question(Mode::Grant, book);
        let granted = self.grant(&case, asking, &[], book);
        let proposal = match &granted {
            Err(Refusal::NotGranted(_)) => self.desk.engine.program().proposal(&question, Mode::Grant),
            _ => None,
        };
        let Some(proposal) = proposal else { return Ok(self.close(case, granted?, book)) };
        let mut case = case;
        let decider = case.owner.clone();
        case.kind = CaseKind::Approve;
        case.question = asking.told();
        case.waiting_for = proposal.approved_by.iter().map(|role| self.desk.role_name(*role)).collect();
        self.next_owner(&mut case, &decider, book)?;
        Ok(self.went_on("case_proposed", case, &decider, book))
    }

    /// One approval more; the last books.
    fn approve(&self, mut case: Case, asking: &Asking, book: &mut Book) -> Result<Done, Refusal> {
        let needed = case.waiting_for.first().cloned().unwrap_or_default();
        let who = case.owner.clone();
        if self.desk.role(&who.role).is_none_or(|_| !self.desk.reaches(&who.role, &needed)) {
            return Err(Refusal::WrongRole { needed });
        }
        case.approved_by.push(Signature { id: who.id.clone(), role: who.role.clone(), at: asking.local(book) });
        case.waiting_for.drain(..1.min(case.waiting_for.len()));
        if !case.waiting_for.is_empty() {
            self.next_owner(&mut case, &who, book)?;
            return Ok(self.went_on("case_signed", case, &who, book));
        }
        let approvals = self.approvals(&case, asking, book)?;
        let grant = self.grant(&case, asking, &approvals, book)?;
        Ok(self.close(case, grant, book))
    }

    /// The roles of those who approved, if all of them may.
    fn approvals(&self, case: &Case, asking: &Asking, book: &Book) -> Result<Vec<RoleId>, Refusal> {
        let roles: Vec<_> = case.approved_by.iter().filter_map(|signature| self.desk.role(&signature.role)).collect();
        let question = asking.question(Mode::Grant, book);
        if roles.iter().all(|role| self.desk.engine.program().may_approve(&question, Mode::Grant, *role)) {
            return Ok(roles);
        }
        let (question, decision) = asking.decide(Mode::Grant, &[], book);
        Err(Refusal::NotGranted(asking.answer(&question, &decision)))
    }

    fn grant(&self, case: &Case, asking: &Asking, approvals: &[RoleId], book: &mut Book) -> Result<crate::ledger::record::Grant, Refusal> {
        let note = self.note.as_deref().or(case.note.as_deref());
        let terms = Terms { confirmed: &case.confirmed, note, case: Some(&case.id), approved_by: &case.approved_by, approvals };
        book_grant(asking, &terms, book)
    }

    fn close(&self, mut case: Case, grant: crate::ledger::record::Grant, book: &mut Book) -> Done {
        case.state = CaseState::Approved;
        case.grant = Some(grant.id);
        let who = case.owner.clone();
        self.went_on("case_approved", case, &who, book)
    }

    /// Somebody of the next role, who neither brought it nor has had a say.
    fn next_owner(&self, case: &mut Case, last: &Who, book: &Book) -> Result<(), Refusal> {
        let role = case.waiting_for.first().cloned().unwrap_or_default();
        let mut without = partakers(case);
        without.push(&last.id);
        let owner = self.desk.owner(&role, case.proposer.team.as_deref(), &without, book)?;
        case.due = self.desk.local(self.desk.due_of_role(&role, book));
        case.owner = owner;
        Ok(())
    }

    fn went_on(&self, kind: &'static str, case: Case, who: &Who, book: &mut Book) -> Done {
        let more = [("note", json(&self.note)), ("confirmed", json(&self.confirm)), ("grant", json(&case.grant))];
        log(&self.desk, kind, &case, who, &more, book);
        keep(&case, book);
        Done::Case(Box::new(case))
    }
}
