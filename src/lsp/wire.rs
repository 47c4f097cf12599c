//! Messages of the language server protocol: JSON-RPC behind a header with its length.
//!
//! Numbers are read from their digits everywhere in Kulanz, and only a [`Value`] can be read so; therefore a message is taken apart here, by its fields.

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

/// The largest message that is read, in bytes.
const LARGEST: usize = 256 * 1024 * 1024;

/// JSON-RPC and protocol error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    ParseError = -32700,
    InvalidRequest = -32600,
    MethodNotFound = -32601,
    InvalidParams = -32602,
    InternalError = -32603,
    ServerNotInitialized = -32002,
    RequestFailed = -32803,
    RequestCancelled = -32800,
}

/// Why a request is not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For the client.
    pub code: ErrorCode,
    /// For people.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// What a client sends.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// Wants an answer.
    Request {
        /// A number or a text.
        id: Value,
        /// Which one.
        method: String,
        /// `null` where there are none.
        params: Value,
    },
    /// Wants none.
    Notification {
        /// Which one.
        method: String,
        /// `null` where there are none.
        params: Value,
    },
    /// Answers what the server asked.
    Response,
    /// No message: what is wrong with it, and its id where it has one.
    Malformed(Value, Refusal),
}

/// Reads the next message; `None` at the end.
///
/// # Errors
/// Where the stream cannot be read. A header that says no length is [`Incoming::Malformed`], and the next one is looked for behind it.
pub fn read(from: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let length = match header(from)? {
        Header::End => return Ok(None),
        Header::Length(length) if length <= LARGEST => length,
        Header::Length(length) => return Ok(Some(skipped(format!("a message of {length} bytes is too long; what follows is read as the next one")))),
        Header::Wrong(why) => return Ok(Some(skipped(why))),
    };
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    Ok(Some(match serde_json::from_slice(&body) {
        Ok(message) => take_apart(message),
        Err(error) => Incoming::Malformed(Value::Null, Refusal::new(ErrorCode::ParseError, format!("the message is no JSON: {error}"))),
    }))
}

fn skipped(why: String) -> Incoming {
    Incoming::Malformed(Value::Null, Refusal::new(ErrorCode::ParseError, why))
}

/// What stands before a body.
enum Header {
    /// How long the body is.
    Length(usize),
    /// Nothing that says it; the next message is looked for behind.
    Wrong(String),
    /// No more comes.
    End,
}

/// The longest line of a header.
const LONGEST_FIELD: u64 = 4096;

/// The fields up to an empty line. A body whose length was not said is taken for fields, until one of them says the length of the next.
fn header(from: &mut impl BufRead) -> io::Result<Header> {
    let (mut length, mut wrong, mut bytes) = (None, None, Vec::new());
    loop {
        bytes.clear();
        if io::Read::take(&mut *from, LONGEST_FIELD).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(Header::End);
        }
        let line = String::from_utf8_lossy(&bytes);
        let field = line.trim_end_matches(['\r', '\n']);
        if field.is_empty() {
            let missing = || "a message without `Content-Length`".to_owned();
            return Ok(length.map_or_else(|| Header::Wrong(wrong.unwrap_or_else(missing)), Header::Length));
        }
        // Behind a body of another length the next header begins in the middle of a line.
        let at = field.to_ascii_lowercase().rfind("content-length:");
        if let Some(value) = at.and_then(|at| field.get(at..)).and_then(|field| field.split_once(':')).map(|(_, value)| value.trim()) {
            match value.parse() {
                Ok(number) => length = Some(number),
                Err(_) => wrong = Some(format!("`{}` is no length", value.chars().take(40).collect::<String>())),
            }
        }
    }
}

fn take_apart(message: Value) -> Incoming {
    let Value::Object(mut fields) = message else {
        return Incoming::Malformed(Value::Null, Refusal::new(ErrorCode::InvalidRequest, "a message is a JSON object"));
    };
    let mut field = |name| fields.remove(name);
    match (field("id"), field("method"), field("params").unwrap_or(Value::Null)) {
        (Some(id), Some(Value::String(method)), params) => Incoming::Request { id, method, params },
        (None, Some(Value::String(method)), params) => Incoming::Notification { method, params },
        (Some(_), None, _) => Incoming::Response,
        (id, ..) => Incoming::Malformed(id.unwrap_or(Value::Null), Refusal::new(ErrorCode::InvalidRequest, "a message names its method")),
    }
}

/// Writes a message.
///
/// # Errors
/// Where nobody reads any more.
pub fn write(to: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(to, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    to.flush()
}

/// The answer to a request.
pub fn response(id: &Value, answer: Result<Value, Refusal>) -> Value {
    match answer {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(refusal) => json!({ "jsonrpc": "2.0", "id": id, "error": { "code": refusal.code as i32, "message": refusal.message } }),
    }
}

/// Something that wants no answer.
pub fn notification(method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": method, "params": params })
}

/// A request to the client.
pub fn request(id: &str, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Incoming> {
        let mut from = text.as_bytes();
        std::iter::from_fn(|| read(&mut from).unwrap()).collect()
    }

    fn message(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn messages_come_one_behind_the_other() {
        let text = message(r#"{"id": 7, "method": "shutdown"}"#)
            + &message(r#"{"method": "exit", "params": {"ü": 1}}"#).replace("Content-Length", "Content-Type: x\r\ncontent-length")
            + &message(r#"{"id": "a", "result": null}"#);
        let request = Incoming::Request { id: json!(7), method: "shutdown".into(), params: Value::Null };
        let exit = Incoming::Notification { method: "exit".into(), params: json!({"ü": 1}) };
        assert_eq!(all(&text), [request, exit, Incoming::Response]);
    }

    #[test]
    fn one_that_is_wrong_does_not_end_the_others() {
        let text = message("{") + &message("[]") + &message(r#"{"id": 3, "method": 4}"#) + &message(r#"{"method": "exit"}"#);
        let codes: Vec<_> = all(&text)
            .into_iter()
            .map(|it| if let Incoming::Malformed(id, refusal) = it { (id, Some(refusal.code)) } else { (json!("ok"), None) })
            .collect();
        assert_eq!(
            codes,
            [
                (Value::Null, Some(ErrorCode::ParseError)),
                (Value::Null, Some(ErrorCode::InvalidRequest)),
                (json!(3), Some(ErrorCode::InvalidRequest)),
                (json!("ok"), None)
            ]
        );
    }

    /// A header that says no length, or a wrong one, costs its own message, and at most what it takes to find the next.
    #[test]
    fn a_wrong_header_does_not_end_the_others() {
        let good = message(r#"{"method": "exit"}"#);
        let exit = Incoming::Notification { method: "exit".into(), params: Value::Null };
        let header = |line: &str| format!("{line}\r\n\r\n");
        let body = r#"{"method": "lost"}"#;
        for wrong in [
            header("Content-Length: x"),
            header("Content-Length: -1"),
            header(""),
            header("Host: x"),
            header("Content-Length: 99999999999"),
            header("Content-Length: x") + body,
            header("Content-Length: 5") + body,
            "\u{fffd}\0\r\n".to_owned() + &header("GET / HTTP/1.1"),
        ] {
            let read = all(&(wrong.clone() + &good + &good));
            assert_eq!(read.last(), Some(&exit), "{wrong:?}: {read:?}");
            assert!(matches!(read.first(), Some(Incoming::Malformed(Value::Null, _))), "{wrong:?}: {read:?}");
        }
        // One that is too long by a byte takes the next with it.
        assert_eq!(all(&(format!("Content-Length: {}\r\n\r\n{body}", body.len() + 1) + &good + &good)).last(), Some(&exit));
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut written = Vec::new();
        write(&mut written, &notification("größe", &json!([1.50]))).unwrap();
        let read = read(&mut written.as_slice()).unwrap();
        assert_eq!(read, Some(Incoming::Notification { method: "größe".into(), params: json!([1.50]) }));
    }
}
