//! How long somebody who writes waits for the language server.

use std::fs;
use std::io::{BufRead, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use kulanz_scenario::{Kind, Scenario};
use serde_json::{Value, json};

use crate::Effort;
use crate::child::{self, Running};
use crate::kulanz::Kulanz;
use crate::rounds::Measured;
use crate::table::{Goal, Row, time};

/// The rules of the pack.
const RULES: usize = 2_000;

/// What a completion may take, in nanoseconds.
const BOUND: f64 = 50e6;

/// What is written, over and over again.
const WRITTEN: &str = "\nrule being_written\n  nobody may refund\n  when reason is ";

/// Each keystroke is one piece, and takes turns with a load of the pack.
pub fn lsp(effort: Effort) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("policy.kulanz");
    let text = Scenario::new(Kind::Spread, RULES).policy();
    fs::write(&path, &text).unwrap();
    let mut editor = Editor::open(&path, &text);
    let mut times = vec![Vec::new(); 3];
    for _ in 0..effort.repeats {
        let (completion, problems) = editor.keystroke();
        times[0].push(completion);
        times[1].push(problems);
        let begun = Instant::now();
        drop(Kulanz::read(folder.path()));
        times[2].push(begun.elapsed().as_nanos() as f64);
    }
    let measured = Measured::of(times);
    let (completion, problems, load) = (measured.median(0), measured.median(1), measured.median(2));
    vec![
        Row::new("language server, 2,000 rules: completion", time(completion), format!("{} at most", time(BOUND)), completion / BOUND)
            .goal(Goal::AtMost(1.0)),
        Row::new("language server, 2,000 rules: completion", time(completion), format!("{} load", time(load)), measured.ratio(0, 2)),
        Row::new(
            "language server, 2,000 rules: problems, 60 ms of pause among it",
            time(problems),
            format!("{} load", time(load)),
            measured.ratio(1, 2),
        ),
    ]
}

/// Somebody who writes below the last rule.
struct Editor {
    server: Running,
    uri: String,
    /// The line on which the text ends.
    end: usize,
    /// The number of the last request.
    id: i64,
    /// Of the text.
    version: i64,
}

impl Editor {
    fn open(path: &Path, text: &str) -> Self {
        let server = Running::start(child::kulanz().arg("lsp").stdin(Stdio::piped()));
        let uri = format!("file://{}", path.display());
        let mut editor = Self { server, uri, end: text.matches('\n').count(), id: 0, version: 0 };
        let folder = format!("file://{}", path.parent().unwrap().display());
        editor.ask("initialize", &json!({ "capabilities": {}, "workspaceFolders": [{ "uri": folder, "name": "pack" }] }));
        editor.tell("initialized", &json!({}));
        editor.tell("textDocument/didOpen", &json!({ "textDocument": { "uri": editor.uri, "languageId": "kulanz", "version": 0, "text": text } }));
        // Until the pack is known.
        editor.ask("workspace/symbol", &json!({ "query": "" }));
        editor
    }

    /// Writes the beginning of a rule and asks what fits; nanoseconds until it is told, and until the problems are. Then it is as it was.
    fn keystroke(&mut self) -> (f64, f64) {
        let begun = Instant::now();
        self.replace(self.end, WRITTEN);
        let line = self.end + WRITTEN.matches('\n').count();
        let character = WRITTEN.rsplit('\n').next().unwrap().len();
        let found = self
            .ask("textDocument/completion", &json!({ "textDocument": { "uri": self.uri }, "position": { "line": line, "character": character } }));
        let completion = begun.elapsed().as_nanos() as f64;
        let values = found["items"].as_array().unwrap().iter().filter(|item| item["detail"] == "a value of reason").count();
        assert_eq!(values, 8, "{found}");
        assert!(self.problems().iter().any(|problem| problem["severity"] == 1));
        let problems = begun.elapsed().as_nanos() as f64;
        self.replace(line, "");
        assert!(self.problems().iter().all(|problem| problem["severity"] != 1));
        (completion, problems)
    }

    /// Replaces everything behind the text.
    fn replace(&mut self, last: usize, text: &str) {
        self.version += 1;
        let range = json!({ "start": { "line": self.end, "character": 0 }, "end": { "line": last, "character": 999 } });
        let document = json!({ "uri": self.uri, "version": self.version });
        self.tell("textDocument/didChange", &json!({ "textDocument": document, "contentChanges": [{ "range": range, "text": text }] }));
    }

    /// What is found in the text as it is now.
    fn problems(&mut self) -> Vec<Value> {
        loop {
            let mut message = self.read();
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["version"] == self.version {
                return serde_json::from_value(message["params"]["diagnostics"].take()).unwrap();
            }
        }
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.id += 1;
        let id = self.id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == id {
                return message["result"].clone();
            }
        }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.server.input(), "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    }

    fn read(&mut self) -> Value {
        let out = self.server.output();
        let mut length = String::new();
        out.read_line(&mut length).unwrap();
        out.read_line(&mut String::new()).unwrap();
        let mut body = vec![0; length.trim().strip_prefix("Content-Length: ").unwrap().parse().unwrap()];
        out.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }
}
