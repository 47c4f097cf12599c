//! The ledger, on every store: one suite, and each of its tests runs once for each store.

mod audit;
mod budgets;
mod cases;
pub mod cluster;
mod faults;
mod grants;
mod notices;
mod opening;
mod outbox;
mod pseudonyms;
mod rows;
mod shared_file;
pub mod stores;
mod tampering;
pub mod world;

/// Makes of each scenario a test for each store. With `bare` it plays with the store alone.
macro_rules! on_every_store {
    (bare: $($scenario:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $scenario() { crate::ledger::stores::memory(super::$scenario); })*
        }

        mod sqlite {
            $(#[test] fn $scenario() { crate::ledger::stores::sqlite(super::$scenario); })*
        }

        mod postgres {
            $(#[test] fn $scenario() { crate::ledger::stores::postgres(super::$scenario); })*
        }
    };
    ($($scenario:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $scenario() { crate::ledger::stores::memory(|store| crate::ledger::stores::play(store, super::$scenario)); })*
        }

        mod sqlite {
            $(#[test] fn $scenario() { crate::ledger::stores::sqlite(|store| crate::ledger::stores::play(store, super::$scenario)); })*
        }

        mod postgres {
            $(#[test] fn $scenario() { crate::ledger::stores::postgres(|store| crate::ledger::stores::play(store, super::$scenario)); })*
        }
    };
}
pub(crate) use on_every_store;
