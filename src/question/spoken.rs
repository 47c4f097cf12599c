//! A question in the words of the command line: `FACT=VALUE`, files with facts, options.
//!
//! It becomes the JSON that says the same, so that both are read by one reader.

use jiff::Timestamp;

use super::Explain;
use super::json::Json;
use super::problem::{Mistake, Problem, Problems};
use super::reader::{OptionsRequest, Reader, Request};
use crate::policy::expr::Type;

const ROLE: &str = "/actor/role";

/// What the command line says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spoken<'a> {
    /// `--as ROLE`; an empty one is a role that is missing.
    pub role: &'a str,
    /// `--actor ID`
    pub actor: Option<&'a str>,
    /// `--team T`
    pub team: Option<&'a str>,
    /// `ACTION`
    pub action: Option<&'a str>,
    /// `AMOUNT`
    pub amount: Option<&'a str>,
    /// `FACT=VALUE`, with values as in the language: `80 EUR`, `2026-11-01`, `yes`, `damaged`, `vip,press`, `none`, `absent`, a text with or without quotes.
    pub facts: &'a [String],
    /// The JSON in `--facts FILE`.
    pub facts_json: Option<&'a str>,
    /// The JSON in `--record FILE`.
    pub record_json: Option<&'a str>,
    /// `--spent BUDGET=QTY`
    pub spent: &'a [String],
    /// `--at WHEN`
    pub at: Option<&'a str>,
    /// `--lang`
    pub lang: Option<&'a str>,
    /// `--explain`
    pub explain: Explain,
}

impl Reader<'_> {
    /// Reads a question from the command line; `now` is its moment where it names none.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn spoken(&self, spoken: &Spoken<'_>, now: Timestamp) -> Result<Request, Vec<Problem>> {
        let (mut members, problems) = self.members(spoken);
        members.extend(text_member("action", spoken.action));
        members.extend(text_member("amount", spoken.amount));
        together(problems, self.question(&Json::Object(members), now))
    }

    /// Reads a question without an action; the action and the amount are not looked at.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn spoken_options(&self, spoken: &Spoken<'_>, now: Timestamp) -> Result<OptionsRequest, Vec<Problem>> {
        let (members, problems) = self.members(spoken);
        together(problems, self.options(&Json::Object(members), now))
    }

    /// The JSON, and what is wrong with the words themselves.
    fn members(&self, spoken: &Spoken<'_>) -> (Vec<(String, Json)>, Vec<Problem>) {
        let mut problems = Problems::default();
        if spoken.role.is_empty() {
            let mistake = Mistake::new("the role of the person who asks is missing");
            problems.add(ROLE, mistake.help(format!("name it with `--as ROLE`; {}", self.role_list())));
        }
        let mut facts = file(spoken.facts_json, "/facts", &mut problems);
        facts.extend(
            pairs(spoken.facts, "/facts", "FACT=VALUE", &mut problems).into_iter().map(|(name, word)| (name.to_owned(), self.fact_json(name, word))),
        );
        let record = file(spoken.record_json, "/record", &mut problems);
        let spent = pairs(spoken.spent, "/spent", "BUDGET=QTY", &mut problems);
        let spent = spent.into_iter().map(|(name, word)| (name.to_owned(), Json::Text(word.to_owned()))).collect::<Vec<_>>();
        let mut members =
            vec![("actor".to_owned(), actor(spoken)), ("facts".to_owned(), Json::Object(facts)), ("record".to_owned(), Json::Object(record))];
        if !spent.is_empty() {
            members.push(("spent".to_owned(), Json::Object(spent)));
        }
        members.extend(text_member("at", spoken.at));
        members.extend(text_member("lang", spoken.lang));
        members.push(("explain".to_owned(), Json::Bool(spoken.explain == Explain::Every)));
        (members, problems.into_vec())
    }

    /// The JSON for a value in the words of the language.
    fn fact_json(&self, name: &str, word: &str) -> Json {
        let name = super::name(name);
        let Some(fact) = self.policy.facts.iter().find(|fact| fact.name == name) else { return Json::Text(word.to_owned()) };
        match (&fact.ty, word.trim()) {
            (_, "absent" | "null") if fact.optional => Json::Null,
            (Type::YesNo, "yes" | "true") => Json::Bool(true),
            (Type::YesNo, "no" | "false") => Json::Bool(false),
            (Type::SomeOf(_), "") => Json::Array(Vec::new()),
            (Type::SomeOf(choices), "none") if choices.iter().all(|id| self.policy.choice(*id) != "none") => Json::Array(Vec::new()),
            (Type::SomeOf(_), list) => Json::Array(list.split(',').map(|item| Json::Text(item.trim().to_owned())).collect()),
            (Type::Text, _) => Json::Text(unquoted(word)),
            (_, trimmed) => Json::Text(trimmed.to_owned()),
        }
    }
}

#[cfg(all(feature = "cli", feature = "ledger"))]
impl Reader<'_> {
    /// Reads facts alone, that are added to a question: what is said in words and in a file, and what is on record in a file.
    ///
    /// # Errors
    /// As [`Reader::additions`], and where a word is no `FACT=VALUE`.
    pub(crate) fn spoken_additions(&self, spoken: &Spoken<'_>) -> Result<super::Additions, Vec<Problem>> {
        let mut problems = Problems::default();
        let mut facts = file(spoken.facts_json, "/facts", &mut problems);
        let words = pairs(spoken.facts, "/facts", "FACT=VALUE", &mut problems);
        facts.extend(words.into_iter().map(|(name, word)| (name.to_owned(), self.fact_json(name, word))));
        let record = file(spoken.record_json, "/record", &mut problems);
        let members = [("facts", facts), ("record", record)].map(|(name, facts)| (name.to_owned(), Json::Object(facts)));
        together(problems.into_vec(), self.additions(&Json::Object(members.into())))
    }
}

/// What was read, unless there are problems on either side.
fn together<T>(mut problems: Vec<Problem>, read: Result<T, Vec<Problem>>) -> Result<T, Vec<Problem>> {
    match read {
        Ok(read) if problems.is_empty() => Ok(read),
        Ok(_) => Err(problems),
        Err(more) => {
            // The words themselves may have a problem in the same place, which says better what to type.
            let told = problems.iter().any(|problem| problem.path == ROLE);
            problems.extend(more.into_iter().filter(|problem| !told || problem.path != ROLE));
            Err(problems)
        }
    }
}

fn actor(spoken: &Spoken<'_>) -> Json {
    let mut members: Vec<_> = text_member("role", Some(spoken.role).filter(|role| !role.is_empty())).into_iter().collect();
    members.extend(text_member("id", spoken.actor));
    members.extend(text_member("team", spoken.team));
    Json::Object(members)
}

fn text_member(name: &str, text: Option<&str>) -> Option<(String, Json)> {
    text.map(|text| (name.to_owned(), Json::Text(text.to_owned())))
}

/// The members of a file with facts.
fn file(text: Option<&str>, path: &str, problems: &mut Problems) -> Vec<(String, Json)> {
    match text.map(Json::parse) {
        None => Vec::new(),
        Some(Ok(Json::Object(members))) => members,
        Some(Ok(other)) => {
            problems.add(path, Mistake::new(format!("the file must hold an object, not {}", other.kind())));
            Vec::new()
        }
        Some(Err(unread)) => {
            unread.problems.into_iter().for_each(|problem| problems.add(path, Mistake { message: problem.message, help: problem.help }));
            Vec::new()
        }
    }
}

/// Splits each `NAME=VALUE`.
fn pairs<'a>(words: &'a [String], path: &str, form: &str, problems: &mut Problems) -> Vec<(&'a str, &'a str)> {
    let split = |word: &'a String| {
        let mistake = || Mistake::new(format!("{} is not {form}", super::problem::quoted(word))).help(format!("write it like `{form}`"));
        problems.note(path, word.split_once('=').map(|(name, value)| (name.trim(), value)).ok_or_else(mistake))
    };
    words.iter().filter_map(split).collect()
}

/// A text with quotes and escapes as in the language, or as it stands.
fn unquoted(word: &str) -> String {
    let Some(inner) = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return word.to_owned() };
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next().map(|escaped| if escaped == 'n' { '\n' } else { escaped })),
            plain => text.push(plain),
        }
    }
    text
}
