//! Unknown facts: both readings, need, otherwise.

use super::shop::shop;

#[test]
fn permissions_that_are_not_sure_do_not_apply_against_the_asker() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\n  when seasonal\nrule b\n  agent may refund up to 20 EUR\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.need().as_str()), ("need", "20", "seasonal"));
    let first = got.otherwise();
    assert_eq!((first.word(), first.limit().as_str(), first.because().as_str()), ("up_to", "20", "b"));
    assert_eq!(shop.ask("agent", "refund 20 EUR").answer().word(), "yes");
}

#[test]
fn prohibitions_that_are_not_surely_off_apply_against_the_asker() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\nrule p\n  agent may not refund more than 20 EUR\n  when seasonal\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.need().as_str()), ("need", "20", "seasonal"));
    assert_eq!((got.otherwise().word(), got.otherwise().because().as_str()), ("up_to", "a, p"));
}

#[test]
fn beyond_both_readings_the_first_answers() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\n  when seasonal\nrule b\n  agent may refund up to 20 EUR\nrule c\n  lead may refund\n");
    let got = shop.ask("agent", "refund 60 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.ask().as_str()), ("up_to", "20", "lead, manager"));
    // It could add to the limit.
    assert_eq!(got.need(), "seasonal");
    let got = shop.ask("agent", "refund 60 EUR").given("seasonal", false).answer();
    assert_eq!((got.word(), got.need().as_str()), ("up_to", ""));
}

#[test]
fn ask_lists_in_need_what_could_add_to_it() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\n  when seasonal\nrule c\n  lead may refund\n");
    let got = shop.ask("agent", "refund 60 EUR").answer();
    assert_eq!((got.word(), got.ask().as_str(), got.need().as_str()), ("ask", "lead, manager", "seasonal"));
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.otherwise().word(), got.otherwise().ask().as_str()), ("need", "ask", "lead, manager"));
}

#[test]
fn where_it_would_be_no_while_somebody_could_perhaps_make_it_happen_the_answer_is_need() {
    let shop = shop("rule a\n  lead may refund up to 50 EUR\n  when seasonal\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.otherwise().word()), ("need", "seasonal", "no"));
    assert_eq!(shop.ask("agent", "refund 51 EUR").answer().word(), "no");
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("seasonal", true).answer().ask(), "lead, manager");
}

#[test]
fn what_is_owed_may_turn_on_an_unknown_fact_too() {
    let shop = shop("rule e\n  entitled to refund of 40 EUR\n  when reason is damaged\nrule a\n  agent may refund up to 10 EUR\n");
    let got = shop.ask("agent", "refund 40 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.limit().as_str()), ("need", "reason", "10"));
    assert_eq!(shop.ask("agent", "refund 10 EUR").answer().word(), "yes");
}

#[test]
fn an_unknown_quantity_may_be_anything() {
    let shop = shop("rule a\n  agent may refund up to min(50 EUR, 20% of total)\nrule b\n  agent may refund up to 5 EUR\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.limit().as_str()), ("need", "total", "5"));
    // At most 50 EUR even when the total is unknown.
    let got = shop.ask("agent", "refund 50.01 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("up_to", "5"));
    assert_eq!(shop.ask("agent", "refund 40 EUR").given("total", "200 EUR").answer().word(), "yes");
}

#[test]
fn a_comparison_of_ranges_is_unknown_only_where_they_overlap() {
    let shop = shop(
        "rule a\n  agent may refund\n  when min(50 EUR, total) <= 50 EUR\nrule b\n  agent may voucher\n  when max(50 EUR, total) < 50 EUR\n\
         rule c\n  agent may take_back\n  when max(50 EUR, total) <= 50 EUR\n",
    );
    assert_eq!(shop.ask("agent", "refund 1 EUR").answer().word(), "yes");
    assert_eq!(shop.ask("agent", "voucher 1 EUR").answer().word(), "no");
    assert_eq!(shop.ask("agent", "take_back").answer().word(), "need");
}

#[test]
fn kleene_yes_or_unknown_is_yes_and_no_and_unknown_is_no() {
    let shop = shop(
        "rule a\n  agent may refund\n  when seasonal or reason is late\nrule b\n  agent may voucher\n  when seasonal and reason is late\n\
         rule c\n  agent may take_back\n  when not (seasonal and reason is late)\n",
    );
    assert_eq!(shop.ask("agent", "refund 1 EUR").given("seasonal", true).answer().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 1 EUR").given("seasonal", false).answer().need(), "reason");
    assert_eq!(shop.ask("agent", "voucher 1 EUR").given("seasonal", false).answer().word(), "no");
    assert_eq!(shop.ask("agent", "voucher 1 EUR").given("seasonal", true).answer().need(), "reason");
    assert_eq!(shop.ask("agent", "take_back").given("seasonal", false).answer().word(), "yes");
    let got = shop.ask("agent", "take_back").given("seasonal", true).answer();
    assert_eq!((got.word(), got.need().as_str()), ("need", "reason"));
}

#[test]
fn a_fact_that_no_undecided_rule_turns_on_is_never_asked_for() {
    let shop = shop(
        "rule a\n  agent may refund up to 50 EUR\n  when reason is late and seasonal\nrule b\n  agent may refund up to 60 EUR\n  when fraud and total > 5 EUR\n\
         rule c\n  agent may refund up to 10 EUR\n  when pieces > 3\nrule d\n  finance may refund up to 90 EUR\n  when bought is 2026-11-01\n",
    );
    let got = shop.ask("agent", "refund 50 EUR").given("reason", "late").answer();
    // `b` surely fails, `c` would not do, `reason` is known.
    assert_eq!((got.word(), got.need().as_str()), ("need", "seasonal"));
}

#[test]
fn once_everything_in_need_is_supplied_the_same_facts_are_never_asked_for_again() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\n  when seasonal and (reason is late or total > 100 EUR)\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    let mut need: Vec<_> = got.0.need.clone();
    need.sort();
    assert_eq!(need, ["reason", "seasonal", "total"]);
    let got = shop.ask("agent", "refund 50 EUR").given("seasonal", true).given("reason", "damaged").given("total", "101 EUR").answer();
    assert_eq!((got.word(), got.need().as_str()), ("yes", ""));
}

#[test]
fn most_useful_first() {
    let shop = shop(
        "rule a\n  agent may refund up to 50 EUR\n  when reason is late and seasonal\nrule b\n  agent may refund up to 50 EUR\n  when reason is damaged and seasonal and total > 5 EUR\n",
    );
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().need(), "reason, seasonal, total");
    let got = shop.ask("agent", "refund 50 EUR").given("reason", "damaged").answer();
    // `a` surely fails now.
    assert_eq!(got.need(), "total, seasonal");
}

#[test]
fn who_asks_may_be_unknown() {
    let shop = shop("budget goodwill\n  100 EUR per actor per month\nrule a\n  agent may refund up to 50 EUR\n  charge goodwill\n");
    let got = shop.ask("agent", "refund 50 EUR").anonymous().answer();
    assert_eq!((got.word(), got.need().as_str(), got.otherwise().word()), ("need", "actor.id", "ask"));
    assert_eq!(got.otherwise().ask(), "senior, lead, manager");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().word(), "yes");
}

#[test]
fn a_limit_that_is_unknown_is_zero_against_the_asker() {
    let shop = shop("rule a\n  agent may refund up to total\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.limit().as_str()), ("need", "total", "none"));
}

#[test]
fn an_unknown_cap_counts_against_the_asker() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\nrule p\n  agent may not refund more than total\n");
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.otherwise().because().as_str()), ("need", "total", "p"));
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("total", "20 EUR").answer().limit(), "20");
}

#[test]
fn need_for_x_where_an_unknown_amount_condition_turns() {
    let shop = shop("rule a\n  agent may refund up to 50 EUR\n  when amount <= total / 2\n");
    let got = shop.ask("agent", "refund 40 EUR").answer();
    assert_eq!((got.word(), got.need().as_str()), ("need", "total"));
    let got = shop.ask("agent", "refund 60 EUR").given("total", "40 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str()), ("up_to", "20"));
}

#[test]
fn what_is_owed_costs_as_little_as_may_be_in_the_askers_favour() {
    let shop = shop(
        "budget goodwill\n  100 EUR per month\nrule e\n  entitled to refund of 30 EUR\n  charge goodwill by rate of amount\n\
         rule a\n  agent may refund\n  charge goodwill\n",
    );
    // Sure are 100 EUR of goodwill; what is owed may come on top of it, at no cost.
    assert_eq!(shop.ask("agent", "refund").answer().limit(), "100");
    let got = shop.ask("agent", "refund 130 EUR").answer();
    assert_eq!((got.word(), got.need().as_str()), ("need", "rate"));
    assert_eq!(shop.ask("agent", "refund 130.01 EUR").answer().word(), "up_to");
    // 10 % of the 30 EUR that are owed.
    assert_eq!(shop.ask("agent", "refund 130 EUR").given("rate", "10%").answer().limit(), "127");
}

#[test]
fn what_may_be_owed_may_also_leave_its_budget_alone() {
    let shop = shop(
        "budget pot\n  100 EUR per month\nrule e\n  entitled to refund of 10 EUR\n  when seasonal\n  charge pot by 100 EUR\nrule a\n  agent may refund up to 50 EUR\n  when reason is late\n  charge pot\n",
    );
    let got = shop.ask("agent", "refund 50 EUR").answer();
    assert_eq!((got.word(), got.need().as_str()), ("need", "reason, seasonal"));
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("reason", "late").given("seasonal", false).answer().word(), "yes");
}
