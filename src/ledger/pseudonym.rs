//! Pseudonyms: what stands in the log in the place of people's ids.
//!
//! Each person has a salt, made at random when the log first names them. The alias is a keyed hash of it, and it is kept under a name that is a keyed hash of the id. So without the key nobody finds
//! out whose alias it is, and once the salt is gone nobody does with the key either.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::store::{Store, StoreError};

/// How an alias begins.
const PREFIX: &str = "alias:";
/// How many hexadecimal digits follow.
const DIGITS: usize = 32;
/// For so long an alias is known without asking the store again, where another process may have forgotten it.
const KEPT: Duration = Duration::from_mins(1);

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
    known: Mutex<HashMap<String, (String, Instant)>>,
}

/// What the log calls the people of a transaction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names(HashMap<String, String>);

impl Names {
    /// What the log calls somebody: the alias, or the id where there is none.
    pub fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
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
            None => Ok(Self { key, known: Mutex::default() }),
            Some(why) => Err(super::LedgerError::Pseudonyms(why)),
        }
    }

    /// What the log calls these people; or those for whom the store must be asked first.
    pub fn names<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Result<Names, BTreeSet<String>> {
        if self.key.is_none() {
            return Ok(Names::default());
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut names, mut missing) = (HashMap::new(), BTreeSet::new());
        for id in ids.into_iter().filter(|id| !id.is_empty() && !is_alias(id)) {
            match known.get(id).filter(|(_, since)| since.elapsed() < KEPT) {
                Some((alias, _)) => drop(names.insert(id.to_owned(), alias.clone())),
                None => drop(missing.insert(id.to_owned())),
            }
        }
        if missing.is_empty() { Ok(Names(names)) } else { Err(missing) }
    }

    /// Asks the store for the aliases of these people; makes those that there are not yet. No transaction may be open.
    pub async fn learn(&self, ids: &BTreeSet<String>, store: &dyn Store) -> Result<(), StoreError> {
        for id in ids {
            self.alias(id, store).await?;
        }
        Ok(())
    }

    /// Whether the log calls people by aliases.
    pub fn are_used(&self) -> bool {
        self.key.is_some()
    }

    /// What the log calls these people, however many. No transaction may be open.
    pub async fn all(&self, ids: &BTreeSet<String>, store: &dyn Store) -> Result<Names, StoreError> {
        let mut names = HashMap::new();
        for id in ids.iter().filter(|id| !id.is_empty() && !is_alias(id)) {
            if let Some((alias, _)) = self.alias(id, store).await? {
                names.insert(id.clone(), alias);
            }
        }
        Ok(Names(names))
    }

    /// What the log calls somebody, and whether it never did so before. `None` where the ledger has no aliases.
    pub async fn alias(&self, id: &str, store: &dyn Store) -> Result<Option<(String, bool)>, StoreError> {
        let Some(key) = &self.key else { return Ok(None) };
        let fresh = blake3::Hash::from_bytes(random()).to_hex();
        let salt = store.secret(&key.place(id), fresh.as_str()).await?;
        let alias = key.alias(&salt);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), (alias.clone(), Instant::now()));
        Ok(Some((alias, salt == fresh.as_str())))
    }

    /// Forgets whose alias it was.
    pub async fn forget(&self, id: &str, store: &dyn Store) -> Result<(), StoreError> {
        if let Some(key) = &self.key {
            store.forget_secret(&key.place(id)).await?;
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(())
    }
}

/// What is kept in the place of a check where a ledger has no aliases.
const NONE: &str = "none";
