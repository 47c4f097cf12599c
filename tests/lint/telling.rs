//! Cases that prove what a finding says: the action that reads it, with what it takes to decide, in figures that occur.

use kulanz::diagnostic::{Code, Diagnostic};

use super::of_text;

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nrole lead\n  above agent\nfact id text verified\nfact total money verified\n\
    fact normal money verified\nfact parts number verified\naction refund of money\naction voucher of money\nbudget per_order\n  1000 EUR per id ever\n\
    fallback refund, voucher\n  ask lead\n  advise \"Sorry.\"\nrule head\n  lead may refund, voucher up to 900 EUR\n  charge per_order\n";

fn found(code: Code, rules: &str) -> Vec<Diagnostic> {
    let text = format!("{HEAD}{rules}");
    super::pasted::paste(&text);
    of_text(&text).0.into_iter().filter(|finding| finding.code == code).collect()
}

/// The case of the only finding.
fn case(code: Code, rules: &str) -> String {
    let mut found = found(code, rules);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0).case.unwrap()
}

#[test]
fn a_gap_of_a_table_is_met_by_the_action_that_reads_it() {
    let table = "table t gives money\n  | total    | is     |\n  |----------|--------|\n  | < 10 EUR | 5 EUR  |\n  | > 10 EUR | 10 EUR |\n";
    let first = "rule first\n  agent may refund up to total\n  charge per_order\n";
    let reading = |how: &str| format!("{table}{first}{how}");
    let direct = reading("rule second\n  agent may voucher up to t\n  charge per_order\n");
    let named = reading("define usual as 50% of t\nrule second\n  agent may voucher up to usual\n  charge per_order\n");
    let in_a_table = "table u gives money\n  | parts | is |\n  |-------|----|\n  | > 0   | t  |\n  | <= 0  | t  |\n";
    let nested = reading(&format!("{in_a_table}rule second\n  agent may voucher up to u\n  charge per_order\n"));
    for rules in [direct, named, nested] {
        let case = case(Code::LookupGap, &rules);
        assert!(case.contains("given total is 10.00 EUR") && case.contains("ask voucher") && case.contains("given id is"), "{case}");
        assert!(!case.contains("expect need"), "{case}");
    }
    let help = found(Code::LookupGap, &reading("rule second\n  agent may voucher up to t\n  charge per_order\n")).remove(0).help;
    assert_eq!(help.as_deref(), Some("add a row for this case: total is 10.00 EUR"));
}

#[test]
fn a_limit_below_zero_is_shown() {
    let limit = |limit: &str, when: &str| format!("rule first\n  agent may refund up to {limit}\n  {when}charge per_order\n");
    let below = case(Code::NegativeLimit, &limit("total - 100 EUR", ""));
    assert!(below.contains("given total is 40.00 EUR") && below.contains("expect ask"), "{below}");
    let below = case(Code::NegativeLimit, &limit("total - normal", "when parts > 3\n  "));
    assert!(below.contains("given parts is 6") && below.contains("given total is 0.00 EUR"), "{below}");
    // The bounds of each alone would not tell.
    assert!(found(Code::NegativeLimit, &limit("total - normal", "when total >= normal + 5 EUR\n  ")).is_empty());
}

#[test]
fn a_division_by_zero_is_shown() {
    let limit = |limit: &str, when: &str| format!("rule first\n  agent may refund up to {limit}\n  {when}charge per_order\n");
    let findings = found(Code::DivisionByZero, &limit("total / (parts - 3)", ""));
    let case = findings[0].case.as_ref().unwrap();
    assert!(case.contains("given parts is 3"), "{case}");
    let above = case_of_condition("total / (parts - 3) > 10 EUR");
    assert!(above.contains("given parts is 3"), "{above}");
    assert!(found(Code::DivisionByZero, &limit("total / (parts - 3)", "when parts > 3\n  ")).is_empty());
    assert!(found(Code::DivisionByZero, &limit("total / parts", "when parts + 1 > 1\n  ")).is_empty());
}

fn case_of_condition(condition: &str) -> String {
    case(Code::DivisionByZero, &format!("rule first\n  agent may refund up to 5 EUR\n  when {condition}\n  charge per_order\n"))
}

#[test]
fn nobody_owes_less_than_nothing() {
    let text = format!("{HEAD}rule first\n  agent may refund up to total\n  charge per_order\n")
        .replace("  ask lead\n  advise \"Sorry.\"\n", "  advise \"Sorry.\" when total > 9 EUR\n");
    let (found, rendered) = of_text(&text);
    let wall = found.iter().find(|finding| finding.code == Code::BareNo).unwrap_or_else(|| panic!("{rendered}"));
    assert!(wall.case.as_ref().unwrap().contains("given total is 0.00 EUR"), "{rendered}");
}
