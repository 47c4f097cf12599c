//! Lines on their way to where they are written: a bounded queue, and a thread of its own that empties it.
//!
//! A line is handed over by copying it to the end of what waits; nobody waits for a disk while doing so. What must stay true: every line that was taken is written or counted as lost.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::line::{DecisionLine, LineKind, SCHEMA};
use super::sink::Sink;
use super::write::line_id;

/// After a failure it is tried again so much later.
const AGAIN: Duration = Duration::from_millis(500);

/// What came of the lines.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Those that were written.
    pub written: AtomicU64,
    /// Those that were left out, or could not be written before the end.
    pub lost: AtomicU64,
    /// How often writing failed.
    pub errors: AtomicU64,
    /// How many answers were refused because the log took no more.
    pub refused: AtomicU64,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    count: u64,
    /// So many bytes were taken out to be written, and are not written yet.
    writing: usize,
    /// How many were left out since the last one was taken.
    lost: u64,
    is_closed: bool,
    /// When the end must be there.
    end: Option<Instant>,
}

impl Waiting {
    /// All bytes that are not written.
    fn bytes(&self) -> usize {
        self.lines.len() + self.writing
    }
}

#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    work: Condvar,
    room: Notify,
    most: usize,
    tally: Arc<Tally>,
}

/// A queue of lines.
#[derive(Debug)]
pub(crate) struct Queue {
    shared: Arc<Shared>,
    ended: Mutex<Receiver<()>>,
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_urgent(&self, waiting: &Waiting) -> bool {
        waiting.is_closed || waiting.lines.len() >= self.most / 2
    }
}

impl Queue {
    /// Starts to write what comes, a while after it comes at most.
    pub fn start(mut sink: Box<dyn Sink>, most: usize, flush: Duration, tally: Arc<Tally>) -> io::Result<Self> {
        let shared = Arc::new(Shared { waiting: Mutex::default(), work: Condvar::new(), room: Notify::new(), most, tally });
        let (end, ended) = sync_channel(1);
        let writer = Arc::clone(&shared);
        std::thread::Builder::new().name("decisions".into()).spawn(move || {
            Writer { shared: &writer, is_failing: false }.run(sink.as_mut(), flush);
            // Whoever waited may have gone.
            let _ = end.send(());
        })?;
        Ok(Self { shared, ended: Mutex::new(ended) })
    }

    /// Takes `count` lines, if there is room: what is longer than the whole queue is taken where nothing else waits.
    pub fn try_push(&self, lines: &str, count: u64) -> bool {
        let waiting = self.shared.waiting();
        if waiting.is_closed || (waiting.bytes() > 0 && waiting.bytes() + lines.len() > self.shared.most) {
            return false;
        }
        self.take(waiting, lines, count);
        true
    }

    /// Takes lines even where there is no room: what they tell of cannot be undone.
    pub fn push(&self, lines: &str, count: u64) {
        let waiting = self.shared.waiting();
        if waiting.is_closed {
            drop(waiting);
            return self.lose(count);
        }
        self.take(waiting, lines, count);
    }

    fn take(&self, mut waiting: MutexGuard<'_, Waiting>, lines: &str, count: u64) {
        let was_urgent = self.shared.is_urgent(&waiting);
        let was_empty = waiting.lines.is_empty();
        waiting.lines.extend_from_slice(lines.as_bytes());
        waiting.count += count;
        let is_news = was_empty || (!was_urgent && self.shared.is_urgent(&waiting));
        drop(waiting);
        if is_news {
            self.shared.work.notify_one();
        }
    }

    /// Leaves `count` lines out.
    pub fn lose(&self, count: u64) {
        self.shared.tally.lost.fetch_add(count, Ordering::Relaxed);
        self.shared.waiting().lost += count;
    }

    /// Waits for something to happen as long as it does not, up to a moment; whether it did.
    pub async fn wait(&self, until: Instant, mut happens: impl FnMut() -> bool) -> bool {
        loop {
            let room = self.shared.room.notified();
            tokio::pin!(room);
            // From here on no room that is made is missed.
            room.as_mut().enable();
            if happens() {
                return true;
            }
            if tokio::time::timeout_at(until.into(), room).await.is_err() {
                return happens();
            }
        }
    }

    /// Whether anything more would be taken.
    pub fn has_room(&self) -> bool {
        let waiting = self.shared.waiting();
        !waiting.is_closed && waiting.bytes() < self.shared.most
    }

    /// How many bytes wait.
    pub fn bytes(&self) -> usize {
        self.shared.waiting().bytes()
    }

    /// What came of the lines.
    pub fn tally(&self) -> &Tally {
        &self.shared.tally
    }

    /// Takes no more, and waits until everything is written, or as long as `most`. What is not written then is counted as lost.
    pub fn close(&self, most: Duration) {
        {
            let mut waiting = self.shared.waiting();
            waiting.is_closed = true;
            waiting.end = Some(Instant::now() + most);
        }
        self.shared.work.notify_one();
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        // The writer gives up by itself; one that hangs in a write does not.
        if ended.recv_timeout(most + AGAIN * 2) == Err(RecvTimeoutError::Timeout) {
            tracing::error!(bytes = self.bytes(), "the decision log does not take what is left, and it is lost");
        }
    }
}

struct Writer<'s> {
    shared: &'s Shared,
    is_failing: bool,
}

/// What is written at one time.
struct Chunk {
    lines: Vec<u8>,
    count: u64,
    done: usize,
}

impl Writer<'_> {
    fn run(mut self, sink: &mut dyn Sink, flush: Duration) {
        let mut spare = Vec::new();
        while let Some(mut chunk) = self.next(flush, spare) {
            while !self.write(sink, &mut chunk) {
                if !self.try_again_later() {
                    self.give_up(&chunk);
                    return;
                }
            }
            self.shared.tally.written.fetch_add(chunk.count, Ordering::Relaxed);
            self.shared.waiting().writing = 0;
            self.shared.room.notify_waiters();
            chunk.lines.clear();
            spare = chunk.lines;
        }
        if let Err(error) = sink.sync() {
            tracing::warn!(%error, "the end of the decision log may not be on the disk");
        }
    }

    /// What waits, once something has waited for a while; nothing at the end.
    fn next(&self, flush: Duration, spare: Vec<u8>) -> Option<Chunk> {
        let mut waiting = self.shared.waiting();
        while waiting.lines.is_empty() && !waiting.is_closed {
            waiting = self.shared.work.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let is_early = |waiting: &mut Waiting| !self.shared.is_urgent(waiting);
        let (mut waiting, _) = self.shared.work.wait_timeout_while(waiting, flush, is_early).unwrap_or_else(PoisonError::into_inner);
        let (mut lines, mut count) = (std::mem::replace(&mut waiting.lines, spare), std::mem::take(&mut waiting.count));
        let lost = std::mem::take(&mut waiting.lost);
        waiting.writing = lines.len();
        drop(waiting);
        if lost > 0 {
            lines.extend_from_slice(&told(lost));
            count += 1;
        }
        (!lines.is_empty()).then_some(Chunk { lines, count, done: 0 })
    }

    /// Writes what is left of a chunk; whether it is all written.
    fn write(&mut self, sink: &mut dyn Sink, chunk: &mut Chunk) -> bool {
        match sink.write(&chunk.lines, &mut chunk.done, Timestamp::now()) {
            Ok(()) => {
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!("the decision log is written again");
                }
                true
            }
            Err(error) => {
                self.shared.tally.errors.fetch_add(1, Ordering::Relaxed);
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::error!(%error, "the decision log cannot be written; it is tried again and again");
                }
                false
            }
        }
    }

    /// Waits a while; whether there is time for another try.
    fn try_again_later(&self) -> bool {
        let in_time = |waiting: &Waiting| waiting.end.is_none_or(|end| Instant::now() < end);
        let waiting = self.shared.waiting();
        if !in_time(&waiting) {
            return false;
        }
        let (waiting, _) = self.shared.work.wait_timeout_while(waiting, AGAIN, |waiting| !waiting.is_closed).unwrap_or_else(PoisonError::into_inner);
        let is_closed = waiting.is_closed;
        drop(waiting);
        if is_closed {
            std::thread::sleep(AGAIN / 10);
        }
        true
    }

    /// Counts what is not written, here and in the queue.
    fn give_up(&self, chunk: &Chunk) {
        let unwritten = chunk.lines.get(chunk.done..).unwrap_or_default().split(|byte| *byte == b'\n').skip(1).count();
        let unwritten = u64::try_from(unwritten).unwrap_or(u64::MAX);
        let mut waiting = self.shared.waiting();
        let lost = unwritten + std::mem::take(&mut waiting.count);
        waiting.lines.clear();
        self.shared.tally.written.fetch_add(chunk.count.saturating_sub(unwritten), Ordering::Relaxed);
        self.shared.tally.lost.fetch_add(lost, Ordering::Relaxed);
        tracing::error!(lines = lost, "the decision log cannot be written, and these lines are lost");
    }
}

/// The line that says how many were lost.
fn told(lost: u64) -> Vec<u8> {
    let mut id = String::new();
    line_id(&mut id);
    let line = DecisionLine {
        schema: SCHEMA,
        kind: LineKind::Lost,
        id,
        time: Timestamp::now(),
        request: None,
        item: None,
        caller: None,
        policy: None,
        micros: None,
        sample: None,
        approval: None,
        question: None,
        answer: None,
        grant: None,
        lost: Some(lost),
    };
    let mut line = serde_json::to_vec(&line).unwrap_or_default();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it was given, and what it may take before it fails.
    #[derive(Clone, Default)]
    struct Paper {
        text: Arc<Mutex<Vec<u8>>>,
        room: Arc<AtomicU64>,
    }

    impl Paper {
        fn with_room(bytes: u64) -> Self {
            let paper = Self::default();
            paper.room.store(bytes, Ordering::SeqCst);
            paper
        }

        fn text(&self) -> String {
            String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
        }
    }

    impl Sink for Paper {
        fn write(&mut self, lines: &[u8], done: &mut usize, _: Timestamp) -> io::Result<()> {
            let room = usize::try_from(self.room.load(Ordering::SeqCst)).unwrap();
            let rest = &lines[*done..];
            let taken = rest.len().min(room);
            self.text.lock().unwrap().extend_from_slice(&rest[..taken]);
            *done += taken;
            self.room.fetch_sub(taken as u64, Ordering::SeqCst);
            if taken < rest.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        fn sync(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn queue(paper: &Paper, most: usize) -> Queue {
        Queue::start(Box::new(paper.clone()), most, Duration::ZERO, Arc::default()).unwrap()
    }

    fn count(tally: &AtomicU64) -> u64 {
        tally.load(Ordering::SeqCst)
    }

    fn eventually(mut is_so: impl FnMut() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn everything_that_is_taken_is_written_in_order() {
        let paper = Paper::with_room(u64::MAX / 2);
        let queue = queue(&paper, 1 << 20);
        for at in 0..1000 {
            assert!(queue.try_push(&format!("{at}\n"), 1));
        }
        queue.close(Duration::from_secs(5));
        let expected = (0..1000).map(|at: u32| at.to_string() + "\n").collect::<Vec<_>>().concat();
        assert_eq!((paper.text(), count(&queue.tally().written), count(&queue.tally().lost)), (expected, 1000, 0));
        assert!(!queue.try_push("late\n", 1), "nothing is taken after the end");
        queue.push("late\n", 1);
        assert_eq!(count(&queue.tally().lost), 1);
    }

    /// Guard: what is lost is counted to the line, and told in the log itself.
    #[test]
    fn what_is_lost_is_counted_and_told_where_it_is_missing() {
        let paper = Paper::with_room(2);
        let queue = queue(&paper, 12);
        // The writer takes the first, and fails in the middle of it.
        assert!(queue.try_push("aaa\n", 1));
        eventually(|| count(&queue.tally().errors) > 0);
        assert!(queue.try_push("bbb\n", 1) && queue.try_push("ccc\n", 1), "12 bytes fit, with those that are being written");
        assert_eq!(queue.bytes(), 12);
        for _ in 0..3 {
            assert!(!queue.try_push("d\n", 1) && !queue.has_room());
            queue.lose(1);
        }
        assert_eq!((count(&queue.tally().lost), paper.text().as_str()), (3, "aa"));
        paper.room.store(u64::MAX / 2, Ordering::SeqCst);
        eventually(|| count(&queue.tally().written) == 4);
        assert!(queue.try_push("eee\n", 1));
        queue.close(Duration::from_secs(5));
        let text = paper.text();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!((&lines[..3], lines[4], lines.len()), (&["aaa", "bbb", "ccc"][..], "eee", 5));
        assert_eq!(serde_json::from_str::<DecisionLine>(lines[3]).unwrap().lost, Some(3));
        assert_eq!((count(&queue.tally().written), count(&queue.tally().lost)), (5, 3));
    }

    #[test]
    fn what_cannot_be_written_before_the_end_is_lost_and_counted() {
        let paper = Paper::with_room(5);
        let queue = queue(&paper, 1 << 10);
        assert!(queue.try_push("aaa\nbbb\n", 2));
        eventually(|| count(&queue.tally().errors) > 0);
        assert!(queue.try_push("ccc\n", 1));
        queue.close(Duration::from_millis(50));
        assert_eq!((count(&queue.tally().written), count(&queue.tally().lost), paper.text().as_str()), (1, 2, "aaa\nb"));
    }

    #[test]
    fn a_line_longer_than_the_queue_is_taken_alone() {
        let paper = Paper::with_room(0);
        let queue = queue(&paper, 8);
        assert!(queue.try_push("much longer than that\n", 1) && !queue.try_push("b\n", 1));
        eventually(|| count(&queue.tally().errors) > 0);
        assert!(!queue.try_push("b\n", 1) && !queue.has_room(), "what is being written takes its room still");
        queue.push("c\n", 1);
        paper.room.store(u64::MAX / 2, Ordering::SeqCst);
        queue.close(Duration::from_secs(5));
        assert_eq!(paper.text(), "much longer than that\nc\n");
    }

    #[tokio::test]
    async fn whoever_waits_goes_on_when_there_is_room_and_not_for_ever() {
        let paper = Paper::with_room(0);
        let queue = queue(&paper, 4);
        assert!(queue.try_push("a\n", 1));
        eventually(|| count(&queue.tally().errors) > 0);
        assert!(queue.try_push("b\n", 1));
        let soon = Instant::now() + Duration::from_millis(30);
        assert!(!queue.wait(soon, || queue.try_push("c\n", 1)).await && Instant::now() >= soon);
        paper.room.store(u64::MAX / 2, Ordering::SeqCst);
        assert!(queue.wait(Instant::now() + Duration::from_secs(20), || queue.try_push("c\n", 1)).await);
        queue.close(Duration::from_secs(5));
        assert_eq!(paper.text(), "a\nb\nc\n");
    }
}
