//! Cases: always on one desk, until they are approved or declined.

use serde_json::{Value, json};

use super::grants::{desk, late, paths, with};
use super::running::{Running, eventually};
use crate::ledger::world::PEOPLE;

const CASES: &str = "/v1/cases";

fn eighty() -> Value {
    with(late("150 EUR"), &json!({"note": "she waited two hours", "record": {"order": {"id": "o-1", "total": "200 EUR"}}}))
}

fn open(desk: &Running, body: &Value) -> (String, Value) {
    let reply = desk.send(CASES, body, "");
    assert_eq!(reply.status, 201, "{reply:?}");
    (reply.header("location").unwrap().to_owned(), reply.json())
}

fn step(desk: &Running, case: &str, name: &str, id: &str, more: &Value) -> super::running::Reply {
    desk.send(&format!("{case}/{name}"), &with(json!({"actor": {"id": id}}), more), "")
}

#[test]
fn a_case_is_opened_added_to_handed_over_and_approved() {
    let desk = desk();
    let (path, case) = open(&desk, &eighty());
    assert_eq!(path, format!("{CASES}/{}", case["id"].as_str().unwrap()));
    assert_eq!(
        (&case["state"], &case["kind"], &case["owner"]["id"], &case["proposer"]["id"]),
        (&json!("open"), &json!("decide"), &json!("lena"), &json!("anna"))
    );
    assert_eq!((&case["note"], &case["question"]["facts"]["reason"]), (&json!("she waited two hours"), &json!("late")));

    let added = step(
        &desk,
        &path,
        "add",
        "anna",
        &json!({"facts": {"customer": {"known": false}}, "record": {"customer.id": "c-1"}, "note": "she called again"}),
    );
    assert_eq!(added.status, 200, "{added:?}");
    assert_eq!(added.json()["question"]["record"]["customer.id"], "c-1");
    let handed = step(&desk, &path, "hand_over", "lena", &json!({"to": "luis", "note": "off for today"}));
    assert_eq!((handed.status, &handed.json()["owner"]["id"], &handed.json()["handed_over"]), (200, &json!("luis"), &json!(1)));
    step(&desk, &path, "approve", "lena", &json!({})).is_problem(403, "not_the_owner");
    let approved = step(&desk, &path, "approve", "luis", &json!({"note": "of course"}));
    assert_eq!(approved.status, 200, "{approved:?}");
    let approved = approved.json();
    assert_eq!(approved["state"], "approved");
    let grant = desk.get(&format!("/v1/grants/{}", approved["grant"].as_str().unwrap()), &[]).json();
    assert_eq!((&grant["actor"]["id"], &grant["amount"], &grant["case"]), (&json!("luis"), &json!("150.00 EUR"), &case["id"]));

    let file = desk.get(&path, &[]).json();
    assert_eq!(file["grant"], approved["grant"]);
    let history = file["history"].as_array().unwrap();
    let kinds: Vec<_> = history.iter().map(|event| (event["kind"].as_str().unwrap(), event["who"]["id"].as_str().unwrap())).collect();
    assert_eq!(kinds, [("case_opened", "anna"), ("case_added", "anna"), ("case_handed_over", "lena"), ("case_approved", "luis")]);
    assert_eq!((&history[1]["note"], &history[2]["note"]), (&json!("she called again"), &json!("off for today")));
    assert!(history.iter().all(|event| event["at"].as_str().unwrap().contains('+')), "times are those of the policy: {file}");
    assert!(history.iter().all(|event| event.get("hash").is_none() && event.get("prev").is_none()));

    let closed = step(&desk, &path, "decline", "luis", &json!({"reason": "x", "offered": "y"})).is_problem(409, "case_closed");
    assert_eq!((&closed["state"], &closed["grant"]), (&json!("approved"), &approved["grant"]));
    step(&desk, &path, "add", "anna", &json!({"note": "too late"})).is_problem(409, "case_closed");
}

#[test]
fn a_case_is_declined_with_a_reason_and_something_else() {
    let desk = desk();
    let (path, _) = open(&desk, &eighty());
    let wrong = |body: &Value| {
        let problem = step(&desk, &path, "decline", "lena", body).is_problem(422, "wrong_question");
        paths(&problem).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(wrong(&json!({})), ["/reason", "/offered"]);
    assert_eq!(wrong(&json!({"reason": "", "offered": "x"})), ["/reason"]);
    step(&desk, &path, "decline", "anna", &json!({"reason": "x", "offered": "y"})).is_problem(403, "own_case");
    let declined = step(&desk, &path, "decline", "lena", &json!({"reason": "it was on time", "offered": "a voucher"}));
    assert_eq!(declined.status, 200);
    assert_eq!((&declined.json()["declined"]["reason"], &declined.json()["declined"]["offered"]), (&json!("it was on time"), &json!("a voucher")));
}

#[test]
fn several_people_approve() {
    let desk = desk();
    let body = json!({"actor": {"id": "lena", "role": "lead", "team": "berlin"}, "action": "refund", "amount": "400 EUR", "facts": {"reason": "late"}, "record": {"order.id": "o-1", "order.total": "500 EUR"}, "to": "finance"});
    let (path, case) = open(&desk, &body);
    assert_eq!((&case["kind"], &case["owner"]["id"], &case["waiting_for"]), (&json!("approve"), &json!("fritz"), &json!(["finance", "audit"])));
    step(&desk, &path, "approve", "lena", &json!({})).is_problem(403, "own_case");
    let wrong = step(&desk, &path, "hand_over", "fritz", &json!({"to": "sam"})).is_problem(403, "wrong_role");
    assert_eq!(wrong["role"], "finance");
    let signed = step(&desk, &path, "approve", "fritz", &json!({})).json();
    assert_eq!((&signed["state"], &signed["owner"]["id"], &signed["grant"]), (&json!("open"), &json!("aud"), &json!(null)));
    step(&desk, &path, "approve", "fritz", &json!({})).is_problem(403, "second_signature");
    let approved = step(&desk, &path, "approve", "aud", &json!({})).json();
    assert_eq!(approved["state"], "approved");
    let grant = desk.get(&format!("/v1/grants/{}", approved["grant"].as_str().unwrap()), &[]).json();
    assert_eq!((&grant["actor"]["id"], grant["approved_by"].as_array().unwrap().len()), (&json!("lena"), 2));
}

#[test]
fn what_cannot_become_a_case_is_refused() {
    let desk = desk();
    let alone = desk.send(CASES, &late("5 EUR"), "").is_problem(409, "nothing_to_ask");
    assert_eq!(alone["answer"]["answer"], "yes");
    let nobody = with(eighty(), &json!({"facts": {"reason": "late", "customer.known": true}, "amount": "900 EUR"}));
    let nobody = desk.send(CASES, &nobody, "").is_problem(403, "not_granted");
    assert_eq!(nobody["answer"]["answer"], "no");
    let to = |to: &str| desk.send(CASES, &with(eighty(), &json!({"to": to})), "");
    assert_eq!(paths(&to("finance").is_problem(422, "wrong_question")), ["/to"]);
    assert_eq!(paths(&to("fritz").is_problem(422, "wrong_question")), ["/to"]);
    assert_eq!(to("luis").json()["owner"]["id"], "luis");
    assert_eq!(to("lead").status, 201);
    assert_eq!(
        paths(&desk.send(CASES, &with(eighty(), &json!({"at": "2026-01-01", "amount": null})), "").is_problem(422, "wrong_question")),
        ["/at", "/amount"]
    );
    desk.post(CASES, "[").is_problem(400, "not_json");

    let pack = crate::process::folder(&[("desk.kulanz", crate::ledger::world::DESK)]);
    let deserted = Running::start(&pack.path().join("desk.kulanz"), &["--ledger", "memory:"]);
    let problem = deserted.send(CASES, &eighty(), "").is_problem(409, "nobody_has_role");
    assert_eq!(problem["role"], "lead");
}

#[test]
fn the_same_case_is_opened_once() {
    let desk = desk();
    let first = desk.send(CASES, &eighty(), "one");
    let again = desk.send(CASES, &eighty(), "one");
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(desk.get(CASES, &[]).json()["cases"].as_array().unwrap().len(), 1);
    let approve = format!("{}/approve", first.header("location").unwrap());
    let body = json!({"actor": {"id": "lena"}});
    let approved = desk.send(&approve, &body, "two");
    assert_eq!((approved.status, desk.send(&approve, &body, "two").body), (200, approved.body));
    desk.send(&approve, &body, "three").is_problem(409, "case_closed");
    desk.send(&approve, &body, "one").is_problem(409, "idempotency_key_reused");
}

#[test]
fn what_is_added_must_fit_the_policy() {
    let desk = desk();
    let (path, _) = open(&desk, &eighty());
    let wrong = |body: &Value| {
        let problem = step(&desk, &path, "add", "anna", body).is_problem(422, "wrong_question");
        paths(&problem).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(wrong(&json!({})), [""]);
    assert_eq!(wrong(&json!({"facts": {}, "record": {}})), [""]);
    assert_eq!(wrong(&json!({"facts": [], "record": {"order": {"totl": 1}}})), ["/facts"]);
    assert_eq!(wrong(&json!({"facts": {"reason": "lost"}})), ["/facts/reason"]);
    // The path is that of the caller's JSON.
    assert_eq!(wrong(&json!({"record": {"order": {"total": "1 USD"}}})), ["/record/order/total"]);
    assert_eq!(wrong(&json!({"record": {"order.total": "1 USD"}})), ["/record/order.total"]);
    assert_eq!(wrong(&json!({"record": {"order": {"total": "1 EUR"}, "order.total": "1 EUR"}})), ["/record/order.total"]);
    assert_eq!(wrong(&json!({"facts": {"order.id": "o-2"}, "record": {"order.id": "o-3"}})), ["/record/order.id"]);
    assert_eq!(wrong(&json!({"actor": {"id": "zoe"}, "note": "x"})), ["/actor/role"]);
    assert_eq!(step(&desk, &path, "add", "anna", &json!({"record": {"order": {"total": {"value": "90.00", "currency": "EUR"}}}})).status, 200);
    assert_eq!(desk.get(&path, &[]).json()["history"].as_array().unwrap().len(), 2, "what was wrong changed nothing");
    step(&desk, &path, "hand_over", "lena", &json!({"to": "nobody"})).is_problem(422, "no_such_person");

    let pack = crate::process::folder(&[("desk.kulanz", crate::ledger::world::DESK), ("people.toml", PEOPLE)]);
    let people = pack.path().join("people.toml");
    let arguments = ["--ledger", "memory:", "--trust-record=false", "--people", people.to_str().unwrap()];
    let desk = Running::start(&pack.path().join("desk.kulanz"), &arguments);
    let (path, _) = open(&desk, &late("80 EUR"));
    let problem = step(&desk, &path, "add", "anna", &json!({"record": {"order.id": "o-1"}})).is_problem(422, "wrong_question");
    assert_eq!(paths(&problem), ["/record"]);
}

#[test]
fn cases_are_found() {
    let desk = desk();
    let opened: Vec<Value> = (0..3).map(|_| open(&desk, &eighty()).1).collect();
    let owners: Vec<_> = opened.iter().map(|case| case["owner"]["id"].as_str().unwrap()).collect();
    assert_eq!(owners, ["lena", "lena", "lena"], "luis is of another team");
    let get = |query: &str| {
        let page = desk.get(&format!("{CASES}{query}"), &[]);
        assert_eq!(page.status, 200, "{query} {page:?}");
        let page = page.json();
        (page["cases"].as_array().unwrap().iter().map(|case| case["id"].clone()).collect::<Vec<_>>(), page["next"].clone())
    };
    let ids: Vec<_> = opened.iter().map(|case| case["id"].clone()).collect();
    assert_eq!(get("").0, ids);
    assert_eq!(get("?owner=lena&state=open").0, ids);
    assert_eq!(get("?owner=luis").0.len(), 0);
    let (first, next) = get("?limit=2");
    let (second, end) = get(&format!("?limit=2&cursor={}", next.as_str().unwrap()));
    assert_eq!(([first, second].concat(), end), (ids, json!(null)));
    let path = format!("{CASES}/{}", opened[0]["id"].as_str().unwrap());
    step(&desk, &path, "decline", "lena", &json!({"reason": "x", "offered": "y"}));
    assert_eq!(get("?state=declined").0.len(), 1);
    assert_eq!(get("?state=open").0.len(), 2);
    assert_eq!(get("?overdue=true").0.len(), 0, "they are due in hours");
    assert_eq!(get("?overdue=false").0.len(), 3);
    let wrong = |query: &str, path: &str| {
        let problem = desk.get(&format!("{CASES}{query}"), &[]).is_problem(422, "wrong_question");
        assert_eq!(paths(&problem), [path], "{query}");
    };
    wrong("?state=closed", "/state");
    wrong("?overdue=yes", "/overdue");
    wrong("?overdue=true&state=declined", "/overdue");
    wrong("?owner=", "/owner");
    wrong("?limit=501", "/limit");
    wrong("?cursor=a.b", "/cursor");
    for id in ["01890a5d-ac96-774b-bcce-b302099a8057", "x", "%ff"] {
        desk.get(&format!("{CASES}/{id}"), &[]).is_problem(404, "no_such_case");
        for (name, body) in [
            ("approve", json!({})),
            ("decline", json!({"reason": "x", "offered": "y"})),
            ("hand_over", json!({"to": "luis"})),
            ("add", json!({"note": "x"})),
        ] {
            step(&desk, &format!("{CASES}/{id}"), name, "lena", &body).is_problem(404, "no_such_case");
        }
    }
}

#[test]
fn somebody_who_is_late_is_found() {
    let pack = crate::process::folder(&[("desk.kulanz", &crate::ledger::world::DESK.replace("answers within 4 hours", "answers within 0 hours"))]);
    let desk = Running::with_ledger(&pack.path().join("desk.kulanz"), PEOPLE);
    let (path, late) = open(&desk, &eighty());
    let by_lena = json!({"actor": {"id": "lena", "role": "lead"}, "amount": "400 EUR", "record": {"order.id": "o-1", "order.total": "500 EUR"}, "to": "finance"});
    let (_, in_time) = open(&desk, &with(eighty(), &by_lena));
    assert_eq!((&late["owner"]["id"], &in_time["owner"]["id"]), (&json!("lena"), &json!("fritz")));
    let overdue = |query: &str| desk.get(&format!("{CASES}?overdue=true{query}"), &[]).json()["cases"].clone();
    assert_eq!(overdue(""), json!([late]));
    assert_eq!((overdue("&owner=lena"), overdue("&owner=fritz")), (json!([late]), json!([])));
    step(&desk, &path, "decline", "lena", &json!({"reason": "x", "offered": "y"}));
    assert_eq!(overdue(""), json!([]), "what is decided is late no more");
}

#[test]
fn whoever_goes_away_gives_their_cases_to_the_deputy() {
    let desk = desk();
    let (path, case) = open(&desk, &eighty());
    assert_eq!(case["owner"]["id"], "lena");
    let file = desk.folder().join("people.toml");
    std::fs::write(&file, PEOPLE.replacen("role = \"lead\"", "role = \"laed\"", 1)).unwrap();
    let failed = eventually("the broken list is told", || {
        let people = desk.get("/readyz", &[]).json()["people"].as_str().unwrap().to_owned();
        people.starts_with("failed: ").then_some(people)
    });
    assert!(failed.contains("laed") && failed.contains("did you mean `lead`?"), "{failed}");
    assert!(desk.log().contains("list of people does not check"), "{}", desk.log());
    assert_eq!(open(&desk, &eighty()).1["owner"]["id"], "lena", "the list before it is in force");

    std::fs::write(&file, PEOPLE.replace("name = \"Lena Vogt\"", "name = \"Lena Vogt\"\naway_until = 2999-12-31")).unwrap();
    eventually("the deputy has it", || (desk.get(&path, &[]).json()["owner"]["id"] == "luis").then_some(()));
    let file = desk.get(&path, &[]).json();
    assert_eq!(file["history"][1]["kind"], "case_stood_in");
    assert_eq!(desk.get("/readyz", &[]).json()["people"], "current");
    assert_eq!(open(&desk, &eighty()).1["owner"]["id"], "luis");
}
