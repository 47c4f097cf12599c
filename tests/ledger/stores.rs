//! The stores that the suite runs on.

use std::future::Future;
use std::sync::Arc;

use kulanz::ledger::store::{Memory, Postgres, Sqlite, Store};

use super::cluster::Database;
use super::world::World;

/// Two workers, as little as makes things happen at the same time.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work)
}

pub fn memory<F: Future<Output = ()>>(scenario: impl FnOnce(Arc<dyn Store>) -> F) {
    block_on(scenario(Arc::new(Memory::default())));
}

pub fn sqlite<F: Future<Output = ()>>(scenario: impl FnOnce(Arc<dyn Store>) -> F) {
    let folder = tempfile::tempdir().unwrap();
    block_on(async { scenario(Arc::new(Sqlite::open(&folder.path().join("ledger.db")).await.unwrap())).await });
}

pub fn postgres<F: Future<Output = ()>>(scenario: impl FnOnce(Arc<dyn Store>) -> F) {
    let database = Database::new();
    block_on(async { scenario(Arc::new(Postgres::open(&database.address).await.unwrap())).await });
}

/// A scenario that plays in a world.
pub async fn play<F: Future<Output = ()>>(store: Arc<dyn Store>, scenario: impl FnOnce(World) -> F) {
    scenario(World::new(store).await).await;
}
