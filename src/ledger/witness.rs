//! Whoever looks on while the ledger works: which transactions a piece of work took part in, and how long each was.
//!
//! Only work within [`look_on`] is looked at; all other pays for no clock.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::store::Purpose;

tokio::task_local! {
    static WITNESS: Arc<Witness>;
}

/// What was seen.
#[derive(Debug, Default)]
pub struct Witness(Mutex<Vec<Seen>>);

/// A transaction, from its begin to its commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it was for.
    pub purpose: Purpose,
    /// How many orders, or questions, shared it.
    pub orders: usize,
    /// When it began.
    pub begun: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// Whether it came to its end: what failed, or met a conflict, did not.
    pub is_done: bool,
}

impl Witness {
    /// What was seen so far, and not told yet.
    pub fn tell(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn see(&self, seen: Seen) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

/// Has a witness look at what a future does with ledgers.
pub async fn look_on<F: Future>(witness: Arc<Witness>, future: F) -> F::Output {
    WITNESS.scope(witness, future).await
}

/// The same for work on a thread that may wait.
pub fn look_on_work<T>(witness: Arc<Witness>, work: impl FnOnce() -> T) -> T {
    WITNESS.sync_scope(witness, work)
}

/// Who looks on here.
pub(super) fn present() -> Option<Arc<Witness>> {
    WITNESS.try_with(Arc::clone).ok()
}

/// A transaction under way that is looked at. However it ends, its witnesses see it when this is dropped.
pub(super) struct Looking {
    witnesses: Vec<Arc<Witness>>,
    seen: Seen,
    at: Instant,
}

impl fmt::Debug for Looking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Looking").field("witnesses", &self.witnesses.len()).finish_non_exhaustive()
    }
}

impl Looking {
    /// From now on; `None` where nobody looks.
    pub fn begin(witnesses: impl IntoIterator<Item = Arc<Witness>>, purpose: Purpose, orders: usize) -> Option<Self> {
        let witnesses: Vec<_> = witnesses.into_iter().collect();
        let begun = || Seen { purpose, orders, begun: SystemTime::now(), took: Duration::ZERO, is_done: false };
        (!witnesses.is_empty()).then(|| Self { witnesses, seen: begun(), at: Instant::now() })
    }

    /// It came to its end.
    pub fn done(&mut self) {
        self.seen.is_done = true;
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.seen.took = self.at.elapsed();
        self.witnesses.iter().for_each(|witness| witness.see(self.seen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_who_looks_sees_and_what_is_dropped_is_not_done() {
        assert!(present().is_none() && Looking::begin(present(), Purpose::Write, 1).is_none());
        let witness = Arc::<Witness>::default();
        look_on(Arc::clone(&witness), async {
            let mut first = Looking::begin(present(), Purpose::Write, 3).unwrap();
            first.done();
            drop(first);
            drop(Looking::begin(present(), Purpose::Read, 1));
        })
        .await;
        let told: Vec<_> = witness.tell().iter().map(|seen| (seen.purpose, seen.orders, seen.is_done)).collect();
        assert_eq!(told, [(Purpose::Write, 3, true), (Purpose::Read, 1, false)]);
        assert!(witness.tell().is_empty() && present().is_none());
    }
}
