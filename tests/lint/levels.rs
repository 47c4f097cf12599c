//! Levels and exit statuses, through the command line, for every lint that a text can hold.

use std::path::Path;

use kulanz::lint::LINTS;

use super::cases;
use crate::process::{Ended, folder, kulanz};

/// `check` on the fixture of a lint, with a `kulanz.toml`.
fn check(name: &str, code: &str, level: Option<&str>, more: &[&str]) -> Ended {
    let text = std::fs::read_to_string(cases().join(format!("{code}-fires.kulanz"))).unwrap();
    let pack = folder(&[("p.kulanz", &text)]);
    if let Some(level) = level {
        std::fs::write(pack.path().join("kulanz.toml"), format!("[lints]\n{name} = \"{level}\"\n")).unwrap();
    }
    on(pack.path(), more)
}

fn on(pack: &Path, more: &[&str]) -> Ended {
    let mut arguments = vec!["check", "-p", pack.to_str().unwrap()];
    arguments.extend(more);
    kulanz(&arguments)
}

#[test]
fn each_lint_is_allowed_warned_of_and_denied() {
    // Too many cases need a pack of their own.
    for lint in LINTS.iter().filter(|lint| lint.name != "too-many-cases") {
        let (name, code) = (lint.name, lint.code.text());
        let warned = check(name, code, None, &[]).exits(0);
        assert!(warned.err.contains(&format!("warning[{code}]")), "{name}: {}", warned.err);
        check(name, code, None, &["--deny-warnings"]).exits(1);
        check(name, code, Some("warn"), &[]).exits(0).says(&format!("warning[{code}]"));
        check(name, code, Some("deny"), &[]).exits(1).says(&format!("error[{code}]"));
        let allowed = check(name, code, Some("allow"), &[]).exits(0);
        assert!(!allowed.err.contains(&format!("[{code}]")), "{name}: {}", allowed.err);
    }
}

#[test]
fn an_allow_that_allows_nothing_is_a_finding() {
    let text = std::fs::read_to_string(cases().join("K0948-fires.kulanz")).unwrap();
    let above = |comment: &str| folder(&[("p.kulanz", &text.replace("rule small_orders", &format!("{comment}\nrule small_orders")))]);
    on(above("# allow(band-gap): nothing costs 499.50 EUR").path(), &["--deny-warnings"]).exits(0);
    on(above("# allow(bare-no): nothing is wrong").path(), &[]).exits(0).says("warning[K0960]").says("warning[K0948]");
    on(above("# allow(band-gap)").path(), &[]).exits(0).says("warning[K0961]").says("warning[K0948]");
}
