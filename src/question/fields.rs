//! The fields of an object whose names are known beforehand.

use super::facts::near;
use super::json::Json;
use super::problem::{Mistake, Problems, member, quoted};
use super::quantity::wrong_type;

/// The fields that are there, each once.
pub(super) struct Fields<'a> {
    path: &'a str,
    present: Vec<Field<'a>>,
}

struct Field<'a> {
    name: String,
    /// The name as it is written.
    key: &'a str,
    value: &'a Json,
}

/// Something that is given a second time: the path to each of them and what it is there. A path alone does not tell two members of one name apart.
pub(super) fn twice(name: &str, places: &[(String, &Json); 2]) -> Mistake {
    let [(first, one), (second, other)] = places;
    let mistake = Mistake::new(format!("`{name}` is given twice"));
    let (one, other) = (one.shown(), other.shown());
    if first == second && one == other {
        return mistake.help(format!("it is {one} both times; keep one of them"));
    }
    if first == second {
        return mistake.help(format!("it is {one} first and {other} then; keep one of them"));
    }
    mistake.help(format!("it is {other} here and {one} at {first}; keep one of them"))
}

impl<'a> Fields<'a> {
    /// Opens an object that has no fields but `allowed`.
    pub fn open(json: &'a Json, path: &'a str, allowed: &[&str], problems: &mut Problems) -> Self {
        Self::open_named(json, path, allowed, "field", problems)
    }

    /// Likewise, for fields that go by another word.
    pub fn open_named(json: &'a Json, path: &'a str, allowed: &[&str], word: &str, problems: &mut Problems) -> Self {
        Self::open_but(json, path, allowed, problems, |key, name| {
            Mistake::new(format!("unknown {word} {}", quoted(key))).did_you_mean(near(name, allowed.iter().copied()))
        })
    }

    /// Opens a question about every action, in which the fields of a question `of_one` have no sense.
    pub fn open_all(json: &'a Json, allowed: &[&str], of_one: &[&str], problems: &mut Problems) -> Self {
        Self::open_but(json, "", allowed, problems, |key, name| {
            if of_one.contains(&name) {
                let mistake = Mistake::new(format!("`{name}` has no sense here: this is about every action"));
                return mistake.help("leave it out, or `ask` about one action");
            }
            Mistake::new(format!("unknown field {}", quoted(key))).did_you_mean(near(name, allowed.iter().copied()))
        })
    }

    /// Opens an object; what is not `allowed` is `unknown`, by its key and its name.
    fn open_but(json: &'a Json, path: &'a str, allowed: &[&str], problems: &mut Problems, unknown: impl Fn(&str, &str) -> Mistake) -> Self {
        let mut present: Vec<Field<'a>> = Vec::new();
        for (key, value) in json.members(path, problems) {
            if problems.is_full() {
                break;
            }
            let name = super::name(key);
            let mistake = if !allowed.contains(&name.as_str()) {
                unknown(key, &name)
            } else if let Some(first) = present.iter().find(|field| field.name == name) {
                let places = [(member(path, first.key), first.value), (member(path, key), value)];
                twice(&name, &places)
            } else {
                present.push(Field { name, key, value });
                continue;
            };
            problems.add(&member(path, key), mistake);
        }
        Self { path, present }
    }

    /// The value of a field; `null` is the same as leaving it out.
    pub fn get(&self, name: &str) -> Option<&'a Json> {
        self.present.iter().find(|field| field.name == name).map(|field| field.value).filter(|json| **json != Json::Null)
    }

    /// Whether a field is there, be it `null`.
    pub fn has(&self, name: &str) -> bool {
        self.present.iter().any(|field| field.name == name)
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
