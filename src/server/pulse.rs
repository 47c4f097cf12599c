//! Which connections are idle, so that one of them makes room where all places are taken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::sync::Notify;

/// Who was silent for so long makes room; long enough for an answer that is ready to be written.
pub const SILENT: Duration = Duration::from_secs(1);

/// The life of one connection.
#[derive(Debug)]
pub struct Pulse {
    state: Mutex<State>,
    leave: Notify,
}

#[derive(Debug)]
struct State {
    requests: usize,
    writing: bool,
    last: Instant,
}

impl Pulse {
    fn new() -> Self {
        Self { state: Mutex::new(State { requests: 0, writing: false, last: Instant::now() }), leave: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes came.
    pub fn read(&self) {
        self.state().last = Instant::now();
    }

    /// Bytes went, or wait to go.
    pub fn wrote(&self, all: bool) {
        let mut state = self.state();
        state.writing = !all;
        state.last = Instant::now();
    }

    /// Waits until this connection is to make room.
    pub async fn told_to_leave(&self) {
        self.leave.notified().await;
    }

    fn request(&self, begun: bool) {
        let mut state = self.state();
        state.requests = if begun { state.requests + 1 } else { state.requests.saturating_sub(1) };
        state.last = Instant::now();
    }

    /// Since when nothing happens here, if for long enough.
    fn idle_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.requests == 0 && !state.writing && state.last.elapsed() >= SILENT).then_some(state.last)
    }
}

/// All connections.
#[derive(Debug, Default)]
pub struct Pulses(Mutex<(u64, HashMap<u64, Arc<Pulse>>)>);

impl Pulses {
    fn all(&self) -> MutexGuard<'_, (u64, HashMap<u64, Arc<Pulse>>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection; it is one of all until this is dropped.
    pub fn join(self: &Arc<Self>) -> Member {
        let (pulse, mut all) = (Arc::new(Pulse::new()), self.all());
        all.0 += 1;
        let id = all.0;
        all.1.insert(id, Arc::clone(&pulse));
        Member { id, pulse, pulses: Arc::clone(self) }
    }

    /// Tells the connection that has been idle longest to leave, if one is.
    pub fn make_room(&self) {
        let idle = self.all().1.values().filter_map(|pulse| Some((pulse.idle_since()?, Arc::clone(pulse)))).min_by_key(|(since, _)| *since);
        if let Some((_, pulse)) = idle {
            pulse.leave.notify_one();
        }
    }
}

/// A connection among all.
#[derive(Debug)]
pub struct Member {
    id: u64,
    /// Its life.
    pub pulse: Arc<Pulse>,
    pulses: Arc<Pulses>,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.pulses.all().1.remove(&self.id);
    }
}

/// A service whose requests count as life.
#[derive(Debug)]
pub struct Counted<S> {
    service: S,
    pulse: Arc<Pulse>,
}

impl<S> Counted<S> {
    /// Counts the requests of one connection.
    pub fn new(service: S, pulse: Arc<Pulse>) -> Self {
        Self { service, pulse }
    }
}

impl<S> Service<Request<Incoming>> for Counted<S>
where
    S: Service<Request<Incoming>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let under_way = UnderWay::begin(Arc::clone(&self.pulse));
        let answer = self.service.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(under_way);
            answer
        })
    }
}

struct UnderWay(Arc<Pulse>);

impl UnderWay {
    fn begin(pulse: Arc<Pulse>) -> Self {
        pulse.request(true);
        Self(pulse)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.request(false);
    }
}
