//! `kulanz check`

use crate::process::{COUNTER, command, end, folder, kulanz, kulanz_in, own_counter};

const BROKEN: &str = "policy \"Broken\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n\nrole agent\n\naction refund of money\n\nrule first\n  agnet may refund\n\nrule second\n  agent may fly\n";

#[test]
fn a_clean_pack_exits_0() {
    kulanz(&["check", "-p", COUNTER]).exits(0);
    kulanz(&["check", "-p", COUNTER, "--deny-warnings"]).exits(0);
}

#[test]
fn all_problems_at_once_on_standard_error() {
    let pack = folder(&[("a.kulanz", BROKEN)]);
    let ended = kulanz(&["check", "-p", pack.path().to_str().unwrap()]).exits(1);
    ended.says("a.kulanz:11:3").says("did you mean `agent`?").says("a.kulanz:14:13").says("`fly`").says("2 errors");
}

#[test]
fn warnings_are_errors_where_they_are_denied() {
    let rule = "rule generous_voucher\n  agent may voucher up to 30 EUR\n  review by 2020-01-01\n";
    let pack = own_counter();
    std::fs::write(pack.path().join("more.kulanz"), rule).unwrap();
    let path = pack.path().to_str().unwrap();
    kulanz(&["check", "-p", path]).exits(0).says("more.kulanz:3").says("1 warning");
    kulanz(&["check", "-p", path, "--deny-warnings"]).exits(1).says("1 warning");
    end(command().env("KULANZ_DENY_WARNINGS", "1").args(["check", "-p", path])).exits(1);
    kulanz(&["ask", "voucher", "--as", "agent", "-p", path]).exits(0);
}

#[test]
fn json_and_sarif_are_results() {
    let pack = folder(&[("a.kulanz", BROKEN)]);
    let path = pack.path().to_str().unwrap();
    let ended = kulanz(&["check", "-p", path, "--format", "json"]).exits(1);
    assert!(ended.err.is_empty(), "{}", ended.err);
    assert_eq!(ended.json()["diagnostics"].as_array().unwrap().len(), 2);
    let sarif = kulanz(&["check", "-p", path, "--format", "sarif"]).exits(1).json();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
    let clean = kulanz(&["check", "-p", COUNTER, "--format", "json"]).exits(0).json();
    assert_eq!(clean["diagnostics"], serde_json::json!([]));
}

#[test]
fn code_scanning_finds_the_files_from_where_it_runs() {
    let place = folder(&[("policies/my shop/a.kulanz", BROKEN)]);
    let uri = |from: &str, pack: &str| {
        let log = kulanz_in(&place.path().join(from), &["check", "-p", pack, "--format", "sarif"]).exits(1).json();
        log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned()
    };
    assert_eq!(uri("", "policies/my shop"), "policies/my%20shop/a.kulanz");
    assert_eq!(uri("", "policies/my shop/a.kulanz"), "policies/my%20shop/a.kulanz");
    assert_eq!(uri("policies", "my shop"), "my%20shop/a.kulanz");
    assert_eq!(uri("policies/my shop", "."), "a.kulanz");
}

#[test]
fn promises_are_not_yet_proven_and_it_says_so() {
    let policy = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n\nrole agent\n\naction refund of money\n\nrule small\n  agent may refund up to 5 EUR\n\n";
    let promise = "promise \"Nobody gives more than 100 EUR\"\n  agent cannot refund more than 100 EUR\n";
    let pack = folder(&[("a.kulanz", &format!("{policy}{promise}"))]);
    kulanz(&["check", "-p", pack.path().to_str().unwrap()]).exits(0).says("1 promise").says("not proven");
    let silent = folder(&[("a.kulanz", policy)]);
    assert!(!kulanz(&["check", "-p", silent.path().to_str().unwrap()]).exits(0).err.contains("promise"));
}
