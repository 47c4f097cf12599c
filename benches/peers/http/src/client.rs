//! Connections that each ask, wait for the answer, look whether it is right, and ask again.

use std::io::{Read, Write};
use std::net;
use std::sync::Arc;
use std::time::{Duration, Instant};

use peers::words;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// As many ask at once.
pub const CONNECTIONS: usize = 32;

/// A server has so long to start.
const START: Duration = Duration::from_mins(1);

/// One request.
#[derive(Clone)]
pub struct Request {
    /// As it goes over the wire.
    bytes: Vec<u8>,
    /// What stands in the body of the right answer.
    must_say: &'static str,
}

/// What came of one turn.
pub struct Load {
    took: Duration,
    /// By request, sorted.
    latencies: Vec<Duration>,
}

impl Request {
    /// A POST of this JSON.
    pub fn new(path: &str, json: &str, must_say: &'static str) -> Self {
        let length = json.len();
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
        Self { bytes: (head + json).into_bytes(), must_say }
    }

    /// The same, answered otherwise.
    pub fn saying(self, must_say: &'static str) -> Self {
        Self { must_say, ..self }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts and durations for a table")]
impl Load {
    /// Requests answered in a second.
    pub fn rate(&self) -> f64 {
        self.latencies.len() as f64 / self.took.as_secs_f64()
    }

    /// So many of a hundred requests took no longer, in nanoseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = self.latencies.len().saturating_sub(1) * percent / 100;
        self.latencies.get(at).map_or(0.0, |latency| latency.as_nanos() as f64)
    }
}

/// Asks for so long over all connections, with a thread for each core.
///
/// # Errors
/// A wrong answer, or a server that hung up.
pub fn load(address: &str, requests: &[Request], long: Duration) -> Result<Load, String> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(CONNECTIONS);
    let requests: Arc<[Request]> = requests.into();
    let start = Instant::now();
    let asking = |thread: usize| {
        let requests = Arc::clone(&requests);
        let address = address.to_owned();
        move || -> Result<Vec<Duration>, String> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(words)?;
            let connections = (thread..CONNECTIONS).step_by(threads);
            runtime.block_on(async {
                let tasks: Vec<_> = connections
                    .map(|at| tokio::spawn(connection(address.clone(), Arc::clone(&requests), at * requests.len() / CONNECTIONS, start + long)))
                    .collect();
                let mut latencies = Vec::new();
                for task in tasks {
                    latencies.extend(task.await.map_err(words)??);
                }
                Ok(latencies)
            })
        }
    };
    let threads: Vec<_> = (0..threads).map(|thread| std::thread::spawn(asking(thread))).collect();
    let mut latencies = Vec::new();
    for thread in threads {
        latencies.extend(thread.join().map_err(|_| "a client came down".to_owned())??);
    }
    let took = start.elapsed();
    latencies.sort_unstable();
    Ok(Load { took, latencies })
}

/// Asks until `end`, from one of the requests on; how long each took.
async fn connection(address: String, requests: Arc<[Request]>, first: usize, end: Instant) -> Result<Vec<Duration>, String> {
    let mut stream = TcpStream::connect(address).await.map_err(words)?;
    stream.set_nodelay(true).map_err(words)?;
    let (mut latencies, mut buffer) = (Vec::new(), Vec::with_capacity(1 << 14));
    for request in requests.iter().cycle().skip(first) {
        let asked = Instant::now();
        if asked >= end {
            break;
        }
        stream.write_all(&request.bytes).await.map_err(words)?;
        buffer.clear();
        while !is_whole(&buffer)? {
            if stream.read_buf(&mut buffer).await.map_err(words)? == 0 {
                return Err(format!("{} hung up", stream.peer_addr().map_err(words)?));
            }
        }
        latencies.push(asked.elapsed());
        judge(&buffer, request)?;
    }
    Ok(latencies)
}

/// Is the whole response there?
fn is_whole(response: &[u8]) -> Result<bool, String> {
    let Some((head, body)) = split(response) else { return Ok(false) };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>())
    });
    match length {
        Some(Ok(length)) => Ok(body.len() >= length),
        _ => Err(format!("no length in {head:?}")),
    }
}

fn split(response: &[u8]) -> Option<(&str, &[u8])> {
    let end = response.windows(4).position(|end| end == b"\r\n\r\n")?;
    let (head, body) = response.split_at(end + 4);
    Some((std::str::from_utf8(head).ok()?, body))
}

fn judge(response: &[u8], request: &Request) -> Result<(), String> {
    let right = split(response).is_some_and(|(head, body)| {
        head.starts_with("HTTP/1.1 200 ") && body.windows(request.must_say.len()).any(|part| part == request.must_say.as_bytes())
    });
    if right {
        return Ok(());
    }
    Err(format!("{}\nis not {} but\n{}", String::from_utf8_lossy(&request.bytes), request.must_say, String::from_utf8_lossy(response)))
}

/// The body of one answer.
///
/// # Errors
/// Where there is none.
pub fn once(address: &str, request: &Request) -> Result<String, String> {
    let mut stream = net::TcpStream::connect(address).map_err(words)?;
    stream.write_all(&request.bytes).map_err(words)?;
    let (mut response, mut part) = (Vec::new(), [0; 4096]);
    while !is_whole(&response)? {
        let count = stream.read(&mut part).map_err(words)?;
        if count == 0 {
            return Err(format!("{address} hung up"));
        }
        response.extend_from_slice(&part[..count]);
    }
    judge(&response, request)?;
    split(&response).map(|(_, body)| String::from_utf8_lossy(body).into_owned()).ok_or_else(|| "no answer".to_owned())
}

/// Waits until somebody listens there.
///
/// # Errors
/// Where nobody does for a minute.
pub fn wait_for(address: &str) -> Result<(), String> {
    let start = Instant::now();
    while let Err(error) = net::TcpStream::connect(address) {
        if start.elapsed() > START {
            return Err(format!("{address}: {error}"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_whole_when_its_body_is_there() {
        assert_eq!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Le"), Ok(false));
        assert_eq!(is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{"), Ok(false));
        assert_eq!(is_whole(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"), Ok(true));
        assert!(is_whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }

    #[test]
    fn a_wrong_answer_is_an_error() {
        let request = Request::new("/", "{}", "yes");
        assert_eq!(judge(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n\"yes\"", &request), Ok(()));
        assert!(judge(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n\"no\"", &request).is_err());
        assert!(judge(b"HTTP/1.1 422 No\r\ncontent-length: 5\r\n\r\n\"yes\"", &request).is_err());
    }
}
