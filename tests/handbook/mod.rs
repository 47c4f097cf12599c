//! The handbook: everything that binds a role is in it, in its language, in a form that can be read.

mod complete;
mod written;

use std::path::Path;

use jiff::civil::date;
use kulanz::handbook::{Page, Scope};
use kulanz::pack::Pack;
use kulanz::policy::{Complete, RoleId, check};

fn policy(path: &str) -> Complete {
    let (pack, problems) = Pack::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    assert!(problems.is_empty(), "{problems:#?}");
    check(&pack).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn page(policy: &Complete, role: Option<RoleId>, language: usize) -> Page {
    Page::new(policy, Scope { role, language, day: date(2026, 11, 22) })
}

/// The packs of the repository, and one with every form that a rule can have.
const PACKS: &[&str] =
    &["policies/city-utility", "policies/company", "policies/fashion-shop", "policies/hotel", "policies/rail", "tests/handbook/house.kulanz"];
