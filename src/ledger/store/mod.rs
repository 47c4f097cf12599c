//! Where a ledger keeps its rows.
//!
//! A store knows rows and nothing of what they mean: which budgets there are and what may be granted is decided above it. What must stay true: a transaction is kept whole or not at all, what is
//! committed is on disk, and between the reading of a row that a transaction locks and its commit nobody else changes that row.

mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use memory::Memory;
#[cfg(feature = "postgres")]
pub use postgres::Postgres;
pub use rows::{
    BucketRow, CaseFilter, CaseRow, Changes, ChargeRow, EventRow, GrantFilter, GrantRow, Head, HookRow, Look, NoticeKey, NoticeRow, ReplyRow,
    Stretch, Token,
};
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

/// What a store does not answer at once.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Everything it reads belongs together; nothing is locked.
    Read,
    /// It locks what it reads by id, and may write.
    Write,
}

/// A place for the rows of a ledger.
pub trait Store: fmt::Debug + Send + Sync {
    /// Begins a transaction. One that is dropped has done nothing.
    fn begin(&self, purpose: Purpose) -> Pending<'_, Box<dyn Transaction + '_>>;

    /// A secret of this ledger: the one that is kept under `name`, or `fresh`, which is kept from now on.
    fn secret<'a>(&'a self, name: &'a str, fresh: &'a str) -> Pending<'a, String>;

    /// Whether the store answers.
    fn ping(&self) -> Pending<'_, ()>;

    /// Lets go of what it holds open.
    fn close(&self) -> Pending<'_, ()>;
}

/// A transaction. In one that writes, `grants`, `cases`, `buckets`, `secrets` and `head` lock what they return until it ends; they are called in this order, each with its ids in ascending order, so that no
/// two transactions wait for each other.
pub trait Transaction: Send {
    /// What was replied under these tokens.
    fn replies<'a>(&'a mut self, tokens: &'a [Token]) -> Pending<'a, Vec<ReplyRow>>;

    /// The grants with these ids, as far as they are there.
    fn grants<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<GrantRow>>;

    /// The cases with these ids, as far as they are there.
    fn cases<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<CaseRow>>;

    /// The buckets with these ids, as far as they are there.
    fn buckets<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>>;

    /// The buckets with these ids, as far as they are there, without a lock.
    fn peek<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>>;

    /// What [`Self::replies`], [`Self::buckets`] and [`Self::peek`] return, in one. A store may have read the end of a stream for [`Self::head`] along with it, and may take on trust what it knows
    /// from before: then the commit, also one of nothing, is a conflict where that has changed.
    fn look<'a>(&'a mut self, look: &'a Look) -> Pending<'a, (Vec<ReplyRow>, Vec<BucketRow>)> {
        Box::pin(async move {
            let replies = self.replies(&look.tokens).await?;
            let mut buckets = self.buckets(&look.locked).await?;
            buckets.extend(self.peek(&look.seen).await?);
            Ok((replies, buckets))
        })
    }

    /// What was charged to a bucket in a stretch of time, together, and the moment of the first charge at or after its end.
    fn charged<'a>(&'a mut self, bucket: &'a str, stretch: Stretch) -> Pending<'a, (i64, Option<i64>)>;

    /// The end of a stream of events that nobody else is writing to; a new stream where there is none such.
    fn head(&mut self) -> Pending<'_, Head>;

    /// The secrets that are kept under these names, each with its name. In a transaction that writes nobody forgets one of them until it ends; others may read them so too.
    fn secrets<'a>(&'a mut self, names: &'a [String]) -> Pending<'a, Vec<(String, String)>>;

    /// Forgets a secret, once nobody else holds it. There need not be one.
    fn forget_secret<'a>(&'a mut self, name: &'a str) -> Pending<'a, ()>;

    /// Writes rows.
    fn write<'a>(&'a mut self, changes: &'a Changes) -> Pending<'a, ()>;

    /// Grants, newest first.
    fn find_grants<'a>(&'a mut self, filter: &'a GrantFilter) -> Pending<'a, Vec<GrantRow>>;

    /// Cases, soonest due first.
    fn find_cases<'a>(&'a mut self, filter: &'a CaseFilter) -> Pending<'a, Vec<CaseRow>>;

    /// How many open cases each owner has.
    fn open_cases(&mut self) -> Pending<'_, Vec<(String, i64)>>;

    /// Events behind `(stream, seq)`, stream by stream in the order of their numbers, at most so many.
    fn events(&mut self, behind: (i64, i64), most: u32) -> Pending<'_, Vec<EventRow>>;

    /// The events of one grant or case, oldest first.
    fn events_about<'a>(&'a mut self, id: &'a str) -> Pending<'a, Vec<EventRow>>;

    /// The end of every stream but that of the seals, which is [`Head::SEALS`].
    fn heads(&mut self) -> Pending<'_, Vec<Head>>;

    /// The end of the stream of seals, locked.
    fn seal_head(&mut self) -> Pending<'_, Head>;

    /// The ids of all buckets behind an id, at most so many.
    fn bucket_ids<'a>(&'a mut self, behind: &'a str, most: u32) -> Pending<'a, Vec<String>>;

    /// Charges behind one, in the order of bucket, moment and grant, at most so many.
    fn charges<'a>(&'a mut self, behind: &'a (String, i64, String), most: u32) -> Pending<'a, Vec<ChargeRow>>;

    /// Replies behind a token, in the order of caller and key, at most so many.
    fn find_replies<'a>(&'a mut self, behind: &'a Token, most: u32) -> Pending<'a, Vec<ReplyRow>>;

    /// Drops what was replied before a moment.
    fn drop_replies(&mut self, before: i64) -> Pending<'_, ()>;

    /// All webhooks, by name.
    fn hooks(&mut self) -> Pending<'_, Vec<HookRow>>;

    /// Messages that wait for a webhook and are due before a moment, soonest first, at most so many. In a transaction that writes they are locked, and those that others have locked are left out.
    fn due_notices<'a>(&'a mut self, hook: &'a str, before: i64, most: u32) -> Pending<'a, Vec<NoticeRow>>;

    /// A message, locked in a transaction that writes.
    fn notice<'a>(&'a mut self, key: &'a NoticeKey) -> Pending<'a, Option<NoticeRow>>;

    /// Messages behind a key, in the order of webhook and id, at most so many.
    fn find_notices<'a>(&'a mut self, behind: &'a NoticeKey, most: u32) -> Pending<'a, Vec<NoticeRow>>;

    /// Drops messages that failed and happened before a moment.
    fn drop_failed_notices(&mut self, before: i64) -> Pending<'_, ()>;

    /// Keeps what was written.
    fn commit<'a>(self: Box<Self>) -> Pending<'a, ()>
    where
        Self: 'a;
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the same rows at the same time: to be tried again.
    #[error("somebody else changed the same rows")]
    Conflict,
    /// It does not answer. Whether what was being committed is kept is not known.
    #[error("the ledger does not answer: {0}")]
    Unavailable(String),
    /// There is no room for more.
    #[error("there is no room left for the ledger: {0}")]
    Full(String),
    /// It was made by a newer version of this program.
    #[error("the ledger was made by a newer version of Kulanz (its schema is {0}); this one knows schemas up to {1}")]
    Newer(i64, i64),
    /// It holds what it should not, or the program asked what it should not.
    #[error("the ledger is broken: {0}")]
    Broken(String),
}
