//! Budgets: lines, keys, windows, room, charges.

use super::shop::shop;

#[test]
fn a_role_takes_its_own_line_else_the_nearest_below_else_the_one_without_for() {
    let shop = shop(
        "budget goodwill\n  10 EUR per actor per month\n  100 EUR per actor per month for agent\n  300 EUR per actor per month for lead\n\
         rule a\n  everyone may refund\n  charge goodwill\n",
    );
    let limit = |role| shop.ask(role, "refund").answer().limit();
    assert_eq!(limit("agent"), "100");
    assert_eq!(limit("senior"), "100");
    assert_eq!(limit("lead"), "300");
    // One step above lead.
    assert_eq!(limit("manager"), "300");
    assert_eq!(limit("warehouse"), "10");
    assert_eq!(limit("finance"), "10");
}

#[test]
fn equally_near_lines_go_by_source_order() {
    let shop = shop(
        "budget goodwill\n  30 EUR per month for warehouse\n  80 EUR per month for lead\n  5 EUR per month\nrule a\n  everyone may refund\n  charge goodwill\n",
    );
    assert_eq!(shop.ask("manager", "refund").answer().limit(), "30");
}

#[test]
fn roles_share_what_a_key_has_spent() {
    let shop = shop(
        "budget patience\n  2 times per customer.id per rolling 365 days for agent\n  5 times per customer.id per rolling 365 days for lead\n\
         rule a\n  agent may refund\n  charge patience\n",
    );
    let ask = |role, used: u32| shop.ask(role, "refund 1 EUR").given("customer.id", "c").spent("patience", used).answer();
    assert_eq!(ask("agent", 1).word(), "yes");
    assert_eq!(ask("agent", 2).ask(), "lead, manager");
    assert_eq!(ask("lead", 4).charge(), "patience 1 left 0 of 5 until 2027-11-21");
    assert_eq!(ask("lead", 5).word(), "no");
}

#[test]
fn a_budget_of_times_has_no_bound_while_one_is_left_else_zero() {
    let shop = shop("budget patience\n  2 times per customer.id ever\nrule a\n  agent may refund\n  charge patience\n");
    let ask = |used: u32| shop.ask("agent", "refund").given("customer.id", "c").spent("patience", used).answer();
    assert_eq!(ask(1).limit(), "unlimited");
    assert_eq!((ask(2).word(), ask(2).limit().as_str()), ("no", "none"));
    assert_eq!(ask(7).word(), "no");
}

#[test]
fn an_unlimited_line_records_and_never_limits() {
    let shop = shop("budget log\n  50 EUR per month for agent\n  unlimited per month for lead\nrule a\n  agent may refund\n  charge log\n");
    let got = shop.ask("lead", "refund 500 EUR").spent("log", "70 EUR").answer();
    assert_eq!((got.word(), got.charge().as_str()), ("yes", "log 500 left - of - until 2026-12-01"));
}

#[test]
fn what_is_overspent_has_nothing_left() {
    let shop = shop("budget goodwill\n  100 EUR per month\nrule a\n  agent may refund\n  charge goodwill\n");
    assert_eq!(shop.ask("agent", "refund 1 EUR").spent("goodwill", "150 EUR").answer().word(), "no");
    assert_eq!(shop.ask("agent", "refund 1 EUR").spent("goodwill", "99 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 1.01 EUR").spent("goodwill", "99 EUR").answer().limit(), "1");
}

#[test]
fn a_budget_whose_key_is_unknown_counts_as_exhausted_against_and_unspent_in_favour() {
    let shop = shop(
        "budget patience\n  2 times per customer.id ever\nrule a\n  agent may refund\n  charge patience\nrule b\n  agent may refund up to 5 EUR\n",
    );
    let got = shop.ask("agent", "refund 9 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.otherwise().limit().as_str()), ("need", "customer.id", "5"));
}

#[test]
fn an_absent_key_is_a_bucket_of_its_own() {
    let shop = shop("budget once\n  1 times per coupon.code ever\nrule a\n  agent may refund\n  charge once\n");
    assert_eq!(shop.ask("agent", "refund 9 EUR").given("coupon.code", serde_json::Value::Null).answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 9 EUR").given("coupon.code", serde_json::Value::Null).spent("once", 1).answer().word(), "no");
    assert_eq!(shop.ask("agent", "refund 9 EUR").answer().need(), "coupon.code");
}

#[test]
fn a_quantity_over_facts_may_be_the_allotment() {
    let shop = shop("budget worth\n  50% of total per order.id ever\nrule a\n  agent may refund\n  charge worth\n");
    let ask = || shop.ask("agent", "refund 40 EUR").given("order.id", "o");
    assert_eq!(ask().given("total", "100 EUR").answer().charge(), "worth 40 left 10 of 50 ever");
    assert_eq!(ask().given("total", "70 EUR").answer().limit(), "35");
    assert_eq!(ask().answer().need(), "total");
    assert_eq!(ask().given("total", "100 EUR").spent("worth", "10.01 EUR").answer().limit(), "39.99");
}

#[test]
fn windows_say_when_they_begin_anew() {
    for (window, resets) in [
        ("per day", "2026-11-22"),
        // An ISO week: Monday.
        ("per week", "2026-11-23"),
        ("per month", "2026-12-01"),
        ("per quarter", "2027-01-01"),
        ("per year", "2027-01-01"),
        ("per year from 04-01", "2027-04-01"),
        ("per year from 12-01", "2026-12-01"),
        ("per year from 11-21", "2027-11-21"),
        ("per year from 11-22", "2026-11-22"),
        ("per rolling 365 days", "2027-11-21"),
        ("per rolling 12 months", "2027-11-21"),
        ("per rolling 2 weeks", "2026-12-05"),
    ] {
        let shop = shop(&format!("budget goodwill\n  100 EUR {window}\nrule a\n  agent may refund\n  charge goodwill\n"));
        assert_eq!(shop.ask("agent", "refund 1 EUR").answer().charge(), format!("goodwill 1 left 99 of 100 until {resets}"), "{window}");
    }
}

#[test]
fn windows_are_in_the_policys_time_zone() {
    let shop = shop("budget goodwill\n  100 EUR per day\nrule a\n  agent may refund\n  charge goodwill\n");
    let got = shop.ask("agent", "refund 1 EUR").at("2026-11-21T23:30:00Z").answer();
    assert_eq!(got.charge(), "goodwill 1 left 99 of 100 until 2026-11-23");
}

#[test]
fn a_charge_by_an_expression_is_what_the_granted_quantity_costs() {
    let shop = shop("budget goodwill\n  100 EUR per month\nrule a\n  agent may discount up to 50%\n  charge goodwill by amount of total\n");
    let ask = |what| shop.ask("agent", what).given("total", "400 EUR");
    assert_eq!(ask("discount 20%").answer().charge(), "goodwill 80 left 20 of 100 until 2026-12-01");
    assert_eq!(ask("discount 30%").answer().limit(), "25");
    assert_eq!(shop.ask("agent", "discount 20%").answer().need(), "total");
}

#[test]
fn a_charge_is_rounded_up_and_room_leaves_place_for_that() {
    let shop = shop("budget goodwill\n  10 EUR per month\nrule a\n  agent may refund\n  charge goodwill by 33% of amount\n");
    // 33 % of 1.01 EUR is 0.3333 EUR.
    assert_eq!(shop.ask("agent", "refund 1.01 EUR").answer().charge(), "goodwill 0.34 left 9.66 of 10 until 2026-12-01");
    // 30.30 costs 9.999, charged 10.00; 30.31 costs 10.0023, charged 10.01.
    assert_eq!(shop.ask("agent", "refund").answer().limit(), "30.3");
}

#[test]
fn a_fixed_charge_fits_or_does_not() {
    let shop = shop("budget goodwill\n  10 EUR per month\nrule a\n  agent may exchange\n  charge goodwill by 10% of total\n");
    let ask = |total: &str| shop.ask("agent", "exchange").given("total", total).answer();
    assert_eq!(ask("100 EUR").charge(), "goodwill 10 left 0 of 10 until 2026-12-01");
    assert_eq!(ask("100.01 EUR").word(), "no");
    assert_eq!(ask("12.34 EUR").charge(), "goodwill 1.24 left 8.76 of 10 until 2026-12-01");
}

#[test]
fn a_charge_is_never_below_zero() {
    let shop = shop("budget goodwill\n  10 EUR per month\nrule a\n  agent may exchange\n  charge goodwill by total - 50 EUR\n");
    let got = shop.ask("agent", "exchange").given("total", "20 EUR").spent("goodwill", "10 EUR").answer();
    assert_eq!((got.word(), got.charge().as_str()), ("yes", "goodwill 0 left 0 of 10 until 2026-12-01"));
}

#[test]
fn an_amount_times_a_price_is_charged() {
    let shop = shop("budget goodwill\n  10 EUR per month\nrule a\n  agent may points\n  charge goodwill by amount * 0.30 EUR\n");
    assert_eq!(shop.ask("agent", "points 10").answer().charge(), "goodwill 3 left 7 of 10 until 2026-12-01");
    // 33.33 points cost 9.999, charged 10.00.
    assert_eq!(shop.ask("agent", "points").answer().limit(), "33.33");
}

#[test]
fn the_tightest_of_several_budgets_binds() {
    let shop =
        shop("budget first\n  100 EUR per actor per month\nbudget second\n  200 EUR per month\nrule a\n  agent may refund\n  charge first, second\n");
    let got = shop.ask("agent", "refund 100 EUR").spent("second", "150 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("up_to", "50"));
    assert_eq!(got.charge(), "first 50 left 50 of 100 until 2026-12-01, second 50 left 0 of 200 until 2026-12-01");
}

#[test]
fn spent_is_what_this_questions_bucket_has_used_before_it() {
    let shop = shop(
        "budget patience\n  unlimited per customer.id ever\nbudget goodwill\n  100 EUR per month\n\
         rule a\n  agent may refund up to 50 EUR\n  when spent goodwill < 30 EUR\n  charge goodwill\n",
    );
    assert_eq!(shop.ask("agent", "refund 50 EUR").spent("goodwill", "29.99 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 50 EUR").spent("goodwill", "30 EUR").answer().word(), "no");
}

#[test]
fn an_undefined_charge_leaves_no_room() {
    let shop = shop("budget goodwill\n  10 EUR per month\nrule a\n  agent may exchange\n  charge goodwill by total / pieces\n");
    assert_eq!(shop.ask("agent", "exchange").given("total", "9 EUR").given("pieces", 0).answer().word(), "no");
    assert_eq!(shop.ask("agent", "exchange").given("total", "9 EUR").given("pieces", 3).answer().word(), "yes");
}

#[test]
fn what_costs_nothing_charges_nothing_without_limit_too() {
    let shop = shop("budget goodwill\n  10 EUR per month\nrule a\n  agent may refund\n  charge goodwill by 0% of amount\n");
    let got = shop.ask("agent", "refund").spent("goodwill", "10 EUR").answer();
    assert_eq!((got.limit().as_str(), got.charge().as_str()), ("unlimited", "goodwill 0 left 0 of 10 until 2026-12-01"));
}
