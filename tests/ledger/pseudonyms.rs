//! Pseudonyms, and forgetting a person.

use std::sync::Arc;

use kulanz::ledger::audit::{AuditError, verify_export};
use kulanz::ledger::store::{CaseFilter, GrantFilter, Purpose, Store};
use kulanz::ledger::{Ledger, LedgerError, PseudonymKey, Setup, Token};

use super::audit::{a_month, broken, export};
use super::on_every_store;
use super::world::World;

on_every_store!(
    bare: no_person_is_in_the_log,
    a_person_is_forgotten,
    a_ledger_keeps_its_key,
    a_server_notices_that_another_forgot,
    forgetting_while_others_book_breaks_nothing,
    replies_forget_too,
    a_newcomer_does_not_break_a_history,
    who_is_shown_is_not_learned,
    equal_values_of_two_facts_are_not_alike,
);

const PEOPLE: [&str; 5] = ["anna", "lena", "luis", "fritz", "\"aud\""];

async fn world(store: &Arc<dyn Store>, key: &PseudonymKey) -> World {
    World::with_key(Arc::clone(store), Some(key.clone())).await
}

async fn no_person_is_in_the_log(store: Arc<dyn Store>) {
    let world = world(&store, &PseudonymKey::random()).await;
    a_month(&world).await;
    world.ledger.verify().await.unwrap();
    let text = String::from_utf8(export(&world.ledger).await).unwrap();
    for person in PEOPLE.into_iter().chain(["wilhelmine"]) {
        assert!(!text.contains(person), "{person} is in\n{text}");
    }
    // It is always the same alias, and people who work here are called by their names again.
    let case = &world.ledger.cases(&CaseFilter { owner: Some("luis".into()), most: 9, ..CaseFilter::default() }).await.unwrap()[0];
    let (_, history) = world.ledger.find_case(&case.id).await.unwrap().unwrap();
    let events = world.ledger.legible(&world.people, history).await.unwrap();
    let events: Vec<serde_json::Value> = events.iter().map(|event| serde_json::from_str(&event.line).unwrap()).collect();
    let last = events.last().unwrap();
    assert_eq!((&last["kind"], &last["who"]["id"], &last["owner"]["id"]), (&"case_approved".into(), &"luis".into(), &"luis".into()));
    assert!(events.iter().all(|event| !event.to_string().contains("alias:")), "{events:#?}");
}

async fn a_person_is_forgotten(store: Arc<dyn Store>) {
    let key = PseudonymKey::random();
    let world = world(&store, &key).await;
    a_month(&world).await;
    assert_eq!(world.ledger.forget("nobody").await.unwrap(), None);
    let before = export(&world.ledger).await;
    let forgotten = world.ledger.forget("anna").await.unwrap().unwrap();
    assert_eq!((forgotten.grants, forgotten.cases, forgotten.buckets), (3, 2, 1));
    assert!(String::from_utf8(before).unwrap().contains(&forgotten.alias));
    world.ledger.verify().await.unwrap();
    verify_export(export(&world.ledger).await.as_slice()).unwrap();
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    let grants = tx.find_grants(&GrantFilter { most: 99, ..GrantFilter::default() }).await.unwrap();
    let cases = tx.find_cases(&CaseFilter { most: 99, ..CaseFilter::default() }).await.unwrap();
    let buckets = tx.bucket_ids("", 99).await.unwrap();
    let renamed = format!("goodwill EUR actor={:?}", forgotten.alias);
    assert_eq!(tx.peek(std::slice::from_ref(&renamed)).await.unwrap()[0].used, 3050);
    drop(tx);
    for rows in [format!("{grants:?}"), format!("{cases:?}"), format!("{buckets:?}")] {
        assert!(!rows.contains("anna"), "{rows}");
    }
    // Whoever comes by that id later is somebody else.
    world.grant("anna agent refund 30 EUR | reason=late").await;
    assert_eq!(world.used("anna agent refund", "goodwill").await, "30");
    let again = world.ledger.forget("anna").await.unwrap().unwrap();
    assert_ne!(again.alias, forgotten.alias);
    // What is forgotten can be taken back, and cannot be changed.
    super::world::granted(world.try_reverse(&grants[0].id).await);
    world.ledger.verify().await.unwrap();
    let mut tx = store.begin(Purpose::Write).await.unwrap();
    let named = grants.iter().find(|row| row.actor == forgotten.alias).unwrap();
    let row = tx.grants(std::slice::from_ref(&named.id)).await.unwrap().pop().unwrap();
    let body = row.body.replace(&forgotten.alias, "alias:00000000000000000000000000000000");
    assert_ne!(body, row.body);
    let changes = kulanz::ledger::store::Changes {
        changed_grants: vec![kulanz::ledger::store::GrantRow { body, ..row }],
        ..kulanz::ledger::store::Changes::default()
    };
    tx.write(&changes).await.unwrap();
    tx.commit().await.unwrap();
    assert!(broken(&world.ledger).await.contains("its row has another actor"));
}

/// Two servers on one store.
async fn a_server_notices_that_another_forgot(store: Arc<dyn Store>) {
    let key = PseudonymKey::random();
    let (one, other) = (world(&store, &key).await, world(&store, &key).await);
    let words = "anna agent refund 10 EUR | reason=late";
    let first = one.grant(words).await;
    let forgotten = other.ledger.forget("anna").await.unwrap().unwrap();
    one.grant(words).await;
    other.ledger.verify().await.unwrap();
    assert_eq!(one.used("anna agent refund", "goodwill").await, "10");
    super::world::granted(one.try_reverse(&first.id).await);
    let again = other.ledger.forget("anna").await.unwrap().unwrap();
    assert_ne!(forgotten.alias, again.alias);
    assert_eq!((again.grants, again.buckets), (1, 1));
    one.ledger.verify().await.unwrap();
}

async fn forgetting_while_others_book_breaks_nothing(store: Arc<dyn Store>) {
    let key = PseudonymKey::random();
    let (one, other) = (world(&store, &key).await, world(&store, &key).await);
    let words = "anna agent refund 1 EUR | reason=late";
    one.grant(words).await;
    let booked = async {
        let mut ids = Vec::new();
        for at in 0..40 {
            let grant = one.grant(words).await;
            ids.push(grant.id.clone());
            if at % 5 == 4 {
                super::world::granted(one.try_reverse(&ids[at - 2]).await);
            }
        }
    };
    let forgotten = async {
        for _ in 0..5 {
            other.ledger.forget("anna").await.unwrap();
            other.ledger.verify().await.unwrap();
        }
    };
    tokio::join!(booked, forgotten);
    other.ledger.forget("anna").await.unwrap();
    assert_eq!(other.ledger.forget("anna").await.unwrap(), None);
    one.ledger.verify().await.unwrap();
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    let grants = tx.find_grants(&GrantFilter { most: 99, ..GrantFilter::default() }).await.unwrap();
    assert_eq!(grants.len(), 41);
    let buckets = tx.bucket_ids("", 99).await.unwrap();
    assert!(!format!("{grants:?}{buckets:?}").contains("anna"));
    drop(tx);
    // Whatever is taken back gives back all that it took.
    for grant in grants.iter().filter(|grant| !grant.reversed) {
        super::world::granted(one.try_reverse(&grant.id).await);
    }
    one.ledger.verify().await.unwrap();
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    assert_eq!(tx.charges(&(String::new(), i64::MIN, String::new()), 99).await.unwrap(), []);
    assert!(tx.peek(&buckets).await.unwrap().iter().all(|bucket| bucket.used == 0));
}

async fn replies_forget_too(store: Arc<dyn Store>) {
    let world = world(&store, &PseudonymKey::random()).await;
    let words = "anna agent refund 10 EUR | reason=late";
    let first = super::world::granted(world.grant_as(words, Some("k-1")).await);
    super::world::granted(world.grant_as("luis lead refund 10 EUR | reason=late", Some("k-2")).await);
    let forgotten = world.ledger.forget("anna").await.unwrap().unwrap();
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    let replies = tx.find_replies(&Token { caller: String::new(), key: String::new() }, 9).await.unwrap();
    drop(tx);
    assert_eq!(replies.len(), 2);
    assert!(!format!("{replies:?}").contains("\\\"anna\\\""), "{replies:?}");
    assert!(replies[1].body.contains("luis"));
    // It is still known that it was done.
    let again = super::world::granted(world.grant_as(words, Some("k-1")).await);
    assert_eq!((again.id, again.actor.id), (first.id, forgotten.alias));
}

async fn a_newcomer_does_not_break_a_history(store: Arc<dyn Store>) {
    let key = PseudonymKey::random();
    let (one, other) = (world(&store, &key).await, world(&store, &key).await);
    let verified = async {
        for _ in 0..12 {
            other.ledger.verify().await.unwrap();
        }
    };
    let booked = async {
        for at in 0..60 {
            one.grant(&format!("person-{at} agent refund 1 EUR | reason=late")).await;
        }
    };
    tokio::join!(verified, booked);
    other.ledger.verify().await.unwrap();
}

async fn who_is_shown_is_not_learned(store: Arc<dyn Store>) {
    let world = world(&store, &PseudonymKey::random()).await;
    let case = world.open("anna agent refund 150 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR").await;
    let (_, history) = world.ledger.find_case(&case.id).await.unwrap().unwrap();
    let events = world.ledger.legible(&world.people, history).await.unwrap();
    assert!(events[0].line.contains("\"anna\""));
    assert!(world.people.find("fritz").is_some());
    assert_eq!(world.ledger.forget("fritz").await.unwrap(), None);
}

async fn equal_values_of_two_facts_are_not_alike(store: Arc<dyn Store>) {
    let mut world = World::new(Arc::clone(&store)).await;
    let fact = "fact customer.id text private";
    let desk = super::world::DESK.replacen(fact, &format!("{fact}\nfact customer.phone text private"), 1);
    world.engine = super::world::engine(&desk);
    for _ in 0..2 {
        world.grant("anna agent refund 10 EUR | reason=late | customer.id=17 | customer.phone=17").await;
    }
    let mut tx = store.begin(Purpose::Read).await.unwrap();
    let events = tx.events((1, 0), 9).await.unwrap();
    let facts = |at: usize| serde_json::from_str::<serde_json::Value>(&events[at].line).unwrap()["question"]["facts"].clone();
    assert!(facts(0)["customer.id"]["private"].is_string());
    assert_ne!(facts(0)["customer.id"], facts(0)["customer.phone"]);
    assert_eq!(facts(0), facts(1));
}

async fn a_ledger_keeps_its_key(store: Arc<dyn Store>) {
    let key = PseudonymKey::random();
    let open = async |key: Option<&PseudonymKey>| Ledger::new(Arc::clone(&store), &Setup { pseudonyms: key.cloned(), ..Setup::default() }).await;
    open(Some(&key)).await.unwrap();
    open(Some(&key)).await.unwrap();
    for wrong in [None, Some(&PseudonymKey::random())] {
        assert!(matches!(open(wrong).await, Err(LedgerError::Pseudonyms(_))));
    }
}

#[test]
fn a_ledger_without_a_key_forgets_nobody() {
    super::stores::memory(|store| async {
        let ledger = Ledger::new(Arc::clone(&store), &Setup::default()).await.unwrap();
        assert!(matches!(ledger.forget("anna").await, Err(AuditError::Ledger(LedgerError::Pseudonyms(_)))));
        let setup = Setup { pseudonyms: Some(PseudonymKey::random()), ..Setup::default() };
        assert!(matches!(Ledger::new(store, &setup).await, Err(LedgerError::Pseudonyms(_))));
    });
}

#[test]
fn a_key_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let key = PseudonymKey::random();
    key.write(&path).unwrap();
    assert!(PseudonymKey::read(&path).unwrap() == key);
    assert!(key.write(&path).is_err(), "a key is not written over another");
    assert!(!format!("{key:?}").contains(std::fs::read_to_string(&path).unwrap().trim()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for mode in [0o640, 0o604, 0o622] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert!(PseudonymKey::read(&path).unwrap_err().to_string().contains("chmod 600"));
        }
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    std::fs::write(&path, "secret").unwrap();
    assert!(PseudonymKey::read(&path).unwrap_err().to_string().contains("holds no key"));
}
