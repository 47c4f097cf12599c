//! A history that can be trusted: the log is checked, exported and sealed, and can forget a person.
//!
//! The log is made of streams, each a chain of lines that name the hash of the line before. Stream 0 holds seals: lines that list the ends of all other streams, so that neither a whole stream nor its
//! end can go missing. Each event about a grant or a case names the fingerprint of that record before and after, so that the records can be held against the log: along the events of a record all
//! fingerprints but the last cancel out.

mod chain;
mod export;
mod forget;
mod records;
mod seal;

use std::fmt;
use std::io;

use serde::Serialize;

pub use export::verify_export;
pub use forget::Forgotten;

use super::people::People;
use super::store::{EventRow, Head, Purpose, Transaction};
use super::{Ledger, LedgerError};
use chain::Chain;

/// So many rows are looked at at a time.
const PAGE: u32 = 1000;

/// Where a history is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The line of an export, from 1.
    pub line: Option<u64>,
    /// The stream.
    pub stream: Option<i64>,
    /// The event in it, from 1.
    pub seq: Option<i64>,
    /// The grant, case or bucket that does not agree with the log.
    pub record: Option<String>,
    /// What is wrong there.
    pub what: String,
}

impl Broken {
    fn at(stream: i64, seq: i64, what: impl Into<String>) -> Self {
        Self { line: None, stream: Some(stream), seq: Some(seq), record: None, what: what.into() }
    }

    fn record(kind: &str, id: &str, what: impl Into<String>) -> Self {
        Self { line: None, stream: None, seq: None, record: Some(format!("{kind} {id}")), what: what.into() }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let (Some(stream), Some(seq)) = (self.stream, self.seq) {
            write!(f, "stream {stream}, event {seq}: ")?;
        }
        if let Some(record) = &self.record {
            write!(f, "{record}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Why a history was not found sound.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// It is broken.
    #[error("{0}")]
    Broken(Box<Broken>),
    /// The ledger did not answer.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl From<Broken> for AuditError {
    fn from(broken: Broken) -> Self {
        Self::Broken(Box::new(broken))
    }
}

impl From<super::StoreError> for AuditError {
    fn from(error: super::StoreError) -> Self {
        Self::Ledger(error.into())
    }
}

/// What a sound history holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sound {
    /// Its events, those of the seals not counted.
    pub events: u64,
    /// The streams that these stand in.
    pub streams: usize,
    /// The seals.
    pub seals: i64,
    /// The hash of the last seal, which stands for everything before it; `None` where there is no seal.
    pub seal: Option<String>,
    /// The records that agree with the log; `None` for an export, which has none.
    pub records: Option<Records>,
}

/// How many records there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Records {
    /// Grants.
    pub grants: u64,
    /// Cases.
    pub cases: u64,
    /// Buckets of budgets.
    pub buckets: u64,
}

impl Sound {
    fn new(chain: &Chain, heads: &[Head], records: Option<Records>) -> Self {
        let seal = heads.iter().find(|head| head.stream == Head::SEALS);
        Self {
            events: chain.events(),
            streams: heads.len() - usize::from(seal.is_some()),
            seals: seal.map_or(0, |head| head.seq),
            seal: seal.map(|head| head.hash.clone()),
            records,
        }
    }
}

/// The pages of the stored log, from the beginning.
struct Pages {
    behind: (i64, i64),
}

impl Pages {
    fn new() -> Self {
        Self { behind: (i64::MIN, 0) }
    }

    /// The next page; empty at the end.
    async fn next(&mut self, tx: &mut dyn Transaction) -> Result<Vec<EventRow>, AuditError> {
        let rows = tx.events(self.behind, PAGE).await?;
        if let Some(last) = rows.last() {
            if (last.stream, last.seq) <= self.behind {
                return Err(Broken::at(last.stream, last.seq, "the store gives its events in no order").into());
            }
            self.behind = (last.stream, last.seq);
        }
        Ok(rows)
    }
}

impl Ledger {
    /// Walks the whole log, then every record, and says what there is.
    ///
    /// # Errors
    ///
    /// The first place where the history is broken; or that the ledger does not answer.
    pub async fn verify(&self) -> Result<Sound, AuditError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        let names = self.people_of_records(tx.as_mut()).await?;
        let mut chain = Chain::default();
        let mut traces = records::Traces::default();
        let mut pages = Pages::new();
        loop {
            let rows = pages.next(tx.as_mut()).await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let event = chain.row(row)?;
                traces.take(row, &event)?;
            }
        }
        let mut heads = tx.heads().await?;
        heads.push(tx.seal_head().await?);
        let walked = chain.finish()?;
        chain::agree(&walked, &heads)?;
        let records = traces.verify(tx.as_mut(), &names).await?;
        Ok(Sound::new(&chain, &walked, Some(records)))
    }

    /// Events to be shown: people who still work here are called by their ids again. Such a line has another hash than the one that it names.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer, or a line is no JSON.
    pub async fn legible(&self, people: &People, mut events: Vec<EventRow>) -> Result<Vec<EventRow>, LedgerError> {
        if !self.aliases.are_used() || events.is_empty() {
            return Ok(events);
        }
        let mut tx = self.store.begin(Purpose::Read).await?;
        let names = self.aliases.names(people.iter().map(|person| person.id.as_str()).collect::<Vec<_>>(), tx.as_mut()).await?;
        drop(tx);
        let ids = names.ids();
        for event in &mut events {
            let mut line = super::read(&event.line)?;
            name(&mut line, &ids);
            event.line = line.to_string();
        }
        Ok(events)
    }
}

/// Puts ids in the place of aliases, wherever these stand as a whole text.
fn name(json: &mut serde_json::Value, ids: &std::collections::HashMap<&str, &str>) {
    match json {
        serde_json::Value::String(text) => {
            if let Some(id) = ids.get(text.as_str()) {
                *text = (*id).to_owned();
            }
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(|value| name(value, ids)),
        serde_json::Value::Object(members) => members.values_mut().for_each(|value| name(value, ids)),
        _ => {}
    }
}
