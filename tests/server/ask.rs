//! `POST /v1/ask` and `POST /v1/options`

use serde_json::{Value, json};

use super::running::Running;
use crate::process::{COUNTER, folder, kulanz, root};

const AT: &str = "2026-11-21T10:00:00+01:00";

fn question(action: &str, amount: Option<&str>, facts: &Value) -> Value {
    json!({"actor": {"role": "agent", "id": "anna"}, "action": action, "amount": amount, "facts": facts, "at": AT})
}

#[test]
fn the_six_answers_are_those_of_the_command_line_byte_for_byte() {
    let service = Running::counter();
    let same = |word: &str, asked: &[&str], facts: &[&str], json: &Value| {
        let reply = service.post("/v1/ask", question(asked[0], asked.get(1).copied(), json).to_string());
        assert_eq!((reply.status, reply.json()["answer"].as_str()), (200, Some(word)), "{reply:?}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let arguments = ["--as", "agent", "--actor", "anna", "--at", AT, "--format", "json", "-p", COUNTER];
        assert_eq!(reply.body, kulanz(&[&["ask"], asked, &arguments, facts].concat()).out);
    };
    let refund = ["refund", "40 EUR"];
    same("yes", &refund, &["reason=late"], &json!({"reason": "late"}));
    let damaged = json!({"reason": "damaged", "order": {"days": 3, "total": "120 EUR"}});
    same("owed", &refund, &["reason=damaged", "order.days=3", "order.total=120 EUR"], &damaged);
    same("up_to", &["refund", "80 EUR"], &["reason=late"], &json!({"reason": "late"}));
    same("ask", &["exchange"], &[], &json!({}));
    same("no", &refund, &["reason=changed_mind"], &json!({"reason": "changed_mind"}));
    same("need", &refund, &[], &json!({}));
}

#[test]
fn options_are_those_of_the_command_line() {
    let service = Running::counter();
    let case = json!({"actor": {"role": "agent", "id": "anna"}, "facts": {"reason": "late"}, "at": AT});
    let reply = service.post("/v1/options", case.to_string());
    assert_eq!(reply.status, 200);
    let arguments = ["options", "--as", "agent", "--actor", "anna", "--at", AT, "--format", "json", "-p", COUNTER, "reason=late"];
    assert_eq!(reply.body, kulanz(&arguments).exits(0).out);
    let mut explained = case.clone();
    explained["explain"] = json!(true);
    assert!(reply.json()["options"][0].get("explain").is_none());
    assert_eq!(service.post("/v1/options", explained.to_string()).json()["options"][0]["explain"].as_array().unwrap().len(), 3);
    service.post("/v1/options", json!({"actor": {"role": "agnet"}}).to_string()).is_problem(422, "wrong_question");
    service.post("/v1/options", "{").is_problem(400, "not_json");
}

#[test]
fn every_mistake_of_a_wrong_question_is_named() {
    let service = Running::counter();
    let wrong = json!({"actor": {"role": "agnet"}, "action": "refund", "amount": "-1 EUR", "facts": {"raeson": "late"}, "colour": "red"});
    let problem = service.post("/v1/ask", wrong.to_string()).is_problem(422, "wrong_question");
    let errors = problem["errors"].as_array().unwrap();
    let at = |path: &str| errors.iter().find(|error| error["path"] == path).unwrap_or_else(|| panic!("{path} is not in {problem}"));
    assert!(at("/actor/role")["help"].as_str().unwrap().contains("agent"));
    assert!(at("/facts/raeson")["help"].as_str().unwrap().contains("reason"));
    at("/amount");
    at("/colour");
    assert!(errors.iter().all(|error| error["message"].is_string() && error.get("help").is_some()));
}

#[test]
fn what_is_not_json_is_refused() {
    let service = Running::counter();
    service.post("/v1/ask", "").is_problem(400, "not_json");
    service.post("/v1/ask", "{\"actor\": ").is_problem(400, "not_json");
    for path in ["/v1/ask", "/v1/options", "/v1/ask/batch"] {
        let problem = service.post(path, b"{\"action\": \"\xff\"}").is_problem(400, "not_utf8");
        assert_eq!(problem["detail"], "not UTF-8 from byte 13 on");
    }
    let deep = format!("{}{}", "[".repeat(128), "]".repeat(128));
    for path in ["/v1/ask", "/v1/options"] {
        let problem = service.post(path, &deep).is_problem(422, "too_deep");
        assert!(problem["detail"].as_str().unwrap().contains("127"), "{problem}");
    }
    let among = service.post("/v1/ask/batch", format!("{{\"questions\": [{deep}]}}")).json();
    assert_eq!(among["answers"][0]["code"], "too_deep");
    service.post("/v1/ask", "[]").is_problem(422, "wrong_question");
    service.post("/v1/ask", "null").is_problem(422, "wrong_question");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_body() {
    let service = Running::counter();
    let question = question("exchange", None, &json!({}));
    let case = json!({"actor": {"role": "agent"}});
    for (path, body) in [("/v1/ask", &question), ("/v1/options", &case), ("/v1/ask/batch", &json!({"questions": [question]}))] {
        let (plain, marked) = (service.post(path, body.to_string()), service.post(path, format!("\u{feff}{body}")));
        assert_eq!((marked.status, marked.json()), (200, plain.json()), "{path}");
    }
}

#[test]
fn the_body_must_be_called_json() {
    let service = Running::counter();
    let body = question("exchange", None, &json!({})).to_string();
    let status = |headers: &[(&str, &str)]| service.post_as("/v1/ask", &body, headers).status;
    assert_eq!(status(&[("content-type", "application/json")]), 200);
    assert_eq!(status(&[("content-type", "application/json; charset=utf-8")]), 200);
    assert_eq!(status(&[("content-type", "application/vnd.shop.case+json")]), 200);
    service.post_as("/v1/ask", &body, &[("content-type", "application/json; charset=iso-8859-1")]).is_problem(415, "unsupported_media_type");
    service.post_as("/v1/ask", &body, &[("content-type", "text/plain")]).is_problem(415, "unsupported_media_type");
    service.post_as("/v1/ask", &body, &[("content-type", "application/x-www-form-urlencoded")]).is_problem(415, "unsupported_media_type");
}

#[test]
fn a_record_is_believed_or_refused_but_never_ignored() {
    let with_record = json!({"actor": {"role": "agent"}, "action": "refund", "amount": "40 EUR", "facts": {"reason": "damaged", "order.days": 3}, "record": {"order.total": "120 EUR"}});
    let trusting = Running::counter();
    let answer = trusting.post("/v1/ask", with_record.to_string()).json();
    assert_eq!((&answer["answer"], &answer["provisional"]), (&json!("owed"), &json!([])));

    let config = folder(&[("kulanz.toml", "trust_record = false\n")]);
    let config = config.path().join("kulanz.toml");
    let by_option = Running::start(&root().join(COUNTER), &["--trust-record=false"]);
    let by_file = Running::start(&root().join(COUNTER), &["--config", config.to_str().unwrap()]);
    let overridden = Running::start(&root().join(COUNTER), &["--config", config.to_str().unwrap(), "--trust-record"]);
    for service in [&by_option, &by_file] {
        let problem = service.post("/v1/ask", with_record.to_string()).is_problem(422, "wrong_question");
        assert_eq!(problem["errors"][0]["path"], "/record");
        let of_all = json!({"actor": {"role": "agnt"}, "action": "refnd", "record": {"order.total": "120 EUR"}});
        let problem = service.post("/v1/ask", of_all.to_string()).is_problem(422, "wrong_question");
        let paths: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error["path"].as_str().unwrap()).collect();
        assert_eq!(paths, ["/action", "/actor/role", "/record"]);
        service
            .post("/v1/options", json!({"actor": {"role": "agent"}, "record": {"order.total": "1 EUR"}}).to_string())
            .is_problem(422, "wrong_question");
        // A record that claims nothing is none.
        assert_eq!(service.post("/v1/options", json!({"actor": {"role": "agent"}, "record": {}}).to_string()).status, 200);
        let batch = service.post("/v1/ask/batch", json!({"questions": [with_record]}).to_string()).json();
        assert_eq!(batch["answers"][0]["code"], "wrong_question");
    }
    assert_eq!(overridden.post("/v1/ask", with_record.to_string()).status, 200);
}
