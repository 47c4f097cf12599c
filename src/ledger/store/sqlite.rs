//! A ledger in a file.
//!
//! SQLite has one writer at a time, so there is one connection that writes, and a few that read; other processes may work on the same file. Each statement is handed to the thread of its connection
//! and back, which costs more than most statements; so a transaction begins with its first question, and everything that it writes goes over with its commit. Where the connection still knows what the
//! transaction would ask, all of it goes over at one time.

mod connection;
mod remembered;
mod script;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, Error, Row as _};

use connection::{Held, Lot};
use remembered::{Committed, tokens};
use script::{Script, list};

use super::rows::{
    BucketRow, CaseFilter, CaseRow, Changes, ChargeRow, EventRow, GrantFilter, GrantRow, Head, HookRow, Look, NoticeKey, NoticeRow, ReplyRow,
    Stretch, Token,
};
use super::sql::{self, Cell, Cells, Question};
use super::{Pending, Purpose, Store, StoreError, Transaction};

/// The schema, step by step. A step that was released is never changed.
const MIGRATIONS: [(&str, &str); 3] = [
    ("ledger", include_str!("../../../migrations/sqlite/0001_ledger.sql")),
    ("age of replies", include_str!("../../../migrations/sqlite/0002_age_of_replies.sql")),
    ("outbox", include_str!("../../../migrations/sqlite/0003_outbox.sql")),
];
/// So many read at the same time.
const READERS: usize = 4;
/// So much of the file each connection keeps in memory at most: 16 MiB, in the unit of SQLite.
const CACHE: &str = "-16384";
/// So many pages are written to the log before they go to their places in the file: 32 MiB. The fewer times, the less is written twice.
const CHECKPOINT: &str = "8192";
/// So long a statement waits for another process before it is tried again from the start.
const PATIENCE: Duration = Duration::from_millis(500);
/// So often the file is tried to be opened while others hold it.
const MOST_TRIES: u32 = 20;
/// The one stream of events: there is one writer at a time.
const STREAM: i64 = 1;

/// The store in a file.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    /// Which file it was when it was opened.
    file: Option<Identity>,
    writer: Arc<Lot>,
    readers: Arc<Lot>,
}

/// What tells a file from another that takes its name.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = ();

/// Which file has this name now.
fn identity(path: &Path) -> Option<Identity> {
    let found = std::fs::metadata(path).ok()?;
    #[cfg(unix)]
    return Some((std::os::unix::fs::MetadataExt::dev(&found), std::os::unix::fs::MetadataExt::ino(&found)));
    #[cfg(not(unix))]
    return Some(drop(found));
}

struct Turn {
    held: Held,
    purpose: Purpose,
    /// Read along with the first question.
    head: Option<Head>,
    /// Begins with what begins the transaction, where that is trusting.
    written: Script,
    /// Whether it has taken something on trust that is not confirmed yet.
    is_trusting: bool,
    committed: Committed,
}

impl Sqlite {
    /// Opens the ledger in this file, which is made where there is none, and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// Where the file cannot be opened, is no ledger, or was made by a newer version of this program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(StoreError::Unavailable(format!("there is no folder `{}`", folder.display())));
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .pragma("cache_size", CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT)
            .row_buffer_size(1024)
            .disable_statement_logging();
        let mut attempt = 0;
        let first = loop {
            match opened(&options).await {
                Err(StoreError::Conflict) if attempt < MOST_TRIES => attempt += 1,
                Err(StoreError::Conflict) => return Err(StoreError::Unavailable("others hold the file".into())),
                Err(StoreError::Unavailable(why)) => return Err(StoreError::Unavailable(format!("{}: {why}", path.display()))),
                other => break other?,
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let options = options.create_if_missing(false);
        let (writer, readers) = (Lot::new(options.clone(), 1, vec![first]), Lot::new(options, READERS, Vec::new()));
        Ok(Self { path: path.to_owned(), file: identity(path), writer, readers })
    }

    async fn turn(&self, purpose: Purpose) -> Result<Turn, StoreError> {
        // What is written to a file that lost its name is lost with it.
        if identity(&self.path) != self.file {
            return Err(StoreError::Unavailable(format!("`{}` was moved or removed", self.path.display())));
        }
        let lot = if purpose == Purpose::Write { &self.writer } else { &self.readers };
        let (written, committed) = (Script::default(), Committed::default());
        Ok(Turn { held: lot.take().await?, purpose, head: None, written, is_trusting: false, committed })
    }
}

/// A connection to a file whose schema is up to date.
async fn opened(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut connection = options.connect().await.map_err(|error| failed(&error))?;
    // Who begins first migrates; whoever else begins at the same time waits, and finds it done.
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(|error| failed(&error))?;
    let migrated = sql::migrator(&MIGRATIONS).run_direct(None, &mut *tx, false).await;
    migrated.map_err(|error| sql::not_migrated(error, MIGRATIONS.len(), failed))?;
    tx.commit().await.map_err(|error| failed(&error))?;
    Ok(connection)
}

impl Cells for SqliteRow {
    fn text(&self, at: usize) -> Result<String, Error> {
        self.try_get(at)
    }

    fn int(&self, at: usize) -> Result<i64, Error> {
        self.try_get(at)
    }

    fn maybe_int(&self, at: usize) -> Result<Option<i64>, Error> {
        self.try_get(at)
    }

    fn yes(&self, at: usize) -> Result<bool, Error> {
        self.int(at).map(|number| number != 0)
    }
}

impl Turn {
    async fn ask<T>(&mut self, question: Question<'_>, read: fn(&SqliteRow) -> Result<T, Error>) -> Result<Vec<T>, StoreError> {
        if self.is_trusting {
            let script = std::mem::take(&mut self.written);
            self.confirm(script).await?;
        }
        let mut script = Script::ask(&question);
        // Nobody else writes once a transaction that writes has begun: the end of the stream is what it is now.
        let with_head = self.purpose == Purpose::Write && !self.held.is_open;
        let begin = match self.purpose {
            Purpose::Read => "BEGIN;",
            Purpose::Write => "BEGIN IMMEDIATE;SELECT 'head', stream, seq, hash FROM heads WHERE stream = 1;",
        };
        script.sql.push(';');
        let mut rows = self.held.run(begin, script).await?;
        if with_head {
            let is_head = rows.first().is_some_and(|row| row.columns().first().is_some_and(|column| sqlx::Column::name(column) == "'head'"));
            let row = is_head.then(|| rows.remove(0));
            let read = |row: &SqliteRow| Ok(Head { stream: row.int(1)?, seq: row.int(2)?, hash: row.text(3)? });
            self.head = Some(row.as_ref().map(read).transpose().map_err(|error| failed(&error))?.unwrap_or_else(|| Head::empty(STREAM)));
        }
        rows.iter().map(read).collect::<Result<_, _>>().map_err(|error| failed(&error))
    }

    /// Runs a script that begins with what confirms what was taken on trust.
    async fn confirm(&mut self, script: Script) -> Result<(), StoreError> {
        self.is_trusting = false;
        // It begins the transaction itself.
        self.held.is_open = true;
        let run = self.held.run("", script).await;
        if run.is_err() {
            self.held.remembered.forget();
        }
        run.map(drop)
    }

    /// The rows of a table with these ids.
    async fn by_id<T>(&mut self, sql: [&'static str; 2], ids: &[String], read: fn(&SqliteRow) -> Result<T, Error>) -> Result<Vec<T>, StoreError> {
        let [one, many] = sql;
        match ids {
            [] => Ok(Vec::new()),
            [id] => self.ask(Question::new(one, vec![Cell::Text(id)]), read).await,
            _ => {
                let all = serde_json::Value::from(ids).to_string();
                self.ask(Question::new(many, vec![Cell::Text(&all)]), read).await
            }
        }
    }

    async fn find_head(&mut self, stream: i64) -> Result<Head, StoreError> {
        let question = Question::new("SELECT stream, seq, hash FROM heads WHERE stream = $1", vec![Cell::Int(stream)]);
        Ok(self.ask(question, sql::head).await?.pop().unwrap_or_else(|| Head::empty(stream)))
    }
}

/// Replies, buckets and the end of the stream as lists of lists in one row: each row that goes from the thread of the connection to another one costs more than reading it does.
const LOOK: &str = "SELECT \
    (SELECT json_group_array(json_array(r.caller, r.key, r.at, r.digest, r.body)) \
        FROM json_each(?) t CROSS JOIN replies r ON r.caller = t.value ->> 0 AND r.key = t.value ->> 1), \
    (SELECT json_group_array(json_array(b.id, b.since, b.used, b.oldest, b.latest)) FROM json_each(?) t CROSS JOIN buckets b ON b.id = t.value), \
    (SELECT json_group_array(json_array(stream, seq, hash)) FROM heads WHERE stream = 1), \
    (SELECT data_version FROM pragma_data_version);";

/// What a look returned.
fn understood<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Broken(error.to_string()))
}

/// The rows of a table with one id, and with those of a list.
macro_rules! by_id {
    ($columns:literal, $table:literal) => {
        [
            concat!("SELECT ", $columns, " FROM ", $table, " WHERE id = $1"),
            concat!("SELECT ", $columns, " FROM ", $table, " WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id"),
        ]
    };
}

impl Transaction for Turn {
    fn replies<'a>(&'a mut self, tokens: &'a [Token]) -> Pending<'a, Vec<ReplyRow>> {
        Box::pin(async move {
            match tokens {
                [] => Ok(Vec::new()),
                [Token { caller, key }] => {
                    let sql = "SELECT caller, key, at, digest, body FROM replies WHERE caller = $1 AND key = $2";
                    self.ask(Question::new(sql, vec![Cell::Text(caller), Cell::Text(key)]), sql::reply).await
                }
                _ => {
                    let sql = "SELECT r.caller, r.key, r.at, r.digest, r.body FROM json_each($1) t \
                               CROSS JOIN replies r ON r.caller = t.value ->> 0 AND r.key = t.value ->> 1";
                    let all = list(tokens.iter().flat_map(|token| [Cell::Text(&token.caller), Cell::Text(&token.key)]), 2, &mut Vec::new());
                    self.ask(Question::new(sql, vec![Cell::Text(&all)]), sql::reply).await
                }
            }
        })
    }

    fn grants<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<GrantRow>> {
        Box::pin(self.by_id(by_id!("id, actor, at, reversed, body, charges", "grants"), ids, sql::grant))
    }

    fn cases<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<CaseRow>> {
        Box::pin(self.by_id(by_id!("id, owner, state, due, body", "cases"), ids, sql::case))
    }

    fn buckets<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>> {
        Box::pin(self.by_id(by_id!("id, since, used, oldest, latest", "buckets"), ids, sql::bucket))
    }

    fn peek<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>> {
        self.buckets(ids)
    }

    fn look<'a>(&'a mut self, look: &'a Look) -> Pending<'a, (Vec<ReplyRow>, Vec<BucketRow>)> {
        Box::pin(async move {
            if self.purpose == Purpose::Write
                && !self.held.is_open
                && self.written.sql.is_empty()
                && let Some((trust, head, buckets)) = self.held.remembered.recall(look)
            {
                (self.head, self.written, self.is_trusting) = (Some(head), trust.begin(), true);
                return Ok((Vec::new(), buckets));
            }
            let tokens = tokens(look);
            let buckets = serde_json::Value::from(look.locked.iter().chain(&look.seen).map(String::as_str).collect::<Vec<_>>()).to_string();
            let mut script = Script { sql: LOOK.into(), ..Script::default() };
            for cell in [tokens.as_str(), buckets.as_str()] {
                script.bind(Cell::Text(cell));
            }
            let begin = if self.purpose == Purpose::Write { "BEGIN IMMEDIATE;" } else { "BEGIN;" };
            let rows = self.held.run(begin, script).await?;
            let row = rows.first().ok_or_else(|| StoreError::Broken("it sees nothing".into()))?;
            let [replies, buckets, head] = [0, 1, 2].map(|at| row.text(at).map_err(|error| failed(&error)));
            if self.purpose == Purpose::Write {
                // Nobody else writes now: the end of the stream is what it is.
                let head: Vec<(i64, i64, String)> = understood(&head?)?;
                self.head = Some(head.into_iter().next().map_or_else(|| Head::empty(STREAM), |(stream, seq, hash)| Head { stream, seq, hash }));
            }
            let replies: Vec<(String, String, i64, String, String)> = understood(&replies?)?;
            let version = row.int(3).map_err(|error| failed(&error))?;
            let reply = |(caller, key, at, digest, body)| ReplyRow { token: Token { caller, key }, at, digest, body };
            let buckets: Vec<(String, i64, i64, i64, i64)> = understood(&buckets?)?;
            let bucket = |(id, since, used, oldest, latest)| BucketRow { id, since, used, oldest, latest };
            let buckets: Vec<_> = buckets.into_iter().map(bucket).collect();
            if let Some(head) = &self.head {
                self.held.remembered.learn(version, head, look, &buckets);
            }
            Ok((replies.into_iter().map(reply).collect(), buckets))
        })
    }

    fn charged<'a>(&'a mut self, bucket: &'a str, stretch: Stretch) -> Pending<'a, (i64, Option<i64>)> {
        Box::pin(async move {
            // The sum fails where it is beyond all bounds.
            let sql = "SELECT coalesce((SELECT sum(amount) FROM charges WHERE bucket = $1 AND at >= $2 AND at < $3), 0), \
                       (SELECT min(at) FROM charges WHERE bucket = $1 AND at >= $3)";
            let question = Question::new(sql, vec![Cell::Text(bucket), Cell::Int(stretch.from), Cell::Int(stretch.to)]);
            Ok(self.ask(question, sql::charged).await?.pop().unwrap_or((0, None)))
        })
    }

    fn head(&mut self) -> Pending<'_, Head> {
        Box::pin(async move {
            match self.head.clone() {
                Some(head) => Ok(head),
                None => self.find_head(STREAM).await,
            }
        })
    }

    fn secrets<'a>(&'a mut self, names: &'a [String]) -> Pending<'a, Vec<(String, String)>> {
        let sql = [
            "SELECT name, value FROM secrets WHERE name = $1",
            "SELECT name, value FROM secrets WHERE name IN (SELECT value FROM json_each($1)) ORDER BY name",
        ];
        Box::pin(self.by_id(sql, names, sql::secret))
    }

    fn forget_secret<'a>(&'a mut self, name: &'a str) -> Pending<'a, ()> {
        self.written.sql.push_str("DELETE FROM secrets WHERE name = ?;");
        self.written.bind(Cell::Text(name));
        Box::pin(std::future::ready(Ok(())))
    }

    fn write<'a>(&'a mut self, changes: &'a Changes) -> Pending<'a, ()> {
        self.written.changes(changes);
        self.committed.add(changes);
        Box::pin(std::future::ready(Ok(())))
    }

    fn find_grants<'a>(&'a mut self, filter: &'a GrantFilter) -> Pending<'a, Vec<GrantRow>> {
        Box::pin(self.ask(sql::find_grants(filter), sql::grant))
    }

    fn find_cases<'a>(&'a mut self, filter: &'a CaseFilter) -> Pending<'a, Vec<CaseRow>> {
        Box::pin(self.ask(sql::find_cases(filter), sql::case))
    }

    fn open_cases(&mut self) -> Pending<'_, Vec<(String, i64)>> {
        Box::pin(self.ask(Question::new(sql::OPEN_CASES, Vec::new()), sql::count))
    }

    fn events(&mut self, behind: (i64, i64), most: u32) -> Pending<'_, Vec<EventRow>> {
        Box::pin(self.ask(sql::events(behind, most), sql::event))
    }

    fn events_about<'a>(&'a mut self, id: &'a str) -> Pending<'a, Vec<EventRow>> {
        Box::pin(self.ask(sql::events_about(id), sql::event))
    }

    fn heads(&mut self) -> Pending<'_, Vec<Head>> {
        Box::pin(self.ask(Question::new(sql::HEADS, Vec::new()), sql::head))
    }

    fn seal_head(&mut self) -> Pending<'_, Head> {
        Box::pin(self.find_head(Head::SEALS))
    }

    fn bucket_ids<'a>(&'a mut self, behind: &'a str, most: u32) -> Pending<'a, Vec<String>> {
        Box::pin(self.ask(sql::bucket_ids(behind, most), sql::text))
    }

    fn charges<'a>(&'a mut self, behind: &'a (String, i64, String), most: u32) -> Pending<'a, Vec<ChargeRow>> {
        Box::pin(self.ask(sql::charges(behind, most), sql::charge))
    }

    fn find_replies<'a>(&'a mut self, behind: &'a Token, most: u32) -> Pending<'a, Vec<ReplyRow>> {
        Box::pin(self.ask(sql::find_replies(behind, most), sql::reply))
    }

    fn drop_replies(&mut self, before: i64) -> Pending<'_, ()> {
        self.written.sql.push_str("DELETE FROM replies WHERE at < ?;");
        self.written.bind(Cell::Int(before));
        Box::pin(std::future::ready(Ok(())))
    }

    fn hooks(&mut self) -> Pending<'_, Vec<HookRow>> {
        Box::pin(self.ask(Question::new(sql::HOOKS, Vec::new()), sql::hook))
    }

    fn due_notices<'a>(&'a mut self, hook: &'a str, before: i64, most: u32) -> Pending<'a, Vec<NoticeRow>> {
        Box::pin(self.ask(sql::due_notices(hook, before, most, ""), sql::notice))
    }

    fn notice<'a>(&'a mut self, key: &'a NoticeKey) -> Pending<'a, Option<NoticeRow>> {
        Box::pin(async move { Ok(self.ask(sql::one_notice(key, ""), sql::notice).await?.pop()) })
    }

    fn find_notices<'a>(&'a mut self, behind: &'a NoticeKey, most: u32) -> Pending<'a, Vec<NoticeRow>> {
        Box::pin(self.ask(sql::find_notices(behind, most), sql::notice))
    }

    fn drop_failed_notices(&mut self, before: i64) -> Pending<'_, ()> {
        self.written.sql.push_str("DELETE FROM outbox WHERE state = 'failed' AND at < ?;");
        self.written.bind(Cell::Int(before));
        Box::pin(std::future::ready(Ok(())))
    }

    fn commit<'a>(mut self: Box<Self>) -> Pending<'a, ()>
    where
        Self: 'a,
    {
        Box::pin(async move {
            let mut script = std::mem::take(&mut self.written);
            script.sql.push_str("COMMIT");
            let begin = if self.purpose == Purpose::Write { "BEGIN IMMEDIATE;" } else { "BEGIN;" };
            if self.is_trusting {
                self.confirm(script).await?;
            } else if let Err(error) = self.held.run(begin, script).await {
                // Whether it was kept is not known.
                self.held.remembered.forget();
                return Err(error);
            }
            self.held.is_open = false;
            self.held.remembered.keep(std::mem::take(&mut self.committed));
            Ok(())
        })
    }
}

impl Store for Sqlite {
    fn begin(&self, purpose: Purpose) -> Pending<'_, Box<dyn Transaction + '_>> {
        Box::pin(async move { Ok(Box::new(self.turn(purpose).await?) as Box<dyn Transaction + '_>) })
    }

    fn secret<'a>(&'a self, name: &'a str, fresh: &'a str) -> Pending<'a, String> {
        Box::pin(async move {
            let wanted = || Question::new("SELECT value FROM secrets WHERE name = $1", vec![Cell::Text(name)]);
            if let Some(kept) = self.turn(Purpose::Read).await?.ask(wanted(), sql::text).await?.pop() {
                return Ok(kept);
            }
            let mut turn = self.turn(Purpose::Write).await?;
            if let Some(kept) = turn.ask(wanted(), sql::text).await?.pop() {
                return Ok(kept);
            }
            turn.written.put("secrets", &[(name, fresh)], |(name, value)| [Cell::Text(name), Cell::Text(value)], "");
            Box::new(turn).commit().await?;
            Ok(fresh.to_owned())
        })
    }

    fn ping(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.turn(Purpose::Read).await?.ask(Question::new("SELECT name FROM secrets LIMIT 1", Vec::new()), sql::text).await?;
            Ok(())
        })
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.readers.close().await?;
            self.writer.close().await
        })
    }
}

/// The result code of SQLite, without what it adds to it.
fn code(error: &Error) -> Option<i64> {
    let code: i64 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// What an error of SQLite means here.
fn failed(error: &Error) -> StoreError {
    /// A unique or primary key that is there already.
    const KNOWN_ALREADY: [&str; 2] = ["1555", "2067"];
    let why = error.to_string();
    if error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| KNOWN_ALREADY.contains(&code.as_ref())) {
        return StoreError::Conflict;
    }
    match (code(error), error) {
        // Busy, or locked.
        (Some(5 | 6), _) => StoreError::Conflict,
        // Full.
        (Some(13), _) => StoreError::Full(why),
        (_, Error::Io(io)) if io.kind() == std::io::ErrorKind::StorageFull => StoreError::Full(why),
        // No permission, no memory, only to be read, an error of input or output, not to be opened; or nobody there to ask.
        (Some(3 | 7 | 8 | 10 | 14), _) | (None, Error::Io(_) | Error::WorkerCrashed) => StoreError::Unavailable(why),
        _ => StoreError::Broken(why),
    }
}
