//! What belongs to all resources.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::running::{Running, exchange};
use crate::process::root;

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
        "/.well-known/authzen-configuration",
        "/access/v1/evaluation",
        "/access/v1/evaluations",
        "/access/v1/requests",
        "/access/v1/requests/{id}",
        "/access/v1/search/action",
        "/access/v1/search/resource",
        "/access/v1/search/subject",
        "/docs",
        "/healthz",
        "/metrics",
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

/// Who takes one of these as it is gets what is described.
#[test]
fn every_example_of_the_description_works() {
    let people = std::fs::read_to_string(root().join("tests/schemathesis/people.toml")).unwrap();
    let service = Running::with_ledger(&root().join("tests/fixtures/counter"), &people);
    let description = service.get("/openapi.json", &[]).json();
    let example = |path: &str| -> Value {
        let schema = &description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        description.pointer(&schema.as_str().unwrap()[1..]).unwrap()["example"].clone()
    };
    let keys = std::cell::Cell::new(0);
    let send = |path: &str, id: &str| {
        keys.set(keys.get() + 1);
        let reply = service.send(&path.replace("{id}", id), &example(path), &keys.get().to_string());
        (reply.status, reply.json())
    };
    for path in ["/v1/ask", "/v1/options", "/v1/ask/batch"] {
        assert_eq!(send(path, "").0, 200, "{path}");
    }
    let (status, granted) = send("/v1/grants", "");
    assert_eq!(status, 201, "{granted}");
    let (status, reversed) = send("/v1/grants/{id}/reverse", granted["id"].as_str().unwrap());
    assert_eq!(status, 200, "{reversed}");
    for step in ["approve", "decline", "hand_over", "add"] {
        let (status, opened) = send("/v1/cases", "");
        assert_eq!(status, 201, "{opened}");
        let (status, stepped) = send(&format!("/v1/cases/{{id}}/{step}"), opened["id"].as_str().unwrap());
        assert!([200, 201].contains(&status), "{step} {status} {stepped}");
    }
}

#[test]
fn what_is_read_is_one_object_with_no_other_fields() {
    let schemas = Running::counter().get("/openapi.json", &[]).json()["components"]["schemas"].clone();
    for name in
        ["Question", "Situation", "Batch", "Grantable", "Openable", "Reverse", "Approve", "Decline", "HandOver", "Add", "Actor", "Doer", "Somebody"]
    {
        assert_eq!(schemas[name]["additionalProperties"], false, "{name}");
        assert!(schemas[name].get("allOf").is_none(), "{name}");
    }
    assert_eq!(schemas["Grantable"]["required"], json!(["actor", "action"]));
    assert!(schemas["Grantable"]["properties"]["note"].is_object() && schemas["Grantable"]["properties"]["record"].is_object());
    assert_eq!(schemas["Quantity"]["oneOf"][2]["additionalProperties"], false);
    // An answer may get more fields one day.
    assert!(schemas["Answer"].get("additionalProperties").is_none());
    // A problem of the service, and one of a question.
    assert!(schemas["Problem"].to_string().contains("wrong_question") && schemas["QuestionProblem"]["properties"]["path"].is_object());
}

/// The name of a type is its name in the description: of two types with one name only one would be described.
#[test]
fn no_two_types_are_described_under_one_name() {
    let mut names = BTreeSet::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap();
            for described in text.split("ToSchema)").skip(1) {
                let head = described.lines().find(|line| line.starts_with("pub ")).unwrap();
                let own = head.split([' ', '(', '<', ';']).nth(2).unwrap();
                let before = described.split_once(head).unwrap().0;
                let name = before.split_once("schema(as = ").map_or(own, |(_, name)| name.split(')').next().unwrap());
                assert!(names.insert(name.to_owned()), "{name} in {}", entry.display());
            }
        }
    }
    assert!(names.contains("Question") && names.contains("Declined"), "{names:?}");
}
