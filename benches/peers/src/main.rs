//! The judge: lets the contenders answer the same questions in turns and prints tables of ratios.
//!
//! `peers [--sizes 16,160] [--kinds spread,desk] [--rounds 15] [--only kulanz,cedar] [--granted] [--load]`; `run` beside this package builds everything first.

mod load;
mod rival;
mod table;

use std::process::ExitCode;

use peers::{Input, Kind, kind_name, kind_named, machine};

use crate::rival::{RIVALS, Rival, Running};

struct Plan {
    sizes: Vec<usize>,
    kinds: Vec<Kind>,
    rounds: usize,
    only: Vec<String>,
    granted_only: bool,
    load: bool,
}

fn main() -> ExitCode {
    match plan().and_then(|plan| judge(&plan)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn plan() -> Result<Plan, String> {
    let mut plan = Plan {
        sizes: vec![16, 160, 1_600, 16_000],
        kinds: vec![Kind::Spread, Kind::Desk],
        rounds: 15,
        only: Vec::new(),
        granted_only: false,
        load: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} takes a value"));
        match word.as_str() {
            "--sizes" => plan.sizes = list(&value()?, |size| size.parse().ok())?,
            "--kinds" => plan.kinds = list(&value()?, kind_named)?,
            "--rounds" => plan.rounds = value()?.parse().map_err(peers::words)?,
            "--only" => plan.only = list(&value()?, |name| Some(name.to_owned()))?,
            "--granted" => plan.granted_only = true,
            "--load" => plan.load = true,
            other => return Err(format!("nothing is called {other:?}")),
        }
    }
    Ok(plan)
}

fn list<T>(words: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    words.split(',').map(|word| read(word).ok_or_else(|| format!("what is {word:?}?"))).collect()
}

impl Plan {
    /// Those asked for, and the two that the others are compared with.
    fn rivals(&self) -> impl Iterator<Item = &'static Rival> {
        let wanted =
            |rival: &&Rival| self.only.is_empty() || rival.is_measure() || self.only.iter().any(|name| rival.program.contains(name.as_str()));
        RIVALS.iter().filter(wanted)
    }
}

fn judge(plan: &Plan) -> Result<(), String> {
    println!("{}\n", machine::facts());
    if plan.load {
        return load::table(plan.rivals(), plan.sizes.iter().copied().max().unwrap_or(16_000));
    }
    for &kind in &plan.kinds {
        let mut columns = Vec::new();
        for &size in &plan.sizes {
            eprintln!("{} {size}: getting ready", kind_name(kind));
            let mut field: Vec<Running> = plan
                .rivals()
                .filter(|rival| rival.is_in(kind))
                .map(|rival| Running::start(rival, kind, size, plan.granted_only))
                .collect::<Result<_, _>>()?;
            for round in 0..plan.rounds {
                eprintln!("{} {size}: round {}", kind_name(kind), round + 1);
                for input in Input::ALL {
                    for running in &mut field {
                        running.pass(input)?;
                    }
                }
            }
            columns.push((size, field.into_iter().map(Running::stop).collect::<Vec<_>>()));
        }
        for input in Input::ALL {
            table::decisions(kind, input, &columns);
        }
        table::remarks(&columns);
    }
    Ok(())
}
