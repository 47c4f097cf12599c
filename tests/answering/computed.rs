//! Entitlement, ceiling, authority.

use super::shop::shop;

#[test]
fn a_permission_binds_its_roles_and_every_role_above_them() {
    let shop = shop("rule r\n  senior may refund up to 50 EUR\n");
    assert_eq!(shop.ask("senior", "refund 50 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("lead", "refund 50 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("manager", "refund 50 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().word(), "ask");
    assert_eq!(shop.ask("warehouse", "refund 50 EUR").answer().word(), "ask");
}

#[test]
fn everyone_may_is_for_every_role() {
    let shop = shop("rule r\n  everyone may refund up to 50 EUR\n");
    for role in ["agent", "warehouse", "finance", "manager"] {
        assert_eq!(shop.ask(role, "refund 50 EUR").answer().word(), "yes", "{role}");
    }
}

#[test]
fn a_prohibition_binds_its_roles_and_every_role_below_them() {
    let shop = shop("rule r\n  everyone may refund up to 50 EUR\nrule p\n  senior may not refund\n");
    assert_eq!(shop.ask("agent", "refund 10 EUR").answer().word(), "ask");
    assert_eq!(shop.ask("senior", "refund 10 EUR").answer().word(), "ask");
    assert_eq!(shop.ask("lead", "refund 10 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("finance", "refund 10 EUR").answer().word(), "yes");
}

#[test]
fn nobody_may_is_a_prohibition_for_every_role() {
    let shop = shop("rule r\n  everyone may refund\nrule p\n  nobody may refund\n  when seasonal\n");
    assert_eq!(shop.ask("manager", "refund 1 EUR").given("seasonal", true).answer().word(), "no");
    assert_eq!(shop.ask("manager", "refund 1 EUR").given("seasonal", false).answer().word(), "yes");
}

#[test]
fn a_rule_may_name_several_roles_and_actions() {
    let shop = shop("rule r\n  agent, finance may refund, voucher up to 50 EUR\n");
    assert_eq!(shop.ask("finance", "voucher 50 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("warehouse", "refund 50 EUR").answer().word(), "ask");
}

#[test]
fn the_most_generous_permission_counts() {
    let shop = shop("rule a\n  agent may refund up to 20 EUR\nrule b\n  agent may refund up to 50 EUR\nrule c\n  agent may refund up to 30 EUR\n");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().because(), "b");
    assert_eq!(shop.ask("agent", "refund 60 EUR").answer().limit(), "50");
}

#[test]
fn the_strictest_cap_counts() {
    let shop = shop("rule a\n  agent may refund\nrule b\n  agent may not refund more than 80 EUR\nrule c\n  agent may not refund more than 60 EUR\n");
    let got = shop.ask("agent", "refund 100 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("up_to", "60"));
    assert_eq!(got.because(), "a, b, c");
    assert_eq!(shop.ask("agent", "refund 60 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 60.01 EUR").answer().because(), "a, c");
}

#[test]
fn an_entitlement_beats_a_prohibition() {
    let shop = shop("rule e\n  entitled to refund of 30 EUR\nrule p\n  nobody may refund\n");
    let got = shop.ask("agent", "refund 30 EUR").answer();
    assert_eq!((got.word(), got.because().as_str(), got.entitled().as_str()), ("owed", "e", "30"));
    let got = shop.ask("agent", "refund 30.01 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.because().as_str()), ("up_to", "30", "e, p"));
}

#[test]
fn a_prohibition_that_says_even_if_entitled_cuts_what_is_owed_to_its_cap() {
    let shop = shop("rule e\n  entitled to refund of 30 EUR\nrule p\n  agent may not refund more than 10 EUR even if entitled\n");
    let got = shop.ask("agent", "refund 30 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.entitled().as_str()), ("up_to", "10", "10"));
    assert_eq!(got.ask(), "senior, lead, manager, warehouse, finance");
    assert_eq!(shop.ask("agent", "refund 10 EUR").answer().word(), "owed");
    assert_eq!(shop.ask("senior", "refund 30 EUR").answer().word(), "owed");
}

#[test]
fn a_full_prohibition_even_if_entitled_leaves_nothing_owed() {
    let shop = shop("rule e\n  entitled to refund of 30 EUR\nrule p\n  nobody may refund even if entitled\n  when fraud\n");
    let got = shop.ask("manager", "refund 30 EUR").given("fraud", true).answer();
    assert_eq!((got.word(), got.entitled().as_str(), got.because().as_str()), ("no", "none", "p"));
}

#[test]
fn what_is_owed_is_the_largest_over_the_entitlements() {
    let shop = shop("rule a\n  entitled to refund of 30 EUR\nrule b\n  entitled to refund of 45 EUR\nrule c\n  entitled to refund of 40 EUR\n");
    let got = shop.ask("finance", "refund 45 EUR").answer();
    assert_eq!((got.word(), got.because().as_str(), got.entitled().as_str()), ("owed", "b", "45"));
    assert_eq!(shop.ask("finance", "refund 46 EUR").answer().limit(), "45");
}

#[test]
fn an_entitlement_without_quantity_is_unlimited() {
    let shop = shop("rule e\n  entitled to refund\n  when reason is damaged\n");
    let got = shop.ask("agent", "refund 1000000 EUR").given("reason", "damaged").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.entitled().as_str()), ("owed", "unlimited", "unlimited"));
}

#[test]
fn an_entitlement_is_cut_to_the_room_in_its_budgets() {
    let shop = shop("budget worth\n  total per order.id ever\nrule e\n  entitled to refund of 80 EUR\n  charge worth\n");
    let ask = || shop.ask("agent", "refund 80 EUR").given("total", "100 EUR").given("order.id", "o-1");
    assert_eq!(ask().answer().word(), "owed");
    let got = ask().spent("worth", "40 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.entitled().as_str()), ("up_to", "60", "60"));
}

#[test]
fn the_part_up_to_what_is_owed_charges_the_entitlements_budgets_only_the_part_above_the_permissions() {
    let shop = shop(
        "budget goodwill\n  100 EUR per actor per month\nbudget worth\n  total per order.id ever\n\
         rule e\n  entitled to refund of 60 EUR\n  charge worth\nrule p\n  agent may refund up to 500 EUR\n  charge goodwill\n",
    );
    let ask = |what| shop.ask("agent", what).given("total", "200 EUR").given("order.id", "o-1");
    let got = ask("refund 90 EUR").answer();
    assert_eq!((got.word(), got.because().as_str()), ("yes", "e, p"));
    let mut charges: Vec<_> = got.charge().split(", ").map(str::to_owned).collect();
    charges.sort();
    assert_eq!(charges, ["goodwill 30 left 70 of 100 until 2026-12-01", "worth 60 left 140 of 200 ever"]);
    // e + room: 60 + 100
    assert_eq!(ask("refund 160 EUR").answer().word(), "yes");
    let got = ask("refund 160.01 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("up_to", "160"));
    assert_eq!(ask("refund 60 EUR").answer().charge(), "worth 60 left 140 of 200 ever");
}

#[test]
fn where_both_charge_one_budget_their_sum_never_passes_what_is_left() {
    let shop = shop(
        "budget worth\n  total per order.id ever\n\
         rule e\n  entitled to refund of 60 EUR\n  charge worth\nrule p\n  agent may refund\n  charge worth\n",
    );
    let ask = |what| shop.ask("agent", what).given("total", "100 EUR").given("order.id", "o-1");
    let got = ask("refund 100 EUR").answer();
    assert_eq!((got.word(), got.charge().as_str()), ("yes", "worth 100 left 0 of 100 ever"));
    assert_eq!(ask("refund 100.01 EUR").answer().limit(), "100");
    assert_eq!(ask("refund 50 EUR").spent("worth", "70 EUR").answer().limit(), "30");
}

#[test]
fn a_grant_counts_once_in_a_budget_of_times_that_both_charge() {
    let shop = shop(
        "budget patience\n  1 times per customer.id per year\n\
         rule e\n  entitled to refund of 60 EUR\n  charge patience\nrule p\n  agent may refund up to 100 EUR\n  charge patience\n",
    );
    let ask = || shop.ask("agent", "refund 100 EUR").given("customer.id", "c");
    let got = ask().answer();
    assert_eq!((got.word(), got.charge().as_str()), ("yes", "patience 1 left 0 of 1 until 2027-01-01"));
    assert_eq!(ask().spent("patience", 1).answer().word(), "no");
}

#[test]
fn the_limit_of_a_permission_counts_what_is_owed_too() {
    let shop = shop("rule e\n  entitled to refund of 60 EUR\nrule p\n  agent may refund up to 50 EUR\n");
    let got = shop.ask("agent", "refund 61 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("up_to", "60"));
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().word(), "owed");
}

#[test]
fn a_cap_bounds_the_whole_quantity_but_not_what_is_owed() {
    let shop = shop(
        "budget goodwill\n  100 EUR per actor per month\n\
         rule e\n  entitled to refund of 60 EUR\nrule p\n  agent may refund\n  charge goodwill\nrule c\n  agent may not refund more than 80 EUR\n",
    );
    assert_eq!(shop.ask("agent", "refund 200 EUR").answer().limit(), "80");
}

#[test]
fn a_limit_is_never_below_zero() {
    let shop = shop("rule p\n  agent may refund up to total - 100 EUR\n");
    assert_eq!(shop.ask("agent", "refund 1 EUR").given("total", "40 EUR").answer().word(), "no");
    assert_eq!(shop.ask("agent", "refund 40 EUR").given("total", "140 EUR").answer().word(), "yes");
}

#[test]
fn x_up_to_and_including_the_limit_is_granted() {
    let shop = shop("rule p\n  agent may refund up to 50 EUR\n");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().word(), "yes");
    let got = shop.ask("agent", "refund 50.01 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.because().as_str()), ("up_to", "50", "p"));
}

#[test]
fn a_permission_without_limit_is_unlimited() {
    let shop = shop("rule p\n  agent may refund\n");
    let got = shop.ask("agent", "refund 999999999 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("yes", "unlimited"));
}

#[test]
fn an_action_without_a_measure_is_granted_or_not() {
    let shop = shop("rule p\n  agent may exchange\n  when reason is damaged\n");
    let got = shop.ask("agent", "exchange").given("reason", "damaged").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("yes", "none"));
    assert_eq!(shop.ask("agent", "exchange").given("reason", "late").answer().word(), "no");
    assert_eq!(shop.ask("finance", "exchange").given("reason", "damaged").answer().ask(), "agent, senior, lead, manager");
}

#[test]
fn from_and_until_are_inclusive_by_the_day_asked() {
    let shop = shop("rule p\n  agent may refund\n  from 2026-11-10\n  until 2026-11-20\n");
    for (at, word) in [
        ("2026-11-09T23:59:59+01:00", "no"),
        ("2026-11-10T00:00:00+01:00", "yes"),
        ("2026-11-20T23:59:59+01:00", "yes"),
        ("2026-11-21T00:00:00+01:00", "no"),
        // Still the 20th in Berlin, already the 21st elsewhere.
        ("2026-11-21T05:00:00+09:00", "yes"),
    ] {
        assert_eq!(shop.ask("agent", "refund 1 EUR").at(at).answer().word(), word, "{at}");
    }
}

#[test]
fn from_and_until_may_go_by_a_date_of_the_case() {
    let shop = shop("rule p\n  agent may refund\n  from 2026-07-31 by bought\n  until 2026-08-31 by bought\n");
    let ask = |day: &str| shop.ask("agent", "refund 1 EUR").given("bought", day).answer().word();
    assert_eq!(["2026-07-30", "2026-07-31", "2026-08-31", "2026-09-01"].map(ask), ["no", "yes", "yes", "no"]);
    let got = shop.ask("agent", "refund 1 EUR").answer();
    assert_eq!((got.word(), got.need().as_str()), ("need", "bought"));
}

#[test]
fn when_and_unless_may_both_stand() {
    let shop = shop("rule p\n  agent may refund\n  when reason is damaged\n  unless seasonal\n");
    let ask = |reason: &str, seasonal: bool| shop.ask("agent", "refund 1 EUR").given("reason", reason).given("seasonal", seasonal).answer().word();
    assert_eq!(ask("damaged", false), "yes");
    assert_eq!(ask("damaged", true), "no");
    assert_eq!(ask("late", false), "no");
}
