//! Trees into a checked policy.

use std::path::{Path, PathBuf};

use kulanz::diagnostic::Diagnostic;
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
    problems.iter().map(|problem| one(problem, pack)).collect()
}

fn one(problem: &Diagnostic, pack: &Pack) -> String {
    let labels = problem.labels.iter().map(|label| {
        let snippet = pack.sources.snippet(label.span).lines().next().unwrap_or_default();
        format!("  {} `{snippet}` {}\n", pack.sources.location(label.span), label.text)
    });
    let help = problem.help.as_deref().unwrap_or("-");
    format!("{} {}\n{}  help: {help}\n", problem.code.text(), problem.message, labels.collect::<String>())
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
