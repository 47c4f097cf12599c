//! The OpenID AuthZEN Authorization API 1.0 and the profiles for obligations and access requests.

mod callers;
mod requests;
mod scenario;

use serde_json::{Value, json};

use super::running::{Reply, Running};
use crate::process::root;

const EVALUATION: &str = "/access/v1/evaluation";
const EVALUATIONS: &str = "/access/v1/evaluations";

/// The records, with the configuration beside them.
fn records() -> Running {
    let pack = root().join("tests/fixtures/authzen");
    Running::start(&pack, &["--config", pack.join("kulanz.toml").to_str().unwrap()])
}

/// The same with another configuration.
fn configured(change: impl Fn(String) -> String) -> Running {
    let pack = root().join("tests/fixtures/authzen");
    let text = std::fs::read_to_string(pack.join("kulanz.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["people.toml", "known-records.json"] {
        std::fs::copy(pack.join(name), folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("kulanz.toml"), change(text)).unwrap();
    Running::start(&pack, &["--config", folder.path().join("kulanz.toml").to_str().unwrap()])
}

/// Changes configured text, which must be there.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

fn user(id: &str) -> Value {
    json!({"type": "user", "id": id})
}

fn record(id: &str) -> Value {
    json!({"type": "record", "id": id})
}

fn may(who: &str, what: &str, which: &str) -> Value {
    json!({"subject": user(who), "action": {"name": what}, "resource": record(which)})
}

fn refund(who: &str, amount: &str) -> Value {
    json!({"subject": user(who), "action": {"name": "refund", "properties": {"amount": amount}}, "resource": record("record-1")})
}

fn send(service: &Running, path: &str, body: &Value) -> Reply {
    service.post(path, body.to_string())
}

#[track_caller]
fn decided(service: &Running, body: &Value) -> Value {
    let reply = send(service, EVALUATION, body);
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")), "{reply:?}");
    reply.json()
}

#[track_caller]
fn decision(service: &Running, body: &Value) -> bool {
    decided(service, body)["decision"].as_bool().unwrap()
}

fn reason(service: &Running, body: &Value) -> String {
    let decided = decided(service, body);
    assert_eq!(decided["decision"], false, "{decided}");
    decided["context"]["reason"].as_str().unwrap().to_owned()
}

fn ids(reply: &Reply, name: &str) -> Vec<String> {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["results"].as_array().unwrap().iter().map(|found| found[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_context_says_why_and_what_must_be_done() {
    let service = records();
    let yes = decided(&service, &refund("alice", "50 EUR"));
    assert_eq!(yes["decision"], true);
    let context = &yes["context"];
    assert_eq!((&context["reason"], &context["answer"], &context["limit"]), (&json!("permitted"), &json!("yes"), &json!("50.00 EUR")));
    assert_eq!(context["reasons"][0]["rule"], "small_refund");
    let obligation = &context["obligations"][0];
    assert_eq!((&obligation["type"], &obligation["properties"]["duty"]), (&json!("custom"), &json!("log")));
    assert!(obligation["id"].is_string() && context.get("access_request").is_none());

    let more = decided(&service, &refund("alice", "50.01 EUR"));
    assert_eq!((&more["decision"], &more["context"]["reason"]), (&json!(false), &json!("above_limit")));
    assert!(more["context"].get("obligations").is_none(), "a denial asks nothing of the caller: {more}");
    assert_eq!(more["context"]["access_request"]["template"], "chief");
    let nobody = decided(&service, &refund("alice", "200.01 EUR"));
    assert!(nobody["decision"] == false && nobody["context"].get("access_request").is_none(), "{nobody}");
    let need = decided(&service, &may("alice", "delete", "record-1"));
    assert_eq!((&need["context"]["reason"], &need["context"]["need"][0]["fact"]), (&json!("facts_needed"), &json!("delete.soft")));
}

#[test]
fn what_is_not_known_is_denied() {
    let service = records();
    assert_eq!(reason(&service, &may("zoe", "read", "record-1")), "unknown_subject");
    assert_eq!(reason(&service, &may("alice", "fly", "record-1")), "unknown_action");
    assert_eq!(reason(&service, &may("alice", "read", "record-9")), "unknown_resource");
    let mut ship = may("alice", "read", "record-1");
    ship["subject"]["type"] = "ship".into();
    assert_eq!(reason(&service, &ship), "unknown_subject");
    let mut forged = may("alice", "write", "record-2");
    forged["subject"]["properties"] = json!({"role": "admin"});
    assert_eq!(reason(&service, &forged), "subject_contradicted", "the list of people counts");
    // Of somebody who is not listed, a caller who is believed may say the role.
    let mut guest = may("zoe", "write", "record-2");
    guest["subject"]["properties"] = json!({"role": "admin"});
    assert!(decision(&service, &guest));
    let strict = configured(|text| format!("trust_record = false\n{text}"));
    assert_eq!(reason(&strict, &guest), "unknown_subject");
}

#[test]
fn who_is_not_believed_cannot_change_what_is_listed() {
    let mut archived = may("alice", "write", "record-2");
    assert_eq!(reason(&records(), &archived), "approval_required");
    archived["resource"]["properties"] = json!({"status": "active"});
    assert!(decision(&records(), &archived), "a system of record knows better than a list");
    assert!(!decision(&configured(|text| format!("trust_record = false\n{text}")), &archived));
}

#[test]
fn a_wrong_value_is_a_wrong_request() {
    let service = records();
    let mut wrong = may("alice", "write", "record-1");
    wrong["resource"]["properties"] = json!({"status": "lost"});
    let problem = send(&service, EVALUATION, &wrong).is_problem(400, "wrong_question");
    assert_eq!(problem["errors"][0]["path"], "/resource/properties/status");
    let place = |body: &Value| send(&service, EVALUATION, body).is_problem(400, "wrong_question")["errors"][0]["path"].clone();
    assert_eq!(place(&refund("alice", "40 USD")), "/action/properties/amount");
    let mut soft = may("alice", "delete", "record-1");
    soft["action"]["properties"] = json!({"soft": "perhaps"});
    assert_eq!(place(&soft), "/action/properties/soft");
    let several = json!({"evaluations": [wrong, may("alice", "write", "record-1")]});
    let several = send(&service, EVALUATIONS, &several).json();
    assert_eq!(several["evaluations"][0]["context"]["error"]["status"], 400, "{several}");
    assert_eq!((&several["evaluations"][0]["decision"], &several["evaluations"][1]["decision"]), (&json!(false), &json!(true)));
    let twice =
        r#"{"subject": {"type": "user", "id": "alice", "id": "bob"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "record-1"}}"#;
    service.post(EVALUATION, twice).is_problem(400, "wrong_question");
}

#[test]
fn evaluations_stop_where_they_are_told_to() {
    let service = records();
    // Yes, no, yes.
    let with = |semantic: &str, records: [&str; 3]| {
        let items: Vec<_> = records.iter().map(|id| json!({"resource": record(id)})).collect();
        let body =
            json!({"subject": user("alice"), "action": {"name": "write"}, "options": {"evaluations_semantic": semantic}, "evaluations": items});
        let reply = send(&service, EVALUATIONS, &body);
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["evaluations"].as_array().unwrap().iter().map(|one| one["decision"].as_bool().unwrap()).collect::<Vec<_>>()
    };
    let (yes, no) = ("record-1", "record-2");
    assert_eq!(with("execute_all", [yes, no, yes]), [true, false, true]);
    assert_eq!(with("deny_on_first_deny", [yes, no, yes]), [true, false]);
    assert_eq!(with("deny_on_first_deny", [yes, yes, yes]), [true, true, true]);
    assert_eq!(with("permit_on_first_permit", [no, yes, yes]), [false, true]);
    assert_eq!(with("permit_on_first_permit", [no, no, no]), [false, false, false]);
    for options in [json!({"evaluations_semantic": "some"}), json!({"evaluations_semantic": 1}), json!([])] {
        let body = json!({"options": options, "evaluations": [may("alice", "read", yes)]});
        send(&service, EVALUATIONS, &body).is_problem(400, "wrong_question");
    }
    let few = configured(|text| replaced(&text, "[authzen]\n", "[authzen]\nevaluations = 2\n"));
    let many = |count: usize| send(&few, EVALUATIONS, &json!({"evaluations": vec![may("alice", "read", yes); count]}));
    assert_eq!(many(2).status, 200);
    many(3).is_problem(400, "wrong_question");
}

#[test]
fn an_evaluation_spends_nothing() {
    let service = records();
    for _ in 0..3 {
        assert!(decision(&service, &refund("alice", "50 EUR")));
    }
    assert_eq!(service.get("/v1/grants", &[]).json()["grants"], json!([]));
}

#[test]
fn searches_come_in_pages() {
    let service = records();
    let search = |page: Value, action: &str| {
        let body = json!({"subject": {"type": "user"}, "action": {"name": action}, "resource": record("record-1"), "page": page});
        send(&service, "/access/v1/search/subject", &body)
    };
    let (mut all, mut token) = (Vec::new(), json!(null));
    let pages = std::iter::from_fn(|| {
        let reply = search(json!({"limit": 3, "token": token}), "read");
        let page = reply.json()["page"].clone();
        let found = ids(&reply, "id");
        assert_eq!(page["count"], found.len());
        token = page["next_token"].clone();
        all.extend(found);
        (token != "").then_some(())
    });
    assert_eq!(pages.count(), 1);
    assert_eq!(all, ["alice", "bob", "carla", "cem"]);

    let first = search(json!({"limit": 1}), "read").json()["page"]["next_token"].clone();
    // The limit is that of the first page, said or not.
    assert_eq!(ids(&search(json!({"token": first}), "read"), "id"), ["bob"]);
    search(json!({"token": first, "limit": 2}), "read").is_problem(400, "wrong_question");
    search(json!({"token": first}), "write").is_problem(400, "wrong_question");
    let forged = format!("3{}", &first.as_str().unwrap()[1..]);
    search(json!({"token": forged}), "read").is_problem(400, "wrong_question");
    for limit in [json!(-1), json!(1.5), json!("1")] {
        search(json!({"limit": limit}), "read").is_problem(400, "wrong_question");
    }
    assert!(ids(&search(json!({"limit": 0}), "read"), "id").is_empty());
    let small = configured(|text| replaced(&text, "[authzen]\n", "[authzen]\npage = 2\n"));
    let body = json!({"subject": {"type": "user"}, "action": {"name": "read"}, "resource": record("record-1"), "page": {"limit": 500}});
    assert_eq!(ids(&send(&small, "/access/v1/search/subject", &body), "id").len(), 2);
}

#[test]
fn what_is_found_says_what_must_be_done() {
    let service = records();
    let found = send(&service, "/access/v1/search/action", &json!({"subject": user("alice"), "resource": record("record-1")})).json();
    let refund = found["results"].as_array().unwrap().iter().find(|found| found["name"] == "refund").unwrap();
    assert_eq!(refund["obligations"][0]["properties"]["duty"], "log");
}

#[test]
fn the_metadata_says_where_everything_is() {
    let told = records().get("/.well-known/authzen-configuration", &[]).json();
    assert_eq!(told["policy_decision_point"], "https://pdp.example.com");
    assert_eq!(told["access_request_endpoint"], "https://pdp.example.com/access/v1/requests");
    assert_eq!(
        (&told["supported_obligations"], &told["capabilities"]),
        (&json!(["custom"]), &json!(["urn:openid:authzen:capability:access-request"]))
    );
    let bare = Running::counter();
    let told = bare.get("/.well-known/authzen-configuration", &[]).json();
    assert_eq!(told["access_evaluation_endpoint"], format!("http://{}{EVALUATION}", bare.address));
    assert!(told.get("access_request_endpoint").is_none(), "there is no ledger");
    let odd = bare.get("/.well-known/authzen-configuration", &[("host", "a/b\"c")]).json();
    assert_eq!(odd["policy_decision_point"], "http://localhost");
}

#[test]
fn a_configuration_that_does_not_fit_the_policy_is_refused() {
    let pack = root().join("tests/fixtures/authzen");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kulanz.toml");
    std::fs::write(&file, "[authzen.subjects.user]\nrole = 'pilot'\n[authzen.resources.record]\nid = 'ship.id'\n[authzen.actions.fly]").unwrap();
    let mut serve = crate::process::command();
    let output = serve.args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(&pack).arg("--config").arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success());
    for missing in ["the role `pilot`", "the fact `ship.id`", "the action `fly`"] {
        assert!(told.contains(missing), "{told}");
    }
}
