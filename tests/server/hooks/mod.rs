//! Webhooks from end to end: signed, retried, never lost.

pub mod receiver;
mod verifier;

use serde_json::json;

use super::grants::{late, with};
use super::running::{Running, eventually};
use crate::ledger::cluster::Database;
use crate::ledger::world::{DESK, PEOPLE};
use crate::process::{folder, kulanz};
use receiver::Receiver;
use verifier::is_genuine;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
const OTHER: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const TAKEN: &str = "204 No Content";

/// A shop whose service tells webhooks.
struct Shop {
    folder: tempfile::TempDir,
    ledger: String,
}

impl Shop {
    fn new(webhooks: &str) -> Self {
        let folder = folder(&[("desk.kulanz", DESK), ("people.toml", PEOPLE), ("secret", SECRET)]);
        let ledger = format!("sqlite:{}", folder.path().join("books.db").display());
        let shop = Self { folder, ledger };
        shop.configure(webhooks);
        shop
    }

    /// One that tells a receiver of everything, trying again soon.
    fn telling(receiver: &Receiver) -> Self {
        Self::new(&webhook(receiver, ""))
    }

    fn configure(&self, webhooks: &str) {
        std::fs::write(self.folder.path().join("kulanz.toml"), format!("people = \"people.toml\"\nledger = \"{}\"\n{webhooks}", self.ledger))
            .unwrap();
    }

    fn serve(&self) -> Running {
        let config = self.folder.path().join("kulanz.toml");
        Running::start(&self.folder.path().join("desk.kulanz"), &["--config", config.to_str().unwrap()])
    }

    fn hooks(&self, arguments: &[&str]) -> crate::process::Ended {
        kulanz(&[&["hooks"], arguments, &["--ledger", &self.ledger]].concat())
    }

    fn list(&self) -> serde_json::Value {
        self.hooks(&["list", "--format", "json"]).exits(0).json()
    }
}

fn webhook(receiver: &Receiver, more: &str) -> String {
    format!("[[webhook]]\nname = \"desk\"\nurl = \"{}\"\nsecret_file = \"secret\"\nfirst_retry_seconds = 1\n{more}\n", receiver.url())
}

#[track_caller]
fn grant(service: &Running, key: &str) {
    let reply = service.send("/v1/grants", &late("10 EUR"), key);
    assert_eq!(reply.status, 201, "{reply:?}");
}

#[test]
fn what_happens_is_told_signed_and_once() {
    let receiver = Receiver::new(&[TAKEN]);
    let shop = Shop::telling(&receiver);
    let service = shop.serve();
    grant(&service, "one");
    grant(&service, "one");
    let case = service.send("/v1/cases", &with(late("150 EUR"), &json!({"record": {"order.id": "o-1", "order.total": "400 EUR"}})), "two");
    assert_eq!(case.status, 201, "{case:?}");
    let messages = receiver.wait(2);
    assert!(messages.iter().all(|message| message.is_signed_with(SECRET) && !message.is_signed_with(OTHER)), "{messages:#?}");
    let mut kinds: Vec<_> = messages.iter().map(receiver::Message::kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["case.opened", "grant.booked"]);
    let message = messages.iter().find(|message| message.kind() == "case.opened").unwrap();
    assert_eq!(message.json()["data"]["case"]["id"], case.json()["id"]);
    assert!(message.head.starts_with("POST /hook HTTP/1.1\r\n") && message.head.to_lowercase().contains("content-type: application/json\r\n"));
    eventually("nothing waits", || (shop.list()["messages"] == json!([])).then_some(()));
    assert_eq!(receiver.messages().len(), 2);
    assert!(!service.log().contains(SECRET), "{}", service.log());
}

#[test]
fn forged_and_replayed_messages_are_found_out() {
    let receiver = Receiver::new(&[TAKEN]);
    let shop = Shop::telling(&receiver);
    let service = shop.serve();
    grant(&service, "one");
    let message = receiver.wait(1).remove(0);
    let (now, body) = (message.timestamp.parse::<i64>().unwrap(), message.body.as_bytes());
    let [id, timestamp, signature] = message.headers();
    assert!(is_genuine(SECRET, message.headers(), body, now));
    assert!(is_genuine(SECRET, message.headers(), body, now + 300));
    assert!(!is_genuine(SECRET, message.headers(), body, now + 301), "replayed later");
    assert!(!is_genuine(SECRET, [id, &(now + 301).to_string(), signature], body, now + 301), "replayed with another time");
    assert!(!is_genuine(SECRET, ["msg_other", timestamp, signature], body, now), "under another id");
    let forged = message.body.replace("10.00 EUR", "99.00 EUR");
    assert_ne!(forged, message.body);
    assert!(!is_genuine(SECRET, message.headers(), forged.as_bytes(), now), "with another amount");
    assert!(!is_genuine(OTHER, message.headers(), body, now), "with another secret");
    for signature in ["", "v1,", "v1", &signature.replace("v1,", "v2,"), &signature.replace("v1,", "")] {
        assert!(!is_genuine(SECRET, [id, timestamp, signature], body, now), "{signature}");
    }
}

#[test]
fn secrets_change_without_a_restart() {
    let receiver = Receiver::new(&[TAKEN]);
    let shop = Shop::telling(&receiver);
    let service = shop.serve();
    let write = |secrets: &str| std::fs::write(shop.folder.path().join("secret"), secrets).unwrap();
    write(&format!("{OTHER}\n{SECRET}\n"));
    grant(&service, "both");
    let message = receiver.wait(1).remove(0);
    assert!(message.is_signed_with(SECRET) && message.is_signed_with(OTHER), "{message:?}");
    write(OTHER);
    grant(&service, "new");
    let message = receiver.wait(2).remove(1);
    assert!(!message.is_signed_with(SECRET) && message.is_signed_with(OTHER), "{message:?}");
}

/// Grants while nobody listens, kills the service before it can tell, and starts it again.
fn killed(shop: &Shop, port: u16) {
    let mut service = shop.serve();
    for number in 0..5 {
        grant(&service, &number.to_string());
    }
    // It has tried in vain, and waits before it tries again.
    let is_tried = |message: &serde_json::Value| message["last_error"].is_string();
    eventually("all are tried", || shop.list()["messages"].as_array().unwrap().iter().all(is_tried).then_some(()));
    service.signal("KILL");
    service.stopped();
    assert_eq!(shop.list()["messages"].as_array().unwrap().len(), 5);
    let receiver = Receiver::at(&format!("127.0.0.1:{port}"), &[TAKEN]);
    // What was under way when it was killed is taken again when its time is over; the rest comes at once.
    let _service = shop.serve();
    let ids = || receiver.messages().into_iter().map(|message| message.id).collect::<std::collections::BTreeSet<_>>();
    eventually("all are told", || (ids().len() == 5).then_some(()));
    eventually("nothing waits", || (shop.list()["messages"] == json!([])).then_some(()));
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn to_port(port: u16) -> String {
    let more = "timeout_seconds = 1";
    format!("[[webhook]]\nname = \"desk\"\nurl = \"http://127.0.0.1:{port}/\"\nsecret_file = \"secret\"\nfirst_retry_seconds = 1\n{more}\n")
}

#[test]
fn a_kill_between_booking_and_delivery_loses_nothing_in_a_file() {
    let port = free_port();
    killed(&Shop::new(&to_port(port)), port);
}

#[test]
fn a_kill_between_booking_and_delivery_loses_nothing_on_postgres() {
    let (port, database) = (free_port(), Database::new());
    let mut shop = Shop::new("");
    shop.ledger.clone_from(&database.address);
    shop.configure(&to_port(port));
    killed(&shop, port);
}

#[test]
fn a_receiver_that_was_down_is_told_when_it_is_up() {
    let receiver = Receiver::new(&["500 Internal Server Error", "302 Found\r\nlocation: /elsewhere", TAKEN]);
    let shop = Shop::telling(&receiver);
    let service = shop.serve();
    grant(&service, "one");
    let messages = receiver.wait(3);
    // It is the same message, and nobody followed the redirect.
    assert!(messages.iter().all(|message| message.id == messages[0].id && message.body == messages[0].body), "{messages:#?}");
    assert!(messages.iter().all(|message| message.head.starts_with("POST /hook ") && message.is_signed_with(SECRET)), "{messages:#?}");
    eventually("nothing waits", || (shop.list()["messages"] == json!([])).then_some(()));
    assert!(service.log().contains("redirects are not followed"), "{}", service.log());
}

#[test]
fn what_fails_for_good_is_kept_told_and_tried_again_when_asked() {
    let receiver = Receiver::new(&["404 Not Found"]);
    let shop = Shop::new(&webhook(&receiver, "tries = 2"));
    let service = shop.serve();
    grant(&service, "one");
    let failed = || shop.list()["messages"].as_array().unwrap().iter().find(|message| message["state"] == "failed").cloned();
    let message = eventually("it fails", failed);
    assert_eq!((&message["tries"], &message["last_error"], &message["type"]), (&json!(2), &json!("404 Not Found"), &json!("grant.booked")));
    assert_eq!((receiver.messages().len(), message["id"].as_str()), (2, Some(receiver.messages()[0].id.as_str())));
    assert!(service.log().contains("never told"), "{}", service.log());
    shop.hooks(&["list", "--failed"]).exits(0).prints("desk").prints("failed after 2 tries: 404 Not Found");
    shop.hooks(&["list", "--webhook", "other"]).exits(0).prints("nobody is told");
    shop.hooks(&["retry", "msg_other"]).exits(0).prints("0 messages");
    receiver.answer(TAKEN);
    shop.hooks(&["retry", message["id"].as_str().unwrap()]).exits(0).prints("1 message will");
    eventually("it is told", || (shop.list()["messages"] == json!([])).then_some(()));
    assert_eq!(receiver.messages().len(), 3);
}

#[test]
fn who_is_gone_is_left_alone() {
    let receiver = Receiver::new(&["410 Gone"]);
    let shop = Shop::telling(&receiver);
    let service = shop.serve();
    grant(&service, "one");
    eventually("it is off", || shop.list()["webhooks"][0]["off_since"].is_string().then_some(()));
    grant(&service, "two");
    shop.hooks(&["list"]).exits(0).prints("off since");
    assert_eq!(receiver.messages().len(), 1);
    receiver.answer(TAKEN);
    shop.hooks(&["retry"]).exits(0).prints("desk is told again");
    receiver.wait(2);
}

#[test]
fn what_the_command_line_books_is_told_too() {
    let receiver = Receiver::new(&[TAKEN]);
    let shop = Shop::telling(&receiver);
    let _service = shop.serve();
    let pack = shop.folder.path().join("desk.kulanz");
    kulanz(&["grant", "refund", "10 EUR", "reason=late", "--actor", "anna", "-p", pack.to_str().unwrap(), "--ledger", &shop.ledger]).exits(0);
    assert_eq!(receiver.wait(1)[0].kind(), "grant.booked");
}

#[test]
fn two_servers_on_one_database_tell_everything_once() {
    let (receiver, database) = (Receiver::new(&[TAKEN]), Database::new());
    let mut shop = Shop::new("");
    shop.ledger.clone_from(&database.address);
    shop.configure(&webhook(&receiver, ""));
    let servers = [shop.serve(), shop.serve()];
    for number in 0..20 {
        grant(&servers[number % 2], &number.to_string());
    }
    eventually("nothing waits", || (shop.list()["messages"] == json!([])).then_some(()));
    let ids: Vec<_> = receiver.messages().into_iter().filter(|message| message.kind() == "grant.booked").map(|message| message.id).collect();
    assert_eq!((ids.len(), ids.into_iter().collect::<std::collections::BTreeSet<_>>().len()), (20, 20));
}

#[test]
fn a_webhook_that_cannot_be_told_is_no_start() {
    let refused = |webhooks: &str, part: &str| {
        let shop = Shop::new(webhooks);
        let config = shop.folder.path().join("kulanz.toml");
        let pack = shop.folder.path().join("desk.kulanz");
        kulanz(&["serve", "--listen", "127.0.0.1:0", "-p", pack.to_str().unwrap(), "--config", config.to_str().unwrap()]).exits(2).says(part);
    };
    let with = |lines: &str| format!("[[webhook]]\n{lines}\n");
    refused(&with("url = \"http://desk.example/\"\nsecret_file = \"secret\""), "in the clear");
    refused(&with("url = \"https://desk.example/\"\nsecret_file = \"nowhere\""), "has no secret");
    refused(&with("url = \"https://desk.example/\"\nsecret_file = \"people.toml\""), "begins with `whsec_`");
    refused(&with("url = \"https://desk.example/\"\nsecret_file = \"secret\"\nevent = []"), "unknown field `event`");
}

#[test]
fn a_new_secret_is_one() {
    let made = || kulanz(&["hooks", "secret"]).exits(0).out.trim().to_owned();
    let (one, other) = (made(), made());
    assert_ne!(one, other);
    assert!(kulanz::hooks::Secret::parse(&one).is_ok());
}

#[test]
fn the_verifier_of_the_guide_is_the_one_of_these_tests() {
    let guide = include_str!("../../../docs/webhooks.md");
    assert!(guide.contains(&format!("```rust\n{}```", include_str!("verifier.rs"))));
}
