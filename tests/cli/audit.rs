//! `kulanz audit`

use std::path::Path;
use std::sync::Arc;

use kulanz::ledger::store::Sqlite;
use kulanz::ledger::{PseudonymKey, Step};

use crate::ledger::stores::block_on;
use crate::ledger::world::{World, opened};
use crate::process::{Ended, kulanz_in};

/// A folder with a ledger in which something was done.
fn folder(key: Option<&PseudonymKey>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    block_on(async {
        let world = World::with_key(Arc::new(Sqlite::open(&folder.path().join("kulanz.db")).await.unwrap()), key.cloned()).await;
        world.grant("anna agent refund 40 EUR | reason=late").await;
        let case = world.open("anna agent refund 150 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR").await;
        opened(world.step(&case.id, "lena", Step::Decline { reason: "no".into(), offered: "a voucher".into() }).await);
        world.ledger.seal().await.unwrap();
        world.ledger.close().await.unwrap();
    });
    folder
}

fn audit(folder: &Path, arguments: &[&str]) -> Ended {
    kulanz_in(folder, &[&["audit"], arguments].concat())
}

#[test]
fn a_ledger_and_its_export_are_sound_or_broken() {
    let folder = folder(None);
    let audit = |arguments: &[&str]| audit(folder.path(), arguments);
    let sound = audit(&["verify"]).exits(0);
    assert!(sound.out.starts_with("sound: 3 events in 1 stream, 1 seal\n       1 grant, 1 case and 1 bucket agree with them\n       last seal "));
    let json = audit(&["verify", "--format", "json"]).exits(0).json();
    assert_eq!((&json["sound"], &json["history"]["events"], &json["history"]["records"]["grants"]), (&true.into(), &3.into(), &1.into()));
    let exported = audit(&["export"]).exits(0).out;
    audit(&["export", "log.jsonl"]).exits(0).prints("sound: 3 events");
    audit(&["export", "log.jsonl"]).exits(2).says("`log.jsonl` is there already");
    let path = folder.path().join("log.jsonl");
    let file = std::fs::read_to_string(&path).unwrap();
    let lines = |text: &str| text.lines().take(4).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&file), lines(&exported));
    audit(&["verify", "log.jsonl"]).exits(0).prints("sound: 3 events in 1 stream, 1 seal\n       last seal ");
    std::fs::write(&path, file.replacen("40.00 EUR", "41.00 EUR", 1)).unwrap();
    audit(&["verify", "log.jsonl"]).exits(1).says("the history is broken: line 2: stream 1, event 1: its hash is not that of its text");
    let json = audit(&["verify", "log.jsonl", "--format", "json"]).exits(1).json();
    assert_eq!((&json["sound"], &json["broken"]["stream"], &json["broken"]["seq"]), (&false.into(), &1.into(), &1.into()));
    audit(&["verify", "nothing.jsonl"]).exits(2).says("cannot read `nothing.jsonl`");
    block_on(async {
        use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
        let mut file = SqliteConnectOptions::new().filename(folder.path().join("kulanz.db")).connect().await.unwrap();
        sqlx::query("UPDATE grants SET body = replace(body, '40.00', '41.00')").execute(&mut file).await.unwrap();
    });
    audit(&["verify"]).exits(1).says("the history is broken: grant ").says("it is not as the log left it");
}

#[test]
fn a_ledger_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["verify"][..], &["export"], &["forget", "anna"]] {
        audit(folder.path(), command).exits(2).says("there is no ledger `kulanz.db`");
    }
    assert!(!folder.path().join("kulanz.db").exists());
    audit(folder.path(), &["verify", "--ledger", "nowhere"]).exits(2).says("is no ledger");
}

#[test]
fn a_person_is_forgotten_with_the_key_alone() {
    let keys = tempfile::tempdir().unwrap();
    let file = keys.path().join("key");
    let file = file.to_str().unwrap();
    audit(keys.path(), &["key", file]).exits(0).prints("keep it elsewhere");
    audit(keys.path(), &["key", file]).exits(2).says(file);
    let folder = folder(Some(&PseudonymKey::read(Path::new(file)).unwrap()));
    let audit = |arguments: &[&str]| audit(folder.path(), arguments);
    audit(&["verify"]).exits(2).says("say where their key is").says("--pseudonym-key");
    audit(&["forget", "nobody", "--pseudonym-key", file]).exits(1).says("the ledger does not know `nobody`");
    audit(&["forget", "anna", "--pseudonym-key", file]).exits(0).prints("forgotten: 1 grant, 1 case and 1 bucket name alias:");
    audit(&["verify", "--pseudonym-key", file]).exits(0).prints("sound: 4 events in 1 stream, 2 seals");
    let json = audit(&["forget", "lena", "--pseudonym-key", file, "--format", "json"]).exits(0).json();
    assert_eq!(json["forgotten"]["cases"], 1);
    assert!(!audit(&["export", "--pseudonym-key", file]).exits(0).out.contains("anna"));
    let without = self::folder(None);
    self::audit(without.path(), &["forget", "anna"]).exits(2).says("it has no pseudonyms");
}

#[test]
fn every_user_of_a_ledger_takes_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("desk.kulanz"), crate::ledger::world::DESK).unwrap();
    audit(folder.path(), &["key", "key"]).exits(0);
    std::fs::write(at("kulanz.toml"), "ledger = \"sqlite:kulanz.db\"\npseudonym_key = \"key\"").unwrap();
    let (pack, config) = (folder.path().join("desk.kulanz"), at("kulanz.toml"));
    let mut service = crate::server::running::Running::start(&pack, &["--config", &config]);
    let grant = serde_json::json!({"actor": {"id": "anna", "role": "agent"}, "action": "refund", "amount": "40 EUR", "facts": {"reason": "late"}});
    assert_eq!(service.send("/v1/grants", &grant, "k1").status, 201);
    service.signal("TERM");
    service.stopped();
    // It was sealed when the service ended; the command takes the key too, and seals what it did.
    let with_key = |arguments: &[&str]| kulanz_in(folder.path(), &[arguments, &["-p", "desk.kulanz", "--pseudonym-key", "key"]].concat());
    with_key(&["audit", "verify"]).exits(0).prints("sound: 1 event in 1 stream, 1 seal\n");
    with_key(&["grant", "refund", "10 EUR", "--as", "agent", "--actor", "anna", "reason=late"]).exits(0);
    with_key(&["budget", "anna", "--as", "agent"]).exits(0).prints("50.00");
    let ask = ["ask", "refund", "40 EUR", "--as", "agent", "--actor", "anna", "reason=late", "--ledger", "sqlite:kulanz.db"];
    with_key(&ask).exits(0).prints("210.00");
    with_key(&["options", "--as", "agent", "--actor", "anna", "reason=late", "--ledger", "sqlite:kulanz.db"]).exits(0);
    with_key(&["audit", "verify"]).exits(0).prints("sound: 2 events in 1 stream, 2 seals\n");
    assert!(!with_key(&["audit", "export"]).exits(0).out.contains("anna"));
    for without in [&ask[..], &["grant", "refund", "10 EUR", "--as", "agent", "--actor", "anna", "reason=late"]] {
        kulanz_in(folder.path(), &[without, &["-p", "desk.kulanz"]].concat()).exits(2).says("--pseudonym-key");
    }
}
