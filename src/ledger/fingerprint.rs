//! Fingerprints of records: by them the log knows a grant or a case as it was left by each event.
//!
//! A fingerprint is a hash of everything that a record says, in which people are called what the log calls them. So a record can forget a person and keep its fingerprint.

use serde_json::json;

use super::bucket;
use super::grant::{Booked, text};
use super::pseudonym::Names;
use super::record::{Case, Grant, Who};

/// A record, ready to be hashed as soon as it is known what the log calls its people.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprint {
    /// Everything else.
    content: blake3::Hash,
    /// Its people; whoever buckets are kept for is the first.
    people: Vec<String>,
    /// The buckets that it is charged to.
    buckets: Vec<String>,
}

/// How an event changed a record.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// As it was, if it was there.
    pub before: Option<Fingerprint>,
    /// As it is.
    pub after: Fingerprint,
}

impl Fingerprint {
    /// That of a grant of this moment, with its charges.
    pub fn of_grant(grant: &Grant, at: i64, booked: &[Booked]) -> Self {
        let people = std::iter::once(&grant.actor.id).chain(grant.approved_by.iter().map(|signature| &signature.id));
        let people = people.chain(grant.reversed.as_ref().map(|reversal| &reversal.by)).cloned().collect();
        let Grant { id, at: local, action, amount, confirmed, note, case, answer, .. } = grant;
        let signed: Vec<_> = grant.approved_by.iter().map(|signature| (&signature.role, &signature.at)).collect();
        let reversed = grant.reversed.as_ref().map(|reversal| (&reversal.at, &reversal.reason));
        let amounts: Vec<_> = booked.iter().map(|booked| booked.amount).collect();
        let who = (&grant.actor.role, &grant.actor.team);
        let content = text(&(id, at, local, who, action, amount, confirmed, (note, case, signed, reversed, amounts), answer.get()));
        Self { content: blake3::hash(content.as_bytes()), people, buckets: booked.iter().map(|booked| booked.bucket.clone()).collect() }
    }

    /// That of a case.
    pub fn of_case(case: &Case) -> Self {
        let mut case = case.clone();
        let mut people = Vec::new();
        case.each_person(&mut |id| people.push(std::mem::take(id)));
        Self { content: blake3::hash(text(&case).as_bytes()), people, buckets: Vec::new() }
    }

    /// The ids of its people.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(String::as_str)
    }

    /// The hash, in hexadecimal digits.
    pub fn digest(&self, names: &Names) -> String {
        let actor = self.people.first().map_or("", String::as_str);
        let people: Vec<_> = self.people.iter().map(|id| names.of(id)).collect();
        let buckets: Vec<_> = self.buckets.iter().map(|id| bucket::renamed(id, actor, names.of(actor)).unwrap_or_else(|| id.clone())).collect();
        super::event::hash(&json!([self.content.to_hex().as_str(), people, buckets]).to_string())
    }
}

impl Grant {
    /// Shows every id of a person in it.
    pub(crate) fn each_person(&mut self, see: &mut dyn FnMut(&mut String)) {
        see(&mut self.actor.id);
        self.approved_by.iter_mut().for_each(|signature| see(&mut signature.id));
        if let Some(reversal) = &mut self.reversed {
            see(&mut reversal.by);
        }
    }
}

impl Case {
    /// Shows every id of a person in it.
    pub(crate) fn each_person(&mut self, see: &mut dyn FnMut(&mut String)) {
        let mut who = |who: &mut Who| see(&mut who.id);
        who(&mut self.owner);
        who(&mut self.proposer);
        self.opened_by.iter_mut().for_each(&mut *see);
        self.stands_in_for.iter_mut().for_each(&mut *see);
        self.approved_by.iter_mut().for_each(|signature| see(&mut signature.id));
        if let Some(decline) = &mut self.declined {
            see(&mut decline.by);
        }
        if let Some(serde_json::Value::String(id)) = self.question.pointer_mut("/actor/id") {
            see(id);
        }
    }
}
