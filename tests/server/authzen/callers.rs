//! Who may speak for whom: the rules of `actor` in a question are those of a subject.

use serde_json::{Value, json};

use super::{EVALUATION, EVALUATIONS, may, record, refund, replaced, user};
use crate::process::root;
use crate::server::access::issuer::{Signer, claims, configuration, jwks};
use crate::server::access::{As, Desk, lacks};
use crate::server::running::{Reply, Running};

/// The records, for callers with keys and tokens.
struct Office {
    desk: Desk,
    signer: Signer,
}

impl Office {
    fn new() -> Self {
        Self::with(|text| text)
    }

    fn with(change: impl Fn(String) -> String) -> Self {
        let pack = root().join("tests/fixtures/authzen");
        let read = |name: &str| std::fs::read_to_string(pack.join(name)).unwrap();
        let signer = Signer::ed();
        let text = change(read("kulanz.toml"));
        let desk = Desk::with(&format!("{text}\n[access]\nkeys = \"keys.toml\"\n{}", configuration("jwks.json", "")));
        desk.write("desk.kulanz", read("records.kulanz"));
        desk.write("people.toml", read("people.toml"));
        desk.write("known-records.json", read("known-records.json"));
        desk.write("jwks.json", jwks(&[signer.jwk("k1")]));
        Self { desk, signer }
    }

    fn token(&self, id: &str, scopes: &str, more: &Value) -> String {
        self.signer.token("k1", &claims(id, scopes, more))
    }
}

#[track_caller]
fn decision(reply: &Reply) -> bool {
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()["decision"].as_bool().unwrap()
}

#[track_caller]
fn reason(reply: &Reply) -> String {
    assert!(!decision(reply), "{reply:?}");
    reply.json()["context"]["reason"].as_str().unwrap().to_owned()
}

fn evaluate(service: &Running, token: &str, body: &Value) -> Reply {
    As(service, token).post(EVALUATION, body)
}

fn as_role(who: &str, role: &str, action: &str, which: &str) -> Value {
    let mut body = may(who, action, which);
    body["subject"]["properties"] = json!({"role": role});
    body
}

/// Guard: without `on_behalf` a caller asks as itself, on every path.
#[test]
fn a_caller_asks_as_itself() {
    let office = Office::new();
    let nobody = office.desk.key("ask,cases", &[]);
    let service = office.desk.serve();
    let alice = office.token("alice", "ask cases", &json!({}));
    assert!(decision(&evaluate(&service, &alice, &may("alice", "write", "record-1"))));
    for who in ["bob", "zoe", "ALICE"] {
        evaluate(&service, &alice, &may(who, "read", "record-1")).is_problem(403, "actor_mismatch");
        let search = json!({"subject": user(who), "resource": record("record-1")});
        As(&service, &alice).post("/access/v1/search/action", &search).is_problem(403, "actor_mismatch");
        let search = json!({"subject": user(who), "action": {"name": "read"}, "resource": {"type": "record"}});
        As(&service, &alice).post("/access/v1/search/resource", &search).is_problem(403, "actor_mismatch");
        As(&service, &alice).post("/access/v1/requests", &refund(who, "80 EUR")).is_problem(403, "actor_mismatch");
    }
    lacks(&evaluate(&service, &nobody, &may("alice", "read", "record-1")), "on_behalf");
    // In a list it is the denial of that one; who else may is not found.
    let several = json!({"evaluations": [may("alice", "read", "record-1"), may("bob", "read", "record-1")]});
    let several = As(&service, &alice).post(EVALUATIONS, &several).json();
    let told: Vec<_> = several["evaluations"].as_array().unwrap().iter().map(|one| one["decision"].clone()).collect();
    assert_eq!((told, &several["evaluations"][1]["context"]["error"]["status"]), (vec![json!(true), json!(false)], &json!(403)));
    let search = json!({"subject": {"type": "user"}, "action": {"name": "read"}, "resource": record("record-1")});
    let found = As(&service, &alice).post("/access/v1/search/subject", &search).json();
    assert_eq!(found["results"], json!([{"type": "user", "id": "alice"}]));
}

/// Guard: role and team are those of the token, then those of the list, and never those of the properties.
#[test]
fn the_role_of_a_token_is_not_forged_in_properties() {
    let office = Office::with(|text| replaced(&text, "role_property = \"role\"\n", "role_property = \"role\"\nteam_property = \"team\"\n"));
    let service = office.desk.serve();
    let zoe = office.token("zoe", "ask", &json!({"role": "editor", "team": "bonn"}));
    assert!(decision(&evaluate(&service, &zoe, &may("zoe", "write", "record-1"))), "the token says the role of somebody who is not listed");
    assert_eq!(reason(&evaluate(&service, &zoe, &as_role("zoe", "admin", "write", "record-2"))), "subject_contradicted");
    let mut team = may("zoe", "read", "record-1");
    team["subject"]["properties"] = json!({"team": "berlin"});
    assert_eq!(reason(&evaluate(&service, &zoe, &team)), "subject_contradicted");
    team["subject"]["properties"] = json!({"team": "bonn"});
    assert!(decision(&evaluate(&service, &zoe, &team)));
    // Bob is an archivist in the list, and no more than an editor by this token.
    let bob = office.token("bob", "ask", &json!({"role": "editor"}));
    assert!(decision(&evaluate(&service, &bob, &may("bob", "write", "record-1"))));
    assert!(!decision(&evaluate(&service, &bob, &may("bob", "write", "record-2"))));
    // Without a role in either there is none to make up.
    let unknown = office.token("yan", "ask", &json!({}));
    assert_eq!(reason(&evaluate(&service, &unknown, &as_role("yan", "admin", "write", "record-2"))), "unknown_subject");
    assert_eq!(reason(&evaluate(&service, &unknown, &may("yan", "read", "record-1"))), "unknown_subject");
}

/// Guard: only with `on_behalf`, and only of those whom nobody knows, a caller says the role.
#[test]
fn who_speaks_for_others_does_not_change_who_they_are() {
    let office = Office::new();
    let gateway = office.desk.key("ask,on_behalf", &[]);
    let alices = office.desk.key("ask,on_behalf", &["--as-actor", "alice"]);
    let service = office.desk.serve();
    for key in [&gateway, &alices] {
        assert!(decision(&evaluate(&service, key, &may("bob", "write", "record-2"))));
        assert_eq!(reason(&evaluate(&service, key, &as_role("alice", "admin", "write", "record-2"))), "subject_contradicted");
        assert!(decision(&evaluate(&service, key, &as_role("zoe", "admin", "write", "record-2"))));
        assert_eq!(reason(&evaluate(&service, key, &may("zoe", "write", "record-2"))), "unknown_subject");
    }
}

/// Guard: without `record` what a caller says of a resource is a claim, and what is listed counts before it.
#[test]
fn without_the_scope_nothing_a_caller_says_is_on_record() {
    let office = Office::new();
    let service = office.desk.serve();
    let mut archived = may("alice", "write", "record-2");
    archived["resource"]["properties"] = json!({"status": "active"});
    let with = office.token("alice", "ask record", &json!({}));
    assert!(decision(&evaluate(&service, &with, &archived)), "a system of record knows better than a list");
    let without = office.token("alice", "ask", &json!({}));
    assert!(!decision(&evaluate(&service, &without, &archived)));
}

/// Guard: each path demands its scope.
#[test]
fn each_path_takes_its_scope() {
    let office = Office::new();
    let service = office.desk.serve();
    let (ask, cases) = (office.token("alice", "ask", &json!({})), office.token("alice", "cases", &json!({})));
    let body = may("alice", "read", "record-1");
    for path in [EVALUATION, EVALUATIONS, "/access/v1/search/subject", "/access/v1/search/resource", "/access/v1/search/action"] {
        lacks(&As(&service, &cases).post(path, &body), "ask");
    }
    lacks(&As(&service, &ask).post("/access/v1/requests", &body), "cases");
    lacks(&As(&service, &ask).get("/access/v1/requests/x"), "cases");
    for path in [EVALUATION, "/access/v1/requests"] {
        service.post(path, body.to_string()).is_problem(401, "unauthorized");
    }
}

/// Guard: a denial is its own key, whoever brings it.
#[test]
fn a_denial_that_two_callers_bring_is_one_case() {
    let office = Office::new();
    let helpdesk = office.desk.key("ask,cases,record,on_behalf,read", &[]);
    let service = office.desk.serve();
    let alice = office.token("alice", "ask cases record", &json!({}));
    let question = refund("alice", "80 EUR");
    let denied = evaluate(&service, &alice, &question).json();
    let (context, mut body) = (&denied["context"], question);
    let asks = &context["access_request"];
    body["denial"] = json!({"binding_token": asks["binding_token"], "expires_at": asks["expires_at"], "evaluation_id": context["evaluation_id"]});
    let bring = |token: &str| As(&service, token).post("/access/v1/requests", &body);
    let (first, second) = (bring(&alice), bring(&helpdesk));
    assert_eq!((first.status, second.status), (202, 202), "{first:?} {second:?}");
    assert_eq!(first.json()["task"]["case"], second.json()["task"]["case"]);
    // A key is a caller's own still.
    bring(&office.token("bob", "ask cases", &json!({}))).is_problem(403, "actor_mismatch");
}
