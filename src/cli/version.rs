//! `kulanz version`

use std::io::Write;

use super::arguments::Format;
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;

/// Prints the version.
pub fn run(terminal: &Terminal) -> Result<Outcome, Failure> {
    let version = env!("CARGO_PKG_VERSION");
    match terminal.format {
        Format::Json => writeln!(terminal.out(), "{}", serde_json::json!({ "name": "kulanz", "version": version }))?,
        _ => writeln!(terminal.out(), "kulanz {version}")?,
    }
    Ok(Outcome::Done)
}
