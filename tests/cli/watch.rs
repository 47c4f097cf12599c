//! `kulanz test --watch`, with real files.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{command, folder};

/// So long a change may take to be noticed on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A command that goes on, and the lines of both its streams.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn begin(pack: &Path, arguments: &[&str]) -> Self {
        let mut child = command()
            .args(["test", "--watch", "-p", pack.to_str().unwrap()])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        let err = BufReader::new(child.stderr.take().unwrap());
        let further = send.clone();
        thread::spawn(move || out.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
        thread::spawn(move || err.lines().map_while(Result::ok).for_each(|line| drop(further.send(line))));
        Self { child, lines }
    }

    /// The lines of one run.
    fn run(&self) -> String {
        let (begun, mut seen) = (Instant::now(), String::new());
        let mut waiting = false;
        loop {
            // What goes to the other stream may arrive a little later.
            let patience = if waiting { Duration::from_millis(200) } else { PATIENCE.saturating_sub(begun.elapsed()) };
            match self.lines.recv_timeout(patience) {
                Ok(line) => {
                    waiting |= line.contains("waiting for the next change");
                    seen += &(line + "\n");
                }
                Err(_) if waiting => return seen,
                Err(error) => panic!("{error} after\n{seen}"),
            }
        }
    }

    /// Whether nothing is said for a while.
    fn is_quiet(&self) -> bool {
        self.lines.recv_timeout(Duration::from_millis(700)).is_err()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const POLICY: &str = "policy \"P\"\n  currency EUR\n  time zone UTC\n  languages en\n  includes \"../house\"\n\nrole agent\n\ntable limits from \"limits.csv\"\n  may refund\n";
const HOUSE: &str = "policy \"House\"\n  currency EUR\n  time zone UTC\n  languages en\n\naction refund of money\n";
const TESTS: &str = "test \"first\"\n  as agent\n  ask refund of 10 EUR\n  expect yes\n\ntest \"second\"\n  as agent\n  ask refund of 20 EUR\n  expect up to 10 EUR\n";

#[test]
fn every_file_of_the_pack_is_watched() {
    let place = folder(&[
        ("shop/p.kulanz", POLICY),
        ("shop/limits.csv", "role,up to\nagent,10 EUR\n"),
        ("shop/tests/t.kulanz", TESTS),
        ("house/h.kulanz", HOUSE),
    ]);
    let file = |name: &str| place.path().join(name);
    let watching = Watching::begin(&file("shop"), &[]);
    let first = watching.run();
    assert!(first.contains("2 passed, 0 failed") && first.contains("begun"), "{first}");

    fs::write(file("shop/limits.csv"), "role,up to\nagent,15 EUR\n").unwrap();
    let table = watching.run();
    assert!(table.contains("1 passed, 1 failed") && table.contains("expected up to 10.00 EUR, got up to 15.00 EUR"), "{table}");

    // A broken pack is told of, and what mends it is noticed.
    fs::write(file("shop/tests/t.kulanz"), TESTS.replace("as agent", "as agnet")).unwrap();
    let broken = watching.run();
    assert!(broken.contains("agnet") && !broken.contains("passed"), "{broken}");
    fs::write(file("shop/tests/t.kulanz"), TESTS.replace("10 EUR\n\n", "10 EUR\n").replace("up to 10", "up to 15")).unwrap();
    assert!(watching.run().contains("2 passed, 0 failed"));

    // What is included counts, an editor's swap of a file too; what is no part of the pack does not.
    fs::write(file("house/new.tmp"), HOUSE.replace("refund of", "refund of money \"Back\"\naction other of")).unwrap();
    assert!(watching.is_quiet());
    fs::rename(file("house/new.tmp"), file("house/h.kulanz")).unwrap();
    let swapped = watching.run();
    assert!(swapped.contains("2 passed, 0 failed") || swapped.contains("error"), "{swapped}");
    fs::write(file("shop/notes.txt"), "nothing").unwrap();
    fs::write(file("shop/p.kulanz"), POLICY).unwrap();
    assert!(watching.is_quiet(), "the same text is no change");
}

#[test]
fn a_filter_goes_with_it_and_a_burst_is_one_change() {
    let place =
        folder(&[("shop/p.kulanz", POLICY), ("shop/limits.csv", "role,up to\nagent,10 EUR\n"), ("shop/t.kulanz", TESTS), ("house/h.kulanz", HOUSE)]);
    let watching = Watching::begin(&place.path().join("shop"), &["--filter", "FIRST", "--coverage"]);
    let first = watching.run();
    assert!(first.contains("1 passed, 0 failed") && first.contains("% covered"), "{first}");
    for limit in 11..16 {
        fs::write(place.path().join("shop/limits.csv"), format!("role,up to\nagent,{limit} EUR\n")).unwrap();
    }
    assert_eq!(watching.run().matches("1 passed").count(), 1);
    assert!(watching.is_quiet());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it() {
    let place =
        folder(&[("shop/p.kulanz", POLICY), ("shop/limits.csv", "role,up to\nagent,10 EUR\n"), ("shop/t.kulanz", TESTS), ("house/h.kulanz", HOUSE)]);
    let mut watching = Watching::begin(&place.path().join("shop"), &[]);
    watching.run();
    let pid = watching.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let begun = Instant::now();
    while watching.child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(20));
    }
}
