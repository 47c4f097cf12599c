//! Cases, from the opening to the end.

use std::sync::Arc;

use kulanz::ledger::people::People;
use kulanz::ledger::record::{CaseKind, CaseState};
use kulanz::ledger::store::CaseFilter;
use kulanz::ledger::{Refusal, Step, Ticket, Token};

use super::on_every_store;
use super::world::{DESK, PEOPLE, World, engine, opened};

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
    who_proposes_does_not_approve,
    what_is_added_takes_signatures_back,
    a_new_policy_asks_for_other_people,
    whoever_left_keeps_no_case,
    only_who_has_the_role_approves,
    a_step_lets_the_deputy_in,
    many_cases_are_stood_in_for,
    what_is_only_said_is_not_enough,
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
    assert!(!line.contains("\"c-1\""), "private facts are in the log: {line}");
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

const TWICE: &str = "lena lead refund 300 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR";

fn to(to: &str) -> Step {
    Step::HandOver { to: to.into(), note: None }
}

async fn history(world: &World, id: &str) -> Vec<serde_json::Value> {
    let (_, history) = world.ledger.find_case(id).await.unwrap().unwrap();
    history.iter().map(|event| serde_json::from_str(&event.line).unwrap()).collect()
}

async fn kinds(world: &World, id: &str) -> Vec<String> {
    history(world, id).await.iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

async fn who_proposes_does_not_approve(mut world: World) {
    let policy =
        DESK.replace("role finance \"Finance\"", "role finance \"Finance\"\n  above senior").replace("above lead", "above lead, finance, audit");
    world.engine = engine(&policy);
    world.people = Arc::new(People::parse(&PEOPLE.replace("\"fritz\"\nrole", "\"fritz\"\ndeputy = \"hanna\"\nrole")).unwrap());
    let case = opened(world.try_open("anna agent refund 300 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR", Some("head")).await);
    let case = opened(world.approve(&case.id, "hanna").await);
    assert_eq!((case.kind, case.owner.id.as_str()), (CaseKind::Approve, "fritz"));
    assert!(matches!(world.step(&case.id, "fritz", to("hanna")).await, Err(Refusal::OwnCase)));
    assert!(matches!(world.approve(&case.id, "hanna").await, Err(Refusal::OwnCase)));
    let away = PEOPLE.replace("\"fritz\"\nrole", "\"fritz\"\ndeputy = \"hanna\"\naway_until = 2026-11-22\nrole");
    world.people = Arc::new(People::parse(&away).unwrap());
    assert_eq!(world.ledger.stand_in(&world.office()).await.unwrap(), 1, "nobody else has the role");
    assert!(matches!(world.approve(&case.id, "hanna").await, Err(Refusal::OwnCase)));
}

async fn what_is_added_takes_signatures_back(world: World) {
    let case = opened(world.try_open(TWICE, Some("finance")).await);
    opened(world.approve(&case.id, "fritz").await);
    let note = Step::Add { facts: Vec::new(), record: Vec::new(), note: Some("she called again".into()) };
    let case = opened(world.step(&case.id, "lena", note).await);
    assert_eq!((case.owner.id.as_str(), case.approved_by.len()), ("aud", 1), "a note changes nothing");
    let fact = |reason: &str| Step::Add { facts: vec![("reason".into(), reason.into())], record: Vec::new(), note: None };
    let case = opened(world.step(&case.id, "lena", fact("late")).await);
    assert_eq!((case.owner.id.as_str(), case.approved_by.len()), ("aud", 1), "it was known before");
    let case = opened(world.step(&case.id, "lena", fact("damaged")).await);
    assert_eq!((case.owner.id.as_str(), case.approved_by.len()), ("fritz", 0));
    assert_eq!(case.waiting_for, ["finance", "audit"]);
    assert_eq!(history(&world, &case.id).await.last().unwrap()["withdrawn"], serde_json::json!(["finance"]));
    assert!(matches!(world.approve(&case.id, "aud").await, Err(Refusal::NotTheOwner(_))));
    opened(world.approve(&case.id, "fritz").await);
    assert_eq!(opened(world.approve(&case.id, "aud").await).state, CaseState::Approved);
}

async fn a_new_policy_asks_for_other_people(mut world: World) {
    let case = opened(world.try_open(TWICE, Some("finance")).await);
    opened(world.approve(&case.id, "fritz").await);
    world.engine = engine(&DESK.replace("approved by finance, audit", "approved by audit, head"));
    let case = opened(world.approve(&case.id, "aud").await);
    assert_eq!((case.state, case.owner.id.as_str(), &case.waiting_for[..]), (CaseState::Open, "hanna", &["head".to_owned()][..]));
    assert_eq!(opened(world.approve(&case.id, "hanna").await).state, CaseState::Approved);

    world.engine = engine(DESK);
    let case = opened(world.try_open(&TWICE.replace("o-1", "o-2"), Some("finance")).await);
    world.engine = engine(&DESK.replace("approved by finance, audit", "approved by finance"));
    assert_eq!(opened(world.approve(&case.id, "fritz").await).state, CaseState::Approved, "one is enough now");
}

/// The list without somebody.
fn without(id: &str) -> Arc<People> {
    let people = PEOPLE.replace("deputy = \"luis\"\n", "");
    let rest: Vec<_> = people.split("[[person]]").filter(|person| !person.contains(&format!("id = \"{id}\""))).collect();
    Arc::new(People::parse(&rest.join("[[person]]")).unwrap())
}

async fn whoever_left_keeps_no_case(mut world: World) {
    let case = world.open(BIG).await;
    world.people = Arc::new(People::default());
    assert_eq!(world.ledger.stand_in(&world.office()).await.unwrap(), 0, "nobody is known, so nobody is missed");
    world.people = without("lena");
    assert!(matches!(world.approve(&case.id, "lena").await, Err(Refusal::NotTheOwner(owner)) if owner == "luis"));
    assert_eq!(kinds(&world, &case.id).await, ["case_opened"], "what is refused changes nothing");
    assert_eq!(world.ledger.stand_in(&world.office()).await.unwrap(), 0);
    let (found, _) = world.ledger.find_case(&case.id).await.unwrap().unwrap();
    assert_eq!((found.owner.id.as_str(), found.handed_over, found.stands_in_for), ("luis", 1, None));
    assert_eq!(opened(world.approve(&case.id, "luis").await).state, CaseState::Approved);
}

async fn only_who_has_the_role_approves(mut world: World) {
    let case = world.open(BIG).await;
    world.people = Arc::new(People::parse("[[person]]\nid = \"fritz\"\nrole = \"finance\"").unwrap());
    assert!(matches!(world.approve(&case.id, "lena").await, Err(Refusal::WrongRole { needed }) if needed == "lead"), "who left");
    world.people = Arc::new(People::parse(&PEOPLE.replacen("role = \"lead\"", "role = \"agent\"", 1)).unwrap());
    assert!(matches!(world.approve(&case.id, "lena").await, Err(Refusal::WrongRole { needed }) if needed == "lead"), "who has another role now");
    world.people = Arc::new(People::parse(&PEOPLE.replacen("role = \"lead\"", "role = \"head\"", 1)).unwrap());
    assert_eq!(opened(world.approve(&case.id, "lena").await).state, CaseState::Approved);
}

async fn a_step_lets_the_deputy_in(mut world: World) {
    let (first, second, third) = (world.open(BIG).await, world.open(BIG).await, world.open(BIG).await);
    let away = PEOPLE.replacen("deputy = \"luis\"", "deputy = \"sam\"\naway_until = 2026-11-22", 1);
    world.people = Arc::new(People::parse(&away).unwrap());
    let found = world.ledger.stand_ins(&world.office(), std::slice::from_ref(&first)).await.unwrap();
    assert!(matches!(&found[..], [Some(Ok(who))] if who.id == "sam" && who.role == "lead"), "{found:?}");
    assert!(matches!(world.approve(&first.id, "lena").await, Err(Refusal::NotTheOwner(owner)) if owner == "sam"));
    assert_eq!(kinds(&world, &first.id).await, ["case_opened"]);
    // A senior agent, but in the place of a lead.
    let case = opened(world.approve(&first.id, "sam").await);
    assert_eq!((case.state, case.handed_over, case.stands_in_for.as_deref()), (CaseState::Approved, 1, Some("lena")));
    assert_eq!(kinds(&world, &first.id).await, ["case_opened", "case_stood_in", "case_approved"]);
    assert_eq!(world.used(BIG, "order_value").await, "150");
    let decline = Step::Decline { reason: "too late".into(), offered: "a voucher".into() };
    assert_eq!(opened(world.step(&second.id, "sam", decline).await).owner.id, "sam");
    let note = Step::Add { facts: Vec::new(), record: Vec::new(), note: Some("she called".into()) };
    assert_eq!(opened(world.step(&third.id, "anna", note).await).owner.id, "sam");
    let case = opened(world.step(&third.id, "sam", to("luis")).await);
    assert_eq!((case.handed_over, case.stands_in_for), (2, None));
    assert_eq!(kinds(&world, &third.id).await, ["case_opened", "case_stood_in", "case_added", "case_handed_over"]);
    // One that is opened meanwhile goes to whoever is there: nobody else of the role is in the team, but a deputy is.
    let case = world.open(BIG).await;
    assert_eq!((case.owner.id.as_str(), case.stands_in_for.as_deref()), ("sam", Some("lena")));
}

async fn many_cases_are_stood_in_for(mut world: World) {
    let mut cases = Vec::new();
    for _ in 0..205 {
        cases.push(world.open(BIG).await.id);
    }
    world.people = without("lena");
    assert_eq!(world.ledger.stand_in(&world.office()).await.unwrap(), 0);
    for id in [&cases[0], &cases[204]] {
        assert_eq!(world.ledger.find_case(id).await.unwrap().unwrap().0.owner.id, "luis");
    }
    let filter = CaseFilter { owner: Some("luis".into()), most: 300, ..CaseFilter::default() };
    assert_eq!(world.ledger.cases(&filter).await.unwrap().len(), 205);
}

async fn what_is_only_said_is_not_enough(mut world: World) {
    world.engine = engine(&DESK.replace("fact reason one of late, damaged, wrong", "fact reason one of late, damaged, wrong verified"));
    let Err(Refusal::NotGranted(answer)) = world.try_open("anna agent refund 40 EUR | reason=late", None).await else { panic!() };
    let answer: kulanz::answer::Answer = serde_json::from_str(answer.get()).unwrap();
    assert!(answer.answer == "need" && answer.need.iter().any(|need| need.fact == "reason"), "{answer:#?}");
    assert!(matches!(world.try_open("anna agent refund 40 EUR | !reason=late", None).await, Err(Refusal::NothingToAsk(_))));
}
