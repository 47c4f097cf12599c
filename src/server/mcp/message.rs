//! What is looked at in a message before it is decoded: the decoder takes the last of two members with one name, says nothing of what is no JSON, and knows no more of a call's arguments than that they are there.

use serde_json::{Value, json};

use crate::question::{Fault, Json, Unread};

/// The codes of JSON-RPC 2.0, section 5.1.
const PARSE_ERROR: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;
const INVALID_PARAMS: i32 = -32_602;

/// Why a message is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    code: i32,
    message: String,
    /// What the message calls itself, where that can be told.
    id: Value,
}

impl Refused {
    /// A message that is no request, or one that the decoder does not understand.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self { code: INVALID_REQUEST, message: message.into(), id: Value::Null }
    }

    /// The answer to it, in one line.
    pub fn answer(&self) -> String {
        json!({"jsonrpc": "2.0", "id": self.id, "error": {"code": self.code, "message": self.message}}).to_string()
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl From<Unread> for Refused {
    fn from(unread: Unread) -> Self {
        let code = if unread.fault == Fault::TooLarge { INVALID_REQUEST } else { PARSE_ERROR };
        let message = unread.problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
        Self { code, message, id: Value::Null }
    }
}

/// A text that is one message which means one thing, without a byte order mark before it.
///
/// # Errors
///
/// Where it is no JSON, no message, has two members of one name, or lacks what its method takes.
pub fn check(bytes: &[u8]) -> Result<&str, Refused> {
    let text = std::str::from_utf8(bytes).map_err(|error| Unread::not_utf8(error.valid_up_to() + 1))?;
    let Json::Object(members) = Json::parse(text)? else {
        return Err(Refused::invalid("a message is one object; there are no batches"));
    };
    let id = id(&members);
    let wrong = |code: i32, message: String| Err(Refused { code, message, id: id.clone() });
    if !matches!(member(&members, "method"), None | Some(Json::Text(_))) {
        return wrong(INVALID_REQUEST, "`method` must be a text".into());
    }
    let is_of = |method: &str| member(&members, "method") == Some(&Json::Text(method.into()));
    let is_call = is_of("tools/call");
    match member(&members, "params") {
        None if is_call || is_of("initialize") => return wrong(INVALID_PARAMS, "`params` are missing".into()),
        None | Some(Json::Object(_)) => {}
        Some(_) => return wrong(INVALID_PARAMS, "`params` must be an object".into()),
    }
    if let Some(path) = doubled(&members) {
        let code = if path.starts_with("/params/") { INVALID_PARAMS } else { INVALID_REQUEST };
        return wrong(code, format!("`{}` is given twice", path.escape_debug()));
    }
    if member(&members, "jsonrpc") != Some(&Json::Text("2.0".into())) {
        return wrong(INVALID_REQUEST, "`jsonrpc` must be \"2.0\"".into());
    }
    let parameter = |name: &str| match member(&members, "params") {
        Some(Json::Object(parameters)) => member(parameters, name),
        _ => None,
    };
    if is_call && !matches!(parameter("name"), Some(Json::Text(_))) {
        return wrong(INVALID_PARAMS, "`name` must be a text".into());
    }
    match parameter("arguments") {
        Some(arguments) if is_call && !matches!(arguments, Json::Object(_) | Json::Null) => {
            wrong(INVALID_PARAMS, "`arguments` must be an object".into())
        }
        _ => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
    }
}

fn member<'a>(members: &'a [(String, Json)], name: &str) -> Option<&'a Json> {
    members.iter().find(|(given, _)| given == name).map(|(_, value)| value)
}

/// Where there are two of them, nobody knows which one is meant.
fn id(members: &[(String, Json)]) -> Value {
    let mut ids = members.iter().filter(|(name, _)| name == "id").map(|(_, id)| id);
    match (ids.next(), ids.next()) {
        (Some(Json::Text(id)), None) => json!(id),
        (Some(Json::Number(id)), None) => id.parse::<i64>().map_or(Value::Null, Value::from),
        _ => Value::Null,
    }
}

/// The first member, as a JSON Pointer (RFC 6901), that its object has twice.
fn doubled(members: &[(String, Json)]) -> Option<String> {
    let mut seen = std::collections::HashSet::new();
    members.iter().find_map(|(name, value)| {
        let token = || format!("/{}", name.replace('~', "~0").replace('/', "~1"));
        if !seen.insert(name) {
            return Some(token());
        }
        within(value).map(|path| token() + &path)
    })
}

fn within(value: &Json) -> Option<String> {
    match value {
        Json::Object(members) => doubled(members),
        Json::Array(items) => items.iter().enumerate().find_map(|(index, item)| within(item).map(|path| format!("/{index}{path}"))),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (i32, Value, String) {
        let Refused { code, message, id } = check(text.as_bytes()).unwrap_err();
        (code, id, message)
    }

    #[test]
    fn a_message_is_taken() {
        for text in [
            r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}"#,
            r#"{"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {"name": "ask", "arguments": {"facts": {"a": [{"b": 1}, {"b": 2}]}}}}"#,
            r#"{"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": {"name": "options", "arguments": null}}"#,
            r#"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#,
            r#"{"jsonrpc": "2.0", "id": 7, "result": {}}"#,
        ] {
            assert_eq!(check(text.as_bytes()), Ok(text));
            assert_eq!(check(format!("\u{feff}{text}").as_bytes()), Ok(text));
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let (code, id, message) = refused("{bad");
        assert_eq!((code, id), (-32_700, Value::Null));
        assert!(message.starts_with("not JSON: "), "{message}");
        let (code, _, message) = refused(&format!("{}{}", "[".repeat(200), "]".repeat(200)));
        assert_eq!((code, &*message), (-32_700, "nested more than 127 deep"));
        assert_eq!(refused(&" ".repeat(Json::MOST_BYTES + 1)), (-32_600, Value::Null, "longer than 1 MiB".into()));
        for text in ["[]", "1", "\"a\"", r#"[{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}]"#] {
            assert_eq!(refused(text), (-32_600, Value::Null, "a message is one object; there are no batches".into()));
        }
        assert_eq!(refused(r#"{"id": 1, "method": "tools/list"}"#), (-32_600, json!(1), "`jsonrpc` must be \"2.0\"".into()));
        let Refused { code, message, .. } = check(b"{\"a\": \"\xff\"}").unwrap_err();
        assert_eq!((code, &*message), (-32_700, "not UTF-8 from byte 8 on"));
    }

    #[test]
    fn no_name_is_given_twice() {
        let call = |params: &str| format!(r#"{{"jsonrpc": "2.0", "id": "c-1", "method": "tools/call", "params": {params}}}"#);
        for (text, path) in [
            (call(r#"{"name": "ask", "arguments": {"facts": {"a": false, "a": true}}}"#), "/params/arguments/facts/a"),
            (call(r#"{"name": "ask", "arguments": {"amount": "1 EUR", "amount": "9 EUR"}}"#), "/params/arguments/amount"),
            (call(r#"{"name": "ask", "name": "grant"}"#), "/params/name"),
            (call(r#"{"name": "ask", "arguments": {"confirm": [{"a/b": 1, "a/b": 2}]}}"#), "/params/arguments/confirm/0/a~1b"),
        ] {
            assert_eq!(refused(&text), (-32_602, json!("c-1"), format!("`{path}` is given twice")));
        }
        assert_eq!(refused(r#"{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "ping"}"#), (-32_600, Value::Null, "`/id` is given twice".into()));
    }

    #[test]
    fn what_is_no_message_is_answered_by_its_id() {
        let text = |rest: &str| format!(r#"{{"jsonrpc": "2.0", "id": 1, {rest}}}"#);
        assert_eq!(refused(&text(r#""method": 5"#)), (-32_600, json!(1), "`method` must be a text".into()));
        assert_eq!(refused(&text(r#""method": "ping", "params": []"#)), (-32_602, json!(1), "`params` must be an object".into()));
        for method in ["initialize", "tools/call"] {
            assert_eq!(refused(&text(&format!(r#""method": "{method}""#))), (-32_602, json!(1), "`params` are missing".into()));
        }
        assert_eq!(refused(&text(r#""method": "tools/call", "params": {"name": 1}"#)), (-32_602, json!(1), "`name` must be a text".into()));
    }

    #[test]
    fn arguments_are_an_object() {
        for arguments in ["[]", "1", "\"a\"", "true"] {
            let text = format!(r#"{{"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {{"name": "ask", "arguments": {arguments}}}}}"#);
            assert_eq!(refused(&text), (-32_602, json!(3), "`arguments` must be an object".into()));
        }
    }
}
