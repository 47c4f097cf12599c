//! `Idempotency-Key`: a request that is repeated is carried out once.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName};

use super::problem::{Kind, Problem};
use crate::access::Caller;
use crate::ledger::{Ticket, Token};
use crate::question::Json;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Whose keys those of the local caller are.
const LOCAL: &str = "http";
/// Whose keys those of denials are.
const DENIALS: &str = "denials";
const LONGEST: usize = 255;

/// The ticket of a request that must have one. What is asked is `path` and `body`; the order of members and the blanks in a body mean nothing.
///
/// # Errors
///
/// 400 where there is no key, or none that can be one.
pub fn needed(caller: &Caller, headers: &HeaderMap, path: &str, body: &Json) -> Result<Ticket, Problem> {
    let missing = || Problem::from(Kind::IdempotencyKeyMissing).detail("send a new key with each new request, and the same one with a repetition");
    optional(caller, headers, path, body)?.ok_or_else(missing)
}

/// The ticket of a request that may have one.
///
/// # Errors
///
/// 400 where there is a key that cannot be one.
pub fn optional(caller: &Caller, headers: &HeaderMap, path: &str, body: &Json) -> Result<Option<Ticket>, Problem> {
    let mut keys = headers.get_all(KEY).iter();
    let key = match (keys.next(), keys.next()) {
        (None, _) => return Ok(None),
        (Some(key), None) => key.as_bytes(),
        (Some(_), Some(_)) => return Err(Problem::from(Kind::IdempotencyKeyWrong).detail("it is there more than once")),
    };
    let key = std::str::from_utf8(key).map_err(|_| Kind::IdempotencyKeyWrong)?;
    ticket(caller, key, path, body).map(Some)
}

/// The ticket of a request with this key.
///
/// # Errors
///
/// 400 where it cannot be one.
pub fn ticket(caller: &Caller, key: &str, path: &str, body: &Json) -> Result<Ticket, Problem> {
    let is_sane = (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_sane {
        return Err(Kind::IdempotencyKeyWrong.into());
    }
    Ok(Ticket { token: Token { caller: shelf(caller), key: key.to_owned() }, digest: digest(path, body) })
}

/// The ticket of a denial that is brought without a key: whoever may bring it brings the same one.
pub fn of_denial(denial: &str, path: &str, body: &Json) -> Ticket {
    Ticket { token: Token { caller: DENIALS.to_owned(), key: denial.to_owned() }, digest: digest(path, body) }
}

/// Where the keys of a caller are kept: apart from everybody else's, so that nobody gets the reply to somebody else by guessing a key. Names of people are not kept.
fn shelf(caller: &Caller) -> String {
    if caller.is_local() { LOCAL.to_owned() } else { format!("b3:{}", blake3::hash(caller.name().as_bytes()).to_hex()) }
}

/// The same text for the same JSON under the same name, whatever the order of its members.
pub fn digest(path: &str, body: &Json) -> String {
    let mut text = format!("{path}\n");
    write(body, &mut text);
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// One text for each value: members in the order of their names, no blanks.
fn write(json: &Json, out: &mut String) {
    // A text takes everything.
    let _ = match json {
        Json::Null => write!(out, "null"),
        Json::Bool(value) => write!(out, "{value}"),
        Json::Number(digits) => write!(out, "{digits}"),
        Json::Text(text) => write!(out, "{text:?}"),
        Json::Array(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push(',');
            }
            write!(out, "]")
        }
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.cmp(other));
            out.push('{');
            for (name, value) in members {
                let _ = write!(out, "{name:?}:");
                write(value, out);
                out.push(',');
            }
            write!(out, "}}")
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(path: &str, body: &str) -> String {
        digest(path, &Json::parse(body).unwrap())
    }

    #[test]
    fn order_and_blanks_mean_nothing_and_everything_else_does() {
        let first = of("/a", r#"{"a": 1, "b": {"c": [true, null], "d": "x"}}"#);
        assert_eq!(of("/a", r#"{"b":{"d":"\u0078","c":[true,null]},"a":1}"#), first);
        for other in [
            r#"{"a": 2, "b": {"c": [true, null], "d": "x"}}"#,
            r#"{"a": 1, "b": {"c": [null, true], "d": "x"}}"#,
            r#"{"a": 1, "b": {"c": [true, null], "d": "x "}}"#,
            r#"{"a": "1", "b": {"c": [true, null], "d": "x"}}"#,
            r#"{"a": 1, "b": {"c": [true, null]}, "d": "x"}"#,
        ] {
            assert_ne!(of("/a", other), first, "{other}");
        }
        assert_ne!(of("/b", r#"{"a": 1, "b": {"c": [true, null], "d": "x"}}"#), first);
    }

    #[test]
    fn a_key_is_visible_and_not_too_long() {
        let body = Json::Null;
        let with = |keys: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for key in keys {
                headers.append(KEY, HeaderValue::from_bytes(key).unwrap());
            }
            optional(&Caller::local(), &headers, "/", &body).map(|ticket| ticket.is_some()).map_err(|problem| problem.code)
        };
        assert_eq!(with(&[]), Ok(false));
        assert_eq!(with(&[b"a"]), Ok(true));
        assert_eq!(with(&[&[b'~'; 255]]), Ok(true));
        for wrong in [&[b'a'; 256][..], b"", b"a b", b"a\tb", b"\xc3\xa4"] {
            assert_eq!(with(&[wrong]), Err("idempotency_key_wrong"), "{wrong:?}");
        }
        assert_eq!(with(&[b"a", b"a"]), Err("idempotency_key_wrong"));
        assert_eq!(needed(&Caller::local(), &HeaderMap::new(), "/", &body).unwrap_err().code, "idempotency_key_missing");
    }
}
