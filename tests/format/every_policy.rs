//! Every policy in the repository: formatting it again changes nothing, and no comment is lost.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use kulanz::source::Sources;
use kulanz::syntax::format::same_meaning;

use super::{formatted, policies_in};

/// A policy of the repository.
struct Policy {
    path: PathBuf,
    text: String,
    /// The text in the one layout.
    result: String,
}

/// Every policy that parses; the fixtures of the parser hold some that do not.
static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = ["policies", "tests", "src"].iter().flat_map(|folder| policies_in(&root.join(folder)));
    let policies: Vec<Policy> = paths.filter_map(|path| read(path, root)).collect();
    assert!(!policies.is_empty());
    policies
});

fn read(path: PathBuf, root: &Path) -> Option<Policy> {
    let text = std::fs::read_to_string(&path).ok()?;
    match formatted(&text) {
        Ok(result) => Some(Policy { path, text, result }),
        Err(problems) => {
            let is_example = path.starts_with(root.join("policies"));
            assert!(!is_example && !parses(&text), "{} is not formatted: {problems:#?}", path.display());
            None
        }
    }
}

/// Looks at every policy: its path, its text, and the text in the one layout.
fn each(look: impl Fn(&Path, &str, &str)) {
    POLICIES.iter().for_each(|policy| look(&policy.path, &policy.text, &policy.result));
}

fn parses(text: &str) -> bool {
    let mut sources = Sources::default();
    let id = sources.add("test.kulanz", text);
    !kulanz::diagnostic::has_errors(&kulanz::syntax::parse(&sources, id).1)
}

#[test]
fn formatting_again_changes_nothing() {
    each(|path, _, result| assert_eq!(formatted(result).unwrap(), result, "{}", path.display()));
}

#[test]
fn the_meaning_is_the_same() {
    each(|path, text, result| {
        let mut sources = Sources::default();
        let (before, after) = (sources.add("before", text), sources.add("after", result));
        let (before, after) = (kulanz::syntax::parse(&sources, before).0, kulanz::syntax::parse(&sources, after).0);
        assert!(same_meaning(&before, &after), "{}", path.display());
    });
}

#[test]
fn comments_survive_in_their_item() {
    each(|path, text, result| {
        let (before, after) = (comments_by_item(text), comments_by_item(result));
        assert_eq!(before, after, "{}", path.display());
    });
}

#[test]
fn lines_end_clean() {
    each(|path, _, result| {
        assert!(result.is_empty() || result.ends_with('\n'), "{}", path.display());
        assert!(!result.contains("\n\n\n") && !result.ends_with("\n\n"), "{}", path.display());
        assert!(result.lines().all(|line| line.trim_end() == line && !line.contains('\t')), "{}", path.display());
    });
}

/// The comments of each item, sorted where clauses may have been; what stands above an item counts to the one before it.
fn comments_by_item(text: &str) -> Vec<Vec<String>> {
    let mut items = vec![Vec::new()];
    for line in text.trim_start_matches('\u{feff}').lines() {
        if line.starts_with(|first: char| first.is_alphabetic()) {
            items.push(Vec::new());
        }
        items.last_mut().unwrap().extend(comment(line));
    }
    for comments in &mut items {
        comments.sort();
    }
    items
}

fn comment(line: &str) -> Option<String> {
    let mut in_text = false;
    let mut escaped = false;
    let start = line.char_indices().find(|(_, char)| {
        match char {
            '"' if !escaped => in_text = !in_text,
            '#' if !in_text => return true,
            _ => {}
        }
        escaped = *char == '\\' && !escaped;
        false
    });
    start.map(|(at, _)| line[at..].trim_end().to_owned())
}
