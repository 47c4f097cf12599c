//! Keys: random secrets that are shown once and kept as hashes, in `keys.toml`.
//!
//! A secret has 256 random bits, so a fast hash is enough: nobody guesses one, and there is nothing that a slow hash could make up for, as it does with passwords.
//! A hash of what comes in is compared with the one that is kept, in a time that says nothing about where they differ.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::scope::{Scope, Scopes};
use super::settings::Rate;

/// How every key begins.
pub const PREFIX: &str = "kz_";
/// The letters of an id: none that is read as another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const HASHED: &str = "b3:";
const HEADER: &str = "# The keys of `kulanz serve`, written by `kulanz key`. Secrets are not in here, only their hashes.\n\n";

/// A key as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// Tells keys apart.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The hash of its secret.
    hash: String,
    /// What it may do.
    scopes: Vec<String>,
    /// As whom it acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it is no longer taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
    /// So many requests it has in a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    per_minute: Option<u32>,
    /// So many at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    burst: Option<u32>,
}

/// What a new key is to be.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// As whom it acts.
    pub actor: Option<String>,
    /// From when on it is no longer taken.
    pub expires: Option<Timestamp>,
    /// How many requests it has, where that is not what all have.
    pub rate: Option<Rate>,
}

/// Why keys cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("`{}`: {cause}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file is no list of keys.
    #[error("`{}` is not understood: {cause}", .path.display())]
    Unclear {
        /// Which.
        path: PathBuf,
        /// What and where.
        cause: String,
    },
    /// There is no such key.
    #[error("there is no key `{0}`")]
    NoSuchKey(String),
    /// It is a day or a time that is not understood, or past.
    #[error("`{0}` is no time for a key to end: write 90d, 12w, a day such as 2027-01-31, or a moment, later than now")]
    NoExpiry(String),
    /// The system gives no random numbers.
    #[error("no random numbers: {0}")]
    NotRandom(String),
}

impl Key {
    /// What it may do.
    #[must_use]
    pub fn scopes(&self) -> Scopes {
        self.scopes.iter().filter_map(|scope| scope.parse::<Scope>().ok()).collect()
    }

    /// How many requests it has, where that is not what all have.
    #[must_use]
    pub fn rate(&self) -> Option<Rate> {
        self.per_minute.map(|per_minute| Rate { per_minute, burst: self.burst })
    }

    /// Whether it is taken at a moment.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|end| now < end)
    }

    /// The hash of its secret.
    pub(super) fn hash(&self) -> Option<blake3::Hash> {
        blake3::Hash::from_hex(self.hash.strip_prefix(HASHED)?).ok()
    }

    fn mistake(&self) -> Option<String> {
        let id = &self.id;
        if let Some(unknown) = self.scopes.iter().find_map(|scope| scope.parse::<Scope>().err()) {
            return Some(format!("key `{id}`: {unknown}"));
        }
        if self.hash().is_none() {
            return Some(format!("key `{id}`: `hash` is none"));
        }
        if self.per_minute == Some(0) || self.burst == Some(0) {
            return Some(format!("key `{id}`: `per_minute` and `burst` are at least 1"));
        }
        if self.burst.is_some() && self.per_minute.is_none() {
            return Some(format!("key `{id}`: `burst` says nothing without `per_minute`"));
        }
        self.actor.as_deref().filter(|actor| super::caller::is_no_name(actor)).map(|_| format!("key `{id}`: `actor` is no id"))
    }
}

/// All keys, as the file has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Each.
    #[serde(default, rename = "key")]
    pub list: Vec<Key>,
}

impl Keys {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Where it cannot be read, or is no list of keys.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path).map_err(|cause| KeyError::File { path: path.to_owned(), cause })?;
        Self::parse(&text).map_err(|cause| KeyError::Unclear { path: path.to_owned(), cause })
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Where it is no list of keys; in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keys: Self = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
        if let Some(mistake) = keys.list.iter().find_map(Key::mistake) {
            return Err(mistake);
        }
        let twice = keys.list.iter().enumerate().find(|(at, key)| keys.list.iter().take(*at).any(|other| other.id == key.id));
        twice.map_or(Ok(()), |(_, key)| Err(format!("key `{}` is there twice", key.id)))?;
        Ok(keys)
    }

    /// Changes the keys of a file, which is made if it is not there: as a whole or not at all, readable by its owner alone, one change at a time.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read or written, or the change is refused.
    pub fn change<T>(path: &Path, change: impl FnOnce(&mut Self) -> Result<T, KeyError>) -> Result<T, KeyError> {
        let failed = |cause| KeyError::File { path: path.to_owned(), cause };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let _turn = File::open(folder).and_then(|folder| folder.lock().map(|()| folder)).map_err(failed)?;
        let mut keys = match Self::read(path) {
            Err(KeyError::File { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => Self::default(),
            read => read?,
        };
        let changed = change(&mut keys)?;
        let text = toml::to_string(&keys).map_err(|error| KeyError::Unclear { path: path.to_owned(), cause: error.to_string() })?;
        // A temporary file is readable by its owner alone.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(format!("{HEADER}{text}").as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(changed)
    }

    /// Makes a key, and says what is shown once.
    ///
    /// # Errors
    ///
    /// Where the system gives no random numbers.
    pub fn add(&mut self, wanted: Wanted, now: Timestamp) -> Result<(Key, String), KeyError> {
        let secret = hex(&random::<32>()?);
        let mut id = new_id()?;
        while self.list.iter().any(|key| key.id == id) {
            id = new_id()?;
        }
        let key = Key {
            hash: format!("{HASHED}{}", blake3::hash(secret.as_bytes()).to_hex()),
            id,
            name: wanted.name,
            scopes: wanted.scopes.iter().map(|scope| scope.name().to_owned()).collect(),
            actor: wanted.actor,
            created: now,
            expires: wanted.expires,
            revoked: None,
            per_minute: wanted.rate.map(|rate| rate.per_minute),
            burst: wanted.rate.and_then(|rate| rate.burst),
        };
        let shown = format!("{PREFIX}{}_{secret}", key.id);
        self.list.push(key.clone());
        Ok((key, shown))
    }

    /// Takes a key back; once it is, it stays so from the first time on.
    ///
    /// # Errors
    ///
    /// Where there is none.
    pub fn revoke(&mut self, id: &str, now: Timestamp) -> Result<Key, KeyError> {
        let key = self.list.iter_mut().find(|key| key.id == id).ok_or_else(|| KeyError::NoSuchKey(id.to_owned()))?;
        key.revoked.get_or_insert(now);
        Ok(key.clone())
    }
}

/// When a key ends: so many days or weeks from now, the end of a day in UTC, or a moment.
///
/// # Errors
///
/// Where it is none of these, or past.
pub fn expiry(written: &str, now: Timestamp) -> Result<Timestamp, KeyError> {
    let days = |count: &str, each: i64| {
        count.parse::<u32>().ok().and_then(|count| now.checked_add(SignedDuration::from_hours(24 * each * i64::from(count))).ok())
    };
    let end = if let Some(count) = written.strip_suffix('d') {
        days(count, 1)
    } else if let Some(count) = written.strip_suffix('w') {
        days(count, 7)
    } else if let Ok(moment) = written.parse::<Timestamp>() {
        Some(moment)
    } else {
        let behind = written.parse::<Date>().ok().and_then(|day| day.checked_add(1.day()).ok());
        behind.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|start| start.timestamp())
    };
    end.filter(|end| *end > now).ok_or_else(|| KeyError::NoExpiry(written.to_owned()))
}

fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| KeyError::NotRandom(error.to_string()))?;
    Ok(bytes)
}

fn new_id() -> Result<String, KeyError> {
    let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied().map_or('0', char::from);
    Ok(random::<8>()?.iter().map(letter).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}
