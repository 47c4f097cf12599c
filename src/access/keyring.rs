//! The keys while they are in use: found by id, compared by hash.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::caller::{Caller, Identity};
use super::key::{Keys, PREFIX};
use super::rate::Buckets;
use super::settings::Rate;

/// Keys that are taken.
#[derive(Debug, Default)]
pub struct Keyring {
    entries: HashMap<String, Entry>,
    version: String,
}

#[derive(Debug)]
struct Entry {
    hash: blake3::Hash,
    expires: Option<Timestamp>,
    is_revoked: bool,
    caller: Arc<Caller>,
}

/// Why a token is not taken. Which of an unknown id and a wrong secret it is, nobody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No such key, or not its secret.
    Unknown,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

/// Whether it looks like a key, and not like a signed token.
#[must_use]
pub fn is_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

impl Keyring {
    /// Reads the text of a file. `rate` is what a key has that says nothing else.
    ///
    /// # Errors
    ///
    /// Where it is no list of keys; in words.
    pub fn parse(text: &str, rate: Option<Rate>, buckets: &Buckets) -> Result<Self, String> {
        let mut entries = HashMap::new();
        for key in Keys::parse(text)?.list {
            let Some(hash) = key.hash() else { continue };
            let identity = key.actor.clone().map(|id| Identity { id, role: None, team: None });
            let name = format!("key:{}", key.id);
            let bucket = key.rate().or(rate).map(|rate| buckets.of(&name, rate));
            let caller = Arc::new(Caller::new(name, key.scopes(), identity).paced(bucket));
            entries.insert(key.id, Entry { hash, expires: key.expires, is_revoked: key.revoked.is_some(), caller });
        }
        Ok(Self { entries, version: format!("b3:{}", blake3::hash(text.as_bytes()).to_hex()) })
    }

    /// Two of one version are the same.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whose key this is, and until when.
    ///
    /// # Errors
    ///
    /// Where it is nobody's, or no longer.
    pub fn find(&self, token: &str, now: Timestamp) -> Result<(Arc<Caller>, Option<Timestamp>), Refused> {
        let (id, secret) = token.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(Refused::Unknown)?;
        // What is hashed is compared; this comparison takes the same time wherever they differ.
        let hash = blake3::hash(secret.as_bytes());
        let entry = self.entries.get(id).filter(|entry| entry.hash == hash).ok_or(Refused::Unknown)?;
        if entry.is_revoked {
            return Err(Refused::Revoked);
        }
        if entry.expires.is_some_and(|end| now >= end) {
            return Err(Refused::Expired);
        }
        Ok((Arc::clone(&entry.caller), entry.expires))
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::{Wanted, expiry};
    use super::super::scope::Scope;
    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn ring(keys: &Keys) -> Keyring {
        Keyring::parse(&toml::to_string(keys).unwrap(), None, &Buckets::default()).unwrap()
    }

    fn wanted(expires: Option<Timestamp>) -> Wanted {
        Wanted { name: "desk".into(), scopes: [Scope::Ask].into_iter().collect(), expires, ..Wanted::default() }
    }

    #[test]
    fn a_key_is_found_by_all_of_its_secret() {
        let mut keys = Keys::default();
        let (key, shown) = keys.add(wanted(None), now()).unwrap();
        let (_, other) = keys.add(wanted(None), now()).unwrap();
        let ring = ring(&keys);
        let (caller, _) = ring.find(&shown, now()).unwrap();
        assert_eq!(caller.name(), format!("key:{}", key.id));
        assert!(caller.may(Scope::Ask) && !caller.may(Scope::Grant));
        let (_, foreign) = other.rsplit_once('_').unwrap();
        let shortened = &shown[..shown.len() - 1];
        let last = if shown.ends_with('0') { '1' } else { '0' };
        let changed = format!("{shortened}{last}");
        let first = shown.replacen(&format!("{}_", key.id), &format!("{}_x", key.id), 1);
        for wrong in
            [shortened, &changed, &first, &format!("{shown}0"), &format!("kz_{}_{foreign}", key.id), &format!("kz_{}_", key.id), "kz_", "kz__"]
        {
            assert_eq!(ring.find(wrong, now()).unwrap_err(), Refused::Unknown, "{wrong}");
        }
        assert!(!toml::to_string(&keys).unwrap().contains(shown.rsplit_once('_').unwrap().1), "the file has no secret");
        assert_eq!(shown.len(), "kz_".len() + 8 + 1 + 64, "256 bits in hexadecimal digits");
    }

    /// No test shows that a comparison takes the same time everywhere. This one shows that what is compared are two `blake3::Hash`, whose `==` is made for that,
    /// that nothing else is compared with a secret, and that the library still builds on a comparison in constant time.
    #[test]
    fn secrets_are_compared_by_the_library_in_constant_time() {
        let mut keys = Keys::default();
        keys.add(wanted(None), now()).unwrap();
        let ring = ring(&keys);
        let kept: &blake3::Hash = &ring.entries.values().next().unwrap().hash;
        let same: fn(&blake3::Hash, &blake3::Hash) -> bool = <blake3::Hash as PartialEq>::eq;
        assert!(same(kept, kept));
        let (here, gate, seal) = (include_str!("keyring.rs"), include_str!("../server/gate.rs"), include_str!("../server/authzen/seal.rs"));
        for (source, compared) in
            [(here, "entry.hash == hash"), (gate, "known.token == blake3::hash(token.as_bytes())"), (seal, "mark == self.mark(purpose,")]
        {
            let source = source.split("#[cfg(test)]").next().unwrap();
            let with_secret = |line: &&str| [" == ", " != ", ".eq(", ".cmp(", "starts_with(", "matches!("].iter().any(|how| line.contains(how));
            let about = |line: &&str| ["hash", "token", "mark", "secret"].iter().any(|what| line.contains(what));
            let lines: Vec<_> = source.lines().filter(|line| !line.trim_start().starts_with("//")).filter(with_secret).filter(about).collect();
            assert!(lines.iter().any(|line| line.contains(compared)), "{lines:#?}");
            // The form of a token is no secret.
            let others = lines.iter().filter(|line| !line.contains(compared) && !line.contains("starts_with(PREFIX)"));
            assert_eq!(others.collect::<Vec<_>>(), Vec::<&&str>::new());
        }
        let lock: toml::Table = include_str!("../../Cargo.lock").parse().unwrap();
        let blake3 = lock["package"].as_array().unwrap().iter().find(|package| package["name"].as_str() == Some("blake3")).unwrap();
        assert!(blake3["dependencies"].as_array().unwrap().iter().any(|name| name.as_str().unwrap().starts_with("constant_time_eq")));
    }

    #[test]
    fn a_key_ends_when_it_expires_or_is_revoked() {
        let mut keys = Keys::default();
        let end = expiry("1d", now()).unwrap();
        let (key, shown) = keys.add(wanted(Some(end)), now()).unwrap();
        let before = end.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap();
        assert!(ring(&keys).find(&shown, before).is_ok());
        assert_eq!(ring(&keys).find(&shown, end).unwrap_err(), Refused::Expired);
        keys.revoke(&key.id, now()).unwrap();
        assert_eq!(ring(&keys).find(&shown, before).unwrap_err(), Refused::Revoked);
        assert!(keys.revoke("nothing", now()).is_err());
    }

    #[test]
    fn the_end_of_a_key_is_written_in_several_ways() {
        let at = |written| expiry(written, now()).map(|end| end.to_string()).map_err(|_| ());
        assert_eq!(at("90d"), Ok("2027-02-21T12:00:00Z".into()));
        assert_eq!(at("2w"), Ok("2026-12-07T12:00:00Z".into()));
        assert_eq!(at("2026-11-23"), Ok("2026-11-24T00:00:00Z".into()), "the day belongs to it");
        assert_eq!(at("2026-11-23T12:00:01Z"), Ok("2026-11-23T12:00:01Z".into()));
        for wrong in ["0d", "-1d", "d", "", "soon", "2026-11-22", "2026-11-23T12:00:00Z", "99999999999d"] {
            assert_eq!(at(wrong), Err(()), "{wrong}");
        }
    }

    #[test]
    fn a_list_that_cannot_be_is_refused() {
        let mut keys = Keys::default();
        keys.add(wanted(None), now()).unwrap();
        let text = toml::to_string(&keys).unwrap();
        let wrong = |from: &str, to: &str| Keys::parse(&text.replacen(from, to, 1)).unwrap_err();
        assert!(wrong("\"ask\"", "\"aks\"").contains("`aks` is no scope"));
        assert!(wrong("b3:", "b3:0").contains("`hash`"));
        assert!(wrong("name =", "nmae =").contains("nmae"));
        assert!(wrong("created", "burst = 1\ncreated").contains("per_minute"));
        assert!(wrong("created", "actor = \"a\\nb\"\ncreated").contains("`actor`"));
        assert!(Keys::parse(&format!("{text}\n{text}")).unwrap_err().contains("twice"));
    }
}
