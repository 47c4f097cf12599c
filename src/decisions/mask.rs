//! Keyed hashes in the place of what is private.

use std::fmt;
use std::fmt::Write as _;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::line::Shown;
use crate::ledger::{KeyError, PseudonymKey};

/// What an actor's id is called where it is hashed.
const ACTOR: &str = "actor.id";
/// What the name of a caller is called there.
const CALLER: &str = "caller";

/// Hides what is private: the same hash for the same value of the same fact, under one key.
#[derive(Clone)]
pub struct Mask {
    key: Option<Hmac<Sha256>>,
    actors: bool,
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mask").field("has_key", &self.key.is_some()).field("actors", &self.actors).finish()
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum MaskError {
    /// The file holds none, or cannot be read.
    #[error(transparent)]
    File(#[from] KeyError),
    /// The variable holds none.
    #[error("the variable {0} holds no key: 64 hexadecimal digits, as `kulanz audit key` writes them")]
    Variable(&'static str),
}

impl Mask {
    /// The variable that holds the key where no file does.
    pub const VARIABLE: &'static str = "KULANZ_DECISIONS_KEY";

    /// Hides actors too where that is wanted. Without a key what is private is left out.
    #[must_use]
    pub fn new(key: Option<&[u8; 32]>, actors: bool) -> Self {
        // A key of any length will do.
        Self { key: key.and_then(|key| Hmac::new_from_slice(key).ok()), actors }
    }

    /// With the key of a file, or else of the environment, if there is one.
    ///
    /// # Errors
    ///
    /// Where what should be a key is none.
    pub fn read(file: Option<&Path>, actors: bool) -> Result<Self, MaskError> {
        let key = match file {
            Some(file) => Some(*PseudonymKey::read(file)?.bytes()),
            None => match std::env::var(Self::VARIABLE).ok().filter(|text| !text.trim().is_empty()) {
                Some(text) => Some(*blake3::Hash::from_hex(text.trim()).map_err(|_| MaskError::Variable(Self::VARIABLE))?.as_bytes()),
                None => None,
            },
        };
        Ok(Self::new(key.as_ref(), actors))
    }

    /// Whether it has a key.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.key.is_some()
    }

    /// Whether people who ask are hidden too.
    #[must_use]
    pub fn hides_actors(&self) -> bool {
        self.actors
    }

    /// What stands for a value, written as JSON, of a fact.
    #[must_use]
    pub fn hash(&self, fact: &str, value: &str) -> String {
        let mut hash = String::new();
        self.write_hash(&mut hash, fact, value);
        hash
    }

    fn write_hash(&self, out: &mut String, fact: &str, value: &str) {
        let Some(key) = &self.key else { return };
        let mut mac = key.clone();
        mac.update(fact.as_bytes());
        mac.update(b"=");
        mac.update(value.as_bytes());
        for byte in mac.finalize().into_bytes() {
            // A text takes everything.
            let _ = write!(out, "{byte:02x}");
        }
    }

    /// Puts what stands for it in the place of the JSON that ends `out` and begins at `start`.
    pub(crate) fn hide(&self, out: &mut String, start: usize, fact: &str) {
        let value = out.split_off(start);
        out.push_str("{\"private\":\"");
        self.write_hash(out, fact, &value);
        out.push_str("\"}");
    }

    /// A JSON value of a private fact, as it is shown.
    #[must_use]
    pub fn hidden(&self, fact: &str, value: &serde_json::Value) -> serde_json::Value {
        serde_json::json!({"private": self.hash(fact, &value.to_string())})
    }

    /// Somebody who asks, as it is shown.
    #[must_use]
    pub fn actor(&self, id: &str) -> Shown {
        self.person(ACTOR, id)
    }

    /// A caller, as it is shown: where actors are hidden, so is whoever is named by a token.
    #[must_use]
    pub fn caller(&self, name: &str) -> Shown {
        if name.starts_with("jwt:") { self.person(CALLER, name) } else { Shown::Clear(name.to_owned()) }
    }

    fn person(&self, what: &str, text: &str) -> Shown {
        if self.actors {
            Shown::Private { private: self.hash(what, &serde_json::Value::from(text).to_string()) }
        } else {
            Shown::Clear(text.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `openssl dgst -sha256 -mac HMAC` makes of `customer.id="C-1"`.
    const OF_C_1: &str = "1495de0652b15b2ede17480758444557ed83190ad6d9455d30ee72c3382111f7";

    #[test]
    fn it_is_the_hash_that_everybody_can_compute_who_has_the_key() {
        let mask = Mask::new(Some(&[7; 32]), false);
        assert_eq!(mask.hash("customer.id", "\"C-1\""), OF_C_1);
        assert_ne!(mask.hash("account.id", "\"C-1\""), OF_C_1);
        assert_ne!(Mask::new(Some(&[8; 32]), false).hash("customer.id", "\"C-1\""), OF_C_1);
        let mut out = "before\"C-1\"".to_owned();
        mask.hide(&mut out, 6, "customer.id");
        assert_eq!(out, format!("before{{\"private\":\"{OF_C_1}\"}}"));
    }

    #[test]
    fn without_a_key_nothing_is_shown() {
        assert_eq!(Mask::new(None, true).hidden("customer.id", &"C-1".into()).to_string(), r#"{"private":""}"#);
        assert_eq!(Mask::new(None, true).actor("anna"), Shown::Private { private: String::new() });
    }

    #[test]
    fn keys_are_no_people() {
        let mask = Mask::new(Some(&[7; 32]), true);
        assert_eq!(mask.caller("key:7gk2m0qx"), Shown::Clear("key:7gk2m0qx".into()));
        assert!(matches!(mask.caller("jwt:lena"), Shown::Private { .. }));
        assert_eq!(Mask::new(Some(&[7; 32]), false).caller("jwt:lena"), Shown::Clear("jwt:lena".into()));
    }
}
