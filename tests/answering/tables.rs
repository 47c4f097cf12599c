//! Tables of rules and tables that give a value.

use super::shop::shop;

const RETURNS: &str = "table returns
  may take_back
  | role   | reason        | today - bought | require | charge   |
  |--------|---------------|----------------|---------|----------|
  | agent  | late, damaged | <= 45 days     | note    | patience |
  | senior | not damaged   | <= 90 days     |         | patience |
  | lead   | any           |                |         |          |
budget patience
  2 times per customer.id ever
";

#[test]
fn each_row_is_a_rule_of_its_own_name() {
    let shop = shop(RETURNS);
    let ask = |role, reason: &str, bought: &str| {
        let got = shop.ask(role, "take_back").given("reason", reason).given("bought", bought).given("customer.id", "c").answer();
        (got.word(), got.because(), got.require())
    };
    assert_eq!(ask("agent", "late", "2026-10-07"), ("yes", "returns[1]".into(), "note".into()));
    assert_eq!(ask("agent", "late", "2026-10-06").0, "ask");
    assert_eq!(ask("agent", "wrong_item", "2026-11-20").0, "ask");
    // Fewest duties: the second row.
    assert_eq!(ask("senior", "late", "2026-10-07"), ("yes", "returns[2]".into(), String::new()));
    assert_eq!(ask("senior", "damaged", "2026-10-07"), ("yes", "returns[1]".into(), "note".into()));
    assert_eq!(ask("lead", "damaged", "2020-01-01"), ("yes", "returns[3]".into(), String::new()));
}

#[test]
fn a_table_may_hold_caps_and_entitlements() {
    let shop = shop(
        "table caps\n  may not refund\n  | role | reason | more than |\n  | senior | late | 30 EUR |\n  | everyone | damaged | unlimited |\n\
         table owed\n  entitled to voucher\n  | pieces | of |\n  | 1 .. 3 | 10 EUR |\n  | > 3 | 5 EUR * pieces |\nrule a\n  everyone may refund up to 100 EUR\n",
    );
    assert_eq!(shop.ask("agent", "refund").given("reason", "late").answer().limit(), "30");
    assert_eq!(shop.ask("lead", "refund").given("reason", "late").answer().limit(), "100");
    assert_eq!(shop.ask("agent", "refund").given("reason", "damaged").answer().limit(), "100");
    let owed = |pieces: u32| shop.ask("agent", "voucher").given("pieces", pieces).answer().entitled();
    assert_eq!([owed(0), owed(1), owed(3), owed(4)], ["none", "10", "10", "20"]);
}

#[test]
fn clauses_under_the_head_hold_for_every_row() {
    let shop = shop(
        "table t\n  may refund\n  when seasonal\n  require photo\n  | role | up to | require |\n  | agent | 10 EUR | note |\n  | lead | 90 EUR | |\n",
    );
    assert_eq!(shop.ask("agent", "refund 1 EUR").given("seasonal", false).answer().word(), "no");
    assert_eq!(shop.ask("agent", "refund 10 EUR").given("seasonal", true).answer().require(), "photo, note");
    assert_eq!(shop.ask("lead", "refund 10 EUR").given("seasonal", true).answer().require(), "photo");
}

#[test]
fn a_cell_is_a_comparison_two_joined_by_and_or_a_range() {
    let shop = shop(
        "table t\n  may refund\n  | role | total | up to |\n  | agent | > 10 EUR and <= 20 EUR | 1 EUR |\n  | agent | 30 EUR .. 40 EUR | 2 EUR |\n  | agent | 50 EUR, 60 EUR | 3 EUR |\n",
    );
    let limit = |total: &str| shop.ask("agent", "refund").given("total", total).answer().limit();
    assert_eq!(["10 EUR", "10.01 EUR", "20 EUR", "20.01 EUR"].map(limit), ["none", "1", "1", "none"]);
    assert_eq!(["29.99 EUR", "30 EUR", "40 EUR", "40.01 EUR"].map(limit), ["none", "2", "2", "none"]);
    assert_eq!(["50 EUR", "60 EUR", "55 EUR"].map(limit), ["3", "3", "none"]);
}

#[test]
fn a_test_column_may_read_the_amount() {
    let shop = shop("table t\n  may refund\n  | role | amount | require |\n  | agent | <= 20 EUR | |\n  | agent | > 20 EUR and < 50 EUR | photo |\n");
    assert_eq!(shop.ask("agent", "refund 20 EUR").answer().require(), "");
    assert_eq!(shop.ask("agent", "refund 20.01 EUR").answer().require(), "photo");
    assert_eq!(shop.ask("agent", "refund 50 EUR").answer().limit(), "49.99");
}

#[test]
fn a_gives_table_is_a_named_value() {
    let shop = shop(
        "table compensation gives money\n  | pieces  | is      |\n  |---------|---------|\n  | <= 1500 | 250 EUR |\n  | > 1500  | 400 EUR |\nrule e\n  entitled to refund of compensation\n",
    );
    let owed = |pieces: u32| shop.ask("agent", "refund").given("pieces", pieces).answer().entitled();
    assert_eq!([owed(1500), owed(1501)], ["250", "400"]);
}

#[test]
fn a_gives_table_over_an_unknown_fact_gives_what_its_rows_may_give() {
    let shop = shop(
        "table compensation gives money\n  | pieces  | is      |\n  |---------|---------|\n  | <= 1500 | 250 EUR |\n  | > 1500  | 400 EUR |\nrule e\n  entitled to refund of compensation\n",
    );
    let got = shop.ask("agent", "refund 300 EUR").answer();
    assert_eq!((got.word(), got.need().as_str(), got.limit().as_str()), ("need", "pieces", "250"));
    assert_eq!(shop.ask("agent", "refund 250 EUR").answer().word(), "owed");
    assert_eq!(shop.ask("agent", "refund 401 EUR").answer().word(), "up_to");
}

#[test]
fn a_set_cell_needs_one_of_its_values() {
    let shop = shop("table t\n  may exchange\n  | role | tags |\n  | agent | vip, press |\n");
    let word = |tags: &[&str]| shop.ask("agent", "exchange").given("tags", tags.to_vec()).answer().word();
    assert_eq!([word(&["vip"]), word(&["staff", "press"]), word(&["staff"]), word(&[])], ["yes", "yes", "no", "no"]);
}

#[test]
fn a_gives_table_may_come_from_a_csv_file() {
    let text = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\nfact km number\naction refund of money\n\
                table by_km gives money from \"km.csv\"\nrule owed\n  entitled to refund of by_km\n";
    let (pack, problems) = kulanz::pack::Pack::from_texts(&[("p.kulanz", text), ("km.csv", "km;is\n<= 1500;250 EUR\n> 1500;400 EUR\n")]);
    assert!(problems.is_empty(), "{problems:?}");
    let engine = kulanz::engine::Engine::new(kulanz::policy::check(&pack).unwrap());
    let owed = |km: u32| {
        let question = format!("{{\"actor\":{{\"id\":\"anna\",\"role\":\"agent\"}},\"action\":\"refund\",\"facts\":{{\"km\":{km}}}}}");
        engine.ask(&engine.reader().json(&question, jiff::Timestamp::UNIX_EPOCH).unwrap()).entitled
    };
    assert_eq!([owed(1500), owed(1501)], [Some("250.00 EUR".to_owned()), Some("400.00 EUR".to_owned())]);
}
