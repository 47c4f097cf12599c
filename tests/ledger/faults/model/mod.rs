//! Random orders, one by one and several at a time, carried out by a ledger and by a model that keeps a plain list of charges and sums it for every question. After every step both must say the same: what came
//! of each order, what every bucket has used, every grant, and the owner and state of every case.

mod found;
mod house;
mod orders;
mod play;

use std::sync::Arc;

use kulanz::ledger::store::{Memory, Postgres, Sqlite};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::cluster::Database;
use orders::{Step, steps};

/// One thread: what is sent at the same time is carried out in the order in which it was sent.
fn alone<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Plays random steps, each time in a new store.
fn agrees<F: Future<Output = Result<(), String>>>(cases: u32, play_anew: impl Fn(Vec<Step>) -> F) {
    let config = ProptestConfig { cases, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() };
    let played = TestRunner::new(config).run(&steps(), |steps| alone(play_anew(steps)).map_err(TestCaseError::fail));
    if let Err(error) = played {
        panic!("{error}");
    }
}

#[test]
fn memory_agrees_with_the_model() {
    agrees(96, |steps| async move { play::play(Arc::new(Memory::default()), &steps).await });
}

#[test]
fn sqlite_agrees_with_the_model() {
    agrees(24, |steps| async move {
        let folder = tempfile::tempdir().unwrap();
        play::play(Arc::new(Sqlite::open(&folder.path().join("ledger.db")).await.unwrap()), &steps).await
    });
}

#[test]
fn postgres_agrees_with_the_model() {
    agrees(12, |steps| async move {
        let database = Database::new();
        play::play(Arc::new(Postgres::open(&database.address).await.unwrap()), &steps).await
    });
}
