//! The parameters behind a path: each known and given once, all that is wrong with them told at once.

use axum::extract::Query;
use axum::http::Uri;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::problem::{Kind, Problem};
use crate::question;

/// So many entries a page has where nothing is said.
const USUAL: u32 = 50;
/// So many a page has at most.
const MOST: u32 = 500;
/// A longer text is no name, in bytes.
const LONGEST: usize = 255;

/// Parameters that are being read.
#[derive(Debug)]
pub struct Parameters {
    given: Vec<(String, String)>,
    problems: Vec<question::Problem>,
}

impl Parameters {
    /// Those of an address, of which these are known.
    pub fn new(uri: &Uri, known: &[&str]) -> Self {
        let mut read = Self { given: Vec::new(), problems: Vec::new() };
        let Ok(Query(all)) = Query::<Vec<(String, String)>>::try_from_uri(uri) else {
            read.wrong("", "the parameters are not understood", None);
            return read;
        };
        for (name, value) in all {
            if !known.contains(&name.as_str()) {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
                let help = format!("the parameters are {}", known.join(", "));
                read.wrong(&shown, &format!("unknown parameter `{shown}`"), Some(help));
            } else if read.given.iter().any(|(other, _)| *other == name) {
                read.wrong(&name, &format!("`{name}` is given twice"), None);
            } else {
                read.given.push((name, value));
            }
        }
        read
    }

    /// Notes a mistake.
    pub fn wrong(&mut self, name: &str, message: &str, help: Option<String>) {
        let path = if name.is_empty() { String::new() } else { format!("/{}", name.replace('~', "~0").replace('/', "~1")) };
        self.problems.push(question::Problem { path, message: message.to_owned(), help });
    }

    /// Notes a mistake that names its own place.
    pub fn note<T>(&mut self, read: Result<T, question::Problem>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// What is given of a name.
    pub fn raw(&self, name: &str) -> Option<String> {
        self.given.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }

    /// A name, an id or the like.
    pub fn text(&mut self, name: &str) -> Option<String> {
        let text = self.raw(name)?;
        if let Some(mistake) = mistake_in_name(&text) {
            self.wrong(name, mistake, None);
            return None;
        }
        Some(text)
    }

    /// One of these words.
    pub fn word(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.raw(name)?;
        let found = words.iter().copied().find(|word| *word == text);
        if found.is_none() {
            self.wrong(name, &format!("`{name}` is one of {}", words.join(", ")), None);
        }
        found
    }

    /// `limit`: how many entries a page has.
    pub fn limit(&mut self) -> u32 {
        let Some(text) = self.raw("limit") else { return USUAL };
        let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
        if limit.is_none() {
            self.wrong("limit", &format!("`limit` is a number from 1 to {MOST}"), None);
        }
        limit.unwrap_or(USUAL)
    }

    /// `cursor`: behind which entry a page begins.
    pub fn cursor(&mut self) -> Option<(i64, String)> {
        let text = self.raw("cursor")?;
        let read = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, uuid(id)?)));
        if read.is_none() {
            self.wrong("cursor", "this is no cursor of an earlier answer", Some("send what was `next` there".into()));
        }
        read
    }

    /// Nothing, unless something was wrong.
    ///
    /// # Errors
    ///
    /// 422 with everything that was.
    pub fn end(self) -> Result<(), Problem> {
        if self.problems.is_empty() { Ok(()) } else { Err(Problem::wrong_question(self.problems)) }
    }
}

/// What is wrong with an id of somebody or the like.
pub fn mistake_in_name(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        Some("the text is empty")
    } else if text.trim() != text {
        Some("the text begins or ends with a blank")
    } else if text.contains(char::REPLACEMENT_CHARACTER) {
        // What is no UTF-8 in an address comes as this.
        Some("the text is not UTF-8")
    } else if text.len() > LONGEST {
        Some("longer than 255 bytes")
    } else if crate::ledger::is_alias(text) {
        Some("it stands for somebody in the log, and is nobody's id")
    } else {
        text.contains(char::is_control).then_some("the text holds control characters")
    }
}

/// The id of a grant or a case as it is kept; `None` where it can be none.
pub fn uuid(written: &str) -> Option<String> {
    Uuid::parse_str(written).ok().map(|id| id.hyphenated().to_string())
}

/// A page of rows of which one more than `limit` was looked for, and the cursor of the next one.
pub fn page<R>(mut rows: Vec<R>, limit: u32, cursor: impl Fn(&R) -> (i64, &str)) -> (Vec<R>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| {
        let (at, id) = cursor(row);
        format!("{at}.{id}")
    });
    (rows, next)
}

/// A record as the store keeps it.
///
/// # Errors
///
/// 500 where it is no JSON.
pub fn kept(body: String) -> Result<Box<RawValue>, Problem> {
    RawValue::from_string(body).map_err(|error| {
        tracing::error!(%error, "a record of the ledger is no JSON");
        Kind::Internal.into()
    })
}
