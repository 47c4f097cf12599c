//! A disk that takes nothing.

use std::io::{Read, Write};

use super::super::grants::late;
use super::super::running::{Running, eventually};
use super::{Desk, ask};

/// A log on a disk that is full, and a queue of one line or two.
fn full(when_full: &str) -> (Desk, Running) {
    let desk = desk(when_full);
    std::os::unix::fs::symlink("/dev/full", desk.path("full.jsonl")).unwrap();
    let service = desk.serve();
    (desk, service)
}

fn desk(when_full: &str) -> Desk {
    let log = "to = \"full.jsonl\"\nkey_file = \"log.key\"\nflush_millis = 0\nqueue_bytes = 1024";
    Desk::new(&format!("[limits]\nanswer_seconds = 1\ndrain_seconds = 1\n[decisions]\n{log}\nwhen_full = \"{when_full}\"\n"))
}

fn metric(service: &Running, name: &str) -> u64 {
    let page = service.get("/metrics", &[]).body;
    let value = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap_or_else(|| panic!("{name} is not in {page}"));
    value.parse().unwrap()
}

/// Guard: with `wait` no answer goes out that is not in the log, and nothing is booked.
#[test]
fn answers_wait_for_the_log_and_are_refused_then() {
    let (_desk, service) = full("wait");
    let mut refused = None;
    for at in 0..20 {
        let reply = ask(&service, &late("10 EUR"), &format!("r-{at}"));
        if reply.status != 200 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.expect("the queue is full after some answers");
    refused.is_problem(503, "log_unavailable");
    assert_eq!(refused.header("retry-after"), Some("1"));
    // It is full to the brim for grants, too.
    while metric(&service, "kulanz_decisions_queue_bytes") < 1024 {
        service.send("/v1/grants", &late("1 EUR"), &format!("k-{}", metric(&service, "kulanz_decisions_queue_bytes")));
    }
    let grants = |service: &Running| service.get("/v1/grants", &[]).json()["grants"].as_array().unwrap().len();
    let before = grants(&service);
    service.send("/v1/grants", &late("10 EUR"), "refused").is_problem(503, "log_unavailable");
    assert_eq!(grants(&service), before);
    assert_eq!(metric(&service, "kulanz_decisions_refused_total"), 2);
    assert_eq!((metric(&service, "kulanz_decisions_lost_total"), metric(&service, "kulanz_decisions_written_total")), (0, 0));
    assert!(metric(&service, "kulanz_decisions_write_errors_total") > 0);
    // Such a server is not asked, until its log is written again.
    service.get("/readyz", &[]).is_problem(503, "log_unavailable");
    assert_eq!(service.get("/healthz", &[]).status, 200);
}

#[test]
fn a_server_is_ready_again_when_its_log_is_written() {
    // A pipe that nobody empties is as good as a disk that is full.
    let desk = desk("wait");
    let pipe = desk.path("full.jsonl");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut pipe = std::fs::File::options().read(true).write(true).open(&pipe).unwrap();
    let full = vec![b'\n'; 64 << 10];
    pipe.write_all(&full).unwrap();
    let service = desk.serve();
    while ask(&service, &late("10 EUR"), "r").status == 200 {}
    service.get("/readyz", &[]).is_problem(503, "log_unavailable");
    pipe.read_exact(&mut full.clone()).unwrap();
    eventually("it is ready", || (service.get("/readyz", &[]).status == 200).then_some(()));
    assert_eq!(ask(&service, &late("10 EUR"), "again").status, 200);
}

/// Guard: with `drop` every answer goes out, and every line that is not written is counted; the failure is told once.
#[test]
fn lines_that_are_left_out_are_counted() {
    let (_desk, mut service) = full("drop");
    for at in 0..30 {
        assert_eq!(ask(&service, &late("10 EUR"), &format!("r-{at}")).status, 200);
    }
    assert_eq!(service.send("/v1/grants", &late("10 EUR"), "one").status, 201);
    let lost = metric(&service, "kulanz_decisions_lost_total");
    let bytes = metric(&service, "kulanz_decisions_queue_bytes");
    assert!((20..=30).contains(&lost) && (1..=1024).contains(&bytes), "{lost} {bytes}");
    assert_eq!(metric(&service, "kulanz_decisions_refused_total"), 0);
    service.signal("TERM");
    service.stopped();
    let log = service.log();
    assert_eq!(log.matches("the decision log cannot be written; it is tried again").count(), 1, "{log}");
    // What is left at the end is lost, and told: with what was left out it is every line there was.
    let left = log.lines().find(|line| line.contains("these lines are lost")).unwrap_or_else(|| panic!("{log}"));
    let left: u64 = left.rsplit_once("lines=").unwrap().1.trim().parse().unwrap();
    assert_eq!(lost + left, 31, "{log}");
}
