//! Programs that run beside this one, and what the system says of them.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// The program itself.
pub fn kulanz() -> Command {
    Command::new(env!("CARGO_BIN_EXE_kulanz"))
}

/// A program that is stopped when this is dropped.
pub struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    /// Starts it; what it writes can be read.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// A server that says `listening on http://ADDRESS`; the address.
    pub fn address(&mut self) -> String {
        let line = self.line();
        line.trim().strip_prefix("listening on http://").unwrap_or_else(|| panic!("it said `{line}`")).to_owned()
    }

    /// The next line that it writes.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// What it writes.
    pub fn output(&mut self) -> &mut impl BufRead {
        &mut self.out
    }

    /// What it reads.
    pub fn input(&mut self) -> &mut impl std::io::Write {
        self.child.stdin.as_mut().unwrap()
    }

    /// Bytes of memory that it holds now.
    pub fn resident(&self) -> f64 {
        memory(self.child.id(), "VmRSS").unwrap()
    }

    /// Seconds of processor time that it has used, in steps of 10 ms.
    pub fn processor_time(&self) -> f64 {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<_> = text.rsplit(')').next().unwrap().split_whitespace().collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes, as `/proc` has them; `None` where the process has ended.
pub fn memory(id: u32, field: &str) -> Option<f64> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with(field))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? * 1024.0)
}

/// Runs a program to its end with its output in a file; the most memory that it held, in bytes.
pub fn run_to_end(command: &mut Command, out: &Path) -> f64 {
    let mut child = command.stdin(Stdio::null()).stdout(fs::File::create(out).unwrap()).spawn().unwrap();
    let mut most = 0.0;
    let status = loop {
        most = memory(child.id(), "VmHWM").unwrap_or(most);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    assert!(status.success(), "{command:?} {status}");
    most
}
