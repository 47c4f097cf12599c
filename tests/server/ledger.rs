//! What a ledger changes for the service as a whole.

use serde_json::{Value, json};

use super::grants::{desk, late, paths};
use super::running::{Running, read_all};
use crate::ledger::world::{DESK, PEOPLE};
use crate::process::{COUNTER, folder, kulanz};

#[test]
fn without_a_ledger_there_is_nothing_to_book_in() {
    let service = Running::counter();
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    for path in ["/v1/grants", "/v1/cases", "/v1/budgets?actor=anna", &format!("/v1/grants/{id}"), &format!("/v1/cases/{id}")] {
        let reply = service.get(path, &[]);
        let problem = reply.is_problem(503, "no_ledger");
        assert!(problem["detail"].as_str().unwrap().contains("--ledger"), "{problem}");
    }
    let posted = ["/v1/grants", "/v1/cases", &format!("/v1/grants/{id}/reverse"), &format!("/v1/cases/{id}/approve")].map(str::to_owned);
    for path in posted {
        service.send(&path, &late("5 EUR"), "k").is_problem(503, "no_ledger");
    }
    // What is spent is what the question says, as ever.
    let mut asked = late("5 EUR");
    asked["spent"] = json!({"gestures": "199 EUR"});
    assert_eq!(service.post("/v1/ask", asked.to_string()).json()["limit"], "1.00 EUR");
}

#[test]
fn with_a_ledger_it_says_what_is_spent() {
    let desk = desk();
    let mut asked = late("5 EUR");
    asked["spent"] = json!({"goodwill": "1 EUR"});
    assert_eq!(paths(&desk.post("/v1/ask", asked.to_string()).is_problem(422, "wrong_question")), ["/spent"]);
    let batch = desk.post("/v1/ask/batch", json!({"questions": [asked, late("5 EUR")]}).to_string()).json();
    assert_eq!((&batch["answers"][0]["code"], &batch["answers"][1]["answer"]), (&json!("wrong_question"), &json!("yes")));
    let options = json!({"actor": {"role": "agent"}, "spent": {}});
    assert_eq!(paths(&desk.post("/v1/options", options.to_string()).is_problem(422, "wrong_question")), ["/spent"]);
    desk.post("/v1/ask", "{").is_problem(400, "not_json");
    desk.post("/v1/ask", "[").is_problem(400, "not_json");
    // A question about another moment looks at the window of that moment.
    desk.send("/v1/grants", &late("50 EUR"), "k");
    let mut next = late("50 EUR");
    next["at"] = json!("2999-01-01T10:00:00+01:00");
    let left = |asked: &Value| desk.post("/v1/ask", asked.to_string()).json()["charge"][0]["left"].clone();
    assert_eq!((left(&next), left(&late("50 EUR"))), (json!("250.00 EUR"), json!("200.00 EUR")));
}

#[test]
fn more_questions_than_are_asked_of_the_ledger_at_one_time() {
    let desk = desk();
    desk.send("/v1/grants", &late("50 EUR"), "k");
    for count in [1, 255, 256, 257, 600] {
        let questions: Vec<_> = (0..count).map(|at| late(&format!("{}.50 EUR", 1 + at % 40))).collect();
        let batch = desk.post("/v1/ask/batch", json!({"questions": questions}).to_string()).json();
        let answers = batch["answers"].as_array().unwrap();
        assert_eq!(answers.len(), count);
        for (at, answer) in answers.iter().enumerate() {
            assert_eq!(answer["charge"][0]["left"], format!("{}.50 EUR", 248 - at % 40), "{at} of {count}");
        }
    }
    assert_eq!(desk.post("/v1/ask/batch", r#"{"questions": []}"#).json(), json!({"answers": []}));
}

#[test]
fn it_is_ready_where_the_ledger_answers() {
    let ready = desk().get("/readyz", &[]);
    assert_eq!((ready.status, &ready.json()["ledger"], &ready.json()["people"]), (200, &json!("ready"), &json!("current")));
}

#[test]
fn the_list_of_people_lies_with_the_pack() {
    let shop = folder(&[("policies/desk.kulanz", DESK), ("people.toml", PEOPLE)]);
    let people = |arguments: &[&str], pack: &str| {
        let service = Running::start(&shop.path().join(pack), arguments);
        service.get("/readyz", &[]).json()["people"].clone()
    };
    assert_eq!(people(&["--ledger", "memory:"], "policies"), "current", "beside the folder");
    assert_eq!(people(&[], "policies"), Value::Null, "nobody needs people without a ledger");
    std::fs::rename(shop.path().join("people.toml"), shop.path().join("policies/people.toml")).unwrap();
    assert_eq!(people(&["--ledger", "memory:"], "policies"), "current", "in the folder");
    assert_eq!(people(&["--ledger", "memory:"], "policies/desk.kulanz"), "current", "beside the file");
}

#[test]
fn what_cannot_be_opened_is_not_served() {
    let refused = |arguments: &[&str], part: &str| {
        let all = [&["serve", "-p", COUNTER, "--listen", "127.0.0.1:0"], arguments].concat();
        let ended = kulanz(&all);
        assert_ne!(ended.status, 0);
        assert!(ended.out.is_empty());
        ended.says(part);
    };
    refused(&["--ledger", "kulanz.db"], "`kulanz.db` is no ledger");
    refused(&["--ledger", "sqlite:no/such/folder/kulanz.db"], "no/such/folder");
    refused(&["--people", "no/such/people.toml"], "no/such/people.toml");
    let people = folder(&[("people.toml", "[[person]]\nid = \"anna\"\nrole = \"agnet\"\n")]);
    refused(&["--people", people.path().join("people.toml").to_str().unwrap()], "did you mean `agent`?");
    let config = folder(&[("kulanz.toml", "people = \"those.toml\"\n")]);
    refused(&["--config", config.path().join("kulanz.toml").to_str().unwrap()], "those.toml");
}

/// A service with a ledger in a file, told so by its configuration.
fn filed(folder: &tempfile::TempDir) -> Running {
    let config = folder.path().join("kulanz.toml");
    Running::start(&folder.path().join("desk.kulanz"), &["--config", config.to_str().unwrap()])
}

#[test]
fn what_was_booked_is_there_after_a_restart_and_so_are_keys() {
    let folder =
        folder(&[("desk.kulanz", DESK), ("people.toml", PEOPLE), ("kulanz.toml", "ledger = \"sqlite:books.db\"\npeople = \"people.toml\"\n")]);
    let mut first = filed(&folder);
    let grant = first.send("/v1/grants", &late("50 EUR"), "one");
    assert_eq!(grant.status, 201, "{grant:?}");
    assert!(folder.path().join("books.db").is_file(), "the path is from the folder of the configuration");
    first.signal("TERM");
    assert_eq!(first.stopped(), 0);
    assert!(first.log().contains("the ledger is closed"), "{}", first.log());
    let second = filed(&folder);
    assert_eq!(second.get(grant.header("location").unwrap(), &[]).body, grant.body);
    assert_eq!(second.send("/v1/grants", &late("50 EUR"), "one").body, grant.body);
    assert_eq!(second.get("/v1/budgets?actor=anna", &[]).json()["budgets"][0]["spent"], "50.00 EUR");
}

#[test]
fn a_stop_finishes_the_grant_under_way() {
    use std::io::Write;
    let folder = folder(&[("desk.kulanz", DESK), ("people.toml", PEOPLE), ("kulanz.toml", "ledger = \"sqlite:books.db\"\n")]);
    let mut service = filed(&folder);
    let body = late("50 EUR").to_string();
    let mut stream = service.connect();
    let head = "POST /v1/grants HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\nidempotency-key: k\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{}", body.len(), &body[..20]).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    service.signal("TERM");
    super::running::eventually("it takes nothing new", || std::net::TcpStream::connect(&service.address).is_err().then_some(()));
    write!(stream, "{}", &body[20..]).unwrap();
    let answer = read_all(stream);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(service.stopped(), 0);
    assert!(service.log().contains("the ledger is closed"), "{}", service.log());
    let again = filed(&folder).send("/v1/grants", &late("50 EUR"), "k");
    assert!(answer.ends_with(&again.body), "it was booked: {answer} {again:?}");
}

#[test]
fn the_described_grants_and_cases_are_those_that_are_told() {
    let desk = desk();
    let description = desk.get("/openapi.json", &[]).json();
    let schemas = &description["components"]["schemas"];
    let same = |name: &str, told: &Value| {
        let mut described: Vec<_> = schemas[name]["properties"].as_object().unwrap_or_else(|| panic!("{name}")).keys().cloned().collect();
        let mut fields: Vec<_> = told.as_object().unwrap().keys().cloned().collect();
        // Only there where somebody stands in for somebody, or opened it in somebody else's name.
        described.retain(|field| field != "stands_in_for" && field != "opened_by");
        described.sort();
        fields.sort();
        assert_eq!(described, fields, "{name}");
    };
    same("Grant", &desk.send("/v1/grants", &late("5 EUR"), "k").json());
    let case = desk.send("/v1/cases", &late("80 EUR"), "").json();
    same("Case", &case);
    let budgets = desk.get("/v1/budgets?actor=anna", &[]).json();
    same("Budgets", &budgets);
    same("BudgetState", &budgets["budgets"][0]);
    same("Grants", &desk.get("/v1/grants", &[]).json());
    same("Cases", &desk.get("/v1/cases", &[]).json());
    // Every status that a test has seen is described.
    for (path, method, statuses) in [
        ("/v1/grants", "post", &["201", "400", "403", "409", "413", "415", "422", "503"][..]),
        ("/v1/grants/{id}/reverse", "post", &["200", "400", "404", "409", "422", "503"]),
        ("/v1/cases", "post", &["201", "400", "403", "409", "422", "503"]),
        ("/v1/cases/{id}/approve", "post", &["200", "403", "404", "409", "422", "503"]),
        ("/v1/cases/{id}/add", "post", &["200", "404", "409", "422", "503"]),
        ("/v1/cases/{id}", "get", &["200", "404", "503"]),
        ("/readyz", "get", &["200", "503"]),
    ] {
        for status in statuses {
            assert!(description["paths"][path][method]["responses"].get(status).is_some(), "{method} {path} {status}");
        }
    }
}
