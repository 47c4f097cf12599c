//! Cases, from the opening to the end.

use std::sync::Arc;

use kulanz::ledger::people::People;
use kulanz::ledger::record::{CaseKind, CaseState};
use kulanz::ledger::{Refusal, Step, Ticket, Token};

use super::on_every_store;
use super::world::{PEOPLE, World, opened};

on_every_store!(
    goes_to_one_person_with_a_due_time,
    the_owner_decides_as_themselves,
    two_people_approve,
    who_decides_may_need_further_people,
    what_is_added_counts,
    it_is_handed_over_and_declined,
    who_is_away_is_stood_in_for,
    nothing_to_ask_and_nobody_to_ask,
    what_could_not_be_done_is_tried_again,
);

const BIG: &str = "anna agent refund 150 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR | customer.id=c-1";

async fn goes_to_one_person_with_a_due_time(world: World) {
    let case = world.open(BIG).await;
    assert_eq!((case.kind, case.state, case.owner.id.as_str()), (CaseKind::Decide, CaseState::Open, "lena"));
    assert_eq!((case.opened.as_str(), case.due.as_str()), ("2026-11-21T10:00:00+01:00", "2026-11-21T14:00:00+01:00"));
    assert_eq!(case.note.as_deref(), Some("she waited two hours"));
    let (found, history) = world.ledger.find_case(&case.id).await.unwrap().unwrap();
    assert_eq!(found.question, case.question);
    assert_eq!(history.len(), 1);
    let line = &history[0].line;
    assert!(line.contains("\"kind\":\"case_opened\"") && line.contains("she waited two hours"), "{line}");
    assert!(!line.contains("c-1"), "private facts are in the log: {line}");
}

async fn the_owner_decides_as_themselves(world: World) {
    let case = world.open(BIG).await;
    assert!(matches!(world.approve(&case.id, "luis").await, Err(Refusal::NotTheOwner(owner)) if owner == "lena"));
    assert!(matches!(world.approve(&case.id, "anna").await, Err(Refusal::OwnCase)));
    let case = opened(world.approve(&case.id, "lena").await);
    assert_eq!(case.state, CaseState::Approved);
    let grant = world.ledger.find_grant(case.grant.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((grant.actor.id.as_str(), grant.actor.role.as_str(), grant.case.as_deref()), ("lena", "lead", Some(case.id.as_str())));
    assert_eq!(world.used(BIG, "order_value").await, "150");
    assert!(matches!(world.approve(&case.id, "lena").await, Err(Refusal::CaseClosed { state, .. }) if state == "approved"));
}

async fn two_people_approve(world: World) {
    let words = "lena lead refund 300 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR";
    let case = opened(world.try_open(words, Some("finance")).await);
    assert_eq!(
        (case.kind, case.owner.id.as_str(), &case.waiting_for[..]),
        (CaseKind::Approve, "fritz", &["finance".to_owned(), "audit".to_owned()][..])
    );
    assert!(matches!(world.approve(&case.id, "lena").await, Err(Refusal::OwnCase)));
    let case = opened(world.approve(&case.id, "fritz").await);
    assert_eq!((case.state, case.owner.id.as_str(), case.approved_by.len()), (CaseState::Open, "aud", 1));
    assert!(matches!(world.approve(&case.id, "fritz").await, Err(Refusal::SecondSignature(_))));
    let case = opened(world.approve(&case.id, "aud").await);
    assert_eq!(case.state, CaseState::Approved);
    let grant = world.ledger.find_grant(case.grant.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((grant.actor.id.as_str(), grant.approved_by.len()), ("lena", 2));
    assert_eq!(world.used(words, "order_value").await, "300");
}

async fn who_decides_may_need_further_people(world: World) {
    let case = world.open("anna agent refund 300 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR").await;
    assert_eq!((case.kind, case.owner.id.as_str()), (CaseKind::Decide, "lena"));
    let case = opened(world.approve(&case.id, "lena").await);
    assert_eq!((case.kind, case.state, case.owner.id.as_str()), (CaseKind::Approve, CaseState::Open, "fritz"));
    let case = opened(world.approve(&case.id, "fritz").await);
    let case = opened(world.approve(&case.id, "aud").await);
    let grant = world.ledger.find_grant(case.grant.as_deref().unwrap()).await.unwrap().unwrap();
    assert_eq!((case.proposer.id.as_str(), grant.actor.id.as_str()), ("anna", "lena"));
}

async fn what_is_added_counts(world: World) {
    let case = world.open("anna agent refund 150 EUR | reason=late | order.id=o-1 | order.total=400 EUR").await;
    // The order is not on record, so nobody can grant it yet.
    assert!(matches!(world.approve(&case.id, "lena").await, Err(Refusal::NotGranted(_))));
    let text = |name: &str, value: &str| (name.to_owned(), serde_json::Value::from(value));
    let record = vec![text("order.id", "o-1"), text("order.total", "400.00 EUR")];
    let add = Step::Add { facts: Vec::new(), record, note: Some("the shop says so".into()) };
    opened(world.step(&case.id, "anna", add).await);
    let wrong = Step::Add { facts: vec![text("reson", "late")], record: Vec::new(), note: None };
    assert!(matches!(world.step(&case.id, "anna", wrong).await, Err(Refusal::WrongQuestion(_))));
    assert_eq!(opened(world.approve(&case.id, "lena").await).state, CaseState::Approved);
}

async fn it_is_handed_over_and_declined(world: World) {
    let case = world.open(BIG).await;
    let to = |to: &str| Step::HandOver { to: to.into(), note: Some("you know her".into()) };
    assert!(matches!(world.step(&case.id, "luis", to("luis")).await, Err(Refusal::NotTheOwner(_))));
    assert!(matches!(world.step(&case.id, "lena", to("nobody")).await, Err(Refusal::NoSuchPerson(_))));
    assert!(matches!(world.step(&case.id, "lena", to("fritz")).await, Err(Refusal::WrongRole { .. })));
    assert!(matches!(world.step(&case.id, "lena", to("anna")).await, Err(Refusal::OwnCase)));
    let case = opened(world.step(&case.id, "lena", to("luis")).await);
    assert_eq!((case.owner.id.as_str(), case.handed_over), ("luis", 1));
    let decline = Step::Decline { reason: "too late".into(), offered: "a voucher of 20 EUR".into() };
    let case = opened(world.step(&case.id, "luis", decline).await);
    assert_eq!(case.state, CaseState::Declined);
    assert_eq!(case.declined.map(|declined| declined.offered), Some("a voucher of 20 EUR".into()));
    let (_, history) = world.ledger.find_case(&case.id).await.unwrap().unwrap();
    assert_eq!(history.len(), 3);
}

async fn who_is_away_is_stood_in_for(mut world: World) {
    let case = world.open(BIG).await;
    let away = PEOPLE.replacen("deputy = \"luis\"", "deputy = \"luis\"\naway_until = 2026-11-22", 1);
    world.people = Arc::new(People::parse(&away).unwrap());
    assert_eq!(world.ledger.stand_in(&world.office()).await.unwrap(), 0);
    let (found, _) = world.ledger.find_case(&case.id).await.unwrap().unwrap();
    assert_eq!((found.owner.id.as_str(), found.owner.role.as_str(), found.handed_over), ("luis", "lead", 1));
    assert_eq!(opened(world.try_open(BIG, None).await).owner.id, "luis");
}

async fn nothing_to_ask_and_nobody_to_ask(mut world: World) {
    assert!(matches!(world.try_open("anna agent refund 40 EUR | reason=late", None).await, Err(Refusal::NothingToAsk(_))));
    assert!(matches!(world.try_open("hanna head refund 5000 EUR | reason=late", None).await, Err(Refusal::NotGranted(_))));
    assert_eq!(opened(world.try_open(BIG, Some("luis")).await).owner.id, "luis");
    assert_eq!(opened(world.try_open(BIG, Some("head")).await).owner.id, "hanna");
    assert!(matches!(world.try_open(BIG, Some("fritz")).await, Err(Refusal::WrongQuestion(_))));
    world.people = Arc::new(People::default());
    assert!(matches!(world.try_open(BIG, None).await, Err(Refusal::NobodyHasRole(role)) if role == "lead"));
}

async fn what_could_not_be_done_is_tried_again(world: World) {
    let ticket = || Some(Ticket { token: Token { caller: "desk".into(), key: "k1".into() }, digest: "open".into() });
    let open = async |people: People| world.ledger.open_case(&Arc::new(people), &world.proposal(BIG), None, ticket()).await.unwrap();
    assert!(matches!(open(People::default()).await, Err(Refusal::NobodyHasRole(_))));
    let first = opened(open(People::parse(PEOPLE).unwrap()).await);
    assert_eq!(opened(open(People::default()).await).id, first.id);
}
