//! Seals.

use serde_json::Map;

use super::chain::Sealed;
use crate::ledger::event::Event;
use crate::ledger::order::json;
use crate::ledger::pseudonym::Names;
use crate::ledger::store::{Changes, Head, Purpose, StoreError, Transaction};
use crate::ledger::{Ledger, LedgerError};

/// So often it is tried where another server seals at the same time.
const MOST_TRIES: u32 = 8;

impl Ledger {
    /// Seals the log: writes a line that lists the ends of all streams, if one of them moved since the last. Says whether it did. Two servers may do it at once.
    ///
    /// # Errors
    ///
    /// Where the ledger does not answer.
    pub async fn seal(&self) -> Result<bool, LedgerError> {
        let mut tries = 0;
        loop {
            match self.try_to_seal().await {
                Err(StoreError::Conflict) if tries < MOST_TRIES => tries += 1,
                other => return Ok(other?),
            }
        }
    }

    async fn try_to_seal(&self) -> Result<bool, StoreError> {
        let mut tx = self.store.begin(Purpose::Write).await?;
        let mut seals = tx.seal_head().await?;
        let mut heads: Vec<Sealed> = tx.heads().await?.iter().filter(|head| head.seq > 0).map(Sealed::from).collect();
        heads.sort_by_key(|head| head.stream);
        if heads == last_seal(tx.as_mut(), &seals).await? {
            return Ok(false);
        }
        let body = Map::from_iter([("heads".to_owned(), json(&heads))]);
        let event = Event { kind: "seal", about: String::new(), at: self.now().as_microsecond(), body, change: None };
        let events = vec![event.append(&mut seals, &Names::default())];
        tx.write(&Changes { events, heads: vec![seals], ..Changes::default() }).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// What the last seal lists; nothing where there is none.
async fn last_seal(tx: &mut dyn Transaction, seals: &Head) -> Result<Vec<Sealed>, StoreError> {
    let last = tx.events((Head::SEALS, seals.seq - 1), 1).await?.pop().filter(|row| row.stream == Head::SEALS);
    let line = last.and_then(|row| serde_json::from_str::<super::chain::Line>(&row.line).ok());
    Ok(line.and_then(|line| line.heads).unwrap_or_default())
}
