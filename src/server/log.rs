//! The service's own log, on standard error: the table `[log]` of `kulanz.toml`.

use std::io::{self, IsTerminal};

use serde::Deserialize;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// How much of it there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "these are the words for it")]
pub enum Level {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

/// The service's own log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// How it is written.
    pub format: Form,
    /// How much of it there is. The variable `KULANZ_LOG` goes before it.
    pub level: Level,
    /// Whether questions are shown, with their facts; private ones are hidden.
    pub facts: bool,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Libraries that show what they send and receive, with its tokens, when they are asked to say more than this.
const LOOSE_TONGUES: [&str; 10] = ["h2", "hyper", "hyper_util", "rustls", "sqlx", "tokio_rustls", "tower_http", "ureq", "ureq_proto", "want"];
/// What it says of a change in a folder becomes a change itself where the log is written into that folder.
const WATCHER: &str = "notify";
/// What this one says of the sessions of language models holds what customers said.
const MODELS: &str = "rmcp";

/// Writes the log to standard error from now on; `KULANZ_LOG` says how much of it (`debug`, `warn`, …), or else the configuration does.
pub fn log(settings: Log) {
    let asked = std::env::var("KULANZ_LOG").ok().filter(|asked| !asked.is_empty());
    let filter = asked.and_then(|asked| discreet(&asked)).or_else(|| discreet(settings.level.word())).unwrap_or_default();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // A program that has set up its own log keeps it.
    let _ = match settings.format {
        Form::Text => log.with_target(false).try_init(),
        Form::Json => log.json().with_span_list(false).try_init(),
    };
}

/// A filter that lets libraries say no more than they should, unless it names them itself. Nothing where it is no filter.
fn discreet(asked: &str) -> Option<EnvFilter> {
    let plain = EnvFilter::try_new(asked).ok()?;
    let most = plain.max_level_hint().unwrap_or(LevelFilter::TRACE);
    let named = |library: &str| asked.split(',').any(|one| one.trim().split(['=', '[', ':']).next() == Some(library));
    let cap = |library: &'static str, level| Some(format!("{library}={level}")).filter(|_| most > level && !named(library));
    let caps = LOOSE_TONGUES.into_iter().chain([WATCHER]).map(|library| cap(library, LevelFilter::INFO)).chain([cap(MODELS, LevelFilter::ERROR)]);
    EnvFilter::try_new(std::iter::once(asked.to_owned()).chain(caps.flatten()).collect::<Vec<_>>().join(",")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(asked: &str) -> String {
        discreet(asked).map(|filter| filter.to_string()).unwrap_or_default()
    }

    #[test]
    fn libraries_keep_to_themselves_what_they_send() {
        for level in ["trace", "debug"] {
            let filter = shown(level);
            for library in LOOSE_TONGUES.into_iter().chain([WATCHER]) {
                assert!(filter.contains(&format!("{library}=info")), "{filter}");
            }
            assert!(filter.contains("rmcp=error") && filter.ends_with(level), "{filter}");
        }
        assert_eq!((shown("error"), shown("off")), ("error".into(), "off".into()));
        assert!(!shown("info").contains("ureq") && shown("info").contains("rmcp=error"));
    }

    #[test]
    fn who_names_a_library_hears_it() {
        let filter = shown("info,ureq_proto=trace,hyper::client=debug,rmcp[session]=trace");
        assert!(filter.contains("ureq_proto=trace") && filter.contains("ureq=info"), "{filter}");
        assert!(!filter.contains("hyper=") && !filter.contains("rmcp=error"), "{filter}");
        assert_eq!(shown("kulanz=a=b"), "");
    }
}
