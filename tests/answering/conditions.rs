//! Conditions: how they bind and what they compare.

use serde_json::{Value, json};

use super::shop::shop;

/// Whether an exchange is granted under a condition.
fn holds(condition: &str, facts: &Value) -> bool {
    let shop = shop(&format!("rule a\n  agent may exchange\n  when {condition}\n"));
    let word = shop.ask("agent", "exchange").all(facts).answer().word();
    assert!(word == "yes" || word == "no", "{condition}: {word}");
    word == "yes"
}

fn holds_plainly(condition: &str) -> bool {
    holds(condition, &json!({}))
}

#[test]
fn products_bind_tighter_than_sums() {
    assert!(holds_plainly("2 + 3 * 4 = 14"));
    assert!(holds_plainly("(2 + 3) * 4 = 20"));
    assert!(holds_plainly("20 - 6 / 2 = 17"));
    assert!(holds_plainly("20 - 6 - 2 = 12"));
    assert!(holds_plainly("20 / 2 / 5 = 2"));
    assert!(holds_plainly("-3 + 5 = 2"));
    assert!(holds_plainly("2 * -3 = -6"));
}

#[test]
fn a_part_of_one_operand_binds_tighter_than_products() {
    assert!(holds_plainly("50% of 10 EUR * 4 = 20 EUR"));
    assert!(holds_plainly("50% of (10 EUR + 10 EUR) = 10 EUR"));
    assert!(holds_plainly("50% of 10 EUR + 10 EUR = 15 EUR"));
    assert!(holds("rate of total = 3 EUR", &json!({ "rate": "12%", "total": "25 EUR" })));
}

#[test]
fn rounded_goes_over_the_whole_sum_to_its_left() {
    assert!(holds_plainly("1.02 EUR + 0.01 EUR rounded to 0.05 EUR = 1.05 EUR"));
    assert!(holds_plainly("1.02 EUR + 0.01 EUR rounded down to 0.05 EUR = 1.00 EUR"));
    assert!(holds_plainly("1.01 EUR rounded up to 0.05 EUR = 1.05 EUR"));
    assert!(holds_plainly("4.1 EUR / 4 rounded to 0.05 EUR = 1.05 EUR"));
}

#[test]
fn not_stands_over_the_comparison_that_follows_and_binds_tighter_than_or() {
    let reason = |reason: &'static str| json!({ "reason": reason, "seasonal": true });
    // (a and b) or c
    assert!(holds("seasonal or reason is late and reason is damaged", &reason("wrong_item")));
    assert!(!holds("(seasonal or reason is late) and reason is damaged", &reason("wrong_item")));
    // (not a) and b
    assert!(!holds("not reason is late and not seasonal", &reason("damaged")));
    assert!(holds("not reason is late and seasonal", &reason("damaged")));
    assert!(holds("not seasonal or reason is late", &reason("late")));
}

#[test]
fn the_and_of_between_belongs_to_it() {
    let with = |amount: &'static str| json!({ "total": amount, "seasonal": true });
    let condition = "total is between 10 EUR and 20 EUR and seasonal";
    assert!(!holds(condition, &with("9.99 EUR")));
    assert!(holds(condition, &with("10 EUR")));
    assert!(holds(condition, &with("20 EUR")));
    assert!(!holds(condition, &with("20.01 EUR")));
    assert!(holds("total is not between 10 EUR and 20 EUR", &with("20.01 EUR")));
    assert!(!holds("total is not between 10 EUR and 20 EUR", &with("20 EUR")));
}

#[test]
fn is_one_of_and_is_not_one_of() {
    let reason = |reason: &'static str| json!({ "reason": reason });
    assert!(holds("reason is one of late, damaged", &reason("late")));
    assert!(!holds("reason is one of late, damaged", &reason("wrong_item")));
    assert!(holds("reason is not one of late, damaged", &reason("wrong_item")));
    assert!(!holds("reason is not one of late, damaged", &reason("damaged")));
    assert!(holds("reason is not late", &reason("damaged")));
    assert!(!holds("reason is not late", &reason("late")));
}

#[test]
fn comparisons_at_their_bounds() {
    let total = |total: &'static str| json!({ "total": total });
    for (condition, below, at, above) in [
        ("total < 10 EUR", true, false, false),
        ("total <= 10 EUR", true, true, false),
        ("total > 10 EUR", false, false, true),
        ("total >= 10 EUR", false, true, true),
        ("total = 10 EUR", false, true, false),
        ("total is 10 EUR", false, true, false),
        ("total is not 10 EUR", true, false, true),
    ] {
        assert_eq!(holds(condition, &total("9.99 EUR")), below, "{condition}");
        assert_eq!(holds(condition, &total("10 EUR")), at, "{condition}");
        assert_eq!(holds(condition, &total("10.01 EUR")), above, "{condition}");
    }
}

#[test]
fn sets_include_one_any_or_all() {
    let tags = |tags: &'static [&'static str]| json!({ "tags": tags.to_vec() });
    assert!(holds("tags includes vip", &tags(&["vip", "staff"])));
    assert!(!holds("tags includes press", &tags(&["vip", "staff"])));
    assert!(holds("tags includes any of press, vip", &tags(&["vip"])));
    assert!(!holds("tags includes any of press, staff", &tags(&["vip"])));
    assert!(!holds("tags includes any of press, staff", &tags(&[])));
    assert!(holds("tags includes all of vip, staff", &tags(&["staff", "vip"])));
    assert!(!holds("tags includes all of vip, staff", &tags(&["vip"])));
    assert!(!holds("tags includes all of vip, staff", &tags(&[])));
}

#[test]
fn texts_are_exact() {
    let order = |id: &'static str| json!({ "order.id": id });
    assert!(holds("order.id starts with \"SALE-\"", &order("SALE-7")));
    assert!(!holds("order.id starts with \"SALE-\"", &order("sale-7")));
    assert!(holds("order.id ends with \"-7\"", &order("SALE-7")));
    assert!(holds("order.id contains \"LE\"", &order("SALE-7")));
    assert!(!holds("order.id contains \"le\"", &order("SALE-7")));
    assert!(holds("order.id is \"SALE-7\"", &order("SALE-7")));
    assert!(!holds("order.id is \"SALE-7\"", &order("SALE-7 ")));
}

#[test]
fn a_yes_no_fact_or_definition_alone_is_a_condition() {
    let shop = shop("define cheap as total < 10 EUR\ndefine free as seasonal and cheap\nrule a\n  agent may exchange\n  when free\n");
    let word = |total: &str, seasonal: bool| shop.ask("agent", "exchange").given("total", total).given("seasonal", seasonal).answer().word();
    assert_eq!([word("9 EUR", true), word("10 EUR", true), word("9 EUR", false)], ["yes", "no", "no"]);
}

#[test]
fn seasonal_may_be_compared_with_yes_and_no() {
    let seasonal = |yes: bool| json!({ "seasonal": yes });
    assert!(holds("seasonal is yes", &seasonal(true)));
    assert!(!holds("seasonal is yes", &seasonal(false)));
    assert!(holds("seasonal is no", &seasonal(false)));
}

#[test]
fn money_by_money_is_a_number() {
    assert!(holds("total / 4 EUR = 2.5", &json!({ "total": "10 EUR" })));
    assert!(holds("total / 3 * 3 = total", &json!({ "total": "10 EUR" })));
}

#[test]
fn min_and_max_take_several() {
    assert!(holds_plainly("min(3 EUR, 1 EUR, 2 EUR) = 1 EUR"));
    assert!(holds_plainly("max(3, 1, 2) = 3"));
}

#[test]
fn a_definition_may_be_a_value() {
    let shop = shop("define third as total / 3\nrule a\n  agent may refund up to min(third, 20 EUR)\n");
    assert_eq!(shop.ask("agent", "refund").given("total", "10 EUR").answer().limit(), "3.33");
    assert_eq!(shop.ask("agent", "refund").given("total", "90 EUR").answer().limit(), "20");
}

#[test]
fn beside_is_a_value_of_the_facts_type_wins_over_a_name() {
    let shop = shop("fact state one of open, late_too\nfact late_too yes/no\nrule a\n  agent may exchange\n  when state is late_too\n");
    let got = shop.ask("agent", "exchange").given("state", "late_too").given("late_too", false).answer();
    assert_eq!(got.word(), "yes");
}

#[test]
fn actor_team_and_id_are_texts() {
    assert!(holds_plainly("actor.team is \"berlin\""));
    assert!(holds_plainly("actor.id starts with \"an\""));
    assert!(!holds_plainly("actor.id is \"Anna\""));
}
