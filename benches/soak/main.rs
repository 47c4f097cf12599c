//! A service under steady load for a long time: half of what it can do, and its memory stays flat.
//!
//! ```sh
//! benches/soak/run                  # 30 minutes
//! benches/soak/run --minutes 2      # for a look
//! ```
//!
//! First it measures for ten seconds what the service can do, then it asks half as much, nineteen questions and a grant in turns, and looks at the service's memory. It fails where the memory in the last quarter is more
//! than a tenth and 4 MiB above that in the second quarter; in the first the service warms up.
#![allow(
    clippy::cast_precision_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a bench that finds something wrong stops"
)]

#[path = "../speed/child.rs"]
#[allow(dead_code, reason = "other benches ask more of a child")]
mod child;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use child::{Running, kulanz};

/// So many connections ask.
const CONNECTIONS: usize = 32;
/// For so long it is measured what the service can do.
const PEAK: Duration = Duration::from_secs(10);
/// One request in so many is a grant.
const GRANT_EVERY: u64 = 20;
/// How often the memory is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// So much more memory may be held at the end: this many percent, and this many bytes.
const MORE_PERCENT: f64 = 10.0;
const MORE_BYTES: f64 = 4.0 * 1024.0 * 1024.0;

const POLICY: &str = include_str!("../ledger/desk.kulanz");

/// One number for each request.
static NUMBER: AtomicU64 = AtomicU64::new(0);

fn main() {
    let minutes = minutes();
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("desk.kulanz");
    std::fs::write(&pack, POLICY).unwrap();
    let ledger = format!("sqlite:{}", folder.path().join("soak.db").display());
    let mut server = Running::start(kulanz().args(["serve", "--listen", "127.0.0.1:0", "--ledger", &ledger, "-p"]).arg(&pack));
    let address = server.address();
    let (peak, _) = load(&address, PEAK, None, || ());
    let rate = peak / 2.0;
    println!("at its peak it answers {peak:.0} requests a second; now {rate:.0} for {minutes} minutes");
    let mut seen = Vec::new();
    let (answered, worst) = load(&address, Duration::from_secs(minutes * 60), Some(rate), || {
        seen.push(server.resident());
        if seen.len() % 60 == 1 {
            println!("{:>4} min  {:6.1} MiB", seen.len() / 60, mebibytes(seen[seen.len() - 1]));
        }
    });
    let quarter = seen.len() / 4;
    let (early, late) = (mean(&seen[quarter..2 * quarter]), mean(&seen[3 * quarter..]));
    println!("answered {answered:.0} requests a second, the slowest in {:.1} ms", worst.as_secs_f64() * 1000.0);
    println!("memory: {:.1} MiB in the second quarter, {:.1} MiB in the last", mebibytes(early), mebibytes(late));
    assert!(answered > rate * 0.9, "it did not keep up");
    assert!(late <= early * (1.0 + MORE_PERCENT / 100.0) + MORE_BYTES, "the memory grows");
    println!("flat");
}

/// What was asked for, else 30.
fn minutes() -> u64 {
    let all: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match all.as_slice() {
        [] => 30,
        [name, minutes] if name == "--minutes" => minutes.parse().ok().filter(|minutes| *minutes > 0).expect("--minutes takes a number from 1 on"),
        other => panic!("{other:?} is not known; there is `--minutes N`"),
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn mebibytes(bytes: f64) -> f64 {
    bytes / 1024.0 / 1024.0
}

/// Asks for so long, at a rate or as fast as goes, and calls `look` from time to time; requests a second, and how long the slowest took.
fn load(address: &str, long: Duration, rate: Option<f64>, mut look: impl FnMut()) -> (f64, Duration) {
    let begun = Instant::now();
    let end = begun + long;
    let asked: Vec<_> = std::thread::scope(|scope| {
        let pause = rate.map(|rate| Duration::from_secs_f64(CONNECTIONS as f64 / rate));
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(move || client(address, end, pause))).collect();
        while Instant::now() < end {
            look();
            std::thread::sleep(LOOK_EVERY);
        }
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let took = begun.elapsed().as_secs_f64();
    let count: u64 = asked.iter().map(|(count, _)| count).sum();
    (count as f64 / took, asked.iter().map(|(_, worst)| *worst).max().unwrap_or_default())
}

/// One connection: asks, waits for the answer, and asks again when it is time; how often, and how long the slowest took.
fn client(address: &str, end: Instant, pause: Option<Duration>) -> (u64, Duration) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut count, mut worst, mut buffer) = (0, Duration::ZERO, vec![0; 1 << 16]);
    let mut next = Instant::now();
    while Instant::now() < end {
        if let Some(pause) = pause {
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
            next += pause;
        }
        let asked = Instant::now();
        stream.write_all(request(NUMBER.fetch_add(1, Ordering::Relaxed)).as_bytes()).unwrap();
        read(&mut stream, &mut buffer);
        worst = worst.max(asked.elapsed());
        count += 1;
    }
    (count, worst)
}

fn request(number: u64) -> String {
    let (path, key) =
        if number.is_multiple_of(GRANT_EVERY) { ("/v1/grants", format!("Idempotency-Key: soak-{number}\r\n")) } else { ("/v1/ask", String::new()) };
    let (agent, customer) = (number % 1009, number % 99_991);
    let json = format!(
        r#"{{"actor":{{"id":"agent-{agent}","role":"agent","team":"berlin"}},"action":"refund","amount":"12.50 EUR","facts":{{"reason":"late"}},"record":{{"customer.id":"c-{customer}","order.id":"o-{number}"}}}}"#
    );
    let length = json.len();
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{key}Content-Length: {length}\r\n\r\n{json}")
}

/// One response, which must be a good one; nothing may follow it.
fn read(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let more = stream.read(&mut buffer[filled..]).unwrap();
        assert_ne!(more, 0, "the server hung up");
        filled += more;
        let text = std::str::from_utf8(&buffer[..filled]).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        assert!(head.starts_with("HTTP/1.1 20"), "{text}");
        let length = head.lines().filter_map(|line| line.split_once(": ")).find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        if body.len() >= length.unwrap().1.parse().unwrap() {
            return;
        }
    }
}
