//! What one transaction sees and changes.
//!
//! Orders are carried out one after the other on a book: each sees what those before it did, and all of it is written at once. What must stay true: an order that is refused leaves the book as
//! it was, but for being counted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;

use super::bucket::Bucket;
use super::event::Event;
use super::notice::{self, Happening, News, Subscription};
use super::order::{Buckets, Wanted};
use super::pseudonym::Names;
use super::store::{BucketRow, CaseRow, Changes, ChargeRow, GrantRow, Head, Look, NoticeRow, ReplyRow, StoreError, Stretch, Token, Transaction};
use super::usage::Usage;

/// The rows that the orders of a transaction are about.
#[derive(Debug)]
pub(crate) struct Book {
    /// The moment of everything in it.
    pub now: Timestamp,
    /// What hides what is private.
    secret: [u8; 32],
    grants: BTreeMap<String, GrantRow>,
    cases: BTreeMap<String, CaseRow>,
    accounts: BTreeMap<String, Account>,
    replies: HashMap<Token, ReplyRow>,
    open_cases: HashMap<String, i64>,
    new: BTreeSet<String>,
    changed: BTreeSet<String>,
    new_replies: Vec<ReplyRow>,
    charges: Vec<ChargeRow>,
    released: Vec<ChargeRow>,
    events: Vec<Event>,
    listeners: Arc<[Subscription]>,
    notices: Vec<NoticeRow>,
    /// What is counted when this is committed.
    pub usage: Usage,
    /// A bucket that was charged, or given back to, although nobody read it.
    astray: Option<String>,
}

/// What is used of a bucket.
#[derive(Debug)]
struct Account {
    /// The row as it is to be; its `used` is without `moves`.
    row: BucketRow,
    known: Known,
    /// By window: what was used of it when the row was read.
    used: HashMap<Stretch, i64>,
    /// What was added since, and when it counts.
    moves: Vec<(i64, i64)>,
}

impl Book {
    /// A book of this moment, of which nothing was read. `secret` hides what is private from the log.
    pub fn new(now: Timestamp, secret: [u8; 32]) -> Self {
        Self {
            now,
            secret,
            grants: BTreeMap::new(),
            cases: BTreeMap::new(),
            accounts: BTreeMap::new(),
            replies: HashMap::new(),
            open_cases: HashMap::new(),
            new: BTreeSet::new(),
            changed: BTreeSet::new(),
            new_replies: Vec::new(),
            charges: Vec::new(),
            released: Vec::new(),
            events: Vec::new(),
            listeners: Arc::new([]),
            notices: Vec::new(),
            usage: Usage::default(),
            astray: None,
        }
    }

    /// The same, of which these are told.
    pub fn telling(self, listeners: Arc<[Subscription]>) -> Self {
        Self { listeners, ..self }
    }

    /// The moment in the rows.
    pub fn at(&self) -> i64 {
        self.now.as_microsecond()
    }

    /// What the log shows of a private fact: equal for equal values of the same fact, and nothing else.
    pub fn mask(&self, fact: &str, value: &serde_json::Value) -> serde_json::Value {
        let hash = blake3::keyed_hash(&self.secret, serde_json::json!([fact, value]).to_string().as_bytes()).to_hex();
        serde_json::json!({"private": hash.as_str()})
    }

    /// Reads grants and cases.
    pub async fn read_records(&mut self, tx: &mut dyn Transaction, wanted: &Wanted) -> Result<(), StoreError> {
        let ids = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>();
        if !wanted.grants.is_empty() {
            self.grants.extend(tx.grants(&ids(&wanted.grants)).await?.into_iter().map(|row| (row.id.clone(), row)));
        }
        if !wanted.cases.is_empty() {
            self.cases.extend(tx.cases(&ids(&wanted.cases)).await?.into_iter().map(|row| (row.id.clone(), row)));
        }
        if wanted.open_cases {
            self.open_cases = tx.open_cases().await?.into_iter().collect();
        }
        Ok(())
    }

    /// Reads what is used of buckets.
    pub async fn read_buckets(&mut self, tx: &mut dyn Transaction, wanted: &Buckets) -> Result<(), StoreError> {
        self.read(tx, Vec::new(), wanted).await
    }

    /// Reads what was replied and what is used of buckets, in one.
    pub async fn read(&mut self, tx: &mut dyn Transaction, tokens: Vec<Token>, wanted: &Buckets) -> Result<(), StoreError> {
        let locked: BTreeSet<&String> = wanted.locked.iter().map(|bucket| &bucket.id).chain(&wanted.given_back).collect();
        let seen: BTreeSet<&String> = wanted.seen.iter().map(|bucket| &bucket.id).filter(|id| !locked.contains(id)).collect();
        let ids = |ids: BTreeSet<&String>| ids.into_iter().cloned().collect();
        let look = Look { tokens, locked: ids(locked), seen: ids(seen) };
        let (replies, buckets) = match (look.tokens.as_slice(), look.locked.as_slice(), look.seen.as_slice()) {
            ([], [], []) => Default::default(),
            _ => tx.look(&look).await?,
        };
        self.replies.extend(replies.into_iter().map(|row| (row.token.clone(), row)));
        self.accounts.extend(buckets.into_iter().map(|row| (row.id.clone(), Account::new(row, Known::Before))));
        for bucket in wanted.locked.iter().chain(&wanted.seen) {
            let fresh = || Account::new(BucketRow { since: bucket.window.from, ..BucketRow::empty(&bucket.id) }, Known::Now);
            self.accounts.entry(bucket.id.clone()).or_insert_with(fresh).look_at(tx, bucket.window).await?;
        }
        Ok(())
    }

    /// What is used of a bucket in its window, in smallest units.
    pub fn used(&self, bucket: &Bucket) -> i64 {
        self.accounts.get(&bucket.id).map_or(0, |account| account.used_in(bucket.window))
    }

    /// What was replied to a request, if it was made before.
    pub fn reply(&self, token: &Token) -> Option<&ReplyRow> {
        self.replies.get(token)
    }

    /// A grant.
    pub fn grant(&self, id: &str) -> Option<&GrantRow> {
        self.grants.get(id)
    }

    /// A case.
    pub fn case(&self, id: &str) -> Option<&CaseRow> {
        self.cases.get(id)
    }

    /// How many open cases somebody has.
    pub fn open_cases(&self, owner: &str) -> i64 {
        self.open_cases.get(owner).copied().unwrap_or(0)
    }

    /// Keeps a reply.
    pub fn put_reply(&mut self, row: ReplyRow) {
        self.new_replies.push(row.clone());
        self.replies.insert(row.token.clone(), row);
    }

    /// Keeps a grant, be it new or changed.
    pub fn put_grant(&mut self, row: GrantRow) {
        self.note(&row.id, self.grants.contains_key(&row.id));
        self.grants.insert(row.id.clone(), row);
    }

    /// Keeps a case, be it new or changed.
    pub fn put_case(&mut self, row: CaseRow) {
        let before = self.cases.get(&row.id).filter(|before| before.state == "open").map(|before| before.owner.clone());
        if let Some(owner) = before {
            *self.open_cases.entry(owner).or_default() -= 1;
        }
        if row.state == "open" {
            *self.open_cases.entry(row.owner.clone()).or_default() += 1;
        }
        self.note(&row.id, self.cases.contains_key(&row.id));
        self.cases.insert(row.id.clone(), row);
    }

    fn note(&mut self, id: &str, is_known: bool) {
        if !is_known {
            self.new.insert(id.to_owned());
        } else if !self.new.contains(id) {
            self.changed.insert(id.to_owned());
        }
    }

    /// Charges a bucket that was read with a lock.
    pub fn charge(&mut self, row: ChargeRow) {
        if let Some(account) = self.accounts.get_mut(&row.bucket) {
            account.moves.push((row.at, row.amount));
            account.row.oldest = account.row.oldest.min(row.at);
            account.row.latest = account.row.latest.max(row.at);
        } else {
            self.astray = Some(row.bucket.clone());
        }
        self.charges.push(row);
    }

    /// Gives a charge back.
    pub fn release(&mut self, row: ChargeRow) {
        if let Some(account) = self.accounts.get_mut(&row.bucket) {
            account.moves.push((row.at, -row.amount));
        } else {
            self.astray = Some(row.bucket.clone());
        }
        // What this transaction itself charged was never written.
        match self.charges.iter().position(|charge| *charge == row) {
            Some(at) => drop(self.charges.remove(at)),
            None => self.released.push(row),
        }
    }

    /// Notes what happened.
    pub fn happened(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Whether anybody is to hear of such things.
    pub fn is_heard(&self, happening: Happening) -> bool {
        self.listeners.iter().any(|listener| listener.events.contains(&happening))
    }

    /// The shares from which on somebody is to hear that a budget is nearly used, each once.
    pub fn shares(&self) -> impl Iterator<Item = u8> + use<> {
        let heard = self.listeners.iter().filter(|listener| listener.events.contains(&Happening::BudgetNearlyUsed));
        heard.map(|listener| listener.nearly).collect::<BTreeSet<_>>().into_iter()
    }

    /// Tells whoever is to hear of it; `data` says what, or nothing to somebody.
    pub fn tell(&mut self, news: &News, data: impl Fn(&Subscription) -> Option<serde_json::Value>) {
        let listeners = Arc::clone(&self.listeners);
        self.notices.extend(notice::messages(&listeners, self.now, news, data));
    }

    /// The id of a message that is told once: the same for the same words, and nothing that could be guessed from them.
    pub fn once(&self, words: &[&str]) -> String {
        let hash = blake3::keyed_hash(&self.secret, serde_json::json!(words).to_string().as_bytes()).to_hex();
        format!("msg_{}", hash.get(..32).unwrap_or_default())
    }

    /// Whether anybody is told of anything.
    pub fn has_news(&self) -> bool {
        !self.notices.is_empty()
    }

    /// Whether there is anything to write.
    pub fn is_clean(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.new_replies.is_empty() && self.events.is_empty() && self.notices.is_empty()
    }

    /// Whether anything is to be logged.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// The ids of the people that are to be logged.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.events.iter().flat_map(Event::people)
    }

    /// Everything that is to be written, its events at the end of a stream; there is one where there are events. In the log people are called by `names`.
    pub fn close(self, mut head: Option<Head>, names: &Names) -> Result<Changes, StoreError> {
        if let Some(bucket) = self.astray {
            return Err(StoreError::Broken(format!("the bucket `{bucket}` is not there, or was charged before it was read")));
        }
        let mut events = Vec::new();
        if let Some(head) = &mut head {
            events.extend(self.events.into_iter().map(|event| event.append(head, names)));
        }
        let heads = head.into_iter().collect();
        let (charges, released, replies, notices) = (self.charges, self.released, self.new_replies, self.notices);
        let mut changes = Changes { charges, released, replies, events, heads, notices, ..Changes::default() };
        for account in self.accounts.into_values().filter(|account| !account.moves.is_empty()) {
            let known = account.known;
            let row = account.settled().ok_or_else(|| StoreError::Broken("more was spent than can be counted".into()))?;
            match known {
                Known::Now => changes.buckets.push(row),
                Known::Before => changes.changed_buckets.push(row),
            }
        }
        for row in self.grants.into_values() {
            match (self.new.contains(&row.id), self.changed.contains(&row.id)) {
                (true, _) => changes.grants.push(row),
                (_, true) => changes.changed_grants.push(row),
                _ => {}
            }
        }
        for row in self.cases.into_values() {
            match (self.new.contains(&row.id), self.changed.contains(&row.id)) {
                (true, _) => changes.cases.push(row),
                (_, true) => changes.changed_cases.push(row),
                _ => {}
            }
        }
        Ok(changes)
    }
}

/// Since when a row is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Before,
    Now,
}

impl Account {
    fn new(row: BucketRow, known: Known) -> Self {
        Self { row, known, used: HashMap::new(), moves: Vec::new() }
    }

    /// Makes the row begin with a window, and notes what is used of that.
    async fn look_at(&mut self, tx: &mut dyn Transaction, window: Stretch) -> Result<(), StoreError> {
        if self.used.contains_key(&window) {
            return Ok(());
        }
        let broken = || StoreError::Broken("more was spent than can be counted".into());
        let row = &mut self.row;
        if window.from > row.since && row.oldest < window.from {
            let (gone, next) = tx.charged(&row.id, Stretch { from: row.since, to: window.from }).await?;
            row.used = row.used.checked_sub(gone).ok_or_else(broken)?;
            row.oldest = next.unwrap_or(i64::MAX);
        } else if window.from < row.since {
            let (back, _) = tx.charged(&row.id, Stretch { from: window.from, to: row.since }).await?;
            row.used = row.used.checked_add(back).ok_or_else(broken)?;
            row.oldest = row.oldest.min(window.from);
        }
        row.since = window.from;
        let mut used = row.used;
        if row.latest >= window.to {
            let (later, _) = tx.charged(&row.id, Stretch { from: window.to, to: i64::MAX }).await?;
            used = used.checked_sub(later).ok_or_else(broken)?;
        }
        self.used.insert(window, used);
        Ok(())
    }

    fn used_in(&self, window: Stretch) -> i64 {
        let added = self.moves.iter().filter(|(at, _)| (window.from..window.to).contains(at)).map(|(_, amount)| *amount);
        added.fold(self.used.get(&window).copied().unwrap_or(0), i64::saturating_add)
    }

    /// The row with everything that was added.
    fn settled(self) -> Option<BucketRow> {
        let counted = self.moves.iter().filter(|(at, _)| *at >= self.row.since);
        let used = counted.map(|(_, amount)| *amount).try_fold(self.row.used, i64::checked_add)?;
        Some(BucketRow { used, ..self.row })
    }
}
