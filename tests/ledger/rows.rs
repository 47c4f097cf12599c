//! Every store does the same with rows.

use std::sync::Arc;
use std::time::Duration;

use kulanz::ledger::store::{
    BucketRow, CaseFilter, CaseRow, Changes, ChargeRow, EventRow, GrantFilter, GrantRow, Head, Look, Pending, Purpose, ReplyRow, Store, StoreError,
    Stretch, Token, Transaction,
};

super::on_every_store!(
    bare: what_was_written_is_read_as_it_was,
    many_rows_are_written_and_read_at_once,
    texts_of_every_kind_are_kept,
    what_changed_is_replaced,
    a_dropped_transaction_did_nothing,
    nothing_is_asked_for_nothing,
    what_is_there_already_is_a_conflict_and_nothing_of_it_is_kept,
    a_stretch_begins_with_its_first_moment_and_ends_before_its_last,
    a_sum_beyond_all_bounds_is_no_sum,
    grants_come_newest_first_and_cases_soonest_due_first,
    events_come_stream_by_stream,
    the_end_of_a_stream_moves,
    two_who_write_at_once_never_lose_a_charge,
    nobody_changes_a_locked_row,
    what_is_read_belongs_together,
    a_secret_is_kept_until_it_is_forgotten,
    old_replies_are_dropped,
    replies_and_charges_come_in_pages,
    a_closed_store_says_so,
);

fn grant(id: &str, actor: &str, at: i64) -> GrantRow {
    GrantRow { id: id.into(), actor: actor.into(), at, reversed: false, body: format!("{{\"grant\":\"{id}\"}}"), charges: "[]".into() }
}

fn case(id: &str, owner: &str, state: &str, due: i64) -> CaseRow {
    CaseRow { id: id.into(), owner: owner.into(), state: state.into(), due, body: format!("{{\"case\":\"{id}\"}}") }
}

fn bucket(id: &str, used: i64) -> BucketRow {
    BucketRow { used, ..BucketRow::empty(id) }
}

fn charge(bucket: &str, at: i64, grant: &str, amount: i64) -> ChargeRow {
    ChargeRow { bucket: bucket.into(), at, grant: grant.into(), amount }
}

fn token(key: &str) -> Token {
    Token { caller: "desk".into(), key: key.into() }
}

fn reply(key: &str, at: i64) -> ReplyRow {
    ReplyRow { token: token(key), at, digest: "d".into(), body: format!("{{\"key\":\"{key}\"}}") }
}

fn event(stream: i64, seq: i64, at: i64, about: &str) -> EventRow {
    EventRow { stream, seq, at, about: about.into(), line: format!("{{\"seq\":{seq}}}") }
}

fn head(stream: i64, seq: i64) -> Head {
    Head { stream, seq, hash: format!("hash {seq}") }
}

fn ids<const N: usize>(ids: [&str; N]) -> Vec<String> {
    ids.into_iter().map(str::to_owned).collect()
}

async fn write(store: &Arc<dyn Store>, changes: Changes) -> Result<(), StoreError> {
    let mut tx = store.begin(Purpose::Write).await?;
    tx.write(&changes).await?;
    tx.commit().await
}

/// What a transaction reads that only reads.
async fn read<T>(store: &Arc<dyn Store>, ask: impl for<'a> Fn(&'a mut dyn Transaction) -> Pending<'a, T>) -> T {
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    ask(tx.as_mut()).await.unwrap()
}

/// So many of everything.
fn of_everything(count: i64) -> Changes {
    let numbers = || (0..count).map(|number| (number, format!("n-{number:03}")));
    Changes {
        grants: numbers().map(|(at, id)| grant(&id, "anna", at)).collect(),
        charges: numbers().map(|(at, id)| charge("house", at, &id, at)).collect(),
        buckets: numbers().map(|(at, id)| bucket(&id, at)).collect(),
        cases: numbers().map(|(at, id)| case(&id, "lena", "open", at)).collect(),
        replies: numbers().map(|(at, id)| reply(&id, at)).collect(),
        events: numbers().map(|(at, id)| event(1, at + 1, at, &id)).collect(),
        heads: vec![head(1, count)],
        ..Changes::default()
    }
}

/// What a look finds once it is confirmed: what a store remembers from before may be wrong, and its commit says so.
async fn look(store: &Arc<dyn Store>, purpose: Purpose, look: &Look) -> (Vec<ReplyRow>, Vec<BucketRow>) {
    loop {
        let mut tx = store.begin(purpose).await.unwrap();
        let found = tx.look(look).await.unwrap();
        match tx.commit().await {
            Ok(()) => return found,
            Err(error) => assert!(matches!(error, StoreError::Conflict), "{error}"),
        }
    }
}

async fn check(store: &Arc<dyn Store>, expected: &Changes) {
    let all: Vec<_> = expected.grants.iter().map(|row| row.id.clone()).collect();
    let tokens: Vec<_> = expected.replies.iter().map(|row| row.token.clone()).collect();
    for purpose in [Purpose::Read, Purpose::Write] {
        let (locked, seen) = all.split_at(all.len() / 2);
        for (locked, seen) in [(locked, seen), (&[], &all), (&all, &[])] {
            let wanted = Look { tokens: tokens.clone(), locked: locked.to_vec(), seen: seen.to_vec() };
            let (mut replies, mut buckets) = look(store, purpose, &wanted).await;
            replies.sort_by(|a, b| a.token.cmp(&b.token));
            buckets.sort_by(|a, b| a.id.cmp(&b.id));
            assert_eq!((&replies, &buckets), (&expected.replies, &expected.buckets));
        }
        assert_eq!(look(store, purpose, &Look::default()).await, (Vec::new(), Vec::new()));
        let mut tx = store.begin(purpose).await.unwrap();
        let mut replies = tx.replies(&tokens).await.unwrap();
        replies.sort_by(|a, b| a.token.cmp(&b.token));
        assert_eq!(replies, expected.replies);
        assert_eq!(tx.grants(&all).await.unwrap(), expected.grants);
        assert_eq!(tx.cases(&all).await.unwrap(), expected.cases);
        assert_eq!(tx.buckets(&all).await.unwrap(), expected.buckets);
        assert_eq!(tx.peek(&all).await.unwrap(), expected.buckets);
        assert_eq!(tx.events((0, 0), 1000).await.unwrap(), expected.events);
        assert_eq!(tx.heads().await.unwrap(), expected.heads);
        let sum: i64 = expected.charges.iter().map(|row| row.amount).sum();
        assert_eq!(tx.charged("house", Stretch { from: i64::MIN, to: i64::MAX }).await.unwrap(), (sum, None));
    }
}

async fn what_was_written_is_read_as_it_was(store: Arc<dyn Store>) {
    let mut one = of_everything(1);
    one.buckets[0] = BucketRow { id: "n-000".into(), since: i64::MIN, used: i64::MAX, oldest: i64::MAX, latest: i64::MIN };
    write(&store, one.clone()).await.unwrap();
    check(&store, &one).await;
}

async fn many_rows_are_written_and_read_at_once(store: Arc<dyn Store>) {
    let mut many = of_everything(300);
    many.buckets[7] = BucketRow { id: "n-007".into(), since: i64::MIN, used: i64::MAX, oldest: i64::MAX, latest: i64::MIN };
    many.grants[7].reversed = true;
    write(&store, many.clone()).await.unwrap();
    check(&store, &many).await;
}

async fn texts_of_every_kind_are_kept(store: Arc<dyn Store>) {
    let texts = ["", "'; DROP TABLE grants; --", "\"quoted\" \\ and $1 ?1", "größe 🙂\n\t\u{7f}", "null", "17", "true", "[1]", "{\"a\":1}"];
    for count in [1, texts.len()] {
        let name = |number: usize| format!("{count} {}", texts[number]);
        let mut changes = Changes::default();
        for (number, text) in texts.iter().enumerate().take(count) {
            changes.cases.push(CaseRow { owner: (*text).into(), body: (*text).into(), ..case(&name(number), "", "open", 1) });
            changes.replies.push(ReplyRow { token: Token { caller: (*text).into(), key: name(number) }, body: (*text).into(), ..reply("", 1) });
        }
        write(&store, changes.clone()).await.unwrap();
        let mut tx = store.begin(Purpose::Read).await.unwrap();
        let tokens: Vec<_> = changes.replies.iter().map(|row| row.token.clone()).collect();
        let mut replies = tx.replies(&tokens).await.unwrap();
        let mut cases = tx.cases(&changes.cases.iter().map(|row| row.id.clone()).collect::<Vec<_>>()).await.unwrap();
        replies.sort_by(|a, b| a.token.cmp(&b.token));
        changes.replies.sort_by(|a, b| a.token.cmp(&b.token));
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        changes.cases.sort_by(|a, b| a.id.cmp(&b.id));
        assert_eq!(replies, changes.replies);
        assert_eq!(cases, changes.cases);
    }
}

async fn what_changed_is_replaced(store: Arc<dyn Store>) {
    write(&store, of_everything(3)).await.unwrap();
    for count in [1, 3] {
        let mut expected = of_everything(3);
        for row in expected.grants.iter_mut().take(count) {
            (row.reversed, row.body, row.charges) = (true, format!("{count}"), "[1]".into());
        }
        for row in expected.cases.iter_mut().take(count) {
            (row.owner, row.state, row.due, row.body) = ("otto".into(), "declined".into(), 9, format!("{count}"));
        }
        for row in expected.buckets.iter_mut().take(count) {
            (row.since, row.used, row.oldest, row.latest) = (1, -2, 3, 4);
        }
        let (released, kept) = if count == 1 { (&expected.charges[..1], &expected.charges[1..]) } else { (&expected.charges[1..], &[][..]) };
        let changes = Changes {
            changed_grants: expected.grants[..count].to_vec(),
            changed_cases: expected.cases[..count].to_vec(),
            changed_buckets: expected.buckets[..count].to_vec(),
            released: released.to_vec(),
            ..Changes::default()
        };
        expected.charges = kept.to_vec();
        // New rows and changed ones of a table go together.
        let new = Changes { grants: vec![grant(&format!("x-{count}"), "tom", 1)], buckets: vec![bucket(&format!("x-{count}"), 1)], ..changes };
        write(&store, new).await.unwrap();
        check(&store, &expected).await;
    }
}

async fn a_dropped_transaction_did_nothing(store: Arc<dyn Store>) {
    for round in 0..3 {
        let mut tx = store.begin(Purpose::Write).await.unwrap();
        tx.buckets(&ids(["a", "b"])).await.unwrap();
        tx.head().await.unwrap();
        tx.write(&of_everything(2)).await.unwrap();
        if round == 1 {
            tx.drop_replies(i64::MAX).await.unwrap();
        }
        drop(tx);
        assert_eq!(read(&store, |tx| tx.find_grants(&GrantFilter { most: 9, ..EVERY_GRANT })).await, []);
        assert_eq!(read(&store, |tx| tx.heads()).await, []);
    }
    // What it locked is free.
    write(&store, of_everything(2)).await.unwrap();
    check(&store, &of_everything(2)).await;
}

const EVERY_GRANT: GrantFilter = GrantFilter { actor: None, since: None, behind: None, most: u32::MAX };
const EVERY_CASE: CaseFilter = CaseFilter { owner: None, state: None, due_before: None, behind: None, most: u32::MAX };

async fn nothing_is_asked_for_nothing(store: Arc<dyn Store>) {
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    assert_eq!(tx.replies(&[]).await.unwrap(), []);
    assert_eq!(tx.grants(&[]).await.unwrap(), []);
    assert_eq!(tx.cases(&[]).await.unwrap(), []);
    assert_eq!(tx.buckets(&[]).await.unwrap(), []);
    assert_eq!(tx.peek(&[]).await.unwrap(), []);
    assert_eq!(tx.grants(&ids(["none"])).await.unwrap(), []);
    assert_eq!(tx.replies(&[token("none")]).await.unwrap(), []);
    assert_eq!(tx.charged("none", Stretch { from: i64::MIN, to: i64::MAX }).await.unwrap(), (0, None));
    assert_eq!(tx.open_cases().await.unwrap(), []);
    assert_eq!(tx.events_about("none").await.unwrap(), []);
    assert_eq!(tx.heads().await.unwrap(), []);
    assert_eq!(tx.seal_head().await.unwrap(), Head::empty(Head::SEALS));
    tx.write(&Changes::default()).await.unwrap();
    tx.commit().await.unwrap();
    store.begin(Purpose::Read).await.unwrap().commit().await.unwrap();
    store.ping().await.unwrap();
}

async fn what_is_there_already_is_a_conflict_and_nothing_of_it_is_kept(store: Arc<dyn Store>) {
    write(&store, of_everything(2)).await.unwrap();
    let full = of_everything(1);
    let fresh = || Changes { grants: vec![grant("new", "anna", 1)], ..Changes::default() };
    for changes in [
        Changes { grants: full.grants.clone(), ..Changes::default() },
        Changes { cases: full.cases.clone(), ..fresh() },
        Changes { buckets: full.buckets.clone(), ..fresh() },
        Changes { replies: full.replies.clone(), ..fresh() },
        Changes { events: full.events.clone(), ..fresh() },
        Changes { buckets: vec![bucket("z", 1), bucket("n-001", 1)], ..fresh() },
    ] {
        let done = write(&store, changes.clone()).await;
        assert!(matches!(done, Err(StoreError::Conflict)), "{changes:?}: {done:?}");
    }
    assert_eq!(read(&store, |tx| tx.find_grants(&EVERY_GRANT)).await.len(), 2);
    assert_eq!(read(&store, |tx| tx.bucket_ids("", 9)).await, ["n-000", "n-001"]);
    check(&store, &of_everything(2)).await;
}

async fn a_stretch_begins_with_its_first_moment_and_ends_before_its_last(store: Arc<dyn Store>) {
    let charges =
        vec![charge("a", 10, "g1", 1), charge("a", 20, "g2", 10), charge("a", 20, "g3", 100), charge("a", 30, "g4", 1000), charge("ab", 20, "g2", 5)];
    write(&store, Changes { charges, ..Changes::default() }).await.unwrap();
    for (from, to, expected) in [
        (10, 20, (1, Some(20))),
        (11, 20, (0, Some(20))),
        (10, 21, (111, Some(30))),
        (20, 30, (110, Some(30))),
        (30, 31, (1000, None)),
        (i64::MIN, i64::MAX, (1111, None)),
        (i64::MIN, 5, (0, Some(10))),
        (20, 20, (0, Some(20))),
    ] {
        let mut tx = store.begin(Purpose::Read).await.unwrap();
        assert_eq!(tx.charged("a", Stretch { from, to }).await.unwrap(), expected, "{from} to {to}");
    }
}

async fn a_sum_beyond_all_bounds_is_no_sum(store: Arc<dyn Store>) {
    let charges = vec![charge("a", 1, "g1", i64::MAX), charge("a", 2, "g2", 1)];
    write(&store, Changes { charges, ..Changes::default() }).await.unwrap();
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    assert_eq!(tx.charged("a", Stretch { from: 1, to: 2 }).await.unwrap(), (i64::MAX, Some(2)));
    let sum = tx.charged("a", Stretch { from: i64::MIN, to: i64::MAX }).await;
    assert!(matches!(sum, Err(StoreError::Broken(_))), "{sum:?}");
}

async fn grants_come_newest_first_and_cases_soonest_due_first(store: Arc<dyn Store>) {
    let grants = vec![grant("a", "anna", 5), grant("b", "tom", 5), grant("c", "anna", 5), grant("d", "anna", 1), grant("B", "anna", 5)];
    let cases = vec![case("a", "lena", "open", 5), case("b", "otto", "open", 5), case("c", "lena", "open", 5), case("d", "lena", "declined", 1)];
    write(&store, Changes { grants, cases, ..Changes::default() }).await.unwrap();
    for (filter, expected) in [
        (EVERY_GRANT, vec!["c", "b", "a", "B", "d"]),
        (GrantFilter { most: 2, ..EVERY_GRANT }, vec!["c", "b"]),
        (GrantFilter { behind: Some((5, "b".into())), ..EVERY_GRANT }, vec!["a", "B", "d"]),
        (GrantFilter { actor: Some("anna".into()), since: Some(5), ..EVERY_GRANT }, vec!["c", "a", "B"]),
        (GrantFilter { actor: Some("anna".into()), since: Some(2), behind: Some((5, "a".into())), most: 1 }, vec!["B"]),
        (GrantFilter { since: Some(6), ..EVERY_GRANT }, vec![]),
        (GrantFilter { most: 0, ..EVERY_GRANT }, vec![]),
    ] {
        let mut tx = store.begin(Purpose::Read).await.unwrap();
        let found = tx.find_grants(&filter).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected, "{filter:?}");
    }
    for (filter, expected) in [
        (EVERY_CASE, vec!["d", "a", "b", "c"]),
        (CaseFilter { most: 2, ..EVERY_CASE }, vec!["d", "a"]),
        (CaseFilter { behind: Some((5, "a".into())), ..EVERY_CASE }, vec!["b", "c"]),
        (CaseFilter { owner: Some("lena".into()), state: Some("open".into()), ..EVERY_CASE }, vec!["a", "c"]),
        (CaseFilter { due_before: Some(5), ..EVERY_CASE }, vec!["d"]),
        (
            CaseFilter { owner: Some("lena".into()), state: Some("open".into()), due_before: Some(6), behind: Some((5, "a".into())), most: 1 },
            vec!["c"],
        ),
    ] {
        let mut tx = store.begin(Purpose::Read).await.unwrap();
        let found = tx.find_cases(&filter).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected, "{filter:?}");
    }
    assert_eq!(read(&store, |tx| tx.open_cases()).await, [("lena".to_owned(), 2), ("otto".to_owned(), 1)]);
}

async fn events_come_stream_by_stream(store: Arc<dyn Store>) {
    let (first, second, third, seal) = (event(1, 1, 50, "g"), event(1, 2, 70, "h"), event(2, 1, 60, "g"), event(0, 1, 80, "seal"));
    let events = vec![third.clone(), second.clone(), seal.clone(), first.clone()];
    write(&store, Changes { events, ..Changes::default() }).await.unwrap();
    assert_eq!(read(&store, |tx| tx.events((i64::MIN, 0), 9)).await, [seal, first.clone(), second.clone(), third.clone()]);
    assert_eq!(read(&store, |tx| tx.events((1, 1), 1)).await, [second]);
    assert_eq!(read(&store, |tx| tx.events((1, 2), 9)).await, std::slice::from_ref(&third));
    assert_eq!(read(&store, |tx| tx.events((2, 1), 9)).await, []);
    assert_eq!(read(&store, |tx| tx.events_about("g")).await, [first, third]);
    write(&store, Changes { buckets: vec![bucket("b", 1), bucket("a", 1), bucket("C", 1)], ..Changes::default() }).await.unwrap();
    assert_eq!(read(&store, |tx| tx.bucket_ids("", 9)).await, ["C", "a", "b"]);
    assert_eq!(read(&store, |tx| tx.bucket_ids("C", 1)).await, ["a"]);
}

async fn the_end_of_a_stream_moves(store: Arc<dyn Store>) {
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    let empty = tx.head().await.unwrap();
    assert!(empty.stream != Head::SEALS && empty == Head::empty(empty.stream), "{empty:?}");
    tx.write(&Changes { heads: vec![head(empty.stream, 3)], ..Changes::default() }).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    assert_eq!(tx.grants(&ids(["none"])).await.unwrap(), []);
    assert_eq!(tx.head().await.unwrap(), head(empty.stream, 3));
    // The seals have a stream of their own, which is not among the others.
    assert_eq!(tx.seal_head().await.unwrap(), Head::empty(Head::SEALS));
    assert_eq!(tx.heads().await.unwrap(), [head(empty.stream, 3)]);
    tx.write(&Changes { heads: vec![head(Head::SEALS, 1)], ..Changes::default() }).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    assert_eq!(tx.seal_head().await.unwrap(), head(Head::SEALS, 1));
    assert_eq!(tx.heads().await.unwrap(), [head(empty.stream, 3)]);
    assert_eq!(tx.head().await.unwrap(), head(empty.stream, 3));
}

/// Adds one to a bucket and an event to a stream, again and again until it is done.
async fn count_up(store: &Arc<dyn Store>, who: &str, number: i64) {
    loop {
        let once = async {
            let mut tx = store.begin(Purpose::Write).await?;
            let known = tx.buckets(&ids(["house"])).await?.pop();
            let end = tx.head().await?;
            let mut changes = Changes { charges: vec![charge("house", number, who, 1)], ..Changes::default() };
            match known {
                Some(row) => changes.changed_buckets.push(BucketRow { used: row.used + 1, ..row }),
                None => changes.buckets.push(bucket("house", 1)),
            }
            changes.events.push(event(end.stream, end.seq + 1, number, who));
            changes.heads.push(head(end.stream, end.seq + 1));
            tx.write(&changes).await?;
            tx.commit().await
        };
        match once.await {
            Ok(()) => return,
            Err(StoreError::Conflict) => tokio::time::sleep(Duration::from_millis(1)).await,
            Err(other) => panic!("{other}"),
        }
    }
}

async fn two_who_write_at_once_never_lose_a_charge(store: Arc<dyn Store>) {
    let writers = (0..12).map(|who| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for number in 0..10 {
                count_up(&store, &format!("w-{who}"), number).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    assert_eq!(tx.buckets(&ids(["house"])).await.unwrap()[0].used, 120);
    assert_eq!(tx.charged("house", Stretch { from: i64::MIN, to: i64::MAX }).await.unwrap(), (120, None));
    let events = tx.events((0, 0), 1000).await.unwrap();
    assert_eq!(events.len(), 120);
    // No stream has a gap, and each ends where its last event is.
    for head in tx.heads().await.unwrap() {
        let seqs: Vec<_> = events.iter().filter(|event| event.stream == head.stream).map(|event| event.seq).collect();
        assert_eq!(seqs, (1..=head.seq).collect::<Vec<_>>());
    }
}

async fn nobody_changes_a_locked_row(store: Arc<dyn Store>) {
    write(&store, of_everything(1)).await.unwrap();
    for lock in 0..4 {
        let mut tx = store.begin(Purpose::Write).await.unwrap();
        let one = ids(["n-000"]);
        match lock {
            0 => drop(tx.grants(&one).await.unwrap()),
            1 => drop(tx.cases(&one).await.unwrap()),
            2 => drop(tx.buckets(&one).await.unwrap()),
            _ => drop(tx.seal_head().await.unwrap()),
        }
        let other = tokio::spawn({
            let (store, one) = (Arc::clone(&store), one.clone());
            async move {
                let mut tx = store.begin(Purpose::Write).await?;
                match lock {
                    0 => drop(tx.grants(&one).await?),
                    1 => drop(tx.cases(&one).await?),
                    2 => drop(tx.buckets(&one).await?),
                    _ => drop(tx.seal_head().await?),
                }
                tx.commit().await
            }
        });
        tokio::time::sleep(Duration::from_millis(100)).await;
        // It waits, or it was told to try again; it did not get through.
        assert!(!other.is_finished() || matches!(other.await.unwrap(), Err(StoreError::Conflict)), "lock {lock}");
        tx.commit().await.unwrap();
    }
}

async fn what_is_read_belongs_together(store: Arc<dyn Store>) {
    write(&store, Changes { buckets: vec![bucket("house", 0)], ..Changes::default() }).await.unwrap();
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for number in 0..50 {
                count_up(&store, "w", number).await;
            }
        }
    });
    while !writer.is_finished() {
        let mut tx = store.begin(Purpose::Read).await.unwrap();
        let used = tx.peek(&ids(["house"])).await.unwrap()[0].used;
        tokio::time::sleep(Duration::from_micros(300)).await;
        assert_eq!(tx.charged("house", Stretch { from: 0, to: 1000 }).await.unwrap().0, used);
    }
    writer.await.unwrap();
}

async fn a_secret_is_kept_until_it_is_forgotten(store: Arc<dyn Store>) {
    let race = (0..6).map(|who| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.secret("private", &format!("s-{who}")).await.unwrap() })
    });
    let mut kept = Vec::new();
    for racer in race.collect::<Vec<_>>() {
        kept.push(racer.await.unwrap());
    }
    assert!(kept.iter().all(|secret| *secret == kept[0]), "{kept:?}");
    assert_eq!(store.secret("private", "new").await.unwrap(), kept[0]);
    assert_eq!(store.secret("other", "new").await.unwrap(), "new");
    for _ in 0..2 {
        let mut tx = store.begin(Purpose::Write).await.unwrap();
        tx.forget_secret("private").await.unwrap();
        drop(tx);
        let names = ["none", "other", "private"].map(str::to_owned);
        let both = vec![("other".to_owned(), "new".to_owned()), ("private".to_owned(), kept[0].clone())];
        let mut tx = store.begin(Purpose::Write).await.unwrap();
        assert_eq!(tx.secrets(&names).await.unwrap(), both);
        assert_eq!(tx.secrets(&names[..1]).await.unwrap(), []);
    }
    for _ in 0..2 {
        let mut tx = store.begin(Purpose::Write).await.unwrap();
        tx.forget_secret("private").await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(store.secret("private", "another").await.unwrap(), "another");
    assert_eq!(store.secret("other", "another").await.unwrap(), "new");
}

async fn old_replies_are_dropped(store: Arc<dyn Store>) {
    write(&store, of_everything(3)).await.unwrap();
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    tx.drop_replies(2).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(read(&store, |tx| Box::pin(async { tx.replies(&[token("n-001"), token("n-002")]).await })).await, [reply("n-002", 2)]);
}

async fn replies_and_charges_come_in_pages(store: Arc<dyn Store>) {
    let charges: Vec<_> = [("a", 1, "x"), ("a", 1, "y"), ("a", 2, "a"), ("b", 0, "x")].map(|(id, at, grant)| charge(id, at, grant, 7)).into();
    let replies: Vec<_> = ["k-1", "k-2", "k-3"].map(|key| reply(key, 1)).into();
    write(
        &store,
        Changes { charges: charges.clone(), replies: replies.clone(), buckets: vec![bucket("a", 1), bucket("b", 2)], ..Changes::default() },
    )
    .await
    .unwrap();
    let changed = ReplyRow { body: "\"other\"".into(), ..replies[1].clone() };
    let dropped_buckets = vec!["a".to_owned(), "none".to_owned()];
    let changes = Changes { changed_replies: vec![changed.clone()], dropped_buckets, ..Changes::default() };
    write(&store, changes).await.unwrap();
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    let mut behind = (String::new(), i64::MIN, String::new());
    let mut found = Vec::new();
    while let [row] = tx.charges(&behind, 1).await.unwrap().as_slice() {
        behind = (row.bucket.clone(), row.at, row.grant.clone());
        found.push(row.clone());
    }
    assert_eq!(found, charges);
    let mut found = Vec::new();
    let mut behind = Token { caller: String::new(), key: String::new() };
    loop {
        let rows = tx.find_replies(&behind, 2).await.unwrap();
        let Some(last) = rows.last() else { break };
        behind = last.token.clone();
        found.extend(rows);
    }
    assert_eq!(found, [replies[0].clone(), changed, replies[2].clone()]);
    assert_eq!(tx.bucket_ids("", 9).await.unwrap(), ["b"]);
}

async fn a_closed_store_says_so(store: Arc<dyn Store>) {
    write(&store, of_everything(1)).await.unwrap();
    store.close().await.unwrap();
    // What is only memory is not gone.
    match store.ping().await {
        Ok(()) => check(&store, &of_everything(1)).await,
        Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
    }
    store.close().await.unwrap();
}
