//! Messages that wait: taken by one at a time, never lost, never delivered twice without need.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kulanz::ledger::notice::Happening;
use kulanz::ledger::outbox::Tried;
use kulanz::ledger::store::{Changes, HookRow, NoticeKey, NoticeRow, Purpose, Store, StoreError};

use super::notices::{hook, rows};
use super::on_every_store;
use super::world::World;

on_every_store!(
    bare: rows_are_written_once_changed_and_dropped,
    what_is_due_comes_soonest_first,
    a_dropped_transaction_tells_nobody,
    what_is_taken_is_not_taken_again_until_its_time_is_over,
    several_who_take_at_once_take_different_messages,
    a_late_result_does_not_count,
    a_message_that_failed_is_kept_and_tried_again_when_asked,
    who_is_gone_is_told_nothing_until_asked,
    a_webhook_that_moved_is_told_again,
);

fn row(hook: &str, id: &str, due: i64) -> NoticeRow {
    let state = NoticeRow::WAITING.to_owned();
    let (kind, about, body) = ("grant.booked".into(), "g".into(), format!("{{\"text\":\"größe '{id}'\"}}"));
    NoticeRow { hook: hook.into(), id: id.into(), kind, about, at: due, due, tries: 0, state, last: String::new(), body }
}

async fn write(store: &Arc<dyn Store>, changes: Changes) -> Result<(), StoreError> {
    let mut tx = store.begin(Purpose::Write).await?;
    tx.write(&changes).await?;
    tx.commit().await
}

async fn all(store: &Arc<dyn Store>) -> Vec<NoticeRow> {
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    tx.find_notices(&NoticeKey::default(), 1000).await.unwrap()
}

async fn rows_are_written_once_changed_and_dropped(store: Arc<dyn Store>) {
    for count in [1_i64, 40] {
        let new: Vec<_> = (0..count).map(|at| row(&format!("h-{count}"), &format!("m-{at:02}"), at)).collect();
        write(&store, Changes { notices: new.clone(), ..Changes::default() }).await.unwrap();
        let mine = async || all(&store).await.into_iter().filter(|row| row.hook == new[0].hook).collect::<Vec<_>>();
        assert_eq!(mine().await, new);
        // What is there already stays as it is.
        let again = new.iter().map(|row| NoticeRow { body: "other".into(), tries: 9, ..row.clone() }).collect();
        write(&store, Changes { notices: again, ..Changes::default() }).await.unwrap();
        assert_eq!(mine().await, new);
        let change = |row: &NoticeRow| NoticeRow { due: 7, tries: 3, state: "failed".into(), last: "why".into(), body: "b".into(), ..row.clone() };
        let changed: Vec<_> = new.iter().map(change).collect();
        write(&store, Changes { changed_notices: changed.clone(), ..Changes::default() }).await.unwrap();
        assert_eq!(mine().await, changed);
        let mut tx = store.begin(Purpose::Write).await.unwrap();
        assert_eq!(tx.notice(&changed[0].key()).await.unwrap(), Some(changed[0].clone()));
        assert_eq!(tx.notice(&(new[0].hook.clone(), "none".into())).await.unwrap(), None);
        drop(tx);
        let dropped_notices = changed[1..].iter().map(NoticeRow::key).collect();
        write(&store, Changes { dropped_notices, ..Changes::default() }).await.unwrap();
        assert_eq!(mine().await, changed[..1]);
        // Failures are dropped by their age, and nothing else is.
        for (before, left) in [(0, 1), (1, 0)] {
            let mut tx = store.begin(Purpose::Write).await.unwrap();
            tx.drop_failed_notices(before).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(mine().await.len(), left);
        }
        let hooks: Vec<_> = (0..count).map(|at| HookRow { name: format!("h-{at:02}"), setup: "{}".into(), off: 0 }).collect();
        write(&store, Changes { hooks: hooks.clone(), ..Changes::default() }).await.unwrap();
        let off = HookRow { off: 5, setup: "[]".into(), ..hooks[0].clone() };
        write(&store, Changes { hooks: vec![off.clone()], ..Changes::default() }).await.unwrap();
        let known = async || store.begin(Purpose::Read).await.unwrap().hooks().await.unwrap();
        assert_eq!(known().await.first(), Some(&off));
        let dropped_hooks = hooks.iter().map(|hook| hook.name.clone()).collect();
        write(&store, Changes { dropped_hooks, ..Changes::default() }).await.unwrap();
        assert_eq!(known().await, []);
    }
}

async fn what_is_due_comes_soonest_first(store: Arc<dyn Store>) {
    let notices =
        vec![row("a", "3", 3), row("a", "1", 1), row("b", "0", 0), row("a", "2", 2), NoticeRow { state: "failed".into(), ..row("a", "4", 0) }];
    write(&store, Changes { notices, ..Changes::default() }).await.unwrap();
    for purpose in [Purpose::Read, Purpose::Write] {
        let mut tx = store.begin(purpose).await.unwrap();
        let mut due =
            async |before: i64, most: u32| tx.due_notices("a", before, most).await.unwrap().into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(due(3, 9).await, ["1", "2"]);
        assert_eq!(due(4, 2).await, ["1", "2"]);
        assert_eq!(due(1, 9).await, [""; 0]);
        assert_eq!(due(9, 9).await, ["1", "2", "3"]);
    }
}

async fn a_dropped_transaction_tells_nobody(store: Arc<dyn Store>) {
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    tx.write(&Changes { notices: vec![row("a", "1", 1)], ..Changes::default() }).await.unwrap();
    drop(tx);
    assert_eq!(all(&store).await, []);
}

/// A world with so many messages to `desk`.
async fn world(store: &Arc<dyn Store>, messages: usize) -> World {
    let world = World::new(Arc::clone(store)).await;
    world.ledger.tell_to(&[hook("desk", &[Happening::GrantBooked])]).await.unwrap();
    for _ in 0..messages {
        world.grant("anna agent refund 1 EUR | reason=late").await;
    }
    world
}

const LEASE: SignedDuration = SignedDuration::from_secs(60);

async fn take(world: &World, most: u32) -> Vec<NoticeRow> {
    world.ledger.take_messages("desk", LEASE, most).await.unwrap()
}

fn later(world: &World, seconds: i64) -> Timestamp {
    world.ledger.now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

async fn what_is_taken_is_not_taken_again_until_its_time_is_over(store: Arc<dyn Store>) {
    let world = world(&store, 3).await;
    assert_eq!(take(&world, 2).await.len(), 2);
    let third = take(&world, 9).await;
    assert_eq!((third.len(), third[0].tries), (1, 1));
    assert_eq!(take(&world, 9).await, []);
    assert_eq!(world.ledger.take_messages("other", LEASE, 9).await.unwrap(), []);
    world.ledger.note_try(&third[0], &Tried::Delivered).await.unwrap();
    // Whoever took the two is gone.
    world.at(&later(&world, 59).to_string());
    assert_eq!(take(&world, 9).await, []);
    world.at(&later(&world, 1).to_string());
    let again = take(&world, 9).await;
    assert_eq!(again.iter().map(|row| row.tries).collect::<Vec<_>>(), [2, 2]);
    for row in &again {
        world.ledger.note_try(row, &Tried::Delivered).await.unwrap();
    }
    assert_eq!(rows(&world).await, []);
}

async fn several_who_take_at_once_take_different_messages(store: Arc<dyn Store>) {
    let world = Arc::new(world(&store, 30).await);
    let takers: Vec<_> = (0..6)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    match world.ledger.take_messages("desk", LEASE, 3).await {
                        Ok(taken) if taken.is_empty() => return mine,
                        Ok(taken) => mine.extend(taken.into_iter().map(|row| row.id)),
                        Err(error) => assert!(error.to_string().contains("somebody else"), "{error}"),
                    }
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for taker in takers {
        all.extend(taker.await.unwrap());
    }
    // Whoever meets others may find nothing for the moment.
    all.extend(take(&world, 99).await.into_iter().map(|row| row.id));
    assert_eq!(all.len(), 30);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>().len(), 30);
}

async fn a_late_result_does_not_count(store: Arc<dyn Store>) {
    let world = world(&store, 1).await;
    let first = take(&world, 1).await.remove(0);
    world.at(&later(&world, 61).to_string());
    let second = take(&world, 1).await.remove(0);
    for late in [Tried::Failed("slow".into()), Tried::Delivered, Tried::Again(Timestamp::MAX, "slow".into())] {
        world.ledger.note_try(&first, &late).await.unwrap();
        assert_eq!(rows(&world).await, std::slice::from_ref(&second));
    }
    world.ledger.note_try(&second, &Tried::Delivered).await.unwrap();
    world.ledger.note_try(&first, &Tried::Failed("slow".into())).await.unwrap();
    assert_eq!(rows(&world).await, []);
}

async fn a_message_that_failed_is_kept_and_tried_again_when_asked(store: Arc<dyn Store>) {
    let world = world(&store, 2).await;
    let taken = take(&world, 9).await;
    world.ledger.note_try(&taken[0], &Tried::Again(later(&world, 5), "500".into())).await.unwrap();
    world.ledger.note_try(&taken[1], &Tried::Failed("404".into())).await.unwrap();
    world.at(&later(&world, 5).to_string());
    let again = take(&world, 9).await;
    assert_eq!((again.len(), &again[0].id, again[0].tries, again[0].last.as_str()), (1, &taken[0].id, 2, "500"));
    assert_eq!(world.ledger.retry_messages(|row| row.id == "none").await.unwrap(), 0);
    assert_eq!(world.ledger.retry_messages(|row| row.id == taken[1].id).await.unwrap(), 1);
    assert_eq!(world.ledger.retry_messages(|_| true).await.unwrap(), 0);
    let retried = take(&world, 9).await;
    assert_eq!((retried.len(), &retried[0].id, retried[0].tries), (1, &taken[1].id, 1));
    // Failures are kept for a while.
    world.ledger.note_try(&retried[0], &Tried::Failed("404".into())).await.unwrap();
    world.ledger.drop_failed_messages("2026-11-21T09:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(rows(&world).await.len(), 2);
    world.ledger.drop_failed_messages(later(&world, 1)).await.unwrap();
    assert_eq!(rows(&world).await.iter().map(|row| &row.id).collect::<Vec<_>>(), [&taken[0].id]);
}

async fn who_is_gone_is_told_nothing_until_asked(store: Arc<dyn Store>) {
    let world = world(&store, 1).await;
    let other = World::new(Arc::clone(&store)).await;
    let taken = take(&world, 1).await.remove(0);
    world.ledger.note_try(&taken, &Tried::Gone("410 Gone".into())).await.unwrap();
    assert!(!world.ledger.is_told("desk"));
    world.grant("anna agent refund 1 EUR | reason=late").await;
    let kept = rows(&world).await;
    assert_eq!((kept.len(), kept[0].state.as_str()), (1, "failed"));
    // Another server learns of it, and a start with the same configuration changes nothing.
    assert!(other.ledger.is_told("desk"));
    other.ledger.tell_to(&[hook("desk", &[Happening::GrantBooked])]).await.unwrap();
    assert!(!other.ledger.is_told("desk"));
    assert_eq!(other.ledger.turn_on(&["another".into()]).await.unwrap(), [""; 0]);
    assert_eq!(other.ledger.turn_on(&[]).await.unwrap(), ["desk"]);
    world.ledger.look_who_is_told().await.unwrap();
    world.grant("anna agent refund 1 EUR | reason=late").await;
    assert_eq!(rows(&world).await.len(), 2);
}

async fn a_webhook_that_moved_is_told_again(store: Arc<dyn Store>) {
    let world = world(&store, 1).await;
    let taken = take(&world, 1).await.remove(0);
    world.ledger.note_try(&taken, &Tried::Gone("410 Gone".into())).await.unwrap();
    let moved = kulanz::ledger::notice::Subscription { place: "elsewhere".into(), ..hook("desk", &[Happening::GrantBooked]) };
    world.ledger.tell_to(&[moved]).await.unwrap();
    assert!(world.ledger.is_told("desk"));
}
