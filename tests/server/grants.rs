//! Grants: decided and booked in one, once, and taken back.

use serde_json::{Value, json};

use super::running::Running;
use crate::ledger::world::PEOPLE;
use crate::process::folder;

/// The desk with a ledger in memory.
pub fn desk() -> Running {
    let pack = folder(&[("desk.kulanz", crate::ledger::world::DESK)]);
    Running::with_ledger(&pack.path().join("desk.kulanz"), PEOPLE)
}

/// Anna asks for a refund because it came late.
pub fn late(amount: &str) -> Value {
    json!({"actor": {"id": "anna", "role": "agent", "team": "berlin"}, "action": "refund", "amount": amount, "facts": {"reason": "late"}})
}

/// With further members.
pub fn with(mut body: Value, more: &Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The paths of a wrong question.
#[track_caller]
pub fn paths(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap_or_else(|| panic!("{problem}")).iter().map(|error| error["path"].as_str().unwrap()).collect()
}

const GRANTS: &str = "/v1/grants";

#[test]
fn a_day_from_the_question_to_the_reversal() {
    let desk = desk();
    let asked = desk.post("/v1/ask", late("50 EUR").to_string()).json();
    assert_eq!((&asked["answer"], &asked["charge"][0]["left"]), (&json!("yes"), &json!("250.00 EUR")));

    let reply = desk.send(GRANTS, &with(late("50 EUR"), &json!({"note": "an hour late", "case": "T-9"})), "k-1");
    assert_eq!(reply.status, 201, "{reply:?}");
    let grant = reply.json();
    let path = format!("{GRANTS}/{}", grant["id"].as_str().unwrap());
    assert_eq!(reply.header("location"), Some(path.as_str()));
    assert_eq!(grant["actor"], json!({"id": "anna", "role": "agent", "team": "berlin"}));
    let told = ["action", "amount", "note", "case", "reversed", "confirmed"].map(|field| grant[field].clone());
    assert_eq!(told, [json!("refund"), json!("50.00 EUR"), json!("an hour late"), json!("T-9"), json!(null), json!([])]);
    assert_eq!((&grant["answer"]["answer"], &grant["answer"]["charge"][0]["left"]), (&json!("yes"), &json!("250.00 EUR")));
    assert_eq!(desk.get(&path, &[]).json(), grant);

    // What is spent is seen by every kind of question.
    assert_eq!(desk.post("/v1/ask", late("50 EUR").to_string()).json()["charge"][0]["left"], "200.00 EUR");
    let batch = json!({"questions": [late("50 EUR"), {"actor": 1}, late("10 EUR")]}).to_string();
    let batch = desk.post("/v1/ask/batch", batch).json();
    let left = |at: usize| batch["answers"][at]["charge"][0]["left"].clone();
    assert_eq!((left(0), &batch["answers"][1]["code"], left(2)), (json!("200.00 EUR"), &json!("wrong_question"), json!("240.00 EUR")));
    for at in 2..=5 {
        assert_eq!(desk.send(GRANTS, &late("50 EUR"), &format!("k-{at}")).status, 201);
    }
    assert_eq!(desk.send(GRANTS, &late("30 EUR"), "k-6").status, 201);
    let options = json!({"actor": late("1 EUR")["actor"], "facts": {"reason": "late"}});
    assert_eq!(desk.post("/v1/options", options.to_string()).json()["options"][0]["limit"], "20.00 EUR");
    let refused = desk.send(GRANTS, &late("20.01 EUR"), "k-7").is_problem(403, "not_granted");
    assert_eq!((&refused["answer"]["answer"], &refused["answer"]["limit"]), (&json!("up_to"), &json!("20.00 EUR")));

    let reversal = json!({"actor": {"id": "lena"}, "reason": "it was not late"});
    let reversed = desk.send(&format!("{path}/reverse"), &reversal, "");
    assert_eq!(reversed.status, 200, "{reversed:?}");
    let reversed = reversed.json();
    assert_eq!((&reversed["reversed"]["by"], &reversed["reversed"]["reason"]), (&json!("lena"), &json!("it was not late")));
    assert_eq!(desk.get(&path, &[]).json(), reversed, "it stays in the record");
    desk.send(&format!("{path}/reverse"), &reversal, "").is_problem(409, "already_reversed");
    assert_eq!(desk.send(GRANTS, &late("50 EUR"), "k-8").status, 201, "the budget has it back");
}

#[test]
fn a_repetition_gets_the_first_response() {
    let desk = desk();
    let first = desk.send(GRANTS, &late("50 EUR"), "one");
    // Other blanks, another order of members.
    let again = r#"{"facts":{"reason":"late"},   "amount":"50 EUR","action":"refund","actor":{"team":"berlin","role":"agent","id":"anna"}}"#;
    let again = desk.post_as(GRANTS, again, &[("content-type", "application/json"), ("idempotency-key", "one")]);
    assert_eq!((again.status, &again.body, again.header("location")), (201, &first.body, first.header("location")));
    assert_eq!(desk.post("/v1/ask", late("50 EUR").to_string()).json()["charge"][0]["left"], "200.00 EUR", "it was booked once");

    desk.send(GRANTS, &late("49 EUR"), "one").is_problem(409, "idempotency_key_reused");
    let reverse = format!("{}/reverse", first.header("location").unwrap());
    let reversal = json!({"actor": {"id": "lena"}, "reason": "x"});
    desk.send(&reverse, &reversal, "one").is_problem(409, "idempotency_key_reused");
    assert_eq!(desk.send(&reverse, &reversal, "two").status, 200);
    assert_eq!(desk.send(&reverse, &reversal, "two").status, 200, "a reversal is repeated likewise");
    desk.send(&reverse, &reversal, "three").is_problem(409, "already_reversed");
    desk.send("/v1/cases", &late("80 EUR"), "one").is_problem(409, "idempotency_key_reused");
    // A wrong question is not carried out, so that its key is still free.
    desk.send(GRANTS, &late("5 USD"), "four").is_problem(422, "wrong_question");
    assert_eq!(desk.send(GRANTS, &late("5 EUR"), "four").status, 201);
    // What the policy refused once is refused to a repetition, whatever happened meanwhile.
    let refused = desk.send(GRANTS, &late("51 EUR"), "five");
    refused.is_problem(403, "not_granted");
    assert_eq!(desk.send(GRANTS, &late("51 EUR"), "five").body, refused.body);
}

#[test]
fn a_repetition_gets_the_first_response_also_under_another_policy() {
    let pack = folder(&[("desk.kulanz", crate::ledger::world::DESK)]);
    let desk = Running::with_ledger(&pack.path().join("desk.kulanz"), PEOPLE);
    let first = desk.send(GRANTS, &late("50 EUR"), "one");
    assert_eq!(first.status, 201);
    let renamed = crate::ledger::world::DESK.replace("refund", "money_back");
    std::fs::write(pack.path().join("desk.kulanz"), renamed).unwrap();
    super::running::eventually("the policy changes", || (desk.post("/v1/ask", late("50 EUR").to_string()).status == 422).then_some(()));
    let again = desk.send(GRANTS, &late("50 EUR"), "one");
    assert_eq!((again.status, again.body), (201, first.body));
    desk.send(GRANTS, &late("50 EUR"), "two").is_problem(422, "wrong_question");
    desk.send(GRANTS, &late("49 EUR"), "one").is_problem(409, "idempotency_key_reused");
}

#[test]
fn two_with_the_same_key_at_once_are_one() {
    let desk = desk();
    let replies: Vec<_> = std::thread::scope(|scope| {
        let one = |_| scope.spawn(|| desk.send(GRANTS, &late("50 EUR"), "same"));
        let threads: Vec<_> = (0..8).map(one).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.body == replies[0].body), "{replies:?}");
    assert_eq!(desk.get(GRANTS, &[]).json()["grants"].as_array().unwrap().len(), 1);
}

#[test]
fn a_key_must_be_there_and_be_one() {
    let desk = desk();
    desk.send(GRANTS, &late("5 EUR"), "").is_problem(400, "idempotency_key_missing");
    desk.send(GRANTS, &late("5 EUR"), &"k".repeat(256)).is_problem(400, "idempotency_key_wrong");
    desk.send(GRANTS, &late("5 EUR"), "two words").is_problem(400, "idempotency_key_wrong");
    let empty = [("content-type", "application/json"), ("idempotency-key", "")];
    desk.post_as(GRANTS, late("5 EUR").to_string(), &empty).is_problem(400, "idempotency_key_wrong");
    let twice = [("content-type", "application/json"), ("idempotency-key", "a"), ("idempotency-key", "b")];
    desk.post_as(GRANTS, late("5 EUR").to_string(), &twice).is_problem(400, "idempotency_key_wrong");
    assert_eq!(desk.send(GRANTS, &late("5 EUR"), &"k".repeat(255)).status, 201);
}

#[test]
fn what_is_wrong_with_a_grant_is_said_at_once() {
    let desk = desk();
    let wrong = |body: &Value| desk.send(GRANTS, body, "wrong").is_problem(422, "wrong_question");
    let body = json!({"actor": {"role": "agnt"}, "action": "refund", "at": "2026-01-01", "spent": {"goodwill": 1}, "confirm": ["foto"], "colour": 1});
    let problem = wrong(&body);
    let all = paths(&problem);
    for path in ["/at", "/spent", "/actor/role", "/confirm/0", "/colour"] {
        assert!(all.contains(&path), "{path} is not in {problem}");
    }
    assert_eq!(paths(&wrong(&json!({"actor": {"role": "agent"}, "action": "refund"}))), ["/actor/id", "/amount"]);
    assert_eq!(paths(&wrong(&with(late("5 EUR"), &json!({"actor": {"role": "agent", "id": " "}})))), ["/actor/id"]);
    assert_eq!(paths(&wrong(&with(late("5 EUR"), &json!({"actor": {"role": "agent", "id": "a\u{0}b"}})))), ["/actor/id"]);
    assert_eq!(paths(&wrong(&with(late("5 EUR"), &json!({"actor": {"role": "agent", "id": "a".repeat(256)}})))), ["/actor/id"]);
    assert_eq!(paths(&wrong(&with(late("5 EUR"), &json!({"note": ""})))), ["/note"]);
    assert_eq!(paths(&wrong(&with(late("5 EUR"), &json!({"at": "2026-11-22T10:00:00Z"})))), ["/at"]);
    assert_eq!(desk.send(GRANTS, &with(late("5 EUR"), &json!({"at": null})), "right").status, 201);
    // An action without a measure takes no amount.
    let exchange = json!({"actor": {"id": "anna", "role": "agent"}, "action": "exchange"});
    let exchange = desk.send(GRANTS, &exchange, "exchange");
    assert_eq!((exchange.status, &exchange.json()["amount"]), (201, &json!(null)));

    desk.post_as(GRANTS, "{", &[("content-type", "application/json"), ("idempotency-key", "k")]).is_problem(400, "not_json");
    desk.post_as(GRANTS, "{}", &[("content-type", "text/plain"), ("idempotency-key", "k")]).is_problem(415, "unsupported_media_type");
    let long = " ".repeat((1 << 20) + 1);
    desk.post_as(GRANTS, long, &[("content-type", "application/json"), ("idempotency-key", "k")]).is_problem(413, "too_large");
    desk.post_as("/v1/grants/x", "{}", &[]).is_problem(405, "method_not_allowed");
}

#[test]
fn an_alias_of_the_log_is_nobody() {
    let alias = json!({"actor": {"id": "alias:0123456789abcdef0123456789abcdef", "role": "agent"}});
    let problem = desk().send(GRANTS, &with(late("5 EUR"), &alias), "one").is_problem(422, "wrong_question");
    assert_eq!(paths(&problem), ["/actor/id"]);
}

#[test]
fn duties_are_confirmed_first() {
    let desk = desk();
    let damaged = with(late("20 EUR"), &json!({"facts": {"reason": "damaged"}}));
    let problem = desk.send(GRANTS, &damaged, "one").is_problem(409, "unconfirmed");
    assert_eq!((&problem["duties"], &problem["answer"]["answer"]), (&json!(["photo"]), &json!("yes")));
    let grant = desk.send(GRANTS, &with(damaged, &json!({"confirm": ["photo", "photo"]})), "two");
    assert_eq!((grant.status, &grant.json()["confirmed"]), (201, &json!(["photo"])));
}

#[test]
fn what_is_only_said_is_not_enough() {
    let desk = desk();
    let said = json!({"actor": {"id": "lena", "role": "lead"}, "action": "refund", "amount": "100 EUR", "facts": {"reason": "late", "order": {"id": "o-1", "total": "120 EUR"}}});
    assert_eq!(desk.post("/v1/ask", said.to_string()).json()["answer"], "yes");
    let refused = desk.send(GRANTS, &said, "one").is_problem(403, "not_granted");
    assert_eq!(refused["answer"]["answer"], "need");
    let mut record = said.clone();
    record["record"] = json!({"order.id": "o-1", "order.total": "120 EUR"});
    assert_eq!(desk.send(GRANTS, &record, "two").status, 201);

    let distrusting = Running::start(&crate::process::root().join(crate::process::COUNTER), &["--ledger", "memory:", "--trust-record=false"]);
    let body = with(late("5 EUR"), &json!({"record": {"order.total": "120 EUR"}}));
    assert_eq!(paths(&distrusting.send(GRANTS, &body, "one").is_problem(422, "wrong_question")), ["/record"]);
}

#[test]
fn grants_are_found_page_by_page() {
    let desk = desk();
    let mut ids: Vec<String> =
        (0..5).map(|at| desk.send(GRANTS, &late("1 EUR"), &format!("k-{at}")).json()["id"].as_str().unwrap().to_owned()).collect();
    let other = json!({"actor": {"id": "sam & co", "role": "senior"}, "action": "refund", "amount": "1 EUR", "facts": {"reason": "late"}});
    let other = desk.send(GRANTS, &other, "other").json()["id"].as_str().unwrap().to_owned();
    ids.reverse();
    let get = |query: &str| {
        let page = desk.get(&format!("{GRANTS}{query}"), &[]);
        assert_eq!(page.status, 200, "{query} {page:?}");
        let page = page.json();
        let ids: Vec<_> = page["grants"].as_array().unwrap().iter().map(|grant| grant["id"].as_str().unwrap().to_owned()).collect();
        (ids, page["next"].as_str().map(str::to_owned))
    };
    assert_eq!(get("?actor=anna"), (ids.clone(), None));
    assert_eq!(get("?actor=sam%20%26+co"), (vec![other], None));
    assert_eq!(get("").0.len(), 6);
    assert_eq!(get("?actor=nobody"), (vec![], None));
    let (first, next) = get("?actor=anna&limit=2");
    let (second, last) = get(&format!("?actor=anna&limit=2&cursor={}", next.unwrap()));
    let (third, end) = get(&format!("?actor=anna&limit=2&cursor={}", last.unwrap()));
    assert_eq!(([first, second, third].concat(), end), (ids.clone(), None));
    assert_eq!(get("?actor=anna&limit=5"), (ids.clone(), None), "a page that is just full has none behind it");
    assert_eq!(get("?actor=anna&since=2026-01-01").0, ids);
    assert_eq!(get("?since=2999-01-01").0.len(), 0);
    assert_eq!(get("?since=2999-01-01T10:00:00%2B01:00").0.len(), 0);

    let wrong = |query: &str, path: &str| {
        let problem = desk.get(&format!("{GRANTS}{query}"), &[]).is_problem(422, "wrong_question");
        assert_eq!(paths(&problem), [path], "{query}");
    };
    for limit in ["0", "501", "-1", "x", ""] {
        wrong(&format!("?limit={limit}"), "/limit");
    }
    get("?limit=500");
    wrong("?since=yesterday", "/since");
    wrong("?since=2026-02-30", "/since");
    wrong("?actor=", "/actor");
    wrong("?actor=a%00b", "/actor");
    wrong("?cursor=1", "/cursor");
    wrong("?cursor=1.x", "/cursor");
    wrong("?colour=red", "/colour");
    wrong("?actor=a&actor=b", "/actor");
}

#[test]
fn a_grant_that_is_not_there_is_not_found() {
    let desk = desk();
    let reversal = json!({"actor": {"id": "lena"}, "reason": "x"});
    for id in ["01890a5d-ac96-774b-bcce-b302099a8057", "x", "%ff", "a%00b"] {
        desk.get(&format!("{GRANTS}/{id}"), &[]).is_problem(404, "no_such_grant");
        desk.send(&format!("{GRANTS}/{id}/reverse"), &reversal, "").is_problem(404, "no_such_grant");
    }
}

#[test]
fn a_reversal_says_who_and_why() {
    let desk = desk();
    let path = desk.send(GRANTS, &late("5 EUR"), "k").header("location").unwrap().to_owned() + "/reverse";
    let wrong = |body: &Value| desk.send(&path, body, "").is_problem(422, "wrong_question");
    assert_eq!(paths(&wrong(&json!({}))), ["/actor", "/reason"]);
    assert_eq!(paths(&wrong(&json!({"actor": {"id": "lena"}, "reason": " "}))), ["/reason"]);
    assert_eq!(paths(&wrong(&json!({"actor": {}, "reason": "x"}))), ["/actor/id"]);
    assert_eq!(paths(&wrong(&json!({"actor": {"id": "lena"}, "reason": "x", "note": "y"}))), ["/note"]);
    // The list of people says who somebody is; of others the body does.
    assert_eq!(paths(&wrong(&json!({"actor": {"id": "lena", "role": "head"}, "reason": "x"}))), ["/actor/role"]);
    assert_eq!(paths(&wrong(&json!({"actor": {"id": "lena", "team": "bonn"}, "reason": "x"}))), ["/actor/team"]);
    assert_eq!(paths(&wrong(&json!({"actor": {"id": "zoe"}, "reason": "x"}))), ["/actor/role"]);
    assert_eq!(paths(&wrong(&json!({"actor": {"id": "zoe", "role": "laed"}, "reason": "x"}))), ["/actor/role"]);
    let reversed = desk.send(&path, &json!({"actor": {"id": "zoe", "role": "lead"}, "reason": "x"}), "");
    assert_eq!((reversed.status, &reversed.json()["reversed"]["by"]), (200, &json!("zoe")));
}

#[test]
fn who_grants_is_held_against_the_list_of_people() {
    let desk = desk();
    let with_actor = |actor: Value| with(late("5 EUR"), &json!({"actor": actor}));
    let wrong = |desk: &Running, actor: Value| {
        let problem = desk.send(GRANTS, &with_actor(actor.clone()), "k").is_problem(422, "wrong_question");
        assert_eq!(paths(&desk.send("/v1/cases", &with_actor(actor), "").is_problem(422, "wrong_question")), paths(&problem));
        paths(&problem).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(wrong(&desk, json!({"id": "anna", "role": "lead"})), ["/actor/role"]);
    assert_eq!(wrong(&desk, json!({"id": "anna", "role": "senior", "team": "bonn"})), ["/actor/role", "/actor/team"]);
    assert_eq!(wrong(&desk, json!({"id": "anna ", "role": "agent"})), ["/actor/id"]);
    let granted = desk.send(GRANTS, &with_actor(json!({"id": "anna", "role": "agent"})), "k");
    assert_eq!((granted.status, &granted.json()["actor"]["team"]), (201, &json!("berlin")), "the team comes from the list");
    assert_eq!(desk.send(GRANTS, &with_actor(json!({"id": "zoe", "role": "senior"})), "l").status, 201);

    let pack = crate::process::folder(&[("desk.kulanz", crate::ledger::world::DESK), ("people.toml", PEOPLE)]);
    let desk = Running::start(&pack.path().join("desk.kulanz"), &["--ledger", "memory:", "--trust-record=false"]);
    assert_eq!(wrong(&desk, json!({"id": "zoe", "role": "senior"})), ["/actor/id"], "a caller who is not believed makes up nobody");
    assert_eq!(desk.send(GRANTS, &with_actor(json!({"id": "anna", "role": "agent"})), "k").status, 201);
}
