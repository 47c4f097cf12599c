//! What is tried to get around the guards. Forged roles and records are in `behalf`, forged tokens in `tokens`, forged keys in `keys`.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::grants::with;
use super::super::running::{eventually, exchange, read_all};
use super::{As, Desk, is_refused, late};

/// Guard: the keys of idempotency are kept apart by caller.
#[test]
fn the_idempotency_key_of_another_caller_is_not_replayed() {
    let desk = Desk::new();
    let (anna, sam) = (desk.key("grant,read", &["--as-actor", "anna"]), desk.key("grant,read", &["--as-actor", "sam"]));
    let again = desk.key("grant,read", &["--as-actor", "anna"]);
    let service = desk.serve();
    let grant = |key: &str, amount: &str| As(&service, key).send("/v1/grants", &late(amount), "the-same").json();
    let first = grant(&anna, "20 EUR");
    let foreign = grant(&sam, "20 EUR");
    assert_eq!((&first["actor"]["id"], &foreign["actor"]["id"]), (&json!("anna"), &json!("sam")));
    assert_ne!(first["id"], foreign["id"], "nobody gets the reply to somebody else");
    assert_ne!(grant(&again, "20 EUR")["id"], first["id"], "another key is another caller");
    assert_eq!(grant(&sam, "30 EUR")["code"], "idempotency_key_reused");
    assert_eq!(grant(&anna, "20 EUR")["id"], first["id"], "a repetition is one still");
}

/// Guard: who may not decide goes by the actor and not by the key.
#[test]
fn nobody_approves_their_own_case_through_a_second_key() {
    let desk = Desk::new();
    let key = |id: &str| desk.key("cases,record,ask", &["--as-actor", id]);
    let (lena, second, luis) = (key("lena"), key("lena"), desk.key("cases,read", &["--as-actor", "luis"]));
    let service = desk.serve();
    // A lead has no limit for this, so somebody above decides a case of hers that she asks to be looked at.
    let anna = key("anna");
    eventually("the new key is there", || (As(&service, &anna).get("/v1/policy").status == 200).then_some(()));
    let body = with(late("150 EUR"), &json!({"record": {"order": {"id": "o-1", "total": "200 EUR"}}}));
    let case = As(&service, &anna).post("/v1/cases", &body);
    let case = case.header("location").unwrap_or_else(|| panic!("{case:?}")).to_owned();
    let second_anna = key("anna");
    eventually("the new key is there", || (As(&service, &second_anna).get("/v1/policy").status == 200).then_some(()));
    let approve = |key: &str, body: &serde_json::Value| As(&service, key).post(&format!("{case}/approve"), body);
    // She owns nothing here under either key, and cannot hand it to herself or say that she is its owner.
    approve(&second_anna, &json!({})).is_problem(403, "own_case");
    approve(&second_anna, &json!({"actor": {"id": "lena"}})).is_problem(403, "actor_mismatch");
    As(&service, &lena).post(&format!("{case}/hand_over"), &json!({"to": "anna"})).is_problem(403, "own_case");
    approve(&luis, &json!({})).is_problem(403, "not_the_owner");
    assert_eq!(approve(&second, &json!({})).json()["state"], "approved", "a key of the owner is the owner");
}

/// Guard: a key is compared as a whole, by its hash; a part of it, or more than it, is none. How long that takes is a matter of `access::keyring`.
#[test]
fn a_part_of_a_key_is_none() {
    let desk = Desk::new();
    let key = desk.key("ask", &[]);
    let other = desk.key("ask", &[]);
    let service = desk.serve();
    let (id, secret) = key.strip_prefix("kz_").unwrap().split_once('_').unwrap();
    let (other_id, _) = other.strip_prefix("kz_").unwrap().split_once('_').unwrap();
    for wrong in [
        key[..key.len() - 1].to_owned(),
        format!("{key}0"),
        format!("kz_{other_id}_{secret}"),
        format!("kz_{id}_"),
        format!("kz_{id}"),
        format!("kz_{id}_{}", secret.to_uppercase()),
        format!("KZ_{id}_{secret}"),
        secret.to_owned(),
    ] {
        is_refused(&As(&service, &wrong).get("/v1/policy"));
    }
    // A connection that has been let in remembers its token and no other.
    assert_eq!(As(&service, &key).get("/v1/policy").status, 200);
    is_refused(&As(&service, &format!("{key}0")).get("/v1/policy"));
    is_refused(&As(&service, &format!("kz_{id}_{}", "0".repeat(64))).get("/v1/policy"));
}

/// Guard: a token is looked at before a body is read.
#[test]
fn a_body_of_nobody_is_not_read() {
    let service = Desk::new().with_key_nobody_has().serve();
    let head = "POST /v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    let begun = Instant::now();
    let answer = exchange(service.connect(), head.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 401") && answer.to_lowercase().contains("connection: close"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(10), "the body was waited for");
    // Neither its size, its depth, its type nor its members are looked at.
    let deep = "[".repeat(100_000);
    for body in [deep.as_str(), "{\"actor\":1,\"actor\":2}", "not JSON"] {
        for kind in ["application/json", "text/plain", "multipart/form-data"] {
            service.post_as("/v1/ask", body, &[("content-type", kind)]).is_problem(401, "unauthorized");
        }
    }
}

/// Guards: JSON that is too deep or too large, and types that are none of JSON, are refused before anything is made of them, also on the way of bound callers.
#[test]
fn huge_deep_and_foreign_bodies_of_a_caller_are_refused() {
    let desk = Desk::new();
    let anna = desk.key("ask,grant,cases", &["--as-actor", "anna"]);
    let service = desk.serve();
    let bearer = format!("Bearer {anna}");
    let post = |path: &str, body: &str, kind: &str| {
        service.post_as(path, body, &[("content-type", kind), ("authorization", bearer.as_str()), ("idempotency-key", "k")])
    };
    let deep = format!("{{\"facts\": {}{}}}", "[".repeat(5000), "]".repeat(5000));
    let large = format!("{{\"note\": \"{}\"}}", "a".repeat(1 << 20));
    for path in ["/v1/ask", "/v1/options", "/v1/grants", "/v1/cases"] {
        post(path, &deep, "application/json").is_problem(422, "too_deep");
        post(path, &large, "application/json").is_problem(413, "too_large");
        post(path, "{}", "text/plain").is_problem(415, "unsupported_media_type");
        post(path, "{}", "application/x-www-form-urlencoded").is_problem(415, "unsupported_media_type");
        post(path, "actor", "application/json").is_problem(400, "not_json");
        let twice = r#"{"action": "refund", "action": "voucher", "amount": "20 EUR", "facts": {"reason": "late"}}"#;
        post(path, twice, "application/json").is_problem(422, "wrong_question");
    }
}

/// Guards: names from outside are quoted in the log and kept out of the head of a response.
#[test]
fn nothing_is_injected_into_the_log_or_into_headers() {
    use super::issuer::{Signer, claims, configuration, jwks};
    let signer = Signer::ed();
    let desk = Desk::with(&configuration("jwks.json", ""));
    desk.write("jwks.json", jwks(&[signer.jwk("k1")]));
    let service = desk.serve_with(&["--format", "json"]);
    let odd = "an\"na\\ level=ERROR \u{1b}[31m";
    is_refused(&As(&service, &signer.token("k1", &claims(odd, "ask", &json!({})))).get("/v1/policy"));
    let odd = "an\"na\\ level=ERROR";
    assert_eq!(As(&service, &signer.token("k1", &claims(odd, "ask", &json!({})))).get("/v1/nothing").status, 404);
    let foreign = signer.token("k1\"\r\nset-cookie: a=b", &claims("a", "ask", &json!({"iss": "x\"\r\nset-cookie: a=b"})));
    let reply = As(&service, &foreign).get("/v1/policy");
    is_refused(&reply);
    assert!(reply.header("set-cookie").is_none() && !reply.header("www-authenticate").unwrap().contains("set-cookie"), "{reply:?}");
    let mut stream = service.connect();
    stream.write_all(b"GET /v1/%0d%0aset-cookie:a=b?x=%0alevel=ERROR HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let answer = read_all(stream);
    assert!(answer.starts_with("HTTP/1.1 401") && !answer.contains("set-cookie"), "{answer}");
    eventually("it is logged", || service.log().contains("level=ERROR").then_some(()));
    for line in service.log().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_ne!(line["level"], "ERROR", "{line}");
    }
    assert!(!service.log().contains('\u{1b}'));
}

/// Guard: what comes from outside is quoted in a log for people, too, so that it says nothing of its own there.
#[test]
fn what_comes_from_outside_is_quoted_in_the_log() {
    use super::issuer::{Signer, claims, configuration, jwks};
    let signer = Signer::ed();
    let desk = Desk::with(&configuration("jwks.json", ""));
    desk.write("jwks.json", jwks(&[signer.jwk("k1")]));
    let service = desk.serve();
    let odd = "anna\" status=200 x=\"";
    As(&service, &signer.token("k1", &claims(odd, "ask", &json!({})))).get("/v1/a=b").is_problem(404, "not_found");
    let line = eventually("it is logged", || service.log().lines().find(|line| line.contains("answered")).map(str::to_owned));
    assert!(line.contains(r#"caller="jwt:anna\" status=200 x=\"""#), "{line}");
    assert!(line.contains(r#"path="/v1/a=b"#), "{line}");
}

/// Guard: a token is never in the log, whether it is taken or not.
#[test]
fn no_token_is_logged() {
    let desk = Desk::new();
    let key = desk.key("ask", &[]);
    let service = desk.serve();
    As(&service, &key).get("/v1/nothing").is_problem(404, "not_found");
    is_refused(&As(&service, &format!("{key}0")).get("/v1/policy"));
    eventually("both are logged", || (service.log().matches("answered").count() >= 2).then_some(()));
    let (_, secret) = key.rsplit_once('_').unwrap();
    let log = service.log();
    assert!(!log.contains(secret) && log.contains(&format!("key:{}", key.split('_').nth(1).unwrap())), "{log}");
}
