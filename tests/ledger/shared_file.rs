//! Several ledgers on one file: what a connection remembers is only as good as the file.

use std::path::Path;
use std::sync::Arc;

use kulanz::ledger::Refusal;
use kulanz::ledger::record::Grant;
use kulanz::ledger::store::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor};

use super::stores::block_on;
use super::world::{World, granted};

async fn world(file: &Path) -> World {
    World::new(Arc::new(Sqlite::open(file).await.unwrap())).await
}

/// Two ledgers that both know Anna's bucket, and a connection beside them.
async fn two(file: &Path) -> [World; 2] {
    let worlds = [world(file).await, world(file).await];
    for world in &worlds {
        // The second one meets what the first has remembered.
        for _ in 0..2 {
            world.grant("anna agent refund 10 EUR | reason=late").await;
        }
    }
    worlds
}

fn played<F: Future<Output = ()>>(play: impl FnOnce(std::path::PathBuf) -> F) {
    let folder = tempfile::tempdir().unwrap();
    block_on(play(folder.path().join("ledger.db")));
}

#[test]
fn ledgers_that_take_turns_never_overspend() {
    played(|file| async move {
        let [one, two] = two(&file).await;
        for _ in 0..2 {
            for world in [&one, &two] {
                world.grant("anna agent refund 50 EUR | reason=late").await;
            }
        }
        // 240 of 300 are spent.
        two.grant("anna agent refund 20 EUR | reason=late").await;
        assert_eq!(one.refused("anna agent refund 50 EUR | reason=late").await, "up_to 40.00 EUR");
        assert_eq!(one.used("anna agent refund 1 EUR | reason=late", "goodwill").await, "260");
        one.ledger.verify().await.unwrap();
    });
}

#[test]
fn a_request_that_the_other_ledger_replied_to_gets_that_reply() {
    played(|file| async move {
        let [one, two] = two(&file).await;
        let words = "anna agent refund 30 EUR | reason=late";
        let first = granted(one.grant_as(words, Some("k")).await);
        let again: Vec<Grant> = vec![granted(two.grant_as(words, Some("k")).await), granted(one.grant_as(words, Some("k")).await)];
        assert_eq!(again.iter().map(|grant| &grant.id).collect::<Vec<_>>(), [&first.id, &first.id]);
        // Another body under the key, and one that would write nothing by itself.
        for words in ["anna agent refund 31 EUR | reason=late", "anna agent refund 5000 EUR | reason=late"] {
            assert!(matches!(two.grant_as(words, Some("k")).await, Err(Refusal::KeyReused)), "{words}");
        }
        assert_eq!(two.used(words, "goodwill").await, "70");
    });
}

#[test]
fn who_changes_the_file_by_hand_is_noticed() {
    played(|file| async move {
        let world = world(&file).await;
        for _ in 0..2 {
            world.grant("anna agent refund 10 EUR | reason=late").await;
        }
        let mut hand: SqliteConnection = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
        hand.execute("UPDATE buckets SET used = 29000").await.unwrap();
        assert_eq!(world.refused("anna agent refund 20 EUR | reason=late").await, "up_to 10.00 EUR");
        hand.execute("UPDATE buckets SET used = 28000").await.unwrap();
        world.grant("anna agent refund 20 EUR | reason=late").await;
        assert_eq!(world.refused("anna agent refund 20 EUR | reason=late").await, "ask");
    });
}

#[test]
fn what_failed_is_not_remembered() {
    played(|file| async move {
        let world = world(&file).await;
        for _ in 0..2 {
            world.grant("anna agent refund 10 EUR | reason=late").await;
        }
        // Whoever else holds the file lets every try fail.
        let mut hand: SqliteConnection = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
        hand.execute("CREATE TRIGGER no BEFORE INSERT ON grants BEGIN SELECT raise(ABORT, 'no'); END").await.unwrap();
        let words = "anna agent refund 20 EUR | reason=late";
        assert!(world.ledger.grant(&world.proposal(words), None, None).await.is_err());
        hand.execute("DROP TRIGGER no").await.unwrap();
        world.grant(words).await;
        assert_eq!(world.used(words, "goodwill").await, "40");
        world.ledger.verify().await.unwrap();
    });
}
