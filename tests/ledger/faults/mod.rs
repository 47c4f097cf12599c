//! The ledger under faults, and beside a model of it that is too simple to be wrong.

mod kill;
mod model;
mod servers;
mod site;
