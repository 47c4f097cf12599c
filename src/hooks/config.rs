//! Webhooks in `kulanz.toml`.
//!
//! ```toml
//! [[webhook]]
//! url = "https://desk.example/hooks/kulanz"
//! secret_file = "desk.secret"
//! events = ["case.opened", "case.overdue"]
//! ```

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::Uri;
use serde::Deserialize;

use super::sign::Secrets;
use crate::ledger::notice::{Happening, Subscription};

/// One `[[webhook]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// What it is called; where it is left out, its address without `https://` and what follows a `?`.
    pub name: Option<String>,
    /// Where it is: `https://…`, or `http://` on this machine.
    pub url: String,
    /// The file with its secrets. In a configuration it is relative to that file.
    pub secret_file: Option<PathBuf>,
    /// The environment variable with its secrets.
    pub secret_env: Option<String>,
    /// The certificates that vouch for it, a PEM file; those of the public authorities where it is left out.
    pub ca_file: Option<PathBuf>,
    /// What it is told of.
    #[serde(default = "everything")]
    pub events: BTreeSet<Happening>,
    /// Whether it may see what is private: private facts, notes and reasons.
    #[serde(default)]
    pub private: bool,
    /// From how many percent of its allotment on a budget is nearly used.
    #[serde(default = "nearly")]
    pub nearly_used_percent: u8,
    /// How long it may take to answer.
    #[serde(default = "timeout")]
    pub timeout_seconds: u64,
    /// How often a message is tried.
    #[serde(default = "tries")]
    pub tries: u32,
    /// How long to wait before the second try; before each one after it four times as long, up to twelve hours.
    #[serde(default = "first_retry")]
    pub first_retry_seconds: u64,
}

fn everything() -> BTreeSet<Happening> {
    Happening::ALL.into()
}

fn nearly() -> u8 {
    80
}

fn timeout() -> u64 {
    15
}

fn tries() -> u32 {
    12
}

fn first_retry() -> u64 {
    5
}

/// The longest wait between two tries.
pub(super) const LONGEST_WAIT: Duration = Duration::from_hours(12);
/// The longest that a webhook may take.
const LONGEST_TIMEOUT: u64 = 60;
/// The most tries.
const MOST_TRIES: u32 = 100;

/// Why a webhook cannot be told of anything.
#[derive(Debug, thiserror::Error)]
#[error("the webhook `{name}` {why}")]
pub struct WebhookError {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

impl Webhook {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        let unnamed = || {
            let place = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
            let place = place.split(['?', '#']).next().unwrap_or(place);
            // Who logs on there is nobody's business.
            place.rsplit_once('@').map_or(place, |(_, place)| place).to_owned()
        };
        self.name.clone().unwrap_or_else(unnamed)
    }

    /// The same, with what is relative so to a folder.
    #[must_use]
    pub fn beside(self, folder: &Path) -> Self {
        let join = |path: PathBuf| folder.join(path);
        Self { secret_file: self.secret_file.map(join), ca_file: self.ca_file.map(join), ..self }
    }

    /// Refuses what would be unsafe or senseless.
    ///
    /// # Errors
    ///
    /// Where it is sent in the clear to another machine, has no secret, or a number is out of all bounds.
    pub fn validate(&self) -> Result<(), WebhookError> {
        let wrong = |why: String| Err(WebhookError { name: self.name(), why });
        let name = self.name();
        if name.is_empty() || name.len() > 255 || name.chars().any(char::is_control) {
            return wrong("has no name that could be shown; give it one with `name`".into());
        }
        if let Err(why) = self.is_safe() {
            return wrong(why.into());
        }
        if self.secret_file.is_some() == self.secret_env.is_some() {
            return wrong("needs one of `secret_file` and `secret_env`; `kulanz hooks secret` makes a secret".into());
        }
        if self.events.is_empty() {
            return wrong("is told of nothing: `events` is empty".into());
        }
        let bounds = [
            ("nearly_used_percent", u64::from(self.nearly_used_percent), 100),
            ("timeout_seconds", self.timeout_seconds, LONGEST_TIMEOUT),
            ("tries", u64::from(self.tries), u64::from(MOST_TRIES)),
            ("first_retry_seconds", self.first_retry_seconds, LONGEST_WAIT.as_secs()),
        ];
        match bounds.into_iter().find(|(_, value, most)| !(1..=*most).contains(value)) {
            Some((key, value, most)) => wrong(format!("has a `{key}` of {value}; it lies between 1 and {most}")),
            None => self.secrets().map(drop),
        }
    }

    fn is_safe(&self) -> Result<(), &'static str> {
        let url: Uri = self.url.parse().map_err(|_| "has no `url` that could be understood")?;
        let (scheme, host) = (url.scheme_str().unwrap_or_default(), url.host().unwrap_or_default());
        if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err("has a user in its `url`; its messages are signed instead");
        }
        match (scheme, host) {
            (_, "") => Err("has no `url` with a host"),
            ("https", _) => Ok(()),
            ("http", host) if is_here(host) => Ok(()),
            ("http", _) => Err("is told in the clear: write `https://`; `http://` is for this machine only"),
            _ => Err("has a `url` that is neither `https://` nor `http://`"),
        }
    }

    /// Whether it is on this machine.
    pub(super) fn is_here(&self) -> bool {
        self.url.parse::<Uri>().is_ok_and(|url| url.host().is_some_and(is_here))
    }

    /// Its secrets as they are now.
    ///
    /// # Errors
    ///
    /// Where there are none that could be read.
    pub fn secrets(&self) -> Result<Secrets, WebhookError> {
        let wrong = |why: String| WebhookError { name: self.name(), why };
        let (place, text) = match (&self.secret_file, &self.secret_env) {
            (Some(file), _) => (format!("`{}`", file.display()), std::fs::read_to_string(file).map_err(|error| error.to_string())),
            (None, Some(variable)) => (format!("`{variable}`"), std::env::var(variable).map_err(|error| error.to_string())),
            (None, None) => return Err(wrong("has no secret".into())),
        };
        let text = text.map_err(|error| wrong(format!("has no secret: {place}: {error}")))?;
        Secrets::parse(&text).map_err(|why| wrong(format!("has no secret: {place}: {why}")))
    }

    /// What it hears of.
    #[must_use]
    pub fn subscription(&self) -> Subscription {
        let place = blake3::hash(self.url.as_bytes()).to_hex().to_string();
        let events = self.events.iter().copied().collect();
        Subscription { name: self.name(), events, private: self.private, nearly: self.nearly_used_percent, place }
    }

    /// How long to wait after so many tries, before chance has its say. `None` where there is no other try.
    pub(super) fn wait(&self, tries: i64) -> Option<Duration> {
        let tries = u32::try_from(tries).ok().filter(|tries| *tries < self.tries)?;
        let times = 4_u64.saturating_pow(tries.saturating_sub(1));
        Some(Duration::from_secs(self.first_retry_seconds.saturating_mul(times)).min(LONGEST_WAIT))
    }
}

/// Whether a host is this machine.
pub(crate) fn is_here(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Checks all webhooks of a configuration.
///
/// # Errors
///
/// Where one cannot be used, or two have the same name.
pub(crate) fn validate(webhooks: &[Webhook], has_ledger: bool) -> Result<(), WebhookError> {
    let mut names = BTreeSet::new();
    for webhook in webhooks {
        webhook.validate()?;
        if !has_ledger {
            return Err(WebhookError { name: webhook.name(), why: "needs a ledger, where everything waits until it is delivered".into() });
        }
        if !names.insert(webhook.name()) {
            return Err(WebhookError { name: webhook.name(), why: "is there twice; give each a `name` of its own".into() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook(lines: &str) -> Webhook {
        toml::from_str(&format!("secret_env = \"KULANZ_NO_SUCH_SECRET\"\n{lines}")).unwrap()
    }

    fn why(lines: &str) -> String {
        webhook(lines).validate().unwrap_err().to_string()
    }

    #[test]
    fn nothing_goes_to_another_machine_in_the_clear() {
        // What is wrong first is the address; behind it, that there is no secret.
        for safe in ["https://desk.example/hook", "http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost/hook"] {
            assert!(why(&format!("url = \"{safe}\"")).contains("has no secret"), "{safe}");
        }
        for open in ["http://desk.example/", "http://127.0.0.1.desk.example/", "http://10.0.0.1/", "http://[2001:db8::1]/"] {
            assert!(why(&format!("url = \"{open}\"")).contains("in the clear"), "{open}");
        }
        for wrong in ["ftp://desk.example/", "desk.example", "/hook", "https://", "https://user:pw@desk.example/"] {
            assert!(!why(&format!("url = \"{wrong}\"")).contains("has no secret"), "{wrong}");
        }
        assert!(!why("url = \"https://user:pw@desk.example/\"").contains("pw@"));
    }

    #[test]
    fn a_number_out_of_bounds_is_refused() {
        let at = |line: &str| why(&format!("url = \"https://desk.example\"\n{line}"));
        for (key, most) in [("nearly_used_percent", 100), ("timeout_seconds", 60), ("tries", 100), ("first_retry_seconds", 43_200)] {
            assert!(at(&format!("{key} = 1")).contains("has no secret") && at(&format!("{key} = {most}")).contains("has no secret"));
            assert!(at(&format!("{key} = 0")).contains(key) && at(&format!("{key} = {}", most + 1)).contains(key));
        }
        assert!(at("events = []").contains("told of nothing"));
        assert!(toml::from_str::<Webhook>("url = \"https://a\"\nevents = [\"case.lost\"]").is_err());
        let both = toml::from_str::<Webhook>("url = \"https://a\"\nsecret_env = \"A\"\nsecret_file = \"b\"").unwrap();
        assert!(both.validate().unwrap_err().to_string().contains("one of"));
    }

    #[test]
    fn two_of_one_name_and_one_without_a_ledger_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, crate::hooks::Secret::fresh()).unwrap();
        let made = |url: &str| toml::from_str::<Webhook>(&format!("url = \"{url}\"\nsecret_file = {secret:?}")).unwrap();
        let (one, same, other) = (made("https://a.example/x?key=1"), made("https://a.example/x?key=2"), made("https://b.example/x"));
        assert_eq!(one.name(), "a.example/x");
        assert!(validate(&[one.clone(), other], true).is_ok());
        assert!(validate(&[one.clone(), same], true).unwrap_err().to_string().contains("twice"));
        assert!(validate(&[one], false).unwrap_err().to_string().contains("ledger"));
    }

    #[test]
    fn waits_grow_to_twelve_hours_and_end() {
        let webhook = webhook("url = \"https://a\"");
        let waits: Vec<_> = (1..=12).map(|tries| webhook.wait(tries).map(|wait| wait.as_secs())).collect();
        let seconds = [5, 20, 80, 320, 1280, 5120, 20_480, 43_200, 43_200, 43_200, 43_200];
        assert_eq!(waits, seconds.map(Some).into_iter().chain([None]).collect::<Vec<_>>());
    }
}
