//! How a ledger is opened: addresses, schemas of other versions, several at once; and a database that goes away and comes back.

use std::sync::Arc;
use std::time::Duration;

use kulanz::ledger::store::{Postgres, Purpose, Sqlite, Store, StoreError};
use kulanz::ledger::{Ledger, Setup};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{ConnectOptions, Connection, Executor};

use super::cluster::{Cluster, Database};
use super::stores::block_on;
use super::world::World;

/// The first version of each schema.
const FIRST: [&str; 2] = [include_str!("../../migrations/sqlite/0001_ledger.sql"), include_str!("../../migrations/postgres/0001_ledger.sql")];
const NEWER: &str = "INSERT INTO _sqlx_migrations VALUES (99, 'from the future', CURRENT_TIMESTAMP, true, 'ab', 0)";

fn first(sql: &'static str) -> Migrator {
    let mut migrator =
        Migrator::with_migrations(vec![Migration::new(1, "ledger".into(), MigrationType::Simple, sqlx::SqlSafeStr::into_sql_str(sql), false)]);
    migrator.set_locking(false);
    migrator
}

async fn refusal(address: &str) -> String {
    Ledger::open(address, Setup::default()).await.unwrap_err().to_string()
}

#[test]
fn what_is_no_address_is_said_without_its_password() {
    block_on(async {
        assert_eq!(refusal("mysql://me:topsecret@host/db").await, "`mysql:…` is no ledger; write sqlite:PATH, postgres://… or memory:");
        assert_eq!(refusal("me:topsecret@host").await, "`me:…` is no ledger; write sqlite:PATH, postgres://… or memory:");
        assert_eq!(refusal("topsecret@host").await, "`…` is no ledger; write sqlite:PATH, postgres://… or memory:");
        assert_eq!(refusal("postgres:topsecret@host").await, "`postgres:…` is no ledger; write sqlite:PATH, postgres://… or memory:");
        for none in ["", "ledger.db", "sqlite:", "sqlite::memory:", "memory:x"] {
            assert_eq!(refusal(none).await, format!("`{none}` is no ledger; write sqlite:PATH, postgres://… or memory:"));
        }
        for wrong in
            ["postgres://me:topsecret@host:port/db", "postgres://me:topsecret@127.0.0.1:1/db", "postgres://127.0.0.1:1/db?password=topsecret"]
        {
            let error = refusal(wrong).await;
            assert!(error.starts_with("the ledger does not answer: ") && !error.contains("topsecret"), "{error}");
        }
    });
}

#[test]
fn a_file_is_made_but_not_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.db");
    block_on(async {
        let missing = folder.path().join("missing");
        let wrong = refusal(&format!("sqlite:{}/ledger.db", missing.display())).await;
        assert_eq!(wrong, format!("the ledger does not answer: there is no folder `{}`", missing.display()));
        Ledger::open(&format!("sqlite:{}", file.display()), Setup::default()).await.unwrap().close().await.unwrap();
        // The log of SQLite goes with the last who has the file open.
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(names, ["ledger.db"]);
        std::fs::write(&file, "This is no ledger but a letter, and a rather long one at that. ".repeat(200)).unwrap();
        let wrong = refusal(&format!("sqlite:{}", file.display())).await;
        assert!(wrong.starts_with("the ledger is broken: "), "{wrong}");
    });
}

#[test]
fn no_ledger_shows_its_password() {
    let database = Database::new();
    let address = database.address.replacen("postgres@", "postgres:topsecret@", 1);
    block_on(async {
        let ledger = Ledger::open(&address, Setup::default()).await.unwrap();
        let shown = format!("{ledger:#?}");
        assert!(!shown.contains("topsecret"), "{shown}");
    });
}

#[test]
fn a_file_of_an_older_version_is_migrated_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.db");
    block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut old = options.connect().await.unwrap();
        first(FIRST[0]).run_direct(None, &mut old, false).await.unwrap();
        old.execute("INSERT INTO buckets VALUES ('house', 1, 2, 3, 4)").await.unwrap();
        old.close().await.unwrap();
        check_migrated(&Sqlite::open(&file).await.unwrap()).await;
        let mut new = options.connect().await.unwrap();
        let steps: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations").fetch_one(&mut new).await.unwrap();
        let indexes: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'replies_by_time'").fetch_one(&mut new).await.unwrap();
        assert_eq!((steps, indexes), (3, 1));
    });
}

#[test]
fn a_database_of_an_older_version_is_migrated_and_keeps_its_rows() {
    let database = Database::new();
    block_on(async {
        let mut old = sqlx::PgConnection::connect(&database.address).await.unwrap();
        first(FIRST[1]).run_direct(None, &mut old, false).await.unwrap();
        old.execute("INSERT INTO buckets VALUES ('house', 1, 2, 3, 4)").await.unwrap();
        check_migrated(&Postgres::open(&database.address).await.unwrap()).await;
    });
    assert_eq!(database.sql("SELECT count(*) FROM _sqlx_migrations"), "3\n");
    assert_eq!(database.sql("SELECT count(*) FROM pg_indexes WHERE indexname = 'replies_by_time'"), "1\n");
}

async fn check_migrated(store: &dyn Store) {
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    let rows = tx.buckets(&["house".to_owned()]).await.unwrap();
    assert_eq!(rows[0].used, 2);
}

#[test]
fn what_a_newer_version_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.db");
    let database = Database::new();
    let expected = "the ledger was made by a newer version of Kulanz (its schema is 99); this one knows schemas up to 3";
    block_on(async {
        Sqlite::open(&file).await.unwrap().close().await.unwrap();
        let mut connection = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
        connection.execute(NEWER).await.unwrap();
        connection.close().await.unwrap();
        assert_eq!(refusal(&format!("sqlite:{}", file.display())).await, expected);

        Postgres::open(&database.address).await.unwrap().close().await.unwrap();
        database.sql(NEWER);
        assert_eq!(refusal(&database.address).await, expected);
    });
}

#[test]
fn a_step_that_was_changed_afterwards_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.db");
    block_on(async {
        let mut other = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true).connect().await.unwrap();
        first("CREATE TABLE grants (id TEXT)").run_direct(None, &mut other, false).await.unwrap();
        other.close().await.unwrap();
        let error = refusal(&format!("sqlite:{}", file.display())).await;
        assert!(error.starts_with("the ledger is broken: migration 1 was previously applied"), "{error}");
    });
}

#[test]
fn many_that_start_at_once_migrate_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new();
    for address in [format!("sqlite:{}", folder.path().join("ledger.db").display()), database.address.clone()] {
        let open = || {
            let address = address.clone();
            // Each with a runtime of its own, as servers have.
            std::thread::spawn(move || {
                block_on(async {
                    let ledger = Ledger::open(&address, Setup::default()).await.unwrap();
                    ledger.store().secret("private", "another").await.unwrap()
                })
            })
        };
        let servers: Vec<_> = (0..6).map(|_| open()).collect();
        let secrets: Vec<_> = servers.into_iter().map(|server| server.join().unwrap()).collect();
        // All of them know the same secret, which is none of those that they brought.
        assert!(secrets[0] != "another" && secrets.iter().all(|secret| *secret == secrets[0]), "{secrets:?}");
    }
    assert_eq!(database.sql("SELECT count(*) FROM _sqlx_migrations"), "3\n");
}

#[test]
fn a_file_that_lost_its_name_takes_nothing_more() {
    block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (folder.path().join("k.db"), folder.path().join("moved.db"));
        let store = Sqlite::open(&path).await.unwrap();
        let refused = async || store.begin(Purpose::Write).await.map(drop).unwrap_err().to_string();
        store.ping().await.unwrap();
        std::fs::rename(&path, &elsewhere).unwrap();
        assert!(refused().await.contains("was moved or removed"), "{}", refused().await);
        assert!(store.ping().await.is_err());
        std::fs::write(&path, "").unwrap();
        assert!(refused().await.contains("was moved or removed"), "another file has its name");
        std::fs::rename(&elsewhere, &path).unwrap();
        store.ping().await.unwrap();
        assert!(store.begin(Purpose::Write).await.is_ok());
    });
}

#[test]
fn the_rows_of_a_file_are_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.db");
    block_on(async {
        let world = World::new(Arc::new(Sqlite::open(&file).await.unwrap())).await;
        let grant = world.grant("anna agent refund 40 EUR | reason=late | !customer.id=c-1").await;
        world.ledger.close().await.unwrap();
        let world = World::new(Arc::new(Sqlite::open(&file).await.unwrap())).await;
        assert_eq!(world.ledger.find_grant(&grant.id).await.unwrap().unwrap().id, grant.id);
    });
}

#[test]
fn a_database_that_stops_and_comes_back_needs_no_restart() {
    let folder = tempfile::Builder::new().prefix("kulanz-").tempdir().unwrap();
    let cluster = Cluster::make(folder.path());
    cluster.start();
    block_on(async {
        let store = Arc::new(Postgres::open(&cluster.address("postgres")).await.unwrap());
        // As many idle connections as there may be.
        let mut turns = Vec::new();
        for _ in 0..16 {
            let mut tx = store.begin(Purpose::Write).await.unwrap();
            tx.buckets(&["none".to_owned()]).await.unwrap();
            turns.push(tx);
        }
        drop(turns);
        let world = World::new(store.clone()).await;
        world.grant("anna agent refund 10 EUR | reason=late | !customer.id=c-1").await;

        cluster.stop();
        let proposal = world.proposal("anna agent refund 10 EUR | reason=late | !customer.id=c-1");
        let gone = world.ledger.grant(&proposal, None, None).await.unwrap_err();
        assert!(matches!(gone, kulanz::ledger::LedgerError::Store(StoreError::Unavailable(_))), "{gone}");
        assert!(matches!(store.ping().await, Err(StoreError::Unavailable(_))));

        cluster.start();
        world.grant("anna agent refund 10 EUR | reason=late | !customer.id=c-1").await;
        store.ping().await.unwrap();
        assert_eq!(world.used("anna agent refund", "goodwill").await, "20");
        tokio::time::timeout(Duration::from_secs(10), world.ledger.close()).await.unwrap().unwrap();
    });
    cluster.stop();
}
