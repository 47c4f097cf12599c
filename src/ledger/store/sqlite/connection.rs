//! Connections to the file, handed out and taken back.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Error};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::StoreError;
use super::remembered::Remembered;
use super::script::Script;
use super::{code, failed};

/// Connections of one kind.
#[derive(Debug)]
pub(super) struct Lot {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<Kept>>,
    free: Arc<Semaphore>,
    size: u32,
}

/// A connection and what it remembers.
#[derive(Debug)]
struct Kept {
    connection: SqliteConnection,
    remembered: Remembered,
}

/// A connection of a lot, which goes back to it, without an open transaction.
pub(super) struct Held {
    lot: Arc<Lot>,
    permit: Option<OwnedSemaphorePermit>,
    connection: Option<SqliteConnection>,
    pub remembered: Remembered,
    /// Whether a transaction has begun.
    pub is_open: bool,
}

impl Lot {
    pub fn new(options: SqliteConnectOptions, size: usize, idle: Vec<SqliteConnection>) -> Arc<Self> {
        let free = Arc::new(Semaphore::new(size));
        let idle = idle.into_iter().map(|connection| Kept { connection, remembered: Remembered::default() }).collect();
        Arc::new(Self { options, idle: Mutex::new(idle), free, size: u32::try_from(size).unwrap_or(1) })
    }

    pub async fn take(self: &Arc<Self>) -> Result<Held, StoreError> {
        let permit = Arc::clone(&self.free).acquire_owned().await.map_err(|_| StoreError::Unavailable("it is closed".into()))?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Kept { connection, remembered } = match idle {
            Some(kept) => kept,
            None => Kept { connection: self.options.connect().await.map_err(|error| failed(&error))?, remembered: Remembered::default() },
        };
        Ok(Held { lot: Arc::clone(self), permit: Some(permit), connection: Some(connection), remembered, is_open: false })
    }

    fn give(&self, connection: SqliteConnection, remembered: Remembered) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(Kept { connection, remembered });
    }

    /// Waits for everything that is held, and closes it.
    pub async fn close(&self) -> Result<(), StoreError> {
        // Closed before.
        let Ok(_all) = self.free.acquire_many(self.size).await else { return Ok(()) };
        self.free.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for kept in idle {
            kept.connection.close().await.map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

impl Held {
    /// Lets statements run, in a transaction if `begin` says how to begin one.
    pub async fn run(&mut self, begin: &str, script: Script) -> Result<Vec<SqliteRow>, StoreError> {
        let connection = self.connection.as_mut().ok_or_else(|| StoreError::Unavailable("it is closed".into()))?;
        let mut statements = script.sql;
        if !self.is_open {
            statements.insert_str(0, begin);
            self.is_open = !begin.is_empty();
        }
        let rows = sqlx::query_with(AssertSqlSafe(statements), script.arguments).fetch_all(&mut *connection).await;
        rows.map_err(|error| {
            let why = failed(&error);
            if !matches!(error, Error::Database(_)) {
                self.connection = None;
            }
            why
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let remembered = std::mem::take(&mut self.remembered);
        if !self.is_open {
            self.lot.give(connection, remembered);
            return;
        }
        // Without a runtime the connection is closed, which ends its transaction too.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (lot, permit) = (Arc::clone(&self.lot), self.permit.take());
        runtime.spawn(async move {
            let ended = sqlx::query("ROLLBACK").execute(&mut connection).await;
            // SQLite ends a transaction of itself after some errors; then there is nothing to roll back.
            if ended.is_ok() || ended.is_err_and(|error| code(&error) == Some(1)) {
                lot.give(connection, remembered);
            }
            drop(permit);
        });
    }
}
