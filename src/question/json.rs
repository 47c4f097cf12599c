//! JSON as it was written: duplicate keys are kept and numbers stay digits.

use std::fmt;
use std::iter::Peekable;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::problem::{Fault, Mistake, Problems, Unread, quoted};

/// The byte order mark that some editors write. It says nothing in UTF-8 and is no part of the JSON.
const MARK: char = '\u{feff}';
/// How the parser calls what is nested too deeply for it, which may well be JSON.
const TOO_DEEP: &str = "recursion limit exceeded";
/// The key under which `serde_json` hands over the digits of a number.
const NUMBER: &str = "$serde_json::private::Number";

/// A JSON value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number's digits; binary floating point never sees them.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Json>),
    /// An object with its members in order, also those that are given twice.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Longer texts are not read, in bytes.
    pub const MOST_BYTES: usize = 1 << 20;

    /// A text without the byte order mark that it may begin with.
    #[must_use]
    pub fn without_mark(text: &str) -> &str {
        text.strip_prefix(MARK).unwrap_or(text)
    }

    /// Reads one JSON text of at most 1 MiB; a byte order mark before it is passed over.
    ///
    /// # Errors
    /// Where the text is too long, is not JSON or is nested more than 127 deep.
    pub fn parse(text: &str) -> Result<Self, Unread> {
        if text.len() > Self::MOST_BYTES {
            return Err(Unread::too_large());
        }
        let text = Self::without_mark(text);
        let mut json: Self = serde_json::from_str(text).map_err(|error| unread(&error.to_string()))?;
        json.restore(&mut numbers(text));
        Ok(json)
    }

    /// Gives numbers back the form in which they were written, in the order of the text: the parser writes `1E15` as `1e+15`.
    fn restore<'t>(&mut self, written: &mut Peekable<impl Iterator<Item = &'t str>>) {
        match self {
            Self::Number(digits) => {
                let plain = |number: &str| number.replace('+', "").to_ascii_lowercase();
                if let Some(number) = written.next_if(|number| plain(number) == plain(digits)) {
                    number.clone_into(digits);
                }
            }
            Self::Array(items) => items.iter_mut().for_each(|item| item.restore(written)),
            Self::Object(members) => members.iter_mut().for_each(|(_, value)| value.restore(written)),
            Self::Null | Self::Bool(_) | Self::Text(_) => {}
        }
    }

    /// What kind of value this is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// This value as somebody would recognise it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Bool(value) => quoted(&value.to_string()),
            Self::Number(text) | Self::Text(text) => quoted(text),
            Self::Null | Self::Array(_) | Self::Object(_) => self.kind().to_owned(),
        }
    }

    /// The members of an object, or a problem.
    pub(super) fn members<'a>(&'a self, path: &str, problems: &mut Problems) -> &'a [(String, Self)] {
        if let Self::Object(members) = self {
            return members;
        }
        problems.add(path, Mistake::new(format!("an object is needed, not {}", self.kind())));
        &[]
    }
}

fn unread(error: &str) -> Unread {
    if error.starts_with(TOO_DEEP) {
        let mistake = Mistake::new("nested more than 127 deep").help("a fact lies in one group at most: `{\"order\": {\"total\": …}}`");
        return Unread::whole(Fault::TooDeep, mistake);
    }
    Unread::whole(Fault::NotJson, Mistake::new(format!("not JSON: {error}")))
}

#[cfg(feature = "ledger")]
impl From<Json> for serde_json::Value {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(value),
            // Its digits; what is none stays a text, and is refused as one.
            Json::Number(digits) => digits.parse().map_or(Self::String(digits), Self::Number),
            Json::Text(text) => Self::String(text),
            Json::Array(items) => Self::Array(items.into_iter().map(Into::into).collect()),
            Json::Object(members) => Self::Object(members.into_iter().map(|(name, value)| (name, value.into())).collect()),
        }
    }
}

/// The numbers of a JSON text, as they stand in it.
fn numbers(text: &str) -> Peekable<impl Iterator<Item = &str>> {
    let mut rest = text;
    let next = move || loop {
        let start = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit())?;
        rest = rest.get(start..)?;
        if rest.starts_with('"') {
            rest = behind_text(rest)?;
            continue;
        }
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))).unwrap_or(rest.len());
        let (number, behind) = rest.split_at(end);
        rest = behind;
        return Some(number);
    };
    std::iter::from_fn(next).peekable()
}

/// What follows the string that a text begins with.
fn behind_text(text: &str) -> Option<&str> {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    text.get(end? + 2..)
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            if key == NUMBER && members.is_empty() {
                return access.next_value().map(Json::Number);
            }
            members.push((key, access.next_value()?));
        }
        Ok(Json::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_digits_and_duplicates() {
        let json = Json::parse(r#"{"a": 80.00, "a": [12345678901234567890.5, null]}"#).unwrap();
        let number = |digits: &str| Json::Number(digits.to_owned());
        let list = Json::Array(vec![number("12345678901234567890.5"), Json::Null]);
        assert_eq!(json, Json::Object(vec![("a".to_owned(), number("80.00")), ("a".to_owned(), list)]));
    }

    #[test]
    fn keeps_numbers_as_they_are_written() {
        let text = r#"{"1e1": "\\\"2e2", "a": [1e15, -1E5, 2.50e+1, {"$serde_json::private::Number": "7"}, 7e0], "b\\": 0}"#;
        let Json::Object(members) = Json::parse(text).unwrap() else { panic!("{text}") };
        let number = |digits: &str| Json::Number(digits.to_owned());
        assert_eq!(members[1].1, Json::Array(["1e15", "-1E5", "2.50e+1", "7", "7e0"].map(number).into()));
        assert_eq!(members[2].1, number("0"));
    }

    #[test]
    fn bounds_depth_and_length() {
        let refused = |text: &str| {
            let Unread { fault, mut problems } = Json::parse(text).unwrap_err();
            (fault, problems.swap_remove(0).message)
        };
        let deep = |depth: usize| [("[", "]"), ("{\"a\":[", "]}")].map(|(open, close)| format!("{}0{}", open.repeat(depth), close.repeat(depth)));
        assert!(Json::parse(&deep(127)[0]).is_ok() && Json::parse(&deep(63)[1]).is_ok());
        for deep in [&deep(128)[0], &deep(64)[1], &deep(100_000)[0]] {
            assert_eq!(refused(deep), (Fault::TooDeep, "nested more than 127 deep".to_owned()));
        }
        let long = format!("\"{}\"", "a".repeat(Json::MOST_BYTES));
        assert_eq!(refused(&long), (Fault::TooLarge, "longer than 1 MiB".to_owned()));
        let (fault, message) = refused("{\"a\": 1} x");
        assert!(fault == Fault::NotJson && message.starts_with("not JSON: trailing characters"), "{message}");
    }

    #[test]
    fn a_mark_before_the_text_is_passed_over() {
        assert_eq!(Json::parse("\u{feff} {}"), Ok(Json::Object(Vec::new())));
        for elsewhere in ["\u{feff}\u{feff}{}", "{\u{feff}}", "{}\u{feff}"] {
            assert!(Json::parse(elsewhere).is_err(), "{elsewhere:?}");
        }
    }
}
