//! Editing the file of a ledger behind its back.

use std::sync::Arc;

use kulanz::ledger::audit::AuditError;
use kulanz::ledger::store::Sqlite;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqliteConnection};

use super::audit::{a_month, broken};
use super::stores::block_on;
use super::world::World;

async fn run(file: &mut SqliteConnection, sql: String) -> u64 {
    sqlx::query(AssertSqlSafe(sql)).execute(file).await.unwrap().rows_affected()
}

/// One byte more or less in each column, and each row once removed.
#[test]
fn a_changed_byte_in_any_column_is_found() {
    // The table, what tells its rows apart, and what is changed.
    const COLUMNS: [(&str, &str, &[&str]); 6] = [
        ("events", "stream, seq", &["stream", "seq", "at", "about", "line"]),
        ("heads", "stream, seq", &["stream", "seq", "hash"]),
        ("grants", "id, at", &["id", "actor", "at", "reversed", "body", "charges"]),
        ("cases", "id, due", &["id", "owner", "state", "due", "body"]),
        ("buckets", "id, since", &["id", "used"]),
        ("charges", "bucket, at, grant_id", &["bucket", "at", "grant_id", "amount"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    block_on(async {
        let world = World::new(Arc::new(Sqlite::open(&path).await.unwrap())).await;
        a_month(&world).await;
        world.ledger.verify().await.unwrap();
        let mut file = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
        let mut tried = 0;
        for (table, key, columns) in COLUMNS {
            run(&mut file, format!("CREATE TABLE before AS SELECT * FROM {table}")).await;
            let count: i64 = sqlx::query(AssertSqlSafe(format!("SELECT count(*) FROM {table}"))).fetch_one(&mut file).await.unwrap().get(0);
            assert!(count > 0, "{table} is empty");
            for row in 0..count {
                let this = format!("({key}) = (SELECT {key} FROM before LIMIT 1 OFFSET {row})");
                let changes = columns.iter().map(|column| {
                    let changed = match *column {
                        "reversed" => "1 - reversed".to_owned(),
                        "stream" | "seq" | "at" | "due" | "used" | "amount" => format!("{column} + 1000"),
                        text => format!("substr({text}, 1, length({text}) - 1) || CASE substr({text}, -1) WHEN 'x' THEN 'y' ELSE 'x' END"),
                    };
                    format!("UPDATE {table} SET {column} = {changed} WHERE {this}")
                });
                for sql in changes.chain([format!("DELETE FROM {table} WHERE {this}")]) {
                    assert_eq!(run(&mut file, sql.clone()).await, 1, "{sql}");
                    assert!(matches!(world.ledger.verify().await, Err(AuditError::Broken(_))), "{sql}");
                    run(&mut file, format!("DELETE FROM {table}")).await;
                    run(&mut file, format!("INSERT INTO {table} SELECT * FROM before")).await;
                    tried += 1;
                }
            }
            run(&mut file, "DROP TABLE before".into()).await;
        }
        world.ledger.verify().await.unwrap();
        assert!(tried > 150, "{tried}");
    });
}

/// The end of a stream can be cut off together with its head, but not behind a seal.
#[test]
fn a_seal_finds_what_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    block_on(async {
        let world = World::new(Arc::new(Sqlite::open(&path).await.unwrap())).await;
        world.grant("anna agent refund 40 EUR | reason=late").await;
        world.try_reverse("nothing").await.unwrap_err();
        world.grant("anna agent refund 40 EUR | reason=late").await;
        world.ledger.seal().await.unwrap();
        let mut file = SqliteConnectOptions::new().filename(&path).connect().await.unwrap();
        for sql in [
            "UPDATE heads SET (seq, hash) = (SELECT 1, substr(line, -66, 64) FROM events WHERE stream = 1 AND seq = 1) WHERE stream = 1",
            "DELETE FROM grants WHERE id = (SELECT about FROM events WHERE stream = 1 AND seq = 2)",
            "DELETE FROM charges WHERE grant_id = (SELECT about FROM events WHERE stream = 1 AND seq = 2)",
            "UPDATE buckets SET used = 4000",
            "DELETE FROM events WHERE stream = 1 AND seq = 2",
        ] {
            assert_eq!(run(&mut file, sql.into()).await, 1, "{sql}");
        }
        assert_eq!(broken(&world.ledger).await, "stream 1, event 2: it is missing, and seal 1 names it");
        run(&mut file, "DELETE FROM events WHERE stream = 0".into()).await;
        run(&mut file, "DELETE FROM heads WHERE stream = 0".into()).await;
        // Who removes every trace is found by nothing but a copy elsewhere.
        world.ledger.verify().await.unwrap();
    });
}
