//! Two servers and 32 clients on one PostgreSQL.

use std::collections::BTreeMap;

use super::super::cluster::Database;
use super::site::{Client, Site, Told, cents, late, voucher};

const CLIENTS: usize = 32;
/// Each is asked of until nothing is left.
const ACTORS: [&str; 6] = ["anna", "bert", "cora", "dirk", "emma", "finn"];
/// In cents.
const LARGEST: u64 = 4_999;

/// What one client does: until each actor has nothing left, with all others at the same time.
fn work(client: &mut Client<'_>, number: usize) {
    for actor in ACTORS {
        for round in 0.. {
            let key = format!("{actor}-{number}-{round}");
            let odd = u64::try_from(number * 331 + round * 717).unwrap();
            let body = match round % 3 {
                2 => voucher(actor, 301 + odd % 1_699, &format!("c-{number}-{round}")),
                _ => late(actor, 1_001 + odd % (LARGEST - 1_000)),
            };
            if !client.grant(number + round, &body, &key) {
                break;
            }
            if round % 5 == 3 {
                client.reverse(number + round + 1, &key);
            }
        }
    }
}

/// What so many clients were told that work at the same time.
fn at_once(clients: usize, work: impl Fn(usize) -> Told + Sync) -> Vec<Told> {
    std::thread::scope(|scope| {
        let work = &work;
        let clients: Vec<_> = (0..clients).map(|number| scope.spawn(move || work(number))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    })
}

#[test]
fn overspend_nothing() {
    let database = Database::new();
    let site = Site::new(&database.address, 2);
    let told = at_once(CLIENTS, |number| {
        let mut client = site.client();
        work(&mut client, number);
        client.told
    });
    site.check(&told);
    assert_eq!(told.iter().map(|told| told.refused.len()).sum::<usize>(), CLIENTS * ACTORS.len());
    let refused = told.iter().filter(|told| !told.refused.is_empty()).count();
    assert_eq!(refused, CLIENTS);
    // Whoever was refused last found less left than asked for.
    for actor in ACTORS {
        let kept = told.iter().flat_map(|told| told.granted.values().filter(|grant| !told.reversed.contains(grant["id"].as_str().unwrap())));
        let spent: u64 = kept.filter(|grant| grant["actor"]["id"] == actor).map(|grant| cents(&grant["amount"])).sum();
        assert!(spent > 30_000 - LARGEST, "{actor} spent {spent} only");
    }
    let streams: usize = database.sql("SELECT count(*) FROM heads WHERE stream > 0 AND seq > 0").trim().parse().unwrap();
    assert!(streams > 1, "the servers never wrote at the same time");
}

/// One budget that everybody charges beside their own.
#[test]
fn overspend_no_budget_of_all() {
    let database = Database::new();
    let site = Site::new(&database.address, 2);
    let told = at_once(CLIENTS, |number| {
        let mut client = site.client();
        for round in 0.. {
            let odd = u64::try_from(number * 331 + round * 717).unwrap();
            let body = voucher(&format!("agent-{number}"), 901 + odd % 1_099, &format!("c-{number}-{round}"));
            if !client.grant(number + round, &body, &format!("{number}-{round}")) {
                return client.told;
            }
        }
        unreachable!()
    });
    site.check(&told);
    let spent: u64 = told.iter().flat_map(|told| told.granted.values()).map(|grant| cents(&grant["amount"])).sum();
    assert!(spent > 100_000 - 2_000, "{spent}");
}

#[test]
fn answer_a_key_once() {
    let database = Database::new();
    let site = Site::new(&database.address, 2);
    let told = at_once(8, |number| {
        let mut told = Told::default();
        for round in 0..30 {
            // Two clients share each key.
            let key = format!("{}-{round}", number / 2);
            let body = late("anna", u64::try_from(1_031 + 97 * (number / 2) + 13 * round).unwrap());
            let both = std::thread::scope(|scope| {
                let at = [0, 1].map(|server| {
                    let (body, key, site) = (&body, &key, &site);
                    scope.spawn(move || site.client().insist(server, "/v1/grants", body, key))
                });
                at.map(|heard| heard.join().unwrap())
            });
            let mut client = site.client();
            client.told = told;
            let granted = both.map(|heard| client.note(&key, &heard));
            assert_eq!(granted[0], granted[1], "{key}");
            told = client.told;
        }
        told
    });
    let mut once: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    let mut refused = 0;
    for (at, told) in told.into_iter().enumerate() {
        refused += told.refused.len();
        for (key, grant) in told.granted {
            match once.get(&key) {
                Some(first) => assert_eq!(*first, grant, "{key}"),
                None => assert!(at % 2 == 0 && once.insert(key.clone(), grant).is_none(), "{key} was granted to one of two"),
            }
        }
    }
    assert!(refused > 0 && once.len() > 10, "{refused} refused, {} granted", once.len());
    site.check(&[Told { granted: once, ..Told::default() }]);
}
