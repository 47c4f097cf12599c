//! The HTTP service behind `kulanz serve`: one file a resource; `router` is the index.
//!
//! In go a configuration and a pack, out come answers until the process is told to stop. What must stay true: no caller can hold up another, a changed
//! pack replaces the one before it at once or not at all, and a stop cuts off no answer.

mod ask;
mod batch;
mod body;
mod config;
mod envelope;
mod front;
mod health;
mod listen;
mod openapi;
mod options;
mod policy;
mod problem;
mod pulse;
mod reload;
mod router;
mod schema;
mod service;
mod stalled;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

pub use config::{Config, ConfigError, Limits, address};

use crate::engine::{Broken, Engine};
use crate::source::Sources;
use reload::{Live, Reading, Source};
use service::Service;

/// The stack of each thread, in bytes: that of a main thread, so that a policy that answers on the command line answers here too.
const STACK: usize = 8 << 20;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Writes the log to standard error from now on; `KULANZ_LOG` says how much of it (`debug`, `warn`, …).
pub fn log(form: Log) {
    let asked = std::env::var("KULANZ_LOG").ok().filter(|asked| !asked.is_empty());
    let filter = asked.and_then(|asked| EnvFilter::try_new(asked).ok()).unwrap_or_else(|| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // A program that has set up its own log keeps it.
    let _ = match form {
        Log::Human => log.with_target(false).try_init(),
        Log::Json => log.json().try_init(),
    };
}

/// Serves a pack that was read from `path` until SIGTERM or SIGINT. Says on standard output where it listens.
///
/// # Errors
///
/// Where it cannot listen, or the system gives it no threads.
pub fn run(config: &Config, path: &Path, engine: Engine) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()?;
    runtime.block_on(serve(config, path, engine))
}

async fn serve(config: &Config, path: &Path, engine: Engine) -> io::Result<()> {
    let stop = listen::stop_signal()?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {}: {error}", config.listen)))?;
    tracing::info!(pack = %path.display(), version = engine.policy().version, "serving");
    let roots = roots(path, &engine.policy().sources);
    let live = Arc::new(Live::new(engine));
    reload::watch(Files { path: path.to_owned() }, roots, Arc::clone(&live))?;
    let service = Arc::new(Service::new(live, config));
    let (mut out, address) = (io::stdout(), listener.local_addr()?);
    // A service whose output nobody reads is no worse for it.
    let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
    listen::serve(listener, service, config.limits, stop).await;
    Ok(())
}

/// The files of a pack.
struct Files {
    path: PathBuf,
}

impl Source for Files {
    type Output = Engine;

    fn read(&self) -> Reading<Engine> {
        match Engine::read(&self.path) {
            Ok(engine) => Reading { roots: roots(&self.path, &engine.policy().sources), outcome: Ok(engine) },
            Err(broken) => Reading { roots: roots(&self.path, &broken.sources), outcome: Err(summary(&broken)) },
        }
    }

    fn version(engine: &Engine) -> &str {
        &engine.policy().version
    }
}

/// The files and folders that a pack was read from: its own, and each that stands beside it.
fn roots(path: &Path, sources: &Sources) -> Vec<PathBuf> {
    let home = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let beside = sources.iter().filter_map(|(_, source)| {
        let mut parts = source.name().split('/');
        match (parts.next()?, path.is_dir()) {
            ("..", _) => Some(home.join("..").join(parts.next()?)),
            (_, true) => None,
            (first, false) => Some(home.join(first)),
        }
    });
    let mut roots: Vec<_> = std::iter::once(path.to_owned()).chain(beside).collect();
    roots.sort();
    roots.dedup();
    roots
}

/// Every problem on one line, where it stands and what it is.
fn summary(broken: &Broken) -> String {
    let line = |problem: &crate::diagnostic::Diagnostic| {
        let place = problem.span().map(|span| broken.sources.location(span) + ": ").unwrap_or_default();
        format!("{place}{} [{}]", problem.message, problem.code.text())
    };
    let errors = broken.diagnostics.iter().filter(|problem| problem.severity() == crate::diagnostic::Severity::Error);
    errors.map(line).collect::<Vec<_>>().join("; ")
}
