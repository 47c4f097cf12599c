//! Telling webhooks of what happens, while the service runs.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::books::Books;
use super::config::Config;
use super::service::Service;
use crate::hooks::Deliverer;
use crate::ledger::outbox::FAILURES_KEPT;
use crate::ledger::{LedgerError, Office};

/// How often it is looked which cases are overdue, and which webhooks are told.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// What may be seen late because clocks differ, or a transaction took long.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// For so long a stopping service waits for messages that are under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// The tasks that tell.
pub struct Telling {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Telling {
    /// Begins to tell the webhooks of a configuration, and nobody else.
    ///
    /// # Errors
    ///
    /// Where one of them cannot be told of anything, or the ledger does not answer.
    pub async fn start(service: &Arc<Service>, config: &Config) -> io::Result<Self> {
        let (mut tasks, stop) = (JoinSet::new(), watch::channel(false).0);
        let Some(Books { ledger, .. }) = &service.books else { return Ok(Self { tasks, stop }) };
        let spans = service.tracer.as_ref().map(|tracer| &tracer.spans);
        let deliverer = |webhook| Deliverer::new(webhook, &service.told, spans.cloned());
        let deliverers = config.webhook.iter().map(deliverer).collect::<Result<Vec<_>, _>>();
        let deliverers = deliverers.map_err(io::Error::other)?;
        let subscriptions: Vec<_> = config.webhook.iter().map(crate::hooks::Webhook::subscription).collect();
        for name in ledger.tell_to(&subscriptions).await.map_err(io::Error::other)? {
            tracing::warn!(webhook = name, "it is not in this configuration, and is told nothing any more");
        }
        for deliverer in deliverers.into_iter().map(Arc::new) {
            let (service, stopped) = (Arc::clone(service), stop.subscribe());
            tasks.spawn(async move {
                if let Some(books) = &service.books {
                    deliverer.run(&books.ledger, stopped).await;
                }
            });
        }
        if !config.webhook.is_empty() {
            tasks.spawn(tend(Arc::clone(service), stop.subscribe()));
        }
        Ok(Self { tasks, stop })
    }

    /// Lets what is under way arrive, and ends.
    pub async fn finish(mut self) {
        let _ = self.stop.send(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("messages to webhooks are under way and are sent again at the next start");
        }
        self.tasks.shutdown().await;
    }
}

/// Looks from time to time which cases are overdue, whether other servers had a webhook turned off or on, and which failures are old.
async fn tend(service: Arc<Service>, mut stop: watch::Receiver<bool>) {
    let mut told_until = None;
    while !*stop.borrow_and_update() {
        if let Err(error) = look(&service, &mut told_until).await {
            tracing::warn!(%error, "nobody is told of overdue cases for now");
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn look(service: &Service, told_until: &mut Option<Timestamp>) -> Result<(), LedgerError> {
    let Some(Books { ledger, .. }) = &service.books else { return Ok(()) };
    ledger.look_who_is_told().await?;
    let office = Office { engine: service.live.current(), people: service.people() };
    let since = told_until.map(|until| until.checked_sub(OVERLAP).unwrap_or(until));
    *told_until = Some(ledger.tell_overdue(&office, since).await?);
    ledger.drop_failed_messages(ledger.now().checked_sub(FAILURES_KEPT).unwrap_or_default()).await
}
