//! A load generator: connections that each ask, wait for the answer, check it and ask again. It does no more than that, for it shares the machine with the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// As many as ask at once.
pub const CONNECTIONS: usize = 32;

/// What came of one turn.
pub struct Load {
    /// Requests answered.
    pub answered: usize,
    /// How long it took.
    pub took: Duration,
    /// By request, sorted.
    latencies: Vec<Duration>,
}

impl Load {
    /// Requests answered in a second.
    pub fn rate(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }

    /// So many of a hundred requests took no longer, in nanoseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        self.latencies[(self.latencies.len() - 1) * percent / 100].as_nanos() as f64
    }
}

/// A question as it goes over the wire.
pub fn request(json: &str) -> Vec<u8> {
    request_with("", json)
}

/// The same with further lines in its head.
pub fn request_with(head: &str, json: &str) -> Vec<u8> {
    let length = json.len();
    format!("POST /v1/ask HTTP/1.1\r\nHost: localhost\r\n{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}").into_bytes()
}

/// Asks for so long over 32 connections; every answer must have status 200 and a body that begins so. There is a thread for each core, so that it is the server which is short of time.
pub fn load(address: &str, requests: &[Vec<u8>], beginning: &'static str, long: Duration) -> Load {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(CONNECTIONS);
    let requests: Arc<[Vec<u8>]> = requests.into();
    let begun = Instant::now();
    let end = begun + long;
    let mut latencies: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|thread| {
                let asking = (thread..CONNECTIONS).step_by(threads).map(|at| {
                    let first = at * requests.len() / CONNECTIONS;
                    connection(address.to_owned(), Arc::clone(&requests), first, beginning, end)
                });
                let asking: Vec<_> = asking.collect();
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async { asking.into_iter().collect::<JoinSet<_>>().join_all().await })
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).flatten().collect()
    });
    let took = begun.elapsed();
    latencies.sort_unstable();
    Load { answered: latencies.len(), took, latencies }
}

/// Asks until `end`, beginning with one of the requests; how long each took.
async fn connection(address: String, requests: Arc<[Vec<u8>]>, first: usize, beginning: &'static str, end: Instant) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut latencies, mut buffer) = (Vec::new(), Vec::with_capacity(1 << 14));
    for request in requests.iter().cycle().skip(first) {
        let asked = Instant::now();
        if asked >= end {
            break;
        }
        stream.write_all(request).await.unwrap();
        read(&mut stream, &mut buffer, beginning).await;
        latencies.push(asked.elapsed());
    }
    latencies
}

/// One response; nothing may follow it.
async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>, beginning: &str) {
    buffer.clear();
    loop {
        assert_ne!(stream.read_buf(buffer).await.unwrap(), 0, "the server hung up");
        let Some(head) = buffer.windows(4).position(|end| end == b"\r\n\r\n") else { continue };
        let (head, body) = buffer.split_at(head + 4);
        if body.len() < length(head) {
            continue;
        }
        assert!(head.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(buffer));
        assert!(body.len() == length(head) && body.starts_with(beginning.as_bytes()), "{}", String::from_utf8_lossy(body));
        return;
    }
}

/// What the header `content-length` says; hyper writes it in small letters.
fn length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).unwrap();
    let (_, rest) = head.split_once("content-length: ").unwrap();
    rest.split_once('\r').unwrap().0.parse().unwrap()
}
