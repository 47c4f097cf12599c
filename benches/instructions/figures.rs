//! The figures that are kept with the source.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// So many of a thousand a count may be off.
const TOLERANCE: u64 = 30;

/// What `figures.toml` says.
pub struct Figures {
    table: toml::Table,
}

/// What came of a comparison.
pub struct Report {
    /// A line a case.
    pub text: String,
    /// Whether every count is near its figure, and there is no figure without a case.
    pub holds: bool,
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions/figures.toml")
}

fn compiler() -> String {
    let output = Command::new("rustc").arg("--version").output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Writes the counts as the new figures.
pub fn write(measured: &[(&str, u64)]) {
    let mut text = String::from(
        "# Instructions for one answer, or for one rule of a load. Written by `cargo bench --no-default-features --bench instructions -- --update`.\n",
    );
    let _ = writeln!(text, "compiler = \"{}\"\n\n[instructions]", compiler());
    for (name, instructions) in measured {
        let _ = writeln!(text, "{name} = {instructions}");
    }
    fs::write(file(), &text).unwrap();
    println!("{text}");
}

impl Figures {
    /// Reads the file.
    pub fn read() -> Self {
        Self::parse(&fs::read_to_string(file()).unwrap())
    }

    /// Reads the text of the file.
    pub fn parse(text: &str) -> Self {
        Self { table: text.parse().unwrap() }
    }

    fn figures(&self) -> &toml::Table {
        self.table["instructions"].as_table().unwrap()
    }

    /// Compares every count with its figure.
    pub fn compare(&self, measured: &[(&str, u64)]) -> Report {
        let figures = self.figures();
        let mut report = Report { text: String::new(), holds: true };
        for (name, counted) in measured {
            let figure = figures.get(*name).and_then(toml::Value::as_integer).and_then(|figure| u64::try_from(figure).ok());
            report.add(name, *counted, figure);
        }
        for name in figures.keys().filter(|figure| measured.iter().all(|(name, _)| name != figure)) {
            let _ = writeln!(report.text, "{name:24} is counted no more");
            report.holds = false;
        }
        let (then, now) = (self.table["compiler"].as_str().unwrap(), compiler());
        if !report.holds && then != now {
            let _ = writeln!(report.text, "The figures are from {then}; this is {now}, which may be why.");
        }
        report
    }
}

impl Report {
    fn add(&mut self, name: &str, counted: u64, figure: Option<u64>) {
        let Some(figure) = figure.filter(|figure| *figure > 0) else {
            let _ = writeln!(self.text, "{name:24} {counted:>10}  has no figure");
            self.holds = false;
            return;
        };
        let thousandths = counted.abs_diff(figure) * 1_000 / figure;
        let sign = if counted < figure { '-' } else { '+' };
        let verdict = match (thousandths > TOLERANCE, counted > figure) {
            (false, _) => "",
            (true, true) => "WORSE",
            (true, false) => "BETTER, so the figure is out of date",
        };
        let percent = format!("{sign}{}.{} %", thousandths / 10, thousandths % 10);
        let _ = writeln!(self.text, "{name:24} {counted:>10}  figure {figure:>10}  {percent:>9}  {verdict}");
        self.holds &= verdict.is_empty();
    }
}
