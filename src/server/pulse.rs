//! Which connections are idle, so that one of them makes room where all places are taken.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

/// How often the clock of the connections goes on.
const TICK: Duration = Duration::from_millis(100);
/// Who was silent for so many ticks makes room; long enough for an answer that is ready to be written.
const SILENT: u64 = 10;

/// The life of one connection.
#[derive(Debug)]
pub struct Pulse {
    clock: Arc<Clock>,
    /// When something last happened, in ticks.
    last: AtomicU64,
    requests: AtomicUsize,
    writing: AtomicBool,
    /// Whether the body of the last request has not been read to its end.
    unread: AtomicBool,
    leave: Notify,
}

impl Pulse {
    fn new(clock: Arc<Clock>) -> Self {
        let last = AtomicU64::new(clock.now());
        Self { clock, last, requests: AtomicUsize::new(0), writing: AtomicBool::new(false), unread: AtomicBool::new(false), leave: Notify::new() }
    }

    fn beat(&self) {
        self.last.store(self.clock.now(), Ordering::Relaxed);
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

    /// A body is to be read, or was read to its end.
    pub fn body(&self, unread: bool) {
        self.unread.store(unread, Ordering::Relaxed);
    }

    /// Whether the body of the last request has not been read to its end.
    pub fn has_unread_body(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Waits until this connection is to make room.
    pub async fn told_to_leave(&self) {
        self.leave.notified().await;
    }

    /// Whether nothing has happened here for long enough.
    pub fn is_idle(&self) -> bool {
        self.idle_since().is_some()
    }

    /// Since which tick nothing happens here, if for long enough.
    fn idle_since(&self) -> Option<u64> {
        let busy = self.requests.load(Ordering::Acquire) > 0 || self.writing.load(Ordering::Acquire);
        let last = self.last.load(Ordering::Relaxed);
        (!busy && self.clock.now().saturating_sub(last) > SILENT).then_some(last)
    }
}

/// A clock that all connections look at without asking the system. It goes on while [`Pulses::tick`] runs.
#[derive(Debug, Default)]
struct Clock(AtomicU64);

impl Clock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All connections.
#[derive(Debug, Default)]
pub struct Pulses {
    all: Mutex<(u64, HashMap<u64, Arc<Pulse>>)>,
    clock: Arc<Clock>,
}

impl Pulses {
    fn all(&self) -> MutexGuard<'_, (u64, HashMap<u64, Arc<Pulse>>)> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new connection; it is one of all until this is dropped.
    pub fn join(self: &Arc<Self>) -> Member {
        let (pulse, mut all) = (Arc::new(Pulse::new(Arc::clone(&self.clock))), self.all());
        all.0 += 1;
        let id = all.0;
        all.1.insert(id, Arc::clone(&pulse));
        Member { id, pulse, pulses: Arc::clone(self) }
    }

    /// Lets time go on, for ever.
    pub async fn tick(&self) {
        let mut interval = tokio::time::interval(TICK);
        // After a stall time does not jump: nobody could beat meanwhile.
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.clock.0.fetch_add(1, Ordering::Relaxed);
        }
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

    /// The life of the connection.
    pub fn pulse(&self) -> &Pulse {
        &self.0
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.beat();
        self.0.requests.fetch_sub(1, Ordering::AcqRel);
    }
}
