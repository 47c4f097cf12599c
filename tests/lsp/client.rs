//! An editor, as far as a language server can tell.

#![expect(clippy::needless_pass_by_value, reason = "a test reads better without `&` before every `json!`")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Editor {
    child: Child,
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    next: i64,
    /// The newest problems of each file.
    problems: HashMap<String, Value>,
    /// What was told besides.
    pub told: Vec<Value>,
}

impl Editor {
    /// Starts the server without a word.
    pub fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kulanz"));
        let mut child = command.arg("lsp").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (to, out) = (child.stdin.take(), child.stdout.take().unwrap());
        let (sender, from) = channel();
        thread::spawn(move || {
            let mut out = BufReader::new(out);
            while let Some(message) = read(&mut out) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Self { child, to, from, next: 0, problems: HashMap::new(), told: Vec::new() }
    }

    /// Starts the server and tells it what this editor can.
    pub fn open_folder(folder: &Path) -> Self {
        Self::open_folder_with(folder, capabilities())
    }

    pub fn open_folder_with(folder: &Path, capabilities: Value) -> Self {
        let mut editor = Self::start(folder);
        let folders = json!([{ "uri": uri(folder), "name": "work" }]);
        let options = json!({ "problemPage": "https://docs.example/{code}" });
        let params = json!({ "processId": null, "rootUri": null, "workspaceFolders": folders, "capabilities": capabilities, "initializationOptions": options });
        let result = editor.request("initialize", params);
        assert_eq!(result["serverInfo"]["name"], "kulanz");
        editor.notify("initialized", json!({}));
        editor
    }

    pub fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let to = self.to.as_mut().unwrap();
        write!(to, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        to.flush().unwrap();
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and says under which number.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The whole answer to a request.
    pub fn answer(&mut self, id: i64) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let message = self.from.recv_timeout(until.saturating_duration_since(Instant::now())).expect("an answer in time");
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
            self.take(message);
        }
    }

    /// The result of a request.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The code and the message of a refusal.
    pub fn refusal(&mut self, method: &str, params: Value) -> (i64, String) {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        let error = &answer["error"];
        (error["code"].as_i64().unwrap_or_else(|| panic!("{method} was answered: {answer}")), error["message"].as_str().unwrap().to_owned())
    }

    fn take(&mut self, message: Value) {
        if message["method"] == "textDocument/publishDiagnostics" {
            let uri = message["params"]["uri"].as_str().unwrap().to_owned();
            self.problems.insert(uri, message["params"].clone());
            return;
        }
        if let (Some(id), Some(_)) = (message.get("id"), message.get("method")) {
            let answer = json!({ "jsonrpc": "2.0", "id": id, "result": null });
            self.send(&answer);
        }
        self.told.push(message);
    }

    /// Waits until the problems of a file are as they should be.
    pub fn problems_until(&mut self, path: &Path, fit: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let uri = uri(path);
        self.problems_of(&uri, fit)
    }

    pub fn problems_of(&mut self, uri: &str, fit: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let known = self.problems.get(uri).map(|known| known["diagnostics"].as_array().unwrap().clone());
            if let Some(known) = known.filter(|known| fit(known)) {
                return known;
            }
            match self.from.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(message) => self.take(message),
                Err(error) => panic!("{error}: the problems of {uri} stayed {:?}", self.problems.get(uri)),
            }
        }
    }

    /// What is known of a file's problems, once everything that was sent before is done.
    pub fn settled(&mut self, path: &Path) -> Vec<Value> {
        self.request("workspace/symbol", json!({ "query": "" }));
        self.problems.get(&uri(path)).map(|known| known["diagnostics"].as_array().unwrap().clone()).unwrap_or_default()
    }

    /// Waits for something that is told.
    /// Of which version of a document the problems were told last.
    pub fn version_of(&self, path: &Path) -> Value {
        self.problems.get(&uri(path)).map_or(Value::Null, |known| known["version"].clone())
    }

    /// What is no message at all.
    pub fn send_raw(&mut self, bytes: &[u8]) {
        self.to.as_mut().unwrap().write_all(bytes).unwrap();
    }

    pub fn told_until(&mut self, method: &str) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.told.iter().position(|message| message["method"] == method) {
                return self.told.remove(at);
            }
            let message = self.from.recv_timeout(until.saturating_duration_since(Instant::now())).unwrap_or_else(|_| panic!("no {method}"));
            self.take(message);
        }
    }

    pub fn open(&mut self, path: &Path, text: &str) {
        self.open_as(&uri(path), text);
    }

    pub fn open_as(&mut self, uri: &str, text: &str) {
        self.notify("textDocument/didOpen", json!({ "textDocument": { "uri": uri, "languageId": "kulanz", "version": 1, "text": text } }));
    }

    /// Replaces what stands at the first `old`.
    pub fn edit(&mut self, path: &Path, version: i32, text: &mut String, old: &str, new: &str) {
        let at = text.find(old).unwrap();
        let range = json!({ "start": position(text, at), "end": position(text, at + old.len()) });
        text.replace_range(at..at + old.len(), new);
        let changes = json!([{ "range": range, "text": new }]);
        self.notify("textDocument/didChange", json!({ "textDocument": { "uri": uri(path), "version": version }, "contentChanges": changes }));
    }

    pub fn close(&mut self, path: &Path) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(path) } }));
    }

    /// Says goodbye, and gives the exit status.
    pub fn leave(mut self) -> Option<i32> {
        assert_eq!(self.request("shutdown", Value::Null), Value::Null);
        self.notify("exit", Value::Null);
        self.wait()
    }

    /// Waits for the end without a word.
    pub fn wait(mut self) -> Option<i32> {
        self.to = None;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server goes on");
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(from: &mut impl std::io::BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "" => break,
            field => length = field.strip_prefix("Content-Length: ")?.parse().ok()?,
        }
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// What a good editor can do.
pub fn capabilities() -> Value {
    json!({
        "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true }, "codeLens": { "refreshSupport": true } },
        "textDocument": {
            "completion": { "completionItem": { "snippetSupport": true } },
            "publishDiagnostics": { "relatedInformation": true },
        },
    })
}

pub fn uri(path: &Path) -> String {
    let encoded: String = path.to_str().unwrap().bytes().fold(String::new(), |mut uri, byte| {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(byte)),
            other => write!(uri, "%{other:02X}").unwrap(),
        }
        uri
    });
    format!("file://{encoded}")
}

/// The place of a byte in UTF-16.
pub fn position(text: &str, byte: usize) -> Value {
    let before = &text[..byte];
    let line = before.rsplit('\n').next().unwrap();
    json!({ "line": before.matches('\n').count(), "character": line.encode_utf16().count() })
}

/// The parameters that say a place: the first `what`, and `further` bytes behind its start.
pub fn spot(path: &Path, text: &str, what: &str, further: usize) -> Value {
    let byte = text.find(what).unwrap_or_else(|| panic!("no {what:?}")) + further;
    json!({ "textDocument": { "uri": uri(path) }, "position": position(text, byte) })
}

/// A folder with files, and its real path.
pub fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let path = folder.path().canonicalize().unwrap();
    (folder, path)
}
