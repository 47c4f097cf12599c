//! Picking up a changed pack, or a changed list of people, while serving.
//!
//! The new pack is read and checked first, and twice, so that a file that is being written is not taken for the whole. Then it takes the place of the old
//! one at once. A request keeps the pack it began with. A pack that does not check changes nothing but the [`Reload`] that `readyz` shows.

mod bell;
mod fingerprint;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

pub(crate) use bell::Bell;
pub(crate) use fingerprint::Fingerprint;

/// The stack of the reading thread in bytes: that of a main thread, so that what could be read at the start can be read again.
const STACK: usize = 8 << 20;
/// How long nothing must have changed before the files are believed to be whole.
pub(crate) const QUIET: Duration = Duration::from_millis(100);

/// What can be read again: a pack, or a list of people.
pub trait Source: Send + 'static {
    /// What it becomes.
    type Output: Send + Sync + 'static;

    /// What the log calls it: `policy`.
    const NAME: &'static str;

    /// Reads it.
    fn read(&self) -> Reading<Self::Output>;

    /// Two outputs of one version are the same.
    fn version(output: &Self::Output) -> &str;
}

/// What came of reading.
#[derive(Debug)]
pub struct Reading<T> {
    /// The output, or what is wrong.
    pub outcome: Result<T, String>,
    /// The files and folders that were read.
    pub roots: Vec<PathBuf>,
}

/// How the last look at the files ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reload {
    /// What is served is what the files say.
    #[default]
    Current,
    /// The files do not check; what they said before is served.
    Failed(String),
}

/// What is served now.
#[derive(Debug)]
pub struct Live<T> {
    current: ArcSwap<T>,
    reload: Mutex<Reload>,
    since: Mutex<Instant>,
    failures: AtomicU64,
}

impl<T> Live<T> {
    /// Serves this.
    pub fn new(first: T) -> Self {
        Self { current: ArcSwap::from_pointee(first), reload: Mutex::default(), since: Mutex::new(Instant::now()), failures: AtomicU64::new(0) }
    }

    /// What is served now. Whoever holds it keeps it, whatever is swapped in meanwhile.
    pub fn current(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// Works with what is served now, without counting that somebody holds it.
    pub fn with<R>(&self, work: impl FnOnce(&T) -> R) -> R {
        work(&self.current.load())
    }

    /// How the last look at the files ended.
    pub fn reload(&self) -> Reload {
        self.reload.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// For how long it is served.
    pub fn in_force(&self) -> Duration {
        self.since.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// How often changed files did not check.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    fn swap(&self, next: T) {
        self.current.store(Arc::new(next));
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.ended(Reload::Current);
    }

    fn ended(&self, how: Reload) {
        *self.reload.lock().unwrap_or_else(PoisonError::into_inner) = how;
    }
}

/// Watches the files of `source` on a thread of its own, for as long as this process lives. `live` serves what was read from `roots`.
///
/// # Errors
///
/// When the thread cannot be started.
pub fn watch<S: Source>(source: S, roots: Vec<PathBuf>, live: Arc<Live<S::Output>>) -> std::io::Result<()> {
    let watch = Watch { source, live, roots, seen: None };
    thread::Builder::new().name("reload".into()).stack_size(STACK).spawn(move || watch.run())?;
    Ok(())
}

struct Watch<S: Source> {
    source: S,
    live: Arc<Live<S::Output>>,
    roots: Vec<PathBuf>,
    /// What the files held when they were last read to the end and checked.
    seen: Option<Fingerprint>,
}

impl<S: Source> Watch<S> {
    fn run(mut self) {
        let mut bell = Bell::default();
        loop {
            bell.hang_up(&self.roots);
            // The first look finds what changed between the reading at the start and now.
            let now = Fingerprint::of(&self.roots);
            if self.seen.as_ref() != Some(&now) {
                self.settle(now);
            }
            bell.wait();
        }
    }

    /// Reads twice and takes what came of it only if nothing changed meanwhile. Otherwise the next look tries again.
    fn settle(&mut self, before: Fingerprint) {
        let first = self.source.read();
        thread::sleep(QUIET);
        let second = self.source.read();
        let same = match (&first.outcome, &second.outcome) {
            (Ok(first), Ok(second)) => S::version(first) == S::version(second),
            (Err(first), Err(second)) => first == second,
            _ => false,
        };
        let settled = same && Fingerprint::of(&self.roots) == before;
        // Where other packs are included than before, what they held then is not known. What is broken may be mended by a file that no root names.
        self.seen = (settled && second.outcome.is_ok() && second.roots == self.roots).then_some(before);
        if settled {
            self.take(second.outcome);
            self.roots = second.roots;
        }
    }

    fn take(&self, read: Result<S::Output, String>) {
        let current = self.live.current();
        match read {
            Ok(next) if S::version(&next) == S::version(&current) => self.live.ended(Reload::Current),
            Ok(next) => {
                tracing::info!(from = S::version(&current), to = S::version(&next), "the {} changed and is in force now", S::NAME);
                self.live.swap(next);
            }
            Err(problems) if self.live.reload() == Reload::Failed(problems.clone()) => {}
            Err(problems) => {
                tracing::error!(%problems, "the changed {} does not check; the one before it is in force", S::NAME);
                self.live.failures.fetch_add(1, Ordering::Relaxed);
                self.live.ended(Reload::Failed(problems));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Number(PathBuf);

    struct Read {
        number: u32,
        text: String,
    }

    impl Source for Number {
        type Output = Read;

        const NAME: &'static str = "number";

        fn read(&self) -> Reading<Read> {
            let parse = |text: String| match text.trim().parse() {
                Ok(number) => Ok(Read { number, text }),
                Err(_) => Err(format!("`{text}` is no number")),
            };
            let outcome = fs::read_to_string(&self.0).map_err(|error| error.to_string()).and_then(parse);
            Reading { outcome, roots: vec![self.0.clone()] }
        }

        fn version(output: &Read) -> &str {
            &output.text
        }
    }

    fn eventually(what: impl Fn() -> bool) {
        let begun = Instant::now();
        while !what() {
            assert!(begun.elapsed() < Duration::from_secs(20), "this did not happen");
            thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn a_change_is_served_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("number.kulanz");
        fs::write(&file, "1").unwrap();
        let source = Number(file.clone());
        let live = Arc::new(Live::new(source.read().outcome.unwrap()));
        watch(source, vec![file.clone()], Arc::clone(&live)).unwrap();

        fs::write(&file, "2").unwrap();
        eventually(|| live.current().number == 2);
        fs::write(&file, "two").unwrap();
        eventually(|| live.reload() == Reload::Failed("`two` is no number".into()));
        assert_eq!(live.current().number, 2);
        fs::write(&file, "3").unwrap();
        eventually(|| live.current().number == 3 && live.reload() == Reload::Current);
        fs::remove_file(&file).unwrap();
        eventually(|| matches!(live.reload(), Reload::Failed(_)));
        assert_eq!(live.current().number, 3);
    }
}
