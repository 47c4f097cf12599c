//! The stores that the suite runs on.

use std::future::Future;
use std::sync::Arc;

use kulanz::ledger::store::{Memory, Store};

use super::world::World;

fn run<F: Future<Output = ()>>(store: Arc<dyn Store>, scenario: impl FnOnce(World) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { scenario(World::new(store).await).await });
}

pub fn memory<F: Future<Output = ()>>(scenario: impl FnOnce(World) -> F) {
    run(Arc::new(Memory::default()), scenario);
}
