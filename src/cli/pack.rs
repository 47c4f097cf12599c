//! Reading the pack that a command works on.

use std::io::Write;
use std::path::Path;

use super::arguments::Format;
use super::exit::{Failure, Outcome};
use super::locate;
use super::terminal::Terminal;
use crate::diagnostic::render;
use crate::engine::{Broken, Engine};

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
    Engine::read(path).map_err(|broken| match tell(&broken, terminal) {
        Ok(()) => Failure::Told(Outcome::Problems),
        Err(error) => error.into(),
    })
}

fn tell(broken: &Broken, terminal: &Terminal) -> std::io::Result<()> {
    let mut err = terminal.err();
    match terminal.format {
        Format::Human => err.write_all(render::human(&broken.diagnostics, &broken.sources).as_bytes()),
        _ => err.write_all(render::json(&broken.diagnostics, &broken.sources).as_bytes()),
    }
}
