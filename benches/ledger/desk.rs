//! The desk whose grants are measured: a policy with budgets, questions to it, and the rows that a grant of it leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use kulanz::engine::Engine;
use kulanz::ledger::store::{BucketRow, ChargeRow, EventRow, GrantRow, Head, Purpose, ReplyRow, Store};
use kulanz::ledger::{Clock, Done, Ledger, Proposal, Settled, Setup, Ticket, Token};
use kulanz::pack::Pack;
use kulanz::policy;
use kulanz::question::Spending;

/// The policy: an allotment a month for each actor, a number a rolling year for each customer, and one budget for the whole house.
pub const POLICY: &str = include_str!("desk.kulanz");
/// So many agents.
const AGENTS: usize = 200;
/// So many customers.
const CUSTOMERS: usize = 1_999;
/// What each grant is about, in cents; a time is counted in hundredths too.
const CENTS: i64 = 1_250;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Charged to the allotment of the actor and to the customer.
    Refund,
    /// Charged to the allotment of the actor and to the house.
    Voucher,
}

impl Wish {
    fn action(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Voucher => "voucher",
        }
    }
}

/// A policy that answers, and how many requests were made of it.
pub struct Desk {
    pub engine: Arc<Engine>,
    made: AtomicU64,
}

impl Desk {
    pub fn new() -> Self {
        let (pack, diagnostics) = Pack::from_texts(&[("desk.kulanz", POLICY)]);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let engine = Engine::new(policy::check(&pack).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}")));
        Self { engine: Arc::new(engine), made: AtomicU64::new(0) }
    }

    /// A number that no other request has.
    pub fn number(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// The JSON of a question.
    pub fn question(wish: Wish, at: usize) -> String {
        let (actor, customer, action) = (actor(at), customer(at), wish.action());
        format!(
            r#"{{"actor":{{"id":"{actor}","role":"agent","team":"berlin-1"}},"action":"{action}","amount":"12.50 EUR","facts":{{"reason":"late"}},"record":{{"customer":{{"id":"{customer}"}},"order":{{"id":"o-{at:06}"}}}}}}"#
        )
    }

    /// Questions of many agents about many customers.
    pub fn proposals(&self, wish: Wish) -> Vec<Proposal> {
        let reader = self.engine.reader().spending(Spending::Ledger);
        let read = |at| reader.json(&Self::question(wish, at), Timestamp::now()).unwrap_or_else(|problems| panic!("{problems:?}"));
        let proposal = |at| Proposal { engine: Arc::clone(&self.engine), request: read(at), confirm: Vec::new(), note: None, brought_by: None };
        (0..4_000).map(proposal).collect()
    }

    /// A ticket that no other request has.
    pub fn ticket(&self) -> Ticket {
        let number = self.number();
        Ticket { token: Token { caller: "desk".into(), key: format!("key-{number:032}") }, digest: format!("{number:064x}") }
    }

    /// Grants one, and looks whether it was.
    pub async fn grant(&self, ledger: &Ledger, proposal: &Proposal) {
        let settled = ledger.grant(proposal, None, Some(self.ticket())).await.unwrap();
        Self::check(proposal, &settled);
    }

    fn check(proposal: &Proposal, settled: &Settled) {
        let Ok(Done::Grant(grant)) = settled else { panic!("{settled:?}") };
        assert_eq!(Some(&grant.actor.id), proposal.request.question.actor.id.as_ref());
        assert_eq!(grant.amount.as_deref(), Some("12.50 EUR"));
    }

    /// The rows that a grant leaves, as the ledger writes them.
    pub async fn rows(&self, wish: Wish) -> Rows {
        let ledger = Ledger::in_memory(&Setup::default()).await.unwrap();
        let proposal = &self.proposals(wish)[0];
        let ticket = self.ticket();
        let settled = ledger.grant(proposal, None, Some(ticket.clone())).await.unwrap();
        Self::check(proposal, &settled);
        let Ok(Done::Grant(grant)) = settled else { panic!("{settled:?}") };
        let mut tx = ledger.store().begin(Purpose::Read).await.unwrap();
        let row = tx.grants(std::slice::from_ref(&grant.id)).await.unwrap().remove(0);
        let ids = tx.bucket_ids("", 99).await.unwrap();
        let buckets = tx.buckets(&ids).await.unwrap();
        let used = |id: &str| if id.contains(" times") { 100 } else { CENTS };
        let charge = |bucket: &BucketRow| ChargeRow { bucket: bucket.id.clone(), at: row.at, grant: grant.id.clone(), amount: used(&bucket.id) };
        assert!(buckets.len() == 2 && buckets.iter().all(|bucket| bucket.used == used(&bucket.id)), "{buckets:?}");
        Rows {
            charges: buckets.iter().map(charge).collect(),
            reply: tx.replies(&[ticket.token]).await.unwrap().remove(0),
            event: tx.events_about(&grant.id).await.unwrap().remove(0),
            head: tx.heads().await.unwrap().remove(0),
            grant: row,
            buckets,
        }
    }
}

fn actor(at: usize) -> String {
    format!("agent-{:03}", at % AGENTS)
}

fn customer(at: usize) -> String {
    format!("c-{:05}", at % CUSTOMERS)
}

/// The rows of a grant.
#[derive(Clone)]
pub struct Rows {
    pub grant: GrantRow,
    pub charges: Vec<ChargeRow>,
    pub buckets: Vec<BucketRow>,
    pub reply: ReplyRow,
    pub event: EventRow,
    pub head: Head,
}

impl Rows {
    /// Those of the grant with this number, of the same sizes: its own ids, and the buckets of its own actor and customer.
    pub fn of(&self, number: u64, now: i64) -> Self {
        let mut rows = self.clone();
        let at = usize::try_from(number).unwrap();
        rows.grant.id = uuid::Uuid::now_v7().to_string();
        (rows.grant.at, rows.grant.actor, rows.event.at, rows.reply.at) = (now, actor(at), now, now);
        rows.reply.token.key = format!("key-{number:032}");
        rows.event.about.clone_from(&rows.grant.id);
        for (charge, bucket) in rows.charges.iter_mut().zip(&mut rows.buckets) {
            charge.bucket = charge.bucket.replace(&actor(0), &rows.grant.actor).replace(&customer(0), &customer(at));
            bucket.id.clone_from(&charge.bucket);
            (charge.at, bucket.latest) = (now, now);
            charge.grant.clone_from(&rows.grant.id);
        }
        rows
    }
}

/// A clock that shows what the system's does.
pub fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// A ledger in a store, as the program opens it.
pub async fn ledger(address: &str, clock: Clock) -> Ledger {
    Ledger::open(address, Setup { clock, ..Setup::default() }).await.unwrap()
}

/// How many grants there are in a store.
pub async fn count(store: &dyn Store) -> u64 {
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    tx.heads().await.unwrap().iter().map(|head| u64::try_from(head.seq).unwrap()).sum()
}
