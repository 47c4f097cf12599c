//! Division by zero, overflow, gaps of tables.

use super::shop::shop;

#[test]
fn a_comparison_that_reads_it_counts_against_the_asker_and_asks_for_no_fact() {
    let shop = shop(
        "rule a\n  agent may refund\n  when total / pieces > 1 EUR\nrule v\n  agent may voucher up to 10 EUR\nrule p\n  nobody may voucher\n  when total / pieces > 1 EUR\n",
    );
    let ask = |what, pieces: u32| shop.ask("agent", what).given("total", "9 EUR").given("pieces", pieces).answer();
    let got = ask("refund 1 EUR", 0);
    assert_eq!((got.word(), got.need().as_str()), ("no", ""));
    assert_eq!(ask("refund 1 EUR", 3).word(), "yes");
    let got = ask("voucher 1 EUR", 0);
    assert_eq!((got.word(), got.need().as_str(), got.because().as_str()), ("no", "", "p"));
    assert_eq!(ask("voucher 1 EUR", 9).word(), "yes");
}

#[test]
fn not_of_undefined_is_undefined() {
    let shop = shop("rule a\n  agent may refund\n  when not total / pieces > 1 EUR\nrule b\n  agent may voucher\n  unless total / pieces > 1 EUR\n");
    let ask = |what| shop.ask("agent", what).given("total", "9 EUR").given("pieces", 0).answer().word();
    assert_eq!([ask("refund 1 EUR"), ask("voucher 1 EUR")], ["no", "no"]);
}

#[test]
fn and_or_treat_it_like_unknown() {
    let shop = shop(
        "rule a\n  agent may refund\n  when total / pieces > 1 EUR or seasonal\nrule b\n  agent may voucher\n  unless total / pieces > 1 EUR and seasonal\n",
    );
    let ask = |what, seasonal: bool| shop.ask("agent", what).given("total", "9 EUR").given("pieces", 0).given("seasonal", seasonal).answer().word();
    assert_eq!([ask("refund 1 EUR", true), ask("refund 1 EUR", false)], ["yes", "no"]);
    assert_eq!([ask("voucher 1 EUR", true), ask("voucher 1 EUR", false)], ["no", "yes"]);
}

#[test]
fn an_undefined_limit_cap_or_entitlement_is_zero() {
    let shop = shop(
        "rule a\n  agent may refund up to total / pieces\nrule v\n  agent may voucher\nrule c\n  agent may not voucher more than total / pieces\n\
         rule e\n  entitled to refund of total / pieces\n",
    );
    let ask = |what, pieces: u32| shop.ask("agent", what).given("total", "9 EUR").given("pieces", pieces).answer();
    assert_eq!((ask("refund 1 EUR", 0).word(), ask("refund 1 EUR", 0).entitled().as_str()), ("no", "none"));
    assert_eq!(ask("refund 1 EUR", 3).entitled(), "3");
    let got = ask("voucher 1 EUR", 0);
    assert_eq!((got.word(), got.because().as_str()), ("ask", "c"));
    assert_eq!(ask("voucher 9 EUR", 3).limit(), "3");
}

#[test]
fn a_duty_whose_condition_is_undefined_is_required() {
    let shop = shop("rule a\n  agent may refund\n  require photo when total / pieces > 5 EUR\n");
    let ask = |pieces: u32| shop.ask("agent", "refund 1 EUR").given("total", "9 EUR").given("pieces", pieces).answer();
    assert_eq!((ask(0).word(), ask(0).require().as_str()), ("yes", "photo"));
    assert_eq!(ask(3).require(), "");
}

#[test]
fn a_route_whose_condition_is_undefined_is_left_out() {
    let shop = shop("rule a\n  lead may refund\nfallback refund\n  ask manager when total / pieces > 5 EUR\n");
    let ask = |pieces: u32| shop.ask("agent", "refund 1 EUR").given("total", "9 EUR").given("pieces", pieces).answer();
    assert_eq!(ask(0).ask(), "lead, manager");
    assert_eq!(ask(1).ask(), "manager, lead");
}

#[test]
fn a_result_beyond_ten_to_the_thirtieth_is_overflow() {
    let shop =
        shop("rule a\n  agent may refund\n  when pieces * pieces * 1.000000001 > 1\nrule b\n  agent may voucher\n  when pieces * pieces > 1\n");
    let ask = |what| shop.ask("agent", what).given("pieces", 1_000_000_000_000_000_i64).answer();
    assert_eq!((ask("refund 1 EUR").word(), ask("refund 1 EUR").need().as_str()), ("no", ""));
    assert_eq!(ask("voucher 1 EUR").word(), "yes");
}

#[test]
fn a_gap_of_a_gives_table_is_undefined() {
    let shop = shop("table price gives money\n  | pieces | is |\n  | < 3 | 10 EUR |\n  | > 3 | 20 EUR |\nrule a\n  agent may refund up to price\n");
    let ask = |pieces: u32| shop.ask("agent", "refund").given("pieces", pieces).answer();
    assert_eq!([ask(2).limit(), ask(4).limit(), ask(3).limit()], ["10", "20", "none"]);
    assert_eq!((ask(3).word(), ask(3).need().as_str()), ("no", ""));
}

#[test]
fn a_divisor_that_may_be_zero_asks_for_what_it_reads() {
    let shop = shop("rule a\n  agent may refund up to total / pieces\n");
    let got = shop.ask("agent", "refund 1 EUR").given("total", "9 EUR").answer();
    assert_eq!((got.word(), got.need().as_str()), ("need", "pieces"));
}
