//! `kulanz test`

use std::fs;

use crate::process::{COUNTER, kulanz, own_counter};

#[test]
fn passing_tests_exit_0() {
    kulanz(&["test", "-p", COUNTER]).exits(0).prints("2 passed");
    kulanz(&["test", "-p", COUNTER, "--filter", "parcel"]).exits(0).prints("1 passed");
    let json = kulanz(&["test", "-p", COUNTER, "--format", "json"]).exits(0).json();
    assert_eq!(json["passed"], 2);
    kulanz(&["test", "-p", COUNTER, "--format", "junit"]).exits(0).prints("<testsuite").prints("a late parcel");
}

#[test]
fn a_failing_test_shows_what_came_instead() {
    let pack = own_counter();
    let path = pack.path().to_str().unwrap();
    fs::write(
        pack.path().join("tests.kulanz"),
        "test \"too much\"\n  on 2026-11-21\n  as agent \"anna\"\n  said reason is late\n  ask refund of 80 EUR\n  expect yes\n",
    )
    .unwrap();
    kulanz(&["test", "-p", path]).exits(1).prints("too much").prints("50.00 EUR");
    let json = kulanz(&["test", "-p", path, "--format", "json"]).exits(1).json();
    assert_eq!(json["failed"], 1);
    kulanz(&["test", "-p", path, "--format", "junit"]).exits(1).prints("<failure");
}

#[test]
fn coverage_names_the_rules_that_decided_nothing() {
    let shown = kulanz(&["test", "-p", COUNTER, "--coverage"]).exits(0).prints("warranty");
    assert!(shown.out.contains("any_exchange"), "{}", shown.out);
    assert!(!kulanz(&["test", "-p", COUNTER]).exits(0).out.contains("warranty"));
}

#[test]
fn a_filter_that_fits_nothing_says_so() {
    kulanz(&["test", "-p", COUNTER, "--filter", "no such test"]).exits(1).says("no such test");
    for format in ["json", "junit"] {
        kulanz(&["test", "-p", COUNTER, "--filter", "no such test", "--format", format]).exits(1).says("no such test");
    }
}

#[test]
fn a_junit_report_has_coverage_as_properties() {
    let with_coverage = kulanz(&["test", "-p", COUNTER, "--coverage", "--format", "junit"]);
    with_coverage.exits(0).prints("<property name=\"coverage.percent\" value=\"").prints("<property name=\"coverage.rules.of\" value=\"");
    let without = kulanz(&["test", "-p", COUNTER, "--min-coverage", "1", "--format", "junit"]);
    assert!(!without.exits(0).out.contains("<properties>"));
}

#[test]
fn a_pack_without_tests_fails_none() {
    let pack = own_counter();
    fs::remove_file(pack.path().join("tests.kulanz")).unwrap();
    let path = pack.path().to_str().unwrap();
    kulanz(&["test", "-p", path]).exits(0).says("no tests").prints("0 passed");
    assert_eq!(kulanz(&["test", "-p", path, "--format", "json"]).exits(0).json()["tests"], serde_json::json!([]));
}

#[test]
fn a_pack_that_does_not_check_is_not_tested() {
    let pack = own_counter();
    fs::write(pack.path().join("broken.kulanz"), "rule broken\n  nobody may fly\n").unwrap();
    let ended = kulanz(&["test", "-p", pack.path().to_str().unwrap()]).exits(1).says("broken.kulanz");
    assert!(ended.out.is_empty());
}

#[test]
fn what_is_missing_can_be_pasted() {
    let pack = own_counter();
    let path = pack.path().to_str().unwrap();
    let before = kulanz(&["test", "-p", path, "--format", "json", "--coverage"]).exits(0).json();
    let ended = kulanz(&["test", "-p", path, "--missing"]).exits(0).says("instead of");
    assert!(ended.out.starts_with("test \""), "{}", ended.out);
    fs::write(pack.path().join("more.kulanz"), &ended.out).unwrap();
    let after = kulanz(&["test", "-p", path, "--format", "json", "--coverage"]).exits(0).json();
    assert_eq!(after["failed"], 0);
    assert!(after["coverage"]["percent"].as_u64() > before["coverage"]["percent"].as_u64());
    kulanz(&["fmt", "--check", path]).exits(0);
    // Nothing more is found once they are there.
    let rest = kulanz(&["test", "-p", path, "--missing", "--format", "json"]).exits(0).json();
    assert_eq!(rest["tests"], serde_json::json!([]));
    assert_eq!(rest["percent"], rest["percent_then"]);
}

#[test]
fn missing_fits_not_everything() {
    kulanz(&["test", "-p", COUNTER, "--missing", "--format", "junit"]).exits(2).says("--missing");
    kulanz(&["test", "-p", COUNTER, "--missing", "--filter", "parcel"]).exits(2).says("--filter");
    kulanz(&["test", "-p", COUNTER, "--missing", "--watch"]).exits(2).says("--watch");
}

#[test]
fn the_least_coverage_is_kept() {
    let percent = kulanz(&["test", "-p", COUNTER, "--coverage", "--format", "json"]).exits(0).json()["coverage"]["percent"].as_u64().unwrap();
    assert!(percent > 0 && percent < 100);
    let least = |percent: u64| kulanz(&["test", "-p", COUNTER, "--min-coverage", &percent.to_string()]);
    assert!(!least(percent).exits(0).out.contains("covered"));
    least(percent + 1).exits(1).prints("2 passed").says(&format!("the tests cover {percent} %, less than {} %", percent + 1));
    least(101).exits(2);
}
