//! The history: that it is found sound, and broken wherever it was changed.

use kulanz::ledger::audit::{AuditError, Records, Sound, verify_export};
use kulanz::ledger::store::{BucketRow, CaseRow, Changes, ChargeRow, GrantRow, Head, Purpose};
use kulanz::ledger::{Ledger, Step};

use super::on_every_store;
use super::world::{World, opened};

on_every_store!(
    a_whole_history_is_sound,
    seals_come_where_something_moved,
    an_export_says_itself_whether_it_is_whole,
    records_agree_with_the_log,
    nothing_private_is_exported,
);

/// Grants, a reversal and cases, sealed twice.
pub async fn a_month(world: &World) {
    let words = "anna agent refund 40 EUR | reason=late | customer.id=wilhelmine";
    let first = world.grant(words).await;
    world.grant("anna agent voucher 20 EUR | customer.id=wilhelmine").await;
    let case = world.open("anna agent refund 150 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR").await;
    assert!(world.ledger.seal().await.unwrap());
    world.at("2026-12-02T10:00:00+01:00");
    world.try_reverse(&first.id).await.unwrap();
    world.grant("anna agent refund 30.50 EUR | reason=late").await;
    let text = |name: &str, value: &str| (name.to_owned(), serde_json::Value::from(value));
    for reason in ["damaged", "late", "damaged", "late"] {
        let add = Step::Add { facts: vec![text("reason", reason), text("customer.id", "wilhelmine")], record: Vec::new(), note: None };
        opened(world.step(&case.id, "anna", add).await);
    }
    let hand = Step::HandOver { to: "luis".into(), note: None };
    opened(world.step(&case.id, "lena", hand).await);
    opened(world.approve(&case.id, "luis").await);
    let case = opened(world.try_open("lena lead refund 300 EUR | reason=late | !order.id=o-2 | !order.total=400 EUR", Some("finance")).await);
    opened(world.approve(&case.id, "fritz").await);
    opened(world.approve(&case.id, "aud").await);
    let case = world.open("anna agent refund 150 EUR | reason=late | !order.id=o-3 | !order.total=400 EUR").await;
    opened(world.step(&case.id, "lena", Step::Decline { reason: "too late".into(), offered: "a voucher".into() }).await);
    assert!(world.ledger.seal().await.unwrap());
}

/// Where the history is broken.
pub async fn broken(ledger: &Ledger) -> String {
    match ledger.verify().await {
        Err(AuditError::Broken(broken)) => broken.to_string(),
        other => panic!("{other:?}"),
    }
}

async fn a_whole_history_is_sound(world: World) {
    let nothing = Sound { records: Some(Records::default()), ..Sound::default() };
    assert_eq!(world.ledger.verify().await.unwrap(), nothing);
    a_month(&world).await;
    let sound = world.ledger.verify().await.unwrap();
    assert_eq!((sound.events, sound.seals), (18, 2));
    assert_eq!(sound.records, Some(Records { grants: 5, cases: 3, buckets: 5 }));
    // A bucket whose window was looked at anew is still the sum of its charges.
    for when in ["2026-11-10T10:00:00+01:00", "2028-01-10T10:00:00+01:00"] {
        world.at(when);
        world.grant("anna agent refund 5 EUR | reason=late").await;
        world.ledger.verify().await.unwrap();
    }
}

async fn seals_come_where_something_moved(world: World) {
    assert!(!world.ledger.seal().await.unwrap());
    world.grant("anna agent refund 40 EUR | reason=late").await;
    let (a, b) = tokio::join!(world.ledger.seal(), world.ledger.seal());
    assert!(a.unwrap() != b.unwrap());
    assert!(!world.ledger.seal().await.unwrap());
    world.grant("anna agent refund 40 EUR | reason=late").await;
    assert!(world.ledger.seal().await.unwrap());
    assert_eq!(world.ledger.verify().await.unwrap().seals, 2);
}

pub async fn export(ledger: &Ledger) -> Vec<u8> {
    let mut file = Vec::new();
    ledger.export(&mut file).await.unwrap();
    file
}

/// The bytes of the line around a byte, its end with it.
fn line_of(file: &[u8], at: usize) -> std::ops::Range<usize> {
    let from = file[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    from..file[at..].iter().position(|byte| *byte == b'\n').map_or(file.len(), |end| at + end + 1)
}

fn finds(file: &[u8], what: &str) -> String {
    match verify_export(file) {
        Err(AuditError::Broken(broken)) => broken.to_string(),
        other => panic!("{what}: {other:?}"),
    }
}

async fn an_export_says_itself_whether_it_is_whole(world: World) {
    a_month(&world).await;
    let file = export(&world.ledger).await;
    let sound = verify_export(file.as_slice()).unwrap();
    assert_eq!((sound.events, sound.seals, sound.records), (18, 2, None));
    // Every byte of the first and the last line, and a sample of those between.
    let (first, last) = (line_of(&file, 0), line_of(&file, file.len() - 1));
    for at in first.chain((0..last.start).step_by(37)).chain(last) {
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 8);
        finds(&changed, &format!("byte {at}"));
    }
    for end in (0..file.len()).step_by(211).chain([file.len() - 1]) {
        finds(&file[..end], &format!("cut at {end}"));
    }
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let mut others = lines.clone();
        let taken = others.remove(at);
        finds(others.concat().as_bytes(), &format!("without line {at}"));
        others.insert(at, taken);
        others.insert(at, taken);
        finds(others.concat().as_bytes(), &format!("line {at} twice"));
        if at > 0 {
            let mut others = lines.clone();
            others.swap(at, at - 1);
            finds(others.concat().as_bytes(), &format!("line {at} before the one before"));
        }
    }
    for (from, to) in [("\n", "\r\n"), ("\n", "\n\n"), ("\n", " \n"), (",", ", "), ("\"seq\":", "\"seq\": "), ("{\"stream\"", " {\"stream\"")] {
        finds(text.replacen(from, to, 1).as_bytes(), from);
    }
    finds(format!("{text}\n").as_bytes(), "an empty line behind the end");
    finds(format!("{text}{text}").as_bytes(), "everything twice");
    assert_eq!(finds(lines[1..].concat().as_bytes(), "first"), "line 1: stream 0, event 2: event 1 is missing before it");
}

async fn write(world: &World, changes: Changes) {
    let mut tx = world.ledger.store().begin(Purpose::Write).await.unwrap();
    tx.write(&changes).await.unwrap();
    tx.commit().await.unwrap();
}

/// Writes rows, sees that the history is broken, and puts back what was there.
async fn notices(world: &World, wrong: Changes, right: Changes, says: &str) {
    // Not every record has everything that is changed.
    if wrong == right {
        return;
    }
    write(world, wrong).await;
    let said = broken(&world.ledger).await;
    assert!(said.contains(says), "{said}: not {says}");
    write(world, right).await;
    world.ledger.verify().await.unwrap();
}

async fn records_agree_with_the_log(world: World) {
    a_month(&world).await;
    let mut tx = world.ledger.store().begin(Purpose::Read).await.unwrap();
    let grants = tx.find_grants(&kulanz::ledger::store::GrantFilter { most: 9, ..Default::default() }).await.unwrap();
    let cases = tx.find_cases(&kulanz::ledger::store::CaseFilter { most: 9, ..Default::default() }).await.unwrap();
    let buckets = tx.peek(&["goodwill EUR actor=\"anna\"".to_owned()]).await.unwrap();
    let heads = tx.heads().await.unwrap();
    drop(tx);
    let grant = |row: &GrantRow| Changes { changed_grants: vec![row.clone()], ..Changes::default() };
    for row in &grants {
        let swap = |from: &str, to: &str| GrantRow { body: row.body.replacen(from, to, 1), ..row.clone() };
        let digits = |text: &str| text.replacen("amount\":", "amount\":1", 1);
        for (wrong, says) in [
            (swap("EUR", "USD"), "it is not as the log left it"),
            (swap("\"note\":null", "\"note\":\"none\""), "it is not as the log left it"),
            (swap("\"id\":", "\"id\":\"x\",\"old\":"), "its row has another id"),
            (swap("\"role\":\"", "\"role\":\"x"), "it is not as the log left it"),
            (GrantRow { body: "{}".into(), ..row.clone() }, "it is not understood"),
            (GrantRow { reversed: !row.reversed, ..row.clone() }, "do not agree whether it is reversed"),
            (GrantRow { charges: "[".into(), ..row.clone() }, "its charges are not understood"),
            (GrantRow { charges: digits(&row.charges), ..row.clone() }, "it is not as the log left it"),
        ] {
            notices(&world, grant(&wrong), grant(row), says).await;
        }
    }
    let case = |row: &CaseRow| Changes { changed_cases: vec![row.clone()], ..Changes::default() };
    for row in &cases {
        let swap = |from: &str, to: &str| CaseRow { body: row.body.replacen(from, to, 1), ..row.clone() };
        for (wrong, says) in [
            (swap("EUR", "USD"), "it is not as the log left it"),
            (swap("\"handed_over\":", "\"handed_over\":1"), "it is not as the log left it"),
            (swap("\"action\":\"refund\"", "\"action\":\"voucher\""), "it is not as the log left it"),
            (CaseRow { owner: "nobody".into(), ..row.clone() }, "its row has another owner"),
            (CaseRow { state: "lost".into(), ..row.clone() }, "its row has another state"),
            (CaseRow { due: row.due + 1, ..row.clone() }, "its row has another due time"),
        ] {
            notices(&world, case(&wrong), case(row), says).await;
        }
    }
    let row = &buckets[0];
    let bucket = |row: BucketRow| Changes { changed_buckets: vec![row], ..Changes::default() };
    for (wrong, says) in [
        (BucketRow { used: row.used + 1, ..row.clone() }, "what it says is used is not the sum of its charges"),
        (BucketRow { since: i64::MIN, ..row.clone() }, "it has charges outside of the time"),
        (BucketRow { oldest: i64::MAX, ..row.clone() }, "it has charges outside of the time"),
        (BucketRow { latest: i64::MIN, ..row.clone() }, "it has charges outside of the time"),
    ] {
        notices(&world, bucket(wrong), bucket(row.clone()), says).await;
    }
    let charge = ChargeRow { bucket: row.id.clone(), at: row.latest, grant: "nothing".into(), amount: 1 };
    let added = Changes { charges: vec![charge.clone()], ..Changes::default() };
    let removed = Changes { released: vec![charge], ..Changes::default() };
    notices(&world, added, removed, "its charges are not those of the grants").await;
    // A charge that is moved, or put to another grant, and counts as before.
    let mut tx = world.ledger.store().begin(Purpose::Read).await.unwrap();
    let kept = tx.charges(&(String::new(), i64::MIN, String::new()), 99).await.unwrap();
    drop(tx);
    assert!(!kept.is_empty());
    for right in kept {
        for wrong in [ChargeRow { at: right.at - 1, ..right.clone() }, ChargeRow { grant: "nothing".into(), ..right.clone() }] {
            let put = |charge: &ChargeRow, instead: &ChargeRow| Changes {
                charges: vec![charge.clone()],
                released: vec![instead.clone()],
                ..Changes::default()
            };
            notices(&world, put(&wrong, &right), put(&right, &wrong), "its charges are not those of the grants").await;
        }
    }
    let head = |head: Head| Changes { heads: vec![head], ..Changes::default() };
    for right in &heads {
        for (wrong, says) in [
            (Head { seq: right.seq + 1, ..right.clone() }, "it is missing; the stream ends at"),
            (Head { seq: right.seq - 1, ..right.clone() }, "the end of the stream is not kept as it is"),
            (Head { hash: right.hash.replace('a', "b"), ..right.clone() }, "the end of the stream is not kept as it is"),
        ] {
            notices(&world, head(wrong), head(right.clone()), says).await;
        }
    }
    let strange = GrantRow { id: "strange".into(), body: grants[0].body.replace(&grants[0].id, "strange"), ..grants[0].clone() };
    write(&world, Changes { grants: vec![strange], ..Changes::default() }).await;
    assert_eq!(broken(&world.ledger).await, "grant strange: the log does not know it");
}

async fn nothing_private_is_exported(world: World) {
    a_month(&world).await;
    let text = String::from_utf8(export(&world.ledger).await).unwrap();
    assert!(!text.contains("wilhelmine") && text.contains("\"private\""));
    // Where nothing else is said, people are named.
    assert!(text.contains("\"anna\""));
}
