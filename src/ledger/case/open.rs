//! Opening a case.

use super::{Desk, keep, log};
use crate::decide::{Contact, ContactKind, Decision, Mode};
use crate::ledger::book::Book;
use crate::ledger::grant::outcome;
use crate::ledger::order::{Asking, Buckets, Done, Order, Refusal, Wanted, grants, json};
use crate::ledger::people::Owner;
use crate::ledger::record::{Case, CaseKind, CaseState};
use crate::question::Problem;

/// `POST /v1/cases`
#[derive(Clone, Debug)]
pub(crate) struct OpenOrder {
    pub desk: Desk,
    pub asking: Asking,
    pub confirm: Vec<String>,
    pub note: Option<String>,
    /// Who opens it in the name of whoever asks.
    pub opened_by: Option<String>,
    /// The role or the person it is to go to.
    pub to: Option<String>,
}

impl Order for OpenOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        wanted.open_cases = true;
    }

    fn buckets(&self, book: &Book) -> Buckets {
        // Nothing is charged, so nothing need be locked.
        Desk::seen(&self.asking, book)
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        self.asking.has_amount()?;
        let (question, decision) = self.asking.decide(Mode::Ask, &[], book);
        let answer = self.asking.answer(&question, &decision);
        if grants(&decision) {
            let (question, granted) = self.asking.decide(Mode::Grant, &[], book);
            // What is only said may not be enough for a grant. Then that answer says what must be on record first.
            let can_grant = grants(&granted);
            return Err(if can_grant { Refusal::NothingToAsk(answer) } else { Refusal::NotGranted(self.asking.answer(&question, &granted)) });
        }
        let Some(contact) = self.contact(&decision)? else { return Err(Refusal::NotGranted(answer)) };
        let role = self.desk.role_name(contact.role);
        let proposer = self.asking.who();
        let bringers: Vec<_> = std::iter::once(proposer.id.as_str()).chain(self.opened_by.as_deref()).collect();
        let owner = match self.addressee(contact, &bringers, book) {
            Some(who) => Owner { who: who?, stands_in_for: None },
            None => self.desk.owner(&role, proposer.team.as_deref(), &bringers, book)?,
        };
        let (kind, waiting_for) = match contact.kind {
            ContactKind::Decide => (CaseKind::Decide, Vec::new()),
            ContactKind::Approve => (CaseKind::Approve, self.approvers(&role, &question)),
        };
        let case = Case {
            id: uuid::Uuid::now_v7().to_string(),
            kind,
            state: CaseState::Open,
            opened: self.asking.local(book),
            due: self.desk.local(self.desk.due(contact.within.as_ref(), book)),
            owner: owner.who,
            stands_in_for: owner.stands_in_for,
            proposer,
            opened_by: self.opened_by.clone(),
            action: self.asking.action(),
            amount: self.asking.amount(),
            question: self.asking.told(),
            note: self.note.clone(),
            confirmed: self.confirm.clone(),
            waiting_for,
            approved_by: Vec::new(),
            handed_over: 0,
            declined: None,
            grant: None,
            answer,
        };
        let opened_by = self.opened_by.as_ref().map(|id| serde_json::json!({"id": id}));
        let more = [
            ("opened_by", json(&opened_by)),
            ("question", self.asking.masked(book)),
            ("answer", outcome(&self.asking, &decision)),
            ("note", json(&self.note)),
        ];
        log(&self.desk, "case_opened", &case, &case.proposer, &more, book);
        keep(&case, book);
        Ok(Done::Case(Box::new(case)))
    }
}

impl OpenOrder {
    /// Who the answer says could make it happen: the one that was named, else the first.
    fn contact<'d>(&self, decision: &'d Decision) -> Result<Option<&'d Contact>, Refusal> {
        let Some(to) = &self.to else { return Ok(decision.ask.first()) };
        let role = self.desk.people.find(to).map_or(to, |person| &person.role);
        let named = decision.ask.iter().find(|contact| self.desk.role_name(contact.role) == *role);
        if named.is_some() || decision.ask.is_empty() {
            return Ok(named);
        }
        let roles: Vec<_> = decision.ask.iter().map(|contact| self.desk.role_name(contact.role)).collect();
        let help = Some(format!("it can go to {}", roles.join(", ")));
        Err(Refusal::WrongQuestion(vec![Problem { path: "/to".into(), message: format!("`{to}` cannot decide this"), help }]))
    }

    /// The person that was named, if one was.
    fn addressee(&self, contact: &Contact, bringers: &[&str], book: &Book) -> Option<Result<crate::ledger::record::Who, Refusal>> {
        let person = self.desk.people.find(self.to.as_deref()?).filter(|person| person.role == self.desk.role_name(contact.role))?;
        let problem = |message: String| Err(Refusal::WrongQuestion(vec![Problem { path: "/to".into(), message, help: None }]));
        if bringers.contains(&person.id.as_str()) {
            return Some(Err(Refusal::OwnCase));
        }
        if person.is_away(self.desk.calendar().date_of(book.now)) {
            return Some(problem(format!("`{}` is away", person.id)));
        }
        Some(Ok(person.who()))
    }

    /// Everybody who must approve, the owner's role first.
    fn approvers(&self, first: &str, question: &crate::question::Question) -> Vec<String> {
        let proposal = self.asking.engine.program().proposal(question, Mode::Ask);
        let mut roles: Vec<_> =
            proposal.map(|proposal| proposal.approved_by).unwrap_or_default().into_iter().map(|role| self.desk.role_name(role)).collect();
        if let Some(at) = roles.iter().position(|role| role == first) {
            let role = roles.remove(at);
            roles.insert(0, role);
        }
        roles
    }
}
