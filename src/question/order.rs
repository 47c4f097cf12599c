//! What stands beside a question, or in the place of one, where something is to be done: `confirm`, `note`, `reason` and the like.

use super::facts::near;
use super::fields::Fields;
use super::json::Json;
use super::problem::{Mistake, Problem, Problems, member, quoted};
use super::quantity::wrong_type;
use super::reader::{Caller, Reader, Request};
use jiff::Timestamp;
use serde_json::Value as Tree;

/// A longer text belongs elsewhere, in bytes.
pub const LONGEST_TEXT: usize = 8 << 10;
/// A longer name is none, in bytes.
const LONGEST_NAME: usize = 255;

/// What is said about something that is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Particulars {
    /// `actor`: who does it.
    pub actor: Option<Doer>,
    /// `confirm`: the duties that are done or promised.
    pub confirm: Vec<String>,
    /// `note`
    pub note: Option<String>,
    /// `case`: what it belongs to.
    pub case: Option<String>,
    /// `to`: whom it goes to.
    pub to: Option<String>,
    /// `reason`
    pub reason: Option<String>,
    /// `offered`: what was offered instead.
    pub offered: Option<String>,
}

/// Who does something: an id, and what the list of people says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doer {
    /// Who.
    pub id: String,
    /// In which role.
    pub role: Option<String>,
    /// In which team.
    pub team: Option<String>,
}

/// Facts that are added to a question that was asked: by name, as they are written there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Additions {
    /// What somebody says.
    pub facts: Vec<(String, Tree)>,
    /// What a system of record says.
    pub record: Vec<(String, Tree)>,
    /// Where each stood: its flat pointer and the one of the caller's JSON.
    places: Vec<(String, String)>,
}

impl Additions {
    /// The pointer into the caller's JSON for one that names a fact by its flat name, as `/facts/order.total`.
    #[must_use]
    pub fn place(&self, flat: &str) -> String {
        let behind = |of: &str| flat.strip_prefix(of).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let found = self.places.iter().find_map(|(of, place)| Some(format!("{place}{}", behind(of)?)));
        found.unwrap_or_else(|| flat.to_owned())
    }
}

/// The fields of [`Particulars`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `actor`, with an id.
    Actor,
    /// `confirm`
    Confirm,
    /// `note`
    Note,
    /// `case`
    Case,
    /// `to`
    To,
    /// `reason`
    Reason,
    /// `offered`
    Offered,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Confirm => "confirm",
            Self::Note => "note",
            Self::Case => "case",
            Self::To => "to",
            Self::Reason => "reason",
            Self::Offered => "offered",
        }
    }
}

impl Reader<'_> {
    /// Reads a question with particulars beside it.
    ///
    /// # Errors
    /// Everything that is wrong with either.
    pub fn with_particulars(&self, json: &Json, fields: &[Field], now: Timestamp) -> Result<(Request, Particulars), Vec<Problem>> {
        let Json::Object(members) = json else { return self.question(json, now).map(|request| (request, Particulars::default())) };
        let is_beside = |(key, _): &&(String, Json)| fields.iter().any(|field| super::name(key) == field.name());
        let (beside, question): (Vec<_>, Vec<_>) = members.iter().partition(is_beside);
        let object = |members: Vec<&(String, Json)>| Json::Object(members.into_iter().cloned().collect());
        let mut problems = Problems::default();
        let particulars = self.read(&object(beside), fields, &[], &mut problems);
        match (self.question(&object(question), now), problems.into_vec()) {
            (Ok(request), problems) if problems.is_empty() => Ok((request, particulars)),
            (Ok(_), problems) => Err(problems),
            (Err(mut first), further) => {
                first.extend(further);
                Err(first)
            }
        }
    }

    /// Reads particulars alone. `others` are further members of the object that somebody else reads; `needed` must be there.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn particulars(&self, json: &Json, fields: &[Field], needed: &[Field], others: &[&str]) -> Result<Particulars, Vec<Problem>> {
        let mut problems = Problems::default();
        let read = self.read(json, fields, others, &mut problems);
        if matches!(json, Json::Object(_)) {
            let opened = Fields::open(json, "", &names(fields, others), &mut Problems::default());
            for field in needed.iter().filter(|field| opened.get(field.name()).is_none()) {
                problems.add(&member("", field.name()), Mistake::new(format!("`{}` is missing", field.name())));
            }
        }
        let problems = problems.into_vec();
        if problems.is_empty() { Ok(read) } else { Err(problems) }
    }

    /// Reads the `facts` and the `record` that are added to a question, nested or flat. Whether they fit the policy is seen when the question is read again.
    ///
    /// # Errors
    /// Where either is no object, a fact is there more than once, or there is a `record` of a caller that is no system of record.
    pub fn additions(&self, json: &Json) -> Result<Additions, Vec<Problem>> {
        let mut problems = Problems::default();
        let mut added = Additions::default();
        // What is no object, or has other fields, is told by whoever reads those.
        let opened = Fields::open(json, "", &["facts", "record"], &mut Problems::default());
        let lists = ["facts", "record"].map(|list| {
            let Some(json) = opened.get(list) else { return Vec::new() };
            let flat = self.flat(list, json, &mut problems);
            if list == "record" && self.caller == Caller::WithoutRecord && !flat.is_empty() {
                problems.add("/record", Mistake::new("`record` is not believed from this caller").help("send these facts in `facts`"));
            }
            flat
        });
        let mut seen: Vec<(String, String)> = Vec::new();
        for (list, facts) in ["facts", "record"].into_iter().zip(lists) {
            for (name, path, value) in facts {
                if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
                    problems.add(&path, Mistake::new(format!("`{name}` is given twice")).help(format!("it is also at {first}")));
                    continue;
                }
                seen.push((name.clone(), path.clone()));
                added.places.push((member(&format!("/{list}"), &name), path));
                let facts = if list == "facts" || self.caller == Caller::Anybody { &mut added.facts } else { &mut added.record };
                facts.push((name, tree(value)));
            }
        }
        let problems = problems.into_vec();
        if problems.is_empty() { Ok(added) } else { Err(problems) }
    }

    /// The facts of an object, each with its flat name, its place and its value.
    fn flat<'j>(&self, list: &str, json: &'j Json, problems: &mut Problems) -> Vec<(String, String, &'j Json)> {
        let path = member("", list);
        let is_group = |name: &str| self.policy.facts.iter().any(|fact| fact.name.split_once('.').is_some_and(|(group, _)| group == name));
        let mut flat = Vec::new();
        for (key, value) in json.members(&path, problems) {
            let (name, path) = (super::name(key), member(&path, key));
            match value {
                Json::Object(members) if is_group(&name) => {
                    flat.extend(members.iter().map(|(key, value)| (format!("{name}.{}", super::name(key)), member(&path, key), value)));
                }
                _ => flat.push((name, path, value)),
            }
        }
        flat
    }

    fn read(&self, json: &Json, fields: &[Field], others: &[&str], problems: &mut Problems) -> Particulars {
        let opened = Fields::open(json, "", &names(fields, others), problems);
        let mut read = Particulars::default();
        for field in fields {
            let Some(value) = opened.get(field.name()) else { continue };
            let path = member("", field.name());
            match field {
                Field::Actor => read.actor = doer(value, problems),
                Field::Confirm => read.confirm = self.duties(value, problems),
                Field::Note => read.note = text(value, &path, LONGEST_TEXT, problems),
                Field::Case => read.case = text(value, &path, LONGEST_NAME, problems),
                Field::To => read.to = text(value, &path, LONGEST_NAME, problems),
                Field::Reason => read.reason = text(value, &path, LONGEST_TEXT, problems),
                Field::Offered => read.offered = text(value, &path, LONGEST_TEXT, problems),
            }
        }
        read
    }

    fn duties(&self, json: &Json, problems: &mut Problems) -> Vec<String> {
        let Json::Array(items) = json else {
            problems.add("/confirm", wrong_type("an array", json).help("write `[\"photo\"]`"));
            return Vec::new();
        };
        let known = || self.policy.duties.iter().map(|duty| duty.name.as_str());
        let mut duties = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = member("/confirm", at);
            let Some(written) = text(item, &path, LONGEST_NAME, problems) else { continue };
            let name = super::name(&written);
            if known().any(|duty| duty == name) {
                if !duties.contains(&name) {
                    duties.push(name);
                }
            } else {
                let list = format!("the duties are {}", known().collect::<Vec<_>>().join(", "));
                problems.add(&path, Mistake::new(format!("unknown duty {}", quoted(&written))).help(list).did_you_mean(near(&name, known())));
            }
        }
        duties
    }
}

/// The same as a tree of another library; the last of several members of one name counts.
fn tree(json: &Json) -> Tree {
    match json {
        Json::Null => Tree::Null,
        Json::Bool(value) => Tree::Bool(*value),
        // The digits came from JSON.
        Json::Number(digits) => digits.parse::<serde_json::Number>().map_or(Tree::Null, Tree::Number),
        Json::Text(text) => Tree::String(text.clone()),
        Json::Array(items) => items.iter().map(tree).collect(),
        Json::Object(members) => members.iter().map(|(name, value)| (name.clone(), tree(value))).collect(),
    }
}

fn names<'a>(fields: &[Field], others: &[&'a str]) -> Vec<&'a str> {
    fields.iter().map(|field| field.name()).chain(others.iter().copied()).collect()
}

fn doer(json: &Json, problems: &mut Problems) -> Option<Doer> {
    let fields = Fields::open(json, "/actor", &["id", "role", "team"], problems);
    let (role, team) = (fields.text("role", problems), fields.text("team", problems));
    let Some(id) = fields.get("id") else {
        if matches!(json, Json::Object(_)) {
            problems.add("/actor/id", Mistake::new("`id` is missing").help("say who does it: `\"actor\": {\"id\": \"…\"}`"));
        }
        return None;
    };
    Some(Doer { id: text(id, "/actor/id", LONGEST_NAME, problems)?, role, team })
}

/// A text that says something.
fn text(json: &Json, path: &str, longest: usize, problems: &mut Problems) -> Option<String> {
    let Json::Text(text) = json else {
        problems.add(path, wrong_type("a text", json));
        return None;
    };
    let mistake = match text.trim() {
        "" => Mistake::new("the text is empty"),
        _ if text.len() > longest => Mistake::new(format!("longer than {longest} bytes")),
        _ if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => Mistake::new("the text holds control characters"),
        _ => return Some(text.clone()),
    };
    problems.add(path, mistake);
    None
}
