//! Keys: made, listed and taken back by the command line.

use serde_json::json;

use super::super::running::eventually;
use super::{As, Desk, is_refused, late};
use crate::process::{command, end};

fn file(desk: &Desk) -> String {
    std::fs::read_to_string(desk.path("keys.toml")).unwrap()
}

#[test]
fn a_key_is_shown_once_and_kept_as_a_hash() {
    let desk = Desk::new();
    let shown = desk.key("ask,grant", &["--expires", "90d", "--as-actor", "anna"]);
    let parts: Vec<_> = shown.split('_').collect();
    assert_eq!((parts[0], parts[1].len(), parts[2].len()), ("kz", 8, 64), "{shown}");
    assert!(!file(&desk).contains(parts[2]) && file(&desk).contains(parts[1]));
    let list = end(command().args(["key", "list", "--format", "json", "--keys", &desk.path("keys.toml")])).exits(0);
    assert!(!list.out.contains(parts[2]));
    let key = list.json();
    assert_eq!(
        (&key["id"], &key["scopes"], &key["actor"], &key["valid"]),
        (&json!(parts[1]), &json!(["ask", "grant"]), &json!("anna"), &json!(true))
    );
    let human = end(command().args(["key", "list", "--keys", &desk.path("keys.toml")])).exits(0);
    assert!(human.out.starts_with(&format!("{}  desk  ask grant, as anna  until ", parts[1])), "{}", human.out);
}

#[cfg(unix)]
#[test]
fn the_file_of_keys_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    std::fs::set_permissions(desk.path("keys.toml"), std::fs::Permissions::from_mode(0o644)).unwrap();
    desk.key("ask", &[]);
    assert_eq!(std::fs::metadata(desk.path("keys.toml")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn keys_that_are_made_at_one_time_are_all_there() {
    let desk = Desk::new();
    let made: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| desk.key("ask", &[]))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let file = file(&desk);
    assert!(made.iter().all(|key| file.contains(key.split('_').nth(1).unwrap())), "{file}");
}

#[test]
fn what_is_typed_wrong_makes_no_key() {
    let desk = Desk::new();
    let keys = desk.path("keys.toml");
    let new = |more: &[&str]| end(command().args(["key", "new", "--keys", &keys]).args(more)).exits(2);
    new(&["desk"]).says("--scope");
    new(&["desk", "--scope", "everything"]).says("the scopes are ask, grant, record, cases, read, admin, on_behalf");
    new(&["desk", "--scope", "ask", "--expires", "soon"]).says("soon");
    new(&["desk", "--scope", "ask", "--expires", "2020-01-01"]).says("2020-01-01");
    new(&["a\nb", "--scope", "ask"]).says("name");
    new(&["desk", "--scope", "ask", "--as-actor", ""]).says("actor");
    new(&["desk", "--scope", "ask", "--burst", "2"]).says("--per-minute");
    assert_eq!(file(&desk), "", "nothing was written");
    end(command().args(["key", "revoke", "nothing", "--keys", &keys])).exits(2).says("nothing");
    desk.write("keys.toml", "[[key]]\nid = 1");
    end(command().args(["key", "list", "--keys", &keys])).exits(2).says("keys.toml");
    new(&["desk", "--scope", "ask"]).says("keys.toml");
}

/// Guard: every request needs a token, but for what everybody may read.
#[test]
fn nobody_gets_in_without_a_token() {
    let desk = Desk::new();
    let key = desk.key("ask", &[]);
    let service = desk.serve();
    for path in ["/healthz", "/readyz", "/openapi.json", "/docs", "/.well-known/authzen-configuration"] {
        assert_eq!(service.get(path, &[]).status, 200, "{path}");
    }
    for path in
        ["/v1/policy", "/v1/grants", "/v1/cases", "/v1/budgets", "/v1/nothing", "/", "//healthz", "/healthz/", "/healthz/../v1/policy", "/HEALTHZ"]
    {
        let reply = service.get(path, &[]);
        reply.is_problem(401, "unauthorized");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"kulanz\""));
    }
    for path in ["/v1/ask", "/v1/ask/batch", "/v1/options", "/v1/grants", "/v1/cases"] {
        service.post(path, "{}").is_problem(401, "unauthorized");
    }
    let refused = |value: &str| service.get("/v1/policy", &[("authorization", value)]);
    for wrong in ["Basic a3o6a3o=", "Bearer_x", &key] {
        refused(wrong).is_problem(401, "unauthorized");
    }
    refused("Bearer a b").is_problem(400, "invalid_request");
    service.get("/v1/policy", &[("authorization", "Bearer a"), ("authorization", "Bearer b")]).is_problem(400, "invalid_request");
    is_refused(&refused("Bearer eyJhbGciOiJub25lIn0.e30."));
    assert_eq!(refused(&format!("Bearer {key}")).status, 200);
    assert_eq!(refused(&format!("bearer {key}")).status, 200);
}

#[test]
fn a_key_is_taken_back_while_the_service_runs() {
    let desk = Desk::new();
    let (key, other) = (desk.key("ask", &[]), desk.key("ask", &[]));
    let service = desk.serve();
    assert_eq!(As(&service, &key).get("/v1/policy").status, 200);
    let id = key.split('_').nth(1).unwrap();
    end(command().args(["key", "revoke", id, "--keys", &desk.path("keys.toml")])).exits(0).prints("revoked");
    // The agent keeps its connection, whose last token is remembered.
    eventually("the key is taken no more", || (As(&service, &key).get("/v1/policy").status == 401).then_some(()));
    assert_eq!(As(&service, &other).get("/v1/policy").status, 200);
    let new = desk.key("ask", &[]);
    eventually("a new key is taken", || (As(&service, &new).get("/v1/policy").status == 200).then_some(()));
}

/// Guard: the end of a key is looked at with every request, also where its token is remembered.
#[test]
fn a_key_that_expires_is_taken_no_more() {
    let desk = Desk::new();
    let end = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(4);
    let key = desk.key("ask", &["--expires", &end.to_string()]);
    let service = desk.serve();
    assert_eq!(As(&service, &key).get("/v1/policy").status, 200);
    eventually("it expires", || (As(&service, &key).get("/v1/policy").status == 401).then_some(()));
    assert!(jiff::Timestamp::now() >= end, "not before its end");
}

/// Guard: each path demands its scope.
#[test]
fn each_scope_opens_its_own_paths() {
    let desk = Desk::new();
    let none = desk.key("admin", &["--as-actor", "anna"]);
    let ask = desk.key("ask", &["--as-actor", "anna"]);
    let grant = desk.key("grant", &["--as-actor", "anna"]);
    let cases = desk.key("cases", &["--as-actor", "anna"]);
    let service = desk.serve();
    let nothing = "/v1/cases/00000000-0000-4000-8000-000000000000";
    for (path, scope) in [
        ("/v1/ask", "ask"),
        ("/v1/ask/batch", "ask"),
        ("/v1/options", "ask"),
        ("/v1/grants", "grant"),
        ("/v1/grants/00000000-0000-4000-8000-000000000000/reverse", "grant"),
        ("/v1/cases", "cases"),
        (&format!("{nothing}/approve"), "cases"),
        (&format!("{nothing}/decline"), "cases"),
        (&format!("{nothing}/hand_over"), "cases"),
        (&format!("{nothing}/add"), "cases"),
    ] {
        for (key, has) in [(&none, "admin"), (&ask, "ask"), (&grant, "grant"), (&cases, "cases")] {
            let reply = As(&service, key).send(path, &late("20 EUR"), "k");
            if has == scope {
                assert!(reply.json()["code"] != "insufficient_scope", "{path} {has} {reply:?}");
            } else {
                super::lacks(&reply, scope);
            }
        }
    }
    super::lacks(&As(&service, &none).get("/v1/policy"), "ask");
    for path in ["/v1/grants", "/v1/cases", "/v1/budgets", nothing] {
        super::lacks(&As(&service, &none).get(path), "read");
    }
    assert_eq!(As(&service, &grant).get("/v1/grants").status, 200);
    assert_eq!(As(&service, &cases).get("/v1/cases").status, 200);
    assert_eq!(As(&service, &ask).get("/v1/budgets").json()["actor"]["id"], "anna");
}

#[test]
fn the_open_page_of_readiness_does_not_show_the_list_of_people() {
    let desk = Desk::new().with_key_nobody_has();
    let service = desk.serve();
    desk.write("people.toml", "[[person]]\nid = \"lena\"\nname = \"Lena Vogt, sick since May\nrole = \"lead\"\n");
    let told = eventually("the broken list is told", || {
        let people = service.get("/readyz", &[]).json()["people"].as_str().unwrap().to_owned();
        people.starts_with("failed: ").then_some(people)
    });
    assert_eq!(told, "failed: the log says what is wrong");
    assert!(service.log().contains("list of people does not check"), "{}", service.log());
}
