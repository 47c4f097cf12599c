//! How fast Kulanz is, against floors in the same run: one table. `docs/performance.md` says what the rows mean.
//!
//! ```sh
//! cargo bench --bench speed                  # every row
//! cargo bench --bench speed -- http batch    # these only
//! cargo bench --bench speed -- --quick       # less time for each, for a look
//! ```
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that finds something wrong stops"
)]

mod batch;
mod child;
mod client;
mod http;
mod in_process;
#[path = "../kulanz/mod.rs"]
mod kulanz;
mod load;
mod lsp;
mod machine;
mod packs;
mod rounds;
mod table;

use std::time::Duration;

use table::Row;

/// How much time a row may take.
#[derive(Clone, Copy)]
pub struct Effort {
    /// For contenders that run in turns.
    pub turns: Duration,
    /// For one turn of an HTTP server.
    pub http: Duration,
    /// How often what takes long is repeated.
    pub repeats: usize,
}

const FULL: Effort = Effort { turns: Duration::from_secs(6), http: Duration::from_secs(2), repeats: 9 };
const QUICK: Effort = Effort { turns: Duration::from_secs(1), http: Duration::from_millis(500), repeats: 3 };

/// A part of the table, and what makes it.
type Part = (&'static str, fn(Effort) -> Vec<Row>);

const PARTS: [Part; 8] = [
    ("spread", in_process::spread),
    ("desk", in_process::desk),
    ("packs", packs::packs),
    ("load", load::load),
    ("lsp", lsp::lsp),
    ("batch", batch::batch),
    ("http", http::http),
    ("access", http::access),
];

/// That of the `kulanz` command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // Cargo says that it is a bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, answer] = arguments.as_slice()
        && flag == http::BARE_SERVER
    {
        return http::serve_bare(answer.clone());
    }
    let (flags, chosen): (Vec<_>, Vec<_>) = arguments.iter().map(String::as_str).partition(|argument| argument.starts_with("--"));
    let unknown = flags.iter().filter(|flag| **flag != "--quick").chain(chosen.iter().filter(|name| PARTS.iter().all(|(part, _)| part != *name)));
    if let Some(unknown) = unknown.copied().next() {
        let parts: Vec<_> = PARTS.iter().map(|(part, _)| *part).collect();
        eprintln!("`{unknown}` is nothing to measure; there are {} and --quick", parts.join(", "));
        std::process::exit(2);
    }
    let effort = if flags.is_empty() { FULL } else { QUICK };
    let parts = PARTS.iter().filter(|(part, _)| chosen.is_empty() || chosen.contains(part));
    let rows: Vec<Row> = parts
        .flat_map(|(part, measure)| {
            eprintln!("measuring {part} …");
            measure(effort)
        })
        .collect();
    print!("{}\n\n{}", machine::facts(), table::table(&rows));
}
