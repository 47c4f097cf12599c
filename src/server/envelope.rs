//! What a batch comes in: `{"questions": […]}`, read with the care of a question. Every mistake is named.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::problem::Problem;
use crate::question;

/// More mistakes are not told.
const MOST: usize = 100;
/// Of what somebody wrote, so many characters are shown.
const LONGEST_SHOWN: usize = 60;
const FORM: &str = "write it like `{\"questions\": […]}`";

/// The list of questions, as it was written.
///
/// # Errors
///
/// 400 where the text is no JSON, 422 with every mistake where it is something else.
pub fn questions(text: &str) -> Result<&RawValue, Problem> {
    let not_json = |error: serde_json::Error| Problem::not_json(format!("not JSON: {error}"));
    let whole: &RawValue = serde_json::from_str(question::Json::without_mark(text)).map_err(not_json)?;
    if !whole.get().starts_with('{') {
        return Err(Problem::wrong_question(vec![mistake(String::new(), format!("an object is needed, not {}", kind(whole.get())))]));
    }
    let Envelope { questions, mut mistakes } = serde_json::from_str(whole.get()).map_err(not_json)?;
    match questions.filter(|questions| questions.get() != "null") {
        Some(questions) if questions.get().starts_with('[') => {
            if mistakes.is_empty() {
                return Ok(questions);
            }
        }
        Some(other) => mistakes.push(mistake("/questions".to_owned(), format!("a list of questions is needed, not {}", kind(other.get())))),
        None => mistakes.push(mistake("/questions".to_owned(), "`questions` is missing".to_owned())),
    }
    Err(Problem::wrong_question(mistakes))
}

fn mistake(path: String, message: String) -> question::Problem {
    question::Problem { path, message, help: Some(FORM.to_owned()) }
}

fn kind(json: &str) -> &'static str {
    match json.bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

struct Envelope<'a> {
    questions: Option<&'a RawValue>,
    mistakes: Vec<question::Problem>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Opened)
    }
}

struct Opened;

impl<'de> Visitor<'de> for Opened {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope { questions: None, mistakes: Vec::new() };
        while let Some(name) = access.next_key::<String>()? {
            let wrong = if name != "questions" {
                format!("unknown field {}", quoted(&name))
            } else if envelope.questions.is_some() {
                "`questions` is given twice".to_owned()
            } else {
                envelope.questions = Some(access.next_value()?);
                continue;
            };
            access.next_value::<IgnoredAny>()?;
            if envelope.mistakes.len() < MOST {
                envelope.mistakes.push(mistake(format!("/{}", name.replace('~', "~0").replace('/', "~1")), wrong));
            }
        }
        Ok(envelope)
    }
}

fn quoted(name: &str) -> String {
    let shown: String = name.chars().take(LONGEST_SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = if name.chars().nth(LONGEST_SHOWN).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}
