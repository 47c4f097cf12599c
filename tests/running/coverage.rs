//! What the tests of a pack touch, and the tests that it lacks.

use std::path::Path;

use jiff::civil::{Date, date};
use kulanz::Program;
use kulanz::diagnostic::has_errors;
use kulanz::pack::Pack;
use kulanz::policy::check;
use kulanz::testing::{ConditionCoverage, Coverage, Coverages, Missing, Options, Report, missing, run};

const TODAY: Date = date(2026, 11, 21);

const PACK: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\n  languages en\n\nrole agent\nrole lead\n  above agent\n  answers within 1 day\n
fact reason one of late, broken, other\nfact total money verified\nfact sent date verified\nfact vip yes/no default no\n
action refund of money\naction voucher of money\n\nduty photo\nbudget purse\n  100 EUR per actor per month for agent\n  unlimited per actor per month for lead\n
define recent as within 30 days after sent\n
table fee gives money\n  | total      | is    |\n  |------------|-------|\n  | <= 100 EUR | 1 EUR |\n  | > 100 EUR  | 9 EUR |\n
rule small\n  agent may refund up to 50 EUR\n  when reason is late and recent\n  charge purse\n  require photo when amount > 25 EUR\n
rule large\n  lead may refund up to 500 EUR - fee\n
rule two\n  lead may refund up to 900 EUR\n  approved by agent\n
rule never\n  agent may not refund\n  when total > 10_000 EUR\n  unless vip\n  advise \"Take your time.\"\n
rule vouchers\n  everyone may voucher up to 10 EUR\n  from 2026-01-01\n
fallback refund\n  offer voucher\n  ask lead when vip\n";

fn pack(tests: &str) -> Pack {
    let text = format!("{PACK}\n{tests}");
    let (pack, problems) = Pack::from_texts(&[("p.kulanz", &text)]);
    assert!(!has_errors(&problems), "{problems:#?}");
    pack
}

fn report(pack: &Pack) -> Report {
    let policy = check(pack).unwrap_or_else(|problems| panic!("{problems:#?}"));
    run(&policy, &Program::new(&policy), Options { coverage: Coverages::Told, ..Options::default() })
}

fn coverage(tests: &str) -> Coverage {
    report(&pack(tests)).coverage.unwrap()
}

fn condition<'c>(coverage: &'c Coverage, item: &str, condition: &str) -> &'c ConditionCoverage {
    coverage.conditions.iter().find(|it| it.item == item && it.condition == condition).unwrap_or_else(|| panic!("{condition}: {coverage:#?}"))
}

fn sides(coverage: &Coverage, item: &str, named: &str) -> (usize, usize) {
    let found = condition(coverage, item, named);
    (found.yes, found.no)
}

const ON_THE_SPOT: &str = "test \"t\"\n  on 2026-11-21\n  as agent \"anna\"\n  given reason is late\n  given total is 80 EUR\n  given sent is 2026-11-20\n  ask refund of 20 EUR\n  expect yes\n";

#[test]
fn each_condition_has_two_sides() {
    let none = coverage("");
    assert_eq!((none.covered, none.of, none.percent), (0, 5, 0));
    let named: Vec<(&str, &str)> = none.conditions.iter().map(|it| (it.item.as_str(), it.condition.as_str())).collect();
    let expected = [
        ("small", "reason is late"),
        ("small", "recent"),
        ("small", "amount > 25 EUR"),
        ("never", "total > 10_000 EUR"),
        ("never", "vip"),
        ("vouchers", "from 2026-01-01"),
        ("fallback refund", "vip"),
        ("recent", "within 30 days after sent"),
    ];
    assert_eq!(named, expected);

    let one = coverage(ON_THE_SPOT);
    assert_eq!((one.covered, one.rules[0].tests), (1, 1));
    assert_eq!(sides(&one, "small", "reason is late"), (1, 0));
    assert_eq!(sides(&one, "small", "recent"), (1, 0));
    assert_eq!(sides(&one, "recent", "within 30 days after sent"), (1, 0));
    // At 20 EUR no photo is asked for; a rule for nobody here was looked at as well.
    assert_eq!(sides(&one, "small", "amount > 25 EUR"), (0, 1));
    assert_eq!(sides(&one, "never", "total > 10_000 EUR"), (0, 1));
    // Nothing was refused, so no fallback was looked at, and nobody asked for a voucher.
    assert_eq!(sides(&one, "fallback refund", "vip"), (0, 0));
    assert_eq!(sides(&one, "vouchers", "from 2026-01-01"), (0, 0));
}

#[test]
fn sides_turn_at_the_boundary() {
    let at = |from: &str, to: &str| coverage(&ON_THE_SPOT.replace(from, to));
    assert_eq!(sides(&at("20 EUR", "25 EUR"), "small", "amount > 25 EUR"), (0, 1));
    assert_eq!(sides(&at("20 EUR", "25.01 EUR"), "small", "amount > 25 EUR"), (1, 0));
    assert_eq!(sides(&at("2026-11-20", "2026-10-22"), "recent", "within 30 days after sent"), (1, 0));
    assert_eq!(sides(&at("2026-11-20", "2026-10-21"), "recent", "within 30 days after sent"), (0, 1));
    assert_eq!(sides(&at("80 EUR", "10_000 EUR"), "never", "total > 10_000 EUR"), (0, 1));
    assert_eq!(sides(&at("80 EUR", "10_000.01 EUR"), "never", "total > 10_000 EUR"), (1, 0));
    // What is not known is neither.
    assert_eq!(sides(&at("  given sent is 2026-11-20\n", ""), "small", "recent"), (0, 0));
}

#[test]
fn a_clause_counts_where_it_did_something() {
    let tests = |coverage: &Coverage, item: &str, part: &str| coverage.clauses.iter().find(|it| it.item == item && it.part == part).unwrap().tests;
    let one = coverage(ON_THE_SPOT);
    assert_eq!(tests(&one, "small", "charge purse"), 1);
    assert_eq!(tests(&one, "small", "require photo"), 0);
    let more = coverage(&ON_THE_SPOT.replace("20 EUR\n  expect yes", "40 EUR\n  expect require photo"));
    assert_eq!(tests(&more, "small", "require photo"), 1);
    let too_much = coverage(&ON_THE_SPOT.replace("20 EUR\n  expect yes", "60 EUR\n  expect up to 50 EUR"));
    assert_eq!(tests(&too_much, "fallback refund", "offer voucher"), 1);
    // The lead is asked anyway; that the fallback sends there needs its condition.
    assert_eq!(tests(&too_much, "fallback refund", "ask lead"), 0);
    let vip =
        coverage(&ON_THE_SPOT.replace("20 EUR\n  expect yes", "60 EUR\n  expect up to 50 EUR").replace("  ask refund", "  given vip\n  ask refund"));
    assert_eq!(tests(&vip, "fallback refund", "ask lead"), 1);
    let by_lead = "test \"t\"\n  on 2026-11-21\n  as lead \"bo\"\n  given total is 80 EUR\n  ask refund of 700 EUR\n  expect ask agent\n";
    assert_eq!(tests(&coverage(by_lead), "two", "approved by agent"), 1);
    assert_eq!(tests(&coverage(&by_lead.replace("700", "499").replace("ask agent", "yes")), "two", "approved by agent"), 0);
}

#[test]
fn rows_of_values_count_where_a_rule_could_read_them() {
    let held = |coverage: &Coverage| coverage.values.iter().map(|row| row.tests).collect::<Vec<_>>();
    assert_eq!(held(&coverage(ON_THE_SPOT)), [0, 0]);
    let by_lead = ON_THE_SPOT.replace("as agent", "as lead");
    assert_eq!(held(&coverage(&by_lead)), [1, 0]);
    assert_eq!(held(&coverage(&by_lead.replace("80 EUR", "100 EUR"))), [1, 0]);
    assert_eq!(held(&coverage(&by_lead.replace("80 EUR", "100.01 EUR"))), [0, 1]);
}

/// What a pack lacks, checked from outside: every test passes, the coverage is what was said, and of a small pack none can be left out.
fn confirmed(pack: &Pack) -> Missing {
    let found = missing(pack, TODAY).unwrap();
    let is_small = found.tests.len() < 13;
    if is_small {
        assert_eq!(serde_json::to_string(&missing(pack, TODAY).unwrap()).unwrap(), serde_json::to_string(&found).unwrap());
    }
    let with = |texts: &[&str]| {
        let mut pack = pack.clone();
        let id = pack.sources.add("pasted.kulanz", texts.join("\n\n") + "\n");
        let (file, problems) = kulanz::syntax::parse(&pack.sources, id);
        assert_eq!(problems, vec![]);
        pack.parts[0].files.push(file);
        report(&pack)
    };
    let texts: Vec<&str> = found.tests.iter().map(|test| test.text.as_str()).collect();
    let whole = with(&texts);
    assert_eq!(whole.failed, report(pack).failed);
    let reached = |report: &Report| touched(report.coverage.as_ref().unwrap());
    assert_eq!(whole.coverage.as_ref().unwrap().percent, found.percent_then);
    assert_eq!(report(pack).coverage.unwrap().percent, found.percent);
    for left_out in 0..if is_small { texts.len() } else { 0 } {
        let others: Vec<&str> = texts.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, text)| *text).collect();
        assert!(reached(&with(&others)) < reached(&whole), "{}", texts[left_out]);
    }
    for test in &found.tests {
        assert!(!test.touches.is_empty());
        assert_eq!(formatted(&test.text), test.text, "it stands in the one layout");
    }
    found
}

fn formatted(text: &str) -> String {
    let mut sources = kulanz::source::Sources::default();
    let id = sources.add("t.kulanz", text);
    kulanz::syntax::format::format(&sources, id).unwrap().trim_end().to_owned()
}

/// How much a report says was touched.
fn touched(coverage: &Coverage) -> usize {
    let parts = coverage.clauses.iter().chain(&coverage.values).filter(|part| part.tests > 0).count();
    let sides = coverage.conditions.iter().map(|it| usize::from(it.yes > 0) + usize::from(it.no > 0)).sum::<usize>();
    coverage.covered + parts + sides
}

#[test]
fn a_pack_without_tests_gets_them() {
    let found = confirmed(&pack(""));
    assert_eq!((found.percent, found.percent_then), (0, 100), "{:#?}", found.unreached);
    assert!(found.unreached.is_empty());
    assert!(found.tests.len() <= 12, "{:#?}", found.tests);
    insta::assert_snapshot!(found.tests.iter().map(|test| test.text.clone()).collect::<Vec<_>>().join("\n\n"));
}

#[test]
fn what_cannot_be_reached_is_named() {
    let found = confirmed(&pack("rule dead\n  agent may voucher up to 5 EUR\n  when total > 10 EUR and total < 5 EUR\n"));
    let named: Vec<&str> = found.unreached.iter().map(|unreached| unreached.what.as_str()).collect();
    assert_eq!(named, ["dead applies"]);
    assert_eq!(found.unreached[0].source.split(':').next(), Some("p.kulanz"));
    assert!(found.unreached[0].impossible);
    // That nobody is above all limits takes a look at amounts, which proves nothing.
    let hidden = confirmed(&pack("rule hidden\n  agent may voucher up to 5 EUR\n  when amount > 20 EUR and amount < 10 EUR\n"));
    assert!(hidden.unreached.iter().any(|unreached| unreached.what == "hidden applies" && !unreached.impossible), "{:#?}", hidden.unreached);
}

#[test]
fn the_packs_of_the_repository_gain_by_it() {
    for (name, least) in [("city-utility", 98), ("company", 100), ("fashion-shop", 98), ("hotel", 99), ("rail", 98)] {
        let (pack, problems) = Pack::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name));
        assert!(problems.is_empty());
        let found = confirmed(&pack);
        assert!(found.percent_then >= least && found.percent_then >= found.percent, "{name}: {} {:#?}", found.percent_then, found.unreached);
    }
}
