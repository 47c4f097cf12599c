//! What it looks like.

use super::{page, policy};

/// The version is a hash of the fixture.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter("b3:[0-9a-f]{12}", "b3:0123456789ab");
    settings
}

#[test]
fn every_form_in_both_languages() {
    let policy = policy("tests/handbook/house.kulanz");
    settings().bind(|| {
        insta::assert_snapshot!("de", page(&policy, None, 0).markdown());
        insta::assert_snapshot!("en", page(&policy, None, 1).markdown());
    });
}

#[test]
fn for_one_role_on_paper() {
    let policy = policy("tests/handbook/house.kulanz");
    let role = policy.role_named("stock").unwrap();
    settings().bind(|| insta::assert_snapshot!("stock_html", page(&policy, Some(role), 1).html()));
}
