//! Random orders, one by one and several at a time, carried out by a ledger and by a model that keeps a plain list of charges and sums it for every question. After every step both must say the same: what came
//! of each order, what every bucket has used, every grant, and the owner and state of every case.

mod found;
mod house;
mod orders;
mod play;

use std::sync::Arc;

use kulanz::ledger::store::{Memory, Postgres, Sqlite, Store};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::cluster::Database;
use orders::{Step, steps};

/// One thread: what is sent at the same time is carried out in the order in which it was sent.
fn alone<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn agrees<K>(cases: u32, fresh: impl Fn() -> (K, Box<dyn AsyncFresh>)) {
    let config = ProptestConfig { cases, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() };
    let played = TestRunner::new(config).run(&steps(), |steps: Vec<Step>| {
        let (kept, store) = fresh();
        let outcome = alone(async { play::play(store.open().await, &steps).await });
        drop(kept);
        outcome.map_err(TestCaseError::fail)
    });
    if let Err(error) = played {
        panic!("{error}");
    }
}

/// A store that is opened where it is to live.
trait AsyncFresh {
    fn open(&self) -> std::pin::Pin<Box<dyn Future<Output = Arc<dyn Store>> + '_>>;
}

impl<F: Fn() -> O, O: Future<Output = Arc<dyn Store>> + 'static> AsyncFresh for F {
    fn open(&self) -> std::pin::Pin<Box<dyn Future<Output = Arc<dyn Store>> + '_>> {
        Box::pin(self())
    }
}

#[test]
fn memory_agrees_with_the_model() {
    agrees(96, || ((), Box::new(|| async { Arc::new(Memory::default()) as Arc<dyn Store> })));
}

#[test]
fn sqlite_agrees_with_the_model() {
    agrees(24, || {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        let open = move || {
            let path = path.clone();
            async move { Arc::new(Sqlite::open(&path).await.unwrap()) as Arc<dyn Store> }
        };
        (folder, Box::new(open))
    });
}

#[test]
fn postgres_agrees_with_the_model() {
    agrees(12, || {
        let database = Database::new();
        let address = database.address.clone();
        let open = move || {
            let address = address.clone();
            async move { Arc::new(Postgres::open(&address).await.unwrap()) as Arc<dyn Store> }
        };
        (database, Box::new(open))
    });
}
