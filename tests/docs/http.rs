//! The HTTP guide: every `curl` gets what the guide shows.

use serde_json::Value;

use super::blocks::{self, Block};
use super::words::{missing, words};
use crate::process::{folder, root};
use crate::server::running::{Reply, Running};

#[test]
fn every_example_of_the_http_guide_runs() {
    let blocks = blocks::of("http-guide.md");
    let pack = root().join("policies/fashion-shop");
    let mut service = Running::start(&pack, &[]);
    let people = blocks.iter().find(|block| block.value("file") == Some("people.toml")).unwrap();
    let (mut asked, mut ids) = (0, Ids::default());
    for (at, block) in blocks.iter().enumerate() {
        // From here on the guide has a ledger.
        if block.kind == "sh" && block.text.contains("--ledger") {
            service = Running::with_ledger(&pack, &people.text);
        }
        if block.kind != "console" {
            continue;
        }
        let answer = blocks
            .get(at + 1)
            .filter(|next| next.kind == "json answer")
            .unwrap_or_else(|| panic!("{}: a `json answer` block must follow", block.place));
        let reply = call(&service, block, &ids);
        ids.note(block, &reply);
        compare(answer, &reply);
        asked += 1;
    }
    assert!(asked >= 15, "the guide calls the service");
}

/// The configuration that the guide shows is the default one.
#[test]
fn the_configuration_of_the_http_guide_is_taken() {
    let shown = blocks::of("http-guide.md").into_iter().find(|block| block.kind == "toml" && block.value("file").is_none()).unwrap();
    let config = folder(&[("kulanz.toml", &shown.text)]);
    let path = config.path().join("kulanz.toml");
    let service = Running::start(&root().join("policies/fashion-shop"), &["--config", path.to_str().unwrap()]);
    assert_eq!(service.get("/healthz", &[]).status, 200);
}

/// The ids for which `$GRANT` and `$CASE` stand: those of the last that was made.
#[derive(Default)]
struct Ids {
    grant: String,
    case: String,
}

impl Ids {
    fn note(&mut self, block: &Block, reply: &Reply) {
        let id = || reply.json()["id"].as_str().unwrap_or_else(|| panic!("{}: {reply:?}", block.place)).to_owned();
        match (reply.status, block.text.contains("/v1/grants "), block.text.contains("/v1/cases ")) {
            (201, true, _) => self.grant = id(),
            (201, _, true) => self.case = id(),
            _ => {}
        }
    }
}

fn call(service: &Running, block: &Block, ids: &Ids) -> Reply {
    let command = block.text.strip_prefix("$ curl ").unwrap_or_else(|| panic!("{}: `$ curl` is missing", block.place));
    let words = words(command);
    let url = words.iter().find_map(|word| word.strip_prefix("http://127.0.0.1:7373")).unwrap_or_else(|| panic!("{}: no address", block.place));
    let url = url.replace("$GRANT", &ids.grant).replace("$CASE", &ids.case);
    let values = |option: &str| words.windows(2).filter(|pair| pair[0] == option).map(|pair| pair[1].as_str()).collect::<Vec<_>>();
    let headers: Vec<_> = values("-H").into_iter().map(|header| header.split_once(": ").unwrap()).collect();
    match values("-d").first() {
        Some(body) => {
            assert!(headers.contains(&("Content-Type", "application/json")), "{}", block.place);
            service.post_as(&url, body, &headers)
        }
        None => service.get(&url, &headers),
    }
}

fn compare(answer: &Block, reply: &Reply) {
    let expected: Value = serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{}: {error}", answer.place));
    let status = answer.value("status").unwrap_or("200");
    assert_eq!(reply.status.to_string(), status, "{}: {reply:?}", answer.place);
    let body = reply.json();
    let given = answer.value("first").map_or(&body, |list| &body[list][0]);
    let missing = missing(&expected, given);
    assert!(missing.is_none(), "{}: `{}` differs in\n{given:#}", answer.place, missing.unwrap_or_default());
}
