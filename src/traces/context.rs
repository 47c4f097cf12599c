//! Which trace a request belongs to: W3C Trace Context, and the sampling of what belongs to none.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use axum::http::{HeaderMap, HeaderName};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
/// The length of version 00.
const LENGTH: usize = 55;
/// So long a `tracestate` is passed through at most; the specification asks for 512.
const LONGEST_STATE: usize = 8192;
/// So many members a `tracestate` has at most.
const MOST_MEMBERS: usize = 32;
const SAMPLED: u8 = 1;

/// The span of a caller in which a request was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The trace.
    pub trace: u128,
    /// The span.
    pub span: u64,
    /// Whether the caller traces it.
    pub is_sampled: bool,
    /// What others on the way have to say, as it came; empty where there is nothing.
    pub state: String,
}

impl Parent {
    /// As the headers of a request say; `None` where they do not, or not in a way that is valid.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        let (Some(parent), None) = (parents.next(), parents.next()) else { return None };
        let (trace, span, flags) = parse(parent.to_str().ok()?)?;
        Some(Self { trace, span, is_sampled: flags & SAMPLED != 0, state: state(headers).unwrap_or_default() })
    }
}

/// The parts of a `traceparent`.
fn parse(text: &str) -> Option<(u128, u64, u8)> {
    let (known, rest) = text.split_at_checked(LENGTH)?;
    let mut parts = known.split('-');
    let mut part = |length: usize| {
        let part = parts.next().filter(|part| part.len() == length)?;
        part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(part)
    };
    let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
    // A later version may say more, behind another hyphen.
    let fits = match version {
        "ff" => false,
        "00" => rest.is_empty(),
        _ => rest.is_empty() || rest.starts_with('-'),
    };
    let trace = u128::from_str_radix(trace, 16).ok().filter(|trace| *trace != 0)?;
    let span = u64::from_str_radix(span, 16).ok().filter(|span| *span != 0)?;
    let flags = u8::from_str_radix(flags, 16).ok()?;
    fits.then_some((trace, span, flags))
}

/// The `tracestate`, unless it is wrong or too long: then it is as if there were none.
fn state(headers: &HeaderMap) -> Option<String> {
    let texts: Option<Vec<_>> = headers.get_all(TRACESTATE).iter().map(|value| value.to_str().ok()).collect();
    let state = texts?.join(",");
    let (mut keys, mut count) = (BTreeSet::new(), 0);
    for member in state.split(',').map(|member| member.trim_matches([' ', '\t'])).filter(|member| !member.is_empty()) {
        let (key, value) = member.split_once('=')?;
        count += 1;
        if !is_key(key) || !is_value(value) || !keys.insert(key) {
            return None;
        }
    }
    (state.len() <= LONGEST_STATE && (1..=MOST_MEMBERS).contains(&count)).then_some(state)
}

fn is_key(key: &str) -> bool {
    let first = key.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-*/@".contains(&byte);
    first && key.len() <= 256 && key.bytes().all(plain)
}

fn is_value(value: &str) -> bool {
    (1..=256).contains(&value.len()) && value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'=')
}

/// A share, in billionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio(u64);

const WHOLE: u64 = 1_000_000_000;

impl Default for Ratio {
    fn default() -> Self {
        Self(WHOLE)
    }
}

impl Ratio {
    /// Whether a new trace is among this share. Its id says so, and so does everybody else who samples by ids.
    #[must_use]
    pub fn takes(self, trace: u128) -> bool {
        let random = trace & ((1 << 56) - 1);
        random * u128::from(WHOLE) < u128::from(self.0) << 56
    }

    /// Whether nothing is among this share.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self.0 == 0
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Share)
    }
}

struct Share;

impl Visitor<'_> for Share {
    type Value = Ratio;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number from 0 to 1")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Ratio, E> {
        match value {
            0 => Ok(Ratio(0)),
            1 => Ok(Ratio(WHOLE)),
            other => Err(E::custom(format!("{other} is no number from 0 to 1"))),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Ratio, E> {
        if !(0.0..=1.0).contains(&value) {
            return Err(E::custom(format!("{value} is no number from 0 to 1")));
        }
        let digits: String = format!("{value:.9}").chars().filter(char::is_ascii_digit).collect();
        let billionths = digits.parse::<u64>().map_err(E::custom)?;
        // What is more than nothing stays so.
        Ok(Ratio(if value > 0.0 { billionths.max(1) } else { 0 }))
    }
}

/// A number for the id of a span. They are told apart by it and protect nothing, so that each thread makes its own without asking the system.
pub fn span_id() -> u64 {
    random().max(1)
}

/// A number for the id of a trace.
pub fn trace_id() -> u128 {
    (u128::from(random()) << 64 | u128::from(random())).max(1)
}

fn random() -> u64 {
    thread_local! {
        /// Keyed by the system's randomness, each thread otherwise.
        static KEYED: RandomState = RandomState::new();
        static COUNT: Cell<u64> = const { Cell::new(0) };
    }
    let count = COUNT.get().wrapping_add(1);
    COUNT.set(count);
    KEYED.with(|keyed| keyed.hash_one(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;
    const SPAN: u64 = 0x00f0_67aa_0ba9_02b7;
    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn of(headers: &[(&'static str, &str)]) -> Option<Parent> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        Parent::of(&map)
    }

    fn with_state(states: &[&str]) -> String {
        let states = states.iter().map(|state| ("tracestate", *state));
        of(&[("traceparent", PARENT)].into_iter().chain(states).collect::<Vec<_>>()).unwrap().state
    }

    #[test]
    fn a_valid_parent_is_taken() {
        let parent = |text: &str| of(&[("traceparent", text)]).map(|parent| (parent.trace, parent.span, parent.is_sampled));
        assert_eq!(parent(PARENT), Some((TRACE, SPAN, true)));
        assert_eq!(parent(&PARENT.replace("-01", "-00")), Some((TRACE, SPAN, false)));
        // Only the lowest of the flags is known.
        assert_eq!(parent(&PARENT.replace("-01", "-03")), Some((TRACE, SPAN, true)));
        assert_eq!(parent(&PARENT.replace("-01", "-fe")), Some((TRACE, SPAN, false)));
        let later = PARENT.replacen("00-", "cc-", 1);
        for more in ["", "-", "-what-the-future-says"] {
            assert_eq!(parent(&format!("{later}{more}")), Some((TRACE, SPAN, true)), "{more}");
        }
    }

    #[test]
    fn an_invalid_parent_is_ignored() {
        let changed = |from: &str, to: &str| PARENT.replacen(from, to, 1);
        let wrong = [
            String::new(),
            "00".into(),
            changed("00-", "ff-"),
            changed("00-", "0-"),
            changed("00-", "0g-"),
            changed("4bf9", "4BF9"),
            changed("-01", "-1"),
            changed("-01", "-011"),
            changed("-01", "-01-"),
            changed("-01", "-01-more"),
            changed("-01", "-0x"),
            changed("00-", "cc-") + ".more",
            changed("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            changed("00f067aa0ba902b7", &"0".repeat(16)),
            changed("4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e473"),
            changed("-00f067aa", "_00f067aa"),
            changed("4bf9", "+bf9"),
        ];
        for wrong in wrong {
            assert_eq!(of(&[("traceparent", &wrong)]), None, "{wrong}");
        }
        assert_eq!(of(&[("traceparent", PARENT), ("traceparent", PARENT)]), None);
        assert_eq!(of(&[("tracestate", "a=1")]), None);
    }

    #[test]
    fn what_others_say_is_passed_through_as_it_came_or_not_at_all() {
        assert_eq!(with_state(&[]), "");
        assert_eq!(with_state(&["rojo=00f067aa0ba902b7, congo=t61rcWkgMzE"]), "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE");
        assert_eq!(with_state(&["a=1", "", "1b@c=2 3"]), "a=1,,1b@c=2 3");
        let many = |count: usize| (0..count).map(|at| format!("k{at}=v")).collect::<Vec<_>>().join(",");
        assert_eq!(with_state(&[&many(32)]), many(32));
        for wrong in
            ["a", "a=", "=1", "A=1", "a b=1", "a=1=2", "a=1,a=2", &many(33), &format!("a={}", "x".repeat(257)), &format!("{}=1", "a".repeat(257))]
        {
            assert_eq!(with_state(&[wrong]), "", "{wrong}");
        }
    }

    #[test]
    fn a_ratio_is_a_number_from_nothing_to_all() {
        let read = |text: &str| toml::from_str::<toml::Table>(&format!("r = {text}")).unwrap()["r"].clone().try_into::<Ratio>();
        let known = [("0", 0), ("0.0", 0), ("1", WHOLE), ("1.0", WHOLE), ("0.1", WHOLE / 10), ("0.000000001", 1), ("1e-12", 1)];
        for (text, billionths) in known {
            assert_eq!(read(text).unwrap(), Ratio(billionths), "{text}");
        }
        for wrong in ["-1", "2", "1.000001", "-0.1", "nan", "inf", "\"1\"", "true"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_ratio_takes_its_share_and_all_or_nothing_at_its_ends() {
        let highest = (1 << 56) - 1;
        assert!(Ratio(WHOLE).takes(highest) && Ratio(WHOLE).takes(0) && Ratio(1).takes(0));
        assert!(!Ratio(0).takes(0) && !Ratio(WHOLE - 1).takes(highest));
        let half = Ratio(WHOLE / 2);
        assert!(half.takes((1 << 55) - 1) && !half.takes(1 << 55));
        // What is above the 56 bits says nothing.
        assert!(half.takes(u128::MAX << 56));
        let taken = (0..10_000).filter(|_| Ratio(WHOLE / 4).takes(trace_id())).count();
        assert!((2200..2800).contains(&taken), "{taken}");
    }

    #[test]
    fn ids_are_different_on_every_thread() {
        let made: Vec<_> = (0..4).map(|_| std::thread::spawn(|| (0..100).map(|_| trace_id()).collect::<Vec<_>>())).collect();
        let ids: BTreeSet<_> = made.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ids.len(), 400);
    }
}
