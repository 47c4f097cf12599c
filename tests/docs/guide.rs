//! The language guide.

use std::collections::BTreeMap;

use serde_json::Value;

use super::blocks::{self, Block};
use super::growing::GrowingPack;
use super::words::{missing, words};
use crate::process::Ended;

type Packs = BTreeMap<String, GrowingPack>;

const GUIDE: &str = "language-guide.md";

/// What is wrong with a block.
enum Problem {
    /// In words.
    Says(String),
    /// The commands print this instead.
    Prints(String),
}

impl From<String> for Problem {
    fn from(text: String) -> Self {
        Self::Says(text)
    }
}

/// With `UPDATE_GUIDES` set, what the commands print is written into the guide.
#[test]
fn every_example_of_the_language_guide_runs() {
    let blocks = blocks::of(GUIDE);
    let mut packs = Packs::new();
    let (mut failures, mut changed) = (Vec::new(), Vec::new());
    for (at, block) in blocks.iter().enumerate() {
        match run(&mut packs, block, blocks.get(at + 1)) {
            Err(Problem::Prints(text)) if std::env::var_os("UPDATE_GUIDES").is_some() => changed.push((block, text)),
            Err(Problem::Prints(text)) => failures.push(format!("{} prints\n{text}\nand not\n{}", block.place, block.text)),
            Err(Problem::Says(text)) => failures.push(format!("{}: {text}", block.place)),
            Ok(()) => {}
        }
    }
    blocks::rewrite(GUIDE, &changed);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(blocks.iter().filter(|block| block.kind == "console").count() >= 10, "the tutorial asks questions");
}

fn run(packs: &mut Packs, block: &Block, next: Option<&Block>) -> Result<(), Problem> {
    let begun = |name: &str| packs.get(name).ok_or_else(|| "the pack has not begun".to_owned());
    match (block.kind.as_str(), block.pack()) {
        ("kulanz", None) => Ok(GrowingPack::of(&block.text).holds("pack")?),
        ("kulanz", Some(name)) => {
            let pack = packs.entry(name.to_owned()).or_default();
            pack.grow(&block.text);
            Ok(pack.holds(name)?)
        }
        ("kulanz refused", Some(name)) => Ok(refused(begun(name)?.clone(), name, &block.text, &follower(next, "text")?.text)?),
        ("csv", Some(name)) => {
            packs.entry(name.to_owned()).or_default().put(block.file(), &block.text);
            Ok(())
        }
        ("console", Some(name)) => commands(begun(name)?, name, &block.text),
        ("json question", Some(name)) => Ok(answers(begun(name)?, name, &block.text, &follower(next, "json answer")?.text)?),
        ("text" | "json answer" | "sh", None) => Ok(()),
        (kind, _) => Err(format!("nothing is known of `{kind}` blocks").into()),
    }
}

fn follower<'a>(next: Option<&'a Block>, kind: &str) -> Result<&'a Block, String> {
    next.filter(|next| next.kind == kind).ok_or_else(|| format!("a `{kind}` block must follow"))
}

/// The pack does not check with this in it, and every line of `expected` is said.
fn refused(mut pack: GrowingPack, name: &str, text: &str, expected: &str) -> Result<(), String> {
    pack.grow(text);
    let ended = pack.run(name, &[], &["check"]);
    let missing: Vec<&str> = expected.lines().map(str::trim).filter(|line| !ended.err.contains(line)).collect();
    match (ended.status, missing.as_slice()) {
        (1, []) => Ok(()),
        _ => Err(format!("{missing:?} are missing in\n{}", shown(&ended))),
    }
}

/// Each command behind `$` prints what stands below it.
fn commands(pack: &GrowingPack, name: &str, shown: &str) -> Result<(), Problem> {
    let mut printed = String::new();
    for command in shown.lines().filter_map(|line| line.strip_prefix("$ ")) {
        let words = words(command);
        let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let ended = pack.run(name, &[], &arguments);
        printed += &["$ ", command, "\n", &ended.out, &ended.err].concat();
    }
    if printed.trim_end() == shown.trim_end() { Ok(()) } else { Err(Problem::Prints(printed)) }
}

fn answers(pack: &GrowingPack, name: &str, question: &str, answer: &str) -> Result<(), String> {
    let parse = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| error.to_string());
    let line = format!("{}\n", parse(question)?);
    let ended = pack.run(name, &[("question.jsonl".to_owned(), line)], &["ask", "--batch", "question.jsonl"]);
    let (given, expected) = (parse(&ended.out).map_err(|_| shown(&ended))?, parse(answer)?);
    match missing(&expected, &given) {
        None => Ok(()),
        Some(path) => Err(format!("`{path}` differs in\n{}", serde_json::to_string_pretty(&given).unwrap_or_default())),
    }
}

fn shown(ended: &Ended) -> String {
    format!("exit status {}\n{}{}", ended.status, ended.out, ended.err)
}
