//! The gate that noise cannot move: how many instructions an answer and a load take, compared with the figures in `figures.toml`.
//!
//! ```sh
//! cargo bench --no-default-features --bench instructions                # fails where a figure is more than 3 % off, in either direction
//! cargo bench --no-default-features --bench instructions -- --update    # writes the figures anew
//! ```
//!
//! The instructions are counted by valgrind's callgrind, which must be installed. Each case is this program once more, under callgrind, without an environment; only what happens below [`counted_by_callgrind`] counts. A library for this
//! (gungraun) was left alone: it compares with its own files in the target folder instead of figures that are kept with the source, cannot fail on a figure that has become too good, and needs a second program of just its version.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a bench that finds something wrong stops")]

mod cases;
mod figures;
#[path = "../kulanz/mod.rs"]
mod kulanz;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Mutex;

use cases::CASES;
use figures::Figures;

/// Callgrind collects from where this is entered to where it is left. Nothing else may bear this name.
#[inline(never)]
fn counted_by_callgrind(work: &mut dyn FnMut()) {
    work();
}

fn main() -> ExitCode {
    // Cargo says that it is a bench.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--case", name] => {
            cases::run(name);
            ExitCode::SUCCESS
        }
        [] => compare(),
        ["--update"] => {
            figures::write(&measured());
            ExitCode::SUCCESS
        }
        other => {
            eprintln!("there is only `--update`, not {other:?}");
            ExitCode::from(2)
        }
    }
}

fn compare() -> ExitCode {
    let report = Figures::read().compare(&measured());
    println!("{}", report.text);
    if report.holds {
        return ExitCode::SUCCESS;
    }
    println!("If that is meant to be so, write the figures anew: cargo bench --no-default-features --bench instructions -- --update");
    ExitCode::FAILURE
}

/// Instructions for one piece of each case's work, as many at once as there are cores.
fn measured() -> Vec<(&'static str, u64)> {
    let profile = std::env::vars().find(|(name, _)| name.starts_with("CARGO_PROFILE_") || name == "RUSTFLAGS");
    assert!(profile.is_none(), "the figures hold for the profile in Cargo.toml, but {profile:?} is set");
    let valgrind = find("valgrind");
    let left = Mutex::new(CASES.iter().rev().collect::<Vec<_>>());
    let counted = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some(case) = left.lock().unwrap().pop() else { break };
                    let instructions = count(&valgrind, case.name) / case.pieces;
                    counted.lock().unwrap().push((case.name, instructions));
                }
            });
        }
    });
    let counted = counted.into_inner().unwrap();
    CASES.iter().map(|case| *counted.iter().find(|(name, _)| *name == case.name).unwrap()).collect()
}

fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{program} is not installed"))
}

fn count(valgrind: &PathBuf, case: &str) -> u64 {
    let mut command = Command::new(valgrind);
    command.env_clear().args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"]);
    command.arg("--toggle-collect=*counted_by_callgrind*").arg(std::env::current_exe().unwrap()).args(["--case", case]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{case}: {said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")).unwrap_or_else(|| panic!("{case}: {said}"));
    let counted = collected.1.trim().parse().unwrap();
    assert_ne!(counted, 0, "callgrind did not find what to count");
    counted
}
