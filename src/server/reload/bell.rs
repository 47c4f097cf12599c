//! Waiting until files may have changed.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::QUIET;

/// How often files are looked at where the system tells of no change (network folders, swapped links).
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a burst of changes may last before it is looked at anyway.
const LONGEST_BURST: Duration = Duration::from_secs(2);

/// Rings when the system tells of a change, and every few seconds anyway.
#[derive(Debug)]
pub struct Bell {
    ring: SyncSender<()>,
    rung: Receiver<()>,
    roots: Vec<PathBuf>,
    watcher: Option<RecommendedWatcher>,
}

impl Default for Bell {
    fn default() -> Self {
        // One place is enough: a second ring would say the same.
        let (ring, rung) = sync_channel(1);
        Self { ring, rung, roots: Vec::new(), watcher: None }
    }
}

impl Bell {
    /// Listens at these files and folders, and at no others any more.
    pub fn hang_up(&mut self, roots: &[PathBuf]) {
        if self.roots == roots {
            return;
        }
        self.roots = roots.to_vec();
        let ring = self.ring.clone();
        self.watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Looking at files opens them, which is told too: without this the bell would ring itself.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                let _ = ring.try_send(());
            }
        })
        .inspect_err(unable)
        .ok();
        for root in roots {
            // An editor replaces a file; only its folder notices.
            let (place, depth) =
                if root.is_dir() { (root.as_path(), RecursiveMode::Recursive) } else { (folder_of(root), RecursiveMode::NonRecursive) };
            if let Some(watcher) = &mut self.watcher {
                let _ = watcher.watch(place, depth).inspect_err(unable);
            }
        }
    }

    /// Waits for a ring and for the end of the burst it begins, or for some seconds.
    pub fn wait(&self) {
        if self.rung.recv_timeout(LOOK_EVERY).is_ok() {
            let begun = Instant::now();
            while begun.elapsed() < LONGEST_BURST && self.rung.recv_timeout(QUIET).is_ok() {}
        }
    }
}

fn unable(error: &notify::Error) {
    tracing::warn!(%error, "the system does not tell of changed files; they are looked at every few seconds");
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
