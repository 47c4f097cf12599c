//! `POST /v1/ask/batch`

use serde_json::{Value, json};

use super::running::Running;

fn question(amount: usize) -> Value {
    json!({"actor": {"role": "agent", "id": "anna"}, "action": "refund", "amount": format!("{amount} EUR"), "facts": {"reason": "late"}, "at": "2026-11-21"})
}

#[test]
fn answers_and_problems_in_order() {
    let service = Running::counter();
    let batch = json!({"questions": [question(1), {"action": "fly"}, question(80), 5]});
    let reply = service.post("/v1/ask/batch", batch.to_string());
    assert_eq!(reply.status, 200);
    let answers = reply.json()["answers"].as_array().unwrap().clone();
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["answer"], "yes");
    assert_eq!((&answers[1]["code"], &answers[1]["status"]), (&json!("wrong_question"), &json!(422)));
    assert_eq!(answers[2]["answer"], "up_to");
    assert_eq!(answers[3]["code"], "wrong_question");
    let single = service.post("/v1/ask", question(80).to_string());
    assert!(reply.body.contains(single.body.trim_end()), "a batch answers like a single question");
    assert_eq!(service.post("/v1/ask/batch", json!({"questions": []}).to_string()).json(), json!({"answers": []}));
}

#[test]
fn a_question_is_refused_as_it_is_alone() {
    let service = Running::counter();
    for question in [r#"{"a": "\ud83d"}"#.to_owned(), format!("{{\"a\": {}1{}}}", "[".repeat(126), "]".repeat(126)), r#"{"a": 1}"#.to_owned()] {
        let alone = service.post("/v1/ask", &question).json();
        let among = service.post("/v1/ask/batch", format!(r#"{{"questions": [{question}]}}"#)).json();
        let known = |problem: &Value| (problem["status"].clone(), problem["code"].clone(), problem["errors"].clone());
        assert_eq!(known(&among["answers"][0]), known(&alone), "{question}");
    }
}

#[test]
fn what_is_no_batch_is_refused() {
    let service = Running::counter();
    let post = |body: &str| service.post("/v1/ask/batch", body);
    post("{\"questions\": [").is_problem(400, "not_json");
    post("").is_problem(400, "not_json");
    let paths = |body: &str| {
        let problem = post(body).is_problem(422, "wrong_question");
        let errors = problem["errors"].as_array().unwrap();
        assert!(errors.iter().all(|error| error["help"].as_str().unwrap().contains("questions")), "{body}");
        errors.iter().map(|error| error["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for wrong in ["[]", "[[{}]]", "5", "null", "\"questions\""] {
        assert_eq!(paths(wrong), [""], "{wrong}");
    }
    for wrong in ["{}", "{\"questions\": 5}", "{\"questions\": null}", "{\"questions\": {}}", "{\"questions\": [], \"questions\": []}"] {
        assert_eq!(paths(wrong), ["/questions"], "{wrong}");
    }
    assert_eq!(paths("{\"questions\": [], \"colour\": 1}"), ["/colour"]);
    assert_eq!(paths("{\"a/b\": 0, \"questions\": 1, \"colour\": []}"), ["/a~1b", "/colour", "/questions"]);
    assert_eq!(post("{\"questions\": 5}").json()["errors"][0]["message"], "a list of questions is needed, not a number");
    service.post_as("/v1/ask/batch", "{}", &[("content-type", "text/plain")]).is_problem(415, "unsupported_media_type");
}

#[test]
fn a_batch_is_bounded_by_its_bytes_and_not_by_its_questions() {
    let service = Running::counter();
    let batch = |count: usize| format!("{{\"questions\": [{}]}}", vec!["0"; count].join(","));
    let reply = service.post("/v1/ask/batch", batch(12_000));
    assert_eq!((reply.status, reply.json()["answers"].as_array().unwrap().len()), (200, 12_000));
    let small = Running::with_limits("batch_answer_bytes = 1_000_000\n");
    small.post("/v1/ask/batch", batch(1_000_000)).is_problem(413, "answers_too_large");
}

#[test]
fn answers_longer_than_allowed_are_not_collected() {
    let batch = |count: usize| json!({"questions": vec![question(1); count]}).to_string();
    let length = Running::counter().post("/v1/ask/batch", batch(10)).body.trim_end().len() - "]}".len();
    let service = Running::with_limits(&format!("batch_answer_bytes = {length}\n"));
    assert_eq!(service.post("/v1/ask/batch", batch(10)).status, 200);
    let problem = service.post("/v1/ask/batch", batch(11)).is_problem(413, "answers_too_large");
    assert!(problem["detail"].as_str().unwrap().contains("fewer"), "{problem}");
}
