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

/// The place and the code of each problem.
fn places(pack: &str) -> Vec<String> {
    let json = kulanz(&["check", "-p", pack, "--format", "json"]).json();
    let place = |problem: &serde_json::Value| {
        let label = &problem["labels"][0];
        let file = label["file"].as_str().unwrap_or_default();
        format!("{file}:{}:{} {}", label["line"], label["column"], problem["code"].as_str().unwrap())
    };
    json["diagnostics"].as_array().unwrap().iter().map(place).collect()
}

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\nrole agent\naction refund of money\nfact late yes/no\n";

#[test]
fn problems_of_form_and_of_meaning_stand_in_one_order() {
    let rules = "rule a\n  agnet may refund\nrule b\n  agent mya refund\nrule c\n  agent may refnd\n";
    let first = format!("{HEAD}{rules}");
    let pack = folder(&[("1.kulanz", &first), ("2.kulanz", "rule d\n  agent may fly\nrule e\n  agent may refund when\n")]);
    let expected = ["1.kulanz:9:3 K0202", "1.kulanz:11:9 K0101", "1.kulanz:13:13 K0202", "2.kulanz:2:13 K0202", "2.kulanz:4:20 K0101"];
    assert_eq!(places(pack.path().to_str().unwrap()), expected);
}

#[test]
fn of_very_many_problems_the_others_are_counted() {
    let rules = |count: usize, head: &str| (0..count).map(|at| format!("rule r{at}\n  {head}\n")).collect::<Vec<_>>().concat();
    let pack = folder(&[("a.kulanz", HEAD), ("b.kulanz", &rules(250, "agent may refund up to 5 USD"))]);
    let path = pack.path().to_str().unwrap();
    let ended = kulanz(&["check", "-p", path]).exits(1).says("error[K0007]: and 50 more errors\n").says("more than 200 errors\n");
    assert_eq!(ended.err.matches("error[K0305]").count(), 200);
    std::fs::write(pack.path().join("c.kulanz"), rules(300, "agent mya refund").replace("rule r", "rule s")).unwrap();
    let ended = kulanz(&["check", "-p", path]).exits(1);
    // 50 of the second file, 200 of the third, and there the one behind which nothing was read.
    ended.says("and at least 251 more errors; `c.kulanz` is not read to the end").says("more than 200 errors\n");
}

#[test]
fn behind_very_many_problems_no_further_file_is_read() {
    let nonsense = "nonsense\n".repeat(300);
    let names: Vec<String> = (1..=8).map(|at| format!("{at}.kulanz")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), nonsense.as_str())).collect();
    let pack = folder(&files);
    // 200 of each of the first five, 200 of them shown, and in each of the five the one behind which nothing was read.
    kulanz(&["check", "-p", pack.path().to_str().unwrap()])
        .exits(1)
        .says("and at least 805 more errors; some files are not read to the end")
        .says("more than 200 errors\n");
}

#[test]
fn a_table_in_a_file_is_bounded_too() {
    let rows = format!("late,up to,role\n{}", "maybe,5 EUR,agent\n".repeat(300));
    let pack = folder(&[("a.kulanz", &format!("{HEAD}table t from \"t.csv\"\n  may refund\n")), ("t.csv", &rows.replace("maybe", "=="))]);
    kulanz(&["check", "-p", pack.path().to_str().unwrap()]).exits(1).says("and at least 1 more error; `t.csv` is not read to the end");
}

#[test]
fn so_are_warnings() {
    let rules = (0..230).map(|at| format!("rule w{at}\n  agent may voucher up to 3 EUR\n  review by 2020-01-01\n")).collect::<Vec<_>>().concat();
    let pack = own_counter();
    std::fs::write(pack.path().join("more.kulanz"), rules).unwrap();
    let path = pack.path().to_str().unwrap();
    kulanz(&["check", "-p", path]).exits(0).says("warning[K0910]: and ").says("more than 200 warnings\n");
    kulanz(&["check", "-p", path, "--deny-warnings"]).exits(1);
}

/// What is said of a rule whose lines begin in line 11 of its file.
fn of_a_rule(lines: &str) -> Vec<String> {
    let text = format!("{HEAD}fact value money optional\nduty photo\nrule r\n{lines}");
    let pack = folder(&[("a.kulanz", &text)]);
    places(pack.path().to_str().unwrap()).into_iter().map(|place| place.replace("a.kulanz:", "")).collect()
}

#[test]
fn a_broken_clause_hides_no_other() {
    let two_of_form = "  agent may refund\n  when late is is\n  require photo when\n";
    assert_eq!(of_a_rule(two_of_form), ["12:16 K0101", "13:20 K0101"]);
    let one_of_each = "  agnet may refund up to 5 USD\n  when late is is\n  unless leet\n  require foto\n";
    assert_eq!(of_a_rule(one_of_each), ["11:3 K0202", "11:26 K0305", "12:16 K0101", "13:10 K0202", "14:11 K0202"]);
    let over_lines = "  agent may refund\n  when late\n   and and\n   or late\n  unless leet\n";
    assert_eq!(of_a_rule(over_lines), ["13:8 K0101", "15:10 K0202"]);
}

#[test]
fn nothing_is_said_that_follows_from_a_broken_clause() {
    // The `when` would have made sure that the fact is present.
    let guarded = "  agent may refund\n  when value is present and and late\n  require photo when value > 5 EUR\n";
    assert_eq!(of_a_rule(guarded), ["12:29 K0101"]);
    let whole = "  agent may refund\n  when value is present and late\n  require photo when value > 5 EUR\n";
    assert_eq!(of_a_rule(whole), ["6:8 K0909", "7:6 K0936", "8:6 K0936"]);
    let nothing_left = "  agent may refund\nfallback refund\n  offer\n";
    assert_eq!(of_a_rule(nothing_left), ["13:7 K0101"]);
    let test = "  agent may refund\ntest \"t\"\n  as agent\n  ask refund 5\n  expect yes\n";
    assert_eq!(of_a_rule(test), ["14:3 K0101"]);
}

#[test]
fn warnings_are_errors_where_they_are_denied() {
    let rule = "rule generous_voucher\n  lead may voucher up to 30 EUR\n  review by 2020-01-01\n";
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

#[test]
fn fix_mends_what_is_certain_and_reports_the_rest() {
    let pack = folder(&[("a.kulanz", BROKEN)]);
    let path = pack.path().to_str().unwrap();
    let ended = kulanz(&["check", "--fix", "-p", path]).exits(1);
    ended.prints("mended a.kulanz:11: write `agent` (K0202)\n").says("a.kulanz:14:13").says("1 error\n");
    assert_eq!(std::fs::read_to_string(pack.path().join("a.kulanz")).unwrap(), BROKEN.replace("agnet", "agent"));
    kulanz(&["check", "--fix", "-p", path]).exits(1).prints("nothing to mend without asking\n").says("1 error\n");
    kulanz(&["check", "--fix", "-p", COUNTER]).exits(0).prints("nothing to mend without asking\nno problems\n");
}

#[test]
fn fix_tells_programs_what_it_changed() {
    let pack = folder(&[("a.kulanz", BROKEN)]);
    let json = kulanz(&["check", "--fix", "--format", "json", "-p", pack.path().to_str().unwrap()]).exits(1).json();
    let change = serde_json::json!({ "code": "K0202", "file": "a.kulanz", "line": 11, "title": "write `agent`" });
    assert_eq!(json["changes"], serde_json::json!([change]));
    assert_eq!(json["errors"], 1);
}
