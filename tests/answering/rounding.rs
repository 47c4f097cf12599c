//! Exact arithmetic, and rounding at the end.

use super::shop::shop;

#[test]
fn a_permissions_limit_is_rounded_down() {
    let shop = shop(
        "rule a\n  agent may refund up to total / 3\nrule b\n  agent may discount up to rate / 3\nrule c\n  agent may points up to pieces / 3\nrule d\n  agent may extend up to delay / 7\n",
    );
    assert_eq!(shop.ask("agent", "refund").given("total", "100 EUR").answer().limit(), "33.33");
    assert_eq!(shop.ask("agent", "refund").given("total", "200 EUR").answer().limit(), "66.66");
    assert_eq!(shop.ask("agent", "discount").given("rate", "50%").answer().limit(), "16.66");
    assert_eq!(shop.ask("agent", "points").given("pieces", 20).answer().limit(), "6.66");
    // 100 minutes by 7 are 14.28… minutes: 14, in seconds.
    assert_eq!(shop.ask("agent", "extend").given("delay", "100 minutes").answer().limit(), "840");
}

#[test]
fn a_cap_is_rounded_down() {
    let shop = shop("rule a\n  agent may refund\nrule c\n  agent may not refund more than total / 3\n");
    assert_eq!(shop.ask("agent", "refund").given("total", "200 EUR").answer().limit(), "66.66");
}

#[test]
fn an_entitlement_is_rounded_half_up() {
    let shop = shop("rule e\n  entitled to refund of total / 3\nrule f\n  entitled to voucher of total / 8\n");
    assert_eq!(shop.ask("agent", "refund").given("total", "100 EUR").answer().entitled(), "33.33");
    assert_eq!(shop.ask("agent", "refund").given("total", "200 EUR").answer().entitled(), "66.67");
    // 100.20 by 8 is 12.525.
    assert_eq!(shop.ask("agent", "voucher").given("total", "100.20 EUR").answer().entitled(), "12.53");
    assert_eq!(shop.ask("agent", "voucher").given("total", "100.19 EUR").answer().entitled(), "12.52");
}

#[test]
fn nothing_is_rounded_on_the_way() {
    let shop = shop("rule a\n  agent may refund up to total / 3 * 3\n");
    assert_eq!(shop.ask("agent", "refund").given("total", "100 EUR").answer().limit(), "100");
}

#[test]
fn rounding_where_it_is_written_comes_first() {
    let shop = shop("rule a\n  agent may refund up to 20% of total rounded up to 5 EUR\n");
    assert_eq!(shop.ask("agent", "refund").given("total", "101 EUR").answer().limit(), "25");
    assert_eq!(shop.ask("agent", "refund").given("total", "100 EUR").answer().limit(), "20");
}

#[test]
fn percent_of_money_is_exact() {
    let shop = shop("rule a\n  agent may refund up to 12.5% of total\n");
    assert_eq!(shop.ask("agent", "refund").given("total", "99.99 EUR").answer().limit(), "12.49");
}

#[test]
fn the_currency_fixes_the_smallest_unit() {
    let (pack, _) = kulanz::pack::Pack::from_texts(&[(
        "yen.kulanz",
        "policy \"Yen\"\n  currency JPY\n  time zone Asia/Tokyo\n  languages en\nrole agent\nfact total money\naction refund of money\n\
         rule a\n  agent may refund up to total / 3\n",
    )]);
    let policy = kulanz::policy::check(&pack).unwrap();
    let program = kulanz::Program::new(&policy);
    let text = r#"{"actor": {"role": "agent"}, "action": "refund", "record": {"total": "1000 JPY"}}"#;
    let question = kulanz::question::Reader::new(&policy).json(text, jiff::Timestamp::UNIX_EPOCH).unwrap().question;
    let decision = program.decide(&question, kulanz::decide::Mode::Ask);
    assert_eq!(decision.limit, kulanz::decide::Limit::Amount(kulanz::Number::from(333)));
}
