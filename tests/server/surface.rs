//! What belongs to all resources.

use serde_json::{Value, json};

use super::running::{Running, exchange};

#[test]
fn it_is_there_and_ready() {
    let service = Running::counter();
    assert_eq!(service.get("/healthz", &[]).json(), json!({"status": "ok"}));
    let ready = service.get("/readyz", &[]);
    assert_eq!(ready.status, 200);
    let version = service.get("/v1/policy", &[]).json()["version"].clone();
    assert_eq!(ready.json(), json!({"status": "ready", "policy": {"name": "Counter", "version": version}, "reload": "current"}));
}

#[test]
fn unknown_paths_and_methods_are_problems() {
    let service = Running::counter();
    service.get("/", &[]).is_problem(404, "not_found");
    service.get("/v1/nothing", &[]).is_problem(404, "not_found");
    let reply = service.get("/v1/ask", &[]);
    reply.is_problem(405, "method_not_allowed");
    assert_eq!(reply.header("allow"), Some("POST"));
    service.post("/healthz", "{}").is_problem(405, "method_not_allowed");
}

#[test]
fn a_request_id_is_taken_or_made_and_echoed_and_logged() {
    let service = Running::counter();
    let id = |headers: &[(&str, &str)]| service.get("/healthz", headers).header("x-request-id").unwrap().to_owned();
    assert_eq!(id(&[("x-request-id", "ticket-4711/a.b")]), "ticket-4711/a.b");
    assert_eq!(id(&[("x-request-id", &"a".repeat(128))]).len(), 128);
    let made = id(&[]);
    assert!(made.len() > 36, "{made}");
    assert_ne!(made, id(&[]));
    for insane in [&"a".repeat(129), "two words", "", "a\"b"] {
        assert!(id(&[("x-request-id", insane)]).starts_with(&made[..8]), "{insane}");
    }
    let reply = service.get("/v1/nothing", &[("x-request-id", "seen-in-problems")]);
    assert_eq!(reply.header("x-request-id"), Some("seen-in-problems"));
    super::running::eventually("the id is logged", || service.log().contains("seen-in-problems").then_some(()));
}

#[test]
fn what_customers_say_is_not_logged() {
    let service = Running::counter();
    let asked = json!({"actor": {"role": "agent", "id": "anna-secret"}, "action": "exchange", "facts": {"reason": "late"}});
    service.post("/v1/ask", asked.to_string());
    service.get("/v1/nothing", &[("x-request-id", "after")]);
    super::running::eventually("both are logged", || service.log().contains("after").then_some(()));
    assert!(!service.log().contains("anna-secret"), "{}", service.log());
}

#[test]
fn what_is_no_http_is_refused_and_the_service_goes_on() {
    let service = Running::counter();
    assert!(exchange(service.connect(), b"\x16\x03\x01 this is not HTTP\r\n\r\n").starts_with("HTTP/1.1 400"));
    let long = format!("GET /{} HTTP/1.1\r\nhost: a\r\n\r\n", "a".repeat(1 << 20));
    assert!(!exchange(service.connect(), long.as_bytes()).starts_with("HTTP/1.1 200"));
    assert_eq!(service.get("/healthz", &[]).status, 200);
}

/// Every `$ref` in a value.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(target) if name == "$ref" => found.push(target.clone()),
                    other => references(other, found),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                references(item, found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_description_names_every_path_and_every_schema_it_uses() {
    let service = Running::counter();
    let description = service.get("/openapi.json", &[]).json();
    assert_eq!(description["openapi"], "3.1.0");
    let paths: Vec<_> = description["paths"].as_object().unwrap().keys().cloned().collect();
    let all = [
        "/healthz",
        "/openapi.json",
        "/readyz",
        "/v1/ask",
        "/v1/ask/batch",
        "/v1/budgets",
        "/v1/cases",
        "/v1/cases/{id}",
        "/v1/cases/{id}/add",
        "/v1/cases/{id}/approve",
        "/v1/cases/{id}/decline",
        "/v1/cases/{id}/hand_over",
        "/v1/grants",
        "/v1/grants/{id}",
        "/v1/grants/{id}/reverse",
        "/v1/options",
        "/v1/policy",
    ];
    assert_eq!(paths, all);
    let mut found = Vec::new();
    references(&description, &mut found);
    assert!(!found.is_empty());
    for target in found {
        assert!(description.pointer(target.trim_start_matches('#')).is_some(), "{target}");
    }
    for path in all {
        assert_ne!(service.get(&path.replace("{id}", "x"), &[]).status, 404, "{path}");
    }
}

#[test]
fn the_described_fields_are_those_of_an_answer() {
    let service = Running::counter();
    let schemas = service.get("/openapi.json", &[]).json()["components"]["schemas"].clone();
    let asked = json!({"actor": {"role": "agent"}, "action": "refund", "amount": "40 EUR", "explain": true});
    let answer = service.post("/v1/ask", asked.to_string()).json();
    let described = schemas["Answer"]["properties"].as_object().unwrap();
    for field in answer.as_object().unwrap().keys() {
        assert!(described.contains_key(field), "{field}");
    }
    let question = schemas["Question"].to_string();
    for field in ["actor", "action", "amount", "facts", "record", "spent", "at", "lang", "explain"] {
        assert!(question.contains(&format!("\"{field}\"")), "{field}");
    }
}
