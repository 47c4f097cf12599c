//! Running the tests of a pack.

mod coverage;
mod packs;

use kulanz::say::Colour;
use kulanz::testing::{Coverages, Options, Report, run};

use crate::shop;

fn report(options: Options<'_>) -> Report {
    run(shop::policy(), shop::program(), Options { language: 1, ..options })
}

#[test]
fn for_a_terminal() {
    insta::assert_snapshot!(report(Options { coverage: Coverages::Told, ..Options::default() }).human(Colour::Plain));
}

#[test]
fn as_json() {
    let json = serde_json::to_string_pretty(&report(Options { filter: Some("SMALL"), coverage: Coverages::Told, ..Options::default() })).unwrap();
    insta::assert_snapshot!(json);
    let failed = serde_json::to_value(report(Options { filter: Some("way"), ..Options::default() })).unwrap();
    assert_eq!(failed["failed"], 1);
    assert_eq!(failed["tests"][0]["answer"]["action"], "refund");
    assert!(failed.get("coverage").is_none());
}

#[test]
fn as_junit() {
    insta::assert_snapshot!(report(Options::default()).junit("a \"shop\" & more"));
}

#[test]
fn the_filter_chooses() {
    assert_eq!(report(Options { filter: Some("nothing like it"), ..Options::default() }).tests.len(), 0);
    let small = report(Options { filter: Some("small"), ..Options::default() });
    assert_eq!((small.passed, small.failed), (1, 0));
}
