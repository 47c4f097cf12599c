//! The tests of the packs in this repository.

use std::path::Path;

use kulanz::Program;
use kulanz::pack::Pack;
use kulanz::policy::check;
use kulanz::say::Colour;
use kulanz::testing::{Options, run};

fn passes(name: &str) {
    let (pack, problems) = Pack::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name));
    assert!(problems.is_empty(), "{problems:#?}");
    let policy = check(&pack).unwrap_or_else(|problems| panic!("{problems:#?}"));
    let report = run(&policy, &Program::new(&policy), Options::default());
    assert!(!report.tests.is_empty());
    assert_eq!(report.failed, 0, "{}", report.human(Colour::Plain));
}

#[test]
fn city_utility() {
    passes("city-utility");
}

#[test]
fn company() {
    passes("company");
}

#[test]
fn fashion_shop() {
    passes("fashion-shop");
}

#[test]
fn hotel() {
    passes("hotel");
}

#[test]
fn rail() {
    passes("rail");
}
