//! A file: grants, against one transaction each that writes the same rows and decides nothing.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kulanz::ledger::store::{Sqlite, Store};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions};
use tokio::sync::Mutex;

use crate::desk::{Desk, Rows, Wish, clock, count, ledger};
use crate::table::{Goal, Row};
use crate::turns::{measured, rate, turn};
use crate::{Effort, folder};

/// The bare store.
struct Bare {
    connection: Mutex<SqliteConnection>,
    rows: Rows,
    done: AtomicUsize,
}

impl Bare {
    async fn open(path: &Path, rows: Rows) -> Self {
        // The same schema.
        Sqlite::open(path).await.unwrap().close().await.unwrap();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", "-16384")
            .pragma("wal_autocheckpoint", "8192");
        let connection = options.disable_statement_logging().connect().await.unwrap();
        Self { connection: Mutex::new(connection), rows, done: AtomicUsize::new(0) }
    }

    /// One transaction, handed over to the thread of the connection in one piece.
    async fn grant(&self, number: u64) {
        let rows = self.rows.of(number, jiff::Timestamp::now().as_microsecond());
        let mut arguments = SqliteArguments::default();
        let mut sql = String::from("BEGIN IMMEDIATE;INSERT INTO grants VALUES (?,?,?,?,?,?);");
        let grant = rows.grant;
        for text in [grant.id, grant.actor] {
            arguments.add(text).unwrap();
        }
        arguments.add(grant.at).unwrap();
        arguments.add(0_i64).unwrap();
        for text in [grant.body, grant.charges] {
            arguments.add(text).unwrap();
        }
        for charge in rows.charges {
            sql.push_str("INSERT INTO charges VALUES (?,?,?,?);");
            arguments.add(charge.bucket).unwrap();
            arguments.add(charge.at).unwrap();
            arguments.add(charge.grant).unwrap();
            arguments.add(charge.amount).unwrap();
        }
        for bucket in rows.buckets {
            sql.push_str(
                "INSERT INTO buckets VALUES (?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET used = used + excluded.used, latest = excluded.latest;",
            );
            arguments.add(bucket.id).unwrap();
            for number in [bucket.since, bucket.used, bucket.oldest, bucket.latest] {
                arguments.add(number).unwrap();
            }
        }
        sql.push_str("INSERT INTO replies VALUES (?,?,?,?,?);");
        arguments.add(rows.reply.token.caller).unwrap();
        arguments.add(rows.reply.token.key).unwrap();
        arguments.add(rows.reply.at).unwrap();
        arguments.add(rows.reply.digest).unwrap();
        arguments.add(rows.reply.body).unwrap();
        sql.push_str("INSERT INTO events VALUES (1,?,?,?,?);");
        arguments.add(i64::try_from(number + 1).unwrap()).unwrap();
        arguments.add(rows.event.at).unwrap();
        arguments.add(rows.event.about).unwrap();
        arguments.add(rows.event.line).unwrap();
        sql.push_str("INSERT INTO heads VALUES (1,?,?) ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash;COMMIT");
        arguments.add(i64::try_from(number + 1).unwrap()).unwrap();
        arguments.add(rows.head.hash).unwrap();
        let mut connection = self.connection.lock().await;
        sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut *connection).await.unwrap();
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Bare and ours in turns, with one client and with 32.
pub async fn sqlite(effort: Effort) -> Vec<Row> {
    const CLIENTS: [usize; 2] = [1, 32];
    let folder = folder();
    let desk = Arc::new(Desk::new());
    let bare = Arc::new(Bare::open(&folder.path().join("bare.db"), desk.rows(Wish::Refund).await).await);
    let ours = Arc::new(ledger(&format!("sqlite:{}", folder.path().join("ledger.db").display()), clock()).await);
    let proposals: Arc<[_]> = desk.proposals(Wish::Refund).into();
    let granted = Arc::new(AtomicUsize::new(0));
    let mut turns = vec![Vec::new(); 2 * CLIENTS.len()];
    for round in 0..=effort.rounds {
        for (at, clients) in CLIENTS.into_iter().enumerate() {
            let bare = {
                let (bare, desk) = (Arc::clone(&bare), Arc::clone(&desk));
                turn(clients, move |_| {
                    let (bare, desk) = (Arc::clone(&bare), Arc::clone(&desk));
                    async move { bare.grant(desk.number()).await }
                })
                .await
            };
            let ours = {
                let (ours, desk, proposals, granted) = (Arc::clone(&ours), Arc::clone(&desk), Arc::clone(&proposals), Arc::clone(&granted));
                turn(clients, move |at| {
                    let (ours, desk, proposals, granted) = (Arc::clone(&ours), Arc::clone(&desk), Arc::clone(&proposals), Arc::clone(&granted));
                    async move {
                        desk.grant(&ours, &proposals[at % proposals.len()]).await;
                        granted.fetch_add(1, Ordering::Relaxed);
                    }
                })
                .await
            };
            // The first round warms up.
            if round > 0 {
                turns[2 * at].push(bare);
                turns[2 * at + 1].push(ours);
            }
        }
    }
    assert_eq!(count(ours.store()).await, granted.load(Ordering::Relaxed) as u64);
    let measured = measured(turns);
    let row = |at: usize, goal: f64| {
        let (bare, ours) = (2 * at, 2 * at + 1);
        let what = format!("SQLite, clients at one time: {}", CLIENTS[at]);
        // A ratio of rates is that of times upside down.
        Row::new(what, rate(measured.median(ours)), format!("{} bare, a commit each", rate(measured.median(bare))), measured.ratio(bare, ours))
            .goal(Goal::AtLeast(goal))
    };
    vec![row(0, 0.8), row(1, 3.0)]
}
