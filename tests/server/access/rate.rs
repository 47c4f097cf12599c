//! How often a caller may ask.

use serde_json::json;

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

#[test]
fn without_a_rate_nothing_is_said_of_it() {
    let desk = Desk::new();
    let key = desk.key("ask", &[]);
    let reply = As(&desk.serve(), &key).get("/v1/policy");
    assert!(reply.status == 200 && reply.header("ratelimit").is_none() && reply.header("ratelimit-policy").is_none());
}
