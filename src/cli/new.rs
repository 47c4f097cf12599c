//! `kulanz new DIR`

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;

use super::arguments::{Format, New};
use super::exit::{Failure, Outcome};
use super::shell::quoted;
use super::terminal::Terminal;

/// The pack: names and texts of its files.
const FILES: [(&str, &str); 2] = [("policy.kulanz", include_str!("template/policy.kulanz")), ("tests.kulanz", include_str!("template/tests.kulanz"))];

/// Writes a small pack into a folder that holds nothing yet.
pub fn run(arguments: &New, terminal: &Terminal) -> Result<Outcome, Failure> {
    let directory = &arguments.directory;
    prepare(directory)?;
    for (name, text) in FILES {
        let path = directory.join(name);
        let mut file = fs::File::create_new(&path).with_context(|| format!("cannot write `{}`", path.display()))?;
        file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    tell(directory, terminal)?;
    Ok(Outcome::Done)
}

fn prepare(directory: &Path) -> Result<(), Failure> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make the folder `{}`", directory.display()))?;
    let mut entries = fs::read_dir(directory).with_context(|| format!("cannot read the folder `{}`", directory.display()))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(anyhow::anyhow!("`{}` is not empty, and nothing in it is overwritten", directory.display()).into()),
    }
}

fn tell(directory: &Path, terminal: &Terminal) -> io::Result<()> {
    let mut out = terminal.out();
    if terminal.format == Format::Json {
        let files: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
        return writeln!(out, "{}", serde_json::json!({ "directory": directory.to_string_lossy(), "files": files }));
    }
    let pack = quoted(&directory.to_string_lossy());
    writeln!(out, "Wrote a small pack into {pack}. Try:\n")?;
    writeln!(out, "  kulanz check -p {pack}")?;
    writeln!(out, "  kulanz test -p {pack}")?;
    writeln!(out, "  kulanz ask refund \"40 EUR\" --as agent -p {pack} reason=late order.delivered_on=2026-11-18 customer.id=c-17")
}
