//! The items of a text on all cores.
//!
//! An item is read by itself, so those of a long text are dealt out in batches. What comes of it is the same as if one reader had read them all, in order.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::MAX_PROBLEMS;
use super::ast;
use super::items::ItemReader;
use super::layout::{Line, extent};
use crate::diagnostic::Diagnostic;
use crate::source::SourceId;

/// How many bytes of items one batch has at least; shorter texts are read by one thread, since another would not pay.
const BATCH: usize = 64 * 1024;

/// A text and its items, each with its lines.
#[derive(Clone, Copy)]
pub(super) struct Written<'t> {
    pub text: &'t str,
    pub source: SourceId,
    pub items: &'t [&'t [Line]],
}

/// What was read of some items, in source order.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub items: Vec<ast::Item>,
    pub broken: Vec<ast::Name>,
    pub problems: Vec<Diagnostic>,
}

impl Reading {
    /// Whether there were so many problems that the rest was not read.
    fn was_given_up(&self) -> bool {
        self.problems.len() > MAX_PROBLEMS
    }

    fn extend(&mut self, other: Self) {
        self.items.extend(other.items);
        self.broken.extend(other.broken);
        self.problems.extend(other.problems);
    }
}

impl Written<'_> {
    /// Reads all items.
    pub fn read(self) -> Reading {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.read_on(cores, BATCH)
    }

    fn read_on(self, cores: usize, batch: usize) -> Reading {
        let batches = self.batches(batch);
        if cores < 2 || batches.len() < 2 {
            return self.read_some(self.items);
        }
        let mut reading = Reading::default();
        for part in self.deal_out(&batches, cores.min(batches.len())) {
            reading.extend(part);
            // Where one reader stops depends on all that it found before.
            if reading.was_given_up() {
                return self.read_some(self.items);
            }
        }
        reading
    }

    fn read_some(self, items: &[&[Line]]) -> Reading {
        let mut reading = Reading::default();
        reading.items.reserve(items.len());
        for lines in items {
            if reading.was_given_up() {
                break;
            }
            let mut reader = ItemReader { text: self.text, source: self.source, problems: &mut reading.problems };
            reader.items(lines, &mut |read| match read {
                Ok(item) => reading.items.push(item),
                Err(broken) => reading.broken.extend(broken),
            });
        }
        reading
    }

    /// The items in runs of so many bytes or a little more.
    fn batches(&self, bytes: usize) -> Vec<&[&[Line]]> {
        let mut begun = None;
        let batches = self.items.chunk_by(move |lines, next| {
            let start = *begun.get_or_insert(extent(lines).start);
            let goes_on = extent(next).start - start < bytes;
            if !goes_on {
                begun = None;
            }
            goes_on
        });
        batches.collect()
    }

    /// Each thread takes the next batch as soon as it has read one; a thread that cannot be had is not missed.
    fn deal_out(self, batches: &[&[&[Line]]], threads: usize) -> Vec<Reading> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut read = Vec::new();
            while let Some((at, batch)) = next_of(&next, batches) {
                read.push((at, self.read_some(batch)));
            }
            read
        };
        let mut read = thread::scope(|scope| {
            let others: Vec<_> = (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
            let mut read = work();
            for other in others {
                read.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
            read
        });
        read.sort_unstable_by_key(|(at, _)| *at);
        read.into_iter().map(|(_, reading)| reading).collect()
    }
}

fn next_of<'b>(next: &AtomicUsize, batches: &[&'b [&'b [Line]]]) -> Option<(usize, &'b [&'b [Line]])> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    batches.get(at).map(|batch| (at, *batch))
}

#[cfg(test)]
mod tests {
    use super::super::{items, layout};
    use super::*;

    /// One thread and several read the same, also where there are problems, few or too many.
    #[test]
    fn every_number_of_threads_reads_the_same() {
        for broken_each in [usize::MAX, 40, 3] {
            let rules = (0..1000).map(|at| {
                let clause = if at % broken_each == 1 { "whenn" } else { "when" };
                let head = if at % broken_each == 2 { "agent mya refund" } else { "agent may refund" };
                format!("rule rule_{at}\n  {head}\n  {clause} amount <= {at} EUR\n\n")
            });
            let text: String = rules.collect();
            let lines = layout::lines(&text);
            let items = layout::items(&lines, |line| items::is_stray(line, &text));
            assert_eq!(items.len(), 1000);
            let text = Written { text: &text, source: SourceId::default(), items: &items };
            let expected = format!("{:?}", text.read_on(1, 1000));
            for (cores, batch) in [(2, 1000), (3, 7), (8, 5000), (2, usize::MAX)] {
                assert_eq!(format!("{:?}", text.read_on(cores, batch)), expected, "{cores} {batch}");
            }
            assert_eq!(text.batches(1000).concat().len(), 1000);
        }
    }
}
