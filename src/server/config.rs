//! What the service is told when it starts: `kulanz.toml` and the options of `kulanz serve`.
//!
//! ```toml
//! listen = "127.0.0.1:7373"
//! policies = "policies/fashion-shop"
//! ledger = "sqlite:kulanz.db"
//! people = "people.toml"
//! trust_record = true
//!
//! [limits]
//! body_bytes = 1_048_576
//! ```

use std::collections::BTreeMap;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::authzen::config::Authzen;
use super::log::Log;
use crate::access::settings::{Access, Tls};
use crate::decisions::Decisions;
use crate::hooks::{self, Webhook, WebhookError};
use crate::traces;

/// How the service runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where it listens; without [`Self::access`] only addresses of this machine, or a name for one.
    #[serde(deserialize_with = "named_address")]
    pub listen: SocketAddr,
    /// The pack. In a file it is relative to that file.
    pub policies: Option<PathBuf>,
    /// Where the ledger is: `sqlite:PATH`, `postgres://…` or `memory:`. In a file a relative path of SQLite is relative to that file. Without it there is none.
    pub ledger: Option<String>,
    /// The file with the key of the ledger's pseudonyms. In a file it is relative to that file. Without it the log names people.
    pub pseudonym_key: Option<PathBuf>,
    /// The list of people. In a file it is relative to that file.
    pub people: Option<PathBuf>,
    /// Whether callers count as a system of record.
    pub trust_record: bool,
    /// What callers may use up.
    pub limits: Limits,
    /// Who may ask.
    #[serde(deserialize_with = "asking_somebody")]
    pub access: Access,
    /// The certificate; without it nothing is encrypted here.
    pub tls: Option<Tls>,
    /// Whether a proxy in front of the service encrypts what goes over the network.
    pub behind_proxy: bool,
    /// What the words of callers by the AuthZEN API mean here.
    pub authzen: Authzen,
    /// How answers are logged.
    pub decisions: Decisions,
    /// The service's own log.
    pub log: Log,
    /// Who is told over HTTP of what happens.
    pub webhook: Vec<Webhook>,
    /// Where traces go; without it nothing is traced.
    pub traces: Option<traces::Settings>,
    /// As whom a language model acts at `/mcp`; without it there is no such path.
    #[cfg(feature = "mcp")]
    pub mcp: Option<super::mcp::Mcp>,
    /// How seriously `check` takes its lints; the service leaves them alone.
    pub lints: BTreeMap<String, String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7373)),
            policies: None,
            ledger: None,
            pseudonym_key: None,
            people: None,
            trust_record: true,
            limits: Limits::default(),
            access: Access::default(),
            tls: None,
            behind_proxy: false,
            authzen: Authzen::default(),
            decisions: Decisions::default(),
            log: Log::default(),
            webhook: Vec::new(),
            traces: None,
            #[cfg(feature = "mcp")]
            mcp: None,
            lints: BTreeMap::new(),
        }
    }
}

/// What callers may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest body of a single question, in bytes.
    pub body_bytes: usize,
    /// The largest body of a batch, in bytes.
    pub batch_bytes: usize,
    /// The longest answer to a batch, in bytes.
    pub batch_answer_bytes: usize,
    /// How many bytes of bodies may be in memory at one time, over all requests; those of at most 16 KiB are not counted.
    pub bodies_in_memory_bytes: usize,
    /// How many batches are worked on at one time; one more is turned away.
    pub concurrent_batches: usize,
    /// How many connections are held; one more waits.
    pub connections: usize,
    /// How long a client may take for the head of a request, and be silent between two requests.
    pub header_seconds: u64,
    /// How long a client may take for a body.
    pub body_seconds: u64,
    /// How long the answers to a batch may take to compute.
    pub answer_seconds: u64,
    /// How long a client may take nothing of an answer that is ready.
    pub write_seconds: u64,
    /// How long a stopping service waits for the requests it has.
    pub drain_seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            batch_bytes: 16 << 20,
            batch_answer_bytes: 64 << 20,
            bodies_in_memory_bytes: 256 << 20,
            concurrent_batches: 8,
            connections: 1024,
            header_seconds: 10,
            body_seconds: 15,
            answer_seconds: 30,
            write_seconds: 30,
            drain_seconds: 20,
        }
    }
}

impl Limits {
    /// See [`Self::header_seconds`].
    pub(super) fn header(self) -> Duration {
        Duration::from_secs(self.header_seconds)
    }

    /// See [`Self::body_seconds`].
    pub(super) fn body(self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    /// See [`Self::answer_seconds`].
    pub(super) fn answer(self) -> Duration {
        Duration::from_secs(self.answer_seconds)
    }

    /// See [`Self::write_seconds`].
    pub(super) fn write(self) -> Duration {
        Duration::from_secs(self.write_seconds)
    }

    /// See [`Self::drain_seconds`].
    pub(super) fn drain(self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }

    /// Each with its name and the largest value that makes sense; the guide lists them.
    fn named(&self) -> [(&'static str, u64, u64); 11] {
        let wide = |size: usize| u64::try_from(size).unwrap_or(u64::MAX);
        [
            ("body_bytes", wide(self.body_bytes), LARGEST_QUESTION),
            ("batch_bytes", wide(self.batch_bytes), LARGEST_SIZE),
            ("batch_answer_bytes", wide(self.batch_answer_bytes), LARGEST_SIZE),
            ("bodies_in_memory_bytes", wide(self.bodies_in_memory_bytes), LARGEST_SIZE),
            ("concurrent_batches", wide(self.concurrent_batches), 10_000),
            ("connections", wide(self.connections), 1_000_000),
            ("header_seconds", self.header_seconds, LONGEST_TIME),
            ("body_seconds", self.body_seconds, LONGEST_TIME),
            ("answer_seconds", self.answer_seconds, LONGEST_TIME),
            ("write_seconds", self.write_seconds, LONGEST_TIME),
            ("drain_seconds", self.drain_seconds, LONGEST_TIME),
        ]
    }
}

/// The reader of questions takes no longer one.
const LARGEST_QUESTION: u64 = 1 << 20;
/// Beyond this a size is a slip of the pen.
const LARGEST_SIZE: u64 = 1 << 32;
/// Beyond this a file is no configuration, in bytes.
const LONGEST_FILE: u64 = 1 << 20;
/// A day; beyond this a time is a slip of the pen.
const LONGEST_TIME: u64 = 86_400;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read `{}`: {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file says something that is not understood.
    #[error("`{}` is not understood: {}", .path.display(), .cause.to_string().trim_end())]
    Unclear {
        /// The file.
        path: PathBuf,
        /// What and where.
        cause: Box<toml::de::Error>,
    },
    /// Nobody is asked for a token, so that only this machine may ask.
    #[error(
        "cannot listen on {0}: callers are not authenticated, so that only an address of this machine is served, such as 127.0.0.1; `[access]` in the configuration says who may ask"
    )]
    NotLoopback(SocketAddr),
    /// Tokens would go over the network for everybody to read.
    #[error(
        "cannot listen on {0}: nothing is encrypted, so that everybody on the way could read the tokens; set `[tls]`, or say `--behind-proxy` where a proxy in front encrypts"
    )]
    NotEncrypted(SocketAddr),
    /// Who may ask is not said in a way that makes sense.
    #[error("{0}")]
    Access(String),
    /// Neither an address nor a name for one.
    #[error("cannot listen on `{0}`: {1}; write an address and a port, such as 127.0.0.1:7373")]
    Nowhere(String, std::io::Error),
    /// What the AuthZEN API is told cannot be.
    #[error("{0}")]
    Authzen(String),
    /// How answers are logged is not said in a way that makes sense.
    #[error("{0}")]
    Decisions(String),
    /// As whom a language model acts is not said in a way that makes sense.
    #[cfg(feature = "mcp")]
    #[error("{0}")]
    Mcp(String),
    /// A webhook that cannot be used.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// Traces that cannot be sent.
    #[error(transparent)]
    Traces(#[from] traces::SettingsError),
    /// A limit of nothing, or beyond all sense.
    #[error("`limits.{0}` is {1}; it lies between 1 and {2}")]
    Limit(&'static str, u64, u64),
}

/// An address with a port, or the one that a name such as `localhost:7373` stands for. Where one of several is not of this machine, it is that one.
///
/// # Errors
///
/// When it stands for none.
pub fn address(written: &str) -> Result<SocketAddr, ConfigError> {
    let nowhere = |error| ConfigError::Nowhere(written.to_owned(), error);
    let found: Vec<_> = written.to_socket_addrs().map_err(nowhere)?.collect();
    let outside = found.iter().find(|address| !address.ip().is_loopback());
    let chosen = outside.or_else(|| found.iter().find(|address| address.is_ipv4())).or(found.first());
    chosen.copied().ok_or_else(|| nowhere(std::io::ErrorKind::NotFound.into()))
}

/// An empty table would look as if callers were asked for a token.
fn asking_somebody<'de, D: Deserializer<'de>>(table: D) -> Result<Access, D::Error> {
    let access = Access::deserialize(table)?;
    if access == Access::default() {
        return Err(serde::de::Error::custom("`[access]` is empty, so that nobody would be asked for a token: name `keys`, or write `[access.jwt]`"));
    }
    Ok(access)
}

fn named_address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    address(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

impl Config {
    /// Reads a file. What is relative in it is so to its folder.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not TOML, or holds a key that is not known.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = bounded(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
        let mut config: Self = toml::from_str(&text).map_err(|cause| ConfigError::Unclear { path: path.to_owned(), cause: Box::new(cause) })?;
        let beside = path.parent().unwrap_or(Path::new(""));
        config.policies = config.policies.map(|policies| beside.join(policies));
        config.people = config.people.map(|people| beside.join(people));
        config.pseudonym_key = config.pseudonym_key.map(|key| beside.join(key));
        config.ledger = config.ledger.map(|ledger| from(beside, ledger));
        config.access = config.access.beside(beside);
        config.tls = config.tls.map(|tls| tls.beside(beside));
        config.decisions = config.decisions.beside(beside);
        config.authzen.read_files(beside).map_err(ConfigError::Authzen)?;
        config.webhook = config.webhook.into_iter().map(|webhook| webhook.beside(beside)).collect();
        config.traces = config.traces.map(|traces| traces.beside(beside));
        Ok(config)
    }

    /// By which scheme it answers.
    pub(super) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Refuses what would be unsafe or senseless.
    ///
    /// # Errors
    ///
    /// When the address is not one of this machine and callers are not asked for tokens or nothing is encrypted, or a limit is nothing or absurd.
    pub fn validate(&self) -> Result<(), ConfigError> {
        if let Some(mistake) = self.access.mistake() {
            return Err(ConfigError::Access(mistake));
        }
        #[cfg(feature = "mcp")]
        if let Some(mistake) = self.mcp.as_ref().and_then(|mcp| mcp.mistake(self.access.is_on())) {
            return Err(ConfigError::Mcp(mistake));
        }
        if !self.listen.ip().is_loopback() && !self.access.is_on() {
            return Err(ConfigError::NotLoopback(self.listen));
        }
        if !self.listen.ip().is_loopback() && self.tls.is_none() && !self.behind_proxy {
            return Err(ConfigError::NotEncrypted(self.listen));
        }
        if let Some(mistake) = self.decisions.mistake() {
            return Err(ConfigError::Decisions(mistake));
        }
        hooks::validate(&self.webhook, self.ledger.is_some())?;
        self.traces.as_ref().map_or(Ok(()), traces::Settings::validate)?;
        let wrong = self.limits.named().into_iter().find(|(_, limit, largest)| !(1..=*largest).contains(limit));
        wrong.map_or(Ok(()), |(name, limit, largest)| Err(ConfigError::Limit(name, limit, largest)))
    }
}

/// The text of a file that ends.
fn bounded(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let read = std::fs::File::open(path)?.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
    if u64::try_from(read).is_ok_and(|read| read <= LONGEST_FILE) { Ok(text) } else { Err(std::io::ErrorKind::FileTooLarge.into()) }
}

/// The address of a ledger as it is meant in a file of this folder.
fn from(folder: &Path, ledger: String) -> String {
    let path = ledger.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)).filter(|path| !path.is_empty());
    path.map(|path| format!("sqlite:{}", folder.join(path).display())).unwrap_or(ledger)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_errors() {
        let error = toml::from_str::<Config>("listne = \"127.0.0.1:1\"").unwrap_err();
        assert!(error.to_string().contains("unknown field `listne`"), "{error}");
        assert!(toml::from_str::<Config>("[limits]\nbodies = 1").is_err());
    }

    #[test]
    fn what_is_left_out_is_default() {
        let config: Config = toml::from_str("trust_record = false\n[limits]\nbody_bytes = 10").unwrap();
        assert!(!config.trust_record);
        assert_eq!(config.limits, Limits { body_bytes: 10, ..Limits::default() });
        assert_eq!(config.listen, Config::default().listen);
    }

    #[test]
    fn the_guide_names_every_limit_and_its_default() {
        let guide = include_str!("../../docs/http-guide.md");
        let (_, shown) = guide.split_once("```toml\n").unwrap();
        let (shown, behind) = shown.split_once("```").unwrap();
        assert_eq!(toml::from_str::<Config>(shown).unwrap(), Config::default());
        let set: toml::Table = shown.parse().unwrap();
        for (name, ..) in Limits::default().named() {
            assert!(set["limits"].get(name).is_some() && behind.contains(&format!("| `{name}` | ")), "{name}");
        }
    }

    #[test]
    fn paths_are_those_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kulanz.toml");
        let read = |ledger: &str| {
            std::fs::write(&file, format!("people = \"people.toml\"\nledger = \"{ledger}\"")).unwrap();
            Config::read(&file).unwrap()
        };
        assert_eq!(read("memory:").people, Some(folder.path().join("people.toml")));
        let beside = format!("sqlite:{}", folder.path().join("kulanz.db").display());
        assert_eq!((read("sqlite:kulanz.db").ledger, read("sqlite://kulanz.db").ledger), (Some(beside.clone()), Some(beside)));
        for as_it_is in ["memory:", "sqlite:/var/lib/kulanz.db", "postgres://kulanz@db/kulanz", "sqlite:"] {
            assert_eq!(read(as_it_is).ledger.as_deref(), Some(as_it_is));
        }
    }

    #[test]
    fn only_this_machine_is_served() {
        let at = |listen: &str| Config { listen: listen.parse().unwrap(), ..Config::default() }.validate();
        assert!(at("127.0.0.1:80").is_ok() && at("[::1]:80").is_ok());
        assert!(matches!(at("0.0.0.0:80"), Err(ConfigError::NotLoopback(_))));
        assert!(matches!(at("[::]:80"), Err(ConfigError::NotLoopback(_))));
    }

    #[test]
    fn the_network_is_served_with_tokens_and_encryption() {
        let at = |more: &str| toml::from_str::<Config>(&format!("listen = \"0.0.0.0:80\"\n{more}")).unwrap().validate();
        let keys = "[access]\nkeys = \"keys.toml\"\n";
        let tls = "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n";
        assert!(matches!(at(tls), Err(ConfigError::NotLoopback(_))));
        assert!(matches!(at("behind_proxy = true"), Err(ConfigError::NotLoopback(_))));
        assert!(matches!(at(keys), Err(ConfigError::NotEncrypted(_))));
        assert!(at(&format!("{keys}{tls}")).is_ok());
        assert!(at(&format!("behind_proxy = true\n{keys}")).is_ok());
    }

    #[test]
    fn access_that_makes_no_sense_is_refused() {
        let with = |more: &str| toml::from_str::<Config>(more).unwrap().validate().map_err(|error| error.to_string());
        let jwt = |issuer: &str, jwks: &str| format!("[access.jwt]\nissuer = \"{issuer}\"\naudience = \"kulanz\"\njwks = \"{jwks}\"\n");
        for jwks in ["jwks.json", "https://login.example/jwks", "http://127.0.0.1:80/jwks", "http://[::1]/jwks", "http://localhost/jwks"] {
            assert_eq!(with(&jwt("https://login.example", jwks)), Ok(()), "{jwks}");
        }
        for jwks in ["http://login.example/jwks", "http://127.0.0.1.example/jwks", "ftp://localhost/jwks", "http://10.0.0.1/jwks"] {
            assert!(with(&jwt("https://login.example", jwks)).unwrap_err().contains("access.jwt.jwks"), "{jwks}");
        }
        assert!(with(&jwt("", "jwks.json")).unwrap_err().contains("issuer"));
        assert!(with("[access.rate]\nper_minute = 1").unwrap_err().contains("by caller"));
        assert!(toml::from_str::<Config>("[access]").unwrap_err().message().contains("nobody would be asked"));
        assert!(with("[access]\nkeys = \"k\"\nrate = {per_minute = 0}").unwrap_err().contains("at least 1"));
    }

    #[test]
    fn a_limit_of_nothing_or_beyond_all_sense_is_refused() {
        let limits = |limits| Config { limits, ..Config::default() }.validate();
        let connections = |connections| limits(Limits { connections, ..Limits::default() });
        let body_bytes = |body_bytes| limits(Limits { body_bytes, ..Limits::default() });
        assert!(connections(1).is_ok() && connections(1_000_000).is_ok());
        assert!(matches!(connections(0), Err(ConfigError::Limit("connections", 0, _))));
        assert!(matches!(connections(1_000_001), Err(ConfigError::Limit("connections", ..))));
        assert!(body_bytes(1 << 20).is_ok() && body_bytes((1 << 20) + 1).is_err());
    }
}
