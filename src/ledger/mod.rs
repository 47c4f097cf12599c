//! The ledger: budgets that cannot be overspent, grants, and cases that always have one owner.
//!
//! An order (grant this, take that back, open a case) is decided and booked in one transaction by the same engine that answers `ask`. Orders that wait at the same time share a transaction, and each is
//! acknowledged only when that is on disk. What must stay true: what the charges in force of a bucket come to in a window is never more than the allotment by which they were granted, whatever crashes, repeats itself or
//! happens at the same time.
//!
//! ```text
//! Order ──desk──▶ Book (rows read and locked) ──engine──▶ Changes ──store──▶ disk ──▶ reply
//! ```

pub mod audit;
mod book;
mod bucket;
mod budgets;
mod case;
mod desk;
mod event;
mod fingerprint;
mod grant;
pub mod notice;
mod once;
mod open;
mod order;
pub mod outbox;
pub mod people;
mod pseudonym;
pub mod record;
mod reverse;
mod signers;
pub mod staff;
pub mod store;
pub mod usage;
pub mod witness;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use book::Book;
use bucket::{Bucket, Holder};
use case::{AddOrder, ApproveOrder, DeclineOrder, Desk, HandOverOrder, OpenOrder, StandInOrder};
use desk::{Common, Lanes};
use grant::GrantOrder;
use notice::{Listeners, Subscription};
use once::Once;
use order::{Asking, Buckets, Order};
use people::People;
use pseudonym::Aliases;
use record::{Case, CaseState, Grant, Who};
use reverse::ReverseOrder;
use store::{CaseFilter, EventRow, GrantFilter, Memory, Purpose, Store, StoreError};
use usage::Usage;
use witness::Looking;

pub use budgets::BudgetState;
pub use order::{Done, Refusal, Ticket};
#[cfg(any(feature = "cli", feature = "server"))]
pub(crate) use pseudonym::is_alias;
#[cfg(feature = "server")]
pub(crate) use pseudonym::random;
pub use pseudonym::{KeyError, PseudonymKey};
pub use store::Token;

use crate::decide::Mode;
use crate::engine::Engine;
use crate::number::Number;
use crate::policy::{ActionId, BudgetId};
use crate::question::{FactState, Request};

/// So many cases are looked at in one go.
const PAGE: u32 = 200;

/// What the clock shows.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What came of an order: done, or refused.
pub type Settled = Result<Done, Refusal>;

/// For so long the first reply to a request is kept.
pub const REPLIES_KEPT: jiff::SignedDuration = jiff::SignedDuration::from_hours(48);

/// Where everything about money is kept.
#[derive(Debug)]
pub struct Ledger {
    store: Arc<dyn Store>,
    lanes: Lanes,
    aliases: Arc<Aliases>,
    listeners: Arc<Listeners>,
    usage: Arc<Mutex<Usage>>,
}

/// How a ledger works.
#[derive(Clone)]
pub struct Setup {
    /// What the clock shows.
    pub clock: Clock,
    /// How many transactions are worked on at one time; 0 for what suits the store.
    pub lanes: usize,
    /// How many orders may wait; one more is turned away.
    pub waiting: usize,
    /// Where the log calls people by aliases: their key. Whether it does is settled when a ledger is made.
    pub pseudonyms: Option<PseudonymKey>,
}

impl Default for Setup {
    fn default() -> Self {
        Self { clock: Arc::new(Timestamp::now), lanes: 0, waiting: 4096, pseudonyms: None }
    }
}

/// Why the ledger did not answer.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The address of a ledger is none.
    #[error("`{0}` is no ledger; write sqlite:PATH, postgres://… or memory:")]
    Address(String),
    /// The key for pseudonyms is not the one with which the ledger was made.
    #[error("the ledger cannot be used like this: {0}")]
    Pseudonyms(&'static str),
    /// This build has no such store.
    #[error("this build of Kulanz has no ledger of that kind: its feature `{0}` was left out")]
    LeftOut(&'static str),
    /// Too many orders wait.
    #[error("too many orders wait for the ledger")]
    Overloaded,
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A question to be granted, or to become a case.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The pack that answers.
    pub engine: Arc<Engine>,
    /// The question.
    pub request: Request,
    /// The duties that are confirmed.
    pub confirm: Vec<String>,
    /// A note.
    pub note: Option<String>,
    /// Who brings it in the actor's name, where that is somebody else.
    pub brought_by: Option<String>,
}

impl Proposal {
    fn asking(&self) -> Asking {
        Asking { engine: Arc::clone(&self.engine), request: self.request.clone() }
    }
}

/// What a step of a case needs to know of the world.
#[derive(Clone, Debug)]
pub struct Office {
    /// The pack that answers.
    pub engine: Arc<Engine>,
    /// Who works here.
    pub people: Arc<People>,
}

impl Office {
    fn desk(&self) -> Desk {
        Desk { engine: Arc::clone(&self.engine), people: Arc::clone(&self.people) }
    }
}

/// A step of a case.
#[derive(Clone, Debug)]
pub enum Step {
    /// The owner approves.
    Approve {
        /// The duties that are confirmed besides.
        confirm: Vec<String>,
        /// A note.
        note: Option<String>,
    },
    /// The owner declines.
    Decline {
        /// Why.
        reason: String,
        /// What was offered instead.
        offered: String,
    },
    /// The owner hands it over.
    HandOver {
        /// To whom.
        to: String,
        /// A note.
        note: Option<String>,
    },
    /// Somebody adds facts or a note.
    Add {
        /// What is said.
        facts: Vec<(String, serde_json::Value)>,
        /// What is on record.
        record: Vec<(String, serde_json::Value)>,
        /// A note.
        note: Option<String>,
    },
}

impl Ledger {
    /// A ledger that keeps its rows in a store.
    ///
    /// # Errors
    ///
    /// Where the store does not answer, or was made with another key for pseudonyms.
    pub async fn new(store: Arc<dyn Store>, setup: &Setup) -> Result<Self, LedgerError> {
        let secret = secret(store.as_ref()).await?;
        let aliases = Arc::new(Aliases::open(setup.pseudonyms.clone(), store.as_ref()).await?);
        let listeners = Arc::new(Listeners::default());
        listeners.set(outbox::hooks(store.as_ref()).await?.iter().filter_map(Subscription::of));
        let common = Common { aliases, listeners, usage: Arc::default() };
        let lanes = Lanes::start(&store, setup, secret, &common);
        let Common { aliases, listeners, usage } = common;
        Ok(Self { store, lanes, aliases, listeners, usage })
    }

    /// A ledger that lasts as long as this value.
    ///
    /// # Errors
    ///
    /// None in truth: it is memory.
    pub async fn in_memory(setup: &Setup) -> Result<Self, LedgerError> {
        Self::new(Arc::new(Memory::default()), setup).await
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// What the ledger's clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.lanes.now()
    }

    /// What was done through this ledger since it was opened.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.usage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Decides about a question and books what is granted. `case` is what the grant belongs to.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer. Whether it was booked is then not known; the same ticket tells.
    pub async fn grant(&self, proposal: &Proposal, case: Option<String>, ticket: Option<Ticket>) -> Result<Settled, LedgerError> {
        Ok(self.grant_once(proposal, case, ticket).await?.0)
    }

    /// The same, and whether it was carried out now: what was asked before is not.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn grant_once(&self, proposal: &Proposal, case: Option<String>, ticket: Option<Ticket>) -> Result<(Settled, bool), LedgerError> {
        let order = GrantOrder { asking: proposal.asking(), confirm: proposal.confirm.clone(), note: proposal.note.clone(), case };
        self.settle_once(Box::new(order), ticket).await
    }

    /// Takes a grant back.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn reverse(&self, engine: &Arc<Engine>, grant: &str, who: Who, reason: &str, ticket: Option<Ticket>) -> Result<Settled, LedgerError> {
        Ok(self.reverse_once(engine, grant, who, reason, ticket).await?.0)
    }

    /// The same, and whether it was carried out now.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn reverse_once(
        &self,
        engine: &Arc<Engine>,
        grant: &str,
        who: Who,
        reason: &str,
        ticket: Option<Ticket>,
    ) -> Result<(Settled, bool), LedgerError> {
        let order = ReverseOrder { engine: Arc::clone(engine), grant: grant.to_owned(), who, reason: reason.to_owned() };
        self.settle_once(Box::new(order), ticket).await
    }

    /// Opens a case. `to` is the role or the person it is to go to.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn open_case(
        &self,
        people: &Arc<People>,
        proposal: &Proposal,
        to: Option<String>,
        ticket: Option<Ticket>,
    ) -> Result<Settled, LedgerError> {
        let desk = Desk { engine: Arc::clone(&proposal.engine), people: Arc::clone(people) };
        let order = OpenOrder {
            desk,
            asking: proposal.asking(),
            confirm: proposal.confirm.clone(),
            note: proposal.note.clone(),
            opened_by: proposal.brought_by.clone(),
            to,
        };
        self.settle(Box::new(order), ticket).await
    }

    /// Takes a step of a case. Only its owner decides it; what is owned by somebody who is away goes to somebody else by [`Self::stand_in`].
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn step(&self, office: &Office, case: &str, who: Who, step: Step, ticket: Option<Ticket>) -> Result<Settled, LedgerError> {
        Ok(self.step_once(office, case, who, step, ticket).await?.0)
    }

    /// The same, and whether it was taken now.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn step_once(&self, office: &Office, case: &str, who: Who, step: Step, ticket: Option<Ticket>) -> Result<(Settled, bool), LedgerError> {
        let (desk, case) = (office.desk(), case.to_owned());
        let order: Box<dyn Order> = match step {
            Step::Approve { confirm, note } => Box::new(ApproveOrder { desk, case, who, confirm, note }),
            Step::Decline { reason, offered } => Box::new(DeclineOrder { desk, case, who: who.id, reason, offered }),
            Step::HandOver { to, note } => Box::new(HandOverOrder { desk, case, who: who.id, to, note }),
            Step::Add { facts, record, note } => Box::new(AddOrder { desk, case, who, facts, record, note }),
        };
        self.settle_once(order, ticket).await
    }

    /// Gives every open case whose owner is away to somebody who is there. Cases for which there is nobody stay where they are; how many those are is returned.
    ///
    /// # Errors
    ///
    /// As [`Self::grant`].
    pub async fn stand_in(&self, office: &Office) -> Result<usize, LedgerError> {
        let today = office.engine.policy().time_zone.to_datetime(self.now()).date();
        let owners = {
            let mut tx = self.store.begin(Purpose::Read).await?;
            tx.open_cases().await?
        };
        let mut stuck = 0;
        for (owner, _) in owners.into_iter().filter(|(owner, _)| !office.people.is_there(owner, today)) {
            let state = Some(CaseState::Open.word().to_owned());
            let mut filter = CaseFilter { owner: Some(owner), state, most: PAGE, ..CaseFilter::default() };
            loop {
                let rows = {
                    let mut tx = self.store.begin(Purpose::Read).await?;
                    tx.find_cases(&filter).await?
                };
                let Some(last) = rows.last() else { break };
                filter.behind = Some((last.due, last.id.clone()));
                for row in rows {
                    let order = StandInOrder { desk: office.desk(), case: row.id };
                    let settled = self.settle(Box::new(order), None).await?;
                    stuck += usize::from(matches!(settled, Err(Refusal::NobodyHasRole(_))));
                }
            }
        }
        Ok(stuck)
    }

    /// For each case: who has it instead of its owner as soon as a step is taken, or why nobody has. `None` where the owner is there. Nothing is changed.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn stand_ins(&self, office: &Office, cases: &[Case]) -> Result<Vec<Option<Result<Who, Refusal>>>, LedgerError> {
        let mut book = Book::new(self.now(), [0; 32]);
        {
            let mut tx = self.store.begin(Purpose::Read).await?;
            book.read_records(tx.as_mut(), &order::Wanted { open_cases: true, ..order::Wanted::default() }).await?;
        }
        let desk = office.desk();
        Ok(cases.iter().map(|case| desk.stand_in(case, &book).transpose()).collect())
    }

    async fn settle_once(&self, order: Box<dyn Order>, ticket: Option<Ticket>) -> Result<(Settled, bool), LedgerError> {
        let (order, is_fresh) = Once::new(order);
        let settled = self.settle(Box::new(order), ticket).await?;
        Ok((settled, is_fresh.load(Ordering::Acquire)))
    }

    async fn settle(&self, order: Box<dyn Order>, ticket: Option<Ticket>) -> Result<Settled, LedgerError> {
        self.lanes.settle(order, ticket).await
    }

    /// What came of a request that was made before, if it was.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn recall(&self, ticket: &Ticket) -> Result<Option<Settled>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        let replies = tx.replies(std::slice::from_ref(&ticket.token)).await?;
        Ok(replies.first().map(|reply| order::repeated(reply, ticket)))
    }

    /// Forgets what came of requests before a moment, so that their tickets may name others.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn drop_replies(&self, before: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        tx.drop_replies(before.as_microsecond()).await?;
        Ok(tx.commit().await?)
    }

    /// Says in a question what its buckets have used.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn fill(&self, engine: &Engine, request: &mut Request) -> Result<(), LedgerError> {
        self.fill_all(engine, &mut [request]).await
    }

    /// The same for several questions at one time.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn fill_all(&self, engine: &Engine, requests: &mut [&mut Request]) -> Result<(), LedgerError> {
        let of = |request: &Request| {
            let question = &request.question;
            buckets(engine, Holder::new(question, Mode::Ask), question.action, question.at)
        };
        let wanted: Vec<_> = requests.iter().map(|request| of(request)).collect();
        let spent = self.spent(engine, &wanted).await?;
        for (request, spent) in requests.iter_mut().zip(spent) {
            request.question.spent = spent;
        }
        Ok(())
    }

    /// For each list of buckets, by budget: what they have used.
    async fn spent(&self, engine: &Engine, lists: &[Vec<Bucket>]) -> Result<Vec<Vec<Number>>, LedgerError> {
        let mut book = Book::new(self.now(), [0; 32]);
        let wanted = Buckets { seen: lists.concat(), ..Buckets::default() };
        if !wanted.seen.is_empty() {
            let mut looking = Looking::begin(witness::present(), Purpose::Read, lists.len());
            let mut tx = self.store.begin(Purpose::Read).await?;
            book.read_buckets(tx.as_mut(), &wanted).await?;
            looking.iter_mut().for_each(Looking::done);
        }
        let spent = |list: &Vec<Bucket>| {
            let mut spent = vec![Number::ZERO; engine.policy().budgets.len()];
            for bucket in list.iter().filter(|bucket| bucket.is_known) {
                if let Some(slot) = spent.get_mut(bucket.budget.index()) {
                    *slot = bucket.quantity(book.used(bucket));
                }
            }
            spent
        };
        Ok(lists.iter().map(spent).collect())
    }

    /// By budget: what the bucket of somebody in a case has used, before an action is known.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn spent_by(
        &self,
        engine: &Engine,
        actor: &crate::question::Actor,
        facts: &[FactState],
        at: Timestamp,
    ) -> Result<Vec<Number>, LedgerError> {
        let wanted = buckets(engine, Holder { actor, facts, mode: Mode::Ask }, ActionId::new(0), at);
        Ok(self.spent(engine, &[wanted]).await?.pop().unwrap_or_default())
    }

    /// A grant.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn find_grant(&self, id: &str) -> Result<Option<Grant>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        tx.grants(&[id.to_owned()]).await?.pop().map(|row| read(&row.body)).transpose()
    }

    /// Grants, newest first.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn grants(&self, filter: &GrantFilter) -> Result<Vec<Grant>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        tx.find_grants(filter).await?.iter().map(|row| read(&row.body)).collect()
    }

    /// A case with its whole history, oldest first.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn find_case(&self, id: &str) -> Result<Option<(Case, Vec<EventRow>)>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        let Some(row) = tx.cases(&[id.to_owned()]).await?.pop() else { return Ok(None) };
        let history = tx.events_about(id).await?;
        Ok(Some((read(&row.body)?, history)))
    }

    /// Cases, soonest due first.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<Vec<Case>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        tx.find_cases(filter).await?.iter().map(|row| read(&row.body)).collect()
    }

    /// Finishes what is being worked on and lets go of the store.
    ///
    /// # Errors
    ///
    /// Where the store cannot be closed.
    pub async fn close(self) -> Result<(), LedgerError> {
        self.lanes.finish().await;
        Ok(self.store.close().await?)
    }
}

/// The bucket of each budget that a question is about.
fn buckets(engine: &Engine, holder: Holder<'_>, action: ActionId, at: Timestamp) -> Vec<Bucket> {
    let bucket = |budget| Bucket::of(engine, holder, BudgetId::new(budget), action, at);
    (0..engine.policy().budgets.len()).filter_map(bucket).collect()
}

fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, LedgerError> {
    serde_json::from_str(body).map_err(|error| StoreError::Broken(format!("a record is not understood: {error}")).into())
}

/// What hides private values from the log of this ledger: made once, at random, and kept beside the log.
async fn secret(store: &dyn Store) -> Result<[u8; 32], StoreError> {
    let fresh = blake3::Hash::from_bytes(pseudonym::random()).to_hex();
    let kept = store.secret("private", fresh.as_str()).await?;
    let hash = blake3::Hash::from_hex(&kept).map_err(|_| StoreError::Broken("the secret for private values is none".into()))?;
    Ok(*hash.as_bytes())
}
