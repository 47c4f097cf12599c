//! `/mcp` of the service.

use serde_json::{Value, json};

use super::client::Session;
use super::{is_a_session, late, refund, with};
use crate::server::access::Desk;
use crate::server::running::{Reply, Running};

const OPEN: &str = "[mcp]\nactor = \"anna\"\n";
const KEYS: &str = "[access]\nkeys = \"keys.toml\"\n[mcp]\n";

const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");

fn body() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
}

fn post(service: &Running, more: &[(&str, &str)]) -> Reply {
    let headers = [("content-type", "application/json"), ACCEPT];
    service.post_as("/mcp", body().to_string(), &[&headers[..], more].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_over_http() {
    let service = Desk::with(OPEN).serve();
    is_a_session(&Session::http(service.url("/mcp"), None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_says_who_acts_and_what_it_may() {
    let desk = Desk::with(KEYS);
    let full = desk.key("ask,grant,cases,record", &["--as-actor", "anna"]);
    let asking = desk.key("ask", &["--as-actor", "fritz"]);
    let service = desk.serve();
    let anna = Session::http(service.url("/mcp"), Some(&full)).await;
    is_a_session(&anna).await;
    // A key that may send a record gives the model no right to.
    anna.wrong("ask", with(refund("40 EUR", json!({})), json!({"record": {"order.total": "1 EUR"}})), "wrong_question").await;
    let fritz = Session::http(service.url("/mcp"), Some(&asking)).await;
    assert_eq!(fritz.names().await, ["options", "ask"]);
    fritz.is_missing("grant").await;
    assert_eq!(fritz.right("ask", refund("40 EUR", json!({"reason": "late"}))).await.json["answer"], "ask");
    post(&service, &[]).is_problem(401, "unauthorized");
    post(&service, &[("authorization", "Bearer kz_nothing_nothing")]).is_problem(401, "invalid_token");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_nobody_acts_as_the_configuration_says() {
    let desk = Desk::with("[access]\nkeys = \"keys.toml\"\n[mcp]\nactor = \"anna\"\n");
    let (behalf, nobody) = (desk.key("ask,grant,on_behalf", &[]), desk.key("ask,grant", &[]));
    let service = desk.serve();
    let session = Session::http(service.url("/mcp"), Some(&behalf)).await;
    assert_eq!(session.right("grant", late("40 EUR", "1")).await.json["actor"]["id"], "anna");
    let session = Session::http(service.url("/mcp"), Some(&nobody)).await;
    session.wrong("grant", late("40 EUR", "1"), "insufficient_scope").await;
}

#[test]
fn a_page_of_somebody_else_is_refused() {
    let service = Desk::with(&format!("{OPEN}origins = [\"https://desk.example:443\"]\n")).serve();
    assert_eq!(post(&service, &[]).status, 200);
    assert_eq!(post(&service, &[("origin", "https://desk.example")]).status, 200);
    for origin in ["https://evil.example", "http://127.0.0.1", "null", "http://desk.example"] {
        post(&service, &[("origin", origin)]).is_problem(403, "foreign_page");
    }
    assert_eq!(post(&service, &[("host", "localhost:80")]).status, 200);
    post(&service, &[("host", "evil.example")]).is_problem(403, "foreign_page");
}

#[test]
fn bodies_are_bounded_and_only_posted() {
    let service = Desk::with(&format!("{OPEN}[limits]\nbody_bytes = 100\n")).serve();
    assert_eq!(post(&service, &[]).status, 200);
    let long = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"a": "a".repeat(100)}});
    service.post("/mcp", long.to_string()).is_problem(413, "too_large");
    service.post_as("/mcp", body().to_string(), &[("content-type", "text/plain")]).is_problem(415, "unsupported_media_type");
    let get = service.get("/mcp", &[]);
    get.is_problem(405, "method_not_allowed");
    assert_eq!(get.header("allow"), Some("POST"));
    service.post_as("/mcp", body().to_string(), &[("content-type", "application/json"), ("accept", "text/html")]).is_problem(406, "not_acceptable");
    // Every name for JSON is one.
    assert_eq!(service.post_as("/mcp", body().to_string(), &[("content-type", "application/vnd.desk+json"), ACCEPT]).status, 200);
    // A byte order mark is passed over, as on every path.
    assert_eq!(service.post_as("/mcp", format!("\u{feff}{}", body()), &[("content-type", "application/json"), ACCEPT]).status, 200);
}

#[test]
fn a_body_that_is_no_message_is_an_error_of_json_rpc() {
    let service = Desk::with(OPEN).serve();
    let said = |body: &str| {
        let reply = service.post_as("/mcp", body, &[("content-type", "application/json"), ACCEPT]);
        assert_eq!((reply.status, reply.header("content-type")), (400, Some("application/json")), "{reply:?}");
        let answer = reply.json();
        assert_eq!(answer["jsonrpc"], "2.0");
        (answer["error"]["code"].as_i64().unwrap(), answer["id"].clone(), answer["error"]["message"].as_str().unwrap().to_owned())
    };
    let (code, id, message) = said("{bad");
    assert_eq!((code, &id), (-32700, &Value::Null));
    assert!(message.starts_with("not JSON: "), "{message}");
    assert_eq!(said(&format!("{}{}", "[".repeat(130), "]".repeat(130))).0, -32700);
    assert_eq!(said(&format!("[{}]", body())).0, -32600);
    assert_eq!(said(r#"{"jsonrpc": "2.0", "id": 5}"#).0, -32600);
    assert_eq!(said(r#"{"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "ask", "arguments": []}}"#).0, -32602);
    let doubled = r#"{"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": {"name": "ask", "arguments": {"action": "refund", "amount": "1 EUR", "amount": "9 EUR"}}}"#;
    assert_eq!(said(doubled), (-32602, json!(9), "`/params/arguments/amount` is given twice".into()));
}

#[test]
fn it_is_counted_as_a_route() {
    let service = Desk::with(OPEN).serve();
    post(&service, &[]);
    let page = service.get("/metrics", &[]).body;
    assert!(page.contains("kulanz_http_requests_total{route=\"/mcp\",status=\"200\"} 1"), "{page}");
}

#[test]
fn there_is_no_such_path_without_its_configuration() {
    post(&Running::counter(), &[]).is_problem(404, "not_found");
}
