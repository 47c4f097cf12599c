//! A PostgreSQL of this bench's own, with fsync on: two servers, against one statement for each grant that writes the same rows and decides nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use kulanz::ledger::store::{Head, Postgres, Store};
use sqlx::postgres::{PgArguments, PgPool, PgPoolOptions};
use sqlx::{Arguments, ConnectOptions};

use crate::Effort;
use crate::cluster::Cluster;
use crate::desk::{Desk, Rows, Wish, clock, count, ledger};
use crate::table::{Goal, Row};
use crate::turns::{measured, rate, turn};

/// So many connections, on either side.
const CONNECTIONS: u32 = 16;
/// What is durable, and memory and room in the log so that it does not stop to write pages in the middle of a turn.
const SETTINGS: &str = "-c fsync=on -c synchronous_commit=on -c shared_buffers=256MB -c max_wal_size=4GB -c checkpoint_timeout=1h";

/// The whole grant in one statement.
const STATEMENT: &str = "WITH \
    g AS (INSERT INTO grants VALUES ($1, $2, $3, false, $4, $5)), \
    c AS (INSERT INTO charges SELECT * FROM unnest($6::text[], $7::bigint[], $8::text[], $9::bigint[])), \
    b AS (INSERT INTO buckets SELECT * FROM unnest($6::text[], $10::bigint[], $9::bigint[], $7::bigint[], $7::bigint[]) \
        ON CONFLICT (id) DO UPDATE SET used = buckets.used + excluded.used, latest = excluded.latest), \
    r AS (INSERT INTO replies VALUES ($11, $12, $3, $13, $14)), \
    e AS (INSERT INTO events VALUES ($15, $16, $3, $1, $17)) \
    UPDATE heads SET seq = $16, hash = $18 WHERE stream = $15";

/// The bare store. Each connection has a stream of events of its own.
struct Bare {
    pool: PgPool,
    streams: std::sync::Mutex<Vec<(i64, i64)>>,
    rows: Rows,
}

impl Bare {
    async fn open(address: &str, rows: Rows) -> Self {
        // The same schema.
        Postgres::open(address).await.unwrap().close().await.unwrap();
        let options: sqlx::postgres::PgConnectOptions = address.parse().unwrap();
        let pool =
            PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false).connect_lazy_with(options.disable_statement_logging());
        let streams: Vec<_> = (1..=i64::from(CONNECTIONS)).map(|stream| (stream, 0)).collect();
        for (stream, _) in &streams {
            sqlx::query("INSERT INTO heads VALUES ($1, 0, '') ON CONFLICT DO NOTHING").bind(stream).execute(&pool).await.unwrap();
        }
        Self { pool, streams: std::sync::Mutex::new(streams), rows }
    }

    async fn grant(&self, number: u64) {
        let rows = self.rows.of(number, jiff::Timestamp::now().as_microsecond());
        let mut connection = self.pool.acquire().await.unwrap();
        let (stream, seq) = self.streams.lock().unwrap().pop().unwrap();
        let Rows { grant, charges, buckets, reply, event, head: Head { hash, .. } } = rows;
        let mut arguments = PgArguments::default();
        arguments.add(&grant.id).unwrap();
        arguments.add(&grant.actor).unwrap();
        arguments.add(grant.at).unwrap();
        arguments.add(&grant.body).unwrap();
        arguments.add(&grant.charges).unwrap();
        arguments.add(charges.iter().map(|row| row.bucket.as_str()).collect::<Vec<_>>()).unwrap();
        arguments.add(charges.iter().map(|row| row.at).collect::<Vec<_>>()).unwrap();
        arguments.add(charges.iter().map(|row| row.grant.as_str()).collect::<Vec<_>>()).unwrap();
        arguments.add(charges.iter().map(|row| row.amount).collect::<Vec<_>>()).unwrap();
        arguments.add(buckets.iter().map(|row| row.since).collect::<Vec<_>>()).unwrap();
        arguments.add(&reply.token.caller).unwrap();
        arguments.add(&reply.token.key).unwrap();
        arguments.add(&reply.digest).unwrap();
        arguments.add(&reply.body).unwrap();
        arguments.add(stream).unwrap();
        arguments.add(seq + 1).unwrap();
        arguments.add(&event.line).unwrap();
        arguments.add(&hash).unwrap();
        sqlx::query_with(STATEMENT, arguments).execute(&mut *connection).await.unwrap();
        self.streams.lock().unwrap().push((stream, seq + 1));
    }
}

/// Rows for grants that meet at random, and for grants that all meet in the house's bucket.
pub async fn postgres(effort: Effort) -> Vec<Row> {
    let folder = tempfile::Builder::new().prefix("kulanz-bench-").tempdir().unwrap();
    let cluster = Cluster::make(folder.path());
    cluster.start_with(SETTINGS);
    let mut rows = measure(effort, &cluster, Wish::Refund).await;
    rows.extend(measure(effort, &cluster, Wish::Voucher).await);
    cluster.stop();
    rows
}

async fn measure(effort: Effort, cluster: &Cluster, wish: Wish) -> Vec<Row> {
    const CLIENTS: [usize; 2] = [16, 64];
    let database = |name: &str| {
        let name = format!("{name}_{}", if wish == Wish::Refund { "spread" } else { "one" });
        cluster.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
        cluster.address(&name)
    };
    let desk = Arc::new(Desk::new());
    let bare = Arc::new(Bare::open(&database("bare"), desk.rows(wish).await).await);
    let address = database("ours");
    let servers = Arc::new([ledger(&address, clock()).await, ledger(&address, clock()).await]);
    let proposals: Arc<[_]> = desk.proposals(wish).into();
    let (granted, number) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let mut turns = vec![Vec::new(); 2 * CLIENTS.len()];
    for round in 0..=effort.rounds {
        for (at, clients) in CLIENTS.into_iter().enumerate() {
            let (of, number) = (Arc::clone(&bare), Arc::clone(&number));
            let bare = turn(clients, move |_| {
                let (bare, number) = (Arc::clone(&of), number.fetch_add(1, Ordering::Relaxed));
                async move { bare.grant(number).await }
            });
            let bare = bare.await;
            let all = (Arc::clone(&servers), Arc::clone(&desk), Arc::clone(&proposals), Arc::clone(&granted));
            let ours = turn(clients, move |at| {
                let (servers, desk, proposals, granted) = all.clone();
                async move {
                    // Each client stays with one server.
                    desk.grant(&servers[at % clients % 2], &proposals[at % proposals.len()]).await;
                    granted.fetch_add(1, Ordering::Relaxed);
                }
            });
            let ours = ours.await;
            // The first round warms up.
            if round > 0 {
                turns[2 * at].push(bare);
                turns[2 * at + 1].push(ours);
            }
        }
    }
    assert_eq!(count(servers[0].store()).await, granted.load(Ordering::Relaxed) as u64);
    let measured = measured(turns);
    let row = |(at, clients): (usize, &usize)| {
        let (bare, ours) = (2 * at, 2 * at + 1);
        let (meet, goal) = if wish == Wish::Refund { ("", true) } else { (", all in one bucket (for comparison)", false) };
        let what = format!("PostgreSQL, two servers, clients at one time: {clients}{meet}");
        let against = format!("{} bare, {CONNECTIONS} connections", rate(measured.median(bare)));
        let row = Row::new(what, rate(measured.median(ours)), against, measured.ratio(bare, ours));
        if goal { row.goal(Goal::AtLeast(0.7)) } else { row }
    };
    CLIENTS.iter().enumerate().map(row).collect()
}
