//! The desk at which orders wait: those that wait at the same time share a transaction.
//!
//! A lane takes everything that waits, carries it out in one transaction and replies when that is committed. While it works, the next orders gather. What somebody else changed meanwhile is read and
//! decided again.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::book::Book;
use super::notice::Listeners;
use super::order::{Buckets, Order, Slip, Ticket, Wanted};
use super::pseudonym::Aliases;
use super::store::{Purpose, Store, StoreError, Token};
use super::usage::Usage;
use super::witness::{self, Looking, Witness};
use super::{Clock, LedgerError, Settled, Setup};
use crate::panics::caught;

/// So many orders share a transaction at most.
const MOST_TOGETHER: usize = 256;
/// A lane that takes longer than this to carry orders out has others begin beside it.
const LONG_TURN: Duration = Duration::from_millis(10);
/// So often a lane lets others run before it takes what waits.
const MOST_YIELDS: usize = 4;
/// So often a transaction is tried that somebody else was faster than.
const MOST_TRIES: u32 = 24;
/// So long a store may take for orders that share a transaction, all tries together; longer than it waits for a lock. One that does not move must not keep a lane for ever.
const LONGEST: Duration = Duration::from_secs(6);

/// An order that waits.
struct Job {
    order: Box<dyn Order>,
    ticket: Option<Ticket>,
    witness: Option<Arc<Witness>>,
    reply: oneshot::Sender<Result<Settled, LedgerError>>,
}

/// Those who carry orders out.
pub(super) struct Lanes {
    queue: mpsc::Sender<Job>,
    clock: Clock,
    tasks: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lanes").field("lanes", &self.tasks.len()).finish_non_exhaustive()
    }
}

/// What all lanes and the ledger share.
#[derive(Clone)]
pub(super) struct Common {
    pub aliases: Arc<Aliases>,
    pub listeners: Arc<Listeners>,
    pub usage: Arc<std::sync::Mutex<Usage>>,
}

struct Lane {
    store: Arc<dyn Store>,
    clock: Clock,
    secret: [u8; 32],
    common: Common,
}

impl Lanes {
    /// Begins to take orders.
    pub fn start(store: &Arc<dyn Store>, setup: &Setup, secret: [u8; 32], common: &Common) -> Self {
        let (queue, waiting) = mpsc::channel(setup.waiting);
        let (waiting, turn) = (Arc::new(Mutex::new(waiting)), Arc::new(Mutex::new(())));
        let lane = || Lane { store: Arc::clone(store), clock: Arc::clone(&setup.clock), secret, common: common.clone() };
        let tasks = (0..setup.lanes.max(1)).map(|_| tokio::spawn(work(lane(), Arc::clone(&waiting), Arc::clone(&turn)))).collect();
        Self { queue, clock: Arc::clone(&setup.clock), tasks }
    }

    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Has an order carried out.
    pub async fn settle(&self, order: Box<dyn Order>, ticket: Option<Ticket>) -> Result<Settled, LedgerError> {
        let (reply, replied) = oneshot::channel();
        self.queue.try_send(Job { order, ticket, witness: witness::present(), reply }).map_err(|_| LedgerError::Overloaded)?;
        // A lane that died has not replied.
        replied.await.unwrap_or_else(|_| Err(StoreError::Unavailable("the order was lost".into()).into()))
    }

    /// Lets the lanes finish what waits.
    pub async fn finish(self) {
        drop(self.queue);
        for task in self.tasks {
            // One that died has nothing more to finish.
            let _ = task.await;
        }
    }
}

/// Lanes take turns, so that as many orders as can share a transaction; where a turn takes long, for others hold its rows or the store is far away, the next lane does not wait for its end.
async fn work(lane: Lane, waiting: Arc<Mutex<mpsc::Receiver<Job>>>, turn: Arc<Mutex<()>>) {
    let mut before = 0;
    loop {
        let mut jobs = Vec::new();
        let _turn = {
            let mut waiting = waiting.lock().await;
            let turn = tokio::time::timeout(LONG_TURN, turn.lock()).await;
            // Those who were just replied to are likely to be back in a moment: whoever can run does so first.
            for _ in 0..MOST_YIELDS {
                if before <= 1 || waiting.len() >= before {
                    break;
                }
                tokio::task::yield_now().await;
            }
            if waiting.recv_many(&mut jobs, MOST_TOGETHER).await == 0 {
                return;
            }
            turn
        };
        before = jobs.len();
        for jobs in apart(jobs) {
            // A panic loses these orders, which are told so, and not the lane.
            let _ = caught(lane.together(jobs)).await;
        }
    }
}

/// What may share a transaction, in the order in which it came. What a step of a case reads depends on the step before it: whose budgets count, for one. So no transaction has two steps of one case.
fn apart(jobs: Vec<Job>) -> Vec<Vec<Job>> {
    let mut parts = vec![Vec::new()];
    let mut cases = BTreeSet::new();
    for job in jobs {
        let mut wanted = Wanted::default();
        job.order.wanted(&mut wanted);
        if !cases.is_disjoint(&wanted.cases) {
            cases.clear();
            parts.push(Vec::new());
        }
        cases.append(&mut wanted.cases);
        if let Some(part) = parts.last_mut() {
            part.push(job);
        }
    }
    parts
}

impl Lane {
    /// Carries orders out in one transaction. Where one of them makes that impossible, each gets a transaction of its own.
    async fn together(&self, jobs: Vec<Job>) {
        match self.persist(&jobs).await {
            Ok(settled) => jobs.into_iter().zip(settled).for_each(|(job, settled)| drop(job.reply.send(Ok(settled)))),
            Err(StoreError::Broken(_) | StoreError::Conflict) if jobs.len() > 1 => {
                for job in jobs {
                    let settled = self.persist(std::slice::from_ref(&job)).await.map(|mut settled| settled.pop());
                    reply(job, settled);
                }
            }
            Err(error) => jobs.into_iter().for_each(|job| reply(job, Err(again(&error)))),
        }
    }

    /// Tries until nobody else is faster, or it takes too long.
    async fn persist(&self, jobs: &[Job]) -> Result<Vec<Settled>, StoreError> {
        let too_slow = || StoreError::Unavailable(format!("it takes longer than {} seconds", LONGEST.as_secs()));
        tokio::time::timeout(LONGEST, self.insist(jobs)).await.unwrap_or_else(|_| Err(too_slow()))
    }

    async fn insist(&self, jobs: &[Job]) -> Result<Vec<Settled>, StoreError> {
        for attempt in 0..MOST_TRIES {
            match self.attempt(jobs).await {
                Err(StoreError::Conflict) => tokio::time::sleep(pause(attempt)).await,
                other => return other,
            }
        }
        Err(StoreError::Conflict)
    }

    async fn attempt(&self, jobs: &[Job]) -> Result<Vec<Settled>, StoreError> {
        loop {
            let mut looking = Looking::begin(jobs.iter().filter_map(|job| job.witness.clone()), Purpose::Write, jobs.len());
            let carried_out = self.carry_out(jobs).await?;
            looking.iter_mut().filter(|_| carried_out.is_ok()).for_each(Looking::done);
            drop(looking);
            match carried_out {
                Ok(settled) => return Ok(settled),
                // The store is asked for people outside of transactions.
                Err(strangers) => self.common.aliases.learn(&strangers, self.store.as_ref()).await?,
            }
        }
    }

    /// Carries orders out, unless the log does not know yet what to call somebody.
    async fn carry_out(&self, jobs: &[Job]) -> Result<Result<Vec<Settled>, BTreeSet<String>>, StoreError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let mut book = Book::new((self.clock)(), self.secret).telling(self.common.listeners.all());
        let slips: Vec<_> = jobs.iter().map(|job| Slip { order: job.order.as_ref(), ticket: job.ticket.as_ref() }).collect();
        let mut tokens: Vec<Token> = slips.iter().filter_map(|slip| Some(slip.ticket?.token.clone())).collect();
        tokens.sort();
        tokens.dedup();
        let mut wanted = Wanted::default();
        for slip in &slips {
            slip.order.wanted(&mut wanted);
        }
        if wanted == Wanted::default() {
            // Which buckets these are hangs on no record: everything is read in one. Buckets of what is only repeated are among them.
            book.read(tx.as_mut(), tokens, &buckets(&slips, &book)).await?;
        } else {
            book.read(tx.as_mut(), tokens, &Buckets::default()).await?;
            let fresh: Vec<_> = slips.iter().filter(|slip| !slip.is_repeated(&book)).collect();
            let mut wanted = Wanted::default();
            for slip in &fresh {
                slip.order.wanted(&mut wanted);
            }
            book.read_records(tx.as_mut(), &wanted).await?;
            let buckets = buckets(fresh, &book);
            book.read_buckets(tx.as_mut(), &buckets).await?;
        }
        let settled = slips.iter().map(|slip| slip.carry_out(&mut book)).collect();
        if book.is_clean() {
            // What was read may be a guess until here.
            tx.commit().await?;
            self.count(&book.usage);
            return Ok(Ok(settled));
        }
        let names = self.common.aliases.names(book.people().collect::<Vec<_>>(), tx.as_mut()).await?;
        let strangers = self.common.aliases.strangers(book.people(), &names);
        if !strangers.is_empty() {
            return Ok(Err(strangers));
        }
        let head = if book.has_events() { Some(tx.head().await?) } else { None };
        let (has_news, usage) = (book.has_news(), std::mem::take(&mut book.usage));
        tx.write(&book.close(head, &names)?).await?;
        tx.commit().await?;
        self.count(&usage);
        if has_news {
            self.common.listeners.ring();
        }
        Ok(Ok(settled))
    }

    fn count(&self, usage: &Usage) {
        if !usage.is_empty() {
            self.common.usage.lock().unwrap_or_else(PoisonError::into_inner).merge(usage);
        }
    }
}

/// The buckets that orders read.
fn buckets<'s, 'o: 's>(slips: impl IntoIterator<Item = &'s Slip<'o>>, book: &Book) -> Buckets {
    let mut buckets = Buckets::default();
    for slip in slips {
        buckets.add(slip.order.buckets(book));
    }
    buckets
}

fn reply(job: Job, settled: Result<Option<Settled>, StoreError>) {
    let lost = || StoreError::Broken("an order was lost".into());
    // Whoever does not wait any more gets no reply.
    let _ = job.reply.send(settled.and_then(|settled| settled.ok_or_else(lost)).map_err(Into::into));
}

/// The same error for one more.
fn again(error: &StoreError) -> StoreError {
    match error {
        // It was tried often enough.
        StoreError::Conflict => StoreError::Unavailable("too many change the same rows".into()),
        StoreError::Unavailable(why) => StoreError::Unavailable(why.clone()),
        StoreError::Full(why) => StoreError::Full(why.clone()),
        StoreError::Newer(found, known) => StoreError::Newer(*found, *known),
        StoreError::Broken(why) => StoreError::Broken(why.clone()),
    }
}

/// How long to wait before the next try: up to 50 ms, not the same for everybody.
fn pause(attempt: u32) -> Duration {
    let random = uuid::Uuid::new_v4().as_u128() % 1000;
    let most = 1_u64 << attempt.min(6);
    Duration::from_micros(most * u64::try_from(random).unwrap_or(0))
}
