//! `GET /v1/budgets`

use serde_json::json;

use super::grants::{desk, late, paths};

#[test]
fn a_person_sees_what_is_left() {
    let desk = desk();
    desk.send("/v1/grants", &late("50 EUR"), "k");
    let budgets = desk.get("/v1/budgets?actor=anna", &[]).json();
    assert_eq!(budgets["actor"], json!({"id": "anna", "role": "agent", "team": "berlin"}));
    let goodwill = &budgets["budgets"][0];
    let told = ["budget", "title", "allotment", "spent", "left", "unlimited"].map(|field| goodwill[field].clone());
    let expected = [json!("goodwill"), json!("Monthly allotment"), json!("300.00 EUR"), json!("50.00 EUR"), json!("250.00 EUR"), json!(false)];
    assert_eq!(told, expected);
    assert!(goodwill["resets"].is_string());
    assert_eq!(budgets["budgets"][1]["budget"], "house");
    assert_eq!(budgets["budgets"].as_array().unwrap().len(), 2, "others are kept by a customer or an order");

    // Somebody who is not in the list, or in another role.
    assert_eq!(desk.get("/v1/budgets?actor=zoe&role=senior", &[]).json()["budgets"][0]["left"], "900.00 EUR");
    assert_eq!(desk.get("/v1/budgets?actor=anna&role=lead", &[]).json()["budgets"][0]["unlimited"], true);
}

#[test]
fn wrong_parameters_are_told() {
    let desk = desk();
    let wrong = |query: &str| {
        let problem = desk.get(&format!("/v1/budgets{query}"), &[]).is_problem(422, "wrong_question");
        paths(&problem).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(wrong(""), ["/actor"]);
    assert_eq!(wrong("?actor=zoe"), ["/role"]);
    assert_eq!(wrong("?actor=anna&role=laed"), ["/role"]);
    assert_eq!(wrong("?actor=anna&lang=fr"), ["/lang"]);
    assert_eq!(wrong("?actor=&colour=red"), ["/colour", "/actor"]);
    for damaged in ["?actor=%ff", "?actor=%00", "?actor=%20anna", "?actor=anna%20", "?actor=%20"] {
        assert_eq!(wrong(damaged), ["/actor"], "{damaged}");
    }
}
