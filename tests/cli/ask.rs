//! `kulanz ask`

use crate::process::{COUNTER, Ended, folder, kulanz};

fn ask(arguments: &[&str]) -> Ended {
    kulanz(&[&["ask"], arguments, &["-p", COUNTER, "--at", "2026-11-21T10:00:00+01:00"]].concat())
}

#[test]
fn each_answer_has_its_exit_status() {
    ask(&["refund", "40 EUR", "--as", "agent", "--actor", "anna", "reason=late"]).exits(0).prints("YES");
    ask(&["refund", "40 EUR", "--as", "agent", "--actor", "anna", "reason=damaged", "order.days=3", "order.total=120 EUR"]).exits(0).prints("OWED");
    ask(&["refund", "80 EUR", "--as", "agent", "--actor", "anna", "reason=late"]).exits(10).prints("UP TO");
    ask(&["exchange", "--as", "agent"]).exits(11).prints("ASK");
    ask(&["refund", "40 EUR", "--as", "agent", "--actor", "anna", "reason=changed_mind"]).exits(12).prints("NO");
    ask(&["refund", "40 EUR", "--as", "agent", "--actor", "anna"]).exits(13).prints("NEED");
}

#[test]
fn the_amount_may_be_one_word_or_two_or_left_out() {
    let limit = |words: &[&str]| ask(&[words, &["--format", "json", "--as", "agent", "--actor", "anna", "reason=late"]].concat()).json();
    let quoted = limit(&["refund", "80 EUR"]);
    assert_eq!(quoted["amount"], "80.00 EUR");
    assert_eq!(limit(&["refund", "80", "EUR"]), quoted);
    assert_eq!(limit(&["refund", "80"])["amount"], "80.00 EUR");
    let open = limit(&["refund"]);
    assert_eq!(open["amount"], serde_json::Value::Null);
    assert_eq!(open["limit"], "50.00 EUR");
}

#[test]
fn a_negative_amount_is_a_wrong_question_and_no_option() {
    for amount in [&["-5", "EUR"][..], &["-5 EUR"], &["-5EUR"], &["-5"], &["-0.01", "EUR"]] {
        let ended = ask(&[&["refund"], amount, &["--as", "agent", "reason=late"]].concat()).exits(2).says("amount:");
        assert!(!ended.err.contains("unexpected argument") && !ended.err.contains('\u{2212}'), "{}", ended.err);
    }
}

#[test]
fn options_may_stand_anywhere() {
    ask(&["--as", "agent", "refund", "--actor", "anna", "40", "--explain", "EUR", "reason=late"]).exits(0);
}

#[test]
fn words_behind_the_first_fact_are_facts() {
    ask(&["refund", "reason=late", "40", "EUR", "--as", "agent"]).exits(2).says("`40`").says("FACT=VALUE");
    ask(&["reason=late", "--as", "agent"]).exits(2).says("ACTION");
}

#[test]
fn facts_come_from_words_and_files() {
    let files = folder(&[("said.json", r#"{"reason": "damaged", "order.days": 3}"#), ("record.json", r#"{"order": {"total": "120.00 EUR"}}"#)]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let question = ["refund", "100 EUR", "--as", "agent", "--format", "json", "--facts", &path("said.json"), "--record", &path("record.json")];
    let json = ask(&question).exits(0).json();
    assert_eq!(json["answer"], "owed");
    assert_eq!(json["provisional"], serde_json::json!([]));
    let said =
        ask(&["refund", "100 EUR", "--as", "agent", "--format", "json", "reason=damaged", "order.days=3", "order.total=120 EUR"]).exits(0).json();
    assert_eq!(said["provisional"], serde_json::json!(["order.total"]));
}

#[test]
fn every_problem_of_a_question_is_named() {
    let ended = ask(&["refnd", "--as", "agnet", "raeson=late", "customer.vip=perhaps"]).exits(2);
    assert!(ended.out.is_empty());
    let ended = ended.says("did you mean `refund`?").says("did you mean `agent`?").says("did you mean `reason`?");
    ended.says("customer");
    let json = ask(&["refund", "--as", "agnet", "raeson=late", "--format", "json"]);
    let problems: serde_json::Value = serde_json::from_str(&json.exits(2).err).unwrap();
    assert_eq!(problems["error"]["code"], "wrong_question");
    assert_eq!(problems["error"]["errors"].as_array().unwrap().len(), 2);
}

#[test]
fn files_that_cannot_be_read_are_named() {
    ask(&["refund", "--as", "agent", "--facts", "no/such.json"]).exits(2).says("no/such.json");
    let deep = format!("{{\"reason\": {}{}}}", "[".repeat(127), "]".repeat(127));
    let files = folder(&[("broken.json", "{"), ("list.json", "[]"), ("deep.json", &deep)]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    ask(&["refund", "--as", "agent", "--record", &path("broken.json")]).exits(2).says("not JSON");
    ask(&["refund", "--as", "agent", "--facts", &path("deep.json")]).exits(2).says("facts: nested more than 127 deep");
    ask(&["refund", "--as", "agent", "--record", &path("list.json")]).exits(2).says("object");
    ask(&["refund", "--as", "agent", "--record", files.path().to_str().unwrap()]).exits(2);
    ask(&["refund", "--as", "agent", "--record", "/dev/zero"]).exits(2);
}

#[test]
fn files_that_cannot_be_read_are_told_in_json_too() {
    let files = folder(&[("said.json", "{}")]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("latin.json"), b"{\"reason\": \"sp\xe4t\"}").unwrap();
    // Such a file may be cut in the middle of a character.
    std::fs::write(path("long.json"), format!("{}\u{e4}", " ".repeat(1 << 20))).unwrap();
    for (member, name, part) in
        [("facts", "latin.json", "not UTF-8 from byte 15 on"), ("record", "long.json", "longer than 1 MiB"), ("facts", "none.json", "cannot read")]
    {
        let option = format!("--{member}");
        for command in [&["ask", "refund"][..], &["options"]] {
            let ended = kulanz(&[command, &["--as", "agent", "-p", COUNTER, "--format", "json", &option, &path(name)]].concat()).exits(2);
            let told: serde_json::Value = serde_json::from_str(&ended.err).unwrap();
            let error = &told["error"]["errors"][0];
            assert!(error["path"] == format!("/{member}") && error["message"].as_str().unwrap().contains(part), "{told}");
            assert!(error["message"].as_str().unwrap().contains(name), "{told}");
        }
    }
}

#[test]
fn a_byte_order_mark_before_facts_is_passed_over() {
    let files = folder(&[
        ("said.json", "\u{feff}{\"reason\": \"damaged\", \"order.days\": 3}"),
        ("record.json", "\u{feff}{\"order\": {\"total\": \"120.00 EUR\"}}"),
    ]);
    let path = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    ask(&["refund", "100 EUR", "--as", "agent", "--facts", &path("said.json"), "--record", &path("record.json")]).exits(0).prints("OWED");
}

#[test]
fn the_answer_speaks_the_language_that_is_asked_for() {
    let say = |arguments: &[&str]| {
        let json = ask(&[&["refund", "80 EUR", "--as", "agent", "--actor", "anna", "reason=late", "--format", "json"], arguments].concat()).json();
        json["say"].as_str().unwrap().to_owned()
    };
    assert_eq!(say(&[]), say(&["--lang", "en"]));
    assert!(say(&["--lang", "de"]).contains("Teamleitung"));
    ask(&["refund", "--as", "agent", "--lang", "fr"]).exits(2).says("fr");
}

#[test]
fn what_is_spent_counts() {
    let limit = |spent: &str| {
        let json = ask(&["refund", "80 EUR", "--as", "agent", "--actor", "anna", "reason=late", "--format", "json", "--spent", spent]).json();
        json["limit"].clone()
    };
    assert_eq!(limit("gestures=170 EUR"), "30.00 EUR");
    assert_eq!(limit("gestures=0 EUR"), "50.00 EUR");
    ask(&["refund", "--as", "agent", "--spent", "gesture=1 EUR"]).exits(2).says("did you mean `gestures`?");
    ask(&["refund", "--as", "agent", "--spent", "gestures"]).exits(2).says("BUDGET=QTY");
}

#[test]
fn a_wrong_moment_is_an_error() {
    kulanz(&["ask", "voucher", "--as", "agent", "-p", COUNTER, "--at", "2026-02-31"]).exits(2).says("2026-02-31");
    kulanz(&["ask", "voucher", "--as", "agent", "-p", COUNTER, "--at", "1066-10-14"]).exits(0);
}

#[test]
fn explain_shows_every_rule() {
    let rules = |arguments: &[&str]| {
        let json = ask(&[&["refund", "40 EUR", "--as", "agent", "--actor", "anna", "reason=late", "--format", "json"], arguments].concat()).json();
        json["explain"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(rules(&[]), 0);
    assert_eq!(rules(&["--explain"]), 3);
}

#[test]
fn a_policy_that_does_not_check_answers_nothing() {
    let pack = folder(&[("a.kulanz", "policy \"Broken\"\n  currency EUR\n\nrole agent\n\nrule r\n  agent may fly\n")]);
    let ended = kulanz(&["ask", "fly", "--as", "agent", "-p", pack.path().to_str().unwrap()]).exits(1);
    assert!(ended.out.is_empty());
    ended.says("a.kulanz:7").says("fly");
}
