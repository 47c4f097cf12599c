//! A service that runs while a test looks at it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{COUNTER, command, root};

/// The running service; it is stopped when this is dropped.
pub struct Running {
    child: Child,
    /// `127.0.0.1:PORT`
    pub address: String,
    log: Arc<Mutex<String>>,
    agent: ureq::Agent,
    kept: Option<tempfile::TempDir>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Asserts a problem with this status and code.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()));
        problem
    }
}

impl Running {
    /// Serves the pack that most tests ask.
    pub fn counter() -> Self {
        Self::start(&root().join(COUNTER), &[])
    }

    /// Serves a pack with these arguments.
    pub fn start(pack: &Path, arguments: &[&str]) -> Self {
        Self::run(command(), pack, arguments)
    }

    /// The same by a command that runs `kulanz` with the arguments that it is given.
    pub fn run(mut serve: Command, pack: &Path, arguments: &[&str]) -> Self {
        serve.args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(pack).args(arguments);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (mut stderr, written) = (BufReader::new(child.stderr.take().unwrap()), Arc::clone(&log));
        std::thread::spawn(move || {
            let mut line = String::new();
            while stderr.read_line(&mut line).is_ok_and(|read| read > 0) {
                written.lock().unwrap().push_str(&line);
                line.clear();
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line
            .trim()
            .split_once("://")
            .filter(|(scheme, _)| scheme.starts_with("listening on http"))
            .map_or_else(|| panic!("`{line}` {}", log.lock().unwrap()), |(_, address)| address)
            .to_owned();
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_mins(1))).build();
        Self { child, address, log, agent: config.new_agent(), kept: None }
    }

    /// Serves the counter with these lines of `[limits]`.
    pub fn with_limits(limits: &str) -> Self {
        let folder = crate::process::folder(&[("kulanz.toml", &format!("[limits]\n{limits}"))]);
        Self::start(&root().join(COUNTER), &["--config", folder.path().join("kulanz.toml").to_str().unwrap()])
    }

    /// Serves a pack with a ledger in memory and these people.
    pub fn with_ledger(pack: &Path, people: &str) -> Self {
        let folder = crate::process::folder(&[("people.toml", people)]);
        let people = folder.path().join("people.toml");
        let mut running = Self::start(pack, &["--ledger", "memory:", "--people", people.to_str().unwrap()]);
        running.kept = Some(folder);
        running
    }

    /// The same, with a folder that is kept as long as it runs.
    pub fn keeping(mut self, folder: tempfile::TempDir) -> Self {
        self.kept = Some(folder);
        self
    }

    /// Posts a JSON value, with a key where there is one.
    pub fn send(&self, path: &str, body: &Value, key: &str) -> Reply {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let headers = if key.is_empty() { &headers[..1] } else { &headers };
        self.post_as(path, body.to_string(), headers)
    }

    /// The folder of files that it watches.
    pub fn folder(&self) -> &Path {
        self.kept.as_ref().unwrap().path()
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.agent.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reply(request.call().unwrap())
    }

    pub fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Reply {
        self.post_as(path, body, &[("content-type", "application/json")])
    }

    pub fn post_as(&self, path: &str, body: impl AsRef<[u8]>, headers: &[(&str, &str)]) -> Reply {
        let mut request = self.agent.post(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        reply(request.send(body.as_ref()).unwrap())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A raw connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// What the service has logged.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop.
    pub fn signal(&self, name: &str) {
        let told = std::process::Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits until it has stopped.
    pub fn stopped(&mut self) -> i32 {
        eventually("the service stops", || self.child.try_wait().unwrap()).code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn reply(mut response: ureq::http::Response<ureq::Body>) -> Reply {
    let text = |value: &ureq::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let body = response.body_mut().with_config().limit(1 << 30).read_to_string().unwrap();
    Reply { status: response.status().as_u16(), headers, body }
}

/// Waits until something is there.
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(there) = look() {
            return there;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Sends bytes and reads until the other side ends.
pub fn exchange(mut stream: TcpStream, bytes: &[u8]) -> String {
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    read_all(stream)
}

/// Reads until the other side ends.
pub fn read_all(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset is an end like any other here.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
