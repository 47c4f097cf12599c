//! The scenario over HTTP: Kulanz beside a bare handler, Cedar behind a handler, and Cerbos.
//!
//! `peer-http [--size 1600] [--rounds 5] [--seconds 2] [--kulanz PROGRAM] [--cerbos PROGRAM]`. As `peer-http serve bare|by-hand|cedar …` it is one of the servers.

mod cerbos;
mod client;
mod server;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::Duration;

use peers::figures::{grouped, median, ratio, short, time};
use peers::{Kind, Scenario, machine, words};

use crate::client::{CONNECTIONS, Load, Request};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.split_first() {
        Some((first, rest)) if first == "serve" => server::serve(rest),
        _ => Plan::read(&words).and_then(|plan| plan.run()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

struct Plan {
    size: usize,
    rounds: usize,
    turn: Duration,
    kulanz: PathBuf,
    cerbos: Option<PathBuf>,
}

/// A server that has started.
struct Running {
    title: &'static str,
    child: Child,
    /// Kept open, for it may have more to say.
    _out: Option<BufReader<ChildStdout>>,
    address: String,
    requests: Vec<Request>,
    turns: Vec<Load>,
}

impl Plan {
    fn read(words: &[String]) -> Result<Self, String> {
        let kulanz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/release/kulanz");
        let mut plan = Self { size: 1_600, rounds: 5, turn: Duration::from_secs(2), kulanz, cerbos: None };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} takes a value"))?;
            match word.as_str() {
                "--size" => plan.size = value.parse().map_err(peers::words)?,
                "--rounds" => plan.rounds = value.parse().map_err(peers::words)?,
                "--seconds" => plan.turn = Duration::from_secs_f64(value.parse().map_err(peers::words)?),
                "--kulanz" => plan.kulanz = value.into(),
                "--cerbos" => plan.cerbos = Some(value.into()),
                other => return Err(format!("nothing is called {other:?}")),
            }
        }
        Ok(plan)
    }

    fn run(&self) -> Result<(), String> {
        let folder = tempfile::tempdir().map_err(words)?;
        let mut field = self.servers(folder.path())?;
        for round in 0..self.rounds {
            eprintln!("round {}", round + 1);
            for running in &mut field {
                let load = client::load(&running.address, &running.requests, self.turn)?;
                running.turns.push(load);
            }
        }
        println!("{}\n", machine::facts());
        print(&field, self.size);
        Ok(())
    }

    fn servers(&self, folder: &Path) -> Result<Vec<Running>, String> {
        let scenario = Scenario::new(Kind::Spread, self.size);
        let asked = scenario.questions();
        let own: Vec<Request> = asked.iter().map(|asked| Request::new("/v1/ask", &asked.json, allowed(asked.granted()))).collect();
        let pack = folder.join("policy.kulanz");
        fs::write(&pack, scenario.policy()).map_err(words)?;
        let mut kulanz = Command::new(&self.kulanz);
        kulanz.args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(&pack).env("KULANZ_LOG", "error");
        let kulanz = Running::announced("Kulanz", &mut kulanz, own.clone())?;
        // As long as the answers of Kulanz are.
        let answer = client::once(&kulanz.address, &own[0])?;
        let bare = own.iter().map(|request| request.clone().saying("\"answer\"")).collect();
        let size = self.size.to_string();
        let cedar = asked.iter().map(|asked| Request::new("/v1/ask", &peer_cedar::json(asked), decision(asked.granted()))).collect();
        let mut field = vec![
            Running::announced("axum, always the same answer", &mut itself(&["bare", &answer])?, bare)?,
            kulanz,
            Running::announced("axum + by hand", &mut itself(&["by-hand", &size])?, own)?,
            Running::announced("axum + Cedar, a policy set for each role and action", &mut itself(&["cedar", &size])?, cedar)?,
        ];
        if let Some(program) = &self.cerbos {
            let requests = asked.iter().map(|asked| Request::new(cerbos::PATH, &cerbos::request(asked), cerbos::effect(asked.granted()))).collect();
            let (mut command, address) = cerbos::server(program, &scenario, folder)?;
            let child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().map_err(|error| format!("{}: {error}", program.display()))?;
            let cerbos = Running { title: "Cerbos", child, _out: None, address, requests, turns: Vec::new() };
            client::wait_for(&cerbos.address)?;
            field.push(cerbos);
        }
        Ok(field)
    }
}

fn allowed(granted: bool) -> &'static str {
    if granted { r#""allowed":true"# } else { r#""allowed":false"# }
}

fn decision(granted: bool) -> &'static str {
    if granted { r#""Allow""# } else { r#""Deny""# }
}

/// This program as a server.
fn itself(words: &[&str]) -> Result<Command, String> {
    let mut command = Command::new(std::env::current_exe().map_err(peers::words)?);
    command.arg("serve").args(words);
    Ok(command)
}

impl Running {
    /// A server that says `listening on http://ADDRESS`.
    fn announced(title: &'static str, command: &mut Command, requests: Vec<Request>) -> Result<Self, String> {
        let program = command.get_program().display().to_string();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().map_err(|error| format!("{program}: {error}"))?;
        let mut line = String::new();
        let mut out = child.stdout.take().map(BufReader::new);
        if let Some(out) = &mut out {
            out.read_line(&mut line).map_err(words)?;
        }
        let mut running = Self { title, child, _out: out, address: String::new(), requests, turns: Vec::new() };
        let address = line.trim().strip_prefix("listening on http://").ok_or_else(|| format!("{title} said {line:?}"))?;
        address.clone_into(&mut running.address);
        Ok(running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn print(field: &[Running], size: usize) {
    println!(
        "**HTTP on loopback, {CONNECTIONS} connections, {} rules, first scenario** (every answer is compared with the expected one)\n",
        grouped(&size.to_string())
    );
    println!("| | requests a second | of the bare handler's | p50 | p99 | times the bare handler's |\n|---|---|---|---|---|---|");
    let figures = |running: &Running, figure: fn(&Load) -> f64| running.turns.iter().map(figure).collect::<Vec<_>>();
    let Some(bare) = field.first() else { return };
    for running in field {
        let (rates, tails) = (figures(running, Load::rate), figures(running, |load| load.percentile(99)));
        let middle = median(figures(running, |load| load.percentile(50)));
        println!(
            "| {} | {} | {:.2} | {} | {} | {} |",
            running.title,
            grouped(&format!("{:.0}", median(rates.iter().copied()).unwrap_or_default())),
            ratio(&rates, &figures(bare, Load::rate)).unwrap_or_default(),
            time(middle.unwrap_or_default()),
            time(median(tails.iter().copied()).unwrap_or_default()),
            ratio(&tails, &figures(bare, |load| load.percentile(99))).map_or_else(String::new, short),
        );
    }
    println!();
}
