//! Picking up a changed pack while serving.
//!
//! The new pack is read and checked first, and twice, so that a file that is being written is not taken for the whole. Then it takes the place of the old
//! one at once. A request keeps the pack it began with. A pack that does not check changes nothing but the [`Reload`] that `readyz` shows.

mod fingerprint;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use fingerprint::Fingerprint;

/// How often files are looked at where the system tells of no change (network folders, swapped links).
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a burst of changes must have ended.
const QUIET: Duration = Duration::from_millis(100);
/// How long a burst may last before it is looked at anyway.
const LONGEST_BURST: Duration = Duration::from_secs(2);

/// What can be read again: a pack.
pub trait Source: Send + 'static {
    /// What it becomes.
    type Output: Send + Sync + 'static;

    /// Reads it: what came of it and its version, or what is wrong with it.
    fn read(&self) -> Result<(Self::Output, String), String>;

    /// The files and folders it is read from.
    fn roots(&self) -> Vec<PathBuf>;
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
}

impl<T> Live<T> {
    /// Serves this.
    pub fn new(first: T) -> Self {
        Self { current: ArcSwap::from_pointee(first), reload: Mutex::default() }
    }

    /// What is served now. Whoever holds it keeps it, whatever is swapped in meanwhile.
    pub fn current(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// How the last look at the files ended.
    pub fn reload(&self) -> Reload {
        self.reload.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn swap(&self, next: T) {
        self.current.store(Arc::new(next));
        self.ended(Reload::Current);
    }

    fn ended(&self, how: Reload) {
        *self.reload.lock().unwrap_or_else(PoisonError::into_inner) = how;
    }
}

/// Watches the files of `source` on a thread of its own, for as long as this process lives. `version` is what `live` serves already.
///
/// # Errors
///
/// When the thread cannot be started.
pub fn watch<S: Source>(source: S, version: String, live: Arc<Live<S::Output>>) -> std::io::Result<()> {
    // One place is enough: a second message would say the same.
    let (tell, told) = sync_channel(1);
    thread::Builder::new().name("reload".into()).spawn(move || {
        let roots = source.roots();
        let _watcher = notifications(&roots, tell.clone());
        let seen = Fingerprint::default();
        Watch { source, roots, version, seen, live }.run(&told);
        drop(tell);
    })?;
    Ok(())
}

/// Asks the system to tell of changes. Where it cannot, looking every few seconds has to do.
fn notifications(roots: &[PathBuf], tell: SyncSender<()>) -> Option<RecommendedWatcher> {
    let unable = |error: &notify::Error| tracing::warn!(%error, "the system does not tell of changed files; they are looked at every few seconds");
    let mut watcher = notify::recommended_watcher(move |_| {
        let _ = tell.try_send(());
    })
    .inspect_err(unable)
    .ok()?;
    for root in roots {
        // An editor replaces a file; only its folder notices.
        let (place, depth) = if root.is_dir() { (root.as_path(), RecursiveMode::Recursive) } else { (folder_of(root), RecursiveMode::NonRecursive) };
        let _ = watcher.watch(place, depth).inspect_err(unable);
    }
    Some(watcher)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

struct Watch<S: Source> {
    source: S,
    roots: Vec<PathBuf>,
    version: String,
    seen: Fingerprint,
    live: Arc<Live<S::Output>>,
}

impl<S: Source> Watch<S> {
    fn run(mut self, told: &Receiver<()>) {
        // The first look finds what changed between the reading at the start and now.
        loop {
            let now = Fingerprint::of(&self.roots);
            if now != self.seen && self.settle(&now) {
                self.seen = now;
            }
            match told.recv_timeout(LOOK_EVERY) {
                Ok(()) => wait_for_quiet(told),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Reads twice and takes what came of it only if nothing changed meanwhile. Otherwise the next look tries again.
    fn settle(&mut self, before: &Fingerprint) -> bool {
        let first = self.source.read();
        thread::sleep(QUIET);
        let second = self.source.read();
        let same = match (&first, &second) {
            (Ok((_, first)), Ok((_, second))) | (Err(first), Err(second)) => first == second,
            _ => false,
        };
        if !same || Fingerprint::of(&self.roots) != *before {
            return false;
        }
        self.take(second);
        true
    }

    fn take(&mut self, read: Result<(S::Output, String), String>) {
        match read {
            Ok((_, version)) if version == self.version => self.live.ended(Reload::Current),
            Ok((next, version)) => {
                tracing::info!(from = self.version, to = version, "the policy changed and is served now");
                self.version = version;
                self.live.swap(next);
            }
            Err(problems) => {
                tracing::error!(%problems, "the changed policy does not check; the one before it is served");
                self.live.ended(Reload::Failed(problems));
            }
        }
    }
}

fn wait_for_quiet(told: &Receiver<()>) {
    let begun = Instant::now();
    while begun.elapsed() < LONGEST_BURST && told.recv_timeout(QUIET).is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    struct Number(PathBuf);

    impl Source for Number {
        type Output = u32;

        fn read(&self) -> Result<(u32, String), String> {
            let text = fs::read_to_string(&self.0).map_err(|error| error.to_string())?;
            Ok((text.trim().parse().map_err(|_| format!("`{text}` is no number"))?, text))
        }

        fn roots(&self) -> Vec<PathBuf> {
            vec![self.0.clone()]
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
        let live = Arc::new(Live::new(1));
        watch(Number(file.clone()), "1".into(), Arc::clone(&live)).unwrap();

        fs::write(&file, "2").unwrap();
        eventually(|| *live.current() == 2);
        fs::write(&file, "two").unwrap();
        eventually(|| live.reload() == Reload::Failed("`two` is no number".into()));
        assert_eq!(*live.current(), 2);
        fs::write(&file, "3").unwrap();
        eventually(|| *live.current() == 3 && live.reload() == Reload::Current);
        fs::remove_file(&file).unwrap();
        eventually(|| matches!(live.reload(), Reload::Failed(_)));
        assert_eq!(*live.current(), 3);
    }
}
