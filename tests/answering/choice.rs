//! Which of several rules counts, and what is required.

use super::shop::shop;

#[test]
fn of_several_rules_the_one_with_the_fewest_duties_counts() {
    let shop = shop(
        "rule a\n  agent may refund up to 100 EUR\n  require photo, note\nrule b\n  agent may refund up to 80 EUR\n  require photo\n\
         rule c\n  agent may refund up to 50 EUR\n",
    );
    let of = |what| {
        let got = shop.ask("agent", what).answer();
        (got.because(), got.require())
    };
    assert_eq!(of("refund 50 EUR"), ("c".into(), String::new()));
    assert_eq!(of("refund 80 EUR"), ("b".into(), "photo".into()));
    assert_eq!(of("refund 100 EUR"), ("a".into(), "photo, note".into()));
}

#[test]
fn then_the_one_with_the_fewest_limiting_budgets() {
    let shop = shop(
        "budget first\n  1_000 EUR per month\nbudget second\n  unlimited per month\nbudget third\n  1_000 EUR per month\n\
         rule a\n  agent may refund\n  charge first, third\nrule b\n  agent may refund\n  charge first\nrule c\n  agent may refund\n  charge second, first\n\
         rule d\n  agent may voucher\n  charge first\nrule e\n  agent may voucher\n  charge second\n",
    );
    assert_eq!(shop.ask("agent", "refund 5 EUR").answer().because(), "b");
    assert_eq!(shop.ask("agent", "voucher 5 EUR").answer().because(), "e");
}

#[test]
fn then_the_first_in_source_order() {
    let shop = shop("rule b\n  agent may refund up to 20 EUR\nrule a\n  agent may refund up to 80 EUR\n");
    assert_eq!(shop.ask("agent", "refund 20 EUR").answer().because(), "b");
    assert_eq!(shop.ask("agent", "refund 21 EUR").answer().because(), "a");
}

#[test]
fn the_fewest_duties_are_counted_at_the_quantity_asked_for() {
    let shop = shop("rule a\n  agent may refund\n  require photo, note when amount > 25 EUR\nrule b\n  agent may refund\n  require call\n");
    assert_eq!(shop.ask("agent", "refund 25 EUR").answer().because(), "a");
    assert_eq!(shop.ask("agent", "refund 25.01 EUR").answer().because(), "b");
}

#[test]
fn where_a_charge_is_reduced_by_an_entitlement_its_duties_are_required_too() {
    let shop = shop(
        "budget goodwill\n  100 EUR per actor per month\n\
         rule e\n  entitled to refund of 30 EUR\n  require photo\nrule p\n  agent may refund\n  charge goodwill\n  require note\n",
    );
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.require().as_str(), got.charge().as_str()), ("photo, note", "goodwill 20 left 80 of 100 until 2026-12-01"));
    assert_eq!(shop.ask("agent", "refund 30 EUR").answer().require(), "photo");
}

#[test]
fn a_require_whose_condition_is_not_surely_false_is_required_and_never_causes_need() {
    let shop = shop("rule p\n  agent may refund up to 100 EUR\n  require photo when reason is damaged and amount > 25 EUR\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.require().as_str(), got.need().as_str()), ("yes", "photo", ""));
    assert_eq!(shop.ask("agent", "refund 25 EUR").answer().require(), "");
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("reason", "late").answer().require(), "");
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("reason", "damaged").answer().require(), "photo");
}

#[test]
fn the_duties_of_up_to_are_those_of_a_grant_of_the_limit() {
    let shop = shop(
        "budget goodwill\n  300 EUR per actor per month\n\
         rule p\n  agent may refund up to 50 EUR\n  charge goodwill\n  require photo when amount > 50 EUR\n  require note when amount >= 50 EUR\n",
    );
    let got = shop.ask("agent", "refund 80 EUR").spent("goodwill", "200 EUR").answer();
    assert_eq!(got.require(), "note");
    assert_eq!(got.charge(), "goodwill 50 left 50 of 300 until 2026-12-01");
}

#[test]
fn a_duty_with_a_deadline_carries_by_when() {
    let shop = shop("rule p\n  agent may refund\n  require call, letter\n");
    // Saturday ten o'clock plus 24 hours; three working days after Tuesday, 22 December, with Christmas and a weekend off.
    let got = shop.ask("agent", "refund 1 EUR").given("bought", "2026-12-22").answer();
    assert_eq!(got.require(), "call by 2026-11-22T09:00:00Z, letter by 2026-12-28");
}

#[test]
fn where_no_charge_is_reduced_the_permission_stands_alone() {
    let shop = shop(
        "budget goodwill\n  100 EUR per month\nbudget worth\n  100 EUR per order.id ever\n\
         rule e\n  entitled to refund of 30 EUR\n  require photo\nrule p\n  agent may refund\n  require note\n\
         rule f\n  entitled to voucher of 30 EUR\n  charge worth\n  require photo\nrule q\n  agent may voucher\n  charge goodwill by 5 EUR\n",
    );
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.because().as_str(), got.require().as_str(), got.charge().as_str()), ("p", "note", ""));
    // What is owed still charges its own budget; a fixed charge is not reduced by it.
    let got = shop.ask("agent", "voucher 50 EUR").given("order.id", "o").answer();
    assert_eq!((got.because().as_str(), got.require().as_str()), ("f, q", ""));
    assert_eq!(got.charge(), "worth 30 left 70 of 100 ever, goodwill 5 left 95 of 100 until 2026-12-01");
}
