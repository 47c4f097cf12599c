//! Optional facts: known, absent, unknown.

use serde_json::Value;

use super::shop::shop;

#[test]
fn present_absent_and_unknown_are_kept_apart() {
    let shop = shop("rule a\n  agent may refund\n  when coupon.value is present\nrule b\n  agent may voucher\n  when coupon.value is absent\n");
    assert_eq!(shop.ask("agent", "refund 1 EUR").given("coupon.value", "5 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 1 EUR").given("coupon.value", Value::Null).answer().word(), "no");
    assert_eq!(shop.ask("agent", "refund 1 EUR").answer().need(), "coupon.value");
    assert_eq!(shop.ask("agent", "voucher 1 EUR").given("coupon.value", "5 EUR").answer().word(), "no");
    assert_eq!(shop.ask("agent", "voucher 1 EUR").given("coupon.value", Value::Null).answer().word(), "yes");
    assert_eq!(shop.ask("agent", "voucher 1 EUR").answer().need(), "coupon.value");
}

#[test]
fn is_present_left_of_it_in_an_and_guards() {
    let shop = shop("rule a\n  agent may refund\n  when coupon.value is present and coupon.value > 5 EUR\n");
    let word = |value: Value| shop.ask("agent", "refund 1 EUR").given("coupon.value", value).answer().word();
    assert_eq!([word("6 EUR".into()), word("5 EUR".into()), word(Value::Null)], ["yes", "no", "no"]);
}

#[test]
fn is_absent_left_of_it_in_an_or_guards() {
    let shop = shop("rule a\n  agent may refund\n  when coupon.value is absent or coupon.value > 5 EUR\n");
    let word = |value: Value| shop.ask("agent", "refund 1 EUR").given("coupon.value", value).answer().word();
    assert_eq!([word("6 EUR".into()), word("5 EUR".into()), word(Value::Null)], ["yes", "no", "yes"]);
}

#[test]
fn the_rules_when_guards_quantity_unless_duties_and_charges() {
    let shop = shop(
        "budget goodwill\n  100 EUR per month\nrule a\n  agent may refund up to coupon.value\n  when coupon.value is present\n  unless coupon.value > 50 EUR\n\
         \x20 require photo when coupon.value > 20 EUR\n  charge goodwill by 10% of coupon.value\n",
    );
    let ask = |value: Value| shop.ask("agent", "refund").given("coupon.value", value).answer();
    assert_eq!(ask("30 EUR".into()).limit(), "30");
    assert_eq!(ask("30 EUR".into()).require(), "photo");
    assert_eq!(ask("30 EUR".into()).charge(), "goodwill 3 left 97 of 100 until 2026-12-01");
    assert_eq!(ask("20 EUR".into()).require(), "");
    assert_eq!(ask("51 EUR".into()).word(), "no");
    assert_eq!(ask(Value::Null).word(), "no");
}

#[test]
fn a_non_empty_test_cell_of_an_optional_fact_is_false_when_it_is_absent() {
    let shop = shop(
        "table t\n  may refund\n  | role | coupon.value | up to |\n  | agent | < 10 EUR | 5 EUR |\n  | agent | >= 10 EUR | 8 EUR |\n  | agent | any | 2 EUR |\n  | lead | not 3 EUR | 9 EUR |\n",
    );
    let limit = |role, value: Value| shop.ask(role, "refund").given("coupon.value", value).answer().limit();
    assert_eq!(limit("agent", "4 EUR".into()), "5");
    assert_eq!(limit("agent", "10 EUR".into()), "8");
    assert_eq!(limit("agent", Value::Null), "2");
    assert_eq!(limit("lead", "4 EUR".into()), "9");
    assert_eq!(limit("lead", Value::Null), "2");
}
