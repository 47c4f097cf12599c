//! Servers that are killed in the middle of their work.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;

use super::super::cluster::Database;
use super::site::{Site, Told, late, voucher};

const CLIENTS: usize = 6;

/// The key and body of a request.
fn asked(number: usize, round: usize) -> (String, Value) {
    let (key, actor) = (format!("{number}-{round}"), format!("agent-{}", round / 40));
    let odd = u64::try_from(7 + (number * 53 + round * 29) % 200).unwrap();
    let body = if round % 4 == 3 { voucher(&actor, odd, &key) } else { late(&actor, odd) };
    (key, body)
}

/// Clients ask without an end while servers are killed so many times. Each asks for an answer until it has one.
fn under_load(site: &Site, kills: usize, mut kill: impl FnMut(usize)) -> Vec<Told> {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let is_over = &is_over;
                scope.spawn(move || {
                    let mut client = site.client();
                    let mut round = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        let (key, body) = asked(number, round);
                        if client.grant(number + round, &body, &key) && round % 7 == 6 {
                            client.reverse(number + round, &key);
                        }
                        // What was answered in an earlier life is answered so again.
                        if round % 10 == 9 {
                            let (key, body) = asked(number, round / 2);
                            client.grant(number + round, &body, &key);
                        }
                        round += 1;
                    }
                    client.told
                })
            })
            .collect();
        for at in 0..kills {
            // Not always at the same place.
            std::thread::sleep(Duration::from_millis(u64::try_from(40 + at * 37 % 120).unwrap()));
            kill(at);
        }
        is_over.store(true, Ordering::Relaxed);
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

fn granted(told: &[Told]) -> usize {
    told.iter().map(|told| told.granted.len()).sum()
}

#[test]
fn on_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::new(&format!("sqlite:{}", folder.path().join("ledger.db").display()), 1);
    let told = under_load(&site, 25, |_| site.kill(0));
    assert!(granted(&told) > 100, "{} grants in 25 lives", granted(&told));
    site.check(&told);
}

#[test]
fn on_postgres_one_of_two() {
    let database = Database::new();
    let site = Site::new(&database.address, 2);
    let told = under_load(&site, 8, |at| site.kill(at % 2));
    assert!(granted(&told) > 100, "{} grants in 8 lives", granted(&told));
    site.check(&told);
}
