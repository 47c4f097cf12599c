//! The `kulanz` command.

use mimalloc::MiMalloc;

/// It serves several threads at one time better than the system's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    kulanz::cli::run()
}
