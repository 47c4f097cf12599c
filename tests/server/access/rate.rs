//! How often a caller may ask.

use std::collections::BTreeMap;

use serde_json::json;
use sfv::{BareItem, Item, List, ListEntry, Parser};

use super::{As, Desk};

#[test]
fn each_caller_has_its_own_requests() {
    let desk = Desk::with("[access]\nkeys = \"keys.toml\"\n[access.rate]\nper_minute = 6\nburst = 3\n");
    let (one, other) = (desk.key("ask", &[]), desk.key("ask", &[]));
    let fast = desk.key("ask", &["--per-minute", "600", "--burst", "50"]);
    let service = desk.serve();
    let ask = |key: &str| As(&service, key).get("/v1/policy");
    let first = ask(&one);
    assert_eq!((first.header("ratelimit-policy"), first.header("ratelimit")), (Some("\"caller\";q=3;w=30"), Some("\"caller\";r=2;t=10")));
    assert_eq!((ask(&one).status, ask(&one).status), (200, 200));
    let refused = ask(&one);
    refused.is_problem(429, "rate_limited");
    let wait: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{refused:?}");
    assert!(refused.header("ratelimit").unwrap().starts_with("\"caller\";r=0;t="));
    // On another connection, and to the fast path, it is the same caller.
    let bearer = format!("Bearer {one}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("connection", "close")];
    service.post_as("/v1/ask", json!({}).to_string(), &headers).is_problem(429, "rate_limited");
    assert_eq!(ask(&other).header("ratelimit"), Some("\"caller\";r=2;t=10"), "somebody else has lost nothing");
    assert_eq!(ask(&fast).header("ratelimit-policy"), Some("\"caller\";q=50;w=5"));
    assert!(service.get("/healthz", &[]).header("ratelimit").is_none());
}

/// The fields are those of draft-ietf-httpapi-ratelimit-headers-10: lists of items, each a string with whole numbers as parameters (RFC 9651).
#[test]
fn what_is_left_is_told_in_structured_fields() {
    let desk = Desk::with("[access]\nkeys = \"keys.toml\"\n[access.rate]\nper_minute = 60\nburst = 5\n");
    let key = desk.key("ask", &[]);
    let service = desk.serve();
    for remaining in [4, 3] {
        let reply = As(&service, &key).get("/v1/policy");
        let policy = only_item(reply.header("ratelimit-policy").unwrap());
        assert_eq!(policy, ("caller".to_owned(), BTreeMap::from([("q".to_owned(), 5), ("w".to_owned(), 5)])));
        let (name, limit) = only_item(reply.header("ratelimit").unwrap());
        assert_eq!((name.as_str(), limit["r"], limit.len()), ("caller", remaining, 2), "it names the policy");
        assert_eq!(limit["t"], 1, "one more comes in a second, whatever is missing");
    }
}

/// The one item of a list, and its parameters.
fn only_item(field: &str) -> (String, BTreeMap<String, i64>) {
    let list: List = Parser::new(field).parse().unwrap();
    let [ListEntry::Item(Item { bare_item: BareItem::String(name), params })] = list.as_slice() else { panic!("{field}") };
    let number = |value: &BareItem| value.as_integer().map_or_else(|| panic!("{field}"), i64::from);
    (name.as_str().to_owned(), params.iter().map(|(key, value)| (key.as_str().to_owned(), number(value))).collect())
}

#[test]
fn without_a_rate_nothing_is_said_of_it() {
    let desk = Desk::new();
    let key = desk.key("ask", &[]);
    let reply = As(&desk.serve(), &key).get("/v1/policy");
    assert!(reply.status == 200 && reply.header("ratelimit").is_none() && reply.header("ratelimit-policy").is_none());
}
