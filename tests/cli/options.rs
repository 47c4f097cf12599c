//! `kulanz options`

use crate::process::{COUNTER, kulanz};

#[test]
fn every_action_with_its_answer_and_limit() {
    let arguments = ["options", "--as", "agent", "--actor", "anna", "reason=late", "-p", COUNTER];
    let json = kulanz(&[&arguments[..], &["--format", "json"]].concat()).exits(0).json();
    let options = json["options"].as_array().unwrap();
    let seen: Vec<_> =
        options.iter().map(|option| (option["action"].as_str().unwrap(), option["answer"].as_str().unwrap(), option["limit"].as_str())).collect();
    assert_eq!(seen, [("refund", "yes", Some("50.00 EUR")), ("voucher", "yes", Some("20.00 EUR")), ("exchange", "ask", None)]);
    kulanz(&arguments).exits(0).prints("refund").prints("50.00 EUR");
}

#[test]
fn wrong_cases_are_errors() {
    kulanz(&["options", "-p", COUNTER]).exits(2).says("--as");
    kulanz(&["options", "--as", "agnet", "-p", COUNTER]).exits(2).says("did you mean `agent`?");
    kulanz(&["options", "--as", "agent", "refund", "-p", COUNTER]).exits(2).says("FACT=VALUE").says("every action");
    let behind = kulanz(&["options", "--as", "agent", "reason=late", "refund", "-p", COUNTER]).exits(2).says("`refund`").says("`kulanz ask`");
    assert!(!behind.err.contains("before the first fact"), "{}", behind.err);
}
