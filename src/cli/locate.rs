//! Which pack is meant where `-p` is left out.

use std::path::{Path, PathBuf};

use super::exit::Failure;
use super::terminal::Terminal;
use crate::pack::find::{self, several};

/// The folder or file that `-p` names, else `./policies`, else the current directory.
pub fn place(terminal: &Terminal) -> PathBuf {
    terminal.policies.clone().unwrap_or_else(|| find::place(Path::new(".")))
}

/// The same, as one pack.
///
/// # Errors
///
/// Where it was left out and `./policies` holds several packs: one of them must be named.
pub fn pack(terminal: &Terminal) -> Result<PathBuf, Failure> {
    let place = place(terminal);
    let packs = if terminal.policies.is_none() { several(&place) } else { Vec::new() };
    if packs.is_empty() { Ok(place) } else { Err(Failure::usage_with_help(format!("`{}` holds several packs", place.display()), choice(&packs))) }
}

fn choice(packs: &[PathBuf]) -> String {
    let lines: Vec<_> = packs.iter().map(|pack| format!("`-p {}`", pack.display())).collect();
    format!("choose one with {}", lines.join(", "))
}
