//! The ledger under faults, and beside a model of it that is too simple to be wrong.

mod clock;
mod full;
mod kill;
mod model;
mod outage;
mod servers;
mod site;
