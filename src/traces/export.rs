//! The queue of spans, and the thread that empties it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::config::Settings;
use super::context::{Parent, Ratio, span_id, trace_id};
use super::send::{Sender, Sent};
use super::span::{Kind, Span};

/// So long spans gather before they are sent.
const LINGER: Duration = Duration::from_millis(500);
/// So many spans are sent together at most.
const TOGETHER: usize = 512;
/// So often the same spans are sent at most.
const MOST_TRIES: u32 = 3;
/// So long it takes until the second try, and twice as long until the next.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// So long a collector may have itself waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// So long a stopping service waits until what it has is sent.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was done since the service began.
#[derive(Debug, Default)]
pub struct Tally {
    sent: AtomicU64,
    lost: AtomicU64,
    failures: AtomicU64,
}

impl Tally {
    /// How many spans the collector took.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// How many spans found the queue full, or were not taken.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// How many requests to the collector came to nothing.
    pub fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }
}

enum Message {
    Span(Box<Span>),
    Stop,
}

/// Takes spans. Nobody waits for it.
#[derive(Debug)]
pub struct Spans {
    queue: SyncSender<Message>,
    tally: Arc<Tally>,
    sample: Ratio,
}

/// The thread that sends spans.
#[derive(Debug)]
pub struct Exporting {
    thread: Thread,
    stop: Arc<AtomicBool>,
    ended: oneshot::Receiver<()>,
    spans: Arc<Spans>,
}

impl Spans {
    /// Begins to send what it is given.
    ///
    /// # Errors
    ///
    /// Where the settings name what cannot be read, or there is no thread to be had.
    pub fn start(settings: &Settings) -> io::Result<(Arc<Self>, Exporting)> {
        let sender = Sender::new(settings).map_err(io::Error::other)?;
        let (queue, waiting) = sync_channel(settings.queue);
        let (tally, stop) = (Arc::<Tally>::default(), Arc::<AtomicBool>::default());
        let (ending, ended) = oneshot::channel();
        let exporter = Exporter { sender, tally: Arc::clone(&tally), stop: Arc::clone(&stop), is_down: false };
        let thread = thread::Builder::new().name("traces".into()).spawn(move || {
            exporter.run(&waiting);
            // Whoever stopped may have given up.
            let _ = ending.send(());
        })?;
        let spans = Arc::new(Self { queue, tally, sample: settings.sample });
        Ok((Arc::clone(&spans), Exporting { thread: thread.thread().clone(), stop, ended, spans }))
    }

    /// What was done so far.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// A span that begins now, if it is to be traced: as the caller says, or where none says anything, by the share that is configured.
    #[must_use]
    pub fn begin(&self, parent: Option<Parent>, kind: Kind, begun: std::time::SystemTime) -> Option<Span> {
        let (trace, parent, state) = match parent {
            Some(parent) if parent.is_sampled => (parent.trace, Some(parent.span), parent.state),
            Some(_) => return None,
            None if self.sample.is_nothing() => return None,
            None => (Some(trace_id()).filter(|trace| self.sample.takes(*trace))?, None, String::new()),
        };
        let is_remote = parent.is_some();
        Some(Span {
            trace,
            id: span_id(),
            parent,
            is_remote,
            state,
            name: "".into(),
            kind,
            begun,
            took: Duration::ZERO,
            attributes: Vec::new(),
            is_failed: false,
        })
    }

    /// Takes a span, if there is room.
    pub fn take(&self, span: Span) {
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = self.queue.try_send(Message::Span(Box::new(span))) {
            self.tally.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Span {
    /// A span within this one, and of its process.
    #[must_use]
    pub fn child(&self, name: &'static str, begun: std::time::SystemTime, took: Duration) -> Self {
        Self {
            trace: self.trace,
            id: span_id(),
            parent: Some(self.id),
            is_remote: false,
            state: self.state.clone(),
            name: name.into(),
            kind: Kind::Internal,
            begun,
            took,
            attributes: Vec::new(),
            is_failed: false,
        }
    }
}

impl Exporting {
    /// Sends what waits, for a while.
    pub async fn finish(self) {
        self.stop.store(true, Ordering::Release);
        // Where there is no room, nobody sleeps who would have to be woken.
        let _ = self.spans.queue.try_send(Message::Stop);
        self.thread.unpark();
        if tokio::time::timeout(PATIENCE, self.ended).await.is_err() {
            tracing::warn!("the collector of traces takes too long; the last spans are lost");
        }
    }
}

/// Sends what comes.
struct Exporter {
    sender: Sender,
    tally: Arc<Tally>,
    stop: Arc<AtomicBool>,
    /// Whether the last request came to nothing; then the log has been told.
    is_down: bool,
}

impl Exporter {
    fn run(mut self, waiting: &Receiver<Message>) {
        while let Ok(first) = waiting.recv() {
            let mut spans = Vec::new();
            if let Message::Span(span) = first {
                spans.push(*span);
            }
            // Others follow; whoever sends them finds nobody to wake meanwhile.
            self.rest(LINGER);
            loop {
                let more = std::iter::from_fn(|| waiting.try_recv().ok()).take(TOGETHER - spans.len().min(TOGETHER));
                spans.extend(more.filter_map(|message| match message {
                    Message::Span(span) => Some(*span),
                    Message::Stop => None,
                }));
                if spans.is_empty() {
                    break;
                }
                self.deliver(&std::mem::take(&mut spans));
            }
            if self.is_stopping() {
                return;
            }
        }
    }

    fn deliver(&mut self, spans: &[Span]) {
        let count = u64::try_from(spans.len()).unwrap_or(u64::MAX);
        let taken = self.sender.written(spans).map_or(0, |body| count - self.insist(&body).map_or(count, |rejected| rejected.min(count)));
        self.tally.sent.fetch_add(taken, Ordering::Relaxed);
        self.tally.lost.fetch_add(count - taken, Ordering::Relaxed);
    }

    /// Sends until it is taken, or not worth another try. Says how many were rejected of what was taken.
    fn insist(&mut self, body: &[u8]) -> Option<u64> {
        // As long as nobody is there, no time is lost with what comes meanwhile.
        let tries = if self.is_down { 1 } else { MOST_TRIES };
        for attempt in 0..tries {
            let (why, wait) = match self.sender.send(body) {
                Sent::Taken(rejected) => {
                    self.is_up();
                    return Some(rejected);
                }
                Sent::Later(why, wait) => (why, Some(wait.unwrap_or_default().max(FIRST_RETRY * (1 << attempt)).min(LONGEST_WAIT))),
                Sent::Refused(why) => (why, None),
            };
            self.tally.failures.fetch_add(1, Ordering::Relaxed);
            if !std::mem::replace(&mut self.is_down, true) {
                tracing::warn!(why, "the collector does not take traces; those that it does not take are lost and counted");
            }
            match wait.filter(|_| attempt + 1 < tries && !self.is_stopping()) {
                Some(wait) => self.rest(wait),
                None => break,
            }
        }
        None
    }

    fn is_up(&mut self) {
        if std::mem::take(&mut self.is_down) {
            tracing::info!("the collector takes traces again");
        }
    }

    fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Sleeps, unless the service stops.
    fn rest(&self, long: Duration) {
        let until = Instant::now() + long;
        while !self.is_stopping() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            thread::park_timeout(left);
        }
    }
}
