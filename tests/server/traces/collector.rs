//! A collector of traces: it keeps what it is sent.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::server::running::eventually;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Sent {
    pub head: String,
    pub body: String,
}

/// A span as it came.
#[derive(Clone, Debug)]
pub struct Span(pub Value);

impl Span {
    pub fn text(&self, member: &str) -> &str {
        self.0[member].as_str().unwrap_or_default()
    }

    /// Its attributes, each as a text.
    pub fn attributes(&self) -> BTreeMap<&str, String> {
        let value = |value: &Value| {
            let (kind, of) = value.as_object().unwrap().iter().next().unwrap();
            assert!(["stringValue", "intValue", "boolValue"].contains(&kind.as_str()), "{kind}");
            of.as_str().map_or_else(|| of.to_string(), str::to_owned)
        };
        let all = self.0["attributes"].as_array().unwrap();
        let attributes: BTreeMap<_, _> = all.iter().map(|one| (one["key"].as_str().unwrap(), value(&one["value"]))).collect();
        assert_eq!(attributes.len(), all.len(), "{self:?}");
        attributes
    }

    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().remove(name)
    }

    pub fn nanos(&self) -> (u128, u128) {
        (self.text("startTimeUnixNano").parse().unwrap(), self.text("endTimeUnixNano").parse().unwrap())
    }
}

/// Listens as long as the test runs.
pub struct Collector {
    pub port: u16,
    sent: Arc<Mutex<Vec<Sent>>>,
    answer: Arc<Mutex<String>>,
}

impl Collector {
    pub fn new() -> Self {
        Self::at("127.0.0.1:0")
    }

    pub fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sent, answer) = (Arc::<Mutex<Vec<Sent>>>::default(), Arc::new(Mutex::new(String::new())));
        let this = Self { port, sent: Arc::clone(&sent), answer: Arc::clone(&answer) };
        this.answer("200 OK", "{}");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sent, answer) = (Arc::clone(&sent), Arc::clone(&answer));
                std::thread::spawn(move || take(&stream, &sent, &answer));
            }
        });
        this
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on it answers like this; with an empty status not at all.
    pub fn answer(&self, status: &str, body: &str) {
        let answer =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        *self.answer.lock().unwrap() = if status.is_empty() { String::new() } else { answer };
    }

    /// Everything that came.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    pub fn spans(&self) -> Vec<Span> {
        let spans = |sent: &Sent| {
            let body: Value = serde_json::from_str(&sent.body).unwrap();
            body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().iter().cloned().map(Span).collect::<Vec<_>>()
        };
        self.sent().iter().flat_map(spans).collect()
    }

    /// Waits for the span of the request with this id.
    #[track_caller]
    pub fn request(&self, id: &str) -> Span {
        let is_it = |span: &Span| span.attribute("kulanz.request.id").as_deref() == Some(id);
        eventually("the span comes", || self.spans().into_iter().find(is_it))
    }
}

fn take(stream: &TcpStream, sent: &Mutex<Vec<Sent>>, answer: &Mutex<String>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned)).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    sent.lock().unwrap().push(Sent { head, body: String::from_utf8(body).unwrap() });
    let answer = answer.lock().unwrap().clone();
    if answer.is_empty() {
        // It holds the connection, and says nothing.
        let _ = reader.read(&mut [0]);
    }
    let _ = (&*stream).write_all(answer.as_bytes());
}
