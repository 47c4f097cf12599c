//! The log: every change is a line of JSON that names the hash of the line before it.
//!
//! A line ends in `,"hash":"…"}`; the hash is that of everything before, the hash of the line before included. So no byte of a line can change without its hash, and no line without every
//! line behind it. Lines that different writers write at the same time stand in different streams; seals tie the streams together, see [`audit`](super::audit).

use std::fmt::Write as _;

use serde_json::{Map, Value as Json};

use super::fingerprint::Change;
use super::pseudonym::Names;
use super::store::{EventRow, Head};

/// Where people stand in an event: the member, and the place in it. There is one person, or a list of them; each has an `id`.
const PEOPLE: [(&str, &str); 5] = [("who", ""), ("opened_by", ""), ("owner", ""), ("question", "/actor"), ("approved_by", "")];

/// What happened, before it has its place in the log.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// What kind of thing.
    pub kind: &'static str,
    /// The grant or case.
    pub about: String,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Everything else. The ids of people stand where [`Self::people`] finds them.
    pub body: Map<String, Json>,
    /// How it changed its record, if it is about one.
    pub change: Option<Change>,
}

impl Event {
    /// The ids of the people that it names.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        let named = PEOPLE.into_iter().filter_map(|(name, within)| self.body.get(name)?.pointer(within));
        let named = named.flat_map(|who| who.as_array().map_or(std::slice::from_ref(who), Vec::as_slice)).filter_map(|who| who.get("id"));
        let recorded =
            self.change.iter().flat_map(|change| change.after.people().chain(change.before.iter().flat_map(super::fingerprint::Fingerprint::people)));
        named.filter_map(Json::as_str).chain(recorded)
    }

    /// Calls people what the log calls them.
    fn rename(&mut self, names: &Names) {
        for (name, within) in PEOPLE {
            let Some(who) = self.body.get_mut(name).and_then(|value| value.pointer_mut(within)) else { continue };
            let people = match who {
                Json::Array(people) => people.as_mut_slice(),
                one => std::slice::from_mut(one),
            };
            for id in people.iter_mut().filter_map(|who| who.get_mut("id")) {
                if let Json::String(id) = id {
                    *id = names.of(id).to_owned();
                }
            }
        }
    }

    /// Puts it at the end of a stream.
    pub fn append(mut self, head: &mut Head, names: &Names) -> EventRow {
        self.rename(names);
        if let Some(change) = &self.change {
            if let Some(before) = &change.before {
                self.body.insert("before".into(), before.digest(names).into());
            }
            self.body.insert("digest".into(), change.after.digest(names).into());
        }
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

/// What stands before the hash of a line.
pub(crate) const HASH: &str = ",\"hash\":\"";
/// What stands behind it.
pub(crate) const END: &str = "\"}";

/// The hash of a text, in hexadecimal digits.
pub(crate) fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}
