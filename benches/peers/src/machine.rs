//! What the figures were taken on.

use std::fs;
use std::process::Command;

/// Processor, cores, memory, system and compiler in one line.
#[must_use]
pub fn facts() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = line("/proc/meminfo", "MemTotal").and_then(|kib| Some(kib.split_whitespace().next()?.parse::<u64>().ok()? >> 20));
    format!(
        "Machine: {}, {cores} cores, {} GiB, Linux {}, {}.",
        line("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned()),
        memory.map_or_else(|| "?".to_owned(), |gib| gib.to_string()),
        fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim(),
        output("rustc", "--version"),
    )
}

fn line(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let (_, value) = text.lines().find(|line| line.starts_with(name))?.split_once(':')?;
    Some(value.trim().to_owned())
}

fn output(program: &str, word: &str) -> String {
    let output = Command::new(program).arg(word).output();
    output.map_or_else(|_| format!("no {program}"), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
