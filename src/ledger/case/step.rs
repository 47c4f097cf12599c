//! Steps of a case that decide nothing: adding to it, handing it over, declining it, standing in for somebody who is away.

use serde_json::Value as Tree;

use super::{Desk, Found, keep, log, may_have_a_say, note_stand_in, open_case};
use crate::ledger::book::Book;
use crate::ledger::order::{Asking, Buckets, Done, Order, Refusal, Wanted, json};
use crate::ledger::people::{Owner, Person};
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

/// One of which no step chooses the next owner, unless somebody is away.
fn case_alone(desk: &Desk, id: &str, wanted: &mut Wanted) {
    wanted.cases.insert(id.to_owned());
    wanted.open_cases |= desk.may_stand_in();
}

fn done(case: Case, book: &mut Book) -> Done {
    keep(&case, book);
    Done::Case(Box::new(case))
}

impl Order for DeclineOrder {
    fn wanted(&self, wanted: &mut Wanted) {
        case_alone(&self.desk, &self.case, wanted);
    }

    fn buckets(&self, _: &Book) -> Buckets {
        Buckets::default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let Found { mut case, stood } = self.desk.own_case(&self.case, &self.who, book)?;
        note_stand_in(&self.desk, stood, book);
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
        case_alone(&self.desk, &self.case, wanted);
    }

    fn buckets(&self, _: &Book) -> Buckets {
        Buckets::default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let Found { mut case, stood } = self.desk.own_case(&self.case, &self.who, book)?;
        let next = self.desk.people.find(&self.to).ok_or_else(|| Refusal::NoSuchPerson(self.to.clone()))?;
        self.may_own(next, &case, book)?;
        note_stand_in(&self.desk, stood, book);
        let from = std::mem::replace(&mut case.owner, next.who());
        case.stands_in_for = None;
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
        case_alone(&self.desk, &self.case, wanted);
    }

    fn buckets(&self, book: &Book) -> Buckets {
        let Ok(mut case) = open_case(&self.case, book) else { return Buckets::default() };
        self.put(&mut case);
        let asking = (!case.approved_by.is_empty()).then(|| self.desk.asking(&case).ok()).flatten();
        asking.map(|asking| Desk::seen(&asking, book)).unwrap_or_default()
    }

    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let Found { mut case, stood } = self.desk.find(&self.case, book)?;
        let before = self.desk.asking(&case).ok().map(|asking| asking.told());
        self.put(&mut case);
        // What does not fit the policy changes nothing.
        let asking = self.desk.asking(&case)?;
        let is_new = before.is_none_or(|before| before != asking.told());
        let withdrawn = if is_new { self.withdraw(&mut case, &asking, book) } else { None };
        note_stand_in(&self.desk, stood, book);
        let masked = asking.masked(book);
        let names = |list: &str, facts: &[(String, Tree)]| {
            let shown = facts.iter().filter_map(|(name, _)| Some((name.clone(), masked.get(list)?.get(name)?.clone())));
            shown.collect::<serde_json::Map<_, _>>()
        };
        let more = [
            ("facts", json(&names("facts", &self.facts))),
            ("record", json(&names("record", &self.record))),
            ("note", json(&self.note)),
            ("withdrawn", json(&withdrawn)),
        ];
        log(&self.desk, "case_added", &case, &self.who, &more, book);
        Ok(done(case, book))
    }
}

impl AddOrder {
    fn put(&self, case: &mut Case) {
        for (list, facts) in [("facts", &self.facts), ("record", &self.record)] {
            for (name, value) in facts {
                replace(&mut case.question, list, name, value);
            }
        }
    }

    /// Who approved did so on other facts: all of them are asked again, the first of them first. Returns the roles of those who had approved.
    fn withdraw(&self, case: &mut Case, asking: &Asking, book: &Book) -> Option<Vec<String>> {
        let signed = std::mem::take(&mut case.approved_by);
        let first = signed.first()?;
        let roles: Vec<_> = signed.iter().map(|signature| signature.role.clone()).collect();
        let missing = self.desk.missing(case, asking, book);
        // Where nothing can be proposed now, the decision says why to whoever approves next.
        let mut wanted = if missing.is_empty() { roles.iter().chain(&case.waiting_for).cloned().collect() } else { missing };
        if let Some(at) = wanted.iter().position(|role| self.desk.reaches(&first.role, role)) {
            let role = wanted.remove(at);
            wanted.insert(0, role);
        }
        let people = &self.desk.people;
        let person = people.find(&first.id).filter(|person| self.desk.reaches(&person.role, &first.role));
        let team = person.and_then(|person| person.team.clone());
        let role = wanted.first().cloned().unwrap_or_default();
        let is_there = people.is_there(&first.id, self.desk.today(book)) && (people.is_empty() || person.is_some());
        let next = if is_there {
            Ok(Owner { who: Who { id: first.id.clone(), role: first.role.clone(), team }, stands_in_for: None })
        } else {
            self.desk.owner(&role, case.proposer.team.as_deref(), &case.partakers(), book)
        };
        // Where nobody has the role, whoever owns it passes it on.
        if let Ok(owner) = next {
            case.due = self.desk.local(self.desk.due_of_role(&role, book));
            owner.take(case);
        }
        case.waiting_for = wanted;
        Some(roles)
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
        let case = open_case(&self.case, book)?;
        let Some(stood) = self.desk.stood_in(&case, book)? else { return Ok(Done::Case(Box::new(case))) };
        note_stand_in(&self.desk, Some(Box::new((stood.clone(), case.owner))), book);
        Ok(Done::Case(Box::new(stood)))
    }
}
