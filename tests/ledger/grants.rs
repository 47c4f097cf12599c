//! Granting and taking back.

use kulanz::ledger::{Proposal, Refusal};

use super::on_every_store;
use super::world::{World, granted};

on_every_store!(
    books_what_is_granted,
    refuses_what_is_not,
    asks_for_duties,
    wants_an_amount,
    repeats_itself_once,
    takes_back_once,
    believes_only_the_record
);

async fn books_what_is_granted(world: World) {
    let grant = world.grant("anna agent refund 40 EUR | reason=late").await;
    assert_eq!((grant.action.as_str(), grant.amount.as_deref(), grant.actor.id.as_str()), ("refund", Some("40.00 EUR"), "anna"));
    assert_eq!(grant.at, "2026-11-21T10:00:00+01:00");
    assert_eq!(world.used("anna agent refund", "goodwill").await, "40");
    assert_eq!(world.used("sam senior refund", "goodwill").await, "0");
    let found = world.ledger.find_grant(&grant.id).await.unwrap().unwrap();
    assert_eq!(found.answer.get(), grant.answer.get());
    let answer: kulanz::answer::Answer = serde_json::from_str(grant.answer.get()).unwrap();
    assert_eq!(answer.charge[0].left.as_deref(), Some("260.00 EUR"));
}

async fn refuses_what_is_not(world: World) {
    assert_eq!(world.refused("anna agent refund 60 EUR | reason=late").await, "up_to 50.00 EUR");
    for _ in 0..6 {
        world.grant("anna agent refund 50 EUR | reason=late").await;
    }
    assert_eq!(world.used("anna agent refund", "goodwill").await, "300");
    assert_eq!(world.refused("anna agent refund 0.01 EUR | reason=late").await, "ask");
    world.grant("bert agent refund 50 EUR | reason=late").await;
}

async fn asks_for_duties(world: World) {
    let proposal = world.proposal("anna agent refund 40 EUR | reason=damaged");
    let refused = world.ledger.grant(&proposal, None, None).await.unwrap();
    assert!(matches!(&refused, Err(Refusal::Unconfirmed { duties, .. }) if duties == &["photo"]), "{refused:#?}");
    let proposal = Proposal { confirm: vec!["photo".into()], ..proposal };
    assert_eq!(granted(world.ledger.grant(&proposal, None, None).await.unwrap()).confirmed, ["photo"]);
}

async fn wants_an_amount(world: World) {
    let missing = |refused: &kulanz::ledger::Settled| matches!(refused, Err(Refusal::WrongQuestion(problems)) if problems[0].path == "/amount");
    let granted = world.try_grant("anna agent refund | reason=late").await;
    assert!(missing(&granted), "{granted:#?}");
    let opened = world.try_open("anna agent refund | reason=late", None).await;
    assert!(missing(&opened), "{opened:#?}");
    assert_eq!(world.used("anna agent refund", "goodwill").await, "0");
    assert_eq!(world.grant("anna agent exchange").await.amount, None);
}

async fn repeats_itself_once(world: World) {
    let words = "anna agent refund 40 EUR | reason=late";
    let first = granted(world.grant_as(words, Some("k1")).await);
    let second = granted(world.grant_as(words, Some("k1")).await);
    assert_eq!((&first.id, first.answer.get()), (&second.id, second.answer.get()));
    assert_eq!(world.used("anna agent refund", "goodwill").await, "40");
    let other = world.grant_as("anna agent refund 41 EUR | reason=late", Some("k1")).await;
    assert!(matches!(other, Err(Refusal::KeyReused)), "{other:#?}");
    // What was refused stays refused under its key.
    let big = "anna agent refund 60 EUR | reason=late";
    assert!(matches!(world.grant_as(big, Some("k2")).await, Err(Refusal::NotGranted(_))));
    assert!(matches!(world.grant_as(big, Some("k2")).await, Err(Refusal::NotGranted(_))));
    // Two at the same time are one.
    let (a, b) = tokio::join!(world.grant_as(words, Some("k3")), world.grant_as(words, Some("k3")));
    assert_eq!(granted(a).id, granted(b).id);
    assert_eq!(world.used("anna agent refund", "goodwill").await, "80");
}

async fn takes_back_once(world: World) {
    let grant = world.grant("anna agent voucher 20 EUR | customer.id=c-1").await;
    assert_eq!(world.used("anna agent voucher | customer.id=c-1", "patience").await, "1");
    world.at("2026-12-02T10:00:00+01:00");
    world.grant("anna agent refund 30 EUR | reason=late").await;
    let back = granted(world.try_reverse(&grant.id).await);
    assert_eq!(back.reversed.as_ref().map(|reversal| (reversal.by.as_str(), reversal.reason.as_str())), Some(("lena", "a mistake")));
    assert!(matches!(world.try_reverse(&grant.id).await, Err(Refusal::AlreadyReversed(_))));
    assert!(matches!(world.try_reverse("nothing").await, Err(Refusal::NoSuchGrant(_))));
    // It went back to November, not to December.
    assert_eq!(world.used("anna agent refund", "goodwill").await, "30");
    assert_eq!(world.used("anna agent voucher | customer.id=c-1", "patience").await, "0");
    world.at("2026-11-30T10:00:00+01:00");
    assert_eq!(world.used("anna agent refund", "goodwill").await, "0");
    assert!(world.ledger.find_grant(&grant.id).await.unwrap().unwrap().reversed.is_some());
}

async fn believes_only_the_record(world: World) {
    assert_eq!(world.refused("lena lead refund 150 EUR | order.id=o-1 | order.total=500 EUR | reason=late").await, "need 80.00 EUR");
    world.grant("lena lead refund 150 EUR | !order.id=o-1 | !order.total=500 EUR | reason=late").await;
}
