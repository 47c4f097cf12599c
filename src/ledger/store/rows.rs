//! The rows of a ledger. Moments are microseconds since 1970-01-01T00:00Z.

/// What is used of one bucket of a budget: the sum of the charges at `since` and later.
///
/// `since` is the begin of the window that was looked at last. It moves with the windows, and what it passes is taken off or put back; so the row serves any window, and a charge is looked at once
/// when it is made and once when it leaves its window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketRow {
    /// Which bucket: budget, unit and the values of its keys, as people can read them.
    pub id: String,
    /// From when on charges count.
    pub since: i64,
    /// What they come to, in the smallest unit.
    pub used: i64,
    /// No charge that counts is earlier.
    pub oldest: i64,
    /// No charge is later.
    pub latest: i64,
}

impl BucketRow {
    /// A bucket to which nothing was charged.
    #[must_use]
    pub fn empty(id: &str) -> Self {
        Self { id: id.to_owned(), since: i64::MIN, used: 0, oldest: i64::MAX, latest: i64::MIN }
    }
}

/// A part of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// Its first moment.
    pub from: i64,
    /// The first moment behind it.
    pub to: i64,
}

/// A charge that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeRow {
    /// The bucket.
    pub bucket: String,
    /// When.
    pub at: i64,
    /// The grant.
    pub grant: String,
    /// How much, in the smallest unit.
    pub amount: i64,
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// Its id.
    pub id: String,
    /// Who granted it.
    pub actor: String,
    /// When.
    pub at: i64,
    /// Whether it was taken back.
    pub reversed: bool,
    /// The grant as JSON.
    pub body: String,
    /// Its charges as JSON.
    pub charges: String,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Its id.
    pub id: String,
    /// Who owns it.
    pub owner: String,
    /// `open`, `approved` or `declined`.
    pub state: String,
    /// By when it is to be decided.
    pub due: i64,
    /// The case as JSON.
    pub body: String,
}

/// What names a request, so that a repetition is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    /// Whose it is.
    pub caller: String,
    /// The key that the caller gave it.
    pub key: String,
}

/// What was replied to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyRow {
    /// The request.
    pub token: Token,
    /// When.
    pub at: i64,
    /// A hash of what was asked.
    pub digest: String,
    /// What was replied, as JSON.
    pub body: String,
}

/// An event, in the stream that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// The stream.
    pub stream: i64,
    /// Its place there, from 1.
    pub seq: i64,
    /// When.
    pub at: i64,
    /// The grant or case that it is about.
    pub about: String,
    /// The line of the log.
    pub line: String,
}

/// The end of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The stream.
    pub stream: i64,
    /// The number of its last event; 0 for none.
    pub seq: i64,
    /// The hash of its last event; empty for none.
    pub hash: String,
}

impl Head {
    /// The stream of seals.
    pub const SEALS: i64 = 0;

    /// The end of a stream without events.
    #[must_use]
    pub fn empty(stream: i64) -> Self {
        Self { stream, seq: 0, hash: String::new() }
    }
}

/// A webhook that is told of what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookRow {
    /// Its name.
    pub name: String,
    /// What it is told, as JSON.
    pub setup: String,
    /// Since when it is told nothing, because it said that it is gone; 0 while it is told.
    pub off: i64,
}

/// What names a message to a webhook: the webhook, and the id of the message.
pub type NoticeKey = (String, String);

/// A message to a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// The webhook.
    pub hook: String,
    /// The id of the message.
    pub id: String,
    /// What happened, such as `grant.booked`.
    pub kind: String,
    /// The grant, case or budget that it is about.
    pub about: String,
    /// When it happened.
    pub at: i64,
    /// When it is sent, or sent again.
    pub due: i64,
    /// How often that was tried.
    pub tries: i64,
    /// One of [`Self::WAITING`], [`Self::FAILED`] and [`Self::DONE`].
    pub state: String,
    /// Why the last try failed; empty where none did.
    pub last: String,
    /// What is sent.
    pub body: String,
}

impl NoticeRow {
    /// It is to be sent.
    pub const WAITING: &'static str = "waiting";
    /// It was tried often enough.
    pub const FAILED: &'static str = "failed";
    /// It was delivered, and is never told again.
    pub const DONE: &'static str = "done";

    /// What names it.
    #[must_use]
    pub fn key(&self) -> NoticeKey {
        (self.hook.clone(), self.id.clone())
    }
}

/// What a transaction reads at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Replies under these tokens.
    pub tokens: Vec<Token>,
    /// Buckets with these ids, in ascending order, with a lock.
    pub locked: Vec<String>,
    /// Buckets with these ids, others than those, without one.
    pub seen: Vec<String>,
}

/// What a transaction writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// New grants.
    pub grants: Vec<GrantRow>,
    /// Grants that changed: all but `id` and `at` is replaced.
    pub changed_grants: Vec<GrantRow>,
    /// New charges.
    pub charges: Vec<ChargeRow>,
    /// Charges that are no longer in force.
    pub released: Vec<ChargeRow>,
    /// New buckets. Where one is there already, somebody else was faster: a [`Conflict`](super::StoreError::Conflict).
    pub buckets: Vec<BucketRow>,
    /// Buckets that changed.
    pub changed_buckets: Vec<BucketRow>,
    /// The ids of buckets that are no longer kept. They have no charges.
    pub dropped_buckets: Vec<String>,
    /// New cases.
    pub cases: Vec<CaseRow>,
    /// Cases that changed.
    pub changed_cases: Vec<CaseRow>,
    /// New replies. Where there is one for the token already, somebody else was faster: a [`Conflict`](super::StoreError::Conflict).
    pub replies: Vec<ReplyRow>,
    /// Replies that changed: only the body is replaced.
    pub changed_replies: Vec<ReplyRow>,
    /// New events.
    pub events: Vec<EventRow>,
    /// The new ends of their streams.
    pub heads: Vec<Head>,
    /// New messages. One that is there already stays as it is.
    pub notices: Vec<NoticeRow>,
    /// Messages that changed.
    pub changed_notices: Vec<NoticeRow>,
    /// Messages that are no longer kept.
    pub dropped_notices: Vec<NoticeKey>,
    /// Webhooks, new or changed.
    pub hooks: Vec<HookRow>,
    /// The names of webhooks that are told nothing any more.
    pub dropped_hooks: Vec<String>,
}

/// Which grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GrantFilter {
    /// Only this person's.
    pub actor: Option<String>,
    /// None before this moment.
    pub since: Option<i64>,
    /// Only what comes behind this one: its moment and id.
    pub behind: Option<(i64, String)>,
    /// At most so many.
    pub most: u32,
}

/// Which cases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFilter {
    /// Only this person's.
    pub owner: Option<String>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those that are due before this moment.
    pub due_before: Option<i64>,
    /// Only what comes behind this one: its due time and id.
    pub behind: Option<(i64, String)>,
    /// At most so many.
    pub most: u32,
}
