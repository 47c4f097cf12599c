//! Traces: what is sent to a collector, what never is, and what happens when nobody is there.

mod collector;

use std::time::{Duration, Instant};

use serde_json::json;

use super::grants::{late, with};
use super::running::{Reply, Running, eventually};
use crate::ledger::world::{DESK, PEOPLE};
use crate::process::{COUNTER, folder, kulanz, root};
use collector::{Collector, Span};

const QUESTION: &str = r#"{"actor": {"role": "agent", "id": "anna-private"}, "action": "voucher"}"#;
const KEY: (&str, &str) = ("headers", "authorization: Bearer collector-key\n");
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// The counter, with these lines of `[traces]`.
fn counter(lines: &str) -> Running {
    traced(lines, "")
}

fn traced(lines: &str, before: &str) -> Running {
    let folder = folder(&[("kulanz.toml", &format!("{before}\n[traces]\n{lines}\n")), KEY]);
    Running::start(&root().join(COUNTER), &["--config", folder.path().join("kulanz.toml").to_str().unwrap()])
}

/// The desk with a ledger in memory, everything traced.
fn desk(collector: &Collector, more: &str) -> Running {
    let config = format!("ledger = \"memory:\"\npeople = \"people.toml\"\n[traces]\nendpoint = \"{}\"\n{more}", collector.endpoint());
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
    let folder = folder(&[("desk.kulanz", DESK), ("people.toml", PEOPLE), ("kulanz.toml", &config), ("secret", secret), KEY]);
    let config = folder.path().join("kulanz.toml");
    Running::start(&folder.path().join("desk.kulanz"), &["--config", config.to_str().unwrap()]).keeping(folder)
}

fn ask(service: &Running, id: &str, more: &[(&str, &str)]) -> Reply {
    let headers = [&[("content-type", "application/json"), ("x-request-id", id)], more].concat();
    service.post_as("/v1/ask", QUESTION, &headers)
}

fn send(service: &Running, path: &str, body: &serde_json::Value, id: &str) -> Reply {
    service.post_as(path, body.to_string(), &[("content-type", "application/json"), ("x-request-id", id), ("idempotency-key", id)])
}

fn count(service: &Running, metric: &str) -> u64 {
    let page = service.get("/metrics", &[("traceparent", "00-00000000000000000000000000000001-0000000000000001-00")]).body;
    page.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' ')?.parse().ok()).unwrap_or_else(|| panic!("{metric} in {page}"))
}

fn children(collector: &Collector, of: &Span) -> Vec<Span> {
    collector.spans().into_iter().filter(|span| span.text("parentSpanId") == of.text("spanId")).collect()
}

#[test]
fn a_question_is_a_span_that_names_what_was_answered_and_nobody() {
    let collector = Collector::new();
    let service = traced(&format!("endpoint = \"{}\"\nservice_name = \"desk-north\"\nheaders_file = \"headers\"", collector.endpoint()), "");
    let begun = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos();
    let reply = ask(&service, "r-1", &[("authorization", "Bearer caller-secret")]);
    let answer = reply.json();
    let span = collector.request("r-1");
    let port = service.address.rsplit_once(':').unwrap().1;
    let version = service.get("/v1/policy", &[]).json()["version"].as_str().unwrap().to_owned();
    let expected = [
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("http.route", "/v1/ask"),
        ("kulanz.action", "voucher"),
        ("kulanz.answer", answer["answer"].as_str().unwrap()),
        ("kulanz.policy.version", &version),
        ("kulanz.request.id", "r-1"),
        ("server.address", "127.0.0.1"),
        ("server.port", port),
        ("url.path", "/v1/ask"),
        ("url.scheme", "http"),
    ];
    assert_eq!(span.attributes(), expected.map(|(name, value)| (name, value.to_owned())).into());
    assert_eq!(
        (span.text("name"), &span.0["kind"], &span.0["status"], &span.0["parentSpanId"]),
        ("POST /v1/ask", &json!(2), &json!(null), &json!(null))
    );
    assert_eq!((span.text("traceId").len(), span.text("spanId").len()), (32, 16));
    let (start, end) = span.nanos();
    assert!(begun <= start && start < end && end - start < 60_000_000_000, "{span:?}");
    let sent = collector.sent().remove(0);
    let head = sent.head.to_lowercase();
    assert!(head.starts_with("post /v1/traces http/1.1\r\n") && head.contains("content-type: application/json\r\n"), "{head}");
    assert!(head.contains("authorization: bearer collector-key\r\n"), "{head}");
    assert!(sent.body.contains(r#"{"key":"service.name","value":{"stringValue":"desk-north"}}"#), "{}", sent.body);
    for secret in ["anna", "private", "caller-secret", "agent"] {
        assert!(collector.sent().iter().all(|sent| !sent.body.contains(secret) && !sent.head.contains("caller")), "{secret}");
    }
    assert!(!service.log().contains("collector-key"));
    // A span that is noted as sent is counted when the collector has answered.
    eventually("it is counted", || (count(&service, "kulanz_traces_sent_total") > 0).then_some(()));
    assert_eq!((count(&service, "kulanz_traces_lost_total"), count(&service, "kulanz_traces_failures_total")), (0, 0));
}

#[test]
fn a_batch_and_what_goes_wrong_are_spans_too() {
    let collector = Collector::new();
    let service = counter(&format!("endpoint = \"{}\"", collector.endpoint()));
    let json = ("content-type", "application/json");
    service.post_as("/v1/ask/batch?key=in-the-query", format!(r#"{{"questions": [{QUESTION}, {QUESTION}, 1]}}"#), &[json, ("x-request-id", "batch")]);
    service.post_as("/v1/ask", "{", &[json, ("x-request-id", "unread")]);
    service.get("/v1/made-up", &[("x-request-id", "lost")]);
    service.get("/v1/ask", &[("x-request-id", "wrong-method")]);
    // There is no ledger.
    send(&service, "/v1/grants", &late("1 EUR"), "none");
    let batch = collector.request("batch");
    assert_eq!((batch.attribute("kulanz.answers").as_deref(), batch.attribute("kulanz.action")), (Some("2"), None));
    assert_eq!(batch.attribute("url.path").as_deref(), Some("/v1/ask/batch"));
    assert!(collector.sent().iter().all(|sent| !sent.body.contains("in-the-query")));
    for (id, name, status) in [("unread", "POST /v1/ask", "400"), ("lost", "GET", "404"), ("wrong-method", "GET /v1/ask", "405")] {
        let span = collector.request(id);
        assert_eq!((span.text("name"), span.attribute("http.response.status_code").as_deref()), (name, Some(status)));
        assert_eq!((span.attribute("error.type"), &span.0["status"], span.attribute("kulanz.answer")), (None, &json!(null), None));
        assert_eq!(span.attribute("http.route").is_none(), id == "lost");
    }
    let none = collector.request("none");
    assert_eq!((none.attribute("error.type").as_deref(), &none.0["status"]), (Some("503"), &json!({"code": 2})));
}

#[test]
fn a_grant_has_its_transactions_beneath_it() {
    let collector = Collector::new();
    let service = desk(&collector, "");
    assert_eq!(send(&service, "/v1/grants", &late("50 EUR"), "booked").status, 201);
    assert_eq!(send(&service, "/v1/grants", &late("5000 EUR"), "refused").status, 403);
    let case = with(late("150 EUR"), &json!({"record": {"order.id": "o-1", "order.total": "400 EUR"}}));
    assert_eq!(send(&service, "/v1/cases", &case, "case").status, 201);
    assert_eq!(send(&service, "/v1/ask", &late("10 EUR"), "asked").status, 200);
    assert_eq!(send(&service, "/v1/ask/batch", &json!({"questions": [late("10 EUR"), late("20 EUR")]}), "batch").status, 200);
    for (id, action, answer, child) in [
        ("booked", "refund", Some("yes"), "ledger transaction"),
        ("refused", "refund", Some("up_to"), "ledger transaction"),
        ("case", "refund", None, "ledger transaction"),
        ("asked", "refund", Some("yes"), "ledger read"),
    ] {
        let span = collector.request(id);
        assert_eq!((span.attribute("kulanz.action").as_deref(), span.attribute("kulanz.answer").as_deref()), (Some(action), answer), "{id}");
        let children = children(&collector, &span);
        assert!(!children.is_empty(), "{id}");
        for one in &children {
            assert_eq!((one.text("name"), one.text("traceId"), &one.0["kind"]), (child, span.text("traceId"), &json!(1)), "{id}");
            assert!(span.nanos().0 <= one.nanos().0 && one.nanos().0 <= one.nanos().1, "{id}");
        }
        let done = children.iter().filter(|one| one.attribute("kulanz.ledger.done").as_deref() == Some("true")).count();
        assert_eq!((done, children.last().and_then(|one| one.attribute("kulanz.ledger.orders")).as_deref()), (1, Some("1")), "{id}");
    }
    let batch = children(&collector, &collector.request("batch"));
    assert_eq!(batch.iter().map(|one| one.attribute("kulanz.ledger.orders").unwrap()).collect::<Vec<_>>(), ["2"]);
    for private in ["anna", "berlin", "o-1", "late", "400 EUR", "50 EUR", "50.00"] {
        assert!(collector.sent().iter().all(|sent| !sent.body.contains(&format!("\"{private}"))), "{private}");
    }
}

#[test]
fn a_call_of_a_tool_is_a_span_like_any_other() {
    let collector = Collector::new();
    let service = desk(&collector, "[mcp]\nactor = \"anna\"\n");
    let call = |id: &str, tool: &str, arguments: serde_json::Value| {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}});
        let accept = ("accept", "application/json, text/event-stream");
        let reply = service.post_as("/mcp", message.to_string(), &[("content-type", "application/json"), accept, ("x-request-id", id)]);
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    let late = |amount: &str, key: &str| json!({"action": "refund", "amount": amount, "facts": {"reason": "late"}, "idempotency_key": key});
    call("asked", "ask", json!({"action": "refund", "amount": "40 EUR", "facts": {"reason": "late"}}));
    call("booked", "grant", late("40 EUR", "k-1"));
    call("refused", "grant", late("5000 EUR", "k-2"));
    for (id, answer, child) in [("asked", "yes", "ledger read"), ("booked", "yes", "ledger transaction"), ("refused", "up_to", "ledger transaction")]
    {
        let span = collector.request(id);
        assert_eq!((span.text("name"), span.attribute("http.route").as_deref()), ("POST /mcp", Some("/mcp")), "{id}");
        assert_eq!((span.attribute("kulanz.action").as_deref(), span.attribute("kulanz.answer").as_deref()), (Some("refund"), Some(answer)), "{id}");
        assert!(children(&collector, &span).iter().any(|one| one.text("name") == child), "{id}");
    }
}

/// The bytes that a log shows as hexadecimal digits, two bytes a word: `7b7d ----`.
fn dumped(log: &str) -> String {
    let is_dump = |word: &&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let pairs = log.split_whitespace().filter(is_dump).flat_map(|word| [&word[..2], &word[2..]]);
    String::from_utf8_lossy(&pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect::<Vec<_>>()).into_owned()
}

#[test]
fn a_dump_is_read() {
    assert_eq!(dumped("TRACE 6175 7468 6f72  author\nTRACE 697a ---- ----  iz"), "authoriz");
}

#[test]
fn the_log_shows_no_token_however_much_it_says() {
    let collector = Collector::new();
    let hook = Collector::new();
    let more = format!(
        "headers_file = \"headers\"\n[[webhook]]\nname = \"north\"\nurl = \"{}/hook\"\nsecret_file = \"secret\"\n[log]\nlevel = \"trace\"\n",
        hook.endpoint()
    );
    let service = desk(&collector, &more);
    send(&service, "/v1/grants", &late("50 EUR"), "booked");
    collector.request("booked");
    eventually("the webhook is told", || hook.sent().first().map(drop));
    let signature = hook.sent()[0].head.lines().find_map(|line| line.split_once("v1,").map(|(_, signature)| signature.trim().to_owned())).unwrap();
    let log = service.log();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "{log}");
    for secret in ["collector-key", &signature] {
        assert!(!log.contains(secret) && !dumped(&log).contains(secret), "{secret} in {log}");
    }
}

#[test]
fn a_webhook_is_told_in_a_trace_of_its_own() {
    let (collector, hook) = (Collector::new(), Collector::new());
    let more = format!(
        "[[webhook]]\nname = \"north\"\nurl = \"{}/hook?key=in-the-query\"\nsecret_file = \"secret\"\nfirst_retry_seconds = 1\n",
        hook.endpoint()
    );
    hook.answer("500 Internal Server Error", "");
    let service = desk(&collector, &more);
    send(&service, "/v1/grants", &late("50 EUR"), "booked");
    let deliveries = || collector.spans().into_iter().filter(|span| span.text("name") == "POST webhook").collect::<Vec<_>>();
    let first = eventually("a failure comes", || deliveries().into_iter().next());
    let told = ["http.response.status_code", "error.type", "kulanz.webhook", "kulanz.webhook.event", "kulanz.webhook.tries", "server.address"];
    assert_eq!(told.map(|name| first.attribute(name).unwrap_or_default()), ["500", "500", "north", "grant.booked", "1", "127.0.0.1"]);
    assert_eq!((&first.0["kind"], &first.0["status"]), (&json!(3), &json!({"code": 2})));
    hook.answer("204 No Content", "");
    let second = eventually("it is told", || deliveries().into_iter().find(|span| span.attribute("error.type").is_none()));
    assert_eq!(second.attribute("kulanz.webhook.message"), first.attribute("kulanz.webhook.message"));
    assert_eq!((second.attribute("http.response.status_code").as_deref(), &second.0["status"]), (Some("204"), &json!(null)));
    let request = collector.request("booked");
    assert!(request.text("traceId") != second.text("traceId") && first.text("traceId") != second.text("traceId"));
    assert!(collector.sent().iter().all(|sent| !sent.body.contains("in-the-query")));
}

#[test]
fn the_trace_of_the_caller_goes_on_and_who_does_not_sample_is_heard() {
    let collector = Collector::new();
    // Nobody but who says so is traced.
    let service = counter(&format!("endpoint = \"{}\"\nsample = 0", collector.endpoint()));
    let sampled = format!("00-{TRACE}-{PARENT}-01");
    ask(&service, "unsaid", &[]);
    ask(&service, "unsampled", &[("traceparent", &format!("00-{TRACE}-{PARENT}-00"))]);
    ask(&service, "invalid", &[("traceparent", &format!("00-{TRACE}-{}-01", "0".repeat(16))), ("tracestate", "a=1")]);
    ask(&service, "twice", &[("traceparent", &sampled), ("traceparent", &sampled)]);
    ask(&service, "sampled", &[("traceparent", &sampled), ("tracestate", "rojo=1,congo=t61")]);
    let span = collector.request("sampled");
    assert_eq!((span.text("traceId"), span.text("parentSpanId"), span.text("traceState")), (TRACE, PARENT, "rojo=1,congo=t61"));
    assert_eq!(span.0["flags"], 0x301);
    assert_ne!(span.text("spanId"), PARENT);
    assert_eq!(collector.spans().len(), 1);
}

#[test]
fn all_roots_are_traced_unless_their_caller_says_otherwise() {
    let collector = Collector::new();
    let service = counter(&format!("endpoint = \"{}\"\nsample = 1", collector.endpoint()));
    ask(&service, "unsampled", &[("traceparent", &format!("00-{TRACE}-{PARENT}-00"))]);
    ask(&service, "invalid", &[("traceparent", &format!("00-{TRACE}-{PARENT}-0")), ("tracestate", "a=1")]);
    for at in 0..20 {
        ask(&service, &format!("r-{at}"), &[]);
    }
    let invalid = collector.request("invalid");
    assert!(invalid.text("traceId") != TRACE && invalid.text("traceState").is_empty() && invalid.0["flags"] == 0x101, "{invalid:?}");
    let traces: std::collections::BTreeSet<_> = (0..20).map(|at| collector.request(&format!("r-{at}")).text("traceId").to_owned()).collect();
    assert_eq!((traces.len(), collector.spans().len()), (20, 21));
}

#[test]
fn nobody_waits_for_a_collector_that_is_down_and_what_is_lost_is_counted() {
    let collector = Collector::new();
    let service = counter(&format!("endpoint = \"{}\"", collector.endpoint()));
    // Not worth another try, so that this is soon over.
    collector.answer("400 Bad Request", "");
    ask(&service, "one", &[]);
    eventually("it is lost", || (count(&service, "kulanz_traces_lost_total") == 1).then_some(()));
    ask(&service, "two", &[]);
    eventually("the next is lost", || (count(&service, "kulanz_traces_lost_total") == 2).then_some(()));
    assert_eq!((count(&service, "kulanz_traces_failures_total"), count(&service, "kulanz_traces_sent_total")), (2, 0));
    assert_eq!(service.log().matches("does not take traces").count(), 1, "{}", service.log());
    // Of two it takes one.
    collector.answer("200 OK", r#"{"partialSuccess": {"rejectedSpans": "1"}}"#);
    let before = collector.sent().len();
    ask(&service, "three", &[]);
    ask(&service, "four", &[]);
    eventually("both are sent", || (count(&service, "kulanz_traces_sent_total") + count(&service, "kulanz_traces_lost_total") == 4).then_some(()));
    let requests = u64::try_from(collector.sent().len() - before).unwrap();
    assert_eq!(count(&service, "kulanz_traces_lost_total"), 2 + requests);
    assert_eq!(service.log().matches("takes traces again").count(), 1, "{}", service.log());
}

#[test]
fn a_full_queue_loses_spans_and_a_hanging_collector_keeps_nobody() {
    let collector = Collector::new();
    collector.answer("", "");
    let mut service = counter(&format!("endpoint = \"{}\"\nqueue = 2", collector.endpoint()));
    ask(&service, "first", &[]);
    eventually("it hangs", || (!collector.sent().is_empty()).then_some(()));
    for at in 0..5 {
        assert_eq!(ask(&service, &format!("r-{at}"), &[]).status, 200);
    }
    assert_eq!(count(&service, "kulanz_traces_lost_total"), 3);
    let begun = Instant::now();
    service.signal("TERM");
    assert_eq!(service.stopped(), 0);
    // It gives up long before the collector would have to answer.
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    assert!(service.log().contains("the last spans are lost"), "{}", service.log());
}

#[test]
fn what_waits_is_sent_before_the_service_ends() {
    let collector = Collector::new();
    let mut service = counter(&format!("endpoint = \"{}\"", collector.endpoint()));
    ask(&service, "last", &[]);
    service.signal("TERM");
    assert_eq!(service.stopped(), 0);
    assert_eq!(collector.spans().len(), 1);
}

#[test]
fn a_collector_that_comes_later_gets_what_was_kept_for_it() {
    let collector = Collector::new();
    collector.answer("503 Service Unavailable", "");
    let service = counter(&format!("endpoint = \"{}\"", collector.endpoint()));
    ask(&service, "kept", &[]);
    eventually("it is tried", || (count(&service, "kulanz_traces_failures_total") > 0).then_some(()));
    collector.answer("200 OK", "");
    eventually("it is sent", || (count(&service, "kulanz_traces_sent_total") == 1).then_some(()));
    assert_eq!(count(&service, "kulanz_traces_lost_total"), 0);
}

#[test]
fn traces_that_cannot_be_sent_are_no_start() {
    let refused = |lines: &str, part: &str| {
        let folder = folder(&[("kulanz.toml", &format!("[traces]\n{lines}\n"))]);
        let config = folder.path().join("kulanz.toml");
        let pack = root().join(COUNTER);
        kulanz(&["serve", "--listen", "127.0.0.1:0", "-p", pack.to_str().unwrap(), "--config", config.to_str().unwrap()]).exits(2).says(part);
    };
    refused("endpoint = \"http://collector.example:4318\"", "in the clear");
    refused("endpoint = \"https://collector.example\"\nheaders_file = \"nowhere\"", "has no headers");
    refused("endpoint = \"https://collector.example\"\nsample = 1.5", "no number from 0 to 1");
    refused("sample = 1", "missing field `endpoint`");
}
