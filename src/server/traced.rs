//! The span of a request: what it was, what came of it, and which transactions of the ledger it took part in.
//!
//! Handlers note what they answered with [`note`]; nothing is noted where a request is not traced. Attributes have the names of OpenTelemetry's semantic conventions, or begin with `kulanz.`. None of
//! them holds a fact, a person, a token or the query of an address.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::metrics;
use super::service::Service;
use crate::ledger::store::Purpose;
use crate::ledger::witness::{self, Witness};
use crate::ledger::{Done, Refusal, Settled};
use crate::traces::{Kind, Parent, Span, Spans};

/// So much of a path is told, in characters.
const LONGEST_PATH: usize = 256;
const METHODS: [Method; 7] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];

tokio::task_local! {
    static NOTES: Arc<Notes>;
}

/// Traces the requests of a service.
#[derive(Debug)]
pub struct Tracer {
    /// Where spans go.
    pub spans: Arc<Spans>,
    /// Where the service listens.
    pub address: SocketAddr,
    /// `http` or `https`.
    pub scheme: &'static str,
}

/// A request that is traced.
#[derive(Debug)]
pub struct Traced {
    span: Span,
    notes: Arc<Notes>,
}

/// What is known of a request while it is answered.
#[derive(Debug, Default)]
pub struct Notes {
    said: Mutex<Said>,
    witness: Arc<Witness>,
}

#[derive(Debug, Default)]
struct Said {
    action: Option<String>,
    answer: Option<String>,
    version: Option<String>,
    answers: u64,
}

impl Notes {
    fn change(&self, change: impl FnOnce(&mut Said)) {
        change(&mut self.said.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What is asked about, by which version of the policy.
    pub fn action(&self, action: &str, version: &str) {
        self.change(|said| (said.action, said.version) = (Some(action.to_owned()), Some(version.to_owned())));
    }

    /// A question was answered.
    pub fn answer(&self, action: &str, answer: &str, version: &str) {
        self.action(action, version);
        self.change(|said| (said.answer, said.answers) = (Some(answer.to_owned()), said.answers + 1));
    }

    /// What came of an order.
    pub fn settled(&self, settled: &Settled) {
        match settled {
            Ok(Done::Grant(grant)) => self.answered(&grant.answer),
            Err(Refusal::NotGranted(answer) | Refusal::Unconfirmed { answer, .. } | Refusal::NothingToAsk(answer)) => self.answered(answer),
            _ => {}
        }
    }

    fn answered(&self, answer: &RawValue) {
        #[derive(Deserialize)]
        struct Answer {
            answer: String,
        }
        let word = serde_json::from_str::<Answer>(answer.get()).ok().map(|answer| answer.answer);
        self.change(|said| (said.answer, said.answers) = (word, 1));
    }
}

/// Notes something of the request that is answered here, if it is traced.
pub fn note(service: &Service, note: impl FnOnce(&Notes)) {
    if service.tracer.is_some() {
        // Whoever is not traced has no notes.
        let _ = NOTES.try_with(|notes| note(notes));
    }
}

/// The notes of the request that is answered here, to take them to another thread.
pub fn notes(service: &Service) -> Option<Arc<Notes>> {
    service.tracer.as_ref().and_then(|_| NOTES.try_with(Arc::clone).ok())
}

/// Works on a request whose notes were taken along.
pub fn carried<T>(notes: Option<Arc<Notes>>, work: impl FnOnce() -> T) -> T {
    match notes {
        Some(notes) => witness::look_on_work(Arc::clone(&notes.witness), || NOTES.sync_scope(notes, work)),
        None => work(),
    }
}

/// Has a future that somebody else works on belong to the request that is answered here.
pub fn taken_along<F: Future>(service: &Service, future: F) -> impl Future<Output = F::Output> + use<F> {
    along(notes(service), future)
}

/// Has a future belong to the request whose notes these are.
pub async fn along<F: Future>(notes: Option<Arc<Notes>>, future: F) -> F::Output {
    match notes {
        Some(notes) => witness::look_on(Arc::clone(&notes.witness), NOTES.scope(notes, future)).await,
        None => future.await,
    }
}

/// How a request ended.
#[derive(Debug)]
pub struct Ended<'a> {
    /// What was asked for.
    pub method: &'a Method,
    /// Where.
    pub uri: &'a Uri,
    /// What was answered.
    pub status: StatusCode,
    /// The id of the request.
    pub id: &'a str,
    /// How long it took.
    pub took: Duration,
}

impl Tracer {
    /// Traces a request, if it is to be traced.
    pub fn begin(&self, headers: &HeaderMap) -> Option<Traced> {
        let span = self.spans.begin(Parent::of(headers), Kind::Server, SystemTime::now())?;
        Some(Traced { span, notes: Arc::default() })
    }
}

/// Answers a request; what is noted meanwhile belongs to its trace.
pub async fn around<F: Future>(traced: Option<&Traced>, answering: F) -> F::Output {
    along(traced.map(Traced::notes), answering).await
}

impl Traced {
    /// What is noted of it, to take it to where nothing knows of the request.
    pub fn notes(&self) -> Arc<Notes> {
        Arc::clone(&self.notes)
    }

    /// The request is answered.
    pub fn end(self, service: &Service, ended: &Ended<'_>) {
        let Some(tracer) = &service.tracer else { return };
        let Self { mut span, notes } = self;
        span.took = ended.took;
        describe(&mut span, tracer, ended);
        let said = std::mem::take(&mut *notes.said.lock().unwrap_or_else(PoisonError::into_inner));
        let version = said.version.unwrap_or_else(|| service.live.with(|engine| engine.policy().version.clone()));
        span.say("kulanz.policy.version", version);
        if said.answers > 1 {
            span.say("kulanz.answers", said.answers);
        } else {
            let known = [("kulanz.action", said.action), ("kulanz.answer", said.answer)];
            for (name, word) in known.into_iter().filter_map(|(name, word)| Some((name, word?))) {
                span.say(name, word);
            }
        }
        for seen in notes.witness.tell() {
            let name = if seen.purpose == Purpose::Write { "ledger transaction" } else { "ledger read" };
            let mut child = span.child(name, seen.begun, seen.took);
            child.say("kulanz.ledger.orders", u64::try_from(seen.orders).unwrap_or(u64::MAX));
            child.say("kulanz.ledger.done", seen.is_done);
            tracer.spans.take(child);
        }
        tracer.spans.take(span);
    }
}

fn describe(span: &mut Span, tracer: &Tracer, ended: &Ended<'_>) {
    let (status, path) = (ended.status, ended.uri.path());
    let method = METHODS.iter().find(|known| *known == ended.method).map(Method::as_str);
    let route = metrics::route_of(path);
    let called = method.unwrap_or("HTTP");
    span.name = route.map_or_else(|| called.to_owned(), |route| format!("{called} {route}")).into();
    span.say("http.request.method", method.unwrap_or("_OTHER").to_owned());
    if let Some(route) = route {
        span.say("http.route", route);
    }
    span.say("url.path", path.chars().take(LONGEST_PATH).collect::<String>());
    span.say("url.scheme", tracer.scheme);
    span.say("server.address", tracer.address.ip().to_string());
    span.say("server.port", u64::from(tracer.address.port()));
    span.say("http.response.status_code", u64::from(status.as_u16()));
    span.say("kulanz.request.id", ended.id.to_owned());
    if status.is_server_error() {
        span.say("error.type", status.as_str().to_owned());
        span.is_failed = true;
    }
}
