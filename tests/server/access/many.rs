//! Ten thousand connections that say nothing.

use std::fs;
use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use super::super::running::{Running, read_all};
use crate::process::{COUNTER, folder, root};

const MANY: usize = 10_000;
/// What one may take, in KiB: buffers, a task, and an entry among all.
const EACH: u64 = 24;

/// Lets this process and those that it starts open as many files as the system allows.
fn allow_many() {
    let most = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let needed = u64::try_from(MANY).unwrap() + 200;
    assert!(most >= needed, "this machine lets a process open only {most} files, and this test needs {needed}: raise the hard limit (`ulimit -Hn`)");
}

/// A service that starts with as few files as many systems allow at first.
fn serve(limits: &str) -> Running {
    let folder = folder(&[("kulanz.toml", &format!("[limits]\n{limits}"))]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -Sn 1024 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_kulanz")]).current_dir(root());
    Running::run(shell, &root().join(COUNTER), &["--config", folder.path().join("kulanz.toml").to_str().unwrap()])
}

/// The memory of a process, in KiB.
fn memory(service: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", service.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn connections(service: &Running) -> usize {
    fs::read_dir(format!("/proc/{}/fd", service.id())).unwrap().count()
}

fn health(service: &Running) {
    let mut stream = service.connect();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let answer = read_all(stream);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn idle(service: &Running, count: usize) -> Vec<TcpStream> {
    (0..count).map(|at| TcpStream::connect(&service.address).unwrap_or_else(|error| panic!("the {at}th: {error}"))).collect()
}

/// Guards: the service raises its own limit of open files, its listener lets many wait, and what a connection takes is bounded.
#[test]
fn ten_thousand_idle_connections_are_held() {
    allow_many();
    let service = serve(&format!("connections = {}\nheader_seconds = 300\n", MANY + 100));
    health(&service);
    let (before, begun) = (memory(&service), Instant::now());
    let held = idle(&service, MANY);
    health(&service);
    super::super::running::eventually("all of them are held", || (connections(&service) > MANY).then_some(()));
    assert!(begun.elapsed() < Duration::from_secs(30), "it took {:?}", begun.elapsed());
    let each = (memory(&service).saturating_sub(before)) / u64::try_from(MANY).unwrap();
    assert!(each <= EACH, "{each} KiB each");
    // None of them was closed for another, and each is still answered.
    for mut stream in held.into_iter().step_by(MANY / 10) {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        assert!(read_all(stream).starts_with("HTTP/1.1 200"));
    }
}

/// Guard: beyond its bound, whoever has been silent longest makes room.
#[test]
fn idle_connections_keep_nobody_out_of_a_service_that_holds_a_quarter_of_them() {
    allow_many();
    let service = serve("connections = 1000\nheader_seconds = 300\n");
    health(&service);
    let begun = Instant::now();
    let _idle = idle(&service, 4000);
    health(&service);
    assert!(begun.elapsed() < Duration::from_secs(10), "it took {:?}", begun.elapsed());
    assert!(connections(&service) < 1_100, "{}", connections(&service));
}
