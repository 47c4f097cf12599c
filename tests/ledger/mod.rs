//! The ledger, on every store: one suite, and each of its tests runs once for each store.

mod budgets;
mod cases;
mod grants;
mod stores;
mod world;

/// Makes of each scenario a test for each store.
macro_rules! on_every_store {
    ($($scenario:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $scenario() { crate::ledger::stores::memory(super::$scenario); })*
        }
    };
}
pub(crate) use on_every_store;
