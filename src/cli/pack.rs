//! Reading the pack that a command works on.

use std::path::Path;

use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{check, locate};
use crate::engine::Engine;

/// The pack, ready to answer.
///
/// # Errors
///
/// Where it is not known which pack is meant, or the pack does not check; what is wrong with it has been said then.
pub fn engine(terminal: &Terminal) -> Result<Engine, Failure> {
    read(&locate::pack(terminal)?, terminal)
}

/// Likewise, from a place that is known.
///
/// # Errors
///
/// Where the pack does not check; what is wrong with it has been said then.
pub fn read(path: &Path, terminal: &Terminal) -> Result<Engine, Failure> {
    Engine::read(path).map_err(|broken| match check::tell(&broken.diagnostics, &broken.sources, terminal) {
        Ok(()) => Failure::Told(Outcome::Problems),
        Err(error) => error.into(),
    })
}
