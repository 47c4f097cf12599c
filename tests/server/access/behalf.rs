//! As whom a caller acts: by the token, by the list of people, and by the body only where that is allowed.

use serde_json::{Value, json};

use super::super::grants::{paths, with};
use super::super::running::{Reply, Running, eventually};
use super::issuer::{Signer, claims, configuration, jwks};
use super::{As, Desk, late};
use crate::ledger::world::PEOPLE;

/// A refusal at this place of the body.
#[track_caller]
fn contradicts(reply: &Reply, place: &str) {
    assert_eq!(paths(&reply.is_problem(403, "actor_mismatch")), [place], "{reply:?}");
}

fn with_actor(actor: &Value) -> Value {
    with(late("20 EUR"), &json!({"actor": actor}))
}

/// The same question in each way in which it can be asked.
fn everywhere(service: &Running, token: &str, actor: &Value) -> Vec<Reply> {
    let who = As(service, token);
    let options = json!({"actor": actor, "facts": {"reason": "late"}});
    vec![
        who.post("/v1/ask", &with_actor(actor)),
        who.post("/v1/options", &options),
        who.send("/v1/grants", &with_actor(actor), &format!("k-{actor}")),
        who.post("/v1/cases", &with(with_actor(actor), &json!({"amount": "150 EUR", "record": null}))),
    ]
}

/// Guard: the role and the team of a bound key are those of the list of people, on every path on which a body has an actor.
#[test]
fn role_and_team_of_a_key_are_not_forged_in_the_body() {
    let desk = Desk::new();
    let anna = desk.key("ask,grant,cases,record,read", &["--as-actor", "anna"]);
    let service = desk.serve();
    for (actor, place) in [
        (json!({"id": "anna", "role": "head"}), "/actor/role"),
        (json!({"role": "head"}), "/actor/role"),
        (json!({"id": "anna", "role": "agent", "team": "bonn"}), "/actor/team"),
        (json!({"id": "lena"}), "/actor/id"),
        (json!({"id": "lena", "role": "lead"}), "/actor/id"),
        (json!({"id": "ANNA"}), "/actor/id"),
    ] {
        for reply in everywhere(&service, &anna, &actor) {
            contradicts(&reply, place);
        }
        let batch = As(&service, &anna).post("/v1/ask/batch", &json!({"questions": [with_actor(&actor), late("20 EUR")]})).json();
        assert_eq!(
            (&batch["answers"][0]["code"], &batch["answers"][0]["errors"][0]["path"], &batch["answers"][1]["answer"]),
            (&json!("actor_mismatch"), &json!(place), &json!("yes"))
        );
    }
    // Members that are there twice are not taken, whichever of them is believed elsewhere.
    let post = |text: &str| {
        let bearer = format!("Bearer {anna}");
        service.post_as("/v1/ask", text, &[("content-type", "application/json"), ("authorization", &bearer)])
    };
    for (text, status) in [
        (r#"{"actor": {"role": "agent", "role": "head"}, "action": "refund"}"#, 422),
        (r#"{"actor": {"role": "agent"}, "actor": {"role": "head"}, "action": "refund"}"#, 422),
        (r#"{"actor": {"role": "agent"}, "actor": null, "action": "refund"}"#, 422),
        (r#"{"actor": null, "actor": {"role": "head"}, "action": "refund"}"#, 403),
        (r#"{"actor": {"role": {"role": "head"}}, "action": "refund"}"#, 422),
        (r#"{"actor": [{"role": "head"}], "action": "refund"}"#, 422),
        (r#"{"actor": "head", "action": "refund"}"#, 422),
        (r#"{"actor": {"role": "agent", "rank": 1}, "action": "refund"}"#, 422),
        (r#"{"\u0061ctor": {"r\u006fle": "head"}, "action": "refund"}"#, 403),
    ] {
        let reply = post(text);
        assert_eq!(reply.status, status, "{text} {reply:?}");
    }
}

#[test]
fn a_bound_key_need_not_say_who_it_is() {
    let desk = Desk::new();
    let anna = desk.key("ask,grant,cases,record,read", &["--as-actor", "anna"]);
    let service = desk.serve();
    for actor in [json!(null), json!({}), json!({"id": "anna"}), json!({"role": "agent", "team": "berlin"})] {
        for reply in everywhere(&service, &anna, &actor) {
            assert!(matches!(reply.status, 200 | 201 | 409) || reply.body.contains("not_granted"), "{reply:?}");
        }
    }
    let granted = As(&service, &anna).send("/v1/grants", &late("20 EUR"), "first").json();
    assert_eq!(granted["actor"], json!({"id": "anna", "role": "agent", "team": "berlin"}));
}

/// Guard: what a token says of role and team counts for more than the body and the list.
#[test]
fn the_claims_of_a_token_are_not_forged_in_the_body() {
    let signer = Signer::ed();
    let desk = Desk::with(&configuration("jwks.json", ""));
    desk.write("jwks.json", jwks(&[signer.jwk("k1")]));
    let service = desk.serve();
    let scopes = "ask grant cases record read";
    let nina = signer.token("k1", &claims("nina", scopes, &json!({"role": "agent", "team": "kiel"})));
    for (actor, place) in
        [(json!({"role": "head"}), "/actor/role"), (json!({"team": "berlin"}), "/actor/team"), (json!({"id": "lena", "role": "agent"}), "/actor/id")]
    {
        for reply in everywhere(&service, &nina, &actor) {
            contradicts(&reply, place);
        }
    }
    let granted = As(&service, &nina).send("/v1/grants", &late("20 EUR"), "a").json();
    assert_eq!(granted["actor"], json!({"id": "nina", "role": "agent", "team": "kiel"}));
    // Somebody who is in the list as something else.
    let lena = signer.token("k1", &claims("lena", scopes, &json!({"role": "agent"})));
    let granted = As(&service, &lena).send("/v1/grants", &late("20 EUR"), "b").json();
    assert_eq!(granted["actor"], json!({"id": "lena", "role": "agent", "team": "berlin"}));
    // Without a role anywhere there is none to make up.
    let unknown = signer.token("k1", &claims("zoe", scopes, &json!({})));
    for reply in everywhere(&service, &unknown, &json!({"role": "head"})) {
        contradicts(&reply, "/actor/role");
    }
}

/// Guard: without `on_behalf` a key that is nobody's speaks for nobody.
#[test]
fn only_with_the_scope_the_body_says_who_asks() {
    let desk = Desk::new();
    let nobody = desk.key("ask,grant,cases,record,read", &[]);
    let helpdesk = desk.key("ask,grant,cases,record,read,on_behalf", &[]);
    let service = desk.serve();
    for actor in [json!({"id": "anna", "role": "agent"}), json!({"role": "agent"}), json!(null)] {
        for reply in everywhere(&service, &nobody, &actor) {
            super::lacks(&reply, "on_behalf");
        }
    }
    let granted = |actor: &Value, key: &str| As(&service, &helpdesk).send("/v1/grants", &with_actor(actor), key);
    assert_eq!(granted(&json!({"id": "anna"}), "a").json()["actor"], json!({"id": "anna", "role": "agent", "team": "berlin"}));
    assert_eq!(
        granted(&json!({"id": "new", "role": "senior", "team": "ulm"}), "b").json()["actor"],
        json!({"id": "new", "role": "senior", "team": "ulm"})
    );
    // Also such a key is held against the list of people.
    for reply in everywhere(&service, &helpdesk, &json!({"id": "anna", "role": "head"})) {
        contradicts(&reply, "/actor/role");
    }
    for reply in everywhere(&service, &helpdesk, &json!({"id": "anna", "team": "bonn"})) {
        contradicts(&reply, "/actor/team");
    }
    granted(&json!({"id": "new"}), "c").is_problem(422, "wrong_question");
}

/// Guard: a `record` needs the scope, on every path that takes one.
#[test]
fn facts_of_record_need_the_scope() {
    let desk = Desk::new();
    let bot = desk.key("ask,grant,cases,read,on_behalf", &[]);
    let system = desk.key("ask,grant,cases,read,record,on_behalf", &[]);
    let service = desk.serve();
    let body = with(with_actor(&json!({"id": "anna"})), &json!({"amount": "150 EUR", "record": {"order": {"total": "200 EUR", "id": "o"}}}));
    let case = As(&service, &system).post("/v1/cases", &body);
    let case = case.header("location").unwrap_or_else(|| panic!("{case:?}"));
    let options = json!({"actor": {"id": "anna"}, "record": {"order.total": "200 EUR"}});
    let added = json!({"actor": {"id": "anna"}, "record": {"customer.id": "c"}});
    for (path, body) in [("/v1/ask", &body), ("/v1/options", &options), ("/v1/grants", &body), ("/v1/cases", &body), (&format!("{case}/add"), &added)]
    {
        let reply = As(&service, &bot).send(path, body, &format!("bot-{path}"));
        super::lacks(&reply, "record");
        assert_eq!(reply.json()["errors"][0]["path"], "/record");
        let reply = As(&service, &system).send(path, body, &format!("system-{path}"));
        assert!(reply.json()["code"] != "insufficient_scope", "{reply:?}");
    }
    let batch = As(&service, &bot).post("/v1/ask/batch", &json!({"questions": [body]})).json();
    assert_eq!(batch["answers"][0]["code"], "insufficient_scope");
    // What claims nothing is no record, and one in disguise is one.
    let with_record = |record: &Value| As(&service, &bot).post("/v1/ask", &with(with_actor(&json!({"id": "anna"})), &json!({"record": record})));
    for nothing in [json!({}), json!(null)] {
        assert_eq!(with_record(&nothing).status, 200);
    }
    for something in [json!({"order": {}}), json!([]), json!("x"), json!({"order.total": null})] {
        super::lacks(&with_record(&something), "record");
    }
}

/// Guards: a step of a case is that of whoever is bound to the token, and people see what is theirs.
#[test]
fn cases_budgets_and_grants_of_others_are_closed() {
    let desk = Desk::new();
    let key = |id: &str, scopes: &str| desk.key(scopes, &["--as-actor", id]);
    let (anna, sam, lena) = (key("anna", "ask,grant,cases,record"), key("sam", "ask,grant,cases,record"), key("lena", "cases,grant"));
    let reader = desk.key("read", &[]);
    let gateway = key("sam", "cases,grant,read,on_behalf");
    let service = desk.serve();
    let gateway = As(&service, &gateway);
    let (anna, sam, lena, reader) = (As(&service, &anna), As(&service, &sam), As(&service, &lena), As(&service, &reader));
    let case = anna.post("/v1/cases", &with(late("150 EUR"), &json!({"record": {"order": {"id": "o-1", "total": "200 EUR"}}})));
    let case = case.header("location").unwrap_or_else(|| panic!("{case:?}")).to_owned();
    let grant = anna.send("/v1/grants", &late("20 EUR"), "g").header("location").unwrap().to_owned();

    for who in [&anna, &lena, &reader] {
        assert_eq!(who.get(&case).status, 200);
    }
    for path in [&case, &grant, "/v1/grants?actor=anna", "/v1/cases?owner=lena", "/v1/budgets?actor=anna"] {
        super::lacks(&sam.get(path), "read");
    }
    for path in [&grant, "/v1/grants?actor=anna", "/v1/grants", "/v1/cases", "/v1/budgets?actor=anna"] {
        assert_eq!(reader.get(path).status, 200, "{path}");
    }
    let count = |who: &As, path: &str, list: &str| who.get(path).json()[list].as_array().unwrap().len();
    assert_eq!((count(&anna, "/v1/grants", "grants"), count(&sam, "/v1/grants", "grants")), (1, 0));
    assert_eq!((count(&lena, "/v1/cases", "cases"), count(&sam, "/v1/cases", "cases")), (1, 0));
    assert_eq!(sam.get("/v1/budgets").json()["actor"], json!({"id": "sam", "role": "senior", "team": "berlin"}));
    contradicts(&sam.get("/v1/budgets?role=lead"), "/actor/role");

    // To do something with a case shows it, so that is closed too.
    super::lacks(&sam.post(&format!("{case}/add"), &json!({"note": "let me see"})), "read");
    super::lacks(&sam.post(&format!("{grant}/reverse"), &json!({"reason": "let me see"})), "read");
    for step in ["approve", "decline", "hand_over", "add"] {
        let body = json!({"actor": {"id": "lena"}, "note": "x", "reason": "x", "offered": "x", "to": "luis"});
        contradicts(&sam.post(&format!("{case}/{step}"), &body), "/actor/id");
    }
    // Nobody puts somebody else's name under a decision, with `on_behalf` neither.
    for step in ["approve", "decline", "hand_over", "add"] {
        let body = json!({"actor": {"id": "lena"}, "note": "x", "reason": "x", "offered": "x", "to": "luis"});
        contradicts(&gateway.post(&format!("{case}/{step}"), &body), "/actor/id");
    }
    contradicts(&gateway.post(&format!("{grant}/reverse"), &json!({"actor": {"id": "anna"}, "reason": "x"})), "/actor/id");
    assert_eq!(lena.post(&format!("{case}/approve"), &json!({})).json()["state"], "approved");
    assert_eq!(anna.post(&format!("{grant}/reverse"), &json!({"reason": "a slip"})).status, 200);
}

/// Guard: who opens a case in somebody else's name, with a token of their own, has no say in it.
#[test]
fn who_opens_a_case_in_another_name_has_no_say_in_it() {
    let desk = Desk::new();
    let gateway = desk.key("cases,record,on_behalf", &["--as-actor", "lena"]);
    let (lena, luis) = (desk.key("cases", &["--as-actor", "lena"]), desk.key("cases,read", &["--as-actor", "luis"]));
    let service = desk.serve();
    let (gateway, lena, luis) = (As(&service, &gateway), As(&service, &lena), As(&service, &luis));
    let order = json!({"amount": "150 EUR", "record": {"order": {"id": "o-1", "total": "200 EUR"}}});
    let body = with(with_actor(&json!({"id": "anna"})), &order);
    gateway.post("/v1/cases", &with(body.clone(), &json!({"to": "lena"}))).is_problem(403, "own_case");
    let opened = gateway.post("/v1/cases", &body);
    let case = opened.header("location").unwrap_or_else(|| panic!("{opened:?}")).to_owned();
    let opened = opened.json();
    assert_eq!((&opened["opened_by"], &opened["proposer"]["id"], &opened["owner"]["id"]), (&json!("lena"), &json!("anna"), &json!("luis")));
    luis.post(&format!("{case}/hand_over"), &json!({"to": "lena"})).is_problem(403, "own_case");
    for who in [&gateway, &lena] {
        who.post(&format!("{case}/approve"), &json!({})).is_problem(403, "own_case");
        who.post(&format!("{case}/decline"), &json!({"reason": "x", "offered": "x"})).is_problem(403, "own_case");
        assert_eq!(who.get(&case).json()["history"][0]["opened_by"], json!({"id": "lena"}), "whoever opened it sees it");
    }
    assert_eq!(luis.post(&format!("{case}/approve"), &json!({})).json()["state"], "approved");
    // A case of one's own says nothing of that.
    let own = gateway.post("/v1/cases", &with(late("400 EUR"), &json!({"record": {"order": {"id": "o-2", "total": "500 EUR"}}}))).json();
    assert!(own["proposer"]["id"] == "lena" && own.get("opened_by").is_none(), "{own}");
}

/// Guard: what a token says of the role counts when a case is approved, too.
#[test]
fn nobody_approves_in_a_higher_role_than_that_of_their_token() {
    let signer = Signer::ed();
    let desk = Desk::with(&configuration("jwks.json", ""));
    desk.write("jwks.json", jwks(&[signer.jwk("k1")]));
    let service = desk.serve();
    let token = |id: &str, more: &Value| signer.token("k1", &claims(id, "ask cases record", more));
    let (anna, lower, lena) = (token("anna", &json!({})), token("lena", &json!({"role": "agent"})), token("lena", &json!({})));
    let body = with(late("150 EUR"), &json!({"record": {"order": {"id": "o-1", "total": "200 EUR"}}}));
    let case = As(&service, &anna).post("/v1/cases", &body);
    let case = case.header("location").unwrap_or_else(|| panic!("{case:?}")).to_owned();
    let approve = |token: &str| As(&service, token).post(&format!("{case}/approve"), &json!({}));
    assert_eq!(approve(&lower).is_problem(403, "wrong_role")["role"], "lead");
    assert_eq!(approve(&lena).json()["state"], "approved");
}

#[test]
fn a_wrong_actor_is_told_as_it_was_written() {
    let desk = Desk::new();
    let anna = desk.key("ask", &["--as-actor", "anna"]);
    let service = desk.serve();
    for (actor, places) in [
        (json!({"id": 5}), vec!["/actor/id"]),
        (json!({"role": 5, "team": []}), vec!["/actor/team", "/actor/role"]),
        (json!({"id": {}, "role": "agent"}), vec!["/actor/id"]),
    ] {
        let told = As(&service, &anna).post("/v1/ask", &with_actor(&actor)).is_problem(422, "wrong_question");
        assert_eq!(paths(&told), places, "{told}");
        assert!(!told.to_string().contains("true or false") && !told.to_string().contains("missing"), "{told}");
    }
}

#[test]
fn who_passed_a_case_on_to_others_still_sees_it() {
    let desk = Desk::new();
    let key = |id: &str| desk.key("cases,record", &["--as-actor", id]);
    let (anna, lena, sam) = (key("anna"), key("lena"), key("sam"));
    let service = desk.serve();
    let (anna, lena, sam) = (As(&service, &anna), As(&service, &lena), As(&service, &sam));
    let body = with(late("400 EUR"), &json!({"record": {"order": {"id": "o-1", "total": "500 EUR"}}, "to": "lena"}));
    let opened = anna.post("/v1/cases", &body);
    let case = opened.header("location").unwrap_or_else(|| panic!("{opened:?}")).to_owned();
    let passed = lena.post(&format!("{case}/approve"), &json!({})).json();
    assert_eq!((&passed["kind"], &passed["owner"]["id"], &passed["proposer"]["id"]), (&json!("approve"), &json!("fritz"), &json!("anna")));
    assert_eq!(lena.get(&case).status, 200);
    super::lacks(&sam.get(&case), "read");
}

/// What somebody did is told again to whoever did it, also where the case is not theirs any more, or they have another role by now.
#[test]
fn what_was_done_is_told_again() {
    let desk = Desk::new();
    let anna = desk.key("cases,record", &["--as-actor", "anna"]);
    let lena = desk.key("cases", &["--as-actor", "lena"]);
    let till = desk.key("grant,cases,record,on_behalf", &[]);
    let service = desk.serve();
    let (anna, lena, till) = (As(&service, &anna), As(&service, &lena), As(&service, &till));
    let order = json!({"record": {"order": {"id": "o-1", "total": "200 EUR"}}});
    let case = anna.post("/v1/cases", &with(late("150 EUR"), &order)).header("location").unwrap().to_owned();
    let path = format!("{case}/hand_over");
    let first = lena.send(&path, &json!({"to": "luis"}), "once");
    assert_eq!((first.status, &first.json()["owner"]["id"]), (200, &json!("luis")), "{first:?}");
    let again = lena.send(&path, &json!({"to": "luis"}), "once");
    assert_eq!((again.status, again.json()), (200, first.json()));
    lena.send(&path, &json!({"to": "luisa"}), "once").is_problem(409, "idempotency_key_reused");
    super::lacks(&lena.send(&path, &json!({"to": "luis"}), "twice"), "read");

    let asked = with(with_actor(&json!({"id": "anna", "role": "agent"})), &order);
    let grant = till.send("/v1/grants", &asked, "g");
    let opened = till.send("/v1/cases", &with(asked.clone(), &json!({"amount": "151 EUR"})), "c");
    assert_eq!((grant.status, opened.status), (201, 201), "{grant:?} {opened:?}");
    desk.write("people.toml", PEOPLE.replacen("id = \"anna\"", "id = \"anne\"", 1));
    eventually("the list is read again", || {
        let fresh = till.send("/v1/grants", &asked, &format!("{:?}", std::time::Instant::now()).replace(' ', ""));
        (fresh.status != 201).then_some(())
    });
    assert_eq!(till.send("/v1/grants", &asked, "g").json()["id"], grant.json()["id"]);
    assert_eq!(till.send("/v1/cases", &with(asked.clone(), &json!({"amount": "151 EUR"})), "c").json()["id"], opened.json()["id"]);
}
