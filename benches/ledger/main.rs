//! How fast the ledger is, against a floor in the same run: the bare store, which does one durable transaction with the same rows for each grant. `docs/performance.md` says what the rows mean.
//!
//! ```sh
//! cargo bench --bench ledger                     # every row
//! cargo bench --bench ledger -- sqlite postgres  # these only
//! cargo bench --bench ledger -- --quick          # fewer rounds, and a younger old ledger, for a look
//! ```
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that finds something wrong stops"
)]

mod age;
#[path = "../speed/child.rs"]
#[allow(dead_code, reason = "other benches ask more of a child")]
mod child;
#[path = "../../tests/ledger/cluster.rs"]
#[allow(dead_code, reason = "a bench shares no cluster")]
mod cluster;
mod desk;
mod http;
#[path = "../speed/machine.rs"]
mod machine;
mod postgres;
#[path = "../speed/rounds.rs"]
#[allow(dead_code, reason = "nothing here is cut into pieces")]
mod rounds;
mod sqlite;
#[path = "../speed/table.rs"]
mod table;
mod turns;

use std::future::Future;
use std::pin::Pin;

use table::Row;

/// How much a row may take.
#[derive(Clone, Copy)]
pub struct Effort {
    /// How often the contenders take turns.
    pub rounds: usize,
    /// How many grants an old ledger holds.
    pub age: usize,
}

const FULL: Effort = Effort { rounds: 15, age: 1_000_000 };
const QUICK: Effort = Effort { rounds: 3, age: 50_000 };

/// What makes a part of the table.
type Measure = fn(Effort) -> Pin<Box<dyn Future<Output = Vec<Row>>>>;

const PARTS: [(&str, Measure); 4] = [
    ("sqlite", |effort| Box::pin(sqlite::sqlite(effort))),
    ("postgres", |effort| Box::pin(postgres::postgres(effort))),
    ("http", |effort| Box::pin(http::http(effort))),
    ("age", |effort| Box::pin(age::age(effort))),
];

/// That of the `kulanz` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A folder on a disk, for what is in memory is no store.
fn folder() -> tempfile::TempDir {
    std::fs::create_dir_all(env!("CARGO_TARGET_TMPDIR")).unwrap();
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

fn main() {
    // Cargo says that it is a bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (flags, chosen): (Vec<_>, Vec<_>) = arguments.iter().map(String::as_str).partition(|argument| argument.starts_with("--"));
    let unknown = flags.iter().filter(|flag| **flag != "--quick").chain(chosen.iter().filter(|name| PARTS.iter().all(|(part, _)| part != *name)));
    if let Some(unknown) = unknown.copied().next() {
        let parts: Vec<_> = PARTS.iter().map(|(part, _)| *part).collect();
        eprintln!("`{unknown}` is nothing to measure; there are {} and --quick", parts.join(", "));
        std::process::exit(2);
    }
    let effort = if flags.is_empty() { FULL } else { QUICK };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut rows = Vec::new();
    for (part, measure) in PARTS.iter().filter(|(part, _)| chosen.is_empty() || chosen.contains(part)) {
        eprintln!("measuring the ledger, {part} …");
        rows.extend(runtime.block_on(measure(effort)));
    }
    print!("{}\n\n{}", machine::facts(), table::table(&rows));
}
