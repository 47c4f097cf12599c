//! `kulanz fmt`

use std::io::{self, Write};
use std::path::PathBuf;

use super::arguments::{Fmt, Format};
use super::exit::{Failure, Outcome};
use super::terminal::Terminal;
use super::{check, locate};
use crate::diagnostic::has_errors;
use crate::pack::read;
use crate::rewrite::{Mode, format_files};
use crate::source::Sources;
use crate::syntax::format::format;

/// Brings files into the one layout.
pub fn run(arguments: &Fmt, terminal: &Terminal) -> Result<Outcome, Failure> {
    match arguments.files.as_slice() {
        [one] if one.as_os_str() == "-" => filter(arguments, terminal),
        [] => files(&[locate::place(terminal)], arguments, terminal),
        named => files(named, arguments, terminal),
    }
}

fn files(paths: &[PathBuf], arguments: &Fmt, terminal: &Terminal) -> Result<Outcome, Failure> {
    let report = format_files(paths, if arguments.check { Mode::Check } else { Mode::Write });
    list(&report.changed, arguments, terminal)?;
    check::tell(&report.diagnostics, &report.sources, terminal)?;
    let refused = has_errors(&report.diagnostics) || (arguments.check && !report.changed.is_empty());
    Ok(if refused { Outcome::Problems } else { Outcome::Done })
}

fn list(changed: &[PathBuf], arguments: &Fmt, terminal: &Terminal) -> io::Result<()> {
    let mut out = terminal.out();
    if terminal.format == Format::Json {
        let files: Vec<_> = changed.iter().map(|path| path.to_string_lossy()).collect();
        return writeln!(out, "{}", serde_json::json!({ "changed": files }));
    }
    let did = if arguments.check { "would change" } else { "changed" };
    changed.iter().try_for_each(|path| writeln!(out, "{did} {}", path.display()))
}

/// Standard input to standard output.
fn filter(arguments: &Fmt, terminal: &Terminal) -> Result<Outcome, Failure> {
    let mut sources = Sources::default();
    let text = match read(io::stdin().lock(), "standard input") {
        Ok(text) => text,
        Err(refused) => {
            check::tell(&[*refused], &sources, terminal)?;
            return Ok(Outcome::Problems);
        }
    };
    let id = sources.add("standard input", text.as_str());
    match format(&sources, id) {
        Ok(formatted) if arguments.check => Ok(if formatted == text { Outcome::Done } else { Outcome::Problems }),
        Ok(formatted) => {
            terminal.out().write_all(formatted.as_bytes())?;
            Ok(Outcome::Done)
        }
        Err(diagnostics) => {
            check::tell(&diagnostics, &sources, terminal)?;
            Ok(Outcome::Problems)
        }
    }
}
