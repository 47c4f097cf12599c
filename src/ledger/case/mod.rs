//! Cases: what somebody may not grant alone, on one person's desk, with everything already told.
//!
//! At every moment an open case has one owner and a due time. What a step may do is decided by the case as it stands in the transaction, so that of two who act at once one is told that it is too late.

mod decide;
mod open;
mod overdue;
mod stands;
mod step;

pub(crate) use decide::ApproveOrder;
pub(crate) use open::OpenOrder;
pub(crate) use overdue::OverdueOrder;
pub(crate) use step::{AddOrder, DeclineOrder, HandOverOrder, StandInOrder};

use std::sync::Arc;

use jiff::Timestamp;

use super::book::Book;
use super::fingerprint::{Change, Fingerprint};
use super::grant::text;
use super::notice::{self, Happening, News};
use super::order::{Asking, Buckets, Refusal, grants, json, local};
use super::people::{Owner, People, Wanted};
use super::record::{Case, CaseState, Who};
use super::store::CaseRow;
use crate::calendar::{self, Calendar};
use crate::decide::Mode;
use crate::engine::Engine;
use crate::number::Number;
use crate::policy::expr::Steps;
use crate::policy::{Policy, RoleId};
use crate::question::{Caller, Json, Request, Spending};
use crate::syntax::ast::Unit;

/// Where a role says nothing of when it answers: so many working days.
const DEFAULT_WORKING_DAYS: i64 = 2;

/// What the steps of a case have in common.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub engine: Arc<Engine>,
    pub people: Arc<People>,
}

impl Desk {
    fn policy(&self) -> &Policy {
        self.engine.policy()
    }

    /// The question that a case keeps.
    fn asking(&self, case: &Case) -> Result<Asking, Refusal> {
        let text = case.question.to_string();
        let reader = self.engine.reader().caller(Caller::SystemOfRecord).spending(Spending::Ledger);
        let json = Json::parse(&text).map_err(|unread| Refusal::WrongQuestion(unread.problems))?;
        let request: Request = reader.question(&json, Timestamp::UNIX_EPOCH).map_err(Refusal::WrongQuestion)?;
        Ok(Asking { engine: Arc::clone(&self.engine), request })
    }

    /// Who is to own a case next.
    fn owner(&self, role: &str, team: Option<&str>, without: &[&str], book: &Book) -> Result<Owner, Refusal> {
        let wanted = Wanted { role, team, without, today: self.calendar().date_of(book.now) };
        let found = self.people.owner(&wanted, |id| book.open_cases(id));
        found.ok_or_else(|| Refusal::NobodyHasRole(role.to_owned()))
    }

    /// A case as it is once somebody stands in for its owner. `None` where the owner is there.
    fn stood_in(&self, case: &Case, book: &Book) -> Result<Option<Case>, Refusal> {
        let today = self.today(book);
        if case.state != CaseState::Open || self.people.is_there(&case.owner.id, today) {
            return Ok(None);
        }
        let mut without = case.partakers();
        without.push(&case.owner.id);
        let absent = self.people.find(&case.owner.id);
        let deputy = absent.and_then(|absent| self.people.find(absent.deputy.as_deref()?));
        let deputy = deputy.filter(|person| !person.is_away(today) && !without.contains(&person.id.as_str()));
        let next = match deputy {
            Some(person) => Owner {
                who: Who { id: person.id.clone(), role: case.owner.role.clone(), team: person.team.clone() },
                stands_in_for: Some(case.owner.id.clone()),
            },
            None => self.owner(&case.owner.role, case.proposer.team.as_deref(), &without, book)?,
        };
        let mut stood = case.clone();
        stood.handed_over += 1;
        next.take(&mut stood);
        Ok(Some(stood))
    }

    /// Who has an open case instead of its owner, or why nobody has. `None` where the owner is there.
    pub(super) fn stand_in(&self, case: &Case, book: &Book) -> Result<Option<Who>, Refusal> {
        Ok(self.stood_in(case, book)?.map(|stood| stood.owner))
    }

    /// An open case as a step finds it. Where nobody can stand in for the owner it stays as it is.
    fn find(&self, id: &str, book: &Book) -> Result<Found, Refusal> {
        let case = open_case(id, book)?;
        match self.stood_in(&case, book) {
            Ok(Some(stood)) => Ok(Found { case: stood.clone(), stood: Some(Box::new((stood, case.owner))) }),
            Ok(None) | Err(_) => Ok(Found { case, stood: None }),
        }
    }

    /// An open case that this person owns and has no part in yet.
    fn own_case(&self, id: &str, who: &str, book: &Book) -> Result<Found, Refusal> {
        let found = self.find(id, book)?;
        may_have_a_say(&found.case, who)?;
        if found.case.owner.id == who { Ok(found) } else { Err(Refusal::NotTheOwner(found.case.owner.id)) }
    }

    /// The roles that are still to approve, by this policy and with those who have signed. None where nothing can be proposed: then the decision says why.
    fn missing(&self, case: &Case, asking: &Asking, book: &Book) -> Vec<String> {
        let program = self.engine.program();
        let signed: Vec<_> = case.approved_by.iter().filter_map(|signature| self.role(&signature.role)).collect();
        let (question, decision) = asking.decide(Mode::Grant, &signed, book);
        if grants(&decision) {
            return Vec::new();
        }
        let as_said = || program.proposal(&asking.question(Mode::Ask, book), Mode::Ask);
        let proposal = program.proposal(&question, Mode::Grant).or_else(as_said);
        let wanted = proposal.map(|proposal| proposal.approved_by).unwrap_or_default();
        let reaches = |signed, wanted| program.reaches(signed, wanted);
        unsigned(&wanted, &signed, &reaches).into_iter().map(|role| self.role_name(role)).collect()
    }

    /// The buckets that a proposal looks at, without charging them.
    fn seen(asking: &Asking, book: &Book) -> Buckets {
        let mut seen = Vec::new();
        for mode in [Mode::Grant, Mode::Ask] {
            let buckets = asking.buckets(mode, book);
            seen.extend(buckets.locked.into_iter().chain(buckets.seen));
        }
        Buckets { seen, ..Buckets::default() }
    }

    /// Whether somebody may be away, so that who has how many cases may count.
    fn may_stand_in(&self) -> bool {
        self.people.iter().any(|person| person.away_until.is_some())
    }

    fn today(&self, book: &Book) -> jiff::civil::Date {
        self.calendar().date_of(book.now)
    }

    fn calendar(&self) -> Calendar<'_> {
        Calendar { zone: &self.policy().time_zone, holidays: &self.policy().holidays }
    }

    /// So long after now, else two working days after.
    fn due(&self, within: Option<&Steps>, book: &Book) -> Timestamp {
        let default = Steps { count: Number::from(DEFAULT_WORKING_DAYS), unit: Unit::WorkingDay };
        let now = calendar::seconds(book.now);
        let due = self.calendar().shift_moment(&now, within.unwrap_or(&default)).and_then(|due| calendar::moment(&due));
        due.unwrap_or(Timestamp::MAX)
    }

    /// By when a role answers.
    fn due_of_role(&self, role: &str, book: &Book) -> Timestamp {
        let declared = self.policy().roles.iter().find(|declared| declared.name == role);
        self.due(declared.and_then(|role| role.answers_within.as_ref()), book)
    }

    fn role(&self, name: &str) -> Option<RoleId> {
        self.policy().roles.iter().position(|role| role.name == name).map(RoleId::new)
    }

    fn role_name(&self, id: RoleId) -> String {
        self.policy().roles.get(id.index()).map(|role| role.name.clone()).unwrap_or_default()
    }

    /// Whether a role is this one or above it.
    fn reaches(&self, role: &str, wanted: &str) -> bool {
        self.role(role).zip(self.role(wanted)).is_some_and(|(role, wanted)| self.engine.program().reaches(role, wanted))
    }

    fn local(&self, at: Timestamp) -> String {
        local(self.policy(), at)
    }
}

/// A case, be it open or not.
fn case(id: &str, book: &Book) -> Result<Case, Refusal> {
    let missing = || Refusal::NoSuchCase(id.to_owned());
    serde_json::from_str(&book.case(id).ok_or_else(missing)?.body).map_err(|_| missing())
}

/// An open case.
fn open_case(id: &str, book: &Book) -> Result<Case, Refusal> {
    let case = case(id, book)?;
    if case.state == CaseState::Open {
        return Ok(case);
    }
    Err(Refusal::CaseClosed { state: case.state.word().to_owned(), grant: case.grant })
}

/// A case as a step finds it.
struct Found {
    case: Case,
    /// The same case, and the owner who was away, where somebody has to stand in first.
    stood: Option<Box<(Case, Who)>>,
}

/// Notes that somebody stood in, as soon as it is certain that the step is taken.
fn note_stand_in(desk: &Desk, stood: Option<Box<(Case, Who)>>, book: &mut Book) {
    if let Some((case, absent)) = stood.map(|stood| *stood) {
        log(desk, "case_stood_in", &case, &absent, &[], book);
        keep(&case, book);
    }
}

impl Owner {
    /// Makes this the owner of a case.
    fn take(self, case: &mut Case) {
        case.owner = self.who;
        case.stands_in_for = self.stands_in_for;
    }
}

/// The fewest of the wanted roles for which nobody has signed. Each who signed counts for one.
fn unsigned(wanted: &[RoleId], signed: &[RoleId], reaches: &impl Fn(RoleId, RoleId) -> bool) -> Vec<RoleId> {
    let Some((role, rest)) = wanted.split_first() else { return Vec::new() };
    let mut fewest = vec![*role];
    fewest.extend(unsigned(rest, signed, reaches));
    for (at, _) in signed.iter().enumerate().filter(|(_, signer)| reaches(**signer, *role)) {
        let others: Vec<_> = signed.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, signer)| *signer).collect();
        let without = unsigned(rest, &others, reaches);
        if without.len() < fewest.len() {
            fewest = without;
        }
    }
    fewest
}

/// Refuses whoever brought a case, be it in somebody else's name, proposes what others are to approve, or has approved it.
fn may_have_a_say(case: &Case, who: &str) -> Result<(), Refusal> {
    if case.proposer.id == who || case.opened_by.as_deref() == Some(who) || case.asker() == Some(who) {
        return Err(Refusal::OwnCase);
    }
    if case.approved_by.iter().any(|signature| signature.id == who) {
        return Err(Refusal::SecondSignature(who.to_owned()));
    }
    Ok(())
}

impl Case {
    /// Whose question it is by now: where its owner decided and others are to approve, that owner's.
    fn asker(&self) -> Option<&str> {
        self.question.pointer("/actor/id").and_then(|id| id.as_str())
    }

    /// Everybody who has a part in it and so cannot decide it.
    pub(crate) fn partakers(&self) -> Vec<&str> {
        let signed = self.approved_by.iter().map(|signature| signature.id.as_str());
        std::iter::once(self.proposer.id.as_str()).chain(self.opened_by.as_deref()).chain(self.asker()).chain(signed).collect()
    }
}

/// Keeps a case.
fn keep(case: &Case, book: &mut Book) {
    let due = case.due.parse::<Timestamp>().unwrap_or(Timestamp::MAX).as_microsecond();
    book.put_case(CaseRow { id: case.id.clone(), owner: case.owner.id.clone(), state: case.state.word().to_owned(), due, body: text(case) });
}

/// Tells webhooks of a case.
fn tell(desk: &Desk, happening: Happening, case: &Case, more: &[(&str, serde_json::Value)], book: &mut Book) {
    if !book.is_heard(happening) {
        return;
    }
    let once = (happening == Happening::CaseOverdue).then(|| book.once(&[happening.word(), &case.id, &case.due]));
    book.tell(&News { happening, about: case.id.clone(), once }, |listener| {
        let mut data: serde_json::Map<_, _> = more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        data.insert("case".into(), notice::case(desk.policy(), case, listener.private));
        Some(data.into())
    });
}

/// Notes what happened to a case: it is as given here, and as the book has it before.
fn log(desk: &Desk, kind: &'static str, case: &Case, who: &Who, more: &[(&str, serde_json::Value)], book: &mut Book) {
    let mut event = super::order::event(kind, &case.id, who, book, desk.policy());
    event.body.insert("owner".into(), json(&case.owner));
    event.body.insert("due".into(), case.due.clone().into());
    event.body.extend(more.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| ((*name).to_owned(), value.clone())));
    if let Some((happening, how)) = notice::of_case(kind) {
        tell(desk, happening, case, &[("how", how.into()), ("who", json(who))], book);
    }
    let before = book.case(&case.id).and_then(|row| serde_json::from_str(&row.body).ok());
    event.change = Some(Change { before: before.as_ref().map(Fingerprint::of_case), after: Fingerprint::of_case(case) });
    book.happened(event);
}
