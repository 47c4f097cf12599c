//! Delivering what lies in the outbox: a task for each webhook.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::http::{StatusCode, Uri};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::config::{LONGEST_WAIT, Webhook, WebhookError};
use super::send::{Letter, Sender, Sent};
use crate::ledger::outbox::Tried;
use crate::ledger::store::NoticeRow;
use crate::ledger::{Ledger, LedgerError};
use crate::traces::{Kind, Spans};

/// How often the outbox is looked at for what other processes put there, and for what is due again.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So many messages to one webhook are under way at one time.
const TOGETHER: u32 = 8;
/// How much longer than a try can take a message is taken for.
const MARGIN: Duration = Duration::from_secs(15);
/// So often it is tried to note what came of a try.
const MOST_NOTES: u32 = 3;

/// What was done since the service began, for whoever measures it.
#[derive(Debug, Default)]
pub struct Tally {
    delivered: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
}

impl Tally {
    /// How many messages were delivered.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// How many tries came to nothing.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// How many messages are tried no more.
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}

/// Delivers the messages to one webhook.
#[derive(Debug)]
pub struct Deliverer {
    webhook: Webhook,
    name: String,
    sender: Sender,
    tally: Arc<Tally>,
    spans: Option<Arc<Spans>>,
}

impl Deliverer {
    /// One for a webhook. Deliveries are traced where there is somewhere to tell of them.
    ///
    /// # Errors
    ///
    /// Where its certificates cannot be read.
    pub fn new(webhook: &Webhook, tally: &Arc<Tally>, spans: Option<Arc<Spans>>) -> Result<Self, WebhookError> {
        Ok(Self { name: webhook.name(), sender: Sender::new(webhook)?, webhook: webhook.clone(), tally: Arc::clone(tally), spans })
    }

    /// Delivers until it is told to stop; what is under way then is finished.
    pub async fn run(self: Arc<Self>, ledger: &Ledger, mut stop: watch::Receiver<bool>) {
        let mut bell = ledger.bell();
        while !*stop.borrow_and_update() {
            match self.round(ledger).await {
                // There may be more.
                Ok(taken) if taken > 0 => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(webhook = self.name, %error, "webhooks wait for the ledger"),
            }
            tokio::select! {
                _ = stop.changed() => return,
                // A process that no longer books has no bell.
                _ = bell.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Delivers what is due, as much as goes at one time. Says how much it was.
    async fn round(self: &Arc<Self>, ledger: &Ledger) -> Result<usize, LedgerError> {
        if !ledger.is_told(&self.name) {
            return Ok(0);
        }
        let lease = Duration::from_secs(self.webhook.timeout_seconds) + MARGIN;
        let taken = ledger.take_messages(&self.name, SignedDuration::try_from(lease).unwrap_or_default(), TOGETHER).await?;
        let count = taken.len();
        let mut under_way = JoinSet::new();
        for row in taken {
            let this = Arc::clone(self);
            // Whoever sends waits for the other side, on a thread for such things.
            under_way.spawn_blocking(move || {
                let sent = this.send(&row);
                (row, sent)
            });
        }
        while let Some(ended) = under_way.join_next().await {
            // One that died is taken again when its time is over.
            let Ok((row, sent)) = ended else { continue };
            let tried = self.judge(&row, sent, ledger.now());
            self.note(ledger, &row, &tried).await;
        }
        Ok(count)
    }

    fn send(&self, row: &NoticeRow) -> Sent {
        let secrets = match self.webhook.secrets() {
            Ok(secrets) => secrets,
            Err(error) => return Sent::Refused(error.to_string(), None),
        };
        let timestamp = Timestamp::now().as_second();
        let signature = secrets.sign(&row.id, timestamp, &row.body);
        let begun = SystemTime::now();
        let (sent, status) = self.sender.send(&Letter { id: &row.id, timestamp, signature: &signature, body: &row.body });
        self.trace(row, begun, &sent, status);
        sent
    }

    /// Tells of a delivery: a trace of its own, for what it tells of may be long ago, or have happened elsewhere.
    fn trace(&self, row: &NoticeRow, begun: SystemTime, sent: &Sent, status: Option<StatusCode>) {
        let Some((spans, mut span)) = self.spans.as_ref().and_then(|spans| Some((spans, spans.begin(None, Kind::Client, begun)?))) else { return };
        span.took = begun.elapsed().unwrap_or_default();
        span.name = "POST webhook".into();
        span.say("http.request.method", "POST");
        let url: Option<Uri> = self.webhook.url.parse().ok();
        if let Some((url, host)) = url.as_ref().and_then(|url| Some((url, url.host()?))) {
            span.say("server.address", host.to_owned());
            let usual = if url.scheme_str() == Some("https") { 443 } else { 80 };
            span.say("server.port", u64::from(url.port_u16().unwrap_or(usual)));
        }
        if let Some(status) = status {
            span.say("http.response.status_code", u64::from(status.as_u16()));
        }
        span.say("kulanz.webhook", self.name.clone());
        span.say("kulanz.webhook.event", row.kind.clone());
        span.say("kulanz.webhook.message", row.id.clone());
        span.say("kulanz.webhook.tries", u64::try_from(row.tries).unwrap_or_default());
        if *sent != Sent::Taken {
            span.say("error.type", status.map_or_else(|| "connection".to_owned(), |status| status.as_str().to_owned()));
            span.is_failed = true;
        }
        spans.take(span);
    }

    /// What is done after a try.
    fn judge(&self, row: &NoticeRow, sent: Sent, now: Timestamp) -> Tried {
        let counter = match &sent {
            Sent::Taken => &self.tally.delivered,
            Sent::Gone | Sent::Refused(..) => &self.tally.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let (id, kind, tries) = (&row.id, &row.kind, row.tries);
        match sent {
            Sent::Taken => {
                tracing::debug!(webhook = self.name, id, kind, tries, "told");
                Tried::Delivered
            }
            Sent::Gone => {
                self.tally.failed.fetch_add(1, Ordering::Relaxed);
                tracing::error!(
                    webhook = self.name,
                    id,
                    kind,
                    "the webhook says that it is gone, and is told nothing any more; `kulanz hooks retry` has it told again"
                );
                Tried::Gone("410 Gone".into())
            }
            Sent::Refused(why, asked) => {
                let Some(wait) = self.webhook.wait(tries) else {
                    self.tally.failed.fetch_add(1, Ordering::Relaxed);
                    tracing::error!(webhook = self.name, id, kind, tries, why, "never told; `kulanz hooks retry` tries it again");
                    return Tried::Failed(why);
                };
                let wait = chance(wait).max(asked.unwrap_or_default().min(LONGEST_WAIT));
                tracing::warn!(webhook = self.name, id, kind, tries, why, again_in_seconds = wait.as_secs(), "not told yet");
                let due = SignedDuration::try_from(wait).ok().and_then(|wait| now.checked_add(wait).ok());
                Tried::Again(due.unwrap_or(Timestamp::MAX), why)
            }
        }
    }

    async fn note(&self, ledger: &Ledger, row: &NoticeRow, tried: &Tried) {
        for attempt in 1..=MOST_NOTES {
            match ledger.note_try(row, tried).await {
                Ok(()) => return,
                Err(error) if attempt == MOST_NOTES => {
                    tracing::warn!(webhook = self.name, id = row.id, %error, "what came of a message is not noted; it is sent again");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

/// A wait up to a fifth longer or shorter, so that those who failed together do not come back together.
fn chance(wait: Duration) -> Duration {
    let random = u32::try_from(uuid::Uuid::new_v4().as_u128() % 401).unwrap_or(200);
    wait * (800 + random) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_moves_a_wait_by_a_fifth_at_most() {
        let all: Vec<_> = (0..200).map(|_| chance(Duration::from_secs(100))).collect();
        assert!(all.iter().all(|wait| (800..=1200).contains(&(wait.as_millis() / 100))));
        assert!(all.iter().any(|wait| *wait != all[0]));
    }
}
