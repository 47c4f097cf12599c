//! Pseudonyms: what stands in the log in the place of people's ids.
//!
//! Each person has a salt, made at random when the log first names them. The alias is a keyed hash of it, and it is kept under a name that is a keyed hash of the id. So without the key nobody finds
//! out whose alias it is, and once the salt is gone nobody does with the key either.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

use super::store::{Store, StoreError, Transaction};

/// How an alias begins.
const PREFIX: &str = "alias:";
/// How many hexadecimal digits follow.
const DIGITS: usize = 32;
/// So many salts are asked for at a time.
const TOGETHER: usize = 1000;

/// The key of all aliases of a ledger. It is kept elsewhere than the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct PseudonymKey([u8; 32]);

/// What is wrong with a file for a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read or written.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Others than its owner may read it.
    #[error("{0} can be read by others; take that away: chmod 600 {0}")]
    Open(String),
    /// It does not hold a key.
    #[error("{0} holds no key: 64 hexadecimal digits, as `kulanz audit key` writes them")]
    NoKey(String),
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

impl PseudonymKey {
    /// A new key, at random.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// Reads a key that [`Self::write`] wrote.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, holds no key, or, on Unix, others than its owner may read or change it.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let (shown, fails) = (path.display().to_string(), |error| KeyError::File(path.display().to_string(), error));
        let text = std::fs::read_to_string(path).map_err(fails)?;
        if is_open(&std::fs::metadata(path).map_err(fails)?) {
            return Err(KeyError::Open(shown));
        }
        let hash = blake3::Hash::from_hex(text.trim()).map_err(|_| KeyError::NoKey(shown))?;
        Ok(Self(*hash.as_bytes()))
    }

    /// Writes the key into a new file that only its owner may read.
    ///
    /// # Errors
    ///
    /// Where the file is there already or cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        use std::io::Write;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let line = format!("{}\n", blake3::Hash::from_bytes(self.0).to_hex());
        let written = options.open(path).and_then(|mut file| file.write_all(line.as_bytes()).and_then(|()| file.sync_all()));
        written.map_err(|error| KeyError::File(path.display().to_string(), error))
    }

    /// Its bytes, for whoever keeps a key of another purpose in the same form.
    #[cfg(feature = "server")]
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn hash(&self, purpose: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_derive_key(purpose);
        hasher.update(&self.0);
        hasher.update(text.as_bytes());
        hasher.finalize().to_hex().to_string()
    }

    /// By which the ledger knows that it is the same key again.
    fn check(&self) -> String {
        self.hash("kulanz ledger: which key the aliases have", "")
    }

    /// Under which name the salt of somebody is kept.
    fn place(&self, id: &str) -> String {
        format!("person {}", self.hash("kulanz ledger: where the salt of a person is", id))
    }

    fn alias(&self, salt: &str) -> String {
        let hash = self.hash("kulanz ledger: alias of a person", salt);
        format!("{PREFIX}{}", hash.get(..DIGITS).unwrap_or_default())
    }
}

#[cfg(unix)]
fn is_open(metadata: &std::fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_: &std::fs::Metadata) -> bool {
    false
}

/// 32 bytes at random.
pub(crate) fn random() -> [u8; 32] {
    *blake3::hash(format!("{}{}", uuid::Uuid::new_v4(), uuid::Uuid::new_v4()).as_bytes()).as_bytes()
}

/// Whether a text stands in the place of an id.
pub(crate) fn is_alias(text: &str) -> bool {
    let digits = text.strip_prefix(PREFIX);
    digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit)))
}

/// What the log calls people.
#[derive(Debug)]
pub(crate) struct Aliases {
    key: Option<PseudonymKey>,
}

/// What the log calls the people of a transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// What the log calls somebody: the alias, or the id where there is none.
    pub fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// Whose alias is which.
    pub fn ids(&self) -> HashMap<&str, &str> {
        self.0.iter().map(|(id, alias)| (alias.as_str(), id.as_str())).collect()
    }
}

impl Aliases {
    /// The aliases of a ledger. Whether it has any, and with which key, is settled when it is made.
    pub async fn open(key: Option<PseudonymKey>, store: &dyn Store) -> Result<Self, super::LedgerError> {
        let mine = key.as_ref().map_or_else(|| NONE.to_owned(), PseudonymKey::check);
        let kept = store.secret("pseudonyms", &mine).await?;
        let wrong = match (kept == mine, kept == NONE, key.is_some()) {
            (true, ..) => None,
            (_, true, _) => Some("it was made without pseudonyms, and its log names people"),
            (_, _, true) => Some("it was made with another key for pseudonyms"),
            _ => Some("it was made with pseudonyms; say where their key is"),
        };
        match wrong {
            None => Ok(Self { key }),
            Some(why) => Err(super::LedgerError::Pseudonyms(why)),
        }
    }

    /// What the log calls these people, as far as it knows them. In a transaction that writes nobody is forgotten until it ends.
    pub async fn names<'a>(&self, ids: impl IntoIterator<Item = &'a str> + Send, tx: &mut dyn Transaction) -> Result<Names, StoreError> {
        let Some(key) = &self.key else { return Ok(Names::default()) };
        // In the order of the places, so that no two transactions wait for each other.
        let people: BTreeMap<String, &str> = ids.into_iter().filter(|id| !id.is_empty() && !is_alias(id)).map(|id| (key.place(id), id)).collect();
        let places: Vec<String> = people.keys().cloned().collect();
        let mut names = HashMap::new();
        for places in places.chunks(TOGETHER) {
            for (place, salt) in tx.secrets(places).await? {
                names.extend(people.get(&place).map(|id| ((*id).to_owned(), key.alias(&salt))));
            }
        }
        Ok(Names(names))
    }

    /// Those of these people whom the log has never named and has to call something.
    pub fn strangers<'a>(&self, ids: impl IntoIterator<Item = &'a str>, names: &Names) -> BTreeSet<String> {
        let is_strange = |id: &&str| self.are_used() && !id.is_empty() && !is_alias(id) && !names.0.contains_key(*id);
        ids.into_iter().filter(is_strange).map(str::to_owned).collect()
    }

    /// Gives these people aliases, as far as they have none. No transaction may be open.
    pub async fn learn(&self, ids: &BTreeSet<String>, store: &dyn Store) -> Result<(), StoreError> {
        let Some(key) = &self.key else { return Ok(()) };
        for id in ids {
            store.secret(&key.place(id), blake3::Hash::from_bytes(random()).to_hex().as_str()).await?;
        }
        Ok(())
    }

    /// Whether the log calls people by aliases.
    pub fn are_used(&self) -> bool {
        self.key.is_some()
    }

    /// What the log calls somebody; `None` where it never named them.
    pub async fn alias(&self, id: &str, tx: &mut dyn Transaction) -> Result<Option<String>, StoreError> {
        Ok(self.names([id], tx).await?.0.remove(id))
    }

    /// Forgets whose alias it was, with the transaction. From here on nobody else logs this person until it ends.
    pub async fn forget(&self, id: &str, tx: &mut dyn Transaction) -> Result<(), StoreError> {
        match &self.key {
            Some(key) => tx.forget_secret(&key.place(id)).await,
            None => Ok(()),
        }
    }
}

/// What is kept in the place of a check where a ledger has no aliases.
const NONE: &str = "none";
