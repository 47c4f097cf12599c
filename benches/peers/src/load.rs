//! The table of loads: from rules to a program that answers.

use peers::{Kind, Ready, words};
use serde_json::Value;

use crate::rival::Rival;
use peers::figures::{grouped, median, ratio, short, time};

/// So many times each is loaded, one after the other in every round.
const ROUNDS: usize = 5;

/// Whoever takes longer is not loaded again.
const PATIENCE: f64 = 20e9;

/// A row of the table.
struct Row {
    title: String,
    is_kulanz: bool,
    /// Nanoseconds, round by round; the last one counts again where it was not loaded again.
    times: Vec<f64>,
}

/// Loads so many rules of the first scenario in each form and prints the table.
pub fn table(rivals: impl Iterator<Item = &'static Rival>, size: usize) -> Result<(), String> {
    let rivals: Vec<_> = rivals.filter(|rival| !rival.is_floor()).collect();
    let mut rows: Vec<Row> = rivals.iter().map(|rival| Row::new(rival.title, rival.is_kulanz())).collect();
    let cedar = rivals.iter().find(|rival| rival.program == "peer-cedar");
    let mut parts = [Row::new("Cedar, parsing one policy set", false), Row::new("Cedar, validating it against a schema", false)];
    for round in 0..ROUNDS {
        eprintln!("load, round {}", round + 1);
        for (rival, row) in rivals.iter().zip(&mut rows) {
            row.again(|| loaded(rival, size))?;
        }
        if let Some(cedar) = cedar {
            let [parse, validate] = &mut parts;
            if validate.may_go_on() {
                let line = answer(cedar, "validate", size)?;
                parse.times.extend(line["parse_ns"].as_f64());
                validate.times.extend(line["validate_ns"].as_f64());
            }
        }
    }
    rows.extend(parts);
    print(&rows, size);
    Ok(())
}

impl Row {
    fn new(title: &str, is_kulanz: bool) -> Self {
        Self { title: title.to_owned(), is_kulanz, times: Vec::new() }
    }

    fn may_go_on(&self) -> bool {
        self.times.last().is_none_or(|&last| last < PATIENCE)
    }

    fn again(&mut self, load: impl FnOnce() -> Result<Option<f64>, String>) -> Result<(), String> {
        if self.may_go_on() {
            self.times.extend(load()?);
        }
        Ok(())
    }
}

/// Nanoseconds; nothing where it does not load.
fn loaded(rival: &Rival, size: usize) -> Result<Option<f64>, String> {
    let line = answer(rival, rival.form, size)?;
    match serde_json::from_value(line).map_err(words)? {
        #[expect(clippy::cast_precision_loss, reason = "a duration in nanoseconds, not money")]
        Ready::Ready { load_ns, .. } => Ok(Some(load_ns as f64)),
        Ready::Skipped(reason) => {
            eprintln!("{}: {reason}", rival.title);
            Ok(None)
        }
    }
}

fn answer(rival: &Rival, form: &str, size: usize) -> Result<Value, String> {
    let output = rival.command(form, Kind::Spread, size)?.arg("load").output().map_err(words)?;
    if !output.status.success() {
        let reason = format!("the program ended with {}", output.status);
        return serde_json::to_value(Ready::Skipped(reason)).map_err(words);
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{} {form}: {error}", rival.program))
}

fn print(rows: &[Row], size: usize) {
    println!("**Load of {} rules, first scenario** (from texts to programs that answer)\n", grouped(&size.to_string()));
    println!("| | time | times Kulanz |\n|---|---|---|");
    let kulanz: Vec<f64> = rows.iter().filter(|row| row.is_kulanz).flat_map(|row| row.times.iter().copied()).collect();
    for row in rows {
        match median(row.times.iter().copied()) {
            Some(each) => println!("| {} | {} | {} |", row.title, time(each), ratio(&row.times, &kulanz).map_or_else(|| "—".to_owned(), short)),
            None => println!("| {} | does not load | — |", row.title),
        }
    }
    println!();
}
