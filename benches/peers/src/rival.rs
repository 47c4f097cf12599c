//! The contenders, and how they are started and asked.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use peers::{Input, Kind, Ready, kind_name, words};

/// One engine in one form.
#[derive(Debug)]
pub struct Rival {
    /// The program, beside this one.
    pub program: &'static str,
    /// The form that it is asked for.
    pub form: &'static str,
    /// Its name in tables.
    pub title: &'static str,
    /// Does its form differ from another one's at the desk, where all rules have one role and action?
    pub at_desk: bool,
}

const fn rival(program: &'static str, form: &'static str, title: &'static str, at_desk: bool) -> Rival {
    Rival { program, form, title, at_desk }
}

/// All of them, the floor and Kulanz first.
pub static RIVALS: [Rival; 14] = [
    rival("peer-by-hand", "structs", "by hand", true),
    rival("peer-kulanz", "engine", "Kulanz", true),
    rival("peer-cel", "sliced", "cel, an expression for each role and action", true),
    rival("peer-regorus", "data", "regorus, rules as data by role and action", true),
    rival("peer-regorus", "data-keyed", "regorus, rules as data by every key", true),
    rival("peer-regorus", "code-sliced", "regorus, rules as code, a program for each role and action", true),
    rival("peer-regorus", "code", "regorus, rules as code in one program", false),
    rival("peer-zen", "sliced", "zen, a table for each role and action", true),
    rival("peer-zen", "policy-sliced", "zen, a policy for each role and action", true),
    rival("peer-zen", "table", "zen, one table", false),
    rival("peer-cedar", "sliced", "Cedar, a policy set for each role and action", true),
    rival("peer-cedar", "whole", "Cedar, one policy set", false),
    rival("peer-lemma", "sliced", "Lemma, a spec for each role and action", true),
    rival("peer-lemma", "sliced-explained", "Lemma, the same with its explanation", true),
];

impl Rival {
    /// Is it one of the two that the others are compared with?
    pub fn is_measure(&self) -> bool {
        self.is_floor() || self.is_kulanz()
    }

    /// Is it measured in this scenario?
    pub fn is_in(&self, kind: Kind) -> bool {
        kind != Kind::Desk || self.at_desk
    }

    /// Is it the floor?
    pub fn is_floor(&self) -> bool {
        self.program == "peer-by-hand"
    }

    /// Is it Kulanz?
    pub fn is_kulanz(&self) -> bool {
        self.program == "peer-kulanz"
    }

    /// Its program, to be run with these words.
    pub fn command(&self, form: &str, kind: Kind, size: usize) -> Result<Command, String> {
        let here: PathBuf = std::env::current_exe().map_err(words)?;
        let mut command = Command::new(here.with_file_name(self.program));
        command.args([form, kind_name(kind), &size.to_string()]);
        Ok(command)
    }
}

/// A contender that stands ready, or why it does not.
pub struct Running {
    rival: &'static Rival,
    ready: Ready,
    wires: Option<Wires>,
    /// Nanoseconds of a decision, round by round, from prepared questions and from JSON.
    times: [Vec<f64>; 2],
}

struct Wires {
    child: Child,
    ask: ChildStdin,
    hear: BufReader<ChildStdout>,
}

/// What was measured of one contender at one size.
pub struct Measured {
    /// Which one.
    pub rival: &'static Rival,
    /// What it said when it stood ready.
    pub ready: Ready,
    /// See [`Running`].
    pub times: [Vec<f64>; 2],
}

impl Running {
    /// Starts it and waits until it has checked its answers. With `granted_only` no other question is timed.
    pub fn start(rival: &'static Rival, kind: Kind, size: usize, granted_only: bool) -> Result<Self, String> {
        let skipped = |reason: String| Self { rival, ready: Ready::Skipped(reason), wires: None, times: [Vec::new(), Vec::new()] };
        let mut child = rival
            .command(rival.form, kind, size)?
            .args(granted_only.then_some("granted"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", rival.program))?;
        let (Some(ask), Some(out)) = (child.stdin.take(), child.stdout.take()) else { return Err("no wires".to_owned()) };
        let mut wires = Wires { child, ask, hear: BufReader::new(out) };
        let line = wires.line()?;
        if line.is_empty() {
            let status = wires.child.wait().map_err(words)?;
            if status.code().is_some() {
                return Err(format!("{} {} at {size} rules: see its complaint above", rival.program, rival.form));
            }
            // It came down, say because the rules are nested too deeply for its parser.
            return Ok(skipped(format!("the program ended with {status}")));
        }
        let ready = serde_json::from_str(&line).map_err(|error| format!("{} {}: {error} in {line:?}", rival.program, rival.form))?;
        Ok(Self { rival, ready, wires: Some(wires), times: [Vec::new(), Vec::new()] })
    }

    /// One timed pass, unless it is not measured here.
    pub fn pass(&mut self, input: Input) -> Result<(), String> {
        let (Ready::Ready { .. }, Some(wires)) = (&self.ready, &mut self.wires) else { return Ok(()) };
        writeln!(wires.ask, "{}", input.as_str()).map_err(words)?;
        let each = wires.line()?.trim().parse().map_err(|error| format!("{} {}: {error}", self.rival.program, self.rival.form))?;
        self.times[input as usize].push(each);
        Ok(())
    }

    /// Ends it.
    pub fn stop(self) -> Measured {
        if let Some(Wires { mut child, ask, hear }) = self.wires {
            drop((ask, hear));
            let _ = child.wait();
        }
        Measured { rival: self.rival, ready: self.ready, times: self.times }
    }
}

impl Wires {
    fn line(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.hear.read_line(&mut line).map_err(words)?;
        Ok(line)
    }
}
