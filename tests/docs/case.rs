//! `docs/a-case.md`: a shell session on one ledger, from a question to a booking.
//!
//! A block of `sh` prepares something; what it exports holds for everything below it. In a `console` block each line with `$` is a command, and what stands below it is all that it prints. Ids are those
//! of the page: what the page calls an id that a command printed is put in its place where a later command names it. Ids, days and times of day are not compared; everything else is.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use super::blocks::{self, Block};
use crate::process::{Ended, end, root};

const PAGE: &str = "a-case.md";

struct Session {
    folder: tempfile::TempDir,
    exports: String,
    /// What the page calls an id, and what it is here.
    ids: Vec<(String, String)>,
}

impl Session {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root().join("policies"), folder.path().join("policies")).unwrap();
        Self { folder, exports: String::new(), ids: Vec::new() }
    }

    fn run(&self, script: &str) -> Ended {
        let built = Path::new(env!("CARGO_BIN_EXE_kulanz")).parent().unwrap();
        let mut shell = Command::new("bash");
        shell.args(["-uc", &format!("{}{script}", self.exports)]).current_dir(self.folder.path());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("KULANZ_")) {
            shell.env_remove(name);
        }
        end(shell.env("PATH", format!("{}:{}", built.display(), std::env::var("PATH").unwrap())))
    }

    fn prepare(&mut self, block: &Block) {
        self.exports.extend(block.text.lines().filter(|line| line.starts_with("export ")).map(|line| format!("{line}\n")));
        let ended = self.run(&block.text);
        assert_eq!(ended.status, 0, "{}: {ended:#?}", block.place);
    }

    /// What the commands of a block print here.
    fn print(&mut self, block: &Block) -> String {
        let mut printed = String::new();
        for (command, shown) in commands(&block.text) {
            let here = self.ids.iter().fold(command.clone(), |command, (page, here)| command.replace(page, here));
            let ended = self.run(&here);
            let out = ended.out + &ended.err;
            self.learn(&shown, &out);
            let _ = write!(printed, "$ {command}\n{out}");
        }
        printed
    }

    /// A text with the ids of the page, as far as it has them.
    fn on_the_page(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (page, here)| text.replace(here, page))
    }

    /// The ids of the page and those of here stand in the same order.
    fn learn(&mut self, shown: &str, out: &str) {
        for (page, here) in ids(shown).into_iter().zip(ids(out)) {
            if !self.ids.iter().any(|(known, _)| *known == page) {
                self.ids.push((page, here));
            }
        }
    }
}

/// Each command with what stands below it.
fn commands(text: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((_, shown))) => shown.extend([line, "\n"]),
            (None, None) => panic!("`{line}` stands before the first command"),
        }
    }
    commands
}

/// The shape of a text: digits and letters of a number to base 16 as `x`, other digits as `9`.
fn is_like(word: &str, shape: &str) -> bool {
    word.len() == shape.len()
        && word.bytes().zip(shape.bytes()).all(|(byte, shape)| match shape {
            b'x' => byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase(),
            b'9' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

const UUID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
const SHORT: &str = "xxxxxxxx";
/// What is not compared, and what is put in its place.
const OWN: [(&str, &str); 4] = [(UUID, "ID"), (SHORT, "ID"), ("9999-99-99", "DAY"), ("99:99", "TIME")];

/// A text cut into words and what is between them.
fn words(text: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ':';
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let in_word = rest.starts_with(is_word);
        let end = rest.find(|c: char| is_word(c) != in_word).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        words.push(word);
        rest = behind;
    }
    words
}

fn ids(text: &str) -> Vec<String> {
    let id = |word: &&str| is_like(word, UUID) || is_like(word, SHORT);
    words(text).into_iter().filter(id).map(str::to_owned).collect()
}

/// The text without what is of this run alone. Widths do not change: an id is always as long as another.
fn plain(text: &str) -> String {
    const MONTHS: [&str; 12] =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let own = |word: &str| {
        let bare = word.trim_end_matches(':');
        OWN.iter().find(|(shape, _)| is_like(bare, shape)).map(|(_, name)| (*name).to_owned())
    };
    let text: String = words(text).into_iter().map(|word| own(word).unwrap_or_else(|| word.to_owned())).collect();
    let headline = |line: &str| match line.split_once(" — ") {
        Some((who, month)) if MONTHS.iter().any(|name| month.starts_with(name)) => format!("{who} — MONTH"),
        _ => line.to_owned(),
    };
    text.lines().map(headline).collect::<Vec<_>>().join("\n")
}

/// With `UPDATE_GUIDES` set, what the commands print is written into the page.
#[test]
fn the_session_runs_as_it_is_shown() {
    let blocks = blocks::of(PAGE);
    let mut session = Session::new();
    let (mut failures, mut changed) = (Vec::new(), Vec::new());
    let mut ran = 0;
    for block in &blocks {
        match block.kind.as_str() {
            "sh" => session.prepare(block),
            "console" => {
                ran += 1;
                let printed = session.print(block);
                if plain(&printed) != plain(&block.text) {
                    failures.push(format!("{} prints\n{printed}\nand not\n{}", block.place, block.text));
                    changed.push((block, session.on_the_page(&printed)));
                }
            }
            kind => panic!("{}: nothing is known of `{kind}` blocks", block.place),
        }
    }
    assert!(ran >= 8, "the page shows a session");
    if std::env::var_os("UPDATE_GUIDES").is_some() {
        blocks::rewrite(PAGE, &changed);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn only_ids_days_and_times_are_not_compared() {
    assert_eq!(plain("grant 01a204d8-fc19-70f1-a4f7-4e4db93a926e, b93a926e"), "grant ID, ID");
    assert_eq!(plain("due 2026-11-23 01:00."), "due DAY TIME.");
    assert_eq!(plain("Anna — November 2026\n80.00 EUR of 12345678 — 3"), "Anna — MONTH\n80.00 EUR of ID — 3");
    assert_ne!(plain("80.00 EUR"), plain("80.01 EUR"));
}
