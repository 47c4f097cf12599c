//! `kulanz grant`, `reverse`, `budget` and `case`, on a ledger in a file.

use std::path::Path;
use std::sync::Arc;

use kulanz::ledger::store::Sqlite;
use serde_json::Value;

use crate::ledger::world::{DESK, PEOPLE, World};
use crate::process::{Ended, command, end, folder};

/// A folder with a pack, people and a ledger.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let record = r#"{"order": {"id": "o-1", "total": "400 EUR"}}"#;
        Self { folder: folder(&[("policies/desk.kulanz", DESK), ("people.toml", PEOPLE), ("o-1.json", record)]) }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// `grant refund "40 EUR" --actor anna`, words in quotes being one.
    fn run(&self, line: &str) -> Ended {
        end(command().current_dir(self.path()).args(crate::docs::words(line)))
    }

    fn json(&self, line: &str) -> Value {
        self.run(&format!("{line} --format json")).exits(0).json()
    }

    /// The id of a case over 150 EUR that anna opened; lena owns it.
    fn case(&self) -> String {
        let case = self.json("case open refund '150 EUR' --actor anna --record o-1.json reason=late --note 'she waited'");
        assert_eq!((case["owner"]["id"].as_str(), case["state"].as_str()), (Some("lena"), Some("open")));
        id(&case)
    }

    /// What is spent of a budget of somebody.
    fn spent(&self, who: &str, budget: &str) -> String {
        let month = self.json(&format!("budget {who}"));
        let found = month["budgets"].as_array().unwrap().iter().find(|state| state["budget"] == budget).unwrap();
        found["spent"].as_str().unwrap().to_owned()
    }
}

fn id(record: &Value) -> String {
    record["id"].as_str().unwrap().to_owned()
}

fn end_of(id: &str) -> &str {
    &id[id.len() - 6..]
}

fn error(ended: &Ended) -> String {
    let json: Value = serde_json::from_str(&ended.err).unwrap_or_else(|error| panic!("{error} in {ended:#?}"));
    json["error"]["code"].as_str().unwrap().to_owned()
}

#[test]
fn a_grant_is_booked_and_its_status_is_the_answer() {
    let shop = Shop::new();
    shop.run("grant refund 40 EUR --actor anna reason=late")
        .exits(0)
        .prints("GRANTED — 40.00 EUR (Money back)")
        .prints("260.00 EUR of 300.00 EUR left");
    assert_eq!(shop.spent("anna", "goodwill"), "40.00 EUR");
    shop.run("grant refund 80 EUR --actor anna reason=late")
        .exits(10)
        .prints("UP TO 50.00 EUR")
        .prints("kulanz grant refund '50.00 EUR' reason=late --actor anna\n");
    shop.run("grant refund 300 EUR --actor anna --record o-1.json reason=late").exits(10);
    shop.run("grant refund 40 EUR --as finance --actor fritz --record o-1.json reason=late").exits(11).prints("ASK");
    // Two gestures a customer.
    let voucher = "grant voucher 5 EUR --actor anna customer.id=c-1";
    let _ = (shop.json(voucher), shop.json(voucher));
    shop.run(voucher).exits(12).prints("NO");
    shop.run("grant refund 40 EUR --actor anna").exits(13).prints("NEED");
    assert_eq!(shop.spent("anna", "goodwill"), "50.00 EUR");
    let refused = shop.run("grant refund 80 EUR --actor anna reason=late --format json").exits(10).json();
    assert_eq!((refused["answer"].as_str(), refused["limit"].as_str()), (Some("up_to"), Some("50.00 EUR")));
}

#[test]
fn duties_are_confirmed_first() {
    let shop = Shop::new();
    let ended = shop.run("grant refund 40 EUR --actor anna reason=damaged").exits(3).says("`--confirm photo`").says("A photo is on the ticket");
    assert!(ended.out.is_empty());
    assert_eq!(error(&shop.run("grant refund 40 EUR --actor anna reason=damaged --format json").exits(3)), "unconfirmed");
    shop.run("grant refund 40 EUR --actor anna reason=damaged --confirm foto").exits(2).says("unknown duty `foto`");
    assert_eq!(shop.spent("anna", "goodwill"), "0.00 EUR");
    shop.run("grant refund 40 EUR --actor anna reason=damaged --confirm photo --note 'the box was open'").exits(0).prints("the box was open");
}

#[test]
fn a_key_books_once() {
    let shop = Shop::new();
    let grant = |amount: &str| shop.run(&format!("grant refund '{amount}' --actor anna reason=late --key k-1 --format json"));
    let first = grant("40 EUR").exits(0).json();
    assert_eq!(grant("40 EUR").exits(0).json()["id"], first["id"]);
    assert_eq!(error(&grant("30 EUR").exits(1)), "idempotency_key_reused");
    assert_eq!(shop.spent("anna", "goodwill"), "40.00 EUR");
    let long = "k".repeat(256);
    shop.run(&format!("grant refund 40 EUR --actor anna reason=late --key {long}")).exits(2).says("KEY");
}

#[test]
fn old_replies_are_dropped() {
    use kulanz::ledger::store::{Changes, Purpose, ReplyRow, Sqlite, Store, Token};
    let shop = Shop::new();
    shop.run("grant refund '40 EUR' --actor anna reason=late --key k-1").exits(0);
    let replies = |change: Changes| {
        crate::ledger::stores::block_on(async {
            let store = Sqlite::open(&shop.path().join("kulanz.db")).await.unwrap();
            let mut tx = store.begin(Purpose::Write).await.unwrap();
            tx.write(&change).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = store.begin(Purpose::Read).await.unwrap();
            let found = tx.find_replies(&Token { caller: String::new(), key: String::new() }, 9).await.unwrap();
            drop(tx);
            store.close().await.unwrap();
            found.into_iter().map(|row| row.token.key).collect::<Vec<_>>()
        })
    };
    let token = Token { caller: "command line".into(), key: "old".into() };
    let old = ReplyRow { token, at: 0, digest: String::new(), body: "{}".into() };
    assert_eq!(replies(Changes { replies: vec![old], ..Changes::default() }), ["k-1", "old"]);
    shop.run("grant refund '4 EUR' --actor anna reason=late").exits(0);
    assert_eq!(replies(Changes::default()), ["k-1"]);
}

#[test]
fn an_alias_of_the_log_is_nobody() {
    let shop = Shop::new();
    shop.run("grant refund 30 EUR --as agent --actor alias:0123456789abcdef0123456789abcdef reason=late").exits(2).says("is nobody's id");
}

#[test]
fn who_it_is_comes_from_the_list_of_people() {
    let shop = Shop::new();
    shop.run("grant refund 40 EUR reason=late").exits(2).says("--actor");
    shop.run("grant refund 40 EUR --actor ana reason=late").exits(2).says("did you mean `anna`?");
    shop.run("grant refund 40 EUR --actor zoe reason=late").exits(2).says("--as ROLE");
    let grant = shop.json("grant refund 40 EUR --actor zoe --as agent --team bonn reason=late");
    assert_eq!(grant["actor"], serde_json::json!({"id": "zoe", "role": "agent", "team": "bonn"}));
    assert_eq!(shop.json("grant refund 40 EUR --actor anna reason=late")["actor"]["team"], "berlin");
    shop.run("budget zoe --as agnt").exits(2).says("did you mean `agent`?");
    shop.run("budget").exits(2).says("kulanz budget anna");
    shop.run("budget anna --people nobody.toml").exits(2).says("nobody.toml");
    std::fs::write(shop.path().join("wrong.toml"), "[[person]]\nid = \"anna\"\nrole = \"agent\"\ndeputy = \"ann\"\n").unwrap();
    shop.run("budget anna --people wrong.toml").exits(2).says("did you mean `anna`?").says("check --people");
    // Beside the pack, wherever the command runs.
    let elsewhere = folder(&[]);
    let pack = shop.path().join("policies");
    end(command().current_dir(elsewhere.path()).args(["budget", "anna", "-p", pack.to_str().unwrap()])).exits(0).prints("anna (Agent, berlin)");
}

#[test]
fn a_grant_is_taken_back_once() {
    let shop = Shop::new();
    let grant = id(&shop.json("grant refund 40 EUR --actor anna reason=late"));
    shop.run(&format!("reverse {} --actor lena", end_of(&grant))).exits(2).says("--reason");
    shop.run(&format!("reverse {} --actor lena --reason ' '", end_of(&grant))).exits(2).says("reason: the text is empty");
    shop.run(&format!("reverse {} --actor lena --reason 'a mistake'", end_of(&grant))).exits(0).prints("TAKEN BACK — 40.00 EUR").prints("a mistake");
    assert_eq!(shop.spent("anna", "goodwill"), "0.00 EUR");
    let again = shop.run(&format!("reverse {grant} --actor lena --reason 'a mistake' --format json")).exits(1);
    assert_eq!(error(&again), "already_reversed");
    shop.run("budget anna").exits(0).prints("taken back: a mistake");
}

#[test]
fn ids_are_shortened_to_what_is_unique() {
    let shop = Shop::new();
    let grant = id(&shop.json("grant refund 40 EUR --actor anna reason=late"));
    let reverse = |id: &str| shop.run(&format!("reverse {id} --actor lena --reason x"));
    reverse(&grant[grant.len() - 5..]).exits(2).says("at least 6 characters");
    reverse("no-such-id").exits(2).says("is no id");
    let other = if grant.ends_with("000000") { "000001" } else { "000000" };
    reverse(other).exits(2).says(&format!("there is no grant `{other}`"));
    assert_eq!(error(&shop.run("reverse 019ab12c-3456-7890-abcd-ef0123456789 --actor lena --reason x --format json").exits(2)), "no_such_grant");
    reverse(&grant.to_uppercase()[grant.len() - 8..]).exits(0);
}

#[test]
fn a_month_at_a_glance() {
    let shop = Shop::new();
    shop.run("budget anna")
        .exits(0)
        .prints("Monthly allotment  ░░░░░░░░░░░░░░░░░░░░  0.00 EUR of 300.00 EUR spent")
        .prints("Nothing granted this month.");
    for _ in 0..3 {
        shop.json("grant refund 50 EUR --actor anna reason=late");
    }
    let ended =
        shop.run("budget anna").exits(0).prints("██████████░░░░░░░░░░  150.00 EUR of 300.00 EUR spent, 150.00 EUR left").prints("Granted this month");
    assert_eq!(ended.out.matches("50.00 EUR (Money back)").count(), 3);
    shop.run("budget anna --lang de").exits(2).says("it speaks en");
    let month = shop.json("budget anna");
    assert_eq!((month["actor"]["id"].as_str(), month["grants"].as_array().map(Vec::len)), (Some("anna"), Some(3)));
    shop.run("budget lena").exits(0).prints("recorded only");
}

#[test]
fn ask_and_options_see_what_is_left() {
    let shop = Shop::new();
    for _ in 0..5 {
        shop.json("grant refund 50 EUR --actor anna reason=late");
    }
    shop.json("grant refund 30 EUR --actor anna reason=late");
    let limit = |line: &str| shop.run(line).json()["limit"].clone();
    let asked = "ask refund '40 EUR' --as agent --actor anna reason=late --format json";
    assert_eq!(limit(asked), "50.00 EUR");
    assert_eq!(limit(&format!("{asked} --ledger sqlite:kulanz.db")), "20.00 EUR");
    let options = shop.json("options --as agent --actor anna reason=late --ledger sqlite:kulanz.db");
    assert_eq!(options["options"][0]["limit"], "20.00 EUR");
    for command in ["ask refund", "options"] {
        let both = format!("{command} --as agent --actor anna reason=late --spent 'goodwill=1 EUR' --ledger sqlite:kulanz.db");
        shop.run(&both).exits(2).says("`--spent` does not go with `--ledger`");
    }
    shop.run("ask --batch - --ledger sqlite:kulanz.db").exits(2).says("--batch");
    shop.run("ask refund --as agent reason=late --ledger nowhere").exits(2).says("is no ledger");
    // What is typed goes before a variable, and of two variables the ledger's goes first.
    let with = |variables: &[(&str, &str)], line: &str| {
        end(command().current_dir(shop.path()).envs(variables.iter().copied()).args(crate::docs::words(line))).json()["limit"].clone()
    };
    let ledger = ("KULANZ_LEDGER", "sqlite:kulanz.db");
    assert_eq!(with(&[ledger], asked), "20.00 EUR");
    assert_eq!(with(&[ledger], &format!("{asked} --spent 'goodwill=290 EUR'")), "10.00 EUR");
    assert_eq!(with(&[("KULANZ_SPENT", "goodwill=290 EUR"), ledger], asked), "20.00 EUR");
}

#[test]
fn a_case_goes_from_the_refusal_to_the_grant() {
    let shop = Shop::new();
    let refused = shop.run("grant refund '150 EUR' --actor anna --record o-1.json reason=late").exits(10);
    let next = refused.out.lines().find_map(|line| line.trim().strip_prefix("kulanz case open ")).unwrap();
    let case = id(&shop.json(&format!("case open {next}")));
    let end = end_of(&case);
    shop.run("case list").exits(0).prints("Lena Vogt  150.00 EUR (Money back)  brought by anna");
    shop.run(&format!("case approve {end} --actor anna")).exits(1).says("brought themselves");
    assert_eq!(error(&shop.run(&format!("case approve {end} --actor luis --format json")).exits(1)), "not_the_owner");
    let approved = shop.run(&format!("case approve {end} --actor lena")).exits(0).prints("APPROVED — 150.00 EUR").prints("GRANTED — 150.00 EUR");
    assert!(approved.out.contains("Never more than the order was worth: 150.00 EUR, 250.00 EUR of 400.00 EUR left"), "{approved:#?}");
    assert_eq!(error(&shop.run(&format!("case approve {end} --actor lena --format json")).exits(1)), "case_closed");
    shop.run(&format!("case show {end}")).exits(0).prints("anna brings it to Lena Vogt").prints("Lena Vogt approves, and it is booked");
    let shown = shop.json(&format!("case show {case}"));
    assert_eq!((shown["case"]["state"].as_str(), shown["history"].as_array().map(Vec::len)), (Some("approved"), Some(2)));
    shop.run("case list").exits(0).prints("no cases");
    shop.run("case list --state all").exits(0).prints("approved");
}

#[test]
fn a_case_is_added_to_handed_over_and_declined() {
    let shop = Shop::new();
    let case = shop.case();
    let end = end_of(&case);
    shop.run(&format!("case add {end} --actor anna")).exits(2).says("nothing to add");
    shop.run(&format!("case add {end} --actor anna reson=wrong")).exits(2).says("did you mean `reason`?");
    shop.run(&format!("case add {end} --actor anna refund reason=wrong")).exits(2).says("is not FACT=VALUE");
    let added = shop.json(&format!("case add {end} --actor anna reason=wrong --note 'it was the wrong one'"));
    assert_eq!(added["question"]["facts"]["reason"], "wrong");
    shop.run(&format!("case hand-over {end} --actor lena --to fritz")).exits(1).says("`lead`");
    assert_eq!(error(&shop.run(&format!("case hand-over {end} --actor lena --to nobody --format json")).exits(2)), "no_such_person");
    shop.run(&format!("case hand-over {end} --actor lena --to luis --note 'you know her'")).exits(0).prints("on the desk of luis").prints("once");
    shop.run(&format!("case decline {end} --actor luis --reason 'too late'")).exits(2).says("--offered");
    let decline = format!("case decline {end} --actor luis --reason 'too late' --offered 'a voucher of 20 EUR'");
    shop.run(&decline).exits(0).prints("DECLINED — 150.00 EUR").prints("a voucher of 20 EUR");
    shop.run(&format!("case show {end}")).exits(0).prints("Lena Vogt hands it over to luis: you know her").prints("luis declines: too late");
}

#[test]
fn a_case_may_be_for_somebody() {
    let shop = Shop::new();
    let open = |to: &str| shop.run(&format!("case open refund '150 EUR' --actor anna --record o-1.json reason=late --to {to} --format json"));
    assert_eq!(open("head").exits(0).json()["owner"]["id"], "hanna");
    assert_eq!(open("luis").exits(0).json()["owner"]["id"], "luis");
    assert_eq!(error(&open("fritz").exits(2)), "wrong_question");
    shop.run("case open refund '40 EUR' --actor anna reason=late").exits(1).says("can be granted as it is");
    let voucher = "voucher '5 EUR' --actor anna customer.id=c-1";
    let _ = (shop.json(&format!("grant {voucher}")), shop.json(&format!("grant {voucher}")));
    shop.run(&format!("case open {voucher}")).exits(12).prints("NO");
    std::fs::write(shop.path().join("people.toml"), "").unwrap();
    assert_eq!(
        error(&shop.run("case open refund '150 EUR' --actor anna --as agent --record o-1.json reason=late --format json").exits(1)),
        "nobody_has_role"
    );
}

#[test]
fn who_is_away_is_stood_in_for() {
    let shop = Shop::new();
    let case = shop.case();
    let away = PEOPLE.replacen("deputy = \"luis\"", "deputy = \"luis\"\naway_until = 9999-12-30", 1);
    std::fs::write(shop.path().join("people.toml"), &away).unwrap();
    // To look changes nothing; a step does.
    shop.run("case list").exits(0).says(&format!("{}, is away; its next step is up to `luis`", end_of(&case)));
    assert_eq!(shop.json("case list --owner lena")["cases"][0]["id"], case.as_str());
    shop.run(&format!("case show {}", end_of(&case))).exits(0).says("its next step is up to `luis`");
    assert_eq!(shop.json(&format!("case show {case}"))["history"].as_array().unwrap().len(), 1);
    shop.run(&format!("case approve {} --actor luis", end_of(&case))).exits(0);
    let nobody = away.replace("role = \"lead\"\nteam = \"bonn\"", "role = \"lead\"\nteam = \"bonn\"\naway_until = 9999-12-30");
    let again = id(&shop.json("case open refund '150 EUR' --actor anna --record o-1.json reason=late"));
    std::fs::write(shop.path().join("people.toml"), nobody).unwrap();
    shop.run(&format!("case show {}", end_of(&again))).exits(0).says("1 case stays with somebody who is away");
    shop.run("case list").exits(0).prints(&again[again.len() - 8..]).says("1 case stays with somebody who is away");
}

#[test]
fn only_open_cases_are_overdue() {
    let shop = Shop::new();
    shop.case();
    shop.run("case list --overdue").exits(0).prints("no cases");
    shop.run("case list --overdue --state approved").exits(2).says("--overdue");
    shop.run("case list --owner luis").exits(0).prints("no cases");
    shop.run("case list --state closed").exits(2).says("closed");
    let listed = shop.run("case list").exits(0);
    assert!(!listed.out.contains("late"), "{listed:#?}");
}

/// The clock of a library's ledger can be set; that of the program cannot.
#[test]
fn what_is_overdue_says_by_how_much() {
    let shop = Shop::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let case = runtime.block_on(async {
        let store = Sqlite::open(&shop.path().join("kulanz.db")).await.unwrap();
        let world = World::new(Arc::new(store)).await;
        let yesterday = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
        world.at(&yesterday.to_string());
        let case = world.open("anna agent refund 150 EUR | reason=late | !order.id=o-1 | !order.total=400 EUR").await;
        world.ledger.close().await.unwrap();
        case.id
    });
    shop.case();
    // Lena answers within 4 hours.
    let overdue = shop.run("case list --overdue").exits(0).prints(&case[case.len() - 8..]);
    assert!(overdue.out.trim_end().ends_with("20 hours late") || overdue.out.trim_end().ends_with("20 hours 1 minute late"), "{overdue:#?}");
    assert_eq!(overdue.out.lines().count(), 1);
    assert_eq!(shop.run("case list").exits(0).out.lines().count(), 2);
}

#[test]
fn a_ledger_that_is_not_there_is_not_made_by_looking() {
    let shop = Shop::new();
    for look in ["budget anna", "case list", "ask refund 40 EUR --as agent --actor anna reason=late", "options --as agent --actor anna reason=late"] {
        shop.run(&format!("{look} --ledger sqlite:none.db")).exits(0).says("there is no ledger `none.db` yet, so nothing is spent");
    }
    shop.run("reverse 019ab12c-3456-7890-abcd-ef0123456789 --actor lena --reason x --ledger sqlite:none.db").exits(2);
    assert!(!shop.path().join("none.db").exists());
}

#[test]
fn a_ledger_that_cannot_be_is_told() {
    let shop = Shop::new();
    shop.run("budget anna --ledger nowhere:").exits(2).says("is no ledger");
    shop.run("budget anna --ledger sqlite:no/such/folder/kulanz.db").exits(1);
    std::fs::write(shop.path().join("text.db"), "this is no ledger, but it is long enough to be read as one".repeat(20)).unwrap();
    shop.run("budget anna --ledger sqlite:text.db").exits(1);
    let typed = shop.run("grant refund 80 EUR --actor anna reason=late --ledger sqlite:other.db").exits(10);
    assert!(typed.out.contains("--ledger sqlite:other.db"), "{typed:#?}");
}
