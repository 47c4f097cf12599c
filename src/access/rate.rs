//! How often a caller may ask: a bucket that fills steadily, in one word of memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::settings::Rate;

/// Beyond so many callers, those that have been quiet are forgotten.
const REMEMBERED: usize = 10_000;

/// The requests of one caller. It holds `burst` of them, and gets `per_minute` back in a minute.
#[derive(Debug)]
pub struct Bucket {
    begun: Instant,
    /// How long it takes until one request more is there, in microseconds.
    each: u64,
    burst: u64,
    /// When it will be full again, in microseconds since it began.
    full: AtomicU64,
}

/// What is left after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// So many requests a full bucket holds.
    pub quota: u64,
    /// So long an empty one takes to be full, in seconds.
    pub window: u64,
    /// So many are left now.
    pub remaining: u64,
    /// Until one more is there, in seconds.
    pub reset: u64,
    /// How long to wait for the next, in seconds, where this one was too many.
    pub retry: Option<u64>,
}

impl Bucket {
    fn new(rate: Rate) -> Self {
        let burst = u64::from(rate.burst.unwrap_or(rate.per_minute)).max(1);
        let each = 60_000_000_u64.div_ceil(u64::from(rate.per_minute).max(1));
        Self { begun: Instant::now(), each, burst, full: AtomicU64::new(0) }
    }

    /// Takes one request out, if there is one.
    pub fn take(&self) -> Left {
        self.take_at(u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    fn take_at(&self, now: u64) -> Left {
        let room = self.each * self.burst;
        let next = |full: u64| Some(full.max(now) + self.each).filter(|full| full - now <= room);
        let taken = self.full.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let full = taken.map_or_else(|full| full, |full| full.max(now) + self.each);
        let missing = full.saturating_sub(now);
        let seconds = |micros: u64| micros.div_ceil(1_000_000);
        Left {
            quota: self.burst,
            window: seconds(room),
            remaining: room.saturating_sub(missing) / self.each,
            reset: seconds(missing.checked_sub(1).map_or(0, |missing| missing % self.each + 1)),
            retry: taken.is_err().then(|| seconds((missing + self.each).saturating_sub(room)).max(1)),
        }
    }

    fn is(&self, rate: Rate) -> bool {
        let other = Self::new(rate);
        (self.each, self.burst) == (other.each, other.burst)
    }

    fn is_full(&self) -> bool {
        Duration::from_micros(self.full.load(Ordering::Relaxed)) <= self.begun.elapsed()
    }
}

/// The buckets of all callers, by name. They outlive a reload of the keys.
#[derive(Debug, Default)]
pub struct Buckets {
    all: Mutex<HashMap<Box<str>, Arc<Bucket>>>,
}

impl Buckets {
    /// The bucket of a caller.
    pub fn of(&self, name: &str, rate: Rate) -> Arc<Bucket> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = all.get(name).filter(|bucket| bucket.is(rate)) {
            return Arc::clone(bucket);
        }
        if all.len() >= REMEMBERED {
            all.retain(|_, bucket| Arc::strong_count(bucket) > 1 || !bucket.is_full());
        }
        let bucket = Arc::new(Bucket::new(rate));
        all.insert(name.into(), Arc::clone(&bucket));
        bucket
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn a_burst_is_there_at_once_and_comes_back_steadily() {
        let bucket = Bucket::new(Rate { per_minute: 60, burst: Some(3) });
        let at = |now| bucket.take_at(now);
        assert_eq!(at(0), Left { quota: 3, window: 3, remaining: 2, reset: 1, retry: None });
        assert_eq!((at(0).remaining, at(0).remaining), (1, 0));
        assert_eq!(at(0), Left { quota: 3, window: 3, remaining: 0, reset: 1, retry: Some(1) });
        assert_eq!(at(SECOND - 1).retry, Some(1), "a moment too early");
        assert_eq!(at(SECOND).retry, None);
        assert_eq!(at(SECOND).retry, Some(1), "what was refused cost nothing, and one came back");
        assert_eq!(at(100 * SECOND).remaining, 2, "no more than a burst is saved");
        assert_eq!(at(100 * SECOND + 1).reset, 1, "a part of a second is one");
    }

    #[test]
    fn without_a_burst_a_minute_is_one() {
        let bucket = Bucket::new(Rate { per_minute: 2, burst: None });
        assert_eq!([0, 0, 0].map(|now| bucket.take_at(now).retry), [None, None, Some(30)]);
    }

    #[test]
    fn a_caller_keeps_its_bucket_while_its_rate_is_the_same() {
        let buckets = Buckets::default();
        let rate = |per_minute| Rate { per_minute, burst: None };
        let first = buckets.of("key:a", rate(1));
        assert!(Arc::ptr_eq(&first, &buckets.of("key:a", rate(1))));
        assert!(!Arc::ptr_eq(&first, &buckets.of("key:b", rate(1))) && !Arc::ptr_eq(&first, &buckets.of("key:a", rate(2))));
    }
}
