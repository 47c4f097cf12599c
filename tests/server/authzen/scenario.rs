//! The scenario of the certification: alice and bob, an active and an archived record.

use serde_json::{Value, json};

use super::{EVALUATION, EVALUATIONS, decision, ids, may, record, records, send, user};
use crate::server::running::Running;

fn with(mut body: Value, part: &str, properties: &Value) -> Value {
    body[part]["properties"] = properties.clone();
    body
}

#[test]
fn decisions_are_those_of_the_fixture() {
    let service = records();
    let is = |body: &Value| decision(&service, body);
    assert!(is(&may("alice", "read", "record-1")) && is(&may("alice", "write", "record-1")) && is(&may("bob", "read", "record-1")));
    assert!(!is(&may("bob", "write", "record-1")));
    assert!(!is(&with(may("alice", "write", "record-2"), "resource", &json!({"status": "archived"}))));
    let admin = with(may("bob", "write", "record-2"), "subject", &json!({"role": "admin"}));
    assert!(is(&with(admin, "resource", &json!({"status": "archived"}))));
    assert!(is(&with(may("alice", "delete", "record-1"), "action", &json!({"soft": true}))));
    assert!(!is(&with(may("alice", "delete", "record-1"), "action", &json!({"soft": false}))));
    let mut more = with(may("alice", "read", "record-1"), "subject", &json!({"department": "Sales", "role": "manager"}));
    more["context"] = json!({"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"});
    more["future"] = json!({"nested": [true]});
    assert!(is(&more));
}

#[test]
fn a_request_without_its_parts_is_a_bad_request() {
    let service = records();
    let good = may("alice", "read", "record-1");
    for part in ["subject", "action", "resource"] {
        let mut without = good.clone();
        without.as_object_mut().unwrap().remove(part);
        send(&service, EVALUATION, &without).is_problem(400, "wrong_question");
        for wrong in [json!("alice"), json!({}), json!([]), json!(null)] {
            let mut other = good.clone();
            other[part] = wrong;
            send(&service, EVALUATION, &other).is_problem(400, "wrong_question");
        }
    }
    for pointer in ["/subject/type", "/subject/id", "/action/name", "/resource/type", "/resource/id"] {
        for wrong in [json!(123), json!(null), json!(" "), json!({})] {
            let mut other = good.clone();
            *other.pointer_mut(pointer).unwrap() = wrong;
            let problem = send(&service, EVALUATION, &other).is_problem(400, "wrong_question");
            assert_eq!(problem["errors"][0]["path"], pointer);
        }
    }
    for (member, wrong) in [("context", json!("x")), ("context", json!([]))] {
        let mut other = good.clone();
        other[member] = wrong;
        send(&service, EVALUATION, &other).is_problem(400, "wrong_question");
    }
}

#[test]
fn what_is_no_json_is_a_bad_request_everywhere() {
    let service = records();
    let paths =
        [EVALUATION, EVALUATIONS, "/access/v1/search/subject", "/access/v1/search/resource", "/access/v1/search/action", "/access/v1/requests"];
    for path in paths {
        let text = service.post_as(path, may("alice", "read", "record-1").to_string(), &[("content-type", "text/plain")]);
        text.is_problem(400, "unsupported_media_type");
        service.post(path, "{\"subject\":").is_problem(400, "not_json");
        service.post(path, "").is_problem(400, "not_json");
        service.post(path, "[]").is_problem(400, "wrong_question");
        service.post(path, "[".repeat(200) + &"]".repeat(200)).is_problem(400, "too_deep");
    }
}

#[test]
fn evaluations_are_counted_as_answers() {
    let service = records();
    let both = json!({"evaluations": [may("alice", "read", "record-1"), may("alice", "read", "record-1")]});
    send(&service, EVALUATION, &may("alice", "read", "record-1"));
    send(&service, EVALUATIONS, &both);
    let page = service.get("/metrics", &[]).body;
    assert!(page.contains("kulanz_answers_total{action=\"read\",answer=\"yes\"} 3\n"), "{page}");
}

#[test]
fn an_id_of_a_request_comes_back() {
    let service = records();
    let headers = [("content-type", "application/json"), ("x-request-id", "pep-1")];
    let reply = service.post_as(EVALUATION, may("alice", "read", "record-1").to_string(), &headers);
    assert_eq!((reply.status, reply.header("x-request-id")), (200, Some("pep-1")));
}

fn all(service: &Running, body: &Value) -> Vec<bool> {
    let reply = send(service, EVALUATIONS, body);
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["evaluations"].as_array().unwrap().iter().map(|one| one["decision"].as_bool().unwrap()).collect()
}

#[test]
fn evaluations_take_what_they_leave_out_from_the_whole() {
    let service = records();
    let archived = json!({"type": "record", "id": "record-2", "properties": {"status": "archived"}});
    let items =
        json!({"subject": user("bob"), "resource": record("record-1"), "evaluations": [{"action": {"name": "read"}}, {"action": {"name": "write"}}]});
    assert_eq!(all(&service, &items), [true, false]);
    let items = json!({"action": {"name": "write"}, "resource": archived, "evaluations": [{"subject": user("alice")}, {"subject": user("bob")}]});
    assert_eq!(all(&service, &items), [false, true]);
    let items =
        json!({"subject": user("alice"), "action": {"name": "write"}, "resource": record("record-1"), "evaluations": [{}, {"resource": archived}]});
    assert_eq!(all(&service, &items), [true, false]);
    let items = json!({"evaluations": [may("alice", "read", "record-1"), may("bob", "write", "record-1")]});
    assert_eq!(all(&service, &items), [true, false]);
    let items = json!({"subject": user("alice"), "action": {"name": "read"}, "evaluations": [{"resource": record("record-1")}, {}, 1]});
    assert_eq!(all(&service, &items), [true, false, false]);
    let mut single = may("alice", "read", "record-1");
    assert_eq!(send(&service, EVALUATIONS, &single).json()["decision"], true);
    single["evaluations"] = json!([]);
    assert_eq!(send(&service, EVALUATIONS, &single).json()["decision"], true);
    single["evaluations"] = json!({});
    send(&service, EVALUATIONS, &single).is_problem(400, "wrong_question");
}

#[test]
fn searches_find_what_is_permitted() {
    let service = records();
    let search = |what: &str, body: &Value, name: &str| ids(&send(&service, &format!("/access/v1/search/{what}"), body), name);
    let users = |action: &str, which: &Value| {
        search("subject", &json!({"subject": {"type": "user", "id": "nobody"}, "action": {"name": action}, "resource": which}), "id")
    };
    assert_eq!(users("read", &record("record-1")), ["alice", "bob", "carla", "cem"]);
    assert_eq!(users("write", &json!({"type": "record", "id": "record-2", "properties": {"status": "archived"}})), ["bob"]);
    let which =
        |who: &Value, action: &str| search("resource", &json!({"subject": who, "action": {"name": action}, "resource": {"type": "record"}}), "id");
    assert_eq!(which(&user("alice"), "read"), ["record-1", "record-2"]);
    assert_eq!(which(&user("alice"), "write"), ["record-1"]);
    assert_eq!(which(&json!({"type": "user", "id": "bob", "properties": {"role": "admin"}}), "write"), ["record-2"]);
    let what = |who: &str, which: &str| search("action", &json!({"subject": user(who), "resource": record(which)}), "name");
    assert_eq!(what("alice", "record-1"), ["refund", "read", "write"]);
    assert_eq!(what("bob", "record-2"), ["read", "write"]);
    assert!(what("nonexistent-user", "record-1").is_empty());
    let ship = json!({"subject": {"type": "spaceship"}, "action": {"name": "read"}, "resource": record("record-1")});
    assert!(search("subject", &ship, "id").is_empty());
}

#[test]
fn a_search_without_its_parts_is_a_bad_request() {
    let service = records();
    let (subject, action, resource) = (user("alice"), json!({"name": "read"}), record("record-1"));
    for (what, body) in [
        ("subject", json!({"subject": {"type": "user"}, "resource": resource})),
        ("subject", json!({"subject": {"type": "user"}, "action": action, "resource": {"type": "record"}})),
        ("subject", json!({"subject": {}, "action": action, "resource": resource})),
        ("resource", json!({"action": action, "resource": {"type": "record"}})),
        ("resource", json!({"subject": {"type": "user"}, "action": action, "resource": {"type": "record"}})),
        ("resource", json!({"subject": subject, "action": action, "resource": {}})),
        ("action", json!({"subject": subject})),
        ("action", json!({"subject": {"type": "user"}, "resource": resource})),
        ("action", json!({"subject": subject, "resource": resource, "page": 1})),
    ] {
        send(&service, &format!("/access/v1/search/{what}"), &body).is_problem(400, "wrong_question");
    }
}
