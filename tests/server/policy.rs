//! `GET /v1/policy`

use serde_json::json;

use super::running::Running;

#[test]
fn a_form_can_be_built_from_it() {
    let service = Running::counter();
    let reply = service.get("/v1/policy", &[]);
    assert_eq!(reply.status, 200);
    let policy = reply.json();
    assert_eq!((&policy["name"], &policy["currency"], &policy["time_zone"]), (&json!("Counter"), &json!("EUR"), &json!("Europe/Berlin")));
    assert_eq!(policy["languages"], json!(["en", "de"]));
    assert_eq!(policy["roles"][1], json!({"name": "lead", "title": "Team lead", "above": ["agent"], "answers_within": "PT4H"}));
    assert_eq!(policy["actions"][0], json!({"name": "refund", "title": "Money back", "measure": "money"}));
    assert_eq!(policy["actions"][2]["measure"], json!(null));
    let reason = &policy["facts"][0];
    assert_eq!((&reason["type"], &reason["question"]), (&json!("one of"), &json!("What happened?")));
    assert_eq!(reason["values"], json!(["damaged", "late", "changed_mind"]));
    assert_eq!((&policy["facts"][1]["verified"], &policy["facts"][3]["default"]), (&json!(true), &json!(false)));
    let budget =
        json!({"name": "gestures", "title": "Money given on the spot", "unit": "money", "per": ["actor"], "window": "month", "records_only": false});
    assert_eq!(policy["budgets"], json!([budget]));
}

#[test]
fn duties_and_windows_say_how_long() {
    let shop = Running::start(&crate::process::root().join("policies/fashion-shop"), &[]).get("/v1/policy?lang=en", &[]).json();
    let patience = shop["budgets"].as_array().unwrap().iter().find(|budget| budget["name"] == "patience").unwrap();
    assert_eq!(patience["window"], "rolling 365 days");
    assert!(shop["duties"].as_array().unwrap().iter().all(|duty| duty.get("within").is_some()), "{}", shop["duties"]);
}

#[test]
fn it_speaks_the_languages_of_the_policy() {
    let service = Running::counter();
    assert_eq!(service.get("/v1/policy?lang=de", &[]).json()["facts"][0]["question"], "Was ist passiert?");
    service.get("/v1/policy?lang=fr", &[]).is_problem(422, "wrong_question");
}

#[test]
fn its_parameters_are_known_and_there_once() {
    let service = Running::counter();
    for query in ["lang=en&lang=de", "language=de", "lang=%ff"] {
        service.get(&format!("/v1/policy?{query}"), &[]).is_problem(422, "wrong_question");
    }
}

#[test]
fn its_version_is_its_etag() {
    let service = Running::counter();
    let reply = service.get("/v1/policy", &[]);
    let tag = reply.header("etag").unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", reply.json()["version"].as_str().unwrap()));
    for still in [tag.clone(), format!("W/{tag}"), "*".to_owned(), format!("\"other\", {tag}")] {
        let reply = service.get("/v1/policy", &[("if-none-match", &still)]);
        assert_eq!((reply.status, reply.body.as_str(), reply.header("etag")), (304, "", Some(tag.as_str())), "{still}");
    }
    assert_eq!(service.get("/v1/policy", &[("if-none-match", "\"other\"")]).status, 200);
}
