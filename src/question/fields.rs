//! The fields of an object whose names are known beforehand.

use super::facts::near;
use super::json::Json;
use super::problem::{Mistake, Problems, member, quoted};
use super::quantity::wrong_type;

/// The fields that are there, each once.
pub(super) struct Fields<'a> {
    path: &'a str,
    present: Vec<(String, &'a Json)>,
}

impl<'a> Fields<'a> {
    /// Opens an object that has no fields but `allowed`.
    pub fn open(json: &'a Json, path: &'a str, allowed: &[&str], problems: &mut Problems) -> Self {
        Self::open_named(json, path, allowed, "field", problems)
    }

    /// Likewise, for fields that go by another word.
    pub fn open_named(json: &'a Json, path: &'a str, allowed: &[&str], word: &str, problems: &mut Problems) -> Self {
        let mut present: Vec<(String, &Json)> = Vec::new();
        for (key, value) in json.members(path, problems) {
            if problems.is_full() {
                break;
            }
            let name = super::name(key);
            let mistake = if !allowed.contains(&name.as_str()) {
                Mistake::new(format!("unknown {word} {}", quoted(key))).did_you_mean(near(&name, allowed.iter().copied()))
            } else if present.iter().any(|(other, _)| *other == name) {
                Mistake::new(format!("`{name}` is given twice"))
            } else {
                present.push((name, value));
                continue;
            };
            problems.add(&member(path, key), mistake);
        }
        Self { path, present }
    }

    /// The value of a field; `null` is the same as leaving it out.
    pub fn get(&self, name: &str) -> Option<&'a Json> {
        self.present.iter().find(|(field, _)| field == name).map(|(_, json)| *json).filter(|json| **json != Json::Null)
    }

    /// Whether a field is there, be it `null`.
    pub fn has(&self, name: &str) -> bool {
        self.present.iter().any(|(field, _)| field == name)
    }

    /// The text of a field.
    pub fn text(&self, name: &str, problems: &mut Problems) -> Option<String> {
        match self.get(name)? {
            Json::Text(text) => Some(text.clone()),
            other => {
                problems.add(&member(self.path, name), wrong_type("a text", other));
                None
            }
        }
    }
}
