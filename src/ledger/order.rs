//! What somebody wants done: read by its parts, carried out on a book.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::book::Book;
use super::bucket::{Bucket, Holder};
use super::event::Event;
use super::grant::text;
use super::record::{Case, Grant, Who};
use super::store::{ReplyRow, Token};
use crate::answer;
use crate::decide::{Decision, Mode, Outcome};
use crate::engine::Engine;
use crate::policy::{BudgetId, Policy, RoleId};
use crate::question::{self, Problem, Question, Request};

/// What an order reads besides buckets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub grants: BTreeSet<String>,
    pub cases: BTreeSet<String>,
    /// How many cases everybody has open.
    pub open_cases: bool,
}

/// The buckets that an order reads.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    /// Those that it may charge.
    pub locked: Vec<Bucket>,
    /// Those that it shows.
    pub seen: Vec<Bucket>,
    /// Those to which it gives back, whatever their window.
    pub given_back: Vec<String>,
}

impl Buckets {
    /// Those of another order too.
    pub fn add(&mut self, other: Self) {
        self.locked.extend(other.locked);
        self.seen.extend(other.seen);
        self.given_back.extend(other.given_back);
    }
}

/// Something that is to be done.
pub(crate) trait Order: Send + Sync {
    /// What it reads.
    fn wanted(&self, wanted: &mut Wanted);

    /// The buckets it reads, after its records are read.
    fn buckets(&self, book: &Book) -> Buckets;

    /// Does it, or says why not; then the book is as it was.
    fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal>;
}

/// Which request this is, so that it is carried out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its token.
    pub token: Token,
    /// A hash of what is asked.
    pub digest: String,
}

/// What came of an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// A grant was booked or taken back.
    Grant(Box<Grant>),
    /// A case was opened or went on.
    Case(Box<Case>),
}

/// Why an order was not carried out. Nothing was changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The answer is neither `yes` nor `owed`, or nobody could decide.
    NotGranted(Box<RawValue>),
    /// Duties of the grant are not confirmed.
    Unconfirmed {
        /// Which.
        duties: Vec<String>,
        /// The answer that asks for them.
        answer: Box<RawValue>,
    },
    /// The token was used for something else.
    KeyReused,
    /// There is no such grant.
    NoSuchGrant(String),
    /// The grant was taken back already.
    AlreadyReversed(String),
    /// There is no such case.
    NoSuchCase(String),
    /// The case is closed.
    CaseClosed {
        /// How it ended.
        state: String,
        /// The grant that it became.
        grant: Option<String>,
    },
    /// Somebody else owns the case.
    NotTheOwner(String),
    /// Nobody decides about what they brought themselves.
    OwnCase,
    /// This person has approved it already.
    SecondSignature(String),
    /// This person's role does not decide this.
    WrongRole {
        /// The role that does.
        needed: String,
    },
    /// The asker may grant it alone.
    NothingToAsk(Box<RawValue>),
    /// No person has the role that could decide.
    NobodyHasRole(String),
    /// There is no such person.
    NoSuchPerson(String),
    /// What was asked, or what the case keeps, is no right question of this policy.
    WrongQuestion(Vec<Problem>),
}

impl Refusal {
    /// Whether it is what the policy says. Such a refusal is kept under the ticket, as what was done is; any other may be gone when the request is repeated.
    fn is_decision(&self) -> bool {
        matches!(self, Self::NotGranted(_) | Self::Unconfirmed { .. } | Self::NothingToAsk(_))
    }
}

/// A question that is to become something.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub engine: Arc<Engine>,
    pub request: Request,
}

impl Asking {
    pub fn policy(&self) -> &Policy {
        self.engine.policy()
    }

    /// The buckets that a grant may charge, and the others that its answer may show.
    pub fn buckets(&self, mode: Mode, book: &Book) -> Buckets {
        let question = &self.request.question;
        let bucket = |at| Bucket::of(&self.engine, Holder::new(question, mode), BudgetId::new(at), question.action, book.now);
        let all = (0..self.policy().budgets.len()).filter_map(bucket);
        let charged = self.engine.charged_by(question.action);
        let (locked, seen) = all.partition(|bucket| charged.contains(&bucket.budget));
        Buckets { locked, seen, given_back: Vec::new() }
    }

    /// The bucket of each budget.
    fn bucket(&self, mode: Mode, budget: BudgetId, book: &Book) -> Option<Bucket> {
        let question = &self.request.question;
        Bucket::of(&self.engine, Holder::new(question, mode), budget, question.action, book.now)
    }

    /// The question at the moment of the book, with what the book says is spent.
    pub fn question(&self, mode: Mode, book: &Book) -> Question {
        let mut question = self.request.question.clone();
        question.at = book.now;
        for (at, spent) in question.spent.iter_mut().enumerate() {
            let bucket = self.bucket(mode, BudgetId::new(at), book).filter(|bucket| bucket.is_known);
            *spent = bucket.map_or(crate::number::Number::ZERO, |bucket| bucket.quantity(book.used(&bucket)));
        }
        question
    }

    /// Decides with what the book says is spent, after people of these roles have approved.
    pub fn decide(&self, mode: Mode, approvals: &[RoleId], book: &Book) -> (Question, Decision) {
        let question = self.question(mode, book);
        let decision = self.engine.program().decide_approved(&question, mode, approvals);
        (question, decision)
    }

    /// A decision as the JSON of its answer.
    pub fn answer(&self, question: &Question, decision: &Decision) -> Box<RawValue> {
        let mut text = String::new();
        answer::write(&mut text, self.policy(), question, decision, self.request.language);
        RawValue::from_string(text).unwrap_or_default()
    }

    /// What a grant takes from which bucket, in smallest units. `None` where that is beyond all bounds.
    pub fn charges(&self, decision: &Decision, book: &Book) -> Option<Vec<(Bucket, i64)>> {
        let charge = |charge: &crate::decide::BudgetCharge| {
            let bucket = self.bucket(Mode::Grant, charge.budget, book)?;
            let units = bucket.units(charge.amount.as_ref()?)?;
            Some((bucket, units))
        };
        decision.charge.iter().map(charge).collect()
    }

    /// Refuses to go on without a quantity where the action has a measure: to ask how much could be granted is not to grant it.
    pub fn has_amount(&self) -> Result<(), Refusal> {
        let question = &self.request.question;
        let measured = self.policy().actions.get(question.action.index()).is_some_and(|action| action.measure.is_some());
        if question.amount.is_some() || !measured {
            return Ok(());
        }
        let help = Some("say how much; `ask` without an amount tells how much it could be".to_owned());
        Err(Refusal::WrongQuestion(vec![Problem { path: "/amount".into(), message: "`amount` is missing".into(), help }]))
    }

    /// Who asks.
    pub fn who(&self) -> Who {
        let actor = &self.request.question.actor;
        let role = self.policy().roles.get(actor.role.index()).map_or("", |role| &role.name);
        Who { id: actor.id.clone().unwrap_or_default(), role: role.to_owned(), team: actor.team.clone() }
    }

    /// The name of the action.
    pub fn action(&self) -> String {
        answer::parts::action_name(self.policy(), self.request.question.action).to_owned()
    }

    /// The quantity, as it is written.
    pub fn amount(&self) -> Option<String> {
        let question = &self.request.question;
        question.amount.as_ref().map(|amount| answer::plain::of_action(self.policy(), question.action, amount))
    }

    /// The question as JSON, to be kept.
    pub fn told(&self) -> Json {
        let mut told = question::told(self.policy(), &self.request.question, |_, value| value);
        if let Some(language) = self.policy().languages.get(self.request.language) {
            told.insert("lang".into(), language.clone().into());
        }
        told.into()
    }

    /// The question as JSON for the log: what is private is not shown.
    pub fn masked(&self, book: &Book) -> Json {
        let shown = |fact: &crate::policy::Fact, value: Json| if fact.private { book.mask(&fact.name, &value) } else { value };
        question::told(self.policy(), &self.request.question, shown).into()
    }

    /// The moment of the book as the policy's clocks show it.
    pub fn local(&self, book: &Book) -> String {
        local(self.policy(), book.now)
    }
}

/// A moment as the policy's clocks show it, to the millisecond: RFC 3339.
pub(crate) fn local(policy: &Policy, at: jiff::Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
    at.display_with_offset(policy.time_zone.to_offset(at)).to_string()
}

/// Whether a decision lets somebody grant it.
pub(crate) fn grants(decision: &Decision) -> bool {
    matches!(decision.outcome, Outcome::Yes | Outcome::Owed)
}

/// An order with its ticket, if it has one.
pub(crate) struct Slip<'o> {
    pub order: &'o dyn Order,
    pub ticket: Option<&'o Ticket>,
}

impl Slip<'_> {
    /// Carries the order out once: a repetition of what was done or decided gets the first reply.
    pub fn carry_out(&self, book: &mut Book) -> Result<Done, Refusal> {
        let Some(ticket) = self.ticket else { return self.order.carry_out(book) };
        if let Some(reply) = book.reply(&ticket.token) {
            return repeated(reply, ticket);
        }
        let outcome = self.order.carry_out(book);
        if outcome.as_ref().is_err_and(|refusal| !refusal.is_decision()) {
            return outcome;
        }
        let body = text(&outcome);
        book.put_reply(ReplyRow { token: ticket.token.clone(), at: book.at(), digest: ticket.digest.clone(), body });
        outcome
    }

    /// Whether it was carried out before.
    pub fn is_repeated(&self, book: &Book) -> bool {
        self.ticket.is_some_and(|ticket| book.reply(&ticket.token).is_some())
    }
}

/// The first reply, unless something else was asked.
pub(super) fn repeated(reply: &ReplyRow, ticket: &Ticket) -> Result<Done, Refusal> {
    if reply.digest != ticket.digest {
        return Err(Refusal::KeyReused);
    }
    // What was written can be read; a test sees to it for every kind of reply.
    serde_json::from_str::<Result<Done, Refusal>>(&reply.body).unwrap_or(Err(Refusal::KeyReused))
}

/// Something that happened to a grant or case, done by somebody.
pub(crate) fn event(kind: &'static str, about: &str, who: &Who, book: &Book, policy: &Policy) -> Event {
    let mut body = Map::new();
    body.insert("who".into(), json(who));
    body.insert("policy".into(), policy.version.clone().into());
    Event { kind, about: about.to_owned(), at: book.at(), body, change: None }
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Json {
    // Texts, lists and nothing stay what they are.
    serde_json::to_value(value).unwrap_or_default()
}
