//! A pack that grows through a guide.

use std::path::Path;

use kulanz::pack::Pack;
use kulanz::say::Colour;
use kulanz::{Program, policy, testing};

use crate::process::{Ended, folder, kulanz_in};

/// The items of a pack so far, in the order of the guide.
#[derive(Clone, Debug, Default)]
pub struct GrowingPack {
    items: Vec<String>,
    files: Vec<(String, String)>,
}

impl GrowingPack {
    /// A pack of one block.
    pub fn of(text: &str) -> Self {
        let mut pack = Self::default();
        pack.grow(text);
        pack
    }

    /// Adds the items of a block. One that is there already, by its keyword and name, is replaced.
    pub fn grow(&mut self, text: &str) {
        for item in items(text) {
            match self.items.iter_mut().find(|old| key(old) == key(&item)) {
                Some(old) => *old = item,
                None => self.items.push(item),
            }
        }
    }

    /// Whether the pack checks and its tests pass; what is wrong where not.
    pub fn holds(&self, name: &str) -> Result<(), String> {
        let policy = (format!("{name}.kulanz"), self.items.join("\n"));
        let texts: Vec<(&str, &str)> = self.files.iter().chain([&policy]).map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (pack, problems) = Pack::from_texts(&texts);
        let policy = match policy::check(&pack) {
            Ok(policy) if problems.is_empty() => policy,
            Ok(_) => return Err(format!("{problems:#?}")),
            Err(more) => return Err(format!("{problems:#?} {more:#?}")),
        };
        let report = testing::run(&policy, &Program::new(&policy), testing::Options::default());
        if report.failed == 0 { Ok(()) } else { Err(report.human(Colour::Plain)) }
    }

    /// Puts a file beside the policy.
    pub fn put(&mut self, name: &str, text: &str) {
        self.files.push((name.to_owned(), text.to_owned()));
    }

    /// Runs `kulanz` in a folder that holds `policies` and these files beside it.
    pub fn run(&self, name: &str, beside: &[(String, String)], arguments: &[&str]) -> Ended {
        let policy = (format!("{name}.kulanz"), self.items.join("\n"));
        let inside = self.files.iter().chain([&policy]).map(|(name, text)| (format!("policies/{name}"), text.clone()));
        let files: Vec<(String, String)> = inside.chain(beside.iter().cloned()).collect();
        let folder = folder(&files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>());
        kulanz_in(Path::new(folder.path()), arguments)
    }
}

/// A text cut where something begins in the first column; comments go with what follows them.
fn items(text: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    let mut in_comment = false;
    for line in text.lines() {
        let begins = line.starts_with(|first: char| !first.is_whitespace());
        if items.is_empty() || begins && !in_comment {
            items.push(String::new());
        }
        if let Some(item) = items.last_mut() {
            item.push_str(line);
            item.push('\n');
        }
        in_comment = line.starts_with('#') || in_comment && !begins;
    }
    items
}

/// `rule small_refund`, or the whole line where an item has no name.
fn key(item: &str) -> String {
    let head = item.lines().find(|line| !line.starts_with('#')).unwrap_or_default();
    let mut words = head.split_whitespace();
    match (words.next(), words.next()) {
        (Some("policy"), _) => "policy".to_owned(),
        (Some(keyword), Some(name)) if !["test", "promise", "fallback"].contains(&keyword) => format!("{keyword} {name}"),
        _ => head.to_owned(),
    }
}
