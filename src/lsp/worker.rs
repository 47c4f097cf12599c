//! The threads that look at packs, so that whoever types need not wait for them.
//!
//! One reads and checks, one runs the lints of what was checked. Of several looks at one pack that wait only the last is taken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::analysis::Analysis;
use super::places::{Places, Root};
use super::text::Encoding;
use crate::diagnostic::Diagnostic;

/// A pack to look at.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which one.
    pub root: Root,
    /// What the editor has open.
    pub places: Arc<Places>,
    /// The state of the editor that this is.
    pub tick: u64,
}

/// What came of it.
#[derive(Debug)]
pub enum Found {
    /// The pack was read and checked; `None` where Kulanz failed at it.
    Checked(Root, u64, Option<Arc<Analysis>>),
    /// Its lints have run.
    Linted(Arc<Analysis>, u64, Vec<Diagnostic>),
}

/// Where jobs go in and findings come out.
#[derive(Debug)]
pub struct Workers {
    jobs: Sender<Job>,
    /// What was found.
    pub found: Receiver<Found>,
}

impl Workers {
    /// Starts the threads; they end when this is dropped.
    ///
    /// # Errors
    /// Where there is no thread to be had.
    pub fn start(encoding: Encoding) -> std::io::Result<Self> {
        let (jobs, waiting) = unbounded();
        let (lints, to_lint) = unbounded();
        let (out, found) = unbounded();
        let checked = out.clone();
        thread::Builder::new().name("check".to_owned()).spawn(move || check(&waiting, &lints, &checked, encoding))?;
        thread::Builder::new().name("lint".to_owned()).spawn(move || lint(&to_lint, &out))?;
        Ok(Self { jobs, found })
    }

    /// Has a pack looked at.
    pub fn look(&self, job: Job) {
        // There is nobody left to tell when the thread is gone.
        let _ = self.jobs.send(job);
    }
}

fn check(jobs: &Receiver<Job>, lints: &Sender<(u64, Arc<Analysis>)>, found: &Sender<Found>, encoding: Encoding) {
    while let Some(latest) = latest(jobs, |job| job.root.clone()) {
        for job in latest {
            let analysis = catch_unwind(AssertUnwindSafe(|| Arc::new(Analysis::new(job.root.clone(), &job.places, encoding)))).ok();
            if found.send(Found::Checked(job.root, job.tick, analysis.clone())).is_err() {
                return;
            }
            if let Some(analysis) = analysis {
                let _ = lints.send((job.tick, analysis));
            }
        }
    }
}

fn lint(analyses: &Receiver<(u64, Arc<Analysis>)>, found: &Sender<Found>) {
    while let Some(latest) = latest(analyses, |(_, analysis)| analysis.root.clone()) {
        for (tick, analysis) in latest {
            let lints = catch_unwind(AssertUnwindSafe(|| analysis.lint())).unwrap_or_default();
            if found.send(Found::Linted(analysis, tick, lints)).is_err() {
                return;
            }
        }
    }
}

/// What waits, of each root the last; `None` at the end.
fn latest<T>(from: &Receiver<T>, root: impl Fn(&T) -> Root) -> Option<Vec<T>> {
    let mut latest = vec![from.recv().ok()?];
    for next in from.try_iter() {
        latest.retain(|other| root(other) != root(&next));
        latest.push(next);
    }
    Some(latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_root_the_last_is_taken() {
        let (sender, receiver) = unbounded();
        for (root, tick) in [("a", 1), ("b", 2), ("a", 3), ("b", 4), ("c", 5), ("a", 6)] {
            sender.send((root, tick)).unwrap();
        }
        let taken = latest(&receiver, |(root, _)| Root::Pack((*root).into())).unwrap();
        assert_eq!(taken, [("b", 4), ("c", 5), ("a", 6)]);
        drop(sender);
        assert!(latest(&receiver, |(root, _): &(&str, i32)| Root::Pack((*root).into())).is_none());
    }
}
