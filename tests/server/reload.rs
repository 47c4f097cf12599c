//! A changed pack is picked up, a broken one is not, and no request is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

use super::running::{Running, eventually};
use crate::process::{folder, own_counter, root};

const QUESTION: &str = r#"{"actor": {"role": "agent"}, "action": "voucher"}"#;

fn limit(service: &Running) -> String {
    service.post("/v1/ask", QUESTION).json()["limit"].as_str().unwrap().to_owned()
}

/// Lets agents give vouchers up to so much.
fn rewrite(pack: &Path, amount: u32) {
    let text = fs::read_to_string(root().join(crate::process::COUNTER).join("counter.kulanz")).unwrap();
    let text = text.replace("agent may voucher up to 20 EUR", &format!("agent may voucher up to {amount} EUR"));
    fs::write(pack.join("counter.kulanz"), text).unwrap();
}

#[test]
fn a_changed_pack_is_served() {
    let pack = own_counter();
    let service = Running::start(pack.path(), &[]);
    assert_eq!(limit(&service), "20.00 EUR");
    rewrite(pack.path(), 30);
    eventually("the change is served", || (limit(&service) == "30.00 EUR").then_some(()));
    fs::write(pack.path().join("more.kulanz"), "rule generous_voucher\n  agent may voucher up to 70 EUR\n").unwrap();
    eventually("a new file is served", || (limit(&service) == "70.00 EUR").then_some(()));
    fs::remove_file(pack.path().join("more.kulanz")).unwrap();
    eventually("a removed file is not", || (limit(&service) == "30.00 EUR").then_some(()));
}

#[test]
fn a_broken_pack_leaves_the_old_one_serving_and_is_told() {
    let pack = own_counter();
    let service = Running::start(pack.path(), &[]);
    let before = service.get("/v1/policy", &[]).json()["version"].clone();
    let good = fs::read_to_string(pack.path().join("counter.kulanz")).unwrap();
    fs::write(pack.path().join("counter.kulanz"), format!("{good}\nrule broken\n  agent may fly\n")).unwrap();
    let ready = eventually("the failure is told", || {
        let ready = service.get("/readyz", &[]).json();
        ready["reload"].as_str().unwrap().starts_with("failed: ").then_some(ready)
    });
    assert!(ready["reload"].as_str().unwrap().contains("fly") && ready["reload"].as_str().unwrap().contains("counter.kulanz:"), "{ready}");
    assert_eq!(ready["policy"]["version"], before);
    assert_eq!(limit(&service), "20.00 EUR");
    eventually("it is logged", || service.log().contains("does not check").then_some(()));
    fs::write(pack.path().join("counter.kulanz"), good).unwrap();
    eventually("mended", || (service.get("/readyz", &[]).json()["reload"] == json!("current")).then_some(()));
    fs::remove_dir_all(pack.path()).unwrap();
    eventually("a pack that is gone is told", || {
        service.get("/readyz", &[]).json()["reload"].as_str().unwrap().starts_with("failed: ").then_some(())
    });
    assert_eq!(limit(&service), "20.00 EUR");
}

#[test]
fn an_included_pack_is_watched_too() {
    let policy = fs::read_to_string(root().join(crate::process::COUNTER).join("counter.kulanz")).unwrap();
    let own = "policy \"Own\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n  includes \"../counter\"\n";
    let packs = folder(&[("own/own.kulanz", own), ("counter/counter.kulanz", &policy)]);
    let service = Running::start(&packs.path().join("own"), &[]);
    assert_eq!(limit(&service), "20.00 EUR");
    rewrite(&packs.path().join("counter"), 30);
    eventually("the change is served", || (limit(&service) == "30.00 EUR").then_some(()));
}

#[test]
fn a_single_file_is_watched_also_where_it_is_replaced() {
    let pack = own_counter();
    let service = Running::start(&pack.path().join("counter.kulanz"), &[]);
    let other = folder(&[]);
    rewrite(other.path(), 30);
    fs::copy(other.path().join("counter.kulanz"), pack.path().join("new")).unwrap();
    fs::rename(pack.path().join("new"), pack.path().join("counter.kulanz")).unwrap();
    eventually("the change is served", || (limit(&service) == "30.00 EUR").then_some(()));
}

#[test]
fn changes_in_one_tick_of_the_clock_are_served_too() {
    let pack = own_counter();
    let service = Running::start(pack.path(), &[]);
    for amount in [30, 40, 50, 60, 70] {
        let age = fs::metadata(pack.path().join("counter.kulanz")).unwrap().modified().unwrap();
        rewrite_unseen(pack.path(), amount, age);
        eventually("the change is served", || (limit(&service) == format!("{amount}.00 EUR")).then_some(()));
    }
}

/// Lets agents give vouchers up to so much, in a text as long and as old as the one before.
fn rewrite_unseen(pack: &Path, amount: u32, age: std::time::SystemTime) {
    rewrite(pack, amount);
    fs::File::options().write(true).open(pack.join("counter.kulanz")).unwrap().set_modified(age).unwrap();
}

#[test]
fn a_swapped_link_is_served_where_size_and_time_are_the_same() {
    let packs = folder(&[("one/.keep", ""), ("two/.keep", "")]);
    let age = std::time::SystemTime::now();
    rewrite_unseen(&packs.path().join("one"), 30, age);
    rewrite_unseen(&packs.path().join("two"), 40, age);
    let link = packs.path().join("current");
    std::os::unix::fs::symlink("one", &link).unwrap();
    let service = Running::start(&link, &[]);
    assert_eq!(limit(&service), "30.00 EUR");
    std::os::unix::fs::symlink("two", packs.path().join("next")).unwrap();
    fs::rename(packs.path().join("next"), &link).unwrap();
    eventually("the other pack is served", || (limit(&service) == "40.00 EUR").then_some(()));
    // Nothing below the folder that is watched tells of this one.
    rewrite_unseen(&packs.path().join("two"), 50, age);
    eventually("its change is served", || (limit(&service) == "50.00 EUR").then_some(()));
}

#[test]
fn a_swapped_folder_is_served_where_size_and_time_are_the_same() {
    let packs = folder(&[("pack/.keep", ""), ("next/.keep", "")]);
    let age = std::time::SystemTime::now();
    rewrite_unseen(&packs.path().join("pack"), 30, age);
    rewrite_unseen(&packs.path().join("next"), 40, age);
    let service = Running::start(&packs.path().join("pack"), &[]);
    fs::rename(packs.path().join("pack"), packs.path().join("before")).unwrap();
    fs::rename(packs.path().join("next"), packs.path().join("pack")).unwrap();
    eventually("the other pack is served", || (limit(&service) == "40.00 EUR").then_some(()));
}

#[test]
fn looking_at_the_files_takes_next_to_no_time() {
    let pack = own_counter();
    let service = Running::start(pack.path(), &[]);
    let used = || {
        let text = fs::read_to_string(format!("/proc/{}/stat", service.id())).unwrap();
        let fields: Vec<_> = text.rsplit(')').next().unwrap().split_whitespace().map(str::to_owned).collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    };
    std::thread::sleep(std::time::Duration::from_secs(3));
    let before = used();
    std::thread::sleep(std::time::Duration::from_secs(5));
    // In ticks of 10 ms.
    assert!(used() - before <= 10, "{} ticks", used() - before);
}

/// Tells the clients to stop when it is dropped, also where a test fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn no_request_is_lost_and_none_sees_half_a_pack() {
    let pack = own_counter();
    let service = Running::start(pack.path(), &[]);
    let (done, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _done = Done(&done);
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let reply = service.post("/v1/ask", QUESTION);
                    assert_eq!(reply.status, 200, "{reply:?}");
                    let limit = reply.json()["limit"].clone();
                    assert!(limit == "20.00 EUR" || limit == "30.00 EUR", "{limit}");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for amount in [30, 20, 30, 20] {
            rewrite(pack.path(), amount);
            eventually("the change is served", || (limit(&service) == format!("{amount}.00 EUR")).then_some(()));
            fs::write(pack.path().join("counter.kulanz"), "policy \"Half").unwrap();
            eventually("the broken pack is told", || {
                service.get("/readyz", &[]).json()["reload"].as_str().unwrap().starts_with("failed: ").then_some(())
            });
        }
    });
    assert!(asked.load(Ordering::Relaxed) > 100);
}

#[test]
fn no_request_is_lost_while_a_pack_changes_all_the_time() {
    let pack = own_counter();
    let service = Running::start(pack.path(), &[]);
    let done = AtomicBool::new(false);
    let (asked, seen) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let client = || {
        while !done.load(Ordering::Relaxed) {
            let reply = service.post("/v1/ask", QUESTION);
            assert_eq!(reply.status, 200, "{reply:?}");
            let answer = reply.json();
            assert_eq!(answer["answer"], "yes", "{answer}");
            let (version, limit) = (answer["policy"]["version"].to_string(), answer["limit"].to_string());
            // One version has one limit, and each was written.
            assert_eq!(*seen.lock().unwrap().entry(version).or_insert_with(|| limit.clone()), limit);
            asked.fetch_add(1, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        let _done = Done(&done);
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(client)).collect();
        for change in 1..=50 {
            let before = asked.load(Ordering::Relaxed);
            rewrite(pack.path(), 20 + change);
            if change % 10 == 0 {
                eventually("the change is served", || (limit(&service) == format!("{}.00 EUR", 20 + change)).then_some(()));
            }
            // Clients ask between any two changes.
            eventually("somebody asks", || {
                (asked.load(Ordering::Relaxed) > before || clients.iter().any(ScopedJoinHandle::is_finished)).then_some(())
            });
        }
    });
    let written: BTreeSet<_> = (20..=70).map(|limit| format!("\"{limit}.00 EUR\"")).collect();
    let seen = seen.into_inner().unwrap();
    assert!(seen.values().all(|limit| written.contains(limit)), "{seen:?}");
    assert!(seen.len() >= 5, "{seen:?}");
}

/// Two packs whose facts differ in number, order, type and values, so that what is read for one means something else to the other.
const OTHER_FACTS: [&str; 2] = [
    "fact size number\nfact color one of red, blue\nfact weight number default 1\nrule vouchers\n  agent may voucher up to 20 EUR\n  when size = 3 and color is red and weight = 1\n",
    "fact extra yes/no default no\nfact color one of green, blue, red\nfact label text default \"x\"\nfact size money\nfact tags some of a, b default b\n\
     rule vouchers\n  agent may voucher up to 30 EUR\n  when color is red and size = 3 EUR and label is \"x\" and tags includes b and not extra\n",
];

/// Writes one of the packs in place of the other.
fn write_facts(pack: &Path, which: usize) {
    let text =
        format!("policy \"Facts\"\n  currency EUR\n  time zone UTC\n  languages en\nrole agent\naction voucher of money\n{}", OTHER_FACTS[which]);
    fs::write(pack.join("next"), text).unwrap();
    fs::rename(pack.join("next"), pack.join("facts.kulanz")).unwrap();
}

/// A client that asks again and again over one connection.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn new(service: &Running) -> Self {
        Self(BufReader::new(service.connect()))
    }

    /// Sends a question in so many parts and reads its answer.
    fn ask(&mut self, question: &str, parts: usize) -> (u16, Value) {
        let request = format!(
            "POST /v1/ask HTTP/1.1\r\nhost: kulanz\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{question}",
            question.len()
        );
        for part in request.as_bytes().chunks(request.len().div_ceil(parts)) {
            self.0.get_mut().write_all(part).unwrap();
            if parts > 1 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let (mut status, mut length, mut line) = (0, 0, String::new());
        while self.0.read_line(&mut line).unwrap() > 2 {
            match line.trim().split_once([' ', ':']) {
                Some(("HTTP/1.1", rest)) => status = rest[..3].parse().unwrap(),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().unwrap(),
                Some((name, value)) => assert!(!name.eq_ignore_ascii_case("connection") || value.trim() != "close", "{line}"),
                None => panic!("{line:?}"),
            }
            line.clear();
        }
        assert!(status > 0, "the connection was closed");
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }
}

#[test]
fn a_question_is_decided_by_the_pack_it_was_read_for() {
    // The one is a question to both packs, the others to one of them.
    const TO_BOTH: &str = r#"{"actor": {"role": "agent"}, "action": "voucher", "facts": {"color": "red", "size": 3}}"#;
    const TO_ONE: [&str; 2] = [
        r#"{"actor": {"role": "agent"}, "action": "voucher", "facts": {"weight": 1, "size": 3, "color": "red"}}"#,
        r#"{"actor": {"role": "agent"}, "action": "voucher", "facts": {"extra": false, "size": "3 EUR", "color": "red"}}"#,
    ];
    const LIMITS: [&str; 2] = ["20.00 EUR", "30.00 EUR"];
    let pack = folder(&[]);
    write_facts(pack.path(), 0);
    let service = Running::start(pack.path(), &[]);
    let (done, versions) = (AtomicBool::new(false), Mutex::new(BTreeMap::new()));
    let answered: [AtomicUsize; 2] = Default::default();
    let refused: [AtomicUsize; 2] = Default::default();
    let client = |parts: usize| {
        let mut connection = Connection::new(&service);
        let check = |answer: &Value| {
            assert_eq!(answer["answer"], "yes", "{answer}");
            let which = LIMITS.iter().position(|limit| answer["limit"] == *limit).unwrap();
            let version = answer["policy"]["version"].to_string();
            assert_eq!(*versions.lock().unwrap().entry(version).or_insert(which), which, "{answer}");
            answered[which].fetch_add(1, Ordering::Relaxed);
            which
        };
        while !done.load(Ordering::Relaxed) {
            let (status, answer) = connection.ask(TO_BOTH, parts);
            assert_eq!(status, 200, "{answer}");
            check(&answer);
            for (own, question) in TO_ONE.iter().enumerate() {
                let (status, answer) = connection.ask(question, parts);
                if status == 200 {
                    assert_eq!(check(&answer), own, "{answer}");
                } else {
                    assert_eq!(status, 422, "{answer}");
                    refused[own].fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let _done = Done(&done);
        let client = &client;
        let clients: Vec<_> = [1, 1, 2, 5].map(|parts| scope.spawn(move || client(parts))).into();
        for change in 1..=10 {
            let which = change % 2;
            let before = answered[which].load(Ordering::Relaxed);
            write_facts(pack.path(), which);
            eventually("the other facts are served", || {
                (answered[which].load(Ordering::Relaxed) > before + 20 || clients.iter().any(ScopedJoinHandle::is_finished)).then_some(())
            });
        }
    });
    assert_eq!(versions.into_inner().unwrap().len(), 2);
    assert!(refused.iter().all(|refused| refused.load(Ordering::Relaxed) > 20), "{refused:?}");
}
