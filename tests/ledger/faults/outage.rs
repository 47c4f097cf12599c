//! A database that stops and comes back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::cluster::Cluster;
use super::site::{Site, Told, late};
use crate::server::running::eventually;

const CLIENTS: usize = 8;
/// A request that cannot be answered is told so within this time.
const SOON: Duration = Duration::from_secs(8);

/// A cluster that is stopped when this is dropped.
struct Stopping(Cluster);

impl Drop for Stopping {
    fn drop(&mut self) {
        self.0.crash();
    }
}

#[test]
fn is_told_of_and_outlived() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Stopping(Cluster::make(folder.path()));
    cluster.0.start();
    cluster.0.sql("postgres", "CREATE DATABASE ledger");
    let site = Site::new(&cluster.0.address("ledger"), 2);
    let (is_over, is_down) = (AtomicBool::new(false), AtomicBool::new(false));
    let told: Vec<(Told, usize)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (site, is_over, is_down) = (&site, &is_over, &is_down);
                scope.spawn(move || {
                    let mut client = site.client();
                    let mut turned_away = 0;
                    for round in 0.. {
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                        let body = late(&format!("agent-{}", round / 60), 3 + u64::try_from(number * 17 + round * 31).unwrap() % 50);
                        let key = format!("{number}-{round}");
                        // Until it is known what came of it, it is asked again with the same key.
                        loop {
                            let (begun, was_down) = (Instant::now(), is_down.load(Ordering::SeqCst));
                            let heard = client.hear(number, "/v1/grants", Some((&body, &key))).expect("a server is gone");
                            assert!(begun.elapsed() < SOON, "after {:?}: {heard:?}", begun.elapsed());
                            if heard.status != 503 {
                                assert!(!(was_down && is_down.load(Ordering::SeqCst)), "without a database: {heard:?}");
                                client.note(&key, &heard);
                                break;
                            }
                            assert_eq!(heard.body["code"], "ledger_unavailable", "{heard:?}");
                            assert_eq!(heard.retry_after.as_deref(), Some("1"), "{heard:?}");
                            turned_away += 1;
                            std::thread::sleep(Duration::from_millis(50));
                        }
                    }
                    (client.told, turned_away)
                })
            })
            .collect();
        for _ in 0..2 {
            std::thread::sleep(Duration::from_millis(400));
            cluster.0.crash();
            is_down.store(true, Ordering::SeqCst);
            let mut client = site.client();
            let begun = Instant::now();
            let ready = client.hear(0, "/readyz", None).unwrap();
            assert_eq!((ready.status, &ready.body["code"]), (503, &"ledger_unavailable".into()));
            assert!(begun.elapsed() < SOON);
            assert_eq!(client.hear(0, "/healthz", None).unwrap().status, 200);
            std::thread::sleep(Duration::from_millis(400));
            is_down.store(false, Ordering::SeqCst);
            cluster.0.start();
            for server in 0..2 {
                eventually("the server is ready", || client.hear(server, "/readyz", None).filter(|ready| ready.status == 200));
            }
        }
        std::thread::sleep(Duration::from_millis(200));
        is_over.store(true, Ordering::Relaxed);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let turned_away: usize = told.iter().map(|(_, turned_away)| turned_away).sum();
    assert!(turned_away >= 2 * CLIENTS, "only {turned_away} were turned away");
    let told: Vec<_> = told.into_iter().map(|(told, _)| told).collect();
    assert!(told.iter().all(|told| told.granted.len() > 10));
    site.check(&told);
}

/// A database that is there and does not move: as after a cable was pulled.
#[test]
fn is_not_waited_for_without_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Stopping(Cluster::make(folder.path()));
    cluster.0.start();
    cluster.0.sql("postgres", "CREATE DATABASE ledger");
    let site = Site::new(&cluster.0.address("ledger"), 1);
    let mut client = site.client();
    assert!(client.grant(0, &late("anna", 101), "first"));
    cluster.0.signal("STOP");
    let heard: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..24)
            .map(|number| {
                let site = &site;
                scope.spawn(move || {
                    let begun = Instant::now();
                    let heard = site.client().hear(0, "/v1/grants", Some((&late("anna", 101 + number), &format!("k-{number}"))));
                    (heard.unwrap(), begun.elapsed())
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    cluster.0.signal("CONT");
    for (heard, after) in heard {
        assert_eq!(
            (heard.status, heard.retry_after.as_deref(), heard.body["code"].as_str()),
            (503, Some("1"), Some("ledger_unavailable")),
            "{after:?}"
        );
        assert!(after < 2 * SOON, "{after:?}");
    }
    for number in 0..24 {
        assert!(client.grant(0, &late("anna", 101 + number), &format!("k-{number}")));
    }
    let told = std::mem::take(&mut client.told);
    site.check(&[told]);
}
