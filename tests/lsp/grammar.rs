//! The colours for editors that know no language server know the words of the language, all of them and no others.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::process::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The keywords of the language's own grammar.
fn of_the_language() -> BTreeSet<String> {
    let grammar = read("grammar/kulanz.pest");
    grammar.lines().filter_map(|line| line.strip_prefix("kw_")?.split_once(" =")).map(|(word, _)| word.to_owned()).collect()
}

/// Every word in the patterns of the editors' grammar.
fn of_the_editors() -> BTreeSet<String> {
    fn collect(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, field)| match (name.as_str(), field) {
                ("match", Value::String(pattern)) => found.extend(words(pattern)),
                _ => collect(field, found),
            }),
            Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    collect(&serde_json::from_str(&read("editors/vscode/syntaxes/kulanz.tmLanguage.json")).unwrap(), &mut found);
    found
}

/// The alternatives of a pattern that are plain words.
fn words(pattern: &str) -> Vec<String> {
    let parts = pattern.split(['|', '(', ')', ':', '?']);
    parts.filter(|part| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_lowercase())).map(str::to_owned).collect()
}

#[test]
fn editors_colour_every_keyword_and_nothing_that_is_none() {
    let (language, editors) = (of_the_language(), of_the_editors());
    assert!(language.len() > 90, "{language:?}");
    let missing: Vec<_> = language.difference(&editors).collect();
    assert!(missing.is_empty(), "these words have no colour in editors: {missing:?}");
    // Types, periods and what is built in are no keywords of the grammar, but words of the language.
    let further =
        ["money", "percent", "date", "datetime", "duration", "text", "day", "week", "quarter", "today", "now", "amount", "min", "max", "times"];
    let further: BTreeSet<String> = further.into_iter().map(str::to_owned).collect();
    let units: BTreeSet<String> = ["minutes", "hours", "days", "weeks", "months", "years", "working"].into_iter().map(str::to_owned).collect();
    let odd: Vec<_> = editors.iter().filter(|word| !language.contains(*word) && !further.contains(*word) && !units.contains(*word)).collect();
    assert!(odd.is_empty(), "these words are no words of the language: {odd:?}");
}

#[test]
fn the_extension_is_of_this_version() {
    let package: Value = serde_json::from_str(&read("editors/vscode/package.json")).unwrap();
    assert_eq!(package["version"], env!("CARGO_PKG_VERSION"));
    for path in ["configuration", "path"] {
        let listed = if path == "path" { &package["contributes"]["grammars"][0] } else { &package["contributes"]["languages"][0] };
        let file = listed[path].as_str().unwrap();
        let _: Value = serde_json::from_str(&read(&format!("editors/vscode/{file}"))).unwrap();
    }
}
