//! What webhooks are still to be told.
//!
//! Whoever delivers a message takes it first: it is then due again only after a while, so that nobody else delivers it meanwhile, and somebody does if the first is gone. What came of a try counts only
//! for whoever took the message last.

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::case::OverdueOrder;
use super::notice::{Happening, Subscription};
use super::store::{CaseFilter, Changes, HookRow, NoticeKey, NoticeRow, Purpose, Store, StoreError};
use super::{CaseState, Ledger, LedgerError, Office, PAGE};

/// For so long a message that failed is kept.
pub const FAILURES_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What came of a try to deliver a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// It was taken.
    Delivered,
    /// It is tried again at this moment.
    Again(Timestamp, String),
    /// It is not tried again.
    Failed(String),
    /// The webhook is gone and is told nothing any more.
    Gone(String),
}

/// The webhooks that a store knows.
pub(super) async fn hooks(store: &dyn Store) -> Result<Vec<HookRow>, StoreError> {
    let mut tx = store.begin(Purpose::Read).await?;
    tx.hooks().await
}

impl Ledger {
    /// Has these webhooks told from now on, and no others; returns the names of those that are told no more: what waits for them has failed. One that changed is told again even if it said that it was gone.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn tell_to(&self, webhooks: &[Subscription]) -> Result<Vec<String>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let known = tx.hooks().await?;
        let is_new = |row: &HookRow| known.iter().all(|known| known.name != row.name || known.setup != row.setup);
        let hooks = webhooks.iter().map(Subscription::row).filter(is_new).collect();
        let is_left_out = |row: &&HookRow| webhooks.iter().all(|webhook| webhook.name != row.name);
        let dropped_hooks: Vec<_> = known.iter().filter(is_left_out).map(|row| row.name.clone()).collect();
        let mut changes = Changes { hooks, dropped_hooks: dropped_hooks.clone(), ..Changes::default() };
        let mut behind = NoticeKey::default();
        while !dropped_hooks.is_empty() {
            let rows = tx.find_notices(&behind, PAGE).await?;
            let Some(last) = rows.last() else { break };
            behind = last.key();
            let lost = rows.into_iter().filter(|row| row.state == NoticeRow::WAITING && dropped_hooks.contains(&row.hook));
            let why = "the webhook is not in the configuration any more";
            changes.changed_notices.extend(lost.map(|row| NoticeRow { state: NoticeRow::FAILED.into(), last: why.into(), ..row }));
        }
        tx.write(&changes).await?;
        tx.commit().await?;
        self.look_who_is_told().await?;
        Ok(dropped_hooks)
    }

    /// Looks which webhooks are told: another server, or the command line, may have changed that.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn look_who_is_told(&self) -> Result<(), LedgerError> {
        self.listeners.set(self.webhooks().await?.iter().filter_map(Subscription::of));
        Ok(())
    }

    /// Every webhook.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn webhooks(&self) -> Result<Vec<HookRow>, LedgerError> {
        Ok(hooks(self.store.as_ref()).await?)
    }

    /// Whether a webhook is told of anything.
    #[must_use]
    pub fn is_told(&self, hook: &str) -> bool {
        self.listeners.all().iter().any(|listener| listener.name == hook)
    }

    /// Changes when there are new messages of this process.
    #[must_use]
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.listeners.bell()
    }

    /// Takes messages that are due, until a moment from now on.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn take_messages(&self, hook: &str, lease: SignedDuration, most: u32) -> Result<Vec<NoticeRow>, LedgerError> {
        let now = self.now();
        {
            // Mostly there is nothing to do, and nobody who writes is to wait for that.
            let mut tx = self.store.begin(Purpose::Read).await?;
            if tx.due_notices(hook, now.as_microsecond().saturating_add(1), 1).await?.is_empty() {
                return Ok(Vec::new());
            }
        }
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX).as_microsecond();
        let mut tx = self.store.begin(Purpose::Write).await?;
        let taken = tx.due_notices(hook, now.as_microsecond().saturating_add(1), most).await?.into_iter();
        let taken: Vec<_> = taken.map(|row| NoticeRow { due: until, tries: row.tries + 1, ..row }).collect();
        tx.write(&Changes { changed_notices: taken.clone(), ..Changes::default() }).await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Notes what came of a try to deliver a message that was taken.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer. The message is then tried again, once the time for which it was taken is over.
    pub async fn note_try(&self, taken: &NoticeRow, tried: &Tried) -> Result<(), LedgerError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let is_taken = |row: &NoticeRow| row.tries == taken.tries && row.state == NoticeRow::WAITING;
        let Some(row) = tx.notice(&taken.key()).await?.filter(is_taken) else { return Ok(()) };
        let mut changes = Changes::default();
        match tried {
            Tried::Delivered if Happening::is_told_once(&row.kind) => {
                changes.changed_notices.push(NoticeRow { state: NoticeRow::DONE.into(), body: String::new(), last: String::new(), ..row });
            }
            Tried::Delivered => changes.dropped_notices.push(row.key()),
            Tried::Again(due, why) => changes.changed_notices.push(NoticeRow { due: due.as_microsecond(), last: why.clone(), ..row }),
            Tried::Failed(why) => changes.changed_notices.push(NoticeRow { state: NoticeRow::FAILED.into(), last: why.clone(), ..row }),
            Tried::Gone(why) => {
                let hook = tx.hooks().await?.into_iter().find(|hook| hook.name == row.hook);
                changes.hooks.extend(hook.map(|hook| HookRow { off: self.now().as_microsecond(), ..hook }));
                changes.changed_notices.push(NoticeRow { state: NoticeRow::FAILED.into(), last: why.clone(), ..row });
            }
        }
        tx.write(&changes).await?;
        tx.commit().await?;
        if matches!(tried, Tried::Gone(_)) {
            self.look_who_is_told().await?;
        }
        Ok(())
    }

    /// Tells of every open case whose due time has passed, at or after `since` where that is given; each once for each of its due times. Says up to which moment it has looked.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn tell_overdue(&self, office: &Office, since: Option<Timestamp>) -> Result<Timestamp, LedgerError> {
        let now = self.now();
        if !self.listeners.all().iter().any(|listener| listener.events.contains(&Happening::CaseOverdue)) {
            return Ok(since.unwrap_or(Timestamp::MIN));
        }
        let (state, behind) = (Some(CaseState::Open.word().to_owned()), since.map(|since| (since.as_microsecond(), String::new())));
        let mut filter = CaseFilter { state, due_before: Some(now.as_microsecond()), behind, most: PAGE, ..CaseFilter::default() };
        loop {
            let rows = {
                let mut tx = self.store.begin(Purpose::Read).await?;
                tx.find_cases(&filter).await?
            };
            let Some(last) = rows.last() else { return Ok(now) };
            filter.behind = Some((last.due, last.id.clone()));
            for row in rows {
                // One that was decided meanwhile is not overdue.
                let _ = self.settle(Box::new(OverdueOrder { desk: office.desk(), case: row.id }), None).await?;
            }
        }
    }

    /// Messages behind one, in the order of webhook and id.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn messages(&self, behind: &NoticeKey) -> Result<Vec<NoticeRow>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Read).await?;
        Ok(tx.find_notices(behind, PAGE).await?)
    }

    /// Has messages that failed tried again, as if for the first time: those that `is_chosen` says. Says how many.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn retry_messages(&self, is_chosen: impl Fn(&NoticeRow) -> bool) -> Result<usize, LedgerError> {
        let (mut behind, mut count) = (NoticeKey::default(), 0);
        loop {
            let rows = self.messages(&behind).await?;
            let Some(last) = rows.last() else { return Ok(count) };
            behind = last.key();
            let mut tx = self.store.begin(Purpose::Write).await?;
            let mut changed_notices = Vec::new();
            for row in rows.iter().filter(|row| row.state == NoticeRow::FAILED && is_chosen(row)) {
                let row = tx.notice(&row.key()).await?.filter(|row| row.state == NoticeRow::FAILED);
                let due = self.now().as_microsecond();
                changed_notices.extend(row.map(|row| NoticeRow { state: NoticeRow::WAITING.into(), tries: 0, due, ..row }));
            }
            count += changed_notices.len();
            tx.write(&Changes { changed_notices, ..Changes::default() }).await?;
            tx.commit().await?;
        }
    }

    /// Has webhooks told again that said they were gone: those with these names, or all where there are none. Says which.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn turn_on(&self, names: &[String]) -> Result<Vec<String>, LedgerError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let is_off = |row: &HookRow| row.off != 0 && (names.is_empty() || names.contains(&row.name));
        let hooks: Vec<_> = tx.hooks().await?.into_iter().filter(is_off).map(|row| HookRow { off: 0, ..row }).collect();
        let turned = hooks.iter().map(|row| row.name.clone()).collect();
        tx.write(&Changes { hooks, ..Changes::default() }).await?;
        tx.commit().await?;
        self.look_who_is_told().await?;
        Ok(turned)
    }

    /// Forgets messages that failed and happened before a moment.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn drop_failed_messages(&self, before: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        tx.drop_failed_notices(before.as_microsecond()).await?;
        Ok(tx.commit().await?)
    }
}
