//! The decision log of a running service: what is in it, what is never in it, and what happens when it cannot be written.

mod full;
pub mod schema;
mod stats;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::grants::{late, with};
use super::running::{Running, eventually};
use crate::ledger::world::{DESK, PEOPLE};
use crate::process::{command, end, folder};

/// What nobody must find in any file.
const SECRET: &str = "c-secret-4711";
/// The usual configuration: each line is written at once.
const USUAL: &str = "[decisions]\nto = \"log\"\nkey_file = \"log.key\"\nflush_millis = 0\n";

/// A folder with the desk, a key and a configuration.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new(config: &str) -> Self {
        let folder = folder(&[("desk.kulanz", DESK), ("people.toml", PEOPLE), ("kulanz.toml", config)]);
        end(command().args(["audit", "key"]).arg(folder.path().join("log.key"))).exits(0);
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(&self) -> Vec<String> {
        let path = |name: &str| self.path(name).to_str().unwrap().to_owned();
        vec!["--config".into(), path("kulanz.toml"), "--people".into(), path("people.toml")]
    }

    /// With a ledger in memory.
    fn serve(&self) -> Running {
        self.serve_with(&["--ledger", "memory:"])
    }

    fn serve_with(&self, more: &[&str]) -> Running {
        let mut arguments = self.arguments();
        arguments.extend(more.iter().map(|more| (*more).to_owned()));
        Running::start(&self.path("desk.kulanz"), &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// All that is in the files of the log.
    fn text(&self) -> String {
        let mut files: Vec<_> = fs::read_dir(self.path("log")).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
    }

    /// The lines, as soon as there are so many. Each fits the schema, and the type that readers have.
    #[track_caller]
    fn lines(&self, count: usize) -> Vec<Value> {
        let text = eventually("the lines are there", || Some(self.text()).filter(|text| text.lines().count() >= count));
        let schema = schema::schema();
        let read = kulanz::decisions::read(text.as_bytes()).map(Result::unwrap);
        assert!(read.into_iter().all(|found| matches!(found, kulanz::decisions::Found::Line(_))), "{text}");
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect();
        for line in &lines {
            assert_eq!(schema::misfit(&schema, &schema, line, ""), None, "{line}");
        }
        assert_eq!(lines.len(), count, "{text}");
        lines
    }
}

/// Somebody whose number nobody must learn.
fn voucher(amount: &str) -> Value {
    json!({"actor": {"id": "anna", "role": "agent"}, "action": "voucher", "amount": amount, "facts": {"customer.id": SECRET}})
}

/// The page of metrics of a service that logs.
pub fn page_of_metrics() -> String {
    Desk::new(USUAL).serve().get("/metrics", &[]).body
}

fn ask(service: &Running, question: &Value, id: &str) -> super::running::Reply {
    service.post_as("/v1/ask", question.to_string(), &[("content-type", "application/json"), ("x-request-id", id)])
}

#[test]
fn every_answer_is_a_line_and_nothing_private_is_in_it() {
    let desk = Desk::new(USUAL);
    let service = desk.serve();
    let version = service.get("/v1/policy", &[]).json()["version"].clone();
    assert_eq!(ask(&service, &voucher("10 EUR"), "first").status, 200);
    ask(&service, &json!({"action": "voucher"}), "wrong").is_problem(422, "wrong_question");
    let batch = json!({"questions": [late("60 EUR"), {"actor": 1}, voucher("15 EUR")]}).to_string();
    assert_eq!(service.post("/v1/ask/batch", batch).status, 200);
    let lines = desk.lines(3);
    let first = &lines[0];
    assert_eq!((&first["kind"], &first["request"], &first["caller"], &first["policy"]), (&json!("ask"), &json!("first"), &json!("local"), &version));
    assert_eq!(first["question"]["actor"], json!({"id": "anna", "role": "agent"}));
    assert_eq!((&first["question"]["action"], &first["question"]["amount"]), (&json!("voucher"), &json!("10.00 EUR")));
    assert_eq!(first["answer"]["rules"], json!(["gesture"]));
    assert_eq!((&first["answer"]["answer"], &first["answer"]["limit"], &first["item"]), (&json!("yes"), &json!("20.00 EUR"), &Value::Null));
    assert_eq!(first["answer"]["charge"][0], json!({"budget": "goodwill", "amount": "10.00 EUR"}));
    let hidden = first["question"]["facts"]["customer.id"]["private"].as_str().unwrap();
    assert_eq!(hidden.len(), 64);
    // The same value is the same hash, so that lines about one customer are found.
    assert_eq!(lines[2]["question"]["facts"]["customer.id"]["private"], hidden);
    assert_eq!((&lines[1]["item"], &lines[2]["item"]), (&json!(0), &json!(2)));
    assert_eq!((&lines[1]["answer"]["answer"], &lines[1]["question"]["facts"]["reason"]), (&json!("up_to"), &json!("late")));
    let ids: std::collections::BTreeSet<_> = lines.iter().map(|line| line["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(!desk.text().contains(SECRET) && !service.log().contains(SECRET));
}

/// Guard: what comes of every grant is a line, and a repetition is told from the first.
#[test]
fn what_comes_of_a_grant_is_a_line() {
    let desk = Desk::new(USUAL);
    let service = desk.serve();
    let grant = service.send("/v1/grants", &with(voucher("10 EUR"), &json!({"note": SECRET})), "one").json();
    let id = grant["id"].as_str().unwrap().to_owned();
    assert_eq!(service.send("/v1/grants", &with(voucher("10 EUR"), &json!({"note": SECRET})), "one").json(), grant);
    for _ in 0..2 {
        service.send("/v1/grants", &voucher("90 EUR"), "two").is_problem(403, "not_granted");
    }
    service.send("/v1/grants", &voucher("11 EUR"), "one").is_problem(409, "idempotency_key_reused");
    let reversal = json!({"actor": {"id": "lena"}, "reason": SECRET});
    assert_eq!(service.send(&format!("/v1/grants/{id}/reverse"), &reversal, "").status, 200);
    service.send(&format!("/v1/grants/{id}/reverse"), &reversal, "").is_problem(409, "already_reversed");
    let damaged = with(late("20 EUR"), &json!({"facts": {"reason": "damaged"}}));
    service.send("/v1/grants", &damaged, "three").is_problem(409, "unconfirmed");
    let lines = desk.lines(8);
    let told: Vec<_> =
        lines.iter().map(|line| (line["grant"]["state"].as_str().unwrap(), line["grant"]["code"].as_str().unwrap_or_default())).collect();
    let expected = [
        ("booked", ""),
        ("replayed", ""),
        ("refused", "not_granted"),
        ("replayed", "not_granted"),
        ("refused", "idempotency_key_reused"),
        ("reversed", ""),
        ("refused", "already_reversed"),
        ("refused", "unconfirmed"),
    ];
    assert_eq!(told, expected);
    for (line, has_id) in lines.iter().zip([true, true, false, false, false, true, true, false]) {
        assert_eq!((&line["kind"], line["grant"]["id"] == id.as_str()), (&json!("grant"), has_id), "{line}");
    }
    assert_eq!((&lines[0]["answer"]["answer"], &lines[0]["answer"]["rules"]), (&json!("yes"), &json!(["gesture"])));
    assert_eq!((&lines[2]["answer"]["answer"], &lines[2]["answer"]["limit"]), (&json!("up_to"), &json!("20.00 EUR")));
    assert_eq!((&lines[5]["grant"]["by"]["id"], &lines[5]["question"]["amount"]), (&json!("lena"), &json!("10.00 EUR")));
    assert!(!desk.text().contains(SECRET), "neither facts nor what people wrote");
}

#[test]
fn a_case_that_is_approved_is_a_grant() {
    let desk = Desk::new(USUAL);
    let service = desk.serve();
    let asked = with(late("150 EUR"), &json!({"note": SECRET, "record": {"order": {"id": "o-1", "total": "200 EUR"}, "customer.id": SECRET}}));
    let case = service.send("/v1/cases", &asked, "").json();
    let path = format!("/v1/cases/{}/approve", case["id"].as_str().unwrap());
    service.send(&path, &json!({"actor": {"id": "luis"}}), "").is_problem(403, "not_the_owner");
    let approval = json!({"actor": {"id": "lena"}});
    let approved = service.send(&path, &approval, "once");
    assert_eq!(approved.status, 200, "{approved:?}");
    assert_eq!(service.send(&path, &approval, "once").status, 200);
    let lines = desk.lines(2);
    let (grant, question) = (&lines[0]["grant"], &lines[0]["question"]);
    assert_eq!((&grant["state"], &grant["id"], &grant["case"]), (&json!("booked"), &approved.json()["grant"], &case["id"]));
    // The owner decided it as themselves, so that the answer is one to the owner's question.
    let owner = json!({"id": "lena", "role": "lead", "team": "berlin"});
    assert_eq!((&grant["by"], &question["actor"], &question["record"]["order.id"]), (&owner, &owner, &json!("o-1")));
    assert_eq!(question["record"]["customer.id"]["private"].as_str().unwrap().len(), 64);
    assert_eq!(lines[0]["answer"]["rules"], json!(["lead_refund"]));
    assert_eq!(lines[1]["grant"]["state"], "replayed");
    assert!(!desk.text().contains(SECRET));
}

#[test]
fn people_are_hidden_where_that_is_wanted() {
    let desk = Desk::new(&format!("{USUAL}mask_actors = true\n"));
    let service = desk.serve();
    for id in ["anna", "anna", "luisa"] {
        let asked = with(late("10 EUR"), &json!({"actor": {"id": id, "role": "agent"}}));
        assert_eq!(ask(&service, &asked, "r").status, 200);
    }
    assert_eq!(service.send("/v1/grants", &late("10 EUR"), "one").status, 201);
    let lines = desk.lines(4);
    let hash = |at: usize| lines[at]["question"]["actor"]["id"]["private"].as_str().unwrap();
    assert!(hash(0).len() == 64 && hash(0) == hash(1) && hash(0) == hash(3) && hash(0) != hash(2));
    assert!(!desk.text().contains("anna") && !desk.text().contains("luisa"));
}

/// A policy whose limit is computed from what is private.
#[test]
fn quantities_that_may_tell_what_is_private_are_left_out() {
    let policy = r#"policy "P"
  currency EUR
  time zone Europe/Berlin
  languages en
role agent "Agent"
fact income money private
fact born date private optional
action window of duration "Window"
rule days
  agent may window up to 2026-11-23 - born
  when born is present
action loan of money "Loan"
action gift of money "Gift"
rule large
  agent may loan up to income
rule small
  agent may gift up to 5 EUR
"#;
    let desk = Desk::new(USUAL);
    fs::write(desk.path("desk.kulanz"), policy).unwrap();
    fs::write(desk.path("people.toml"), "").unwrap();
    let service = desk.serve_with(&[]);
    let asked = |income: Value| json!({"actor": {"role": "agent"}, "action": "loan", "facts": income});
    let answer = ask(&service, &asked(json!({"income": "4711.17 EUR"})), "r").json();
    assert_eq!(answer["limit"], "4711.17 EUR");
    ask(&service, &json!({"actor": {"role": "agent"}, "action": "gift"}), "r");
    let days = json!({"actor": {"role": "agent"}, "action": "window", "facts": {"born": "1990-05-17"}});
    assert_eq!(ask(&service, &days, "r").json()["limit"], "P13339D");
    let lines = desk.lines(3);
    assert_eq!((&lines[2]["answer"]["figures_private"], &lines[2]["answer"]["limit"]), (&json!(true), &Value::Null));
    assert_eq!((&lines[0]["answer"]["figures_private"], &lines[0]["answer"]["limit"]), (&json!(true), &Value::Null));
    assert_eq!((&lines[1]["answer"]["figures_private"], &lines[1]["answer"]["limit"]), (&Value::Null, &json!("5.00 EUR")));
    assert!(!desk.text().contains("4711") && !desk.text().contains("13339"));
}

/// Guard: without a key nothing is served that would have to be hidden.
#[test]
fn without_a_key_private_facts_are_not_served() {
    let desk = Desk::new("[decisions]\nto = \"log\"\n");
    let mut serve = command();
    serve.args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(desk.path("desk.kulanz")).args(desk.arguments());
    let ended = end(&mut serve).exits(1);
    ended.says("`customer.id`").says("kulanz audit key").says("KULANZ_DECISIONS_KEY");
    assert!(!desk.path("log").exists(), "nothing was begun");
    let mut serve = command();
    serve.args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(desk.path("desk.kulanz")).args(desk.arguments());
    end(serve.env("KULANZ_DECISIONS_KEY", "abc")).exits(1).says("KULANZ_DECISIONS_KEY holds no key");
    let mut with_key = command();
    with_key.env("KULANZ_DECISIONS_KEY", "07".repeat(32));
    let arguments = desk.arguments();
    let service = Running::run(with_key, &desk.path("desk.kulanz"), &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    ask(&service, &voucher("10 EUR"), "r");
    let line = eventually("it is written", || Some(desk.text()).filter(|text| text.ends_with('\n')));
    // `printf 'customer.id="c-secret-4711"' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0707…`
    assert!(line.contains("0aadba3228e11589c51c4bf8a214292bee90510cd81b8dc05964192f068583f5"), "{line}");
}

/// Guard: a policy that needs a key does not come in by the back door.
#[test]
fn a_policy_with_something_private_is_not_taken_later_without_a_key() {
    let desk = Desk::new("[decisions]\nto = \"log\"\nflush_millis = 0\n");
    let open = DESK.replace("fact customer.id text private", "fact customer.id text");
    assert_ne!(open, DESK);
    fs::write(desk.path("desk.kulanz"), open).unwrap();
    let service = desk.serve_with(&[]);
    let version = |service: &Running| service.get("/v1/policy", &[]).json()["version"].clone();
    let before = version(&service);
    fs::write(desk.path("desk.kulanz"), DESK).unwrap();
    eventually("it is refused", || service.log().contains("the decision log needs a key").then_some(()));
    assert_eq!(version(&service), before);
}

/// Guard: what is booked is noted, also where its caller is gone before it is.
#[test]
fn what_is_booked_for_callers_who_are_gone_is_noted() {
    let desk = Desk::new(USUAL);
    let ledger = format!("sqlite:{}", desk.path("desk.db").display());
    let service = desk.serve_with(&["--ledger", &ledger]);
    let body = voucher("1 EUR").to_string();
    for at in 0..30 {
        let mut stream = service.connect();
        let head = format!(
            "POST /v1/grants HTTP/1.1\r\nhost: desk\r\ncontent-type: application/json\r\nidempotency-key: gone-{at}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(at % 6));
        drop(stream);
    }
    let booked = || service.get("/v1/grants?limit=500", &[]).json()["grants"].as_array().unwrap().len();
    let before = booked();
    assert!(before > 1, "some are booked");
    eventually("all are noted", || (desk.text().matches(r#""state":"booked""#).count() == booked()).then_some(()));
}

/// Guard: a repetition is told with the policy that answered, not with that of now.
#[test]
fn a_repetition_names_the_policy_that_answered() {
    let desk = Desk::new(USUAL);
    let service = desk.serve();
    let version = || service.get("/v1/policy", &[]).json()["version"].as_str().unwrap().to_owned();
    let before = version();
    assert_eq!(service.send("/v1/grants", &voucher("10 EUR"), "one").status, 201);
    fs::write(desk.path("desk.kulanz"), format!("{DESK}\n# another version\n")).unwrap();
    eventually("the policy is another one", || (version() != before).then_some(()));
    assert_eq!(service.send("/v1/grants", &voucher("10 EUR"), "one").status, 201);
    let lines = desk.lines(2);
    assert_eq!((&lines[1]["grant"]["state"], &lines[1]["policy"]), (&json!("replayed"), &json!(before)));
}

/// Guard: only `yes` is sampled, whatever a caller calls its requests, and each line says for how many it stands.
#[test]
fn a_sample_is_of_yes_alone() {
    let run = |share: &str| -> usize {
        let desk = Desk::new(&format!("{USUAL}sample_yes = {share}\n"));
        let mut service = desk.serve_with(&[]);
        for at in 0..40 {
            assert_eq!(ask(&service, &late("10 EUR"), "mine").json()["answer"], "yes", "{at}");
        }
        for amount in ["60 EUR", "900 EUR"] {
            assert_ne!(ask(&service, &late(amount), "other").json()["answer"], "yes");
        }
        service.signal("TERM");
        service.stopped();
        let lines = desk.lines(desk.text().lines().count());
        let (sampled, others): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line["answer"]["answer"] == "yes");
        assert!(sampled.iter().all(|line| line["sample"].as_number().is_some_and(|written| written.as_str() == share)), "{lines:?}");
        assert!(others.len() == 2 && others.iter().all(|line| line.get("sample").is_none()), "{lines:?}");
        sampled.len()
    };
    let half = run("0.5");
    assert!((5..35).contains(&half), "{half}");
    assert_eq!(run("0.000001"), 0);
}

#[test]
fn files_end_with_the_byte_and_only_so_many_stay() {
    let desk = Desk::new(&format!("{USUAL}rotate_bytes = 1024\nkeep = 3\n"));
    let service = desk.serve_with(&[]);
    for at in 0..12 {
        ask(&service, &late("10 EUR"), &format!("r-{at}"));
    }
    let newest = || fs::read_dir(desk.path("log")).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    eventually("the last is written", || fs::read_to_string(newest()).unwrap().contains("r-11").then_some(()));
    let files: Vec<_> = fs::read_dir(desk.path("log")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 3);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!((1..=1024).contains(&text.len()) && text.ends_with('\n'), "{}", text.len());
    }
    desk.lines(desk.text().lines().count());
}

/// Guard: what waits is written before the service ends.
#[test]
fn a_stop_loses_no_line() {
    let desk = Desk::new(&USUAL.replace("flush_millis = 0", "flush_millis = 60_000"));
    let mut service = desk.serve();
    for at in 0..5 {
        ask(&service, &voucher("10 EUR"), &format!("r-{at}"));
    }
    assert_eq!(desk.text(), "", "they wait");
    service.signal("TERM");
    assert_eq!(service.stopped(), 0);
    desk.lines(5);
}

#[test]
fn what_a_dead_server_left_spoils_no_line() {
    let desk = Desk::new(USUAL);
    let service = desk.serve();
    ask(&service, &voucher("10 EUR"), "r-0");
    desk.lines(1);
    service.signal("KILL");
    let file = fs::read_dir(desk.path("log")).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, whole.clone() + &whole[..80]).unwrap();
    drop(service);
    let service = desk.serve();
    ask(&service, &voucher("10 EUR"), "r-1");
    let text = eventually("it goes on", || Some(desk.text()).filter(|text| text.contains("r-1")));
    let found: Vec<_> =
        kulanz::decisions::read(text.as_bytes()).map(Result::unwrap).map(|found| matches!(found, kulanz::decisions::Found::Line(_))).collect();
    assert_eq!(found, [true, false, true], "{text}");
}

#[test]
fn standard_output_is_for_decisions_alone() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let desk = Desk::new(&USUAL.replace("\"log\"", "\"stdout\""));
    let mut serve = command();
    serve.args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(desk.path("desk.kulanz")).args(desk.arguments());
    let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let address = log.find_map(|line| line.strip_prefix("listening on ").map(str::to_owned)).unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let reply = ureq::post(format!("{address}/v1/ask")).header("content-type", "application/json").send(voucher("10 EUR").to_string());
    assert_eq!(reply.unwrap().status(), 200);
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(serde_json::from_str::<Value>(&line).unwrap()["answer"]["answer"], "yes", "{line}");
}

/// What is not told, and what makes no sense, ends before anything is served.
#[test]
fn a_configuration_that_makes_no_sense_is_refused() {
    for (config, part) in [
        ("[decisions]\nkeep = 3", "`decisions.to`"),
        ("[decisions]\nto = \"log\"\nsample_yes = 2.0", "at most 1"),
        ("[decisions]\nto = \"log\"\nqueue_bytes = 1", "queue_bytes"),
        ("[log]\nlevel = \"loud\"", "loud"),
        ("[log]\nfact = true", "fact"),
    ] {
        let desk = Desk::new(config);
        end(command().args(["serve", "-p"]).arg(desk.path("desk.kulanz")).args(desk.arguments())).exits(2).says(part);
    }
    let desk = Desk::new("[decisions]\nto = \"people.toml/log\"\nkey_file = \"log.key\"");
    end(command().args(["serve", "--listen", "127.0.0.1:0", "-p"]).arg(desk.path("desk.kulanz")).args(desk.arguments()))
        .exits(1)
        .says("cannot write to");
}

fn logged(service: &Running, part: &str) -> Value {
    let line = eventually("it is logged", || service.log().lines().find(|line| line.contains(part)).map(str::to_owned));
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn the_service_says_in_json_which_request_and_policy_and_no_facts() {
    let desk = Desk::new("[log]\nformat = \"json\"\nlevel = \"debug\"\n");
    let service = desk.serve();
    let version = service.get("/v1/policy", &[]).json()["version"].clone();
    let asked = with(voucher("10 EUR"), &json!({"facts": {"customer.id": SECRET, "reason": "damaged"}}));
    for path in ["/v1/ask", "/v1/options"] {
        service.post_as(path, asked.to_string(), &[("content-type", "application/json"), ("x-request-id", &path.replace("/v1/", "id-"))]);
        let line = logged(&service, &path.replace("/v1/", "id-"));
        assert_eq!((&line["fields"]["policy"], &line["fields"]["path"]), (&version, &json!(format!("{path:?}"))));
    }
    assert!(!service.log().contains(SECRET) && !service.log().contains("damaged") && !service.log().contains("anna"), "{}", service.log());
}

#[test]
fn the_service_shows_facts_where_that_is_wanted_and_nothing_private() {
    let desk = Desk::new("[log]\nformat = \"json\"\nfacts = true\n");
    let service = desk.serve_with(&[]);
    ask(&service, &with(voucher("10 EUR"), &json!({"facts": {"customer.id": SECRET, "reason": "damaged"}})), "shown");
    let fields = logged(&service, "decided")["fields"].clone();
    let question: Value = serde_json::from_str(fields["question"].as_str().unwrap()).unwrap();
    assert_eq!((&fields["id"], &fields["answer"], &question["facts"]["reason"]), (&json!("shown"), &json!("yes"), &json!("damaged")));
    assert!(!service.log().contains(SECRET));
    assert!(!service.log().contains("\"answered\""), "a success is told at `debug`");
}

#[test]
fn the_variable_goes_before_the_configuration() {
    let desk = Desk::new("[log]\nlevel = \"debug\"\n");
    let mut quiet = command();
    quiet.env("KULANZ_LOG", "error");
    let arguments = desk.arguments();
    let service = Running::run(quiet, &desk.path("desk.kulanz"), &arguments.iter().map(String::as_str).collect::<Vec<_>>());
    service.get("/v1/nothing", &[]);
    service.get("/v1/policy", &[]);
    assert_eq!(service.log(), "");
}

#[test]
fn evaluations_are_questions_too() {
    let pack = crate::process::root().join("tests/fixtures/authzen");
    let folder = tempfile::tempdir().unwrap();
    for name in ["people.toml", "known-records.json"] {
        fs::copy(pack.join(name), folder.path().join(name)).unwrap();
    }
    let config = fs::read_to_string(pack.join("kulanz.toml")).unwrap();
    let log = "\n[decisions]\nto = \"log.jsonl\"\nflush_millis = 0\n";
    fs::write(folder.path().join("kulanz.toml"), config + log).unwrap();
    let service = Running::start(&pack, &["--config", folder.path().join("kulanz.toml").to_str().unwrap()]);
    let refund = json!({"subject": {"type": "user", "id": "alice"}, "action": {"name": "refund", "properties": {"amount": "50 EUR"}}, "resource": {"type": "record", "id": "record-1"}});
    assert_eq!(service.post("/access/v1/evaluation", refund.to_string()).json()["decision"], true);
    let several = json!({"evaluations": [refund, refund]});
    assert_eq!(service.post("/access/v1/evaluations", several.to_string()).status, 200);
    let file = folder.path().join("log.jsonl");
    let text = eventually("they are written", || fs::read_to_string(&file).ok().filter(|text| text.lines().count() >= 3));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["item"].clone()).collect::<Vec<_>>(), [json!(null), json!(0), json!(1)]);
    assert!(lines.iter().all(|line| line["answer"]["rules"] == json!(["small_refund"])), "{text}");
}
