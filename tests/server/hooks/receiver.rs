//! Somebody who is told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::verifier::is_genuine;
use crate::server::running::eventually;

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Message {
    pub head: String,
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: String,
}

impl Message {
    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn headers(&self) -> [&str; 3] {
        [&self.id, &self.timestamp, &self.signature]
    }

    pub fn is_signed_with(&self, secret: &str) -> bool {
        is_genuine(secret, self.headers(), self.body.as_bytes(), jiff::Timestamp::now().as_second())
    }
}

#[derive(Debug)]
struct State {
    /// What is answered, the last for ever.
    answers: Vec<String>,
    messages: Vec<Message>,
}

/// Listens as long as the test runs.
pub struct Receiver {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    /// One that answers with these heads, such as `204 No Content`, and goes on with the last.
    pub fn new(answers: &[&str]) -> Self {
        Self::at("127.0.0.1:0", answers)
    }

    pub fn at(address: &str, answers: &[&str]) -> Self {
        Self::listening(address, answers, None)
    }

    /// One that is reached by HTTPS.
    pub fn encrypted(answers: &[&str], tls: ServerConfig) -> Self {
        Self::listening("127.0.0.1:0", answers, Some(Arc::new(tls)))
    }

    fn listening(address: &str, answers: &[&str], tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State { answers: answers.iter().rev().map(|answer| (*answer).to_owned()).collect(), messages: Vec::new() }));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                std::thread::spawn(move || match tls {
                    None => take(&stream, &state),
                    Some(tls) => take(StreamOwned::new(ServerConnection::new(tls).unwrap(), stream), &state),
                });
            }
        });
        Self { port, state }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Everything that came.
    pub fn messages(&self) -> Vec<Message> {
        self.state.lock().unwrap().messages.clone()
    }

    /// Waits for so many messages.
    #[track_caller]
    pub fn wait(&self, count: usize) -> Vec<Message> {
        eventually("messages come", || Some(self.messages()).filter(|messages| messages.len() >= count))
    }

    /// From now on it answers like this.
    pub fn answer(&self, answer: &str) {
        self.state.lock().unwrap().answers = vec![answer.to_owned()];
    }
}

fn take(stream: impl Read + Write, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    // Somebody may come who says nothing.
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let (id, timestamp, signature) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let message = Message { id, timestamp, signature, body: String::from_utf8(body).unwrap(), head: head.clone() };
    let answer = {
        let mut state = state.lock().unwrap();
        state.messages.push(message);
        if state.answers.len() > 1 { state.answers.pop().unwrap() } else { state.answers[0].clone() }
    };
    // Whoever sent it may not wait.
    let _ = write!(reader.get_mut(), "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = reader.get_mut().flush();
}
