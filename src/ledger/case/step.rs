//! Steps of a case that decide nothing: adding to it, handing it over, declining it, standing in for somebody who is away.

use serde_json::Value as Tree;

use super::{Desk, keep, log, may_have_a_say, open_case, own_case, partakers};
use crate::ledger::book::Book;
use crate::ledger::order::{Buckets, Done, Order, Refusal, Wanted, json};
use crate::ledger::people::Person;
use crate::ledger::record::{Case, CaseKind, CaseState, Decline, Who};
use crate::question::Problem;

/// `POST /v1/cases/{id}/decline`
#[derive(Clone, Debug)]
pub(crate) struct DeclineOrder {
    pub desk: Desk,
    pub case: String,
    pub who: String,
    pub reason: String,
    /// What was offered instead.
    pub offered: String,
}

/// `POST /v1/cases/{id}/hand_over`
#[derive(Clone, Debug)]
pub(crate) struct HandOverOrder {
    pub desk: Desk,
    pub case: String,
    pub who: String,
    /// The next owner.
    pub to: String,
    pub note: Option<String>,
}

/// `POST /v1/cases/{id}/add`
#[derive(Clone, Debug)]
pub(crate) struct AddOrder {
    pub desk: Desk,
    pub case: String,
    pub who: Who,
    /// Facts by name, as they are written in a question.
    pub facts: Vec<(String, Tree)>,
    /// The same, on record.
    pub record: Vec<(String, Tree)>,
    pub note: Option<String>,
}

/// An owner who is away gives way to the deputy, or to somebody else of the role.
#[derive(Clone, Debug)]
pub(crate) struct StandInOrder {
    pub desk: Desk,
    pub case: String,
}

fn one_case(id: &str, wanted: &mut Wanted) {
    wanted.cases.insert(id.to_owned());
    wanted.open_cases = true;
}

fn done(case: Case, book: &mut Book) -> Done {
    keep(&case, book);
    Done::Case(Box::new(case))
}

impl Order for DeclineOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        one_case(&self.case, wanted);
    }

    fn buckets(&self, _: &Book) -> Buckets {
        Buckets::default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let mut case = own_case(&self.case, &self.who, book)?;
        case.state = CaseState::Declined;
        let decline = Decline { at: self.desk.local(book.now), by: self.who.clone(), reason: self.reason.clone(), offered: self.offered.clone() };
        let who = case.owner.clone();
        let more = [("reason", json(&decline.reason)), ("offered", json(&decline.offered))];
        case.declined = Some(decline);
        log(&self.desk, "case_declined", &case, &who, &more, book);
        Ok(done(case, book))
    }
}

impl Order for HandOverOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        one_case(&self.case, wanted);
    }

    fn buckets(&self, _: &Book) -> Buckets {
        Buckets::default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let mut case = own_case(&self.case, &self.who, book)?;
        let next = self.desk.people.find(&self.to).ok_or_else(|| Refusal::NoSuchPerson(self.to.clone()))?;
        self.may_own(next, &case, book)?;
        let from = std::mem::replace(&mut case.owner, next.who());
        case.handed_over += 1;
        log(&self.desk, "case_handed_over", &case, &from, &[("note", json(&self.note))], book);
        Ok(done(case, book))
    }
}

impl HandOverOrder {
    fn may_own(&self, next: &Person, case: &Case, book: &Book) -> Result<(), Refusal> {
        let problem = |message: String, help: Option<String>| Err(Refusal::WrongQuestion(vec![Problem { path: "/to".into(), message, help }]));
        if next.id == case.owner.id {
            return problem(format!("`{}` owns it already", next.id), None);
        }
        may_have_a_say(case, &next.id)?;
        if next.is_away(self.desk.calendar().date_of(book.now)) {
            return problem(format!("`{}` is away", next.id), next.deputy.as_ref().map(|deputy| format!("the deputy is `{deputy}`")));
        }
        let needed = match case.kind {
            CaseKind::Approve => case.waiting_for.first().unwrap_or(&case.owner.role),
            CaseKind::Decide => &case.owner.role,
        };
        if self.desk.reaches(&next.role, needed) || (case.kind == CaseKind::Decide && decides(case, &next.role)) {
            return Ok(());
        }
        Err(Refusal::WrongRole { needed: needed.clone() })
    }
}

/// Whether the answer at the opening named this role among those who decide.
fn decides(case: &Case, role: &str) -> bool {
    let answer: crate::answer::Answer = serde_json::from_str(case.answer.get()).unwrap_or_default();
    answer.ask.iter().any(|entry| entry.kind == "decide" && entry.role == role)
}

impl Order for AddOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        one_case(&self.case, wanted);
    }

    fn buckets(&self, _: &Book) -> Buckets {
        Buckets::default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let mut case = open_case(&self.case, book)?;
        for (list, facts) in [("facts", &self.facts), ("record", &self.record)] {
            for (name, value) in facts {
                replace(&mut case.question, list, name, value);
            }
        }
        // What does not fit the policy changes nothing.
        let asking = self.desk.asking(&case)?;
        let masked = asking.masked(book);
        let names = |list: &str, facts: &[(String, Tree)]| {
            let shown = facts.iter().filter_map(|(name, _)| Some((name.clone(), masked.get(list)?.get(name)?.clone())));
            shown.collect::<serde_json::Map<_, _>>()
        };
        let more = [("facts", json(&names("facts", &self.facts))), ("record", json(&names("record", &self.record))), ("note", json(&self.note))];
        log(&self.desk, "case_added", &case, &self.who, &more, book);
        Ok(done(case, book))
    }
}

/// Puts a fact where it belongs. What is on record takes the place of what was only said.
fn replace(question: &mut Tree, list: &str, name: &str, value: &Tree) {
    if let Some(Tree::Object(facts)) = question.get_mut(list) {
        facts.insert(name.to_owned(), value.clone());
    }
    if list == "record"
        && let Some(Tree::Object(said)) = question.get_mut("facts")
    {
        said.remove(name);
    }
}

impl Order for StandInOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        one_case(&self.case, wanted);
    }

    fn buckets(&self, _: &Book) -> Buckets {
        Buckets::default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let mut case = open_case(&self.case, book)?;
        let today = self.desk.calendar().date_of(book.now);
        let Some(absent) = self.desk.people.find(&case.owner.id).filter(|person| person.is_away(today)) else {
            return Ok(Done::Case(Box::new(case)));
        };
        let mut without = partakers(&case);
        without.push(&case.owner.id);
        let deputy = absent.deputy.as_deref().and_then(|id| self.desk.people.find(id));
        let deputy = deputy.filter(|person| !person.is_away(today) && !without.contains(&person.id.as_str()));
        let next = match deputy {
            Some(person) => Who { id: person.id.clone(), role: case.owner.role.clone(), team: person.team.clone() },
            None => self.desk.owner(&case.owner.role, case.proposer.team.as_deref(), &without, book)?,
        };
        let from = std::mem::replace(&mut case.owner, next);
        case.handed_over += 1;
        log(&self.desk, "case_stood_in", &case, &from, &[], book);
        Ok(done(case, book))
    }
}
