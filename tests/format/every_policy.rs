//! Every policy in the repository: formatting it again changes nothing, and no comment is lost.

use std::path::{Path, PathBuf};

use kulanz::source::Sources;
use kulanz::syntax::format::same_meaning;

use super::{formatted, policies_in};

fn policies() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["policies", "tests", "src"].iter().flat_map(|folder| policies_in(&root.join(folder))).collect()
}

/// Every policy that parses, with its text and the text in the one layout. The fixtures of the parser hold some that do not.
fn each(mut look: impl FnMut(&Path, &str, &str)) {
    let mut count = 0;
    for path in policies() {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if let Ok(result) = formatted(&text) {
            look(&path, &text, &result);
            count += 1;
        } else {
            assert!(!parses(&text), "{} parses but is not formatted", path.display());
        }
    }
    assert!(count > 0);
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
    items.iter_mut().for_each(|comments| comments.sort());
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
