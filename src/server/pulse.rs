//! Which connections are idle, so that one of them makes room where all places are taken.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Who was silent for so long makes room; long enough for an answer that is ready to be written.
pub const SILENT: Duration = Duration::from_secs(1);

/// The life of one connection.
#[derive(Debug)]
pub struct Pulse {
    begun: Instant,
    /// When something last happened, in milliseconds since the beginning.
    last: AtomicU64,
    requests: AtomicUsize,
    writing: AtomicBool,
    leave: Notify,
}

impl Pulse {
    fn new() -> Self {
        Self { begun: Instant::now(), last: AtomicU64::new(0), requests: AtomicUsize::new(0), writing: AtomicBool::new(false), leave: Notify::new() }
    }

    fn beat(&self) {
        self.last.store(u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Bytes came.
    pub fn read(&self) {
        self.beat();
    }

    /// Bytes went, or wait to go.
    pub fn wrote(&self, all: bool) {
        self.beat();
        self.writing.store(!all, Ordering::Release);
    }

    /// Waits until this connection is to make room.
    pub async fn told_to_leave(&self) {
        self.leave.notified().await;
    }

    /// Since when nothing happens here, if for long enough.
    fn idle_since(&self) -> Option<Instant> {
        let busy = self.requests.load(Ordering::Acquire) > 0 || self.writing.load(Ordering::Acquire);
        let last = self.begun.checked_add(Duration::from_millis(self.last.load(Ordering::Relaxed)))?;
        (!busy && last.elapsed() >= SILENT).then_some(last)
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

/// A request that is worked on, as life of its connection.
pub struct UnderWay(Arc<Pulse>);

impl UnderWay {
    /// It is until this is dropped.
    pub fn begin(pulse: Arc<Pulse>) -> Self {
        pulse.beat();
        pulse.requests.fetch_add(1, Ordering::AcqRel);
        Self(pulse)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.beat();
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}
