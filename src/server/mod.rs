//! The HTTP service behind `kulanz serve`: one file a resource; `router` is the index.
//!
//! In go a configuration and a pack, out come answers until the process is told to stop. What must stay true: no caller can hold up another, a changed
//! pack replaces the one before it at once or not at all, and a stop cuts off no answer.

mod ask;
mod authzen;
mod batch;
mod behalf;
mod body;
mod booking;
mod books;
mod budgets;
mod cases;
mod config;
mod docs;
mod envelope;
mod errand;
mod front;
mod gate;
mod grants;
mod health;
mod idempotency;
mod listen;
mod log;
#[cfg(feature = "mcp")]
pub mod mcp;
mod metrics;
mod noting;
mod openapi;
mod options;
mod parameters;
mod policy;
mod problem;
mod proposal;
mod pulse;
mod recorder;
mod refusal;
pub(crate) mod reload;
mod router;
mod schema;
mod service;
mod stalled;
mod telling;
mod tls;
mod traced;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket};

pub use config::{Config, ConfigError, Limits, address};
pub use log::{Form, Level, Log, log};

use crate::engine::{Broken, Engine};
use crate::source::Sources;
use crate::traces::{Exporting, Spans};
use books::{Books, PeopleFile, Roster};
use gate::Gate;
use recorder::Recorder;
use reload::{Live, Reading, Source};
use service::Service;
use telling::Telling;
use tls::Tls;
use traced::Tracer;

/// The stack of each thread, in bytes: that of a main thread, so that a policy that answers on the command line answers here too.
const STACK: usize = 8 << 20;

/// So long the decision log may take at the end, where `drain_seconds` is not less.
const LAST_LINES: Duration = Duration::from_secs(10);

/// How long it may take until nobody holds the service any more after all requests are done.
const LET_GO: Duration = Duration::from_secs(2);

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
    listen::allow_files(config.limits.connections);
    let listener = bound(config.listen).map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {}: {error}", config.listen)))?;
    tracing::info!(pack = %path.display(), version = engine.policy().version, "serving");
    let roots = roots(path, &engine.policy().sources);
    let live = Arc::new(Live::new(engine));
    fits(config, &live)?;
    let people = people(config, &live)?;
    #[cfg(feature = "mcp")]
    knows_model(config, &live, people.as_deref())?;
    let books = match &config.ledger {
        Some(address) => Some(Books::open(address, config.pseudonym_key.as_deref()).await?),
        None => None,
    };
    let recorder = live.with(|engine| Recorder::open(&config.decisions, engine.policy()))?.map(Arc::new);
    reload::watch(Files { path: path.to_owned(), recorder: recorder.clone() }, roots, Arc::clone(&live))?;
    let gate = Gate::new(&config.access)?;
    let tls = config.tls.as_ref().map(Tls::new).transpose()?;
    announce(config, &gate);
    let scheme = config.scheme();
    let (tracer, exporting) = trace(config, listener.local_addr()?, scheme)?.unzip();
    let mut service = Service::new(live, people, books, gate, config).recording(recorder.clone());
    service.tracer = tracer;
    let service = Arc::new(service);
    let telling = Telling::start(&service, config).await?;
    let tending = tokio::spawn(books::tend(Arc::clone(&service)));
    // A service whose output nobody reads is no worse for it.
    let listening = format!("listening on {scheme}://{}", listener.local_addr()?);
    let mut out = io::stdout();
    // Where decisions go to standard output, nothing else does.
    let _ =
        if config.decisions.is_stdout() { writeln!(io::stderr(), "{listening}") } else { writeln!(out, "{listening}").and_then(|()| out.flush()) };
    listen::serve(listener, Arc::clone(&service), tls, config.limits, stop).await;
    tending.abort();
    // It ends where it waits; what it has begun is carried out all the same.
    let _ = tending.await;
    telling.finish().await;
    // What was begun for callers who are gone is noted too.
    service.is_done(LET_GO).await;
    finish(recorder, config).await;
    if let Some(exporting) = exporting {
        exporting.finish().await;
    }
    close(service).await;
    Ok(())
}

/// Lets the decision log write what it has.
async fn finish(recorder: Option<Arc<Recorder>>, config: &Config) {
    if let Some(recorder) = recorder {
        let most = config.limits.drain().min(LAST_LINES);
        // It waits for a thread and for a disk.
        let _ = tokio::task::spawn_blocking(move || recorder.close(most)).await;
    }
}

/// Begins to trace, where that is wanted.
fn trace(config: &Config, address: SocketAddr, scheme: &'static str) -> io::Result<Option<(Tracer, Exporting)>> {
    let Some(settings) = &config.traces else { return Ok(None) };
    let (spans, exporting) = Spans::start(settings)?;
    Ok(Some((Tracer { spans, address, scheme }, exporting)))
}

/// So many connections wait until they are accepted; more are tried again by their side only after a second.
const WAITING: u32 = 4096;

fn bound(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// Says who may ask, as far as it is worth a word.
fn announce(config: &Config, gate: &Gate) {
    if gate.is_open() {
        tracing::info!("nobody is asked for a token, so that only this machine is served; docs/access.md says how to change that");
    } else if config.tls.is_none() && !config.behind_proxy {
        tracing::info!("tokens are asked for, and nothing is encrypted, so that only this machine is served");
    }
}

/// Refuses a configuration that names what the policy does not have.
fn fits(config: &Config, policy: &Live<Engine>) -> io::Result<()> {
    let missing = policy.with(|engine| config.authzen.problems(engine.policy()));
    if missing.is_empty() {
        Ok(())
    } else {
        Err(io::Error::other(format!("`[authzen]` names what the policy does not have: {}", missing.join(", "))))
    }
}

/// Refuses a model in a role that nobody knows.
#[cfg(feature = "mcp")]
fn knows_model(config: &Config, policy: &Live<Engine>, people: Option<&Live<Roster>>) -> io::Result<()> {
    let people = people.map(|people| people.with(|roster| Arc::clone(&roster.people))).unwrap_or_default();
    let unknown = config.mcp.as_ref().and_then(|mcp| policy.with(|engine| mcp.unknown(engine.policy(), &people)));
    unknown.map_or(Ok(()), |unknown| Err(io::Error::other(format!("`[mcp]`: {unknown}"))))
}

/// The people, from their file on, if there is one.
fn people(config: &Config, policy: &Arc<Live<Engine>>) -> io::Result<Option<Arc<Live<Roster>>>> {
    let Some(path) = &config.people else { return Ok(None) };
    let file = PeopleFile { path: path.clone(), live: Arc::clone(policy) };
    let people = Arc::new(Live::new(file.roster().map_err(io::Error::other)?));
    reload::watch(file, vec![path.clone()], Arc::clone(&people))?;
    Ok(Some(people))
}

/// Lets the ledger finish what it has begun, and closes it.
async fn close(mut service: Arc<Service>) {
    let begun = Instant::now();
    let books = loop {
        match Arc::try_unwrap(service) {
            Ok(service) => break service.books,
            // A connection that was just answered holds it for a moment more; one that was cut off, for ever.
            Err(held) if begun.elapsed() < LET_GO => service = held,
            Err(_) => return tracing::warn!("the ledger is in use by requests that were cut off, and is left as it is"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let Some(Books { ledger }) = books else { return };
    if let Err(error) = ledger.seal().await {
        tracing::warn!(%error, "the log is not sealed");
    }
    match ledger.close().await {
        Ok(()) => tracing::info!("the ledger is closed"),
        Err(error) => tracing::error!(%error, "the ledger could not be closed"),
    }
}

/// The files of a pack.
struct Files {
    path: PathBuf,
    recorder: Option<Arc<Recorder>>,
}

impl Source for Files {
    type Output = Engine;

    const NAME: &'static str = "policy";

    fn read(&self) -> Reading<Engine> {
        match Engine::read(&self.path) {
            Ok(engine) => {
                let unhidden = self.recorder.as_ref().and_then(|recorder| recorder::unhidden(&recorder.mask, engine.policy()));
                Reading { roots: roots(&self.path, &engine.policy().sources), outcome: unhidden.map_or(Ok(engine), Err) }
            }
            Err(broken) => Reading { roots: roots(&self.path, &broken.sources), outcome: Err(summary(&broken)) },
        }
    }

    fn version(engine: &Engine) -> &str {
        &engine.policy().version
    }
}

/// The files and folders that a pack was read from: its own, and each that stands beside it.
pub(crate) fn roots(path: &Path, sources: &Sources) -> Vec<PathBuf> {
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
