//! The page about lints: its exception holds off what it names, its configuration is taken, and its list names every lint.

use super::blocks;
use crate::process::{folder, kulanz};

const HEAD: &str = "policy \"P\"\n  currency EUR\n  time zone Europe/Berlin\nrole agent\naction refund of money\nfact delay duration\n  asks \"How late?\"\n\
    fact ticket.price money verified\nfact spare yes/no\n  asks \"?\"\nfallback refund\n  advise \"Sorry.\"\n";

fn block(kind: &str) -> String {
    blocks::of("lints.md").into_iter().find(|block| block.kind == kind).unwrap().text
}

#[test]
fn the_exception_holds_off_what_it_names() {
    let check = |rule: &str| {
        let pack = folder(&[("a.kulanz", &format!("{HEAD}{rule}\n"))]);
        kulanz(&["-p", pack.path().to_str().unwrap(), "check"]).exits(0).err
    };
    let shown = block("kulanz");
    assert!(!check(&shown).contains("uncounted-entitlement"), "{}", check(&shown));
    let (_, rule) = shown.split_once('\n').unwrap();
    assert!(check(rule).contains("the lint is `uncounted-entitlement`"), "{}", check(rule));
}

#[test]
fn the_configuration_is_taken() {
    let shown = block("toml");
    let check = |config: &str| {
        let pack = folder(&[("a.kulanz", HEAD), ("kulanz.toml", config)]);
        kulanz(&["-p", pack.path().to_str().unwrap(), "check"]).exits(0).err
    };
    assert!(check("").contains("the lint is `unused-fact`"));
    assert!(!check(&shown).contains("`unused-fact`"));
}

/// The codes of a row: `K0930 to K0934`, `K0960, K0961`.
fn codes(row: &str) -> Vec<String> {
    let cell = row.split('|').nth(2).unwrap().trim();
    let number = |code: &str| code.trim_start_matches('K').parse::<u16>().unwrap();
    match cell.split_once(" to ") {
        Some((first, last)) => (number(first)..=number(last)).map(|code| format!("K{code:04}")).collect(),
        None => cell.split(", ").map(str::to_owned).collect(),
    }
}

#[test]
fn the_list_names_every_lint_with_its_code() {
    let page = include_str!("../../docs/lints.md");
    for lint in kulanz::lint::LINTS {
        let is_its_row =
            |row: &str| row.starts_with("| `") && row.contains(&format!("`{}`", lint.name)) && codes(row).contains(&lint.code.text().into());
        assert!(page.lines().any(is_its_row), "{}", lint.name);
    }
}
