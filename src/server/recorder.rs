//! The decision log of a running service.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::problem::{Kind, Problem};
use crate::decisions::{Decisions, Folder, Mask, Place, Queue, Sample, Tally, WhenFull};
use crate::policy::Policy;

/// Takes what is noted of answers.
#[derive(Debug)]
pub struct Recorder {
    queue: Queue,
    /// Hides what is private.
    pub mask: Mask,
    /// The share of the answers `yes` that is noted.
    pub sample_yes: Sample,
    when_full: WhenFull,
    /// One more than the lines that were written when an answer was refused last; 0 before.
    refused_at: AtomicU64,
}

impl Recorder {
    /// As it is configured, if it is.
    ///
    /// # Errors
    ///
    /// Where nothing can be written, or something is private and there is no key that hides it.
    pub fn open(config: &Decisions, policy: &Policy) -> io::Result<Option<Self>> {
        let mut place = match (config.is_stdout(), config.file(), config.folder()) {
            (true, ..) => Place::Stdout,
            (_, Some(file), _) => Place::File(file.to_owned(), None),
            (.., Some(folder)) => {
                Place::Folder(Folder { path: folder.to_owned(), rotate_bytes: config.rotate_bytes(), keep: config.keep, open: None })
            }
            _ => return Ok(None),
        };
        let mask = Mask::read(config.key_file.as_deref(), config.mask_actors).map_err(io::Error::other)?;
        if let Some(what) = unhidden(&mask, policy) {
            return Err(io::Error::other(what));
        }
        let to = config.to.as_deref().unwrap_or_default();
        place.open(Timestamp::now()).map_err(|error| io::Error::new(error.kind(), format!("`decisions.to`: cannot write to `{to}`: {error}")))?;
        let queue = Queue::start(Box::new(place), config.queue_bytes, config.flush(), Arc::default())?;
        tracing::info!(to, "decisions are logged");
        Ok(Some(Self { queue, mask, sample_yes: config.sample_yes, when_full: config.when_full, refused_at: AtomicU64::default() }))
    }

    /// Takes lines.
    ///
    /// # Errors
    ///
    /// 503 where there is no room for them in this time, if they are not to be left out.
    pub async fn take(&self, lines: &str, count: u64, most: Duration) -> Result<(), Problem> {
        if self.queue.try_push(lines, count) {
            return Ok(());
        }
        if self.when_full == WhenFull::Drop {
            self.queue.lose(count);
            return Ok(());
        }
        self.wait(most, || self.queue.try_push(lines, count)).await
    }

    /// Waits until there is room, where lines are not to be left out.
    ///
    /// # Errors
    ///
    /// 503 where there is none in this time.
    pub async fn room(&self, most: Duration) -> Result<(), Problem> {
        if self.when_full == WhenFull::Drop || self.queue.has_room() {
            return Ok(());
        }
        self.wait(most, || self.queue.has_room()).await
    }

    async fn wait(&self, most: Duration, happens: impl FnMut() -> bool) -> Result<(), Problem> {
        if self.queue.wait(Instant::now() + most, happens).await {
            return Ok(());
        }
        let Tally { written, refused, .. } = self.queue.tally();
        refused.fetch_add(1, Ordering::Relaxed);
        self.refused_at.store(written.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        Err(Kind::LogUnavailable.into())
    }

    /// Whether answers are refused: nothing was written since the last one was.
    pub fn is_refusing(&self) -> bool {
        self.refused_at.load(Ordering::Relaxed) == self.queue.tally().written.load(Ordering::Relaxed) + 1
    }

    /// Takes lines that tell of something that cannot be undone: where they are not to be left out, even beyond the bound.
    pub fn take_anyhow(&self, lines: &str, count: u64) {
        match self.when_full {
            WhenFull::Wait => self.queue.push(lines, count),
            WhenFull::Drop if self.queue.try_push(lines, count) => {}
            WhenFull::Drop => self.queue.lose(count),
        }
    }

    /// What came of the lines: written, lost, failures, answers refused, bytes that wait.
    pub fn figures(&self) -> [u64; 5] {
        let Tally { written, lost, errors, refused } = self.queue.tally();
        let [written, lost, errors, refused] = [written, lost, errors, refused].map(|count: &AtomicU64| count.load(Ordering::Relaxed));
        [written, lost, errors, refused, u64::try_from(self.queue.bytes()).unwrap_or(u64::MAX)]
    }

    /// Writes what waits, and ends.
    pub fn close(&self, most: Duration) {
        self.queue.close(most);
    }
}

/// Why a policy cannot be served with this mask: something would have to be hidden and there is no key.
pub fn unhidden(mask: &Mask, policy: &Policy) -> Option<String> {
    let private: Vec<_> = policy.facts.iter().filter(|fact| fact.private).map(|fact| format!("`{}`", fact.name)).collect();
    if mask.has_key() || (private.is_empty() && !mask.hides_actors()) {
        return None;
    }
    let what =
        if private.is_empty() { "`mask_actors` hides people".to_owned() } else { format!("the policy has private facts ({})", private.join(", ")) };
    let help = "`kulanz audit key decisions.key` makes one, and `key_file` in `[decisions]` says where it is";
    Some(format!("the decision log needs a key, for {what}: {help}; or set {}", Mask::VARIABLE))
}
