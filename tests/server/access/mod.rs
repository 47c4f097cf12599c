//! Who may ask: keys, tokens, scopes, and what is tried to get around them.

mod attacks;
mod behalf;
mod configured;
pub mod issuer;
mod keys;
mod many;
mod rate;
mod roots;
pub mod tls;
mod tokens;

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::running::{Reply, Running};
use crate::ledger::world::{DESK, PEOPLE};
use crate::process::{command, end, folder};

/// A folder with the desk, its people, a list of keys and a configuration.
pub struct Desk {
    pub folder: TempDir,
    config: String,
    ledger: String,
}

impl Desk {
    /// With these lines of configuration.
    pub fn with(config: &str) -> Self {
        let folder = folder(&[("desk.kulanz", DESK), ("people.toml", PEOPLE), ("keys.toml", "")]);
        Self { folder, config: config.to_owned(), ledger: "memory:".to_owned() }
    }

    /// The same with another ledger.
    pub fn booking(self, ledger: &str) -> Self {
        Self { ledger: ledger.to_owned(), ..self }
    }

    /// One that takes keys.
    pub fn new() -> Self {
        Self::with("[access]\nkeys = \"keys.toml\"\n")
    }

    /// From now on these are the lines of configuration.
    pub fn configure(&mut self, config: &str) {
        config.clone_into(&mut self.config);
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// A new key, made by the command line.
    pub fn key(&self, scopes: &str, more: &[&str]) -> String {
        let keys = self.path("keys.toml");
        let mut arguments = vec!["key", "new", "desk", "--keys", &keys, "--scope", scopes];
        arguments.extend(more);
        end(command().args(arguments)).exits(0).out.trim().to_owned()
    }

    /// The service.
    pub fn serve(&self) -> Running {
        self.serve_with(&[])
    }

    pub fn serve_with(&self, more: &[&str]) -> Running {
        self.write("kulanz.toml", &self.config);
        let (config, people) = (self.path("kulanz.toml"), self.path("people.toml"));
        let mut arguments = vec!["--config", &config, "--people", &people, "--ledger", &self.ledger];
        arguments.extend(more);
        Running::start(&self.folder.path().join("desk.kulanz"), &arguments)
    }
}

/// A service and the token of who asks it.
pub struct As<'a>(pub &'a Running, pub &'a str);

impl As<'_> {
    pub fn get(&self, path: &str) -> Reply {
        self.0.get(path, &[("authorization", &format!("Bearer {}", self.1))])
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(path, body, "")
    }

    pub fn send(&self, path: &str, body: &Value, key: &str) -> Reply {
        let bearer = format!("Bearer {}", self.1);
        let headers = [("content-type", "application/json"), ("authorization", bearer.as_str()), ("idempotency-key", key)];
        self.0.post_as(path, body.to_string(), if key.is_empty() { &headers[..2] } else { &headers })
    }
}

/// A question without an actor.
pub fn late(amount: &str) -> Value {
    json!({"action": "refund", "amount": amount, "facts": {"reason": "late"}})
}

/// What is sent without the scope for it.
#[track_caller]
pub fn lacks(reply: &Reply, scope: &str) {
    reply.is_problem(403, "insufficient_scope");
    assert_eq!(reply.header("www-authenticate"), Some(format!("Bearer realm=\"kulanz\", error=\"insufficient_scope\", scope=\"{scope}\"").as_str()));
}

/// What is no token here.
#[track_caller]
pub fn is_refused(reply: &Reply) {
    reply.is_problem(401, "invalid_token");
    assert!(
        reply.header("www-authenticate").unwrap().starts_with("Bearer realm=\"kulanz\", error=\"invalid_token\", error_description=\""),
        "{reply:?}"
    );
}

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/access").join(name)).unwrap()
}

impl Desk {
    /// One whose only key nobody has.
    pub fn with_key_nobody_has(self) -> Self {
        self.key("ask", &[]);
        self
    }
}
