//! Trees into a checked policy.

mod probe;

use std::path::{Path, PathBuf};

use kulanz::diagnostic::{Diagnostic, render};
use kulanz::pack::Pack;
use kulanz::policy::{Policy, check};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Reads and checks a pack; what is wrong with it comes back as text.
fn checked(path: &Path) -> Result<Policy, String> {
    let (pack, mut problems) = Pack::read(path);
    match check(&pack) {
        Ok(policy) if problems.is_empty() => Ok(policy),
        Ok(_) => Err(shown(&problems, &pack)),
        Err(more) => {
            problems.extend(more);
            Err(shown(&problems, &pack))
        }
    }
}

fn shown(problems: &[Diagnostic], pack: &Pack) -> String {
    render::human(problems, &pack.sources, false)
}

#[test]
fn the_example_packs_check() {
    for entry in std::fs::read_dir(root("policies")).unwrap() {
        let path = entry.unwrap().path();
        if let Err(problems) = checked(&path) {
            panic!("{}:\n{problems}", path.display());
        }
    }
}

fn reference() -> Policy {
    checked(&root("tests/policy/reference/shop")).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn the_blocks_of_the_language_reference_check() {
    let policy = reference();
    let names: Vec<_> = policy.rules.iter().map(|rule| rule.name.as_str()).collect();
    assert!(names.contains(&"accept_returns[3]") && names.contains(&"vouchers[2]") && names.contains(&"everyday_gift"), "{names:?}");
    assert_eq!(policy.holidays.len(), 4);
    assert_eq!(policy.languages, ["de", "en"]);
}

#[test]
fn each_role_has_the_line_of_the_nearest_role_below() {
    let policy = reference();
    let goodwill = policy.budget(policy.budget_named("goodwill").unwrap()).unwrap();
    let line = |role| goodwill.line_of[policy.role_named(role).unwrap().index()];
    assert_eq!(["agent", "senior", "lead", "manager", "finance", "warehouse"].map(line), [Some(0), Some(1), Some(1), Some(1), None, None]);
}

#[test]
fn the_hierarchy_counts_steps() {
    let policy = reference();
    let named = |list: Vec<(kulanz::policy::RoleId, usize)>| -> Vec<(String, usize)> {
        list.into_iter().map(|(role, steps)| (policy.role(role).unwrap().name.clone(), steps)).collect()
    };
    let role = |name| policy.role_named(name).unwrap();
    let expected = |list: &[(&str, usize)]| list.iter().map(|(name, steps)| ((*name).to_owned(), *steps)).collect::<Vec<_>>();
    assert_eq!(named(policy.roles_above(role("agent"))), expected(&[("senior", 1), ("lead", 2), ("manager", 3)]));
    assert_eq!(named(policy.roles_below(role("manager"))), expected(&[("lead", 1), ("warehouse", 1), ("senior", 2), ("agent", 3)]));
}
