//! `up_to`, x left out, and the limit every answer carries.

use super::shop::shop;

#[test]
fn there_is_a_smaller_quantity_up_to_with_or_without_ask() {
    let with = shop("rule a\n  agent may refund up to 50 EUR\nrule b\n  lead may refund up to 500 EUR\n");
    let got = with.ask("agent", "refund 80 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.ask().as_str()), ("up_to", "50", "lead, manager"));
    let without = shop("rule a\n  agent may refund up to 50 EUR\n");
    let got = without.ask("agent", "refund 80 EUR").answer();
    assert_eq!((got.word(), got.ask().as_str()), ("up_to", ""));
    assert_eq!(with.ask("agent", "refund 501 EUR").answer().ask(), "");
}

#[test]
fn the_limit_is_worked_out_where_conditions_read_amount() {
    let below = shop("rule a\n  agent may refund up to 100 EUR\n  when amount < 30 EUR\n");
    assert_eq!(below.ask("agent", "refund 50 EUR").answer().limit(), "29.99");
    assert_eq!(below.ask("agent", "refund").answer().limit(), "29.99");
    let at_most = shop("rule a\n  agent may refund up to 100 EUR\n  when amount <= 30 EUR\n");
    assert_eq!(at_most.ask("agent", "refund 50 EUR").answer().limit(), "30");
    let forbidden = shop("rule a\n  agent may refund\nrule b\n  nobody may refund\n  when amount >= 30 EUR\n  unless seasonal\n");
    let got = forbidden.ask("agent", "refund 50 EUR").given("seasonal", false).answer();
    assert_eq!((got.word(), got.limit().as_str(), got.because().as_str()), ("up_to", "29.99", "a, b"));
}

#[test]
fn the_limit_skips_a_gap_in_what_may_be_granted() {
    let shop = shop("rule a\n  agent may refund up to 10 EUR\nrule b\n  agent may refund up to 100 EUR\n  when amount > 40 EUR\n");
    assert_eq!(shop.ask("agent", "refund 20 EUR").answer().limit(), "10");
    assert_eq!(shop.ask("agent", "refund 40 EUR").answer().word(), "up_to");
    assert_eq!(shop.ask("agent", "refund 40.01 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 120 EUR").answer().limit(), "100");
    assert_eq!(shop.ask("agent", "refund").answer().limit(), "100");
}

#[test]
fn a_larger_quantity_alone_makes_no_up_to() {
    let shop = shop("rule b\n  agent may refund up to 100 EUR\n  when amount >= 40 EUR\n");
    assert_eq!(shop.ask("agent", "refund 20 EUR").answer().word(), "no");
    assert_eq!(shop.ask("agent", "refund 40 EUR").answer().word(), "yes");
}

#[test]
fn a_breakpoint_between_two_cents_is_worked_out_on_the_grid() {
    let shop = shop("rule a\n  agent may refund\n  when amount < total / 3\n");
    let limit = |total: &str| shop.ask("agent", "refund 50 EUR").given("total", total).answer().limit();
    // 33.333…
    assert_eq!(limit("100 EUR"), "33.33");
    // 33 exactly: less than is 32.99
    assert_eq!(limit("99 EUR"), "32.99");
}

#[test]
fn between_reads_amount_too() {
    let shop = shop("rule a\n  agent may refund\n  when amount is between 10 EUR and 20 EUR\nrule b\n  agent may refund up to 5 EUR\n");
    let word = |what| shop.ask("agent", what).answer().word();
    assert_eq!([word("refund 9.99 EUR"), word("refund 10 EUR"), word("refund 20 EUR"), word("refund 20.01 EUR")], ["up_to", "yes", "yes", "up_to"]);
    assert_eq!(shop.ask("agent", "refund 30 EUR").answer().limit(), "20");
    assert_eq!(shop.ask("agent", "refund 7 EUR").answer().limit(), "5");
}

#[test]
fn with_x_left_out_the_limit_is_the_largest_surely_granted() {
    let shop = shop(
        "budget goodwill\n  300 EUR per actor per month\n\
         rule a\n  agent may refund up to 50 EUR\n  charge goodwill\n  require photo when amount >= 50 EUR\nrule e\n  entitled to voucher of 20 EUR\n",
    );
    let got = shop.ask("agent", "refund").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.require().as_str()), ("yes", "50", "photo"));
    assert_eq!(got.charge(), "goodwill 50 left 250 of 300 until 2026-12-01");
    let got = shop.ask("agent", "voucher").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("owed", "20"));
}

#[test]
fn with_x_left_out_unlimited_is_unlimited() {
    let shop = shop("budget log\n  unlimited per month\nrule a\n  agent may refund\n  charge log\n");
    let got = shop.ask("agent", "refund").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.charge().as_str()), ("yes", "unlimited", "log - left - of - until 2026-12-01"));
}

#[test]
fn with_x_left_out_need_lists_what_could_raise_it() {
    let shop = shop(
        "rule a\n  agent may refund up to 50 EUR\nrule b\n  agent may refund up to 80 EUR\n  when seasonal\nrule c\n  agent may refund up to 40 EUR\n  when known\n",
    );
    let got = shop.ask("agent", "refund").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.need().as_str()), ("yes", "50", "seasonal"));
    assert_eq!(shop.ask("agent", "refund").given("seasonal", false).answer().need(), "");
}

#[test]
fn with_x_left_out_and_nothing_granted_the_answer_is_that_for_the_smallest_unit() {
    let shop = shop("rule a\n  lead may refund up to 50 EUR\nrule b\n  agent may discount up to 10%\n  when seasonal\n");
    let got = shop.ask("agent", "refund").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.ask().as_str()), ("ask", "none", "lead, manager"));
    let got = shop.ask("agent", "discount").answer();
    assert_eq!((got.word(), got.need().as_str(), got.otherwise().word()), ("need", "seasonal", "no"));
    assert_eq!(shop.ask("agent", "points").answer().word(), "no");
}

#[test]
fn every_answer_carries_the_limit_where_it_is_above_zero() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\nrule e\n  entitled to refund of 20 EUR\n");
    let got = shop.ask("agent", "refund 10 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.entitled().as_str()), ("owed", "50", "20"));
    let got = shop.ask("agent", "refund 30 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("yes", "50"));
    assert_eq!(shop.ask("finance", "refund 30 EUR").answer().limit(), "20");
}

#[test]
fn with_x_left_out_need_lists_the_facts_of_a_cap_that_may_be_off() {
    let shop = shop("rule a\n  agent may refund\nrule p\n  agent may not refund more than 25.50 EUR\n  when seasonal\n");
    let got = shop.ask("agent", "refund").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.need().as_str()), ("yes", "25.5", "seasonal"));
}

#[test]
fn the_duties_of_an_unlimited_answer_are_those_beyond_every_bound() {
    let shop = shop("rule a\n  agent may refund\n  require photo when amount < 50 EUR\n  require note when amount > 80 EUR\n");
    let got = shop.ask("agent", "refund").answer();
    assert_eq!((got.limit().as_str(), got.require().as_str()), ("unlimited", "note"));
}
