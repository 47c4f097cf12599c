//! The table `[decisions]` of `kulanz.toml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::sample::Sample;

/// How answers are logged. Without `to` they are not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Decisions {
    /// `stdout`, a file that ends in `.jsonl`, or a folder. In a file it is relative to that file.
    pub to: Option<String>,
    /// A file of a folder is closed before it is longer than this, in bytes; and at the end of each day (UTC).
    pub rotate_bytes: Option<u64>,
    /// So many files stay in a folder; without it all do.
    pub keep: Option<usize>,
    /// So long a line waits at most until the system has it, in milliseconds.
    pub flush_millis: u64,
    /// So many bytes may wait to be written.
    pub queue_bytes: usize,
    /// What happens when they do.
    pub when_full: WhenFull,
    /// The share of the answers `yes` that is written. All others always are.
    #[serde(deserialize_with = "share")]
    pub sample_yes: Sample,
    /// The file with the key of what is private. In a file it is relative to that file.
    pub key_file: Option<PathBuf>,
    /// Whether people who ask are private too.
    pub mask_actors: bool,
}

/// What happens when more waits to be written than may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenFull {
    /// Answers wait, up to the time that they may take, and are refused then.
    #[default]
    Wait,
    /// Lines are left out, and counted.
    Drop,
}

impl Default for Decisions {
    fn default() -> Self {
        Self {
            to: None,
            rotate_bytes: None,
            keep: None,
            flush_millis: 100,
            queue_bytes: 16 << 20,
            when_full: WhenFull::default(),
            sample_yes: Sample::ALL,
            key_file: None,
            mask_actors: false,
        }
    }
}

/// The word for standard output.
const STDOUT: &str = "stdout";
/// Where nothing else is said.
const ROTATE_BYTES: u64 = 64 << 20;

/// A share as TOML writes it. The shortest decimal number for it is the one that was written.
fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Sample, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Whole(i64),
        Decimal(f64),
        Text(String),
    }
    let text = match Written::deserialize(deserializer)? {
        Written::Whole(whole) => whole.to_string(),
        Written::Decimal(decimal) => decimal.to_string(),
        Written::Text(text) => text,
    };
    text.parse().map_err(serde::de::Error::custom)
}

impl Decisions {
    /// The same, with paths that begin at a folder.
    #[must_use]
    pub fn beside(mut self, folder: &Path) -> Self {
        self.to = self.to.map(|to| if to == STDOUT { to } else { folder.join(to).display().to_string() });
        self.key_file = self.key_file.map(|key| folder.join(key));
        self
    }

    /// What makes no sense.
    #[must_use]
    pub fn mistake(&self) -> Option<String> {
        let Some(to) = &self.to else {
            let is_set = *self != Self::default();
            return is_set.then(|| "`decisions.to` says where the log goes; without it nothing is logged".to_owned());
        };
        if to.is_empty() {
            return Some("`decisions.to` is `stdout`, a file that ends in `.jsonl`, or a folder".into());
        }
        let is_folder = self.folder().is_some();
        if !is_folder && (self.rotate_bytes.is_some() || self.keep.is_some()) {
            return Some("`decisions.rotate_bytes` and `decisions.keep` are for a folder; a single file and standard output are not rotated".into());
        }
        let bounds = [
            ("rotate_bytes", self.rotate_bytes(), 1 << 10, 1 << 40),
            ("keep", self.keep.map_or(1, |keep| u64::try_from(keep).unwrap_or(u64::MAX)), 1, 1_000_000),
            ("flush_millis", self.flush_millis, 0, 60_000),
            ("queue_bytes", u64::try_from(self.queue_bytes).unwrap_or(u64::MAX), 1 << 10, 1 << 30),
        ];
        let wrong = bounds.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
        wrong.map(|(name, value, least, most)| format!("`decisions.{name}` is {value}; it lies between {least} and {most}"))
    }

    /// Whether the log goes to standard output.
    #[must_use]
    pub fn is_stdout(&self) -> bool {
        self.to.as_deref() == Some(STDOUT)
    }

    /// The file, where it is a single one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.to.as_deref().map(Path::new).filter(|to| to.extension().is_some_and(|end| end == "jsonl"))
    }

    /// The folder, where it is one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.to.as_deref().map(Path::new).filter(|_| !self.is_stdout() && self.file().is_none())
    }

    /// See [`Self::rotate_bytes`].
    #[must_use]
    pub fn rotate_bytes(&self) -> u64 {
        self.rotate_bytes.unwrap_or(ROTATE_BYTES)
    }

    /// See [`Self::flush_millis`].
    #[must_use]
    pub fn flush(&self) -> Duration {
        Duration::from_millis(self.flush_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Decisions, String> {
        let read: Decisions = toml::from_str(text).map_err(|error| error.to_string())?;
        read.mistake().map_or(Ok(read), Err)
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (text, part) in [
            ("keep = 3", "`decisions.to`"),
            ("to = \"\"", "a folder"),
            ("to = \"log.jsonl\"\nkeep = 3", "are for a folder"),
            ("to = \"stdout\"\nrotate_bytes = 4096", "are for a folder"),
            ("to = \"log\"\nkeep = 0", "between 1 and"),
            ("to = \"log\"\nrotate_bytes = 1023", "between 1024 and"),
            ("to = \"log\"\nqueue_bytes = 1023", "between 1024 and"),
            ("to = \"log\"\nflush_millis = 60_001", "between 0 and"),
            ("to = \"log\"\nsample_yes = 0.0", "above 0"),
            ("to = \"log\"\nsample_yes = 1.5", "above 0"),
            ("to = \"log\"\nwhen_full = \"block\"", "block"),
            ("to = \"log\"\nfrom = 1", "from"),
        ] {
            let refused = of(text).unwrap_err();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }

    #[test]
    fn a_share_is_what_was_written() {
        for (written, share) in [("0.1", "0.1"), ("0.3", "0.3"), ("1", "1"), ("1.0", "1"), ("\"0.05\"", "0.05"), ("0.000001", "0.000001")] {
            assert_eq!(of(&format!("to = \"log\"\nsample_yes = {written}")).unwrap().sample_yes.to_string(), share, "{written}");
        }
    }

    #[test]
    fn where_it_goes_is_known_by_its_name() {
        let at = |to: &str| of(&format!("to = \"{to}\"")).unwrap().beside(Path::new("/etc"));
        assert!(at("stdout").is_stdout() && at("stdout").folder().is_none());
        assert_eq!(at("log.jsonl").file(), Some(Path::new("/etc/log.jsonl")));
        assert_eq!((at("log").folder(), at("/var/log").folder()), (Some(Path::new("/etc/log")), Some(Path::new("/var/log"))));
        assert!(at("log.jsonl").folder().is_none() && at("log").file().is_none());
    }
}
