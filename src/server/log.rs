//! The service's own log, on standard error: the table `[log]` of `kulanz.toml`.

use std::io::{self, IsTerminal};

use serde::Deserialize;
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

/// Writes the log to standard error from now on; `KULANZ_LOG` says how much of it (`debug`, `warn`, …), or else the configuration does.
pub fn log(settings: Log) {
    let asked = std::env::var("KULANZ_LOG").ok().filter(|asked| !asked.is_empty());
    let filter = asked.and_then(|asked| EnvFilter::try_new(asked).ok()).unwrap_or_else(|| EnvFilter::new(settings.level.word()));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // A program that has set up its own log keeps it.
    let _ = match settings.format {
        Form::Text => log.with_target(false).try_init(),
        Form::Json => log.json().with_span_list(false).try_init(),
    };
}
