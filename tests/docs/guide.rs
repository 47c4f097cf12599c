//! The language guide.

use std::collections::BTreeMap;

use serde_json::Value;

use super::blocks::{self, Block};
use super::growing::GrowingPack;
use super::words::{missing, words};
use crate::process::Ended;

type Packs = BTreeMap<String, GrowingPack>;

#[test]
fn every_example_of_the_language_guide_runs() {
    let blocks = blocks::of("language-guide.md");
    let mut packs = Packs::new();
    let mut failures = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let next = blocks.get(at + 1);
        failures.extend(run(&mut packs, block, next).err().map(|problem| format!("{}: {problem}", block.place)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(blocks.iter().filter(|block| block.kind == "console").count() >= 10, "the tutorial asks questions");
}

fn run(packs: &mut Packs, block: &Block, next: Option<&Block>) -> Result<(), String> {
    match (block.kind.as_str(), block.pack()) {
        ("kulanz", None) => GrowingPack::of(&block.text).holds("pack"),
        ("kulanz", Some(name)) => {
            let pack = packs.entry(name.to_owned()).or_default();
            pack.grow(&block.text);
            pack.holds(name)
        }
        ("kulanz refused", Some(name)) => refused(packs.get(name).cloned().unwrap_or_default(), name, &block.text, &follower(next, "text")?.text),
        ("csv", Some(name)) => {
            packs.entry(name.to_owned()).or_default().put(block.file(), &block.text);
            Ok(())
        }
        ("console", Some(name)) => commands(packs.get(name).ok_or("the pack has not begun")?, name, &block.text),
        ("json question", Some(name)) => {
            answers(packs.get(name).ok_or("the pack has not begun")?, name, &block.text, &follower(next, "json answer")?.text)
        }
        ("text" | "json answer" | "sh", None) => Ok(()),
        (kind, _) => Err(format!("nothing is known of `{kind}` blocks")),
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
fn commands(pack: &GrowingPack, name: &str, text: &str) -> Result<(), String> {
    for shown_command in text.split("$ ").skip(1) {
        let (command, expected) = shown_command.split_once('\n').unwrap_or((shown_command, ""));
        let words = words(command);
        let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        let ended = pack.run(name, &[], &arguments);
        let printed = format!("{}{}", ended.out, ended.err);
        if printed.trim_end() != expected.trim_end() {
            return Err(format!("`{command}` printed\n{printed}\nand not\n{expected}"));
        }
    }
    Ok(())
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
