//! `kulanz mcp`: one session over standard input and output, with whoever started this.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use tokio::io::{BufReader, stdin, stdout};

use super::lines::Lines;
use super::{Desk, bound};
use crate::access::Identity;
use crate::engine::Engine;
use crate::question::Json;
use crate::server::books::Books;
use crate::server::config::Config;
use crate::server::gate::Gate;
use crate::server::recorder::Recorder;
use crate::server::reload::{self, Live};
use crate::server::service::Service;
use crate::server::{Files, close, finish, listen, people, roots};

/// What holds for the whole session.
#[derive(Clone, Debug)]
pub struct Session {
    /// As whom the model acts.
    pub identity: Identity,
    /// What is on record of the case that the session is about.
    pub record: Option<Json>,
    /// The language of answers to calls that name none.
    pub language: Option<String>,
}

/// Answers a client until it closes standard input, or SIGTERM or SIGINT comes.
///
/// # Errors
///
/// Where the ledger cannot be opened, or the client does not speak the protocol.
pub fn run(config: &Config, path: &Path, engine: Engine, session: Session) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().thread_stack_size(crate::server::STACK).build()?;
    let ended = runtime.block_on(serve(config, path, engine, session));
    // A thread that waits for input would hold it up.
    runtime.shutdown_background();
    ended
}

async fn serve(config: &Config, path: &Path, engine: Engine, session: Session) -> io::Result<()> {
    let stop = listen::stop_signal()?;
    let for_serve = [("[traces]", config.traces.is_some()), ("[[webhook]]", !config.webhook.is_empty())];
    for (table, _) in for_serve.iter().filter(|(_, is_there)| *is_there) {
        tracing::warn!("`{table}` is for `kulanz serve`; it does nothing here");
    }
    let roots = roots(path, &engine.policy().sources);
    let live = Arc::new(Live::new(engine));
    let people = people(config, &live)?;
    let books = match &config.ledger {
        Some(address) => Some(Books::open(address, config.pseudonym_key.as_deref()).await?),
        None => None,
    };
    let recorder = live.with(|engine| Recorder::open(&config.decisions, engine.policy()))?.map(Arc::new);
    reload::watch(Files { path: path.to_owned(), recorder: recorder.clone() }, roots, Arc::clone(&live))?;
    let service = Arc::new(Service::new(live, people, books, Gate::default(), config).recording(recorder.clone()));
    let Session { identity, record, language } = session;
    let caller = Some(Arc::new(bound(&identity, record.is_some())));
    let desk = Desk { service: Arc::clone(&service), caller, identity: Some(identity), record, language, announces: true };
    let ended = tokio::select! {
        ended = converse(desk) => ended,
        () = stop => Ok(()),
    };
    finish(recorder, config).await;
    close(service).await;
    ended
}

async fn converse(desk: Desk) -> io::Result<()> {
    let (lines, streams) = Lines::between(BufReader::new(stdin()), stdout());
    let session = Box::pin(async {
        match desk.serve(streams).await {
            Ok(session) => session.waiting().await.map(drop).map_err(io::Error::other),
            // Nobody said anything.
            Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
            Err(error) => Err(io::Error::other(error)),
        }
    });
    lines.carry(session).await
}
