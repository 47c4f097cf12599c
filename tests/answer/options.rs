use kulanz::options::Options;
use kulanz::question::{OptionsRequest, Reader};
use kulanz::say::Colour;

use crate::shop;

fn request(lang: &str) -> OptionsRequest {
    let json = format!(
        r#"{{"actor": {{"role": "agent", "id": "anna"}}, "lang": "{lang}",
            "facts": {{"reason": "wrong_item", "order.total": "120 EUR", "customer.fraud": true, "order.seasonal": true, "order.delivered_on": "2026-08-01"}}}}"#
    );
    Reader::new(shop::policy()).options_json(&json, shop::now()).unwrap()
}

#[test]
fn every_action_with_its_answer() {
    let options = Options::new(shop::policy(), shop::program(), &request("en"));
    let json = serde_json::to_string_pretty(&options).unwrap();
    insta::assert_snapshot!(json.replace(&shop::policy().version, "b3:…"));
}

#[test]
fn what_is_written_is_what_is_described() {
    let mut written = String::new();
    kulanz::options::write(&mut written, shop::policy(), shop::program(), &request("de"));
    let options: Options = serde_json::from_str(&written).unwrap();
    assert!(!options.options.is_empty());
    assert_eq!(serde_json::to_string(&options).unwrap(), written);
}

#[test]
fn for_a_terminal() {
    let human = |lang| Options::human(shop::policy(), shop::program(), &request(lang), Colour::Plain);
    insta::assert_snapshot!(format!("{}\n{}", human("de"), human("en")));
}
