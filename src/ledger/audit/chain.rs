//! Walking the chains: line by line, stream by stream.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Broken;
use crate::ledger::event::{END, HASH, hash};
use crate::ledger::store::{EventRow, Head};

/// What a line says of itself. A member that is there twice is an error.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub stream: i64,
    pub seq: i64,
    pub at: String,
    pub kind: String,
    pub about: String,
    pub prev: String,
    /// The fingerprint of the record before.
    pub before: Option<String>,
    /// And after.
    pub digest: Option<String>,
    /// Of a seal: the ends of the other streams.
    pub heads: Option<Vec<Sealed>>,
}

/// The end of a stream, as a seal has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, Deserialize)]
pub(super) struct Sealed {
    pub stream: i64,
    pub seq: i64,
    pub hash: String,
}

impl From<&Head> for Sealed {
    fn from(head: &Head) -> Self {
        Self { stream: head.stream, seq: head.seq, hash: head.hash.clone() }
    }
}

/// The chains as far as they were walked.
#[derive(Debug, Default)]
pub(super) struct Chain {
    events: u64,
    /// The ends of the streams that were walked; the last is the one that is being walked.
    heads: Vec<Head>,
    /// What seals say of events that were not walked yet: the hash, and the number of the seal.
    sealed: BTreeMap<(i64, i64), (String, i64)>,
    /// What the last seal says.
    last_seal: Vec<Sealed>,
}

impl Chain {
    /// How many events were walked, those of the seals not counted.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Takes the next row of a stored log.
    pub fn row(&mut self, row: &EventRow) -> Result<Line, Broken> {
        let broken = |what: &str| Broken::at(row.stream, row.seq, what);
        let line = self.line(&row.line).map_err(|problem| Broken { stream: Some(row.stream), seq: Some(row.seq), ..problem })?;
        let columns = [
            (line.stream == row.stream, "the stream of its row is not that of its line"),
            (line.seq == row.seq, "the number of its row is not that of its line"),
            (line.at.parse().ok().map(jiff::Timestamp::as_microsecond) == Some(row.at), "the moment of its row is not that of its line"),
            (line.about == row.about, "what its row says it is about is not what its line says"),
        ];
        columns.iter().find(|(agrees, _)| !agrees).map_or(Ok(line), |(_, what)| Err(broken(what)))
    }

    /// Takes the next line.
    pub fn line(&mut self, text: &str) -> Result<Line, Broken> {
        let (next_stream, next_seq) = self.heads.last().map_or((Head::SEALS, 1), |head| (head.stream, head.seq + 1));
        // It stands where it says it does, unless it says nothing; then where one is due.
        let here = |what: &str| {
            let told = serde_json::from_str::<Line>(text).ok();
            let (stream, seq) = told.map_or((next_stream, next_seq), |line| (line.stream, line.seq));
            Broken::at(stream, seq, what)
        };
        let parts = text.strip_suffix(END).and_then(|rest| rest.rsplit_once(HASH));
        let Some((content, told)) = parts else { return Err(here("it does not end in its hash")) };
        if hash(content) != told {
            return Err(here("its hash is not that of its text"));
        }
        let line: Line = serde_json::from_str(text).map_err(|error| here(&format!("it is not understood: {error}")))?;
        self.follow(&line, told)?;
        Ok(line)
    }

    /// Whether a line follows the one before.
    fn follow(&mut self, line: &Line, told: &str) -> Result<(), Broken> {
        let broken = |what: String| Err(Broken::at(line.stream, line.seq, what));
        let is_new = self.heads.last().is_none_or(|head| head.stream != line.stream);
        if is_new {
            if line.stream < 0 || self.heads.last().is_some_and(|head| head.stream > line.stream) {
                return broken("its stream stands in the wrong place".into());
            }
            self.heads.push(Head::empty(line.stream));
        }
        let Some(head) = self.heads.last_mut() else { return broken("it has no stream".into()) };
        if line.seq != head.seq + 1 {
            return broken(format!("event {} is missing before it", head.seq + 1));
        }
        if line.prev != head.hash {
            return broken("it names another hash than that of the event before".into());
        }
        head.seq = line.seq;
        told.clone_into(&mut head.hash);
        if let Some((sealed, seal)) = self.sealed.remove(&(line.stream, line.seq))
            && sealed != told
        {
            return broken(format!("it is not the event that seal {seal} names"));
        }
        match (line.stream == Head::SEALS, line.kind == "seal", &line.heads) {
            (true, true, Some(heads)) => self.seal(line.seq, heads),
            (false, false, _) => {
                self.events += 1;
                Ok(())
            }
            _ => broken("seals stand in stream 0, and nothing else does".into()),
        }
    }

    /// Notes what a seal says.
    fn seal(&mut self, seal: i64, heads: &[Sealed]) -> Result<(), Broken> {
        let broken = |what: String| Err(Broken::at(Head::SEALS, seal, what));
        let known = |stream: i64| heads.iter().find(|head| head.stream == stream);
        if let Some(lost) = self.last_seal.iter().find(|before| known(before.stream).is_none_or(|head| head.seq < before.seq)) {
            return broken(format!("it has less of stream {} than the seal before", lost.stream));
        }
        for head in heads {
            if head.stream <= Head::SEALS || head.seq < 1 {
                return broken(format!("it names event {} of stream {}, which cannot be", head.seq, head.stream));
            }
            let (known, first) = self.sealed.entry((head.stream, head.seq)).or_insert_with(|| (head.hash.clone(), seal));
            if *known != head.hash {
                return broken(format!("it does not agree with seal {first} on event {} of stream {}", head.seq, head.stream));
            }
        }
        self.last_seal = heads.to_vec();
        Ok(())
    }

    /// The ends of all streams, when all lines were walked.
    pub fn finish(&self) -> Result<Vec<Head>, Broken> {
        match self.sealed.iter().next() {
            Some(((stream, seq), (_, seal))) => Err(Broken::at(*stream, *seq, format!("it is missing, and seal {seal} names it"))),
            None => Ok(self.heads.clone()),
        }
    }
}

/// Whether the ends that were walked to are those that are told.
pub(super) fn agree(walked: &[Head], told: &[Head]) -> Result<(), Broken> {
    for head in told.iter().filter(|head| head.seq != 0 || !head.hash.is_empty()) {
        let end = walked.iter().find(|walked| walked.stream == head.stream).cloned().unwrap_or_else(|| Head::empty(head.stream));
        if end.seq < head.seq {
            return Err(Broken::at(head.stream, end.seq + 1, format!("it is missing; the stream ends at event {}", head.seq)));
        }
        if end != *head {
            return Err(Broken::at(head.stream, head.seq, "the end of the stream is not kept as it is"));
        }
    }
    let is_told = |head: &&Head| told.iter().any(|told| told.stream == head.stream && told.seq != 0);
    match walked.iter().find(|head| !is_told(head)) {
        Some(head) => Err(Broken::at(head.stream, head.seq, "the end of the stream is not kept")),
        None => Ok(()),
    }
}
