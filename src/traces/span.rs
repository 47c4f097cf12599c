//! A span, and its form as JSON: OTLP 1.x, where ids are hexadecimal and 64-bit numbers are texts.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use serde::Serialize;

/// What a span is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Work within the service.
    Internal = 1,
    /// A request that it answers.
    Server = 2,
    /// A request that it makes.
    Client = 3,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(Cow<'static, str>),
    /// A number.
    Number(u64),
    /// Whether something is so.
    Flag(bool),
}

/// Something that took its time.
#[derive(Clone, Debug)]
pub struct Span {
    /// Its trace.
    pub trace: u128,
    /// Its id.
    pub id: u64,
    /// The span in which it happened.
    pub parent: Option<u64>,
    /// Whether that one is of another process.
    pub is_remote: bool,
    /// What others on the way have to say.
    pub state: String,
    /// What it is called; few names for many spans.
    pub name: Cow<'static, str>,
    /// What it is about.
    pub kind: Kind,
    /// When it began.
    pub begun: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// What is to be known of it.
    pub attributes: Vec<(&'static str, Value)>,
    /// Whether it failed.
    pub is_failed: bool,
}

impl Span {
    /// Says something of it.
    pub fn say(&mut self, name: &'static str, value: impl Into<Value>) {
        self.attributes.push((name, value.into()));
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// The attributes of the service itself, with the spans: the body of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Export<'a> {
    resource_spans: [ResourceSpans<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceSpans<'a> {
    resource: Resource<'a>,
    scope_spans: [ScopeSpans<'a>; 1],
}

#[derive(Serialize)]
struct Resource<'a> {
    attributes: Vec<Attribute<'a>>,
}

#[derive(Serialize)]
struct ScopeSpans<'a> {
    scope: Scope,
    spans: Vec<Written<'a>>,
}

#[derive(Serialize)]
struct Scope {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    trace_state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    flags: u32,
    name: &'a str,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<Attribute<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

#[derive(Serialize)]
struct Attribute<'a> {
    key: &'a str,
    value: AnyValue<'a>,
}

#[derive(Serialize)]
enum AnyValue<'a> {
    #[serde(rename = "stringValue")]
    Text(&'a str),
    #[serde(rename = "intValue")]
    Number(String),
    #[serde(rename = "boolValue")]
    Flag(bool),
}

#[derive(Serialize)]
struct Status {
    code: u8,
}

const FAILED: u8 = 2;
/// Everything that is sent is sampled, and it is known whether its parent is of another process.
const FLAGS: u32 = 0x101;
const REMOTE: u32 = 0x200;

impl<'a> Export<'a> {
    /// Spans of a service that says this of itself.
    pub fn new(resource: &'a [(&'static str, Value)], spans: &'a [Span]) -> Self {
        let scope = Scope { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
        let scope_spans = [ScopeSpans { scope, spans: spans.iter().map(written).collect() }];
        Self { resource_spans: [ResourceSpans { resource: Resource { attributes: attributes(resource) }, scope_spans }] }
    }
}

fn written(span: &Span) -> Written<'_> {
    let begun = span.begun.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Written {
        trace_id: format!("{:032x}", span.trace),
        span_id: format!("{:016x}", span.id),
        trace_state: &span.state,
        parent_span_id: span.parent.map(|parent| format!("{parent:016x}")),
        flags: FLAGS | if span.is_remote { REMOTE } else { 0 },
        name: &span.name,
        kind: span.kind as u8,
        start_time_unix_nano: begun.as_nanos().to_string(),
        end_time_unix_nano: begun.saturating_add(span.took).as_nanos().to_string(),
        attributes: attributes(&span.attributes),
        status: span.is_failed.then_some(Status { code: FAILED }),
    }
}

fn attributes<'a>(all: &'a [(&'static str, Value)]) -> Vec<Attribute<'a>> {
    let value = |value: &'a Value| match value {
        Value::Text(text) => AnyValue::Text(text),
        Value::Number(number) => AnyValue::Number(number.to_string()),
        Value::Flag(flag) => AnyValue::Flag(*flag),
    };
    all.iter().map(|(key, of)| Attribute { key, value: value(of) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_json_is_that_of_otlp() {
        let mut span = Span {
            trace: 0x0102,
            id: 0xab,
            parent: Some(1),
            is_remote: true,
            state: "a=1".into(),
            name: "POST /v1/ask".into(),
            kind: Kind::Server,
            begun: SystemTime::UNIX_EPOCH + Duration::from_nanos(1_700_000_000_000_000_001),
            took: Duration::from_nanos(9),
            attributes: Vec::new(),
            is_failed: true,
        };
        span.say("text", "t\"");
        span.say("number", 200);
        span.say("flag", true);
        let root = Span { parent: None, is_remote: false, state: String::new(), is_failed: false, attributes: Vec::new(), ..span.clone() };
        let resource = [("service.name", Value::from("kulanz"))];
        let spans = [span, root];
        let written = serde_json::to_value(Export::new(&resource, &spans)).unwrap();
        let resource_spans = &written["resourceSpans"][0];
        assert_eq!(resource_spans["resource"]["attributes"], json!([{"key": "service.name", "value": {"stringValue": "kulanz"}}]));
        assert_eq!(resource_spans["scopeSpans"][0]["scope"]["name"], "kulanz");
        let first = json!({
            "traceId": "00000000000000000000000000000102", "spanId": "00000000000000ab", "traceState": "a=1", "parentSpanId": "0000000000000001",
            "flags": 0x301, "name": "POST /v1/ask", "kind": 2, "startTimeUnixNano": "1700000000000000001", "endTimeUnixNano": "1700000000000000010",
            "attributes": [
                {"key": "text", "value": {"stringValue": "t\""}}, {"key": "number", "value": {"intValue": "200"}}, {"key": "flag", "value": {"boolValue": true}},
            ],
            "status": {"code": 2},
        });
        let second = json!({
            "traceId": "00000000000000000000000000000102", "spanId": "00000000000000ab", "flags": 0x101, "name": "POST /v1/ask", "kind": 2,
            "startTimeUnixNano": "1700000000000000001", "endTimeUnixNano": "1700000000000000010", "attributes": [],
        });
        assert_eq!(resource_spans["scopeSpans"][0]["spans"], json!([first, second]));
    }
}
