//! Which store an address means.

use std::sync::Arc;

use super::store::{Memory, Store};
use super::{Ledger, LedgerError, Setup};

/// So many transactions at one time, where a setup does not say: what waits for the disk or the network lets others work meanwhile, where the store has more than one writer.
const POSTGRES_LANES: usize = 2;

impl Ledger {
    /// Opens the ledger at an address: `sqlite:PATH` (the file is made where there is none; its folder must be there), `postgres://…`, or `memory:`.
    ///
    /// # Errors
    ///
    /// Where the address is none, this build has no such store, or the store does not answer. No error shows more of an address with `//` than its begin, for it may hold a password.
    pub async fn open(address: &str, setup: Setup) -> Result<Self, LedgerError> {
        let no_address = || LedgerError::Address(shown(address));
        let (scheme, rest) = address.split_once(':').ok_or_else(no_address)?;
        let (store, lanes) = match scheme {
            "memory" if rest.is_empty() => (Arc::new(Memory::default()) as Arc<dyn Store>, 1),
            "sqlite" => (sqlite(rest.strip_prefix("//").unwrap_or(rest)).await.ok_or_else(no_address)??, 1),
            "postgres" | "postgresql" if rest.starts_with("//") => (postgres(address).await?, POSTGRES_LANES),
            _ => return Err(no_address()),
        };
        let lanes = if setup.lanes == 0 { lanes } else { setup.lanes };
        Self::new(store, &Setup { lanes, ..setup }).await
    }
}

/// `None` where the path is none.
#[cfg(feature = "sqlite")]
async fn sqlite(path: &str) -> Option<Result<Arc<dyn Store>, LedgerError>> {
    if path.is_empty() || path == ":memory:" || path.contains('\0') {
        return None;
    }
    let opened = super::store::Sqlite::open(std::path::Path::new(path)).await;
    Some(opened.map(|store| Arc::new(store) as Arc<dyn Store>).map_err(Into::into))
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: &str) -> std::future::Ready<Option<Result<Arc<dyn Store>, LedgerError>>> {
    std::future::ready(Some(Err(LedgerError::LeftOut("sqlite"))))
}

#[cfg(feature = "postgres")]
async fn postgres(address: &str) -> Result<Arc<dyn Store>, LedgerError> {
    Ok(Arc::new(super::store::Postgres::open(address).await?))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &str) -> std::future::Ready<Result<Arc<dyn Store>, LedgerError>> {
    std::future::ready(Err(LedgerError::LeftOut("postgres")))
}

/// What may be shown of an address that is none.
fn shown(address: &str) -> String {
    match address.split_once(':') {
        Some((scheme, rest)) if rest.contains(['@', '/', '?']) && scheme != "sqlite" => format!("{scheme}:…"),
        None if address.contains('@') => "…".into(),
        _ => address.to_owned(),
    }
}
