//! Each warning has a pack on which it fires, with its rendered text beside it, and one that is alike but clean.

mod bands;
mod levels;
mod pasted;
mod planted;
mod routes;
mod splitting;
mod telling;
mod walls;

use std::path::{Path, PathBuf};

use kulanz::diagnostic::{Code, Diagnostic, Severity, render};
use kulanz::pack::Pack;
use kulanz::{Program, lint, policy};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/cases")
}

fn findings(name: &str) -> (Vec<Diagnostic>, String) {
    let text = std::fs::read_to_string(cases().join(name)).unwrap();
    let (pack, problems) = Pack::from_texts(&[(name, &text)]);
    assert!(problems.is_empty(), "{}", render::human(&problems, &pack.sources, false));
    let policy = match policy::check(&pack) {
        Ok(policy) => policy,
        Err(problems) => panic!("{}", render::human(&problems, &pack.sources, false)),
    };
    let found = lint::lint(&policy, &Program::new(&policy), jiff::civil::date(2026, 11, 22));
    let rendered = render::human(&found, &pack.sources, false);
    (found, rendered)
}

/// What is found in a pack: not what is wrong with `kulanz.toml` or a list of people, and not what only says that there is more.
fn lints() -> impl Iterator<Item = Code> {
    let others = [Code::TooManyWarnings, Code::TooFewSigners, Code::UnclearLints, Code::TooManyCases];
    Code::ALL.iter().copied().filter(move |code| code.text().starts_with("K09") && !others.contains(code))
}

#[test]
fn every_lint_fires_where_it_should() {
    for code in lints() {
        let name = format!("{}-fires.kulanz", code.text());
        let (found, rendered) = findings(&name);
        assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [code], "{name}\n{rendered}");
        insta::with_settings!({ snapshot_path => cases(), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(code.text(), rendered);
        });
    }
}

#[test]
fn no_lint_fires_where_it_should_not() {
    for code in lints() {
        let name = format!("{}-clean.kulanz", code.text());
        let (found, rendered) = findings(&name);
        assert!(found.is_empty(), "{name}\n{rendered}");
    }
}

#[test]
fn only_an_overlap_is_an_error() {
    let errors: Vec<Code> = lints().filter(|code| code.severity() == Severity::Error).collect();
    assert_eq!(errors, [Code::LookupOverlap]);
}

fn of_text(text: &str) -> (Vec<Diagnostic>, String) {
    let (pack, problems) = Pack::from_texts(&[("p.kulanz", text)]);
    assert!(problems.is_empty(), "{}", render::human(&problems, &pack.sources, false));
    let policy = policy::check(&pack).unwrap_or_else(|problems| panic!("{}", render::human(&problems, &pack.sources, false)));
    let found = lint::lint(&policy, &Program::new(&policy), jiff::civil::date(2026, 11, 22));
    (found.clone(), render::human(&found, &pack.sources, false))
}

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\naction refund of money\nrule anything\n  agent may refund\n";

#[test]
fn rows_over_the_days_since_something_overlap_too() {
    let table = |second: &str| {
        format!(
            "{HEAD}fact bought date verified\ntable due gives money\n  | today - bought | is |\n  | <= 30 days | 50 EUR |\n  | {second} | 20 EUR |\nrule by_due\n  agent may refund up to due\n"
        )
    };
    let (found, rendered) = of_text(&table(">= 30 days"));
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::LookupOverlap], "{rendered}");
    assert!(rendered.contains("bought is 2026-10-23"), "{rendered}");
    let (found, rendered) = of_text(&table("> 30 days"));
    assert!(found.is_empty(), "{rendered}");
}

#[test]
fn large_tables_are_looked_at_in_bounded_time() {
    let rows: String =
        (0..1_000).fold(String::new(), |rows, at| rows + &format!("  | agent | {} EUR | >= {at} EUR and < {} EUR |\n", at + 1, at + 1));
    let (found, rendered) = of_text(&format!("{HEAD}fact total money verified\ntable bands\n  may refund\n  | role | up to | total |\n{rows}"));
    assert!(found.is_empty(), "{rendered}");
    let rows = rows.replace("  | agent", " ");
    let rows: String = rows.lines().fold(String::new(), |rows, line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        rows + &format!("  | {} | {} |\n", cells[2], cells[1])
    });
    let (found, rendered) = of_text(&format!(
        "{HEAD}fact total money verified\ntable bands gives money\n  | total | is |\n{rows}rule by_band\n  agent may refund up to bands\n"
    ));
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), [Code::LookupGap], "{rendered}");
}

fn codes(text: &str) -> (Vec<Code>, String) {
    let (found, rendered) = of_text(text);
    (found.iter().map(|finding| finding.code).collect(), rendered)
}

#[test]
fn days_since_something_leave_gaps_too() {
    let lookup = |second: &str| {
        format!(
            "{HEAD}fact bought date verified\ntable due gives money\n  | today - bought | is |\n  | <= 30 days | 50 EUR |\n  | {second} | 20 EUR |\nrule by_due\n  agent may refund up to due\n"
        )
    };
    let (found, rendered) = codes(&lookup("> 31 days"));
    assert_eq!(found, [Code::LookupGap], "{rendered}");
    assert!(rendered.contains("bought is 2026-10-22"), "{rendered}");
    let table = |second: &str| {
        format!(
            "{HEAD}fact bought date verified\ntable due\n  may refund\n  | role | up to | today - bought |\n  | agent | 50 EUR | <= 30 days |\n  | agent | 20 EUR | {second} |\n"
        )
    };
    let (found, rendered) = codes(&table("> 31 days"));
    assert_eq!(found, [Code::RowGap], "{rendered}");
    assert!(rendered.contains("bought is 2026-10-22"), "{rendered}");
    assert_eq!(codes(&table("> 30 days")).0, []);
    let (found, rendered) = codes(&table("<= 10 days"));
    assert_eq!(found, [Code::IdleRow], "{rendered}");
}

#[test]
fn a_rule_that_another_covers_on_all_days_is_idle() {
    let head = HEAD.replace("rule anything\n  agent may refund\n", "");
    let rules = |inner: &str, outer: &str| {
        format!(
            "{head}fact bought date verified\nrule wide\n  agent may refund up to 50 EUR\n  when {outer}\nrule narrow\n  agent may refund up to 20 EUR\n  when {inner}\nfallback refund\n  advise \"Sorry.\"\nrule old\n  agent may refund up to 60 EUR\n  when bought < 2000-01-01\n"
        )
    };
    let idle = |inner: &str, outer: &str| codes(&rules(inner, outer)).0.contains(&Code::IdleRule);
    assert!(idle("within 10 days after bought", "today - bought <= 10 days"));
    assert!(!idle("within 11 days after bought", "today - bought <= 10 days"));
    // In a year with 29 February and in one without.
    assert!(idle("today is between 2027-02-01 and 2027-02-28", "today <= 2027-03-01"));
    assert!(!idle("today is between 2027-02-01 and 2027-03-02", "today <= 2027-03-01"));
    // Neither holds today, and both may later.
    assert!(!idle("today >= 2027-06-01", "today >= 2027-06-02"));
}

#[test]
fn what_could_not_be_looked_at_is_said_once_a_lint() {
    let head = HEAD.replace("rule anything\n  agent may refund\n", "");
    let text = format!(
        "{head}fact total money verified\nrule first_try\n  agent may refund up to 20 EUR\n  when (total / 1 EUR) * total < 0 EUR\nrule second_try\n  agent may refund up to 20 EUR\n  when (total / 1 EUR) * total < -1 EUR\n\
         fallback refund\n  advise \"Sorry.\"\n"
    );
    let (found, rendered) = codes(&text);
    assert_eq!(found, [Code::TooManyCases], "{rendered}");
    assert!(rendered.contains("`idle-rule` could not look at every case"), "{rendered}");
}

#[test]
fn an_entitlement_and_a_prohibition_meet_on_a_later_day() {
    let head = HEAD.replace("rule anything\n  agent may refund\n", "");
    let text = |day: &str| {
        format!(
            "{head}fact price money verified\nbudget once\n  1 times per actor ever\nfact order.id text verified\nbudget paid\n  1 times per order.id ever\nrule due\n  entitled to refund of price\n  when today >= 2027-06-01\n  charge paid\n\
             rule closed\n  everyone may not refund\n  when today {day}\n"
        )
        .replace("budget once\n  1 times per actor ever\n", "")
    };
    let (found, rendered) = codes(&text(">= 2027-07-01"));
    assert!(found.contains(&Code::ContestedEntitlement), "{rendered}");
    assert!(rendered.contains("on 2027-"), "{rendered}");
    assert!(!codes(&text("< 2027-06-01")).0.contains(&Code::ContestedEntitlement));
}

#[test]
fn a_limit_below_zero_is_named_so_at_its_place() {
    let (found, rendered) = codes(&format!("{HEAD}fact fee money verified\nrule fees\n  agent may refund up to 0 EUR - fee - 5 EUR\n"));
    assert!(found.contains(&Code::NegativeLimit), "{rendered}");
    assert!(rendered.contains("the limit of `fees` is below zero") && rendered.contains("^^^^^^^^^^^^^^^^^^^ nothing is left"), "{rendered}");
    assert!(rendered.contains("help: write a quantity above zero; `-` takes away, it makes no range"), "{rendered}");
}

/// Without a rule.
const BARE: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nrole lead\naction refund of money\n";

#[test]
fn a_limit_is_missed_beside_another_rule_of_the_same_role() {
    let rules = |second: &str| {
        codes(&format!(
            "{BARE}fact late yes/no\n  asks \"Late?\"\nrule first\n  agent may refund up to 50 EUR\nrule second\n  agent may refund{second}\n  when late\n"
        ))
    };
    let (found, rendered) = rules("");
    assert!(found.contains(&Code::NoLimit) && rendered.contains("though another rule has one for it"), "{rendered}");
    assert!(!rules(" up to 80 EUR").0.contains(&Code::NoLimit));
    assert!(!rules("\n  approved by lead").0.contains(&Code::NoLimit));
}

#[test]
fn silence_about_the_quantity_of_a_cap_is_told() {
    let with = |fact: &str| {
        codes(&format!(
            "{BARE}fact ceiling money {fact}\nrule first\n  agent may refund up to 500 EUR\nrule cap\n  agent may not refund more than ceiling\n"
        ))
    };
    let (found, rendered) = with("default 100 EUR");
    assert!(found.contains(&Code::UnverifiedDefault), "{rendered}");
    assert!(!with("default 100 EUR verified").0.contains(&Code::UnverifiedDefault));
    assert!(!with("asks \"How much?\"").0.contains(&Code::UnverifiedDefault));
}
