//! A ledger that several servers share, on PostgreSQL or what speaks its language.
//!
//! Transactions are READ COMMITTED and lock the rows that they decide by (`FOR UPDATE`, in ascending order), so that those that meet wait for each other instead of failing. Everything a
//! transaction writes goes over in one statement. There are no advisory locks, no triggers, no listening and no counters, which engines of this kind that spread over several nodes do without.

mod script;

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow};
use sqlx::{Arguments as _, AssertSqlSafe, ConnectOptions as _, Connection as _, Error, Executor as _, Postgres as Driver, Row as _};

use script::Script;

use super::rows::{
    BucketRow, CaseFilter, CaseRow, Changes, ChargeRow, EventRow, GrantFilter, GrantRow, Head, HookRow, Look, NoticeKey, NoticeRow, ReplyRow,
    Stretch, Token,
};
use super::sql::{self, Cell, Cells, Question};
use super::{Pending, Purpose, Store, StoreError, Transaction};

/// The schema, step by step. A step that was released is never changed.
const MIGRATIONS: [(&str, &str); 3] = [
    ("ledger", include_str!("../../../migrations/postgres/0001_ledger.sql")),
    ("age of replies", include_str!("../../../migrations/postgres/0002_age_of_replies.sql")),
    ("outbox", include_str!("../../../migrations/postgres/0003_outbox.sql")),
];
/// So many connections at most.
const CONNECTIONS: u32 = 16;
/// So long a transaction waits for a connection.
const PATIENCE: Duration = Duration::from_secs(3);
/// So often the migration is tried while another server migrates.
const MOST_TRIES: u32 = 20;
/// What holds in every connection: nobody waits for a lock for ever, and a server that no longer moves keeps no locks.
const SESSION: &str = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s'";

/// There are a few statements, each with one good plan by an index, and planning one costs more than carrying it out. A plan from when the tables were empty must not read them whole when they have grown.
const PLANS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

/// The store in a database. What is shown of it has no address, and so no password.
#[derive(Debug)]
pub struct Postgres {
    pool: PgPool,
}

struct Turn {
    tx: sqlx::Transaction<'static, Driver>,
    purpose: Purpose,
    /// Read along with a look.
    head: Option<Head>,
}

impl Postgres {
    /// Connects to the database at this address (`postgres://…`) and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// Where the address is none, the database does not answer, or its schema was made by a newer version of this program.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let options =
            PgConnectOptions::from_str(address).map_err(|_| StoreError::Unavailable("the address of the database is not understood".into()))?;
        let options = options.application_name("kulanz").disable_statement_logging();
        let connected = tokio::time::timeout(PATIENCE, options.connect()).await;
        let mut first =
            connected.map_err(|_| StoreError::Unavailable("the database took too long to connect".into()))?.map_err(|error| failed(&error))?;
        let migrated = migrate(&mut first, &sql::migrator(&MIGRATIONS)).await;
        // It was only for this.
        let _ = first.close().await;
        migrated?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE).test_before_acquire(false);
        let pool = pool.after_connect(|connection, _| Box::pin(async { prepare(connection).await })).connect_lazy_with(options);
        Ok(Self { pool })
    }

    async fn turn(&self, purpose: Purpose) -> Result<Turn, StoreError> {
        let begin = match purpose {
            Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            Purpose::Write => "BEGIN ISOLATION LEVEL READ COMMITTED",
        };
        // After the database was away, idle connections are dead and found to be so only here.
        let mut left = self.pool.size();
        loop {
            match self.pool.begin_with(begin).await {
                Ok(tx) => return Ok(Turn { tx, purpose, head: None }),
                Err(error) if left == 0 || matches!(error, Error::PoolTimedOut | Error::PoolClosed) => return Err(failed(&error)),
                Err(error) => match failed(&error) {
                    StoreError::Unavailable(_) => left -= 1,
                    other => return Err(other),
                },
            }
        }
    }
}

async fn prepare(connection: &mut PgConnection) -> Result<(), Error> {
    connection.execute(SESSION).await?;
    // An engine that does not know this plans as it likes.
    let _ = connection.execute(PLANS).await;
    let commit: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&mut *connection).await?;
    // What is acknowledged is on disk, whatever the default of the database is.
    if commit == "off" {
        connection.execute("SET synchronous_commit = on").await?;
    }
    Ok(())
}

/// Two servers that start at once may both try a step: one of them finds that the other was faster, and looks again.
async fn migrate(connection: &mut PgConnection, migrator: &Migrator) -> Result<(), StoreError> {
    for attempt in 0_u32.. {
        match migrator.run_direct(None, &mut *connection, false).await.map_err(|error| sql::not_migrated(error, MIGRATIONS.len(), failed)) {
            Err(StoreError::Conflict | StoreError::Broken(_)) if attempt < MOST_TRIES => tokio::time::sleep(Duration::from_millis(50)).await,
            other => return other,
        }
    }
    Ok(())
}

/// What a look returns: buckets, replies, and the end of a stream that nobody else is writing to. The locks are taken in this order; a bucket is waited for before a stream is taken.
const LOOK_AND_LOCK: &str = "WITH \
    locked AS (SELECT id, since, used, oldest, latest FROM buckets WHERE id = ANY($3::text[]) ORDER BY id FOR UPDATE), \
    free AS (SELECT stream, seq, hash FROM heads WHERE stream > 0 ORDER BY stream LIMIT 1 FOR UPDATE SKIP LOCKED) \
    SELECT 0::bigint, id, '', '', '', since, used, oldest, latest FROM locked \
    UNION ALL SELECT 0, id, '', '', '', since, used, oldest, latest FROM buckets WHERE id = ANY($4::text[]) \
    UNION ALL SELECT 1, r.caller, r.key, r.digest, r.body, r.at, 0, 0, 0 FROM unnest($1::text[], $2::text[]) AS t (caller, key) \
        JOIN replies r ON r.caller = t.caller AND r.key = t.key \
    UNION ALL SELECT 2, hash, '', '', '', stream, seq, 0, 0 FROM free";
/// The same where nothing is locked.
const LOOK: &str = "SELECT 0::bigint, id, '', '', '', since, used, oldest, latest FROM buckets WHERE id = ANY($3::text[] || $4::text[]) \
    UNION ALL SELECT 1, r.caller, r.key, r.digest, r.body, r.at, 0, 0, 0 FROM unnest($1::text[], $2::text[]) AS t (caller, key) \
        JOIN replies r ON r.caller = t.caller AND r.key = t.key";

/// A row of a look: `0, id, '', '', '', since, used, oldest, latest`, or `1, caller, key, digest, body, at, …`, or `2, hash, '', '', '', stream, seq, …`.
enum Found {
    Bucket(BucketRow),
    Reply(ReplyRow),
    Head(Head),
}

fn found(row: &PgRow) -> Result<Found, Error> {
    Ok(match row.int(0)? {
        0 => Found::Bucket(BucketRow { id: row.text(1)?, since: row.int(5)?, used: row.int(6)?, oldest: row.int(7)?, latest: row.int(8)? }),
        1 => {
            let token = Token { caller: row.text(1)?, key: row.text(2)? };
            Found::Reply(ReplyRow { token, at: row.int(5)?, digest: row.text(3)?, body: row.text(4)? })
        }
        _ => Found::Head(Head { stream: row.int(5)?, seq: row.int(6)?, hash: row.text(1)? }),
    })
}

impl Cells for PgRow {
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
        self.try_get(at)
    }
}

impl Turn {
    async fn ask<T>(&mut self, question: Question<'_>, read: fn(&PgRow) -> Result<T, Error>) -> Result<Vec<T>, StoreError> {
        let mut arguments = PgArguments::default();
        for cell in &question.cells {
            // A text or a number goes into any argument.
            let _ = match cell {
                Cell::Text(text) | Cell::Long(text) => arguments.add(*text),
                Cell::Int(number) => arguments.add(*number),
            };
        }
        self.rows(question.sql.into_owned(), arguments, read).await
    }

    async fn rows<T>(&mut self, sql: String, arguments: PgArguments, read: fn(&PgRow) -> Result<T, Error>) -> Result<Vec<T>, StoreError> {
        let rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(&mut *self.tx).await;
        rows.and_then(|rows| rows.iter().map(read).collect()).map_err(|error| failed(&error))
    }

    /// The rows with these ids, locked where this transaction writes.
    async fn by_id<T>(&mut self, sql: &str, ids: &[String], lock: bool, read: fn(&PgRow) -> Result<T, Error>) -> Result<Vec<T>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut arguments = PgArguments::default();
        // A list goes into any argument.
        let _ = arguments.add(ids);
        let lock = if lock && self.purpose == Purpose::Write { " FOR UPDATE" } else { "" };
        self.rows(format!("{sql} WHERE id = ANY($1) ORDER BY id{lock}"), arguments, read).await
    }

    async fn read_buckets(&mut self, ids: &[String], lock: bool) -> Result<Vec<BucketRow>, StoreError> {
        self.by_id("SELECT id, since, used, oldest, latest FROM buckets", ids, lock, sql::bucket).await
    }

    async fn run(&mut self, sql: &'static str, cells: Vec<Cell<'_>>) -> Result<(), StoreError> {
        self.ask(Question::new(sql, cells), |_| Ok(())).await.map(|_| ())
    }

    /// How rows are locked, where this transaction writes.
    fn lock(&self, how: &'static str) -> &'static str {
        if self.purpose == Purpose::Write { how } else { "" }
    }

    /// A stream that nobody else is writing to.
    async fn free_head(&mut self) -> Result<Head, StoreError> {
        let free = "SELECT stream, seq, hash FROM heads WHERE stream > 0 ORDER BY stream LIMIT 1 FOR UPDATE SKIP LOCKED";
        if let Some(head) = self.ask(Question::new(free, Vec::new()), sql::head).await?.pop() {
            return Ok(head);
        }
        // Whoever else makes the same at the same time has a conflict, and finds a free one the next time.
        let new = "INSERT INTO heads (stream, seq, hash) SELECT max(stream) + 1, 0, '' FROM heads RETURNING stream, seq, hash";
        self.ask(Question::new(new, Vec::new()), sql::head).await?.pop().ok_or_else(|| StoreError::Broken("there is no stream of events".into()))
    }
}

impl Transaction for Turn {
    fn replies<'a>(&'a mut self, tokens: &'a [Token]) -> Pending<'a, Vec<ReplyRow>> {
        Box::pin(async move {
            if tokens.is_empty() {
                return Ok(Vec::new());
            }
            let mut arguments = PgArguments::default();
            // A list goes into any argument.
            let _ = arguments.add(tokens.iter().map(|token| token.caller.as_str()).collect::<Vec<_>>());
            let _ = arguments.add(tokens.iter().map(|token| token.key.as_str()).collect::<Vec<_>>());
            let sql = "SELECT r.caller, r.key, r.at, r.digest, r.body FROM unnest($1::text[], $2::text[]) AS t (caller, key) \
                       JOIN replies r ON r.caller = t.caller AND r.key = t.key";
            self.rows(sql.into(), arguments, sql::reply).await
        })
    }

    fn grants<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<GrantRow>> {
        Box::pin(self.by_id("SELECT id, actor, at, reversed, body, charges FROM grants", ids, true, sql::grant))
    }

    fn cases<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<CaseRow>> {
        Box::pin(self.by_id("SELECT id, owner, state, due, body FROM cases", ids, true, sql::case))
    }

    fn buckets<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>> {
        Box::pin(self.read_buckets(ids, true))
    }

    fn peek<'a>(&'a mut self, ids: &'a [String]) -> Pending<'a, Vec<BucketRow>> {
        Box::pin(self.read_buckets(ids, false))
    }

    fn look<'a>(&'a mut self, look: &'a Look) -> Pending<'a, (Vec<ReplyRow>, Vec<BucketRow>)> {
        Box::pin(async move {
            let mut arguments = PgArguments::default();
            // A list goes into any argument.
            let _ = arguments.add(look.tokens.iter().map(|token| token.caller.as_str()).collect::<Vec<_>>());
            let _ = arguments.add(look.tokens.iter().map(|token| token.key.as_str()).collect::<Vec<_>>());
            let _ = arguments.add(&look.locked);
            let _ = arguments.add(&look.seen);
            let question = if self.purpose == Purpose::Write && !look.locked.is_empty() { LOOK_AND_LOCK } else { LOOK };
            let (mut replies, mut buckets) = (Vec::new(), Vec::new());
            for row in self.rows(question.into(), arguments, found).await? {
                match row {
                    Found::Reply(row) => replies.push(row),
                    Found::Bucket(row) => buckets.push(row),
                    Found::Head(head) => self.head = Some(head),
                }
            }
            Ok((replies, buckets))
        })
    }

    fn charged<'a>(&'a mut self, bucket: &'a str, stretch: Stretch) -> Pending<'a, (i64, Option<i64>)> {
        Box::pin(async move {
            // The sum is exact, and fails where it is beyond all bounds.
            let sql = "SELECT coalesce((SELECT sum(amount) FROM charges WHERE bucket = $1 AND at >= $2 AND at < $3), 0)::bigint, \
                       (SELECT min(at) FROM charges WHERE bucket = $1 AND at >= $3)";
            let question = Question::new(sql, vec![Cell::Text(bucket), Cell::Int(stretch.from), Cell::Int(stretch.to)]);
            Ok(self.ask(question, sql::charged).await?.pop().unwrap_or((0, None)))
        })
    }

    fn head(&mut self) -> Pending<'_, Head> {
        Box::pin(async move {
            match self.head.clone() {
                Some(head) => Ok(head),
                None => self.free_head().await,
            }
        })
    }

    fn secrets<'a>(&'a mut self, names: &'a [String]) -> Pending<'a, Vec<(String, String)>> {
        Box::pin(async move {
            if names.is_empty() {
                return Ok(Vec::new());
            }
            let mut arguments = PgArguments::default();
            // A list goes into any argument.
            let _ = arguments.add(names);
            let lock = if self.purpose == Purpose::Write { " FOR SHARE" } else { "" };
            self.rows(format!("SELECT name, value FROM secrets WHERE name = ANY($1) ORDER BY name{lock}"), arguments, sql::secret).await
        })
    }

    fn forget_secret<'a>(&'a mut self, name: &'a str) -> Pending<'a, ()> {
        Box::pin(self.run("DELETE FROM secrets WHERE name = $1", vec![Cell::Text(name)]))
    }

    fn write<'a>(&'a mut self, changes: &'a Changes) -> Pending<'a, ()> {
        Box::pin(async move {
            for (sql, arguments, _) in Script::of(changes).statements {
                self.rows(format!("{sql} SELECT 1"), arguments, |_| Ok(())).await?;
            }
            Ok(())
        })
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
        Box::pin(async move {
            let seals = match self.purpose {
                Purpose::Write => "SELECT stream, seq, hash FROM heads WHERE stream = 0 FOR UPDATE",
                Purpose::Read => "SELECT stream, seq, hash FROM heads WHERE stream = 0",
            };
            let head = self.ask(Question::new(seals, Vec::new()), sql::head).await?.pop();
            Ok(head.unwrap_or_else(|| Head::empty(Head::SEALS)))
        })
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
        Box::pin(self.run("DELETE FROM replies WHERE at < $1", vec![Cell::Int(before)]))
    }

    fn hooks(&mut self) -> Pending<'_, Vec<HookRow>> {
        Box::pin(self.ask(Question::new(sql::HOOKS, Vec::new()), sql::hook))
    }

    fn due_notices<'a>(&'a mut self, hook: &'a str, before: i64, most: u32) -> Pending<'a, Vec<NoticeRow>> {
        let lock = self.lock(" FOR UPDATE SKIP LOCKED");
        Box::pin(self.ask(sql::due_notices(hook, before, most, lock), sql::notice))
    }

    fn notice<'a>(&'a mut self, key: &'a NoticeKey) -> Pending<'a, Option<NoticeRow>> {
        Box::pin(async move { Ok(self.ask(sql::one_notice(key, self.lock(" FOR UPDATE")), sql::notice).await?.pop()) })
    }

    fn find_notices<'a>(&'a mut self, behind: &'a NoticeKey, most: u32) -> Pending<'a, Vec<NoticeRow>> {
        Box::pin(self.ask(sql::find_notices(behind, most), sql::notice))
    }

    fn drop_failed_notices(&mut self, before: i64) -> Pending<'_, ()> {
        Box::pin(self.run("DELETE FROM outbox WHERE state = 'failed' AND at < $1", vec![Cell::Int(before)]))
    }

    fn commit<'a>(self: Box<Self>) -> Pending<'a, ()>
    where
        Self: 'a,
    {
        Box::pin(async move { self.tx.commit().await.map_err(|error| failed(&error)) })
    }
}

impl Store for Postgres {
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
            // Whoever comes second waits for the first and then sees what that kept.
            turn.run("INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", vec![Cell::Text(name), Cell::Text(fresh)])
                .await?;
            let kept = turn.ask(wanted(), sql::text).await?.pop();
            turn.tx.commit().await.map_err(|error| failed(&error))?;
            kept.ok_or(StoreError::Conflict)
        })
    }

    fn ping(&self) -> Pending<'_, ()> {
        Box::pin(async move { self.turn(Purpose::Read).await?.run("SELECT name FROM secrets LIMIT 1", Vec::new()).await })
    }

    fn close(&self) -> Pending<'_, ()> {
        Box::pin(async move {
            self.pool.close().await;
            Ok(())
        })
    }
}

/// What an error of the database means here.
fn failed(error: &Error) -> StoreError {
    let why = error.to_string();
    let Some(database) = error.as_database_error() else {
        return match error {
            Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => {
                StoreError::Unavailable(why)
            }
            _ => StoreError::Broken(why),
        };
    };
    let code = database.code().unwrap_or_default();
    match code.as_ref() {
        // A serialization failure, a deadlock, a key that is there already, a lock that was not to be had in time, a transaction that stood still for too long and was ended.
        "40001" | "40P01" | "23505" | "55P03" | "25P03" => StoreError::Conflict,
        // The disk is full.
        "53100" => StoreError::Full(why),
        // Nobody knows whether it was committed, cancelled, to be read only as while another server takes over, no input or output.
        "40003" | "57014" | "25006" | "58030" => StoreError::Unavailable(why),
        // Connections; who may connect, and to what; no resources; an operator who intervenes.
        code if ["08", "28", "3D", "53", "57P"].iter().any(|class| code.starts_with(class)) => StoreError::Unavailable(why),
        _ => StoreError::Broken(why),
    }
}
