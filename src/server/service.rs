//! What every handler works with.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinError;
use tracing::Instrument as _;

use super::authzen;
use super::body::{self, Received};
use super::books::{self, Books, Roster};
use super::config::{Config, Limits};
use super::gate::Gate;
use super::metrics::Meter;
use super::problem::{Kind, Problem};
use super::recorder::Recorder;
use super::reload::Live;
use super::traced::{self, Tracer};
use crate::access;
use crate::access::Scope;
use crate::decide::Outcome;
use crate::decisions::Mask;
use crate::engine::{Engine, json_line};
use crate::hooks::Tally;
use crate::ledger::LedgerError;
use crate::ledger::people::People;
use crate::policy::Policy;
use crate::question::{Caller, Json, Question, Reader, Spending, Unread};

/// Who calls, as it was found out before the request came to its handler.
pub type Asking = Extension<Arc<access::Caller>>;

/// The service while it runs.
#[derive(Debug)]
pub struct Service {
    /// The policy that answers now.
    pub live: Arc<Live<Engine>>,
    /// Reads bodies.
    pub bodies: body::Reader,
    /// What callers may use up.
    pub limits: Limits,
    /// The ledger, where there is one.
    pub books: Option<Books>,
    /// Who works here, where that is known.
    pub people: Option<Arc<Live<Roster>>>,
    /// Who may ask.
    pub gate: Gate,
    /// What the AuthZEN paths work with.
    pub authzen: authzen::Setup,
    /// What webhooks were told.
    pub told: Arc<Tally>,
    /// What is counted.
    pub meter: Meter,
    /// The decision log, where there is one.
    pub recorder: Option<Arc<Recorder>>,
    /// Whether questions are shown in the service's own log.
    pub shows_facts: bool,
    /// Who traces requests, where they are traced.
    pub tracer: Option<Tracer>,
    /// As whom a language model acts, where it may.
    #[cfg(feature = "mcp")]
    pub mcp: Option<super::mcp::Mcp>,
    trust_record: bool,
    batches: Arc<Semaphore>,
    /// Each piece of work that is done to its end holds it.
    under_way: Arc<()>,
}

impl Service {
    /// A service that answers from what is live.
    pub fn new(live: Arc<Live<Engine>>, people: Option<Arc<Live<Roster>>>, books: Option<Books>, gate: Gate, config: &Config) -> Self {
        let limits = config.limits;
        let batches = Arc::new(Semaphore::new(limits.concurrent_batches));
        Self {
            live,
            bodies: body::Reader::new(limits),
            limits,
            books,
            people,
            gate,
            authzen: authzen::Setup::new(&config.authzen, config.scheme()),
            told: Arc::default(),
            meter: Meter::default(),
            recorder: None,
            shows_facts: config.log.facts,
            tracer: None,
            #[cfg(feature = "mcp")]
            mcp: config.mcp.clone(),
            trust_record: config.trust_record,
            batches,
            under_way: Arc::default(),
        }
    }

    /// The same, with a decision log.
    #[must_use]
    pub fn recording(self, recorder: Option<Arc<Recorder>>) -> Self {
        Self { recorder, ..self }
    }

    /// Lets only callers pass that may do this.
    ///
    /// # Errors
    ///
    /// 403 with the scope that is missing.
    #[allow(clippy::unused_self, reason = "what a caller may do is the service's to say")]
    pub fn demand(&self, caller: &access::Caller, scope: Scope) -> Result<(), Problem> {
        if caller.may(scope) { Ok(()) } else { Err(Problem::insufficient_scope(scope)) }
    }

    /// Lets only callers pass that may do one of these.
    ///
    /// # Errors
    ///
    /// 403 with the first of them.
    pub fn demand_any(&self, caller: &access::Caller, scopes: &[Scope]) -> Result<(), Problem> {
        match scopes {
            [first, more @ ..] if !more.iter().any(|scope| caller.may(*scope)) => self.demand(caller, *first),
            _ => Ok(()),
        }
    }

    /// The ledger.
    ///
    /// # Errors
    ///
    /// 503 where there is none.
    pub fn books(&self) -> Result<&Books, Problem> {
        self.books.as_ref().ok_or_else(books::none)
    }

    /// Who works here now.
    pub fn people(&self) -> Arc<People> {
        self.people.as_ref().map(|live| live.with(|roster| Arc::clone(&roster.people))).unwrap_or_default()
    }

    /// Waits for the ledger, as long as an answer may take.
    ///
    /// # Errors
    ///
    /// 503 or 500 where it does not answer.
    pub async fn ledger<T>(&self, answer: impl Future<Output = Result<T, LedgerError>>) -> Result<T, Problem> {
        self.done(self.in_time(answer).await?)
    }

    async fn in_time<T>(&self, answer: impl Future<Output = T>) -> Result<T, Problem> {
        tokio::time::timeout(self.limits.answer(), answer).await.map_err(|_| {
            self.meter.ledger_failed();
            let detail =
                "the ledger does not answer; whether something was booked is not known: the same request with the same `Idempotency-Key` tells";
            Problem::from(Kind::AnswerTimeout).detail(detail)
        })
    }

    /// What the ledger did.
    ///
    /// # Errors
    ///
    /// 503 or 500 where it failed, which is counted.
    pub fn done<T>(&self, answered: Result<T, LedgerError>) -> Result<T, Problem> {
        answered.map_err(|error| {
            self.meter.ledger_failed();
            error.into()
        })
    }

    /// Does what may book something to its end, also where nobody waits for it any more: whatever comes of it is noted. It is waited for as long as an answer may take.
    ///
    /// # Errors
    ///
    /// As [`Self::ledger`].
    pub async fn to_the_end<T: Send + 'static>(&self, work: impl Future<Output = Result<T, Problem>> + Send + 'static) -> Result<T, Problem> {
        let under_way = Arc::clone(&self.under_way);
        let work = async move {
            let answer = work.await;
            drop(under_way);
            answer
        };
        let task = tokio::spawn(traced::taken_along(self, work).in_current_span());
        let done = async {
            match task.await.map_err(JoinError::try_into_panic) {
                Ok(done) => done,
                Err(Ok(panic)) => resume_unwind(panic),
                // The program ends.
                Err(Err(_)) => pending().await,
            }
        };
        self.in_time(done).await?
    }

    /// Waits until everything that [`Self::to_the_end`] began is done, but no longer than this.
    pub async fn is_done(&self, most: Duration) {
        let begun = Instant::now();
        while Arc::strong_count(&self.under_way) > 1 && begun.elapsed() < most {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Counts an answer.
    pub fn count(&self, policy: &Policy, question: &Question, outcome: Outcome) {
        if let Some(action) = policy.actions.get(question.action.index()) {
            self.meter.decided(&action.name, outcome);
            traced::note(self, |notes| notes.answer(&action.name, outcome.word(), &policy.version));
        }
    }

    /// Waits until the decision log has room, where there must be some before anything is booked.
    ///
    /// # Errors
    ///
    /// 503 where it takes too long.
    pub async fn room_to_record(&self) -> Result<(), Problem> {
        match &self.recorder {
            Some(recorder) => recorder.room(self.limits.answer()).await,
            None => Ok(()),
        }
    }

    /// What hides what is private.
    pub fn mask(&self) -> Mask {
        self.recorder.as_ref().map_or_else(|| Mask::new(None, false), |recorder| recorder.mask.clone())
    }

    /// The version of the policy that answers now.
    pub fn version(&self) -> String {
        self.live.with(|engine| engine.policy().version.clone())
    }

    /// A place among the batches that are worked on; kept until it is dropped.
    ///
    /// # Errors
    ///
    /// 503 where all are taken.
    pub fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let taken = |_| Problem::from(Kind::Overloaded).detail("as many batches as allowed are worked on");
        Arc::clone(&self.batches).try_acquire_owned().map_err(taken)
    }

    /// Whether a caller is believed about who asks, where the list of people does not know.
    pub fn believes(&self, caller: &access::Caller) -> bool {
        self.trust_record && caller.may(Scope::OnBehalf)
    }

    /// Whether what a caller sends as a `record` is one.
    pub fn is_system_of_record(&self, caller: &access::Caller) -> bool {
        self.trust_record && caller.may(Scope::Record)
    }

    /// Reads questions as those of a caller: where it is no system of record, a `record` is refused, for to take it for something said would be a quiet surprise.
    /// `trust_record = false` holds for all callers, whatever their scopes are.
    pub fn reader<'p>(&self, engine: &'p Engine, caller: &access::Caller) -> Reader<'p> {
        let caller = if self.is_system_of_record(caller) { Caller::SystemOfRecord } else { Caller::WithoutRecord };
        let spending = if self.books.is_some() { Spending::Ledger } else { Spending::Question };
        engine.reader().caller(caller).spending(spending)
    }
}

/// A body as text.
///
/// # Errors
///
/// 400 where it is none.
pub fn text(body: &Received) -> Result<&str, Problem> {
    std::str::from_utf8(body.bytes()).map_err(|error| Unread::not_utf8(error.valid_up_to() + 1).into())
}

/// A body as JSON.
///
/// # Errors
///
/// 400 where it is none.
pub fn parse(body: &Received) -> Result<Json, Problem> {
    Ok(Json::parse(text(body)?)?)
}

/// A JSON text as a response.
pub fn json(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A value as a response.
///
/// # Errors
///
/// 500 where it is no JSON, which cannot be.
pub fn answer(value: &impl Serialize) -> Result<Response, Problem> {
    line(value).map(json)
}

/// Something new and where it is.
///
/// # Errors
///
/// As [`answer`].
pub fn created(location: &str, value: &impl Serialize) -> Result<Response, Problem> {
    let mut response = answer(value)?;
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// A value as a line of JSON.
///
/// # Errors
///
/// 500 where it is none, which cannot be.
pub fn line(value: &impl Serialize) -> Result<String, Problem> {
    json_line(value).map_err(|error| {
        tracing::error!(%error, "an answer is not JSON");
        Kind::Internal.into()
    })
}
