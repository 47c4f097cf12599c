//! What the figures depend on besides the program.

use std::fs;
use std::process::Command;

/// One line: processor, cores, memory, system, compiler, version.
pub fn facts() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "an unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    let memory = memory.map_or_else(|| "unknown memory".to_owned(), |kib| format!("{:.0} GiB", kib / f64::from(1 << 20)));
    let kernel = output("uname", &["-sr"]);
    let compiler = output("rustc", &["--version"]);
    let revision = output("git", &["rev-parse", "--short=12", "HEAD"]);
    format!("{processor}, {cores} cores, {memory}; {kernel}; {compiler}; Kulanz at {revision}.")
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    output.map_or_else(|| format!("{program} unknown"), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
