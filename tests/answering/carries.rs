//! Offers, advice, because, provisional, also owed.

use super::shop::shop;

#[test]
fn an_offer_has_the_limit_that_this_role_really_has_for_it() {
    let shop = shop(
        "budget goodwill\n  100 EUR per actor per month\n\
         rule p\n  nobody may refund\n  offer voucher up to 40 EUR\n  offer exchange\n\
         rule v\n  agent may voucher up to 60 EUR\n  charge goodwill\nrule x\n  agent may exchange\n",
    );
    assert_eq!(shop.ask("agent", "refund 80 EUR").answer().offer(), "voucher yes 40, exchange yes none");
    assert_eq!(shop.ask("agent", "refund 80 EUR").spent("goodwill", "75 EUR").answer().offer(), "voucher yes 25, exchange yes none");
}

#[test]
fn an_offer_without_up_to_has_the_whole_limit() {
    let shop = shop("rule p\n  nobody may refund\n  offer voucher\nrule v\n  agent may voucher up to 60 EUR\n");
    assert_eq!(shop.ask("agent", "refund 80 EUR").answer().offer(), "voucher yes 60");
}

#[test]
fn an_offer_that_is_owed_says_so() {
    let shop = shop("rule p\n  nobody may refund\n  offer voucher up to 30 EUR\nrule v\n  entitled to voucher of 60 EUR\n");
    assert_eq!(shop.ask("agent", "refund 80 EUR").answer().offer(), "voucher owed 30");
}

#[test]
fn what_nobody_can_grant_is_left_out() {
    let shop = shop("rule p\n  nobody may refund\n  offer voucher up to 30 EUR\n  offer exchange\nrule x\n  nobody may exchange\n");
    let got = shop.ask("agent", "refund 80 EUR").answer();
    assert_eq!((got.word(), got.offer().as_str()), ("no", ""));
}

#[test]
fn an_offer_whose_quantity_or_condition_is_undefined_is_left_out() {
    let shop = shop(
        "rule p\n  nobody may refund\n  offer voucher up to 10 EUR / pieces\n  offer exchange when total / pieces > 1 EUR\n\
         rule v\n  agent may voucher, refund\nrule x\n  agent may exchange\n",
    );
    let ask = |pieces: u32| shop.ask("agent", "refund 80 EUR").given("pieces", pieces).given("total", "9 EUR").answer().offer();
    assert_eq!(ask(0), "");
    assert_eq!(ask(4), "voucher yes 2.5, exchange yes none");
    assert_eq!(ask(9), "voucher yes 1.11");
}

#[test]
fn offers_come_from_the_prohibitions_in_the_way_then_from_the_fallback() {
    let shop = shop(
        "rule a\n  agent may refund, voucher up to 90 EUR\nrule x\n  agent may exchange, take_back\n\
         fallback refund\n  offer take_back\n  advise \"Be kind.\"\n\
         rule p\n  agent may not refund more than 50 EUR\n  offer exchange\n  advise \"Say sorry.\"\n  advise \"Say it twice.\" when seasonal\n\
         rule q\n  agent may not refund more than 95 EUR\n  offer voucher\n",
    );
    let got = shop.ask("agent", "refund 90 EUR").answer();
    assert_eq!((got.word(), got.offer().as_str()), ("up_to", "exchange yes none, take_back yes none"));
    assert_eq!(got.advice(), "p 0, fallback refund 0");
    let got = shop.ask("agent", "refund 96 EUR").given("seasonal", true).answer();
    assert_eq!(got.offer(), "exchange yes none, voucher yes 90, take_back yes none");
    assert_eq!(got.advice(), "p 0, p 1, fallback refund 0");
}

#[test]
fn a_fallback_serves_whenever_the_answer_is_not_a_yes() {
    let shop = shop(
        "rule a\n  agent may refund up to 50 EUR\nrule v\n  agent may voucher up to 30 EUR\nrule b\n  lead may refund up to 80 EUR\n\
         fallback refund\n  when reason is late\n  offer voucher up to 20 EUR\n",
    );
    let offer = |what, reason: &str| shop.ask("agent", what).given("reason", reason).answer().offer();
    assert_eq!(offer("refund 50 EUR", "late"), "");
    assert_eq!(offer("refund 51 EUR", "late"), "voucher yes 20");
    assert_eq!(offer("refund 90 EUR", "late"), "voucher yes 20");
    assert_eq!(offer("refund 90 EUR", "damaged"), "");
    assert_eq!(shop.ask("finance", "voucher 5 EUR").given("reason", "late").answer().offer(), "");
}

#[test]
fn offers_of_offers_are_not_followed() {
    let shop = shop("rule p\n  nobody may refund\n  offer voucher\nrule q\n  nobody may voucher\n  offer exchange\nrule x\n  agent may exchange\n");
    assert_eq!(shop.ask("agent", "refund 1 EUR").answer().offer(), "");
}

#[test]
fn because_names_the_prohibitions_whose_cap_is_below_x_in_source_order() {
    let shop = shop(
        "rule p\n  nobody may refund\n  when seasonal\nrule c\n  agent may not refund more than 20 EUR\nrule a\n  agent may refund up to 50 EUR\n",
    );
    let because = |what, seasonal: bool| shop.ask("agent", what).given("seasonal", seasonal).answer().because();
    assert_eq!(because("refund 20 EUR", false), "a");
    assert_eq!(because("refund 21 EUR", false), "c, a");
    assert_eq!(because("refund 21 EUR", true), "p, c");
    assert_eq!(because("refund 20 EUR", true), "p");
}

#[test]
fn also_owed_lists_other_actions_to_which_the_same_facts_entitle() {
    let shop = shop(
        "rule e\n  entitled to voucher of 20 EUR\n  when reason is late\nrule f\n  entitled to exchange\n  when reason is damaged\n\
         rule g\n  entitled to voucher of 30 EUR\n  when seasonal\nrule a\n  agent may refund up to 5 EUR\n",
    );
    let owed =
        |reason: &str, seasonal: bool| shop.ask("agent", "refund 5 EUR").given("reason", reason).given("seasonal", seasonal).answer().also_owed();
    assert_eq!(owed("late", false), "voucher 20 by e");
    assert_eq!(owed("late", true), "voucher 30 by g");
    assert_eq!(owed("damaged", false), "exchange none by f");
    assert_eq!(owed("wrong_item", false), "");
    assert_eq!(shop.ask("agent", "refund 9 EUR").given("reason", "late").given("seasonal", false).answer().also_owed(), "voucher 20 by e");
    assert_eq!(shop.ask("agent", "voucher 9 EUR").given("reason", "late").given("seasonal", false).answer().also_owed(), "");
    assert_eq!(shop.ask("agent", "refund 5 EUR").answer().also_owed(), "");
}

#[test]
fn a_verified_fact_that_is_only_said_is_used_and_listed_as_provisional() {
    let shop = shop("rule a\n  agent may refund up to 50% of record.total\nrule b\n  agent may refund up to 5 EUR\n");
    let got = shop.ask("agent", "refund 50 EUR").said("record.total", "100 EUR").answer();
    assert_eq!((got.word(), got.provisional().as_str()), ("yes", "record.total"));
    let got = shop.ask("agent", "refund 50 EUR").given("record.total", "100 EUR").answer();
    assert_eq!((got.word(), got.provisional().as_str()), ("yes", ""));
    let got = shop.ask("agent", "refund 60 EUR").said("record.total", "100 EUR").answer();
    assert_eq!((got.word(), got.limit().as_str(), got.provisional().as_str()), ("up_to", "50", "record.total"));
}

#[test]
fn a_verified_fact_that_took_its_default_is_provisional_too() {
    let shop = shop("rule a\n  agent may refund\n  unless record.flag\n");
    let got = shop.ask("agent", "refund 1 EUR").answer();
    assert_eq!((got.word(), got.provisional().as_str()), ("yes", "record.flag"));
    assert_eq!(shop.ask("agent", "refund 1 EUR").given("record.flag", false).answer().provisional(), "");
}

#[test]
fn a_fact_that_no_deciding_rule_read_is_not_provisional() {
    let shop = shop("rule a\n  agent may refund up to 5 EUR\nrule b\n  agent may refund up to record.total\n");
    assert_eq!(shop.ask("agent", "refund 5 EUR").said("record.total", "100 EUR").answer().provisional(), "");
}

#[test]
fn a_prohibition_that_only_a_provisional_fact_keeps_away_counts_as_read() {
    let shop = shop("rule a\n  agent may refund\nrule p\n  nobody may refund\n  when record.flag\n");
    let got = shop.ask("agent", "refund 5 EUR").answer();
    assert_eq!((got.word(), got.provisional().as_str()), ("yes", "record.flag"));
    assert_eq!(shop.ask("agent", "refund 5 EUR").given("record.flag", false).answer().provisional(), "");
}

#[test]
fn a_grant_computes_with_it_as_unknown() {
    let shop = shop("rule a\n  agent may refund up to 50% of record.total\nrule b\n  agent may refund up to 5 EUR\n");
    let ask = |what| shop.ask("agent", what).said("record.total", "100 EUR");
    let got = ask("refund 50 EUR").grant();
    assert_eq!((got.word(), got.need().as_str(), got.otherwise().word(), got.otherwise().limit().as_str()), ("need", "record.total", "up_to", "5"));
    assert_eq!(ask("refund 5 EUR").grant().word(), "yes");
    assert_eq!(shop.ask("agent", "refund 50 EUR").given("record.total", "100 EUR").grant().word(), "yes");
    let flag = super::shop::shop("rule a\n  agent may refund\n  unless record.flag\n");
    assert_eq!(flag.ask("agent", "refund 1 EUR").grant().word(), "need");
    assert_eq!(flag.ask("agent", "refund 1 EUR").given("record.flag", false).grant().word(), "yes");
}

#[test]
fn a_fact_that_is_not_verified_is_believed_when_it_is_said() {
    let shop = shop("rule a\n  agent may refund\n  when seasonal\n");
    let got = shop.ask("agent", "refund 1 EUR").said("seasonal", true).grant();
    assert_eq!((got.word(), got.provisional().as_str()), ("yes", ""));
}

#[test]
fn a_prohibition_that_applies_counts_as_read_where_a_provisional_fact_decides_its_cap() {
    let shop = shop("rule a\n  agent may refund\nrule p\n  nobody may refund more than record.total\n");
    let ask = || shop.ask("agent", "refund 5 EUR");
    let got = ask().said("record.total", "100 EUR").answer();
    assert_eq!((got.word(), got.provisional().as_str()), ("yes", "record.total"));
    assert_eq!(ask().said("record.total", "100 EUR").grant().word(), "need");
    assert_eq!(ask().given("record.total", "100 EUR").answer().provisional(), "");
}

#[test]
fn a_prohibition_that_what_is_owed_beats_is_not_read() {
    let shop = shop("rule e\n  entitled to refund of 5 EUR\nrule p\n  nobody may refund\n  when record.flag\n");
    let got = shop.ask("agent", "refund 5 EUR").answer();
    assert_eq!((got.word(), got.provisional().as_str()), ("owed", ""));
    assert_eq!(shop.ask("agent", "refund 5 EUR").grant().word(), "owed");
}

#[test]
fn the_routes_of_an_offer_come_first_for_it_too() {
    let shop = shop(
        "rule p\n  nobody may refund\n  offer voucher\nrule v\n  senior, finance may voucher\nrule q\n  agent may not voucher\n  ask finance within 2 hours\n",
    );
    let got = shop.ask("agent", "refund 5 EUR").answer();
    assert_eq!(got.offer(), "voucher ask none ask finance, senior, lead, manager");
}

#[test]
fn also_owed_names_the_rule_that_would_be_granted_by() {
    let shop = shop(
        "budget goodwill\n  100 EUR per month\nrule e\n  entitled to voucher of 40 EUR\n  unless amount > 5 EUR\n  charge goodwill\n\
         rule f\n  entitled to voucher of 5 EUR\n",
    );
    assert_eq!(shop.ask("agent", "exchange").answer().also_owed(), "voucher 5 by f");
    assert_eq!(shop.ask("agent", "voucher").answer().because(), "f");
}
