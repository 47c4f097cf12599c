//! What webhooks are told: of what, once, and nothing that is private.

use std::sync::Arc;

use kulanz::ledger::PseudonymKey;
use kulanz::ledger::Step;
use kulanz::ledger::notice::{Happening, Subscription};
use kulanz::ledger::store::{NoticeKey, NoticeRow, Store};
use serde_json::{Value, json};

use super::on_every_store;
use super::world::{World, opened};

on_every_store!(
    bare: nobody_is_told_of_anything_where_there_are_no_webhooks,
    a_grant_and_its_reversal_are_told,
    the_life_of_a_case_is_told,
    only_what_was_asked_for_is_told,
    what_is_refused_or_repeated_is_not_told_again,
    what_is_private_is_not_told_unless_asked,
    a_case_is_overdue_once_for_each_due_time,
    a_budget_is_nearly_used_once_a_window,
    who_is_forgotten_is_forgotten_here_too,
);

pub fn hook(name: &str, events: &[Happening]) -> Subscription {
    Subscription { name: name.into(), events: events.to_vec(), private: false, nearly: 80, place: "here".into() }
}

/// A world that tells one webhook of everything.
async fn telling(store: Arc<dyn Store>, private: bool) -> World {
    let world = World::new(store).await;
    world.ledger.tell_to(&[Subscription { private, ..hook("desk", &Happening::ALL) }]).await.unwrap();
    world
}

pub async fn rows(world: &World) -> Vec<NoticeRow> {
    let mut rows = world.ledger.messages(&NoticeKey::default()).await.unwrap();
    rows.sort_by_key(|row| row.at);
    rows
}

fn body(row: &NoticeRow) -> Value {
    let body: Value = serde_json::from_str(&row.body).unwrap();
    assert_eq!(body["type"], row.kind.as_str());
    body
}

/// The kinds of all messages, in alphabetical order.
async fn kinds(world: &World) -> Vec<String> {
    let mut kinds: Vec<_> = rows(world).await.into_iter().map(|row| row.kind).collect();
    kinds.sort();
    kinds
}

async fn only(world: &World, kind: &str) -> Value {
    let found: Vec<_> = rows(world).await.into_iter().filter(|row| row.kind == kind).collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    body(&found[0])
}

const LATE: &str = "anna agent refund 40 EUR | reason=late";
const BIG: &str = "anna agent refund 150 EUR | reason=late | customer.id=wilhelmine | !order.id=o-1 | !order.total=400 EUR";

async fn nobody_is_told_of_anything_where_there_are_no_webhooks(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    world.grant(LATE).await;
    world.open(BIG).await;
    world.at("2027-01-01T10:00:00+01:00");
    world.ledger.tell_overdue(&world.office(), None).await.unwrap();
    assert_eq!(rows(&world).await, []);
}

async fn a_grant_and_its_reversal_are_told(store: Arc<dyn Store>) {
    let world = telling(store, false).await;
    let grant = world.grant(LATE).await;
    let told = only(&world, "grant.booked").await;
    assert_eq!(told["timestamp"], "2026-11-21T09:00:00Z");
    let booked = &told["data"]["grant"];
    assert_eq!((&booked["id"], &booked["amount"], &booked["actor"]["id"]), (&json!(grant.id), &json!("40.00 EUR"), &json!("anna")));
    assert_eq!(booked["answer"], json!({"answer": "yes", "because": ["small"], "charge": [{"budget": "goodwill", "amount": "40.00 EUR"}]}));
    assert_eq!(told["data"]["policy"], world.engine.policy().version);
    super::world::granted(world.try_reverse(&grant.id).await);
    let told = only(&world, "grant.reversed").await;
    assert_eq!((&told["data"]["grant"]["reversed"]["by"], &told["data"]["who"]["id"]), (&json!("lena"), &json!("lena")));
    let ids: std::collections::BTreeSet<_> = rows(&world).await.into_iter().map(|row| row.id).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.iter().all(|id| id.starts_with("msg_")), "{ids:?}");
}

async fn the_life_of_a_case_is_told(store: Arc<dyn Store>) {
    let world = telling(store, false).await;
    let case = world.open(BIG).await;
    opened(world.step(&case.id, "lena", Step::HandOver { to: "luis".into(), note: None }).await);
    let told = only(&world, "case.handed_over").await["data"].clone();
    assert_eq!((&told["how"], &told["who"]["id"], &told["case"]["owner"]["id"]), (&json!("handed_over"), &json!("lena"), &json!("luis")));
    opened(world.approve(&case.id, "luis").await);
    let told = only(&world, "case.decided").await["data"].clone();
    assert_eq!((&told["how"], &told["case"]["state"]), (&json!("approved"), &json!("approved")));
    let booked = only(&world, "grant.booked").await["data"]["grant"].clone();
    assert_eq!((&booked["case"], &told["case"]["grant"]), (&json!(case.id), &booked["id"]));
    // Nobody is told that something was added.
    assert_eq!(kinds(&world).await, ["case.decided", "case.handed_over", "case.opened", "grant.booked"]);
    let other = world.open(BIG).await;
    let add = Step::Add { facts: Vec::new(), record: Vec::new(), note: Some("she called again".into()) };
    opened(world.step(&other.id, "anna", add).await);
    let decline = Step::Decline { reason: "too late".into(), offered: "a voucher".into() };
    opened(world.step(&other.id, "lena", decline).await);
    let told: Vec<_> = rows(&world).await.iter().filter(|row| row.about == other.id).map(|row| row.kind.clone()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    // Who signs hands it on.
    let case = opened(world.try_open("lena lead refund 300 EUR | reason=late | !order.id=o-2 | !order.total=400 EUR", Some("finance")).await);
    opened(world.approve(&case.id, "fritz").await);
    let signed: Vec<_> = rows(&world).await.iter().filter(|row| row.about == case.id && row.kind == "case.handed_over").map(body).collect();
    assert_eq!((signed.len(), &signed[0]["data"]["how"], &signed[0]["data"]["case"]["owner"]["id"]), (1, &json!("signed"), &json!("aud")));
}

async fn only_what_was_asked_for_is_told(store: Arc<dyn Store>) {
    let world = World::new(Arc::clone(&store)).await;
    world.ledger.tell_to(&[hook("cases", &[Happening::CaseOpened]), hook("money", &[Happening::GrantBooked])]).await.unwrap();
    world.grant(LATE).await;
    let told: Vec<_> = rows(&world).await.into_iter().map(|row| (row.hook, row.kind)).collect();
    assert_eq!(told, [("money".to_owned(), "grant.booked".to_owned())]);
    // A ledger that is opened later knows them too.
    let other = World::new(store).await;
    other.open(BIG).await;
    assert_eq!(kinds(&world).await, ["case.opened", "grant.booked"]);
    // Who is left out is told nothing any more, and what waited for them has failed.
    assert_eq!(world.ledger.tell_to(&[hook("cases", &[Happening::CaseOpened])]).await.unwrap(), ["money"]);
    world.grant(LATE).await;
    let told: Vec<_> = rows(&world).await.into_iter().map(|row| (row.hook, row.state)).collect();
    assert_eq!(told.iter().filter(|(hook, _)| hook == "money").collect::<Vec<_>>(), [&("money".to_owned(), "failed".to_owned())]);
    assert!(told.contains(&("cases".to_owned(), "waiting".to_owned())), "{told:?}");
}

async fn what_is_refused_or_repeated_is_not_told_again(store: Arc<dyn Store>) {
    let world = telling(store, false).await;
    world.refused("anna agent refund 51 EUR | reason=late").await;
    assert_eq!(kinds(&world).await, [""; 0]);
    for _ in 0..2 {
        world.grant_as(LATE, Some("once")).await.unwrap();
    }
    assert_eq!(kinds(&world).await, ["grant.booked"]);
}

async fn what_is_private_is_not_told_unless_asked(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let open = Subscription { private: true, ..hook("open", &Happening::ALL) };
    world.ledger.tell_to(&[hook("desk", &Happening::ALL), open]).await.unwrap();
    let voucher = "anna agent voucher 20 EUR | customer.id=wilhelmine";
    let grant = world.grant(voucher).await;
    world.grant(voucher).await;
    super::world::granted(world.try_reverse(&grant.id).await);
    let case = world.open(BIG).await;
    let decline = Step::Decline { reason: "too late for her".into(), offered: "a nice voucher".into() };
    opened(world.step(&case.id, "lena", decline).await);
    let all = rows(&world).await;
    let told = |hook: &str| all.iter().filter(|row| row.hook == hook).map(|row| row.body.as_str()).collect::<Vec<_>>().join("\n");
    // `she waited two hours` is the note of the case, `a mistake` the reason of the reversal.
    for private in ["wilhelmine", "she waited two hours", "a mistake", "too late for her", "a nice voucher"] {
        assert!(!told("desk").contains(private), "{private} is in {}", told("desk"));
        assert!(told("open").contains(private), "{private} is not in {}", told("open"));
    }
    // Everybody is told of the same messages, and what is not private.
    let ids = |hook: &str| all.iter().filter(|row| row.hook == hook).map(|row| (row.id.clone(), row.kind.clone())).collect::<Vec<_>>();
    let sorted = |mut ids: Vec<_>| {
        ids.sort();
        ids
    };
    assert_eq!(sorted(ids("desk")), sorted(ids("open")));
    assert!(told("desk").contains("\"reason\":\"late\"") && told("desk").contains("o-1"), "{}", told("desk"));
}

async fn a_case_is_overdue_once_for_each_due_time(store: Arc<dyn Store>) {
    let world = telling(store, false).await;
    let case = world.open(BIG).await;
    let decided = world.open(BIG).await;
    opened(world.step(&decided.id, "lena", Step::Decline { reason: "no".into(), offered: "a voucher".into() }).await);
    let overdue = async || rows(&world).await.into_iter().filter(|row| row.kind == "case.overdue").collect::<Vec<_>>();
    let due: jiff::Timestamp = case.due.parse().unwrap();
    // At its due time it is not yet overdue.
    world.at(&due.to_string());
    world.ledger.tell_overdue(&world.office(), None).await.unwrap();
    assert_eq!(overdue().await, []);
    world.at(&due.checked_add(jiff::SignedDuration::from_millis(1)).unwrap().to_string());
    let until = world.ledger.tell_overdue(&world.office(), None).await.unwrap();
    assert_eq!(until, world.ledger.now());
    let told = overdue().await;
    assert_eq!((told.len(), &told[0].about), (1, &case.id));
    assert_eq!(body(&told[0])["data"]["case"]["due"], case.due.as_str());
    // Neither a second look tells it again, nor one after it was delivered.
    world.ledger.tell_overdue(&world.office(), None).await.unwrap();
    deliver(&world, &told[0]).await;
    world.ledger.tell_overdue(&world.office(), None).await.unwrap();
    let told = overdue().await;
    assert_eq!((told.len(), told[0].state.as_str(), told[0].body.as_str()), (1, "done", ""));
    // From where it has looked on there is nothing new.
    assert_eq!(world.ledger.tell_overdue(&world.office(), Some(until)).await.unwrap(), world.ledger.now());
    assert_eq!(overdue().await.len(), 1);
}

/// Has a message delivered.
async fn deliver(world: &World, row: &NoticeRow) {
    let taken = world.ledger.take_messages(&row.hook, jiff::SignedDuration::from_secs(60), 99).await.unwrap();
    let taken = taken.iter().find(|taken| taken.id == row.id).unwrap();
    world.ledger.note_try(taken, &kulanz::ledger::outbox::Tried::Delivered).await.unwrap();
}

async fn a_budget_is_nearly_used_once_a_window(store: Arc<dyn Store>) {
    let world = World::new(store).await;
    let full = Subscription { nearly: 100, ..hook("full", &[Happening::BudgetNearlyUsed]) };
    world.ledger.tell_to(&[hook("early", &[Happening::BudgetNearlyUsed]), full]).await.unwrap();
    let told = async |name: &str| rows(&world).await.into_iter().filter(|row| row.hook == name).collect::<Vec<_>>();
    let spend = async |euro: &str| world.grant(&format!("anna agent refund {euro} EUR | reason=late")).await;
    for _ in 0..4 {
        spend("50").await;
    }
    // 80 percent of 300 EUR are 240.
    let last = spend("39.99").await;
    assert_eq!(told("early").await, []);
    spend("0.01").await;
    let early = told("early").await;
    assert_eq!(early.len(), 1);
    let data = body(&early[0])["data"].clone();
    assert_eq!((&data["budget"], &data["per"], &data["percent"]), (&json!("goodwill"), &json!({"actor": "anna"}), &json!(80)));
    assert_eq!((&data["spent"], &data["allotment"], &data["left"]), (&json!("240.00 EUR"), &json!("300.00 EUR"), &json!("60.00 EUR")));
    assert_eq!(data["resets"], "2026-12-01");
    // What is taken back and spent again does not say it again in this month.
    super::world::granted(world.try_reverse(&last.id).await);
    spend("39.99").await;
    assert_eq!((told("early").await.len(), told("full").await.len()), (1, 0));
    spend("50").await;
    spend("10").await;
    assert_eq!((told("early").await.len(), told("full").await.len()), (1, 1));
    assert_eq!(body(&told("full").await[0])["data"]["left"], "0.00 EUR");
    world.at("2026-12-02T10:00:00+01:00");
    for _ in 0..5 {
        spend("50").await;
    }
    assert_eq!((told("early").await.len(), told("full").await.len()), (2, 1));
    // Nobody who has as much as they like has nearly used it.
    world.grant("lena lead refund 200 EUR | reason=late | !order.id=o-1 | !order.total=4000 EUR").await;
    assert_eq!(told("early").await.len(), 2);
}

async fn who_is_forgotten_is_forgotten_here_too(store: Arc<dyn Store>) {
    let world = World::with_key(store, Some(PseudonymKey::random())).await;
    world.ledger.tell_to(&[hook("desk", &Happening::ALL)]).await.unwrap();
    super::audit::a_month(&world).await;
    let before = rows(&world).await;
    assert!(before.iter().filter(|row| row.body.contains("\"anna\"")).count() > 5);
    let forgotten = world.ledger.forget("anna").await.unwrap().unwrap();
    let after = rows(&world).await;
    assert_eq!(after.len(), before.len());
    assert!(after.iter().all(|row| !row.body.contains("anna")), "{after:#?}");
    assert!(after.iter().any(|row| row.body.contains(&forgotten.alias)));
}
