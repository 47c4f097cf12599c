//! A disk that is full, and has room again.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::site::{Site, Told, late, pack};
use crate::process::{command, root};
use crate::server::running::{Running, eventually};

/// A server whose ledger is in a folder with room for so many kilobytes, which nobody else sees: `/proc/PID/root` leads there.
fn with_room(folder: &Path, kilobytes: usize) -> Running {
    let kulanz = command();
    let mut unshare = Command::new("unshare");
    let mount = format!("mount -t tmpfs -o size={kilobytes}k tmpfs \"$0\" && exec \"$@\"");
    unshare.args(["--map-root-user", "--mount", "sh", "-c", &mount]).arg(folder).arg(kulanz.get_program()).current_dir(root());
    for (name, value) in kulanz.get_envs() {
        match value {
            Some(value) => unshare.env(name, value),
            None => unshare.env_remove(name),
        };
    }
    let ledger = format!("sqlite:{}", folder.join("ledger.db").display());
    Running::run(unshare, &pack(), &["--ledger", &ledger, "--people", "tests/ledger/people.toml"])
}

/// A question that takes room.
fn long(round: u64) -> Value {
    let mut body = late(&format!("agent-{}", round / 10), 1_001 + round % 7);
    body["note"] = "she waited two hours ".repeat(150).into();
    body
}

#[test]
fn is_told_of_and_nothing_is_booked_by_halves() {
    let folder = tempfile::tempdir().unwrap();
    let server = with_room(folder.path(), 12_000);
    let inside = Path::new("/proc").join(server.id().to_string()).join("root").join(folder.path().strip_prefix("/").unwrap());
    let ballast = inside.join("ballast");
    std::fs::write(&ballast, vec![0; 6_000_000]).unwrap();
    let site = Site::of(vec![server], &format!("sqlite:{}", folder.path().join("ledger.db").display()));
    let mut client = site.client();
    // Until there is no room, and then some more.
    let mut full: Vec<u64> = Vec::new();
    let mut round = 0;
    while full.len() < 20 {
        let key = format!("k-{round}");
        let heard = client.hear(0, "/v1/grants", Some((&long(round), &key))).unwrap();
        if heard.status == 503 {
            assert_eq!((heard.body["code"].as_str(), heard.retry_after.as_deref()), (Some("ledger_full"), Some("1")), "{heard:?}");
            full.push(round);
        } else {
            assert!(client.note(&key, &heard));
        }
        round += 1;
        assert!(round < 5_000, "it never fills");
    }
    assert!(client.told.granted.len() > 20);
    // What is booked can still be read, and is whole.
    let granted = client.hear(0, "/v1/grants?limit=500", None).unwrap();
    assert_eq!((granted.status, granted.body["grants"].as_array().map(Vec::len)), (200, Some(client.told.granted.len().min(500))));
    assert_eq!(client.hear(0, "/v1/ask", None).unwrap().status, 405);
    std::fs::remove_file(&ballast).unwrap();
    eventually("it books again", || {
        let heard = client.hear(0, "/v1/grants", Some((&long(full[0]), &format!("k-{}", full[0])))).unwrap();
        (heard.status == 201).then(|| client.note(&format!("k-{}", full[0]), &heard))
    });
    for round in &full[1..] {
        assert!(client.grant(0, &long(*round), &format!("k-{round}")));
    }
    for round in round..round + 20 {
        assert!(client.grant(0, &long(round), &format!("k-{round}")));
    }
    // The auditor is not in there, and gets a copy.
    for file in ["ledger.db", "ledger.db-wal"] {
        std::fs::copy(inside.join(file), folder.path().join(file)).unwrap();
    }
    let told: Told = std::mem::take(&mut client.told);
    site.check(&[told]);
}
