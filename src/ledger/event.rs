//! The log: every change is a line of JSON that names the hash of the line before it.
//!
//! A line ends in `,"hash":"…"}`; the hash is that of everything before, the hash of the line before included. So no byte of a line can change without its hash, and no line without every
//! line behind it. Lines that different writers write at the same time stand in different streams; seals tie the streams together, see [`audit`](super::audit).

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

use super::store::{EventRow, Head};

/// What happened, before it has its place in the log.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// What kind of thing.
    pub kind: &'static str,
    /// The grant or case.
    pub about: String,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Everything else.
    pub body: Map<String, Json>,
}

impl Event {
    /// Puts it at the end of a stream.
    pub fn append(self, head: &mut Head) -> EventRow {
        let at = jiff::Timestamp::from_microsecond(self.at).map(|at| at.to_string()).unwrap_or_default();
        let (kind, about, stream, seq) = (self.kind, &self.about, head.stream, head.seq + 1);
        let mut line = format!("{{\"stream\":{stream},\"seq\":{seq},\"at\":\"{at}\",\"kind\":\"{kind}\",\"about\":\"{about}\"");
        for (name, value) in self.body {
            // A text takes everything.
            let _ = write!(line, ",{}:{value}", Json::String(name));
        }
        let _ = write!(line, ",\"prev\":\"{}\"", head.hash);
        let hash = hash(&line);
        let _ = write!(line, "{HASH}{hash}{END}");
        head.seq += 1;
        head.hash = hash;
        EventRow { stream: head.stream, seq: head.seq, at: self.at, about: self.about, line }
    }
}

const HASH: &str = ",\"hash\":\"";
const END: &str = "\"}";

/// The hash of a text, in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
