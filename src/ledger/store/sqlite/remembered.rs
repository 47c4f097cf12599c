//! What a connection remembers of what it last read and wrote, so that the next transaction need not look before it writes.
//!
//! What is remembered is taken on trust, and the transaction finds out at its beginning, as part of what it hands over: it fails as a conflict where another connection has changed the file since, or
//! where one of its requests was replied to before. What must stay true: nothing is remembered that was not read from the file or committed to it by this connection.

use std::collections::HashMap;

use super::super::rows::{BucketRow, Changes, Head, Look, Token};
use super::super::sql::Cell;
use super::STREAM;
use super::script::{Script, list};

/// Of more buckets nothing is remembered.
const MOST_BUCKETS: usize = 1 << 16;

/// What one connection knows of its file.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// SQLite counts how often other connections have changed the file; `None` where nothing is known.
    version: Option<i64>,
    head: Option<Head>,
    /// By id; `None` where there is no such bucket.
    buckets: HashMap<String, Option<BucketRow>>,
}

/// What a transaction has taken on trust: that nobody else changed the file, and that no request was replied to.
#[derive(Debug)]
pub(super) struct Trust {
    version: i64,
    tokens: String,
}

impl Remembered {
    /// What a look would find, if nothing has changed since: the end of the stream and the buckets that are there.
    pub fn recall(&self, look: &Look) -> Option<(Trust, Head, Vec<BucketRow>)> {
        let (version, head) = (self.version?, self.head.clone()?);
        let known: Option<Vec<_>> = look.locked.iter().chain(&look.seen).map(|id| self.buckets.get(id)).collect();
        let buckets = known?.into_iter().flatten().cloned().collect();
        Some((Trust { version, tokens: tokens(look) }, head, buckets))
    }

    /// Keeps what a look has found.
    pub fn learn(&mut self, version: i64, head: &Head, look: &Look, found: &[BucketRow]) {
        if self.version != Some(version) || self.buckets.len() > MOST_BUCKETS {
            self.buckets.clear();
        }
        (self.version, self.head) = (Some(version), Some(head.clone()));
        self.buckets.extend(look.locked.iter().chain(&look.seen).map(|id| (id.clone(), None)));
        self.put(found);
    }

    /// Keeps what was committed.
    pub fn keep(&mut self, changes: Committed) {
        for id in &changes.dropped {
            self.buckets.insert(id.clone(), None);
        }
        self.put(&changes.buckets);
        if changes.head.is_some() {
            self.head = changes.head;
        }
    }

    fn put(&mut self, rows: &[BucketRow]) {
        self.buckets.extend(rows.iter().map(|row| (row.id.clone(), Some(row.clone()))));
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

/// What a transaction writes of what is remembered.
#[derive(Debug, Default)]
pub(super) struct Committed {
    head: Option<Head>,
    buckets: Vec<BucketRow>,
    dropped: Vec<String>,
}

impl Committed {
    pub fn add(&mut self, changes: &Changes) {
        let head = changes.heads.iter().find(|head| head.stream == STREAM);
        self.head = head.cloned().or(self.head.take());
        self.buckets.extend(changes.buckets.iter().chain(&changes.changed_buckets).cloned());
        self.dropped.extend(changes.dropped_buckets.iter().cloned());
    }
}

/// The tokens of a look as a list of lists.
pub(super) fn tokens(look: &Look) -> String {
    list(look.tokens.iter().flat_map(|token: &Token| [Cell::Text(&token.caller), Cell::Text(&token.key)]), 2, &mut Vec::new())
}

impl Trust {
    /// Begins the transaction, and fails as a conflict where the trust is misplaced: a key that is put in twice is there already.
    pub fn begin(&self) -> Script {
        let mut script = Script {
            sql: "BEGIN IMMEDIATE;\
                INSERT INTO heads SELECT 1, 0, '' FROM (VALUES (1), (2)) WHERE (SELECT data_version FROM pragma_data_version) <> ? \
                OR EXISTS (SELECT 1 FROM json_each(?) t CROSS JOIN replies r ON r.caller = t.value ->> 0 AND r.key = t.value ->> 1);"
                .into(),
            ..Script::default()
        };
        script.bind(Cell::Int(self.version));
        script.bind(Cell::Text(&self.tokens));
        script
    }
}
