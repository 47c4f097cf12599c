//! Approving a case.

use super::{Desk, Found, keep, log, note_stand_in, open_case};
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
    /// Who approves. The role is empty where nothing says in which.
    pub who: Who,
    pub confirm: Vec<String>,
    pub note: Option<String>,
}

impl Order for ApproveOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        wanted.cases.insert(self.case.clone());
        wanted.open_cases = true;
    }

    fn buckets(&self, book: &Book) -> Buckets {
        let Ok(mut case) = open_case(&self.case, book) else { return Buckets::default() };
        // Only its owner approves it. If that is not yet this person, it is so in the owner's role.
        if case.owner.id != self.who.id {
            case.owner.team = self.desk.people.find(&self.who.id).and_then(|person| person.team.clone());
            case.owner.id.clone_from(&self.who.id);
        }
        let Ok(asking) = self.asking(&case) else { return Buckets::default() };
        let mut buckets = asking.buckets(Mode::Grant, book);
        if case.kind == CaseKind::Approve {
            buckets.add(Desk::seen(&asking, book));
        }
        buckets
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let Found { mut case, stood } = self.desk.own_case(&self.case, &self.who.id, book)?;
        self.has_role(&case)?;
        let asking = self.asking(&case)?;
        for duty in &self.confirm {
            if !case.confirmed.contains(duty) {
                case.confirmed.push(duty.clone());
            }
        }
        let who = case.owner.clone();
        let (kind, case) = match case.kind {
            CaseKind::Decide => self.decide(case, &asking, book)?,
            CaseKind::Approve => self.approve(case, &asking, book)?,
        };
        note_stand_in(&self.desk, stood, book);
        Ok(self.went_on(kind, case, &who, book))
    }
}

/// What happened, and the case as it then is.
type Next = (&'static str, Case);

impl Desk {
    /// Makes a question that of the case's owner. What was known of whoever asked is not known of the owner.
    pub(super) fn ask_as_owner(&self, case: &Case, asking: &mut Asking) -> Result<(), Refusal> {
        let role = self.role(&case.owner.role).ok_or_else(|| Refusal::NobodyHasRole(case.owner.role.clone()))?;
        let question = &mut asking.request.question;
        question.actor = Actor { id: Some(case.owner.id.clone()), role, team: case.owner.team.clone().or(question.actor.team.take()) };
        for (fact, state) in self.policy().facts.iter().zip(&mut question.facts).filter(|(fact, _)| fact.about_actor) {
            *state = default_state(fact);
        }
        Ok(())
    }
}

impl ApproveOrder {
    /// The owner has the role in which they decide, and acts in it, or stands in for somebody who has.
    fn has_role(&self, case: &Case) -> Result<(), Refusal> {
        let (people, owner) = (&self.desk.people, &case.owner);
        let has_it = |role: &str| case.stands_in_for.is_some() || self.desk.reaches(role, &owner.role);
        let is_listed = people.is_empty() || people.find(&owner.id).is_some_and(|person| has_it(&person.role));
        if is_listed && (self.who.role.is_empty() || has_it(&self.who.role)) {
            return Ok(());
        }
        Err(Refusal::WrongRole { needed: owner.role.clone() })
    }

    /// The question as the one asks whose authority counts: of the owner where the owner decides.
    fn asking(&self, case: &Case) -> Result<Asking, Refusal> {
        let mut asking = self.desk.asking(case)?;
        if case.kind == CaseKind::Decide {
            self.desk.ask_as_owner(case, &mut asking)?;
        }
        Ok(asking)
    }

    /// The owner decides: it is granted, or goes on to those who must approve what the owner proposes.
    fn decide(&self, mut case: Case, asking: &Asking, book: &mut Book) -> Result<Next, Refusal> {
        let question = asking.question(Mode::Grant, book);
        let granted = self.grant(&case, asking, &[], book);
        let proposal = match &granted {
            Err(Refusal::NotGranted(_)) => self.desk.engine.program().proposal(&question, Mode::Grant),
            _ => None,
        };
        let Some(proposal) = proposal else { return Ok(approved(case, granted?)) };
        case.kind = CaseKind::Approve;
        case.question = asking.told();
        case.waiting_for = proposal.approved_by.iter().map(|role| self.desk.role_name(*role)).collect();
        self.next_owner(&mut case, book)?;
        Ok(("case_proposed", case))
    }

    /// One approval more; the last books. Who is still to approve is what the policy says now, not what it said when the case was opened.
    fn approve(&self, mut case: Case, asking: &Asking, book: &mut Book) -> Result<Next, Refusal> {
        if self.desk.role(&case.owner.role).is_none() {
            let needed = case.waiting_for.first().cloned().unwrap_or_default();
            return Err(Refusal::WrongRole { needed });
        }
        case.approved_by.push(Signature { id: case.owner.id.clone(), role: case.owner.role.clone(), at: asking.local(book) });
        case.waiting_for = self.desk.missing(&case, asking, book);
        if !case.waiting_for.is_empty() {
            self.next_owner(&mut case, book)?;
            return Ok(("case_signed", case));
        }
        let approvals = self.approvals(&case, asking, book)?;
        let grant = self.grant(&case, asking, &approvals, book)?;
        Ok(approved(case, grant))
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

    /// Somebody of the next role, who neither brought it nor has had a say.
    fn next_owner(&self, case: &mut Case, book: &Book) -> Result<(), Refusal> {
        let role = case.waiting_for.first().cloned().unwrap_or_default();
        let owner = self.desk.owner(&role, case.proposer.team.as_deref(), &case.partakers(), book)?;
        case.due = self.desk.local(self.desk.due_of_role(&role, book));
        owner.take(case);
        Ok(())
    }

    fn went_on(&self, kind: &'static str, case: Case, who: &Who, book: &mut Book) -> Done {
        let more = [("note", json(&self.note)), ("confirmed", json(&self.confirm)), ("grant", json(&case.grant))];
        log(&self.desk, kind, &case, who, &more, book);
        keep(&case, book);
        Done::Case(Box::new(case))
    }
}

fn approved(mut case: Case, grant: crate::ledger::record::Grant) -> Next {
    case.state = CaseState::Approved;
    case.grant = Some(grant.id);
    ("case_approved", case)
}
