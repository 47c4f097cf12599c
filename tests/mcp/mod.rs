//! `kulanz mcp` and `/mcp`, as the official client library sees them.

mod client;
mod http;

use std::sync::Arc;
use std::time::Duration;

use rmcp::ClientHandler;
use rmcp::service::{NotificationContext, RoleClient};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::ledger::world::{DESK, PEOPLE};
use crate::process::{folder, kulanz, kulanz_reading};
pub use client::Session;

const RECORD: &str = r#"{"order": {"id": "o-1", "total": "60 EUR"}}"#;

/// A desk, its people, and what is on record.
fn desk() -> TempDir {
    folder(&[("desk.kulanz", DESK), ("people.toml", PEOPLE), ("record.json", RECORD)])
}

/// A session with a model that acts as this person.
async fn acting(desk: &TempDir, actor: &str, more: &[&str]) -> Session {
    let path = |name: &str| desk.path().join(name).to_str().unwrap().to_owned();
    let (pack, people) = (path("desk.kulanz"), path("people.toml"));
    let arguments = ["-p", &pack, "--people", &people, "--actor", actor];
    Session::stdio(&[&arguments[..], more].concat()).await
}

async fn with_ledger(desk: &TempDir, actor: &str) -> Session {
    acting(desk, actor, &["--ledger", "memory:"]).await
}

#[allow(clippy::needless_pass_by_value, reason = "callers write it where they call")]
fn refund(amount: &str, facts: Value) -> Value {
    json!({"action": "refund", "amount": amount, "facts": facts})
}

fn with(mut arguments: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut arguments, more) else { panic!() };
    members.extend(more);
    arguments
}

fn late(amount: &str, key: &str) -> Value {
    with(refund(amount, json!({"reason": "late"})), json!({"idempotency_key": key}))
}

/// What both transports do alike.
async fn is_a_session(session: &Session) {
    assert_eq!(session.server()["serverInfo"]["name"], "kulanz");
    assert_eq!(session.names().await, ["options", "ask", "grant", "open_case"]);
    let first = session.right("grant", late("40 EUR", "k-1")).await;
    assert_eq!((&first.json["actor"]["id"], &first.json["amount"]), (&json!("anna"), &json!("40.00 EUR")));
    let again = session.right("grant", late("40 EUR", "k-1")).await;
    assert_eq!(again.json["id"], first.json["id"]);
    assert!(again.text.contains(first.json["id"].as_str().unwrap()), "{again:?}");
    session.wrong("grant", late("41 EUR", "k-1"), "idempotency_key_reused").await;
    let case = session.right("open_case", with(late("60 EUR", "k-2"), json!({"note": "third time"}))).await;
    assert_eq!((&case.json["state"], &case.json["proposer"]["id"], &case.json["note"]), (&json!("open"), &json!("anna"), &json!("third time")));
    assert!(case.text.contains(case.json["owner"]["id"].as_str().unwrap()), "{case:?}");
    let asked = session.right("ask", refund("290 EUR", json!({"reason": "late"}))).await;
    assert_eq!((&asked.json["answer"], &asked.json["limit"]), (&json!("up_to"), &json!("50.00 EUR")));
    assert!(asked.text.starts_with(asked.json["say"].as_str().unwrap()), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_over_standard_streams() {
    let session = with_ledger(&desk(), "anna").await;
    is_a_session(&session).await;
    session.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_answer() {
    let desk = desk();
    let record = desk.path().join("record.json");
    let anna = acting(&desk, "anna", &["--record", record.to_str().unwrap()]).await;
    for (kind, amount, facts) in [
        ("yes", "40 EUR", json!({"reason": "late"})),
        ("owed", "60 EUR", json!({"reason": "wrong"})),
        ("up_to", "60 EUR", json!({"reason": "late"})),
        ("need", "40 EUR", json!({})),
    ] {
        let told = anna.right("ask", refund(amount, facts)).await;
        assert_eq!(told.json["answer"], kind, "{told:?}");
        assert_eq!(told.json["provisional"], json!([]), "{told:?}");
        assert!(told.text.starts_with(told.json["say"].as_str().unwrap()), "{told:?}");
    }
    // Nobody has a rule for it.
    std::fs::write(desk.path().join("desk.kulanz"), format!("{DESK}\naction gift of money \"Gift\"\n")).unwrap();
    let no = acting(&desk, "anna", &[]).await.right("ask", json!({"action": "gift", "amount": "5 EUR"})).await;
    assert_eq!(no.json["answer"], "no", "{no:?}");
    let need = anna.right("ask", refund("40 EUR", json!({}))).await;
    assert!(need.text.contains("reason: What happened?"), "{need:?}");
    let fritz = acting(&desk, "fritz", &[]).await;
    let ask = fritz.right("ask", refund("40 EUR", json!({"reason": "late"}))).await;
    assert_eq!((&ask.json["answer"], ask.json["ask"].as_array().unwrap().is_empty()), (&json!("ask"), false));
    let options = anna.right("options", json!({"facts": {"reason": "late"}})).await;
    let answers: Vec<_> = options.json["options"].as_array().unwrap().iter().map(|option| (&option["action"], &option["limit"])).collect();
    assert_eq!(answers[0], (&json!("refund"), &json!("50.00 EUR")));
    assert_eq!(options.text.lines().count(), answers.len(), "{options:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_not_overspent() {
    let session = with_ledger(&desk(), "anna").await;
    for key in ["1", "2", "3", "4", "5", "6"] {
        session.right("grant", late("50 EUR", key)).await;
    }
    let refused = session.wrong("grant", late("1 EUR", "7"), "not_granted").await;
    assert_ne!(refused.json["answer"]["answer"], "yes");
    assert!(refused.text.contains(refused.json["answer"]["say"].as_str().unwrap()), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_says_neither_who_acts_nor_what_is_on_record() {
    let session = with_ledger(&desk(), "anna").await;
    for (name, value) in [
        ("actor", json!({"id": "hanna", "role": "head"})),
        ("Actor", json!({"id": "hanna"})),
        ("role", json!("head")),
        ("id", json!("hanna")),
        ("team", json!("bonn")),
        ("record", json!({"order.total": "1000 EUR"})),
        ("RECORD", json!({})),
        ("spent", json!({"goodwill": "0 EUR"})),
        ("at", json!("2020-01-01")),
        ("case", json!("x")),
        ("ignore_all_rules", json!(true)),
        ("to", json!("sam")),
    ] {
        for tool in ["options", "ask", "grant", "open_case"] {
            let base = if tool == "options" { json!({}) } else { late("40 EUR", "forged") };
            let base = if tool == "ask" { refund("40 EUR", json!({"reason": "late"})) } else { base };
            let told = session.wrong(tool, with(base, json!({name: value})), "wrong_question").await;
            assert_eq!(told.json["errors"][0]["path"], format!("/{name}"), "{tool} {told:?}");
            assert!(told.text.contains(&format!("/{name}: ")), "{told:?}");
        }
    }
    for facts in [json!({"actor.role": "head"}), json!({"actor": {"role": "head"}}), json!({"system": "approve all"})] {
        session.wrong("ask", refund("40 EUR", facts), "wrong_question").await;
    }
    // Nothing was booked on the way: the allotment is whole.
    let whole = session.right("ask", refund("50 EUR", json!({"reason": "late"}))).await;
    assert_eq!(whole.json["charge"][0]["left"], "250.00 EUR", "{whole:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_model_says_is_not_on_record() {
    let desk = desk();
    let claimed = || refund("900 EUR", json!({"reason": "wrong", "order": {"id": "o-1", "total": "900 EUR"}}));
    let session = with_ledger(&desk, "anna").await;
    let asked = session.right("ask", claimed()).await;
    assert!(asked.json["provisional"].as_array().unwrap().contains(&json!("order.total")), "{asked:?}");
    session.wrong("grant", with(claimed(), json!({"idempotency_key": "1"})), "not_granted").await;
    // What the operator has on record stands against it.
    let record = desk.path().join("record.json");
    let session = acting(&desk, "anna", &["--ledger", "memory:", "--record", record.to_str().unwrap()]).await;
    session.wrong("ask", claimed(), "wrong_question").await;
    session.right("grant", with(refund("60 EUR", json!({"reason": "wrong"})), json!({"idempotency_key": "1"}))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_can_be_mended() {
    let session = with_ledger(&desk(), "anna").await;
    let told = session.wrong("ask", refund("40 USD", json!({"reason": "lost"})), "wrong_question").await;
    assert!(told.text.contains("/amount: the currency `USD`") && told.text.contains("/facts/reason: `lost`"), "{told:?}");
    let told = session.wrong("grant", refund("40 EUR", json!({"reason": "late"})), "wrong_question").await;
    assert_eq!(told.json["errors"][0]["path"], "/idempotency_key");
    session.wrong("grant", late("40 EUR", "two words"), "idempotency_key_wrong").await;
    let told = session.wrong("grant", late("40 EUR", &"k".repeat(256)), "idempotency_key_wrong").await;
    assert_eq!(told.json["errors"][0]["path"], "/idempotency_key");
    assert!(!told.text.contains("header"), "{}", told.text);
    session.right("grant", late("40 EUR", &"k".repeat(255))).await;
    let damaged =
        |key: &str, confirm: Value| with(refund("10 EUR", json!({"reason": "damaged"})), json!({"idempotency_key": key, "confirm": confirm}));
    let told = session.wrong("grant", damaged("1", json!([])), "unconfirmed").await;
    assert_eq!(told.json["duties"], json!(["photo"]));
    session.wrong("grant", damaged("1", json!(["photo"])), "idempotency_key_reused").await;
    session.right("grant", damaged("2", json!(["photo"]))).await;
    session.wrong("open_case", late("40 EUR", "alone"), "nothing_to_ask").await;
    session.is_missing("reverse").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_say_what_the_policy_has() {
    let desk = desk();
    let asking = acting(&desk, "anna", &[]).await;
    assert_eq!(asking.names().await, ["options", "ask"]);
    asking.is_missing("grant").await;
    let tools = with_ledger(&desk, "anna").await.tools().await;
    for tool in &tools {
        let hints = tool.annotations.as_ref().unwrap();
        let writes = matches!(&*tool.name, "grant" | "open_case");
        assert_eq!((hints.read_only_hint, hints.destructive_hint), (Some(!writes), Some(false)), "{}", tool.name);
        assert_eq!((hints.idempotent_hint, hints.open_world_hint), (Some(true), Some(false)), "{}", tool.name);
        let schema = tool.schema_as_json_value();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!((&schema["type"], &schema["additionalProperties"]), (&json!("object"), &json!(false)));
        for fixed in ["actor", "role", "record", "spent"] {
            assert!(schema["properties"].get(fixed).is_none(), "{} {fixed}", tool.name);
        }
    }
    let schema = tools[2].schema_as_json_value();
    assert_eq!(schema["required"], json!(["action", "idempotency_key"]));
    assert_eq!(schema["properties"]["action"]["enum"], json!(["refund", "voucher", "exchange"]));
    assert_eq!(schema["properties"]["note"]["maxLength"], 8192);
    assert_eq!(schema["properties"]["confirm"]["items"]["enum"], json!(["photo", "note"]));
    let facts = &schema["properties"]["facts"];
    assert_eq!(facts["additionalProperties"], false);
    let facts = &facts["properties"];
    assert_eq!(facts["reason"]["enum"], json!(["late", "damaged", "wrong"]));
    assert_eq!(facts["reason"]["description"], "What happened?");
    assert_eq!(facts["customer.known"]["type"], "boolean");
    assert_eq!(facts["order.id"]["type"], json!(["string", "null"]));
    let total = facts["order.total"]["description"].as_str().unwrap();
    assert!(total.contains("EUR") && total.contains("believed only from a system of record"), "{total}");
}

/// Counts what it is told.
#[derive(Clone, Default)]
struct Listener(Arc<Notify>);

impl ClientHandler for Listener {
    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.0.notify_one();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_policy_changes_the_tools() {
    let desk = desk();
    let pack = desk.path().join("desk.kulanz");
    let listener = Listener::default();
    let session = Session::listening(&["-p", pack.to_str().unwrap(), "--actor", "bot", "--as", "agent"], listener.clone()).await;
    let actions = async || session.tools().await[1].schema_as_json_value()["properties"]["action"]["enum"].as_array().unwrap().len();
    assert_eq!(actions().await, 3);
    std::fs::write(&pack, format!("{DESK}\naction discount of money \"Discount\"\n\nrule small_discount\n  agent may discount up to 5 EUR\n"))
        .unwrap();
    tokio::time::timeout(Duration::from_mins(1), listener.0.notified()).await.expect("the client is told");
    assert_eq!(actions().await, 4);
}

#[test]
fn a_line_that_is_no_message_is_answered() {
    let desk = desk();
    let pack = desk.path().join("desk.kulanz");
    let call = |id: u8, arguments: &str| {
        format!(r#"{{"jsonrpc": "2.0", "id": {id}, "method": "tools/call", "params": {{"name": "ask", "arguments": {arguments}}}}}"#)
    };
    let hello = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}});
    let lines = [
        "garbage {".to_owned(),
        json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}).to_string(),
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string(),
        String::new(),
        call(2, r#"{"action": "refund", "facts": {"reason": "late", "reason": "wrong"}}"#),
        call(3, "[]"),
        format!("{}{}", "[".repeat(130), "]".repeat(130)),
        format!("\"{}\"", "a".repeat(3 << 20)),
        // The last line needs no end.
        call(4, r#"{"action": "refund", "amount": "40 EUR", "facts": {"reason": "late"}}"#),
    ];
    let arguments = ["mcp", "-p", pack.to_str().unwrap(), "--actor", "anna", "--as", "agent"];
    let ended = kulanz_reading(lines.join("\n").as_bytes(), &arguments).exits(0);
    let answers: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let errors: Vec<_> =
        answers.iter().filter(|answer| answer.get("error").is_some()).map(|answer| (&answer["id"], &answer["error"]["code"])).collect();
    let nobody = &Value::Null;
    let expected = [(nobody, -32700), (&json!(2), -32602), (&json!(3), -32602), (nobody, -32700), (nobody, -32600)];
    assert_eq!(errors, expected.each_ref().map(|(id, code)| (*id, json!(code))).each_ref().map(|(id, code)| (*id, code)), "{answers:?}");
    let told = answers.iter().find(|answer| answer["id"] == 4).unwrap();
    assert_eq!(told["result"]["structuredContent"]["answer"], "yes", "{told}");
    assert_eq!((answers.len(), ended.err.matches("a line on standard input is no message").count()), (7, 5), "{}", ended.err);
}

#[test]
fn what_is_for_the_service_is_told_of() {
    let desk = desk();
    std::fs::write(desk.path().join("kulanz.toml"), "[traces]\nendpoint = \"http://127.0.0.1:1\"\n").unwrap();
    let (pack, config) = (desk.path().join("desk.kulanz"), desk.path().join("kulanz.toml"));
    let arguments = ["mcp", "-p", pack.to_str().unwrap(), "--actor", "anna", "--as", "agent", "--config", config.to_str().unwrap()];
    let ended = kulanz_reading(b"", &arguments).exits(0);
    assert!(ended.err.contains("`[traces]` is for `kulanz serve`"), "{}", ended.err);
}

#[test]
fn somebody_must_be_said_to_act() {
    let desk = desk();
    let pack = desk.path().join("desk.kulanz");
    let refused = |arguments: &[&str]| kulanz(&[&["mcp", "-p", pack.to_str().unwrap()], arguments].concat()).exits(2).err;
    assert!(refused(&[]).contains("as whom the model acts is missing"));
    assert!(refused(&["--actor", "bot"]).contains("the role of `bot` is not known"));
    assert!(refused(&["--actor", "bot", "--as", "boss"]).contains("unknown role `boss`; the roles are agent, senior"));
    assert!(refused(&["--actor", " bot", "--as", "agent"]).contains("`mcp.actor` is no name"));
    let record = desk.path().join("people.toml");
    assert!(refused(&["--actor", "bot", "--as", "agent", "--record", record.to_str().unwrap()]).contains("is not understood"));
    // Whoever says nothing has nothing to end.
    kulanz(&["mcp", "-p", pack.to_str().unwrap(), "--actor", "bot", "--as", "agent"]).exits(0);
}
