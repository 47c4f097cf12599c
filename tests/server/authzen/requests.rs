//! A denial that becomes a case, and its approval.

use serde_json::{Value, json};

use super::{EVALUATION, configured, decided, decision, records, refund, replaced, send};
use crate::server::running::{Reply, Running, eventually};

const REQUESTS: &str = "/access/v1/requests";

/// The request that belongs to a denial.
fn request(service: &Running, body: &Value) -> Value {
    let denied = decided(service, body);
    assert_eq!(denied["decision"], false);
    let context = &denied["context"];
    let (asks, mut request) = (&context["access_request"], body.clone());
    assert_eq!(asks["endpoint"], "https://pdp.example.com/access/v1/requests");
    request["denial"] = json!({"binding_token": asks["binding_token"], "expires_at": asks["expires_at"], "evaluation_id": context["evaluation_id"]});
    request["context"] = json!({"business_justification": "she waited two hours"});
    request
}

fn opened(service: &Running, body: &Value) -> Value {
    let reply = send(service, REQUESTS, &request(service, body));
    assert_eq!(reply.status, 202, "{reply:?}");
    assert_eq!(reply.header("location"), reply.json()["task"]["status_endpoint"].as_str());
    reply.json()["task"].clone()
}

#[track_caller]
fn refused(reply: &Reply, status: u16, ty: &str) {
    assert_eq!((reply.status, reply.header("content-type")), (status, Some("application/problem+json")), "{reply:?}");
    assert_eq!(reply.json()["type"], format!("urn:openid:authzen:access-request:error:{ty}"));
}

fn status(service: &Running, task: &Value) -> Value {
    let told = service.get(&format!("{REQUESTS}/{}", task["id"].as_str().unwrap()), &[]);
    assert_eq!(told.status, 200, "{told:?}");
    told.json()
}

/// The owner does something with the case.
fn step(service: &Running, task: &Value, name: &str, more: Value) -> Reply {
    let case = task["case"].as_str().unwrap();
    let mut body = more;
    body["actor"] = json!({"id": service.get(case, &[]).json()["owner"]["id"]});
    let reply = send(service, &format!("{case}/{name}"), &body);
    assert_eq!(reply.status, 200, "{reply:?}");
    reply
}

/// The evaluation once more, with the approval of a task.
fn again(service: &Running, body: &Value, task: &Value) -> Value {
    let mut body = body.clone();
    body["context"] = json!({"approval": status(service, task)["result"]["approval"]});
    decided(service, &body)
}

#[test]
fn a_denial_becomes_a_case_and_its_approval_a_permission() {
    let service = records();
    let body = refund("alice", "80 EUR");
    let task = opened(&service, &body);
    let pending = status(&service, &task);
    assert_eq!((&pending["task"]["status"], pending.get("result")), (&json!("pending"), None));
    let case = service.get(task["case"].as_str().unwrap(), &[]).json();
    assert_eq!(
        (&case["note"], &case["proposer"]["id"], &case["question"]["record"]["record.id"]),
        (&json!("she waited two hours"), &json!("alice"), &json!("record-1"))
    );
    step(&service, &task, "approve", json!({}));
    let approved = status(&service, &task);
    assert_eq!((&approved["task"]["status"], &approved["result"]["mode"]), (&json!("approved"), &json!("reevaluate")));
    let permitted = again(&service, &body, &task);
    assert_eq!((&permitted["decision"], &permitted["context"]["reason"]), (&json!(true), &json!("approved")));
    assert_eq!(permitted["context"]["approval"]["approved_until"], approved["result"]["approval"]["approved_until"]);
    assert!(again(&service, &body, &task)["decision"] == true);
    assert_eq!(service.get("/v1/grants", &[]).json()["grants"].as_array().unwrap().len(), 1, "the approval is the grant, and nothing more is spent");
    assert!(!decision(&service, &body), "nothing is permitted without it");

    // Once the grant is taken back, so is the approval.
    let grant = permitted["context"]["grant"].as_str().unwrap();
    let held = approved["result"]["approval"].clone();
    let reversed = json!({"actor": {"id": "carla"}, "reason": "it was on time"});
    assert_eq!(service.send(&format!("/v1/grants/{grant}/reverse"), &reversed, "r").status, 200);
    assert_eq!(status(&service, &task)["task"]["status"], "cancelled");
    let mut late = body;
    late["context"] = json!({"approval": held});
    let denied = decided(&service, &late);
    assert_eq!(
        (&denied["decision"], &denied["context"]["reason"], &denied["context"]["next_action"]),
        (&json!(false), &json!("approval_expired"), &json!("request"))
    );
    assert!(denied["context"]["access_request"]["binding_token"].is_string());
}

/// Guard: the decision log says that it was the approval which permitted, and statistics count no wall.
#[test]
fn an_evaluation_by_an_approval_is_logged_as_one() {
    let pack = crate::process::root().join("tests/fixtures/authzen");
    let folder = tempfile::tempdir().unwrap();
    for name in ["people.toml", "known-records.json"] {
        std::fs::copy(pack.join(name), folder.path().join(name)).unwrap();
    }
    let config = std::fs::read_to_string(pack.join("kulanz.toml")).unwrap() + "\n[decisions]\nto = \"log.jsonl\"\nflush_millis = 0\n";
    std::fs::write(folder.path().join("kulanz.toml"), config).unwrap();
    let service = Running::start(&pack, &["--config", folder.path().join("kulanz.toml").to_str().unwrap()]);
    let body = refund("alice", "80 EUR");
    let task = opened(&service, &body);
    step(&service, &task, "approve", json!({}));
    let permitted = again(&service, &body, &task);
    let file = folder.path().join("log.jsonl");
    let lines = eventually("it is logged", || {
        let lines: Vec<Value> = std::fs::read_to_string(&file).ok()?.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        lines.iter().any(|line| line.get("approval").is_some()).then_some(lines)
    });
    let last = lines.last().unwrap();
    assert_eq!((&last["kind"], &last["approval"]), (&json!("ask"), &permitted["context"]["grant"]));
    assert!(lines.iter().filter(|line| line["kind"] == "ask").rev().skip(1).all(|line| line.get("approval").is_none()), "{lines:?}");
    let schema = crate::server::decisions::schema::schema();
    assert_eq!(crate::server::decisions::schema::misfit(&schema, &schema, last, ""), None);
    let stats = crate::process::end(crate::process::command().args(["log", "stats", "--format", "json"]).arg(&file)).exits(0).json();
    assert_eq!(stats["answers"]["approved"], 1, "{stats}");
}

/// The draft: an approval is held against the policy of now, which may deny what it once let somebody approve.
#[test]
fn an_approval_is_held_against_the_policy_of_now() {
    let pack = crate::process::root().join("tests/fixtures/authzen");
    let policy = std::fs::read_to_string(pack.join("records.kulanz")).unwrap();
    let folder = crate::process::folder(&[("records.kulanz", &policy)]);
    for name in ["kulanz.toml", "people.toml", "known-records.json"] {
        std::fs::copy(pack.join(name), folder.path().join(name)).unwrap();
    }
    let service = Running::start(&folder.path().join("records.kulanz"), &["--config", folder.path().join("kulanz.toml").to_str().unwrap()]);
    let body = refund("alice", "80 EUR");
    let task = opened(&service, &body);
    step(&service, &task, "approve", json!({}));
    assert_eq!(again(&service, &body, &task)["decision"], true);
    let change = |from: &str, to: &str| {
        let before = service.get("/v1/policy", &[]).json()["version"].clone();
        std::fs::write(folder.path().join("records.kulanz"), replaced(&policy, from, to)).unwrap();
        eventually("the policy is another one", || (service.get("/v1/policy", &[]).json()["version"] != before).then_some(()));
    };
    // The chief may no longer give so much.
    change("chief may refund up to 200 EUR", "chief may refund up to 79 EUR");
    let denied = again(&service, &body, &task);
    assert_eq!(
        (&denied["decision"], &denied["context"]["reason"], &denied["context"]["next_action"]),
        (&json!(false), &json!("policy_denied"), &json!("none")),
        "{denied}"
    );
    change("chief may refund up to 200 EUR", "chief may refund up to 80 EUR");
    assert_eq!(again(&service, &body, &task)["decision"], true);
    // Nobody may any more.
    change("rule large_refund", "rule none_at_all\n  everyone may not refund\n\nrule large_refund");
    assert_eq!(again(&service, &body, &task)["context"]["reason"], "policy_denied");
}

/// Guard: what the grant of an approval took from a budget is not held against that approval.
#[test]
fn an_approval_is_not_denied_by_its_own_grant() {
    let pack = crate::process::root().join("tests/fixtures/authzen");
    let policy = std::fs::read_to_string(pack.join("records.kulanz")).unwrap();
    let policy = replaced(
        &policy,
        "rule large_refund\n  chief may refund up to 200 EUR",
        "budget purse \"Purse\"\n  100 EUR per actor per month for chief\n\nrule large_refund\n  chief may refund up to 200 EUR\n  charge purse",
    );
    let folder = crate::process::folder(&[("records.kulanz", &policy)]);
    for name in ["kulanz.toml", "people.toml", "known-records.json"] {
        std::fs::copy(pack.join(name), folder.path().join(name)).unwrap();
    }
    let service = Running::start(&folder.path().join("records.kulanz"), &["--config", folder.path().join("kulanz.toml").to_str().unwrap()]);
    let body = refund("alice", "80 EUR");
    let task = opened(&service, &body);
    step(&service, &task, "approve", json!({}));
    assert_eq!(again(&service, &body, &task)["decision"], true);
}

#[test]
fn an_approval_is_for_what_was_asked() {
    let service = records();
    let body = refund("alice", "80 EUR");
    let task = opened(&service, &body);
    step(&service, &task, "approve", json!({}));
    let reason = |body: &Value| {
        let denied = again(&service, body, &task);
        (denied["decision"].clone(), denied["context"]["reason"].clone())
    };
    assert_eq!(reason(&refund("alice", "80.01 EUR")), (json!(false), json!("out_of_scope")));
    assert_eq!(reason(&refund("cem", "201 EUR")), (json!(false), json!("out_of_scope")));
    let mut other = body.clone();
    other["resource"]["id"] = "record-2".into();
    assert_eq!(reason(&other), (json!(false), json!("out_of_scope")));
    for approval in [json!({"id": "x"}), json!({"id": format!("{}0", task["id"].as_str().unwrap())}), json!({}), json!(7)] {
        let mut forged = body.clone();
        forged["context"] = json!({"approval": approval});
        let denied = decided(&service, &forged);
        assert_eq!(
            (&denied["decision"], &denied["context"]["reason"], &denied["context"]["next_action"]),
            (&json!(false), &json!("approval_unverifiable"), &json!("none"))
        );
    }
    // A task that nobody has decided approves nothing.
    let open = opened(&service, &refund("alice", "90 EUR"));
    let mut early = refund("alice", "90 EUR");
    early["context"] = json!({"approval": {"id": open["id"]}});
    assert!(!decision(&service, &early));
    step(&service, &open, "decline", json!({"reason": "it was on time", "offered": "an apology"}));
    assert_eq!(status(&service, &open)["task"]["status"], "denied");
    assert!(!decision(&service, &early));
}

#[test]
fn a_request_must_belong_to_its_denial() {
    let service = records();
    let good = request(&service, &refund("alice", "80 EUR"));
    let changed = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        send(&service, REQUESTS, &body)
    };
    refused(&changed("/denial", json!(null)), 400, "invalid_denial_binding");
    refused(&changed("/denial/binding_token", json!("1.x.00")), 400, "invalid_denial_binding");
    refused(&changed("/denial/binding_token", json!(null)), 400, "invalid_denial_binding");
    refused(&changed("/denial/expires_at", json!("soon")), 400, "invalid_denial_binding");
    refused(&changed("/denial/evaluation_id", json!("another")), 400, "invalid_denial_binding");
    refused(&changed("/denial/expires_at", json!("2020-01-01T00:00:00Z")), 410, "expired_denial");
    refused(&changed("/action/properties/amount", json!("90 EUR")), 400, "invalid_denial_binding");
    refused(&changed("/subject/id", json!("bob")), 400, "invalid_denial_binding");
    for name in ["items", "callback"] {
        let mut body = good.clone();
        body[name] = json!([]);
        send(&service, REQUESTS, &body).is_problem(400, "wrong_question");
    }
    assert_eq!(service.get("/v1/cases", &[]).json()["cases"], json!([]), "nothing was opened");
    // Another service has another key.
    refused(&send(&records(), REQUESTS, &good), 400, "invalid_denial_binding");
}

#[test]
fn a_request_is_brought_once() {
    let service = records();
    let body = request(&service, &refund("alice", "80 EUR"));
    let first = service.send(REQUESTS, &body, "one");
    let again = service.send(REQUESTS, &body, "one");
    assert_eq!((first.status, again.status, first.json()), (202, 202, again.json()));
    let mut other = body.clone();
    other["context"] = json!({"business_justification": "another reason"});
    refused(&service.send(REQUESTS, &other, "one"), 409, "duplicate_request");
    refused(&service.get(&format!("{REQUESTS}/x"), &[]), 404, "unknown_task");
    let id = first.json()["task"]["id"].as_str().unwrap().to_owned();
    refused(&service.get(&format!("{REQUESTS}/{}", id.replacen(&id[..1], "f", 1)), &[]), 404, "unknown_task");
}

#[test]
fn a_denial_becomes_one_case_also_without_a_key() {
    let service = records();
    let body = request(&service, &refund("alice", "80 EUR"));
    let (first, again) = (send(&service, REQUESTS, &body), send(&service, REQUESTS, &body));
    assert_eq!((first.status, again.status, first.json()), (202, 202, again.json()));
    let mut other = body.clone();
    other["context"] = json!({"business_justification": "another reason"});
    refused(&send(&service, REQUESTS, &other), 409, "duplicate_request");
    assert_eq!(service.get("/v1/cases", &[]).json()["cases"].as_array().unwrap().len(), 1);
    // Another denial of the same request is another case.
    assert_eq!(send(&service, REQUESTS, &request(&service, &refund("alice", "80 EUR"))).status, 202);
    assert_eq!(service.get("/v1/cases", &[]).json()["cases"].as_array().unwrap().len(), 2);
}

#[test]
fn without_a_ledger_nothing_can_be_brought() {
    let service = configured(|text| replaced(&text, "ledger = \"memory:\"\n", ""));
    let denied = send(&service, EVALUATION, &refund("alice", "80 EUR")).json();
    assert!(denied["decision"] == false && denied["context"].get("access_request").is_none(), "{denied}");
    send(&service, REQUESTS, &refund("alice", "80 EUR")).is_problem(503, "no_ledger");
}
