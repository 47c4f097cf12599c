//! Which connections are idle, so that one of them makes room where all places are taken; and when one has waited long enough for a request.
//!
//! Both go by a clock with long ticks, so that a request asks the system neither for the time nor for a timer.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use atomic_waker::AtomicWaker;
use hyper::rt::{Sleep, Timer};
use tokio::time::MissedTickBehavior;

/// How often the clock of the connections goes on.
const TICK: Duration = Duration::from_millis(TICK_MILLIS);
const TICK_MILLIS: u64 = 100;
/// Who was silent for so many ticks makes room; long enough for an answer that is ready to be written.
const SILENT: u64 = 10;
/// So many at most make room at one time.
const AT_ONCE: usize = 32;
/// The tick that never comes.
const NEVER: u64 = u64::MAX;

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
    leave: AtomicBool,
    /// The tick from which on its task is woken.
    alarm: AtomicU64,
    task: AtomicWaker,
}

impl Pulse {
    fn new(clock: Arc<Clock>) -> Self {
        let last = AtomicU64::new(clock.now());
        let (writing, unread, leave) = (AtomicBool::new(false), AtomicBool::new(false), AtomicBool::new(false));
        Self { clock, last, requests: AtomicUsize::new(0), writing, unread, leave, alarm: AtomicU64::new(NEVER), task: AtomicWaker::new() }
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

    /// From now on this task is woken where the connection is to make room, or has waited long enough.
    pub fn attend(&self, context: &Context<'_>) {
        self.task.register(context.waker());
    }

    /// Whether this connection is to make room; told once.
    pub fn is_told_to_leave(&self) -> bool {
        self.leave.load(Ordering::Acquire) && self.leave.swap(false, Ordering::AcqRel)
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
#[derive(Debug)]
struct Clock {
    begun: Instant,
    ticks: AtomicU64,
}

impl Default for Clock {
    fn default() -> Self {
        Self { begun: Instant::now(), ticks: AtomicU64::new(0) }
    }
}

impl Clock {
    fn now(&self) -> u64 {
        self.ticks.load(Ordering::Relaxed)
    }

    /// When the present tick began, had no tick been late.
    fn instant(&self) -> Instant {
        self.begun + Duration::from_millis(self.now().saturating_mul(TICK_MILLIS))
    }

    /// The tick before which a moment is surely not there: the present one may be almost over.
    fn tick_after(&self, moment: Instant) -> u64 {
        let ticks = moment.saturating_duration_since(self.begun).as_millis().div_ceil(TICK.as_millis());
        u64::try_from(ticks).unwrap_or(NEVER).saturating_add(1)
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
            let now = self.clock.ticks.fetch_add(1, Ordering::Relaxed) + 1;
            self.all().1.values().filter(|pulse| pulse.alarm.load(Ordering::Relaxed) <= now).for_each(|pulse| pulse.task.wake());
        }
    }

    /// Tells the connection that has been idle longest to leave, if one is. Where many are, it is some of them at once: whoever comes next need not look at all again.
    pub fn make_room(&self) {
        let is_told = |pulse: &Pulse| pulse.leave.load(Ordering::Relaxed);
        let all = self.all();
        let idle = all.1.values().filter(|pulse| !is_told(pulse)).filter_map(|pulse| Some((pulse.idle_since()?, Arc::clone(pulse))));
        let mut idle: Vec<_> = idle.collect();
        drop(all);
        idle.sort_unstable_by_key(|(since, _)| *since);
        let some = (idle.len() / 8).clamp(1, AT_ONCE);
        for (_, pulse) in idle.into_iter().take(some) {
            pulse.leave.store(true, Ordering::Release);
            pulse.task.wake();
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

/// Time for the deadlines of one connection: not a moment too early, and at most two ticks too late. One deadline at a time, of the task that attends to the pulse.
#[derive(Debug)]
pub struct Alarm(pub Arc<Pulse>);

impl Timer for Alarm {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until { tick: self.0.clock.tick_after(deadline), pulse: Arc::clone(&self.0) })
    }

    fn now(&self) -> Instant {
        self.0.clock.instant()
    }
}

/// Waits for a tick.
struct Until {
    pulse: Arc<Pulse>,
    tick: u64,
}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.pulse.clock.now() >= self.tick {
            return Poll::Ready(());
        }
        // A tick that comes meanwhile is noticed at the next one.
        self.pulse.alarm.store(self.tick, Ordering::Relaxed);
        Poll::Pending
    }
}

impl Sleep for Until {}

impl Drop for Until {
    fn drop(&mut self) {
        self.pulse.alarm.store(NEVER, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn a_deadline_is_kept_and_not_early() {
        let pulses = Arc::new(Pulses::default());
        let ticking = Arc::clone(&pulses);
        let clock = tokio::spawn(async move { ticking.tick().await });
        let member = pulses.join();
        let alarm = Alarm(Arc::clone(&member.pulse));
        for wait in [0, 30, 100, 250] {
            let (begun, wait) = (Instant::now(), Duration::from_millis(wait));
            let mut sleep = alarm.sleep(wait);
            poll_fn(|context| {
                member.pulse.attend(context);
                sleep.as_mut().poll(context)
            })
            .await;
            assert!(begun.elapsed() >= wait, "{:?} of {wait:?}", begun.elapsed());
            drop(sleep);
            assert_eq!(member.pulse.alarm.load(Ordering::Relaxed), NEVER);
        }
        clock.abort();
    }

    #[tokio::test]
    async fn who_is_to_leave_is_woken_and_told_once() {
        let pulses = Arc::new(Pulses::default());
        let member = pulses.join();
        let pulse = Arc::clone(&member.pulse);
        let leaving = tokio::spawn(poll_fn(move |context| {
            pulse.attend(context);
            if pulse.is_told_to_leave() { Poll::Ready(pulse.is_told_to_leave()) } else { Poll::Pending }
        }));
        tokio::task::yield_now().await;
        pulses.make_room();
        tokio::task::yield_now().await;
        assert!(!leaving.is_finished(), "it is not idle yet");
        pulses.clock.ticks.store(SILENT + 1, Ordering::Relaxed);
        pulses.make_room();
        assert!(!leaving.await.unwrap());
    }
}
